"""Activations: their Keras names and what they are in PyTorch."""

from __future__ import annotations

from dataclasses import dataclass

from ..messages.diagnostics import suggest
from .parameters import BadValue, Kind


@dataclass(frozen=True)
class Activation:
    """`torch` is an expression in `{x}` and, for functions over the channels, `{dim}`."""

    name: str
    torch: str
    about: str


_ROWS = (
    Activation("linear", "{x}", "the identity"),
    Activation("relu", "F.relu({x})", "max(x, 0)"),
    Activation("softmax", "F.softmax({x}, dim={dim})", "exp(x) over its sum along the last axis"),
    Activation("sigmoid", "torch.sigmoid({x})", "1 / (1 + exp(-x))"),
    Activation("tanh", "torch.tanh({x})", "hyperbolic tangent"),
    Activation("elu", "F.elu({x}, alpha=1.0)", "x, or exp(x) - 1 below 0"),
    Activation("selu", "F.selu({x})", "scaled elu"),
    Activation("gelu", 'F.gelu({x}, approximate="none")', "x Phi(x), exact"),
    Activation("softplus", "F.softplus({x})", "log(1 + exp(x))"),
    Activation("softsign", "F.softsign({x})", "x / (1 + |x|)"),
    Activation("exponential", "torch.exp({x})", "exp(x)"),
    Activation("hard_sigmoid", "F.hardsigmoid({x})", "relu6(x + 3) / 6, as Keras 3 defines it"),
    Activation("swish", "F.silu({x})", "x sigmoid(x)"),
    Activation("silu", "F.silu({x})", "x sigmoid(x)"),
    Activation("mish", "F.mish({x})", "x tanh(softplus(x))"),
    Activation("relu6", "F.relu6({x})", "min(max(x, 0), 6)"),
    Activation("leaky_relu", "F.leaky_relu({x}, 0.2)", "x, or 0.2 x below 0"),
    Activation("log_softmax", "F.log_softmax({x}, dim={dim})", "the logarithm of softmax"),
    Activation("hard_silu", "F.hardswish({x})", "x hard_sigmoid(x)"),
    Activation("celu", "F.celu({x}, alpha=1.0)", "x, or exp(x) - 1 below 0"),
)
ACTIVATIONS = {row.name: row for row in _ROWS}


def torch_activation(name: str | None, x: str, dim: int = -1) -> str:
    """`x` inside the activation's expression."""
    return ACTIVATIONS[name].torch.format(x=x, dim=dim) if name else x


class ActivationKind(Kind):
    """The name of an activation; Keras tells upper from lower case."""

    wants = "an activation such as 'relu'"

    def parse(self, text: str) -> str:
        name = text.strip()
        if name not in ACTIVATIONS:
            raise BadValue(self.wants, suggest(name, ACTIVATIONS))
        return name


ACTIVATION = ActivationKind()
