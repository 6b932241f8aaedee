"""All operations, by name and by family."""

from __future__ import annotations

from ..parameters import Parameter
from . import activation as activation_layers
from . import convolution, dense, noise, normalization, pooling, recurrent, reshaping, separable
from .row import COMMON, OperationRow

FAMILIES: dict[str, tuple[OperationRow, ...]] = {
    "convolution": (*convolution.ROWS, *separable.ROWS),
    "pooling": pooling.ROWS,
    "recurrent": recurrent.ROWS,
    "dense": dense.ROWS,
    "activation": activation_layers.ROWS,
    "normalization": normalization.ROWS,
    "noise": noise.ROWS,
    "reshaping": reshaping.ROWS,
}
OPERATIONS: dict[str, OperationRow] = {row.name: row for rows in FAMILIES.values() for row in rows}
_BY_FOLDED_NAME = {
    spelling.lower(): row for row in OPERATIONS.values() for spelling in (row.name, *row.aliases)
}


def find(name: str) -> OperationRow | None:
    """An operation by its name or an alias, in any case, as seqgra reads it."""
    return _BY_FOLDED_NAME.get(name.strip().lower())


def parameters(row: OperationRow) -> tuple[Parameter, ...]:
    """An operation's own parameters and those that all operations have."""
    return (*row.parameters, *COMMON)
