"""All operations, by name and by family."""

from __future__ import annotations

from ... import ir
from ..libraries import PYTORCH, TENSORFLOW
from ..parameters import Parameter
from . import (
    activation,
    convolution,
    dense,
    noise,
    normalization,
    pooling,
    recurrent,
    reshaping,
    separable,
)
from .layers import KerasLayer, LibraryLayer, TorchLayer
from .row import COMMON, OperationRow, Unsupported

FAMILIES: dict[str, tuple[OperationRow, ...]] = {
    "convolution": (*convolution.ROWS, *separable.ROWS),
    "pooling": pooling.ROWS,
    "recurrent": recurrent.ROWS,
    "dense": dense.ROWS,
    "activation": activation.ROWS,
    "normalization": normalization.ROWS,
    "noise": noise.ROWS,
    "reshaping": reshaping.ROWS,
}
OPERATIONS: dict[str, OperationRow] = {row.name: row for rows in FAMILIES.values() for row in rows}
_BY_FOLDED_NAME = {
    spelling.lower(): row for row in OPERATIONS.values() for spelling in (row.name, *row.aliases)
}


def lower(operation: ir.Layer, library: str, channels_first: bool) -> LibraryLayer:
    """An operation in a library that supports it, which `passes.checks` has made sure of."""
    cell = OPERATIONS[operation.name].lower[library]
    assert not isinstance(cell, Unsupported)
    return cell(operation, channels_first)


def lower_to_torch(operation: ir.Layer, channels_first: bool) -> TorchLayer:
    layer = lower(operation, PYTORCH, channels_first)
    assert isinstance(layer, TorchLayer)
    return layer


def lower_to_keras(operation: ir.Layer) -> KerasLayer:
    layer = lower(operation, TENSORFLOW, channels_first=False)
    assert isinstance(layer, KerasLayer)
    return layer


def find(name: str) -> OperationRow | None:
    """An operation by its name or an alias, in any case, as in seqgra."""
    return _BY_FOLDED_NAME.get(name.strip().lower())


def parameters(row: OperationRow) -> tuple[Parameter, ...]:
    """An operation's own parameters and those that all operations have."""
    return (*row.parameters, *COMMON)
