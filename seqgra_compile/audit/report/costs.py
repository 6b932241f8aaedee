"""The cost of an operation, in multiply-adds per example, and its receptive field."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ... import ir
from ...catalog.operations import OPERATIONS
from ...catalog.operations.row import Sees

ALL = "all"
_WIDTHS = ("kernel_size", "pool_size", "size")


@dataclass(frozen=True)
class Cost:
    """`field`: the number of input positions that one value of the result depends on.

    It is "all", a number, two numbers in 2D, or empty if positions are rearranged in a way that is
    not followed here. Windows that extend past the ends count in full.
    """

    multiply_adds: int
    field: str


def costs(operations: Sequence[ir.Layer]) -> tuple[Cost, ...]:
    fields = _fields(operations)
    return tuple(
        Cost(multiply_adds(each), field) for each, field in zip(operations, fields, strict=True)
    )


def multiply_adds(operation: ir.Layer) -> int:
    """Those of the kernels, per example. A kernel is applied once per position of the result, or of
    the input if each position is spread over several or all are run through.
    """
    kernels = sum(weight.count for weight in operation.weights if weight.name.endswith("kernel"))
    by_input = OPERATIONS[operation.name].sees in (Sees.SPREAD, Sees.ALL)
    shape = operation.input_shape if by_input else operation.output_shape
    return kernels * math.prod(shape[:-1])


@dataclass
class _Axis:
    """For one axis: how far a value sees, and how far apart two neighbours are in the input."""

    size: int
    field: Fraction = Fraction(1)
    step: Fraction = Fraction(1)

    def window(self, width: int, stride: int, dilation: int) -> None:
        self.field += (width - 1) * dilation * self.step
        self.step *= stride

    def spread(self, width: int, stride: int, dilation: int) -> None:
        """Each position of the input becomes several of the result."""
        reached = math.ceil(((width - 1) * dilation + 1) / stride)
        self.field += (reached - 1) * self.step
        self.step /= stride

    def __str__(self) -> str:
        return ALL if self.field >= self.size else f"{math.ceil(self.field):,}"


def _fields(operations: Sequence[ir.Layer]) -> Iterator[str]:
    axes = [_Axis(size) for size in operations[0].input_shape[:-1]]
    found: str | None = None  # once it no longer changes
    for operation in operations:
        if found is None:
            found = _ends(operation, len(axes))
        if found is None:
            _widen(axes, operation)
        yield (
            " \N{MULTIPLICATION SIGN} ".join(dict.fromkeys(map(str, axes)))
            if found is None
            else found
        )


def _ends(operation: ir.Layer, rank: int) -> str | None:
    """The field of all later operations, if this one mixes or rearranges positions."""
    sees, rank_in = OPERATIONS[operation.name].sees, len(operation.input_shape)
    kernel = any(weight.name == "kernel" for weight in operation.weights)
    if sees is Sees.ALL or (kernel and rank_in == 1):
        return ALL
    if sees is Sees.MOVED:
        kept = operation.input_shape[0] == operation.output_shape[0]
        return None if kept and rank == len(operation.output_shape) - 1 else ""
    axes = operation.arguments.get("axis")
    if axes is not None and not _along_channels(axes.value, rank_in):
        return ALL
    return None


def _along_channels(axis: object, rank: int) -> bool:
    return axis in (-1, rank, (-1,), [-1])


def _widen(axes: Sequence[_Axis], operation: ir.Layer) -> None:
    arguments = {name: value.value for name, value in operation.arguments.items()}
    widths = next((arguments[name] for name in _WIDTHS if name in arguments), None)
    if widths is None or len(operation.input_shape) == 1:
        return
    strides = arguments.get("strides") or widths
    dilations = arguments.get("dilation_rate", 1)
    spreads = OPERATIONS[operation.name].sees is Sees.SPREAD
    for number, axis in enumerate(axes):
        move = axis.spread if spreads else axis.window
        move(*(_at(each, number) for each in (widths, strides, dilations)))


def _at(value: int | Sequence[int], number: int) -> int:
    return value if isinstance(value, int) else value[number]
