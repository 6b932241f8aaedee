"""The closed lists of the language as simple types, and the owners of each parameter name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product
from xml.etree import ElementTree as ET

from ..catalog.libraries import LIBRARIES, implementation
from ..catalog.losses import LOSSES
from ..catalog.operations import OPERATIONS
from ..catalog.operations.row import COMMON
from ..catalog.optimizers import OPTIMIZERS
from ..catalog.optimizers.row import CLIPPING
from ..catalog.parameters import Parameter
from ..catalog.sequences import (
    ID,
    INPUT_ENCODINGS,
    SEQUENCE_SPACES,
    TASKS,
)
from ..catalog.training import FORMATS, TRAINING
from .entries import default_text, meaning
from .simpletypes import NOT_BLANK, blank, in_any_case, pattern, without_underscores, words, xs

# Parameters of one name, and their owners; "" if all rows of the table have it.
Owned = list[tuple[str, Parameter]]


def sentences(owned: Owned) -> str:
    """The meanings of a name: each meaning and default once, with its owners."""
    owners: dict[str, list[str]] = {}
    for owner, row in owned:
        ends = "required" if row.required else f"default {default_text(row)}"
        owners.setdefault(f"{meaning(row)}; {ends}.", []).append(owner)
    return "\n".join(
        f"{', '.join(filter(None, names))}: {text}" if any(names) else text
        for text, names in owners.items()
    )


def operation_parameters() -> dict[str, Owned]:
    pairs = [(row.name, p) for row in OPERATIONS.values() for p in row.parameters]
    return _by_name([*(("", p) for p in COMMON), *pairs])


def _by_name(pairs: Iterable[tuple[str, Parameter]]) -> dict[str, Owned]:
    found: dict[str, Owned] = {}
    for owner, row in pairs:
        found.setdefault(row.name, []).append((owner, row))
    return found


def _loss_parameters() -> dict[str, Owned]:
    rows = (row for row in LOSSES.values() if not row.refused)
    return _by_name((row.name, p) for row in rows for p in row.parameters)


def _optimizer_parameters() -> dict[str, Owned]:
    rows = (row for row in OPTIMIZERS.values() if not row.refused)
    pairs = [(f"{row.name} of {row.library}", p) for row in rows for p in row.parameters]
    return _by_name([*(("", p) for p in CLIPPING), *pairs])


def _training_parameters() -> dict[str, Owned]:
    return _by_name(("", p) for p in TRAINING)


# Section: whether one of its hyperparameters names a row, and the others.
SECTIONS: dict[str, tuple[bool, Callable[[], dict[str, Owned]]]] = {
    "loss": (True, _loss_parameters),
    "optimizer": (True, _optimizer_parameters),
    "trainingprocess": (False, _training_parameters),
}


def word_types() -> dict[str, ET.Element]:
    """Simple types by name."""
    types = {
        "id": pattern(ID, base="xs:string"),
        "blank": blank(),
        "not-blank": pattern(NOT_BLANK, base="xs:string"),
        "task": words((task, "") for task in TASKS),
        "sequencespace": words(_spaces()),
        "library": words((library, "") for library in LIBRARIES),
        "implementation": words((name, "") for name in _implementations()),
        "inputencoding": words((encoding, "") for encoding in INPUT_ENCODINGS),
        "external-format": words(
            ((row.name, f"{row.library}: {row.about}") for row in FORMATS.values()), "xs:string"
        ),
        "operation-name": _operation_names(),
        "loss-name": _loss_names(),
        "optimizer-name": _optimizer_names(),
    }
    for section, (names, owned) in SECTIONS.items():
        rows = [(section, f"The {section}: its name.")] if names else []
        rows += [(name, sentences(found)) for name, found in owned().items()]
        types[f"{section}-hyperparameter"] = words(rows, "xs:string")
    return types


def _spaces() -> Iterable[tuple[str, str]]:
    for space in SEQUENCE_SPACES.values():
        unknown = f", and {space.unknown} for any of them" if space.unknown else ""
        yield space.name, f"letters in the order of the channels: {space.alphabet}{unknown}"


def _implementations() -> Iterable[str]:
    return (implementation(*row) for row in product(LIBRARIES, SEQUENCE_SPACES, TASKS))


def _in_any_case(rows: dict[str, str], patterns: Iterable[str]) -> ET.Element:
    """Names in the form that an editor completes, and in any case."""
    return xs("simpleType", xs("union", words(rows.items()), pattern(*patterns)))


def _operation_names() -> ET.Element:
    rows = OPERATIONS.values()
    spellings = (in_any_case(name) for row in rows for name in (row.name, *row.aliases))
    return _in_any_case({row.name: row.about for row in rows}, spellings)


def _loss_names() -> ET.Element:
    rows = [row for row in LOSSES.values() if not row.refused]
    spellings = (without_underscores(name) for row in rows for name in (row.name, *row.aliases))
    return _in_any_case({row.name: f"{row.library}: {row.about}" for row in rows}, spellings)


def _optimizer_names() -> ET.Element:
    rows = [row for row in OPTIMIZERS.values() if not row.refused]
    names: dict[str, str] = {}
    for row in rows:
        before = f"{names[row.name]}; " if row.name in names else ""
        names[row.name] = f"{before}{row.library}: {row.about}"
    return _in_any_case(names, map(in_any_case, names))
