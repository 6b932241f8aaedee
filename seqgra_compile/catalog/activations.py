"""Activations: their Keras names and what they are in PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..messages.diagnostics import suggest
from ..pycode import Code, call
from .parameters import BadValue, Kind


@dataclass(frozen=True)
class Activation:
    """`torch` gives an expression in `x` and, for functions over the channels, `dim`."""

    name: str
    torch: Callable[[Code, int], Code]
    about: str


def _torch(function: str, *positional: object, **keywords: object) -> Callable[[Code, int], Code]:
    return lambda x, dim: call(function, x, *positional, **keywords)


def _over_channels(function: str) -> Callable[[Code, int], Code]:
    return lambda x, dim: call(function, x, dim=dim)


_ROWS = (
    Activation("linear", lambda x, dim: x, "the identity"),
    Activation("relu", _torch("F.relu"), "max(x, 0)"),
    Activation("softmax", _over_channels("F.softmax"), "exp(x) over its sum along the last axis"),
    Activation("sigmoid", _torch("torch.sigmoid"), "1 / (1 + exp(-x))"),
    Activation("tanh", _torch("torch.tanh"), "hyperbolic tangent"),
    Activation("elu", _torch("F.elu", alpha=1.0), "x, or exp(x) - 1 below 0"),
    Activation("selu", _torch("F.selu"), "scaled elu"),
    Activation("gelu", _torch("F.gelu", approximate="none"), "x Phi(x), exact"),
    Activation("softplus", _torch("F.softplus"), "log(1 + exp(x))"),
    Activation("softsign", _torch("F.softsign"), "x / (1 + |x|)"),
    Activation("exponential", _torch("torch.exp"), "exp(x)"),
    Activation("hard_sigmoid", _torch("F.hardsigmoid"), "relu6(x + 3) / 6, as Keras 3 defines it"),
    Activation("swish", _torch("F.silu"), "x sigmoid(x)"),
    Activation("silu", _torch("F.silu"), "x sigmoid(x)"),
    Activation("mish", _torch("F.mish"), "x tanh(softplus(x))"),
    Activation("relu6", _torch("F.relu6"), "min(max(x, 0), 6)"),
    Activation("leaky_relu", _torch("F.leaky_relu", 0.2), "x, or 0.2 x below 0"),
    Activation("log_softmax", _over_channels("F.log_softmax"), "the logarithm of softmax"),
    Activation("hard_silu", _torch("F.hardswish"), "x hard_sigmoid(x)"),
    Activation("celu", _torch("F.celu", alpha=1.0), "x, or exp(x) - 1 below 0"),
)
ACTIVATIONS = {row.name: row for row in _ROWS}


def torch_activation(name: str | None, x: Code, dim: int = -1) -> Code:
    """`x` inside the activation's expression."""
    return ACTIVATIONS[name].torch(x, dim) if name else x


class ActivationKind(Kind):
    """The name of an activation; Keras tells upper from lower case."""

    wants = "an activation such as 'relu'"

    def parse(self, text: str) -> str:
        name = text.strip()
        if name not in ACTIVATIONS:
            raise BadValue(self.wants, suggest(name, ACTIVATIONS))
        return name


ACTIVATION = ActivationKind()
