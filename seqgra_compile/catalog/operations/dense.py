"""Dense layers."""

from __future__ import annotations

from ... import ir
from ...ir import Arguments, Shape, Weight
from ..libraries import PYTORCH, TENSORFLOW
from ..parameters import Integer, Parameter
from .layers import TorchLayer, submodule
from .row import (
    KERNEL_AND_BIAS,
    OperationRow,
    activated,
    keras_layer,
    kernel_and_bias,
    torch_kernel_and_bias,
)

_DENSE = (Parameter("units", Integer(1), about="number of outputs"), *KERNEL_AND_BIAS)


def _dense_shape(arguments: Arguments, shape: Shape) -> Shape:
    return (*shape[:-1], arguments["units"].value)


def _dense_weights(arguments: Arguments, shape: Shape) -> tuple[Weight, ...]:
    units = arguments["units"].value
    return kernel_and_bias(arguments, (shape[-1], units), units)


def _dense_torch(operation: ir.Layer, channels_first: bool) -> TorchLayer:
    name = operation.identifier
    channels, units = operation.input_shape[-1], operation["units"]
    return activated(
        operation,
        TorchLayer(
            steps=(f"self.{name}({{x}})",),
            channels_first=False,
            modules=(submodule(name, "nn.Linear", channels, units, bias=operation["use_bias"]),),
            weights=torch_kernel_and_bias(operation, (1, 0)),
        ),
    )


ROWS = (
    OperationRow(
        "Dense",
        "every output sees every input; acts on the last axis",
        _DENSE,
        _dense_shape,
        {PYTORCH: _dense_torch, TENSORFLOW: keras_layer("Dense", _DENSE)},
        _dense_weights,
        known=True,
        last_axis=True,
    ),
)
