"""Values of parameters: read as their kinds say, defaults filled in. Reports SG2 and SG5."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .catalog.parameters import BadValue, Kind, Parameter
from .diagnostics import Diagnostics, nearest, quoted
from .ir import Arguments, Value
from .record import record
from .source import Span, Text

# What a definition gives, by name: where the name stands, and the value.
Given = Mapping[str, tuple[Span, Text]]


@record
class Owner:
    """Whose parameters they are: its name and place, their common path, the code for a missing one."""

    name: str
    span: Span
    path: str
    missing: str

    @property
    def noun(self) -> str:
        return "parameter" if self.missing == "SG205" else "hyperparameter"

    @property
    def example(self) -> str:
        """How one of them is written, with a hole for its name."""
        if self.missing == "SG205":
            return '{}="..."'
        return '<hyperparameter name="{}">...</hyperparameter>'


def read_value(
    text: Text, path: str, kind: Kind, what: str, diagnostics: Diagnostics
) -> Value | None:
    """One value, or None after reporting that it is not what its kind wants."""
    try:
        return Value(kind.parse(text.value), path, text.span)
    except BadValue as error:
        problem = f"{what} must be {error}, not {quoted(text.value)}"
        diagnostics.error("SG204", text.span, problem, error.help)
        return None


def read_settings(
    parameters: Iterable[Parameter], given: Given, owner: Owner, diagnostics: Diagnostics
) -> Arguments:
    """A value for each parameter, in the table's order; what is wrong is left out."""
    rows = {row.name: row for row in parameters}
    # A misspelt parameter is reported once: the one that it stands for is not missing besides.
    meant = {nearest(name, rows) for name in given if name not in rows}
    values: Arguments = {}
    for name, row in rows.items():
        if name in given:
            value = _argument(row, given[name][1], owner, diagnostics)
            if value is not None:
                values[name] = value
        elif not row.required:
            values[name] = Value(row.default, owner.path + name, None)
        elif name not in meant:
            write = owner.example.format(name)
            diagnostics.error(
                owner.missing,
                owner.span,
                f"{owner.name} needs the {owner.noun} '{name}'",
                f"write {write} ({row.about}): {row.kind.wants}",
            )
    return values


def _argument(row: Parameter, text: Text, owner: Owner, diagnostics: Diagnostics) -> Value | None:
    what = f"'{row.name}' of {owner.name}"
    value = read_value(text, owner.path + row.name, row.kind, what, diagnostics)
    if value is None:
        return None
    for refused, reason in row.refused:
        if value.value == refused:
            problem = f"{row.name}={refused} cannot be honoured: {reason}"
            diagnostics.error("SG501", text.span, problem, "delete it, or write the default")
    return value
