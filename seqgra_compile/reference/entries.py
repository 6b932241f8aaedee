"""The rows of all tables of the catalog in one form."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from ..catalog.activations import ACTIVATIONS
from ..catalog.expressions import Expression, ExpressionRow
from ..catalog.initializers import INITIALIZERS
from ..catalog.libraries import FRAMEWORKS
from ..catalog.losses import LOSSES, LossRow
from ..catalog.operations import OPERATIONS
from ..catalog.operations.row import COMMON, OperationRow
from ..catalog.optimizers import OPTIMIZERS
from ..catalog.optimizers.row import CLIPPING, OptimizerRow
from ..catalog.parameters import Parameter
from ..catalog.regularizers import REGULARIZERS
from ..catalog.sequences import TASKS
from ..ir import Arguments, Value

BOTH = " and ".join(FRAMEWORKS)
OfLibrary = TypeVar("OfLibrary", LossRow, OptimizerRow)


@dataclass(frozen=True)
class LanguageEntry:
    """A row: its name and other names, what it is, notes, and its parameters."""

    name: str
    about: str
    aliases: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True)
class EntryGroup:
    """Rows of one table and one library; `shared` are the parameters that all of them have."""

    noun: str
    library: str
    entries: tuple[LanguageEntry, ...]
    shared: tuple[Parameter, ...] = ()


def written(value: object) -> str:
    """A value as a definition writes it; `none` for a value that it cannot write."""
    if value is None:
        return "none"
    if isinstance(value, Expression):
        given = [f"{name}={item!r}" for name, item in value.arguments if item is not None]
        return f"{value.name}({', '.join(given)})" if given else value.name
    return value if isinstance(value, str) else repr(value)


def default_text(parameter: Parameter) -> str:
    return "required" if parameter.required else written(parameter.default)


def meaning(parameter: Parameter) -> str:
    """What a parameter is, what it accepts, what it refuses and why."""
    words = "; ".join(filter(None, (parameter.about, parameter.kind.wants)))
    refused = "; ".join(f"{written(value)} is refused: {why}" for value, why in parameter.refused)
    return f"{words}; {refused}" if refused else words


def _operations() -> tuple[EntryGroup, ...]:
    entries = tuple(map(_operation, OPERATIONS.values()))
    return (EntryGroup("operations", BOTH, entries, COMMON),)


def _operation(row: OperationRow) -> LanguageEntry:
    refused = {library: row.refusal(library) for library in FRAMEWORKS}
    notes = tuple(f"not in {library}: {why}" for library, why in refused.items() if why)
    return LanguageEntry(row.name, row.about, row.aliases, notes, row.parameters)


def _loss(row: LossRow) -> LanguageEntry:
    if row.refused:
        return LanguageEntry(row.name, row.about, row.aliases, ("refused by every script",))
    defaults: Arguments = {p.name: Value(p.default, p.name, None) for p in row.parameters}
    tasks = "both tasks" if row.tasks == TASKS else " and ".join(row.tasks)
    note = f"for {tasks}; the model gives {row.scores(defaults).value}"
    return LanguageEntry(row.name, row.about, row.aliases, (note,), row.parameters)


def _losses() -> tuple[EntryGroup, ...]:
    return tuple(
        EntryGroup("losses", library, tuple(map(_loss, _of(library, LOSSES.values()))))
        for library in FRAMEWORKS
    )


def _of(library: str, rows: Iterable[OfLibrary]) -> Iterable[OfLibrary]:
    return (row for row in rows if row.library == library)


def _optimizer(row: OptimizerRow) -> LanguageEntry:
    notes = (f"refused: {row.refused}",) if row.refused else ()
    return LanguageEntry(row.name, row.about, (), notes, row.parameters)


def _optimizers() -> tuple[EntryGroup, ...]:
    rows = OPTIMIZERS.values()
    return tuple(
        EntryGroup("optimizers", library, tuple(map(_optimizer, _of(library, rows))), CLIPPING)
        for library in FRAMEWORKS
    )


def _activations() -> tuple[EntryGroup, ...]:
    entries = tuple(LanguageEntry(row.name, row.about) for row in ACTIVATIONS.values())
    return (EntryGroup("activations", BOTH, entries),)


def _expressions(noun: str, rows: Iterable[ExpressionRow]) -> tuple[EntryGroup, ...]:
    entries = (LanguageEntry(row.name, row.about, row.aliases, (), row.parameters) for row in rows)
    return (EntryGroup(noun, BOTH, tuple(entries)),)


KINDS: dict[str, Callable[[], tuple[EntryGroup, ...]]] = {
    "operations": _operations,
    "optimizers": _optimizers,
    "losses": _losses,
    "activations": _activations,
    "initializers": lambda: _expressions("initializers", INITIALIZERS.values()),
    "regularizers": lambda: _expressions("regularizers", REGULARIZERS.values()),
}
SINGULAR = {
    "operations": "operation",
    "optimizers": "optimizer",
    "losses": "loss",
    "activations": "activation",
    "initializers": "initializer",
    "regularizers": "regularizer",
}
