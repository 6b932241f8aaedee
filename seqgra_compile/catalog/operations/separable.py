"""Convolutions that treat channels separately, and transposed convolutions."""

from __future__ import annotations

from ... import ir
from ...ir import Arguments, Shape, Weight
from ..libraries import PYTORCH, TENSORFLOW
from ..parameters import Choice, Integer, Parameter, Size
from .convolution import pad_first
from .layers import FUNCTIONAL, Submodule, TorchLayer, TorchWeight, submodule
from .row import (
    KERNEL_AND_BIAS,
    USE_BIAS,
    OperationRow,
    Sees,
    activated,
    activation_parameter,
    check_dilation,
    initializer_parameter,
    keras_layer,
    regularizer_parameter,
    require_rank,
    torch_kernel_and_bias,
    window_count,
)

_WINDOW = (
    Parameter("kernel_size", Size(1), about="width of the window"),
    Parameter("strides", Size(1), 1, "step of the window"),
    Parameter("padding", Choice(("valid", "same")), "valid", "zeros added at the ends"),
    Parameter("dilation_rate", Size(1), 1, "distance between the window's taps"),
)
_FILTERS = Parameter("filters", Integer(1), about="number of output channels")
_MULTIPLIER = Parameter("depth_multiplier", Integer(1), 1, "output channels for each input channel")
_DEPTHWISE = (
    *_WINDOW,
    _MULTIPLIER,
    activation_parameter(),
    USE_BIAS,
    initializer_parameter("depthwise", "GlorotUniform"),
    initializer_parameter("bias", "Zeros"),
    regularizer_parameter("depthwise"),
    regularizer_parameter("bias"),
    regularizer_parameter("activity"),
)
_SEPARABLE = (
    _FILTERS,
    *_DEPTHWISE,
    initializer_parameter("pointwise", "GlorotUniform"),
    regularizer_parameter("pointwise"),
)
_TRANSPOSE = (_FILTERS, *_WINDOW, *KERNEL_AND_BIAS)
_SEQUENCE = "(length, channels)"


def _length(name: str, arguments: Arguments, shape: Shape) -> int:
    """The positions after the depthwise window."""
    require_rank(name, shape, 2, _SEQUENCE)
    window, stride, dilation = (
        arguments[key].value for key in ("kernel_size", "strides", "dilation_rate")
    )
    check_dilation(name, (stride,), (dilation,))
    padding = arguments["padding"].value
    return window_count(shape[0], window, stride, padding, "kernel_size", dilation)


def _depth(arguments: Arguments, shape: Shape) -> int:
    depth: int = shape[-1] * arguments["depth_multiplier"].value
    return depth


def _depthwise_kernel(arguments: Arguments, shape: Shape) -> Weight:
    kernel = (arguments["kernel_size"].value, shape[-1], arguments["depth_multiplier"].value)
    return Weight("depthwise_kernel", kernel, "depthwise")


def _bias(arguments: Arguments, size: int) -> tuple[Weight, ...]:
    return (Weight("bias", (size,), "bias"),) if arguments["use_bias"].value else ()


def _depthwise_module(operation: ir.Layer, attribute: str, padding: int, bias: bool) -> Submodule:
    channels = operation.input_shape[-1]
    return submodule(
        attribute,
        "nn.Conv1d",
        channels,
        _depth(operation.arguments, operation.input_shape),
        kernel_size=operation["kernel_size"],
        stride=operation["strides"],
        padding=padding,
        dilation=operation["dilation_rate"],
        groups=channels,
        bias=bias,
    )


def _depthwise_torch(operation: ir.Layer, channels_first: bool) -> TorchLayer:
    name = operation.identifier
    (padding,), before = pad_first(operation, operation.input_shape[:1])
    places = {"depthwise_kernel": ("weight", (1, 2, 0)), "bias": ("bias", (0,))}
    return activated(
        operation,
        TorchLayer(
            steps=(*before, f"self.{name}({{x}})"),
            channels_first=True,
            modules=(_depthwise_module(operation, name, padding, operation["use_bias"]),),
            imports=(FUNCTIONAL,) if before else (),
            weights=tuple(
                TorchWeight(weight.name, f"{name}.{places[weight.name][0]}", places[weight.name][1])
                for weight in operation.weights
            ),
        ),
    )


def _separable_torch(operation: ir.Layer, channels_first: bool) -> TorchLayer:
    name = operation.identifier
    (padding,), before = pad_first(operation, operation.input_shape[:1])
    pointwise = submodule(
        f"{name}_pointwise",
        "nn.Conv1d",
        _depth(operation.arguments, operation.input_shape),
        operation["filters"],
        kernel_size=1,
        bias=operation["use_bias"],
    )
    places = {
        "depthwise_kernel": (f"{name}_depthwise.weight", (1, 2, 0)),
        "pointwise_kernel": (f"{name}_pointwise.weight", (2, 1, 0)),
        "bias": (f"{name}_pointwise.bias", (0,)),
    }
    steps = (*before, f"self.{name}_depthwise({{x}})", f"self.{name}_pointwise({{x}})")
    return activated(
        operation,
        TorchLayer(
            steps=steps,
            channels_first=True,
            modules=(
                _depthwise_module(operation, f"{name}_depthwise", padding, bias=False),
                pointwise,
            ),
            imports=(FUNCTIONAL,) if before else (),
            weights=tuple(
                TorchWeight(weight.name, *places[weight.name]) for weight in operation.weights
            ),
        ),
    )


def _separable_weights(arguments: Arguments, shape: Shape) -> tuple[Weight, ...]:
    filters = arguments["filters"].value
    pointwise = Weight("pointwise_kernel", (1, _depth(arguments, shape), filters), "pointwise")
    return (_depthwise_kernel(arguments, shape), pointwise, *_bias(arguments, filters))


def _transposed(arguments: Arguments, shape: Shape) -> Shape:
    require_rank("Conv1DTranspose", shape, 2, _SEQUENCE)
    stride, dilation = arguments["strides"].value, arguments["dilation_rate"].value
    check_dilation("Conv1DTranspose", (stride,), (dilation,))
    reach = (arguments["kernel_size"].value - 1) * dilation + 1
    length = shape[0] * stride
    if arguments["padding"].value == "valid":
        length += max(reach - stride, 0)
    return (length, arguments["filters"].value)


def _transpose_weights(arguments: Arguments, shape: Shape) -> tuple[Weight, ...]:
    filters = arguments["filters"].value
    kernel = (arguments["kernel_size"].value, filters, shape[-1])
    return (Weight("kernel", kernel, "kernel"), *_bias(arguments, filters))


def _transpose_torch(operation: ir.Layer, channels_first: bool) -> TorchLayer:
    name, stride = operation.identifier, operation["strides"]
    reach = (operation["kernel_size"] - 1) * operation["dilation_rate"] + 1
    length = operation.output_shape[0]
    extra = max(stride - reach, 0)
    module = submodule(
        name,
        "nn.ConvTranspose1d",
        operation.input_shape[-1],
        operation["filters"],
        kernel_size=operation["kernel_size"],
        stride=stride,
        padding=0,
        output_padding=extra,
        dilation=operation["dilation_rate"],
        bias=operation["use_bias"],
    )
    full = (operation.input_shape[0] - 1) * stride + reach + extra
    result = f"self.{name}({{x}})"
    if full > length:
        start = (full - length) // 2
        result += f"[:, :, {start}:{start + length}]"
    return activated(
        operation,
        TorchLayer(
            steps=(result,),
            channels_first=True,
            modules=(module,),
            weights=torch_kernel_and_bias(operation, (2, 1, 0)),
        ),
    )


ROWS = (
    OperationRow(
        "SeparableConv1D",
        "a window over each channel, then a mixture of the channels",
        _SEPARABLE,
        lambda arguments, shape: (
            _length("SeparableConv1D", arguments, shape),
            arguments["filters"].value,
        ),
        {
            PYTORCH: _separable_torch,
            TENSORFLOW: keras_layer("SeparableConv1D", _SEPARABLE, data_format="channels_last"),
        },
        _separable_weights,
        aliases=("SeparableConvolution1D",),
    ),
    OperationRow(
        "DepthwiseConv1D",
        "a window over each channel",
        _DEPTHWISE,
        lambda arguments, shape: (
            _length("DepthwiseConv1D", arguments, shape),
            _depth(arguments, shape),
        ),
        {
            PYTORCH: _depthwise_torch,
            TENSORFLOW: keras_layer("DepthwiseConv1D", _DEPTHWISE, data_format="channels_last"),
        },
        lambda arguments, shape: (
            _depthwise_kernel(arguments, shape),
            *_bias(arguments, _depth(arguments, shape)),
        ),
    ),
    OperationRow(
        "Conv1DTranspose",
        "convolution that makes the sequence longer",
        _TRANSPOSE,
        _transposed,
        {
            PYTORCH: _transpose_torch,
            TENSORFLOW: keras_layer(
                "Conv1DTranspose", _TRANSPOSE, output_padding=None, data_format="channels_last"
            ),
        },
        _transpose_weights,
        aliases=("Convolution1DTranspose",),
        sees=Sees.SPREAD,
    ),
)
