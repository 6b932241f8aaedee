"""Operations that are random in training and do nothing otherwise."""

from __future__ import annotations

import math

from ... import ir
from ...ir import Arguments, Shape
from ...pycode import Code, call, prefixed
from ..parameters import Parameter, Real
from .row import Operation, TorchCell, TorchLayer, keras_layer, require_rank

_RATE = (Parameter("rate", Real(minimum=0, maximum=1), about="fraction of values set to 0"),)
_CHANNELS = (Parameter("rate", Real(minimum=0, maximum=1), about="fraction of channels set to 0"),)
_STDDEV = (Parameter("stddev", Real(minimum=0), about="standard deviation of what is added"),)
_FACTOR = (
    Parameter("rate", Real(minimum=0, below=1), about="the factor's variance is rate / (1 - rate)"),
)


def _same(arguments: Arguments, shape: Shape) -> Shape:
    return shape


def _channels(arguments: Arguments, shape: Shape) -> Shape:
    require_rank("SpatialDropout1D", shape, 2, "(length, channels)")
    return shape


def _dropped(function: str, channels_first: bool | None) -> TorchCell:
    def lower(operation: ir.Operation, _: bool) -> TorchLayer:
        dropped = call(function, Code("x"), p=operation["rate"], training=Code("self.training"))
        return TorchLayer(forward=(prefixed("x = ", dropped),), channels_first=channels_first)

    return lower


def _in_training(statement: str) -> TorchLayer:
    return TorchLayer(forward=(Code("if self.training:"), Code(f"    {statement}")))


def _noise_torch(operation: ir.Operation, channels_first: bool) -> TorchLayer:
    return _in_training(f"x = x + {operation['stddev']!r} * torch.randn_like(x)")


def _factor_torch(operation: ir.Operation, channels_first: bool) -> TorchLayer:
    stddev = math.sqrt(operation["rate"] / (1 - operation["rate"]))
    return _in_training(f"x = x * (1 + {stddev!r} * torch.randn_like(x))")


ROWS = (
    Operation(
        "Dropout",
        "sets values to 0 in training and scales the rest up",
        _RATE,
        _same,
        keras_layer("Dropout", _RATE, noise_shape=None, seed=None),
        _dropped("F.dropout", None),
    ),
    Operation(
        "SpatialDropout1D",
        "sets whole channels to 0 in training and scales the rest up",
        _CHANNELS,
        _channels,
        keras_layer("SpatialDropout1D", _CHANNELS, seed=None),
        _dropped("F.dropout1d", True),
    ),
    Operation(
        "GaussianNoise",
        "adds normal noise in training",
        _STDDEV,
        _same,
        keras_layer("GaussianNoise", _STDDEV, seed=None),
        _noise_torch,
    ),
    Operation(
        "GaussianDropout",
        "multiplies with normal noise around 1 in training",
        _FACTOR,
        _same,
        keras_layer("GaussianDropout", _FACTOR, seed=None),
        _factor_torch,
    ),
    Operation(
        "AlphaDropout",
        "dropout that keeps mean and variance of selu's results",
        _RATE,
        _same,
        keras_layer("AlphaDropout", _RATE, noise_shape=None, seed=None),
        _dropped("F.alpha_dropout", None),
    ),
)
