"""All operations, by name."""

from __future__ import annotations

from . import activation as activation_layers
from . import convolution, dense, noise, normalization, pooling, recurrent, reshaping, separable
from .row import COMMON, Operation

OPERATIONS: dict[str, Operation] = {
    row.name: row
    for family in (
        convolution,
        separable,
        pooling,
        recurrent,
        dense,
        activation_layers,
        normalization,
        noise,
        reshaping,
    )
    for row in family.ROWS
}
_BY_FOLDED_NAME = {
    spelling.lower(): row for row in OPERATIONS.values() for spelling in (row.name, *row.aliases)
}


def find(name: str) -> Operation | None:
    """An operation by its name or an alias, in any case, as seqgra reads it."""
    return _BY_FOLDED_NAME.get(name.strip().lower())


def parameters(row: Operation) -> tuple:
    """An operation's own parameters and those that all operations have."""
    return (*row.parameters, *COMMON)
