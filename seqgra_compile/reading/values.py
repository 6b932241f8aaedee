"""Values out of a definition's text: parameters as their kinds say, ids, words of closed lists.

Reports SG2 and SG5.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ..catalog import otherwords
from ..catalog.parameters import BadValue, Kind, Parameter
from ..catalog.sequences import ID
from ..ir import DEFINITION, LIBRARY_DEFAULT, Arguments, Given, Value
from ..messages.diagnostics import Diagnostics, did_you_mean, nearest, one_of, quoted
from ..source import Span, Text

# An id that is suggested is cut where a longer one would not be read.
_MAX_SHOWN = 60

# The given parameters, by name: the place of the name, and the value.
Texts = dict[str, tuple[Span, Text]]
# In place of one that is wrong, and reported.
NO_CLIP: Value[Any] = Value(None, "", None)


@dataclass(frozen=True)
class ParameterForm:
    """What parameters are called, the code for a missing one, and how one is written around a name."""

    noun: str
    missing: str
    example: str


PARAMETER = ParameterForm("parameter", "SG205", '{}="..."')
HYPERPARAMETER = ParameterForm(
    "hyperparameter", "SG208", '<hyperparameter name="{}">...</hyperparameter>'
)


@dataclass(frozen=True)
class Owner:
    """Whose parameters they are: its name and place, their common path, and their form.

    `origin` is that of the parameters which are given, `silent` that of the others.
    """

    name: str
    span: Span
    path: str
    form: ParameterForm
    origin: str = DEFINITION
    silent: str = LIBRARY_DEFAULT


def read_value(
    text: Text,
    path: str,
    kind: Kind,
    what: str,
    diagnostics: Diagnostics,
    origin: str = DEFINITION,
) -> Given[Any] | None:
    """One value, or None after reporting that it is not what its kind wants."""
    try:
        return Given(kind.parse(text.value), path, text.span, origin)
    except BadValue as error:
        problem = f"{what} must be {error}, not {quoted(text.value)}"
        diagnostics.error("SG204", text.span, problem, error.help)
        return None


def read_arguments(
    parameters: Iterable[Parameter], given: Texts, owner: Owner, diagnostics: Diagnostics
) -> Arguments:
    """A value for each parameter, in the table's order; what is wrong is left out."""
    rows = {row.name: row for row in parameters}
    # A parameter under another name is reported once: the one that is meant is not also missing.
    meant = {
        otherwords.parameter(name, rows) or nearest(name, rows) for name in given.keys() - rows
    }
    values: Arguments = {}
    for name, row in rows.items():
        if name in given:
            value = _argument(row, given[name][1], owner, diagnostics)
            if value is not None:
                values[name] = value
        elif not row.required:
            values[name] = Value(row.default, owner.path + name, None, owner.silent)
        elif name not in meant:
            write = owner.form.example.format(name)
            diagnostics.error(
                owner.form.missing,
                owner.span,
                f"{owner.name} needs the {owner.form.noun} '{name}'",
                f"write {write} ({row.about}): {row.kind.wants}",
            )
    return values


def _argument(
    row: Parameter, text: Text, owner: Owner, diagnostics: Diagnostics
) -> Given[Any] | None:
    what = f"'{row.name}' of {owner.name}"
    path = owner.path + row.name
    value = read_value(text, path, row.kind, what, diagnostics, owner.origin)
    if value is None:
        return None
    for refused, reason in row.refused:
        if value.value == refused:
            problem = f"{row.name}={refused} cannot be expressed: {reason}"
            diagnostics.error("SG501", text.span, problem, "delete it, or write the default")
    return value


def as_written(text: Text, path: str) -> Given[str]:
    return Given(text.value, path, text.span)


def read_id(text: Text, path: str, diagnostics: Diagnostics) -> Given[str]:
    """An id; a wrong one is reported and taken as it is."""
    if not re.fullmatch(ID, text.value):
        legal = re.sub(r"[^A-Za-z0-9_-]+", "-", text.value[:_MAX_SHOWN]).strip("-") or "my-model"
        diagnostics.error(
            "SG201",
            text.span,
            (
                f"the id {quoted(text.value)} has characters other than letters, digits, '_' and '-'"
                if text.value
                else "the id is empty"
            ),
            f'write id="{legal}"',
        )
    return as_written(text, path)


def read_choice(
    text: Text, path: str, known: Iterable[str], diagnostics: Diagnostics
) -> Given[str] | None:
    """A word out of a closed list, or None after reporting that it is not."""
    if text.value in known:
        return as_written(text, path)
    tag = path.rpartition("/")[2].lstrip("@")
    problem = f"unknown {tag} {quoted(text.value)}" if text.value else f"'{tag}' is empty"
    other = otherwords.other_library(text.value) if tag == "library" else None
    guess = f"its name here is '{other}'" if other else did_you_mean(text.value, known)
    diagnostics.error("SG206", text.span, problem, guess or one_of(known))
    return None
