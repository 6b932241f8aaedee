"""Convolutions."""

from __future__ import annotations

from collections.abc import Callable

from ... import ir
from ...ir import Arguments, Shape, Weight
from ..libraries import PYTORCH, TENSORFLOW
from ..parameters import Choice, Integer, Parameter, Size
from .layers import FUNCTIONAL, TorchLayer, submodule
from .row import (
    AXES,
    KERNEL_AND_BIAS,
    OperationRow,
    ShapeError,
    TorchCell,
    activated,
    check_dilation,
    keras_layer,
    kernel_and_bias,
    require_rank,
    same_padding,
    torch_kernel_and_bias,
    window_count,
)


def _parameters(rank: int) -> tuple[Parameter, ...]:
    one = 1 if rank == 1 else (1,) * rank
    paddings = ("valid", "same", "causal") if rank == 1 else ("valid", "same")
    return (
        Parameter("filters", Integer(1), about="number of output channels"),
        Parameter("kernel_size", Size(rank), about="width of the window"),
        Parameter("strides", Size(rank), one, "step of the window"),
        Parameter("padding", Choice(paddings), "valid", "zeros added at the ends"),
        Parameter(
            "data_format",
            Choice(("channels_last", "channels_first")),
            "channels_last",
            "which axis of the input holds the channels",
        ),
        Parameter("dilation_rate", Size(rank), one, "distance between the window's taps"),
        Parameter("groups", Integer(1), 1, "number of separate groups of channels"),
        *KERNEL_AND_BIAS,
    )


def _tuple(value: int | tuple[int, ...]) -> tuple[int, ...]:
    return value if isinstance(value, tuple) else (value,)


def _axes(arguments: Arguments, shape: Shape) -> tuple[Shape, int]:
    """The spatial axes and the number of channels."""
    if arguments["data_format"].value == "channels_first":
        return shape[1:], shape[0]
    return shape[:-1], shape[-1]


def _infer(name: str, rank: int) -> Callable[[Arguments, Shape], Shape]:
    def infer(arguments: Arguments, shape: Shape) -> Shape:
        require_rank(name, shape, rank + 1, AXES[rank])
        spatial, channels = _axes(arguments, shape)
        numbers = [
            _tuple(arguments[key].value) for key in ("kernel_size", "strides", "dilation_rate")
        ]
        _check_window(name, arguments, channels)
        lengths = []
        for length, window, stride, dilation in zip(spatial, *numbers, strict=True):
            padding = arguments["padding"].value
            lengths.append(window_count(length, window, stride, padding, "kernel_size", dilation))
        filters = arguments["filters"].value
        if arguments["data_format"].value == "channels_first":
            _check_bias(arguments, lengths[-1])
            return (filters, *lengths)
        return (*lengths, filters)

    return infer


def _check_bias(arguments: Arguments, last: int) -> None:
    """Refuse what Keras 3.15 computes wrongly, found by comparing it with PyTorch."""
    if arguments["use_bias"].value and arguments["filters"].value == last:
        raise ShapeError(
            "SG501",
            f"Keras 3 adds the bias of {last} filters along the wrong axis when channels_first "
            f"leaves {last} positions",
            "data_format",
            'write channels_last, use_bias="False", or another number of filters',
        )


def _check_window(name: str, arguments: Arguments, channels: int) -> None:
    strides, dilation = arguments["strides"].value, arguments["dilation_rate"].value
    check_dilation(name, _tuple(strides), _tuple(dilation))
    groups = arguments["groups"].value
    if channels % groups or arguments["filters"].value % groups:
        raise ShapeError(
            "SG307",
            f"{groups} groups do not share {channels} channels and "
            f"{arguments['filters'].value} filters evenly",
            "groups",
            "write a divisor of both",
        )


def _weights(arguments: Arguments, shape: Shape) -> tuple[Weight, ...]:
    _, channels = _axes(arguments, shape)
    window = _tuple(arguments["kernel_size"].value)
    filters = arguments["filters"].value
    kernel = (*window, channels // arguments["groups"].value, filters)
    return kernel_and_bias(arguments, kernel, filters)


def _torch_padding(operation: ir.Layer, spatial: Shape) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """What nn.ConvNd pads equally on both sides, and what F.pad must add before (last axis first)."""
    windows, strides, dilations = (
        _tuple(operation[key]) for key in ("kernel_size", "strides", "dilation_rate")
    )
    if operation["padding"] == "causal":
        return (0,), ((windows[0] - 1) * dilations[0], 0)
    if operation["padding"] == "valid":
        return (0,) * len(spatial), ()
    sides = [same_padding(*axis) for axis in zip(spatial, windows, strides, dilations, strict=True)]
    if all(left == right for left, right in sides):
        return tuple(left for left, _ in sides), ()
    return (0,) * len(spatial), tuple(side for pair in reversed(sides) for side in pair)


def pad_first(operation: ir.Layer, spatial: Shape) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """The padding that nn.ConvNd adds itself, and the step that adds the rest, if any."""
    padding, extra = _torch_padding(operation, spatial)
    return padding, (f"F.pad({{x}}, {extra})",) if any(extra) else ()


def _torch(rank: int) -> TorchCell:
    def lower(operation: ir.Layer, channels_first: bool) -> TorchLayer:
        spatial, channels = _axes(operation.arguments, operation.input_shape)
        padding, before = pad_first(operation, spatial)
        # Keras's channels_first axes are PyTorch's own: nothing needs to be moved.
        moved = operation["data_format"] == "channels_last"
        module = submodule(
            operation.identifier,
            f"nn.Conv{rank}d",
            channels,
            operation["filters"],
            operation["kernel_size"],
            stride=operation["strides"],
            padding=padding[0] if rank == 1 else padding,
            dilation=operation["dilation_rate"],
            groups=operation["groups"],
            bias=operation["use_bias"],
        )
        return activated(
            operation,
            TorchLayer(
                steps=(*before, f"self.{operation.identifier}({{x}})"),
                channels_first=moved,
                modules=(module,),
                imports=(FUNCTIONAL,) if before else (),
                weights=torch_kernel_and_bias(operation, (rank + 1, rank, *range(rank))),
            ),
        )

    return lower


def _convolution(rank: int, aliases: tuple[str, ...]) -> OperationRow:
    name = f"Conv{rank}D"
    parameters = _parameters(rank)
    return OperationRow(
        name,
        f"convolution over {'the sequence' if rank == 1 else 'two axes'}",
        parameters,
        _infer(name, rank),
        {PYTORCH: _torch(rank), TENSORFLOW: keras_layer(name, parameters)},
        _weights,
        aliases,
        known=True,
    )


ROWS = (_convolution(1, ("Convolution1D",)), _convolution(2, ("Convolution2D",)))
