"""Activations that are operations of their own."""

from __future__ import annotations

from ... import ir
from ...ir import Arguments, Shape, Weight
from ...pycode import Code, call, prefixed
from ..activations import ACTIVATION, torch_activation
from ..parameters import Integer, Parameter, Real
from ..parameters import Shape as ShapeKind
from .row import (
    Operation,
    ShapeError,
    TorchLayer,
    TorchWeight,
    initializer_parameter,
    keras_layer,
    regularizer_parameter,
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


def _same(arguments: Arguments, shape: Shape) -> Shape:
    return shape


def _elementwise(expression: Code) -> TorchLayer:
    return TorchLayer(forward=(prefixed("x = ", expression),))


def _activation_torch(operation: ir.Operation, channels_first: bool) -> TorchLayer:
    dim = 1 if channels_first and len(operation.input_shape) > 1 else -1
    return _elementwise(torch_activation(operation["activation"], Code("x"), dim))


def _relu_torch(operation: ir.Operation, channels_first: bool) -> TorchLayer:
    slope, threshold = operation["negative_slope"], operation["threshold"]
    if threshold:
        below = f"{slope!r} * (x - {threshold!r})" if slope else "torch.zeros_like(x)"
        expression = f"torch.where(x >= {threshold!r}, x, {below})"
    else:
        expression = f"F.leaky_relu(x, {slope!r})" if slope else "F.relu(x)"
    if operation["max_value"] is not None:
        expression += f".clamp(max={operation['max_value']!r})"
    return _elementwise(Code(expression))


def _leaky_torch(operation: ir.Operation, channels_first: bool) -> TorchLayer:
    return _elementwise(Code(f"F.leaky_relu(x, {operation['negative_slope']!r})"))


def _elu_torch(operation: ir.Operation, channels_first: bool) -> TorchLayer:
    return _elementwise(Code(f"F.elu(x, alpha={operation['alpha']!r})"))


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


def _prelu_torch(operation: ir.Operation, channels_first: bool) -> TorchLayer:
    name, (alpha,) = operation.identifier, operation.weights
    return TorchLayer(
        forward=(Code(f"x = F.relu(x) - self.{name} * F.relu(-x)"),),
        channels_first=False,
        modules=((name, call("nn.Parameter", call("torch.empty", *alpha.shape))),),
        weights=(TorchWeight("alpha", name, tuple(range(len(alpha.shape)))),),
    )


def _softmax_shape(arguments: Arguments, shape: Shape) -> Shape:
    axis = arguments["axis"].value
    if axis == 0 or axis > len(shape):
        raise ShapeError("SG307", f"{shape} has no axis {axis}", "axis", "write -1 for the last")
    return shape


def _softmax_torch(operation: ir.Operation, channels_first: bool) -> TorchLayer:
    applied = call("F.softmax", Code("x"), dim=operation["axis"])
    return TorchLayer(forward=(prefixed("x = ", applied),), channels_first=False)


ROWS = (
    Operation(
        "Activation",
        "an activation by name",
        _ACTIVATION,
        _same,
        keras_layer("Activation", _ACTIVATION),
        _activation_torch,
    ),
    Operation(
        "ReLU",
        "0 below a threshold, the value itself above it",
        _RELU,
        _same,
        keras_layer("ReLU", _RELU),
        _relu_torch,
    ),
    Operation(
        "LeakyReLU",
        "a small slope below 0",
        _LEAKY,
        _same,
        keras_layer("LeakyReLU", _LEAKY),
        _leaky_torch,
    ),
    Operation(
        "PReLU",
        "a learned slope below 0",
        _PRELU,
        _prelu_shape,
        keras_layer("PReLU", _PRELU),
        _prelu_torch,
        _prelu_weights,
    ),
    Operation(
        "ELU",
        "alpha (exp(x) - 1) below 0",
        _ELU,
        _same,
        keras_layer("ELU", _ELU),
        _elu_torch,
    ),
    Operation(
        "Softmax",
        "positive values that sum to 1",
        _SOFTMAX,
        _softmax_shape,
        keras_layer("Softmax", _SOFTMAX),
        _softmax_torch,
        applies="softmax",
    ),
)
