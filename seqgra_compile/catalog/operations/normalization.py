"""Normalization."""

from __future__ import annotations

from collections.abc import Callable

from ... import ir
from ...ir import Arguments, Shape, Weight
from ...pycode import Code
from ..initializers import initializer
from ..libraries import PYTORCH, TENSORFLOW
from ..parameters import Boolean, Integer, Parameter, Real
from .layers import FUNCTIONAL, Fragment, TorchLayer, TorchWeight, submodule
from .row import (
    Cell,
    OperationRow,
    ShapeError,
    TorchCell,
    Unsupported,
    initializer_parameter,
    keras_layer,
    regularizer_parameter,
)

_AXIS = Parameter(
    "axis", Integer(-1, 3), -1, "the axis that is normalized separately; axis 0 is the batch"
)
_EPSILON = Parameter("epsilon", Real(above=0), 0.001, "added to the variance")
_AFFINE = (
    Parameter("center", Boolean(), True, "add beta"),
    Parameter("scale", Boolean(), True, "multiply with gamma"),
    initializer_parameter("beta", "Zeros"),
    initializer_parameter("gamma", "Ones"),
)
_PENALTIES = (regularizer_parameter("beta"), regularizer_parameter("gamma"))
_BATCH = (
    _AXIS,
    Parameter(
        "momentum",
        Real(minimum=0, maximum=1),
        0.99,
        "fraction of the running mean that a step keeps",
    ),
    _EPSILON,
    *_AFFINE,
    initializer_parameter("moving_mean", "Zeros"),
    initializer_parameter("moving_variance", "Ones"),
    *_PENALTIES,
)
_PRESET = {
    "gamma": initializer("Ones"),
    "beta": initializer("Zeros"),
    "moving_mean": initializer("Zeros"),
    "moving_variance": initializer("Ones"),
}
_LAYER = (_AXIS, _EPSILON, *_AFFINE, *_PENALTIES)


def _axis(arguments: Arguments, shape: Shape) -> int:
    """The axis among those of `shape`."""
    axis = arguments["axis"].value
    return len(shape) - 1 if axis == -1 else axis - 1


def _batch_shape(arguments: Arguments, shape: Shape) -> Shape:
    if _axis(arguments, shape) not in (0, len(shape) - 1):
        raise ShapeError(
            "SG307",
            f"BatchNormalization has no axis {arguments['axis'].value} in {shape}",
            "axis",
            "write -1 for the channels",
        )
    return shape


def _layer_shape(arguments: Arguments, shape: Shape) -> Shape:
    if _axis(arguments, shape) != len(shape) - 1:
        raise ShapeError(
            "SG307",
            f"LayerNormalization over axis {arguments['axis'].value} of {shape}",
            "axis",
            "write -1: each position is normalized over its channels",
        )
    return shape


def _affine_weights(arguments: Arguments, size: int) -> tuple[Weight, ...]:
    named = (("scale", "gamma"), ("center", "beta"))
    return tuple(Weight(role, (size,), role) for switch, role in named if arguments[switch].value)


def _batch_weights(arguments: Arguments, shape: Shape) -> tuple[Weight, ...]:
    size = shape[_axis(arguments, shape)]
    moving = (
        Weight("moving_mean", (size,), "moving_mean", trainable=False),
        Weight("moving_variance", (size,), "moving_variance", trainable=False),
    )
    return _affine_weights(arguments, size) + moving


def _placed(operation: ir.Layer) -> tuple[TorchWeight, ...]:
    places = {
        "gamma": "weight",
        "beta": "bias",
        "moving_mean": "running_mean",
        "moving_variance": "running_var",
    }
    return tuple(
        TorchWeight(weight.name, f"{operation.identifier}.{places[weight.name]}", (0,))
        for weight in operation.weights
    )


_FOLLOWS = Fragment("batch_normalization")
_FROZEN = Fragment("frozen_batch_normalization", (FUNCTIONAL,))


def _batch_torch(operation: ir.Layer, channels_first: bool) -> TorchLayer:
    shape = operation.input_shape
    axis = _axis(operation.arguments, shape)
    name, follows = operation.identifier, operation["trainable"]
    momentum = {"momentum": operation["momentum"]} if follows else {}
    module = submodule(
        name,
        "BatchNormalization" if follows else "FrozenBatchNormalization",
        shape[axis],
        **momentum,
        eps=operation["epsilon"],
    )
    # The classes accept at most two axes besides the batch.
    flat, unflat = ("{x}.flatten(2)", ".view_as({x})") if len(shape) > 2 else ("{x}", "")
    return TorchLayer(
        steps=(f"self.{name}({flat}){unflat}",),
        # They normalize along axis 1: the channels moved there, or the first axis as it is.
        channels_first=axis == len(shape) - 1 and len(shape) > 1,
        modules=(module,),
        weights=_placed(operation),
        initialize=_constants(operation),
        fragments=(_FOLLOWS if follows else _FROZEN,),
        preset=_PRESET,
    )


def _constants(operation: ir.Layer) -> tuple[Code, ...]:
    """A scale or shift that the definition switches off keeps its value."""
    parts = (("scale", "weight"), ("center", "bias"))
    return tuple(
        Code(f"self.{operation.identifier}.{attribute}.requires_grad_(False)")
        for switch, attribute in parts
        if not operation[switch]
    )


def _layer_torch(operation: ir.Layer, channels_first: bool) -> TorchLayer:
    name = operation.identifier
    module = submodule(
        name,
        "nn.LayerNorm",
        operation.input_shape[-1],
        eps=operation["epsilon"],
        elementwise_affine=True,
        bias=True,
    )
    return TorchLayer(
        steps=(f"self.{name}({{x}})",),
        channels_first=False,
        modules=(module,),
        weights=_placed(operation),
        initialize=_constants(operation),
    )


def _row(
    name: str,
    about: str,
    parameters: tuple[Parameter, ...],
    infer: Callable[[Arguments, Shape], Shape],
    torch: TorchCell,
    weights: Callable[[Arguments, Shape], tuple[Weight, ...]],
    mixes: Callable[[ir.Layer], bool] = lambda operation: False,
    **extra: object,
) -> OperationRow:
    lower: dict[str, Cell | Unsupported] = {
        PYTORCH: torch,
        TENSORFLOW: keras_layer(name, parameters, **extra),
    }
    return OperationRow(name, about, parameters, infer, lower, weights, mixes=mixes)


ROWS = (
    _row(
        "BatchNormalization",
        "each channel to mean 0 and variance 1 over the batch, then scaled and shifted",
        _BATCH,
        _batch_shape,
        _batch_torch,
        _batch_weights,
        mixes=lambda operation: operation["trainable"],
        synchronized=False,
    ),
    _row(
        "LayerNormalization",
        "each position to mean 0 and variance 1 over its channels, then scaled and shifted",
        _LAYER,
        _layer_shape,
        _layer_torch,
        lambda arguments, shape: _affine_weights(arguments, shape[-1]),
    ),
)
