"""Operations that are random in training and otherwise do nothing."""

from __future__ import annotations

import math
from dataclasses import replace

from ... import ir
from ...ir import Arguments, Shape
from ..libraries import PYTORCH, TENSORFLOW
from ..parameters import Parameter, Real
from .layers import Draw, Fragment, KerasLayer, TorchLayer, submodule
from .row import KerasCell, OperationRow, TorchCell, keras_layer, require_rank, unchanged

_RATE = Parameter("rate", Real(minimum=0, maximum=1), about="fraction of values set to 0")
_CHANNELS = Parameter("rate", Real(minimum=0, maximum=1), about="fraction of channels set to 0")
_STDDEV = Parameter("stddev", Real(minimum=0), about="standard deviation of what is added")
_FACTOR = Parameter(
    "rate", Real(minimum=0, below=1), about="the factor's variance is rate / (1 - rate)"
)


def _channels(arguments: Arguments, shape: Shape) -> Shape:
    require_rank("SpatialDropout1D", shape, 2, "(length, channels)")
    return shape


def _noise(
    operation: ir.Layer, class_name: str, kind: str, shape: Shape, **arguments: object
) -> TorchLayer:
    """A module that draws, in training, this many numbers of a kind for each example."""
    name = operation.identifier
    return TorchLayer(
        steps=(f"self.{name}({{x}})",),
        functions=(submodule(name, class_name, **arguments),),
        draws=(Draw(kind, shape),),
    )


def _dropout_torch(class_name: str, channels_first: bool | None = None) -> TorchCell:
    """PyTorch's own, which draws nothing at a rate of 0."""

    def lower(operation: ir.Layer, _: bool) -> TorchLayer:
        rate, shape = operation["rate"], operation.input_shape
        layer = _noise(operation, class_name, class_name, shape, p=rate)
        return replace(layer, channels_first=channels_first, draws=layer.draws if rate else ())

    return lower


def _gaussian_noise_torch(operation: ir.Layer, channels_first: bool) -> TorchLayer:
    stddev, shape = operation["stddev"], operation.input_shape
    layer = _noise(operation, "GaussianNoise", "normal", shape, stddev=stddev)
    return replace(layer, fragments=(Fragment("gaussian_noise"),))


def _gaussian_dropout_torch(operation: ir.Layer, channels_first: bool) -> TorchLayer:
    stddev = math.sqrt(operation["rate"] / (1 - operation["rate"]))
    layer = _noise(operation, "GaussianDropout", "normal", operation.input_shape, stddev=stddev)
    return replace(layer, fragments=(Fragment("gaussian_dropout"),))


def _keras(class_name: str, parameter: Parameter, **extra: object) -> KerasCell:
    """Keras's own, which takes a seed when it is made, and draws nothing at 0."""
    plain = keras_layer(class_name, (parameter,), **extra, seed=None)

    def lower(operation: ir.Layer, channels_first: bool) -> KerasLayer:
        layer = plain(operation, channels_first)
        if not operation[parameter.name]:
            return layer
        return replace(layer, seeds=(False,), draws=(Draw(class_name, operation.input_shape),))

    return lower


ROWS = (
    OperationRow(
        "Dropout",
        "sets values to 0 in training and scales the rest up",
        (_RATE,),
        unchanged,
        {
            PYTORCH: _dropout_torch("nn.Dropout"),
            TENSORFLOW: _keras("Dropout", _RATE, noise_shape=None),
        },
        noise=("rate",),
        known=True,
    ),
    OperationRow(
        "SpatialDropout1D",
        "sets whole channels to 0 in training and scales the rest up",
        (_CHANNELS,),
        _channels,
        {
            PYTORCH: _dropout_torch("nn.Dropout1d", channels_first=True),
            TENSORFLOW: _keras("SpatialDropout1D", _CHANNELS),
        },
        noise=("rate",),
    ),
    OperationRow(
        "GaussianNoise",
        "adds normal noise in training",
        (_STDDEV,),
        unchanged,
        {PYTORCH: _gaussian_noise_torch, TENSORFLOW: _keras("GaussianNoise", _STDDEV)},
        noise=("stddev",),
    ),
    OperationRow(
        "GaussianDropout",
        "multiplies with normal noise around 1 in training",
        (_FACTOR,),
        unchanged,
        {PYTORCH: _gaussian_dropout_torch, TENSORFLOW: _keras("GaussianDropout", _FACTOR)},
        noise=("rate",),
    ),
    OperationRow(
        "AlphaDropout",
        "dropout that keeps mean and variance of selu's results",
        (_RATE,),
        unchanged,
        {
            PYTORCH: _dropout_torch("nn.AlphaDropout"),
            TENSORFLOW: _keras("AlphaDropout", _RATE, noise_shape=None),
        },
        noise=("rate",),
    ),
)
