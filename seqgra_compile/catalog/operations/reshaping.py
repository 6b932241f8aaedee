"""Operations that only move, repeat or remove values."""

from __future__ import annotations

import math

from ... import ir
from ...ir import Arguments, Shape
from ..libraries import PYTORCH, TENSORFLOW
from ..parameters import Integer, PairKind, Parameter, ShapeKind, Size
from .layers import FUNCTIONAL, TorchLayer
from .row import OperationRow, Sees, ShapeError, keras_layer, require_rank

_RESHAPE = (
    Parameter("target_shape", ShapeKind(free=True), about="the new shape, without the batch"),
)
_PERMUTE = (Parameter("dims", ShapeKind(), about="the axes in their new order, counted from 1"),)
_REPEAT = (Parameter("n", Integer(1), about="number of positions"),)
_PADDING = (
    Parameter("padding", PairKind(), (1, 1), "zeros before and after, or one number for both"),
)
_CROPPING = (Parameter("cropping", PairKind(), (1, 1), "positions removed before and after"),)
_SIZE = (Parameter("size", Size(1), 2, "how often each position is repeated"),)
_SEQUENCE = "(length, channels)"


def _in_keras_order(step: str) -> TorchLayer:
    return TorchLayer(steps=(step,), channels_first=False)


def _reshaped(arguments: Arguments, shape: Shape) -> Shape:
    target, total = arguments["target_shape"].value, math.prod(shape)
    known = math.prod(size for size in target if size != -1)
    fits = total % known == 0 if -1 in target else total == known
    if not fits:
        raise ShapeError(
            "SG307",
            f"{shape} holds {total:,} values, which do not fill {target}",
            "target_shape",
            "write -1 for the axis that takes the rest" if -1 not in target else None,
        )
    return tuple(total // known if size == -1 else size for size in target)


def _reshape_torch(operation: ir.Layer, channels_first: bool) -> TorchLayer:
    sizes = ", ".join(str(size) for size in operation.output_shape)
    return _in_keras_order(f"{{x}}.reshape(len({{x}}), {sizes})")


def _permuted(arguments: Arguments, shape: Shape) -> Shape:
    dims = arguments["dims"].value
    if sorted(dims) != list(range(1, len(shape) + 1)):
        raise ShapeError(
            "SG307",
            f"{dims} does not order the {len(shape)} axes of {shape}",
            "dims",
            f"name each axis from 1 to {len(shape)} once",
        )
    return tuple(shape[axis - 1] for axis in dims)


def _permute_torch(operation: ir.Layer, channels_first: bool) -> TorchLayer:
    return _in_keras_order(f"{{x}}.permute{(0, *operation['dims'])}")


def _repeated(arguments: Arguments, shape: Shape) -> Shape:
    require_rank("RepeatVector", shape, 1, "(values,)")
    return (arguments["n"].value, shape[0])


def _repeat_torch(operation: ir.Layer, channels_first: bool) -> TorchLayer:
    return _in_keras_order(f"{{x}}[:, None, :].expand(-1, {operation['n']}, -1)")


def _padded(arguments: Arguments, shape: Shape) -> Shape:
    require_rank("ZeroPadding1D", shape, 2, _SEQUENCE)
    return (shape[0] + sum(arguments["padding"].value), shape[1])


def _padding_torch(operation: ir.Layer, channels_first: bool) -> TorchLayer:
    step = f"F.pad({{x}}, {operation['padding']})"
    return TorchLayer(steps=(step,), channels_first=True, imports=(FUNCTIONAL,))


def _cropped(arguments: Arguments, shape: Shape) -> Shape:
    require_rank("Cropping1D", shape, 2, _SEQUENCE)
    cropping = arguments["cropping"].value
    if sum(cropping) >= shape[0]:
        raise ShapeError(
            "SG307",
            f"cropping {cropping} leaves nothing of {shape[0]} positions",
            "cropping",
            "crop less",
        )
    return (shape[0] - sum(cropping), shape[1])


def _cropping_torch(operation: ir.Layer, channels_first: bool) -> TorchLayer:
    before, after = operation["cropping"]
    return _in_keras_order(f"{{x}}[:, {before}:{operation.input_shape[0] - after}]")


def _upsampled(arguments: Arguments, shape: Shape) -> Shape:
    require_rank("UpSampling1D", shape, 2, _SEQUENCE)
    return (shape[0] * arguments["size"].value, shape[1])


def _upsampling_torch(operation: ir.Layer, channels_first: bool) -> TorchLayer:
    return _in_keras_order(f"{{x}}.repeat_interleave({operation['size']}, dim=1)")


ROWS = (
    OperationRow(
        "Flatten",
        "all values of an example in one axis",
        (),
        lambda arguments, shape: (math.prod(shape),),
        {
            PYTORCH: lambda operation, channels_first: _in_keras_order("{x}.flatten(1)"),
            TENSORFLOW: keras_layer("Flatten", data_format="channels_last"),
        },
        known=True,
    ),
    OperationRow(
        "Reshape",
        "the same values in another shape",
        _RESHAPE,
        _reshaped,
        {PYTORCH: _reshape_torch, TENSORFLOW: keras_layer("Reshape", _RESHAPE)},
        known=True,
        sees=Sees.MOVED,
    ),
    OperationRow(
        "Permute",
        "the axes in another order",
        _PERMUTE,
        _permuted,
        {PYTORCH: _permute_torch, TENSORFLOW: keras_layer("Permute", _PERMUTE)},
        sees=Sees.MOVED,
    ),
    OperationRow(
        "RepeatVector",
        "the same values at each of n positions",
        _REPEAT,
        _repeated,
        {PYTORCH: _repeat_torch, TENSORFLOW: keras_layer("RepeatVector", _REPEAT)},
        sees=Sees.MOVED,
    ),
    OperationRow(
        "ZeroPadding1D",
        "zeros before and after the sequence",
        _PADDING,
        _padded,
        {
            PYTORCH: _padding_torch,
            TENSORFLOW: keras_layer("ZeroPadding1D", _PADDING, data_format="channels_last"),
        },
    ),
    OperationRow(
        "Cropping1D",
        "removes positions at the ends",
        _CROPPING,
        _cropped,
        {PYTORCH: _cropping_torch, TENSORFLOW: keras_layer("Cropping1D", _CROPPING)},
    ),
    OperationRow(
        "UpSampling1D",
        "repeats each position",
        _SIZE,
        _upsampled,
        {PYTORCH: _upsampling_torch, TENSORFLOW: keras_layer("UpSampling1D", _SIZE)},
        sees=Sees.SPREAD,
    ),
)
