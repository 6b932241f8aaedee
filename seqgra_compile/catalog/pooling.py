"""Pooling."""

from __future__ import annotations

from .. import ir
from ..ir import Arguments, Shape
from .layer import (
    Operation,
    ShapeError,
    TorchLayer,
    keras_layer,
    require_rank,
    same_padding,
    window_count,
)
from .parameters import Choice, Parameter, Size

_WINDOW_1D = (
    Parameter("pool_size", Size(1), 2, "width of the window"),
    Parameter("strides", Size(1), None, "step of the window; as wide as the window if absent"),
    Parameter("padding", Choice(("valid", "same")), "valid", "what happens at the ends"),
)


def _stride(arguments: Arguments) -> int:
    return arguments["strides"].value or arguments["pool_size"].value


def _pooled_shape(arguments: Arguments, shape: Shape) -> Shape:
    require_rank("MaxPool1D", shape, 2, "(length, channels)")
    window = arguments["pool_size"].value
    count = window_count(shape[0], window, _stride(arguments), arguments["padding"].value)
    if count is None:
        raise ShapeError(
            "SG303",
            f"a window of {window} positions does not fit into {shape[0]}",
            "pool_size" if not arguments["pool_size"].is_default else None,
            'make it shorter, or write padding="same"',
        )
    return (count, shape[1])


def _max_pool_torch(operation: ir.Operation, channels_first: bool) -> TorchLayer:
    window, stride = operation["pool_size"], _stride(operation.arguments)
    x = "x"
    if operation["padding"] == "same":
        sides = same_padding(operation.input_shape[0], window, stride)
        if any(sides):
            x = f'F.pad(x, {sides}, value=float("-inf"))'
    return TorchLayer(
        forward=(f"x = F.max_pool1d({x}, kernel_size={window}, stride={stride})",),
        channels_first=True,
    )


def _global_shape(arguments: Arguments, shape: Shape) -> Shape:
    require_rank("GlobalMaxPool1D", shape, 2, "(length, channels)")
    return (shape[1],)


def _global_max_torch(operation: ir.Operation, channels_first: bool) -> TorchLayer:
    # amax spreads the gradient over ties, as Keras does; max would give it to one position.
    return TorchLayer(forward=(f"x = x.amax(dim={2 if channels_first else 1})",))


ROWS = (
    Operation(
        "MaxPool1D",
        "largest value in each window",
        _WINDOW_1D,
        _pooled_shape,
        keras_layer("MaxPooling1D", _WINDOW_1D, data_format="channels_last"),
        _max_pool_torch,
        aliases=("MaxPooling1D",),
    ),
    Operation(
        "GlobalMaxPool1D",
        "largest value of each channel over all positions",
        (),
        _global_shape,
        keras_layer("GlobalMaxPooling1D", data_format="channels_last", keepdims=False),
        _global_max_torch,
        aliases=("GlobalMaxPooling1D",),
    ),
)
