"""Dense layers."""

from __future__ import annotations

from ... import ir
from ...ir import Arguments, Shape, Weight
from ...pycode import Code, call, prefixed
from ..parameters import Integer, Parameter
from .row import (
    KERNEL_AND_BIAS,
    Operation,
    TorchLayer,
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


def _dense_torch(operation: ir.Operation, channels_first: bool) -> TorchLayer:
    module = call(
        "nn.Linear", operation.input_shape[-1], operation["units"], bias=operation["use_bias"]
    )
    result = call(f"self.{operation.identifier}", Code("x"))
    return TorchLayer(
        forward=(prefixed("x = ", activated(operation, result, False)),),
        channels_first=False,
        modules=((operation.identifier, module),),
        weights=torch_kernel_and_bias(operation, (1, 0)),
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
)
