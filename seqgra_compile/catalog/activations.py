"""Activations: their Keras names and their modules in PyTorch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..messages.diagnostics import suggest
from ..pycode import Code, call
from .parameters import BadValue, Kind


@dataclass(frozen=True)
class Activation:
    """`torch` is a class, called with `arguments`; `over_channels`: it also gets the channels' axis
    as `dim`.

    `fragment` names the template of a class that PyTorch lacks.
    """

    name: str
    torch: str
    about: str
    arguments: Mapping[str, object] = field(default_factory=dict)
    over_channels: bool = False
    fragment: str | None = None

    def module(self, dim: int) -> Code:
        """The call that makes the module; `dim` is the axis of the channels."""
        over = {"dim": dim} if self.over_channels else {}
        return call(self.torch, **self.arguments, **over)


_ROWS = (
    Activation("linear", "nn.Identity", "the identity"),
    Activation("relu", "nn.ReLU", "max(x, 0)"),
    Activation(
        "softmax", "nn.Softmax", "exp(x) over its sum along the last axis", over_channels=True
    ),
    Activation("sigmoid", "nn.Sigmoid", "1 / (1 + exp(-x))"),
    Activation("tanh", "nn.Tanh", "hyperbolic tangent"),
    Activation("elu", "nn.ELU", "x, or exp(x) - 1 below 0", {"alpha": 1.0}),
    Activation("selu", "nn.SELU", "scaled elu"),
    Activation("gelu", "nn.GELU", "x Phi(x), exact", {"approximate": "none"}),
    Activation("softplus", "nn.Softplus", "log(1 + exp(x))"),
    Activation("softsign", "nn.Softsign", "x / (1 + |x|)"),
    Activation("exponential", "Exponential", "exp(x)", fragment="exponential"),
    Activation("hard_sigmoid", "nn.Hardsigmoid", "relu6(x + 3) / 6, as Keras 3 defines it"),
    Activation("swish", "nn.SiLU", "x sigmoid(x)"),
    Activation("silu", "nn.SiLU", "x sigmoid(x)"),
    Activation("mish", "nn.Mish", "x tanh(softplus(x))"),
    Activation("relu6", "nn.ReLU6", "min(max(x, 0), 6)"),
    Activation("leaky_relu", "nn.LeakyReLU", "x, or 0.2 x below 0", {"negative_slope": 0.2}),
    Activation("log_softmax", "nn.LogSoftmax", "the logarithm of softmax", over_channels=True),
    Activation("hard_silu", "nn.Hardswish", "x hard_sigmoid(x)"),
    Activation("celu", "nn.CELU", "x, or exp(x) - 1 below 0", {"alpha": 1.0}),
)
ACTIVATIONS = {row.name: row for row in _ROWS}


class ActivationKind(Kind):
    """The name of an activation; Keras distinguishes upper and lower case."""

    wants = "an activation such as 'relu'"

    def parse(self, text: str) -> str:
        name = text.strip()
        if name not in ACTIVATIONS:
            raise BadValue(self.wants, suggest(name, ACTIVATIONS))
        return name


ACTIVATION = ActivationKind()
