"""Dense layers and noise."""

from __future__ import annotations

from .. import ir
from ..ir import Arguments, Shape, Weight
from ..pycode import call
from .layer import (
    KERNEL_AND_BIAS,
    Operation,
    TorchLayer,
    activated,
    kernel_and_bias,
    keras_layer,
    torch_kernel_and_bias,
)
from .parameters import Integer, Parameter, Real

_DENSE = (Parameter("units", Integer(1), about="number of outputs"), *KERNEL_AND_BIAS)
_DROPOUT = (
    Parameter("rate", Real(minimum=0, maximum=1), about="fraction of values set to 0 in training"),
)


def _dense_shape(arguments: Arguments, shape: Shape) -> Shape:
    return (*shape[:-1], arguments["units"].value)


def _dense_weights(arguments: Arguments, shape: Shape) -> tuple[Weight, ...]:
    units = arguments["units"].value
    return kernel_and_bias(arguments, (shape[-1], units), units)


def _dense_torch(operation: ir.Operation, channels_first: bool) -> TorchLayer:
    module = call(
        "nn.Linear", operation.input_shape[-1], operation["units"], bias=operation["use_bias"]
    )
    result = f"self.{operation.identifier}(x)"
    return TorchLayer(
        forward=(f"x = {activated(operation, result, False)}",),
        channels_first=False,
        modules=((operation.identifier, module),),
        weights=torch_kernel_and_bias(operation, (1, 0)),
    )


def _dropout_torch(operation: ir.Operation, channels_first: bool) -> TorchLayer:
    return TorchLayer(
        forward=(f"x = self.{operation.identifier}(x)",),
        modules=((operation.identifier, call("nn.Dropout", p=operation["rate"])),),
    )


ROWS = (
    Operation(
        "Dense",
        "every output sees every input; acts on the last axis",
        _DENSE,
        _dense_shape,
        keras_layer("Dense", _DENSE),
        _dense_torch,
        _dense_weights,
    ),
    Operation(
        "Dropout",
        "sets values to 0 in training and scales the rest up",
        _DROPOUT,
        lambda arguments, shape: shape,
        keras_layer("Dropout", _DROPOUT, noise_shape=None, seed=None),
        _dropout_torch,
    ),
)
