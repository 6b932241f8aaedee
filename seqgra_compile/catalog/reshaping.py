"""Operations that only move values about. All of them read Keras's order of axes."""

from __future__ import annotations

import math

from .. import ir
from ..ir import Arguments, Shape
from .layer import Operation, ShapeError, TorchLayer, keras_layer
from .parameters import Parameter
from .parameters import Shape as ShapeKind

_RESHAPE = (
    Parameter("target_shape", ShapeKind(free=True), about="the new shape, without the batch"),
)


def _reshaped(arguments: Arguments, shape: Shape) -> Shape:
    target, total = arguments["target_shape"].value, math.prod(shape)
    known = math.prod(size for size in target if size != -1)
    fits = total % known == 0 if -1 in target else total == known
    if not fits:
        raise ShapeError(
            "SG307",
            f"{shape} holds {total:,} values, which do not fill {target}",
            "target_shape",
        )
    return tuple(total // known if size == -1 else size for size in target)


def _reshape_torch(operation: ir.Operation, channels_first: bool) -> TorchLayer:
    sizes = ", ".join(str(size) for size in operation.output_shape)
    return TorchLayer(forward=(f"x = x.reshape(len(x), {sizes})",), channels_first=False)


def _flatten_torch(operation: ir.Operation, channels_first: bool) -> TorchLayer:
    return TorchLayer(forward=("x = x.flatten(1)",), channels_first=False)


ROWS = (
    Operation(
        "Flatten",
        "all values of an example in one axis",
        (),
        lambda arguments, shape: (math.prod(shape),),
        keras_layer("Flatten", data_format="channels_last"),
        _flatten_torch,
    ),
    Operation(
        "Reshape",
        "the same values in another shape",
        _RESHAPE,
        _reshaped,
        keras_layer("Reshape", _RESHAPE),
        _reshape_torch,
    ),
)
