"""Activations that are separate operations."""

from __future__ import annotations

from dataclasses import replace

from ... import ir
from ...ir import Arguments, Shape, Weight
from ...pycode import call
from ..activations import ACTIVATION
from ..libraries import PYTORCH, TENSORFLOW
from ..parameters import Integer, Parameter, Real, ShapeKind
from .layers import Fragment, TorchLayer, TorchWeight, submodule
from .row import (
    OperationRow,
    ShapeError,
    channels_dim,
    initializer_parameter,
    keras_layer,
    regularizer_parameter,
    torch_activation,
    torch_activation_fragments,
    unchanged,
)

_ACTIVATION = (Parameter("activation", ACTIVATION, about="its name"),)
_RELU = (
    Parameter("max_value", Real(minimum=0), None, "cut off above"),
    Parameter("negative_slope", Real(minimum=0), 0.0, "slope below the threshold"),
    Parameter("threshold", Real(minimum=0), 0.0, "where the rise begins"),
)
_LEAKY = (Parameter("negative_slope", Real(minimum=0), 0.3, "slope below 0"),)
_PRELU = (
    initializer_parameter("alpha", "Zeros"),
    regularizer_parameter("alpha"),
    Parameter("shared_axes", ShapeKind(), None, "axes along which one slope serves all, from 1"),
)
_ELU = (Parameter("alpha", Real(), 1.0, "the limit below 0 is -alpha"),)
_SOFTMAX = (Parameter("axis", Integer(-1, 3), -1, "the axis that sums to 1"),)


def _applied(operation: ir.Layer, class_name: str, **arguments: object) -> TorchLayer:
    """A module that works on each value separately."""
    name = operation.identifier
    return TorchLayer(
        steps=(f"self.{name}({{x}})",), functions=(submodule(name, class_name, **arguments),)
    )


def _activation_torch(operation: ir.Layer, channels_first: bool) -> TorchLayer:
    name, activation = operation.identifier, operation["activation"]
    dim = channels_dim(len(operation.input_shape), channels_first)
    return TorchLayer(
        steps=(f"self.{name}({{x}})",),
        functions=(torch_activation(name, activation, dim),),
        fragments=torch_activation_fragments(activation),
    )


def _plain_relu(arguments: Arguments) -> str | None:
    plain = all(arguments[row.name].value == row.default for row in _RELU)
    return "relu" if plain else None


def _relu_torch(operation: ir.Layer, channels_first: bool) -> TorchLayer:
    maximum, slope, threshold = (
        operation[name] for name in ("max_value", "negative_slope", "threshold")
    )
    if maximum is None and not threshold:
        if slope:
            return _applied(operation, "nn.LeakyReLU", negative_slope=slope)
        return _applied(operation, "nn.ReLU")
    layer = _applied(operation, "Rectifier", maximum=maximum, slope=slope, threshold=threshold)
    return replace(layer, fragments=(Fragment("rectifier"),))


def _leaky_torch(operation: ir.Layer, channels_first: bool) -> TorchLayer:
    return _applied(operation, "nn.LeakyReLU", negative_slope=operation["negative_slope"])


def _elu_torch(operation: ir.Layer, channels_first: bool) -> TorchLayer:
    return _applied(operation, "nn.ELU", alpha=operation["alpha"])


def _prelu_shape(arguments: Arguments, shape: Shape) -> Shape:
    shared = arguments["shared_axes"].value or ()
    if any(axis > len(shape) for axis in shared):
        problem = f"{shape} has no axis {max(shared)}"
        raise ShapeError("SG307", problem, "shared_axes", "axis 1 is the first, without the batch")
    return shape


def _prelu_weights(arguments: Arguments, shape: Shape) -> tuple[Weight, ...]:
    shared = arguments["shared_axes"].value or ()
    alpha = tuple(1 if axis in shared else size for axis, size in enumerate(shape, start=1))
    return (Weight("alpha", alpha, "alpha"),)


def _prelu_torch(operation: ir.Layer, channels_first: bool) -> TorchLayer:
    name, (alpha,) = operation.identifier, operation.weights
    above, below = f"{name}_above", f"{name}_below"
    return TorchLayer(
        steps=(f"self.{above}({{x}}) - self.{name} * self.{below}(-{{x}})",),
        channels_first=False,
        modules=(submodule(name, "nn.Parameter", call("torch.empty", *alpha.shape)),),
        functions=(submodule(above, "nn.ReLU"), submodule(below, "nn.ReLU")),
        weights=(TorchWeight("alpha", name, tuple(range(len(alpha.shape)))),),
    )


def _softmax_shape(arguments: Arguments, shape: Shape) -> Shape:
    axis = arguments["axis"].value
    if axis == 0 or axis > len(shape):
        raise ShapeError("SG307", f"{shape} has no axis {axis}", "axis", "write -1 for the last")
    return shape


def _softmax_torch(operation: ir.Layer, channels_first: bool) -> TorchLayer:
    layer = _applied(operation, "nn.Softmax", dim=operation["axis"])
    return replace(layer, channels_first=False)


ROWS = (
    OperationRow(
        "Activation",
        "an activation by name",
        _ACTIVATION,
        unchanged,
        {PYTORCH: _activation_torch, TENSORFLOW: keras_layer("Activation", _ACTIVATION)},
        only_applies=lambda arguments: arguments["activation"].value,
    ),
    OperationRow(
        "ReLU",
        "0 below a threshold, the value itself above it",
        _RELU,
        unchanged,
        {PYTORCH: _relu_torch, TENSORFLOW: keras_layer("ReLU", _RELU)},
        only_applies=_plain_relu,
    ),
    OperationRow(
        "LeakyReLU",
        "a small slope below 0",
        _LEAKY,
        unchanged,
        {PYTORCH: _leaky_torch, TENSORFLOW: keras_layer("LeakyReLU", _LEAKY)},
    ),
    OperationRow(
        "PReLU",
        "a learned slope below 0",
        _PRELU,
        _prelu_shape,
        {PYTORCH: _prelu_torch, TENSORFLOW: keras_layer("PReLU", _PRELU)},
        _prelu_weights,
    ),
    OperationRow(
        "ELU",
        "alpha (exp(x) - 1) below 0",
        _ELU,
        unchanged,
        {PYTORCH: _elu_torch, TENSORFLOW: keras_layer("ELU", _ELU)},
    ),
    OperationRow(
        "Softmax",
        "positive values that sum to 1",
        _SOFTMAX,
        _softmax_shape,
        {PYTORCH: _softmax_torch, TENSORFLOW: keras_layer("Softmax", _SOFTMAX)},
        applies="softmax",
    ),
)
