"""Initializers of Keras, and the same distributions in PyTorch."""

from __future__ import annotations

import math
from collections.abc import Callable, Container
from dataclasses import dataclass

from ..ir import Shape
from ..pycode import Code, call
from .expressions import Expression, ExpressionKind, ExpressionRow, default_expression
from .parameters import Choice, Integer, Parameter, Real

# The standard deviation of a standard normal distribution that is cut off at two.
_TRUNCATED_STDDEV = 0.87962566103423978


@dataclass(frozen=True)
class Fans:
    """Inputs and outputs of a weight tensor. `standard`: PyTorch counts them in the same way.

    `shape` and `axes` are those of the kernel: see `fans`.
    """

    inputs: float
    outputs: float
    standard: bool
    shape: Shape = ()
    axes: tuple[int, ...] = ()


def fans(shape: Shape, axes: tuple[int, ...]) -> Fans:
    """Keras's count for a kernel (window..., inputs, outputs).

    PyTorch's count is the same if its axes are (outputs, inputs, window...).
    """
    rank = len(shape)
    if rank == 1:
        return Fans(shape[0], shape[0], standard=False)
    window = math.prod(shape[:-2])
    standard = axes == (rank - 1, rank - 2, *range(rank - 2))
    return Fans(window * shape[-2], window * shape[-1], standard, shape, axes)


@dataclass(frozen=True, kw_only=True)
class Initializer(ExpressionRow):
    """`torch` gives the call that fills a tensor in place; `ranks` are those that it can fill."""

    torch: Callable[[str, Expression, Fans], Code]
    ranks: Container[int] = range(1, 9)
    fills: str = "any weights"


def _fill(function: str) -> Callable[[str, Expression, Fans], Code]:
    return lambda tensor, value, fans: call(function, Code(tensor), **_generator(value))


def _generator(value: Expression) -> dict[str, Code]:
    seed = dict(value.arguments).get("seed")
    if seed is None:
        return {}
    return {"generator": Code(f"torch.Generator().manual_seed({seed})")}


def _variance_scaling(
    tensor: str, value: Expression, scale: float, fan: float, distribution: str
) -> Code:
    variance = scale / max(fan, 1.0)
    if distribution == "uniform":
        limit = math.sqrt(3.0 * variance)
        return call("nn.init.uniform_", Code(tensor), -limit, limit, **_generator(value))
    if distribution == "untruncated_normal":
        return call("nn.init.normal_", Code(tensor), std=math.sqrt(variance), **_generator(value))
    std = math.sqrt(variance) / _TRUNCATED_STDDEV
    return _truncated(tensor, value, 0.0, std)


def _orthogonal(tensor: str, value: Expression, fans: Fans) -> Code:
    """Keras makes the last axis of a kernel orthogonal over all others, PyTorch the first one."""
    keywords = {"gain": value["gain"], **_generator(value)}
    rank = len(fans.shape)
    if rank == 2 or fans.axes[0] == rank - 1:
        return call("nn.init.orthogonal_", Code(tensor), **keywords)
    size = (fans.shape[-1], *fans.shape[:-1])
    drawn = call("nn.init.orthogonal_", call("torch.empty", *size), **keywords)
    moved = call("torch.permute", drawn, tuple((axis + 1) % rank for axis in fans.axes))
    view = tuple(fans.shape[axis] for axis in fans.axes)
    return call(f"{tensor}.data.view{view}.copy_", moved)


def _truncated(tensor: str, value: Expression, mean: float, std: float) -> Code:
    return call(
        "nn.init.trunc_normal_",
        Code(tensor),
        mean=mean,
        std=std,
        a=mean - 2 * std,
        b=mean + 2 * std,
        **_generator(value),
    )


def _scaled(
    scale: float, fan: str, distribution: str, named: str | None = None, **fixed: object
) -> Callable[[str, Expression, Fans], Code]:
    """A fixed variance scaling, with PyTorch's own name and arguments if it has one."""

    def fill(tensor: str, value: Expression, fans: Fans) -> Code:
        if named and fans.standard:
            return call(named, Code(tensor), **fixed, **_generator(value))
        return _variance_scaling(tensor, value, scale, _fan(fans, fan), distribution)

    return fill


def _fan(fans: Fans, mode: str) -> float:
    return {
        "fan_in": fans.inputs,
        "fan_out": fans.outputs,
        "fan_avg": (fans.inputs + fans.outputs) / 2,
    }[mode]


_SEED = Parameter("seed", Integer(0), None, "its own random seed")
_ROWS = (
    Initializer("Zeros", torch=_fill("nn.init.zeros_"), aliases=("zero",), about="0"),
    Initializer("Ones", torch=_fill("nn.init.ones_"), aliases=("one",), about="1"),
    Initializer(
        "Constant",
        (Parameter("value", Real(), 0.0),),
        torch=lambda tensor, value, fans: call("nn.init.constant_", Code(tensor), value["value"]),
        about="one value",
    ),
    Initializer(
        "RandomNormal",
        (Parameter("mean", Real(), 0.0), Parameter("stddev", Real(minimum=0), 0.05), _SEED),
        ("normal",),
        torch=lambda tensor, value, fans: call(
            "nn.init.normal_",
            Code(tensor),
            mean=value["mean"],
            std=value["stddev"],
            **_generator(value),
        ),
        about="a normal distribution",
    ),
    Initializer(
        "RandomUniform",
        (Parameter("minval", Real(), -0.05), Parameter("maxval", Real(), 0.05), _SEED),
        ("uniform",),
        torch=lambda tensor, value, fans: call(
            "nn.init.uniform_",
            Code(tensor),
            value["minval"],
            value["maxval"],
            **_generator(value),
        ),
        about="a uniform distribution",
        fault=lambda values: "minval is above maxval" * (values["minval"] > values["maxval"]),
    ),
    Initializer(
        "TruncatedNormal",
        (Parameter("mean", Real(), 0.0), Parameter("stddev", Real(above=0), 0.05), _SEED),
        torch=lambda tensor, value, fans: _truncated(tensor, value, value["mean"], value["stddev"]),
        about="a normal distribution, drawn again beyond two standard deviations",
    ),
    Initializer(
        "GlorotUniform",
        (_SEED,),
        torch=_scaled(1.0, "fan_avg", "uniform", "nn.init.xavier_uniform_", gain=1.0),
        about="uniform up to sqrt(6 / (fan_in + fan_out))",
    ),
    Initializer(
        "GlorotNormal",
        (_SEED,),
        torch=_scaled(1.0, "fan_avg", "truncated_normal"),
        about="truncated normal, variance 2 / (fan_in + fan_out)",
    ),
    Initializer(
        "HeUniform",
        (_SEED,),
        torch=_scaled(2.0, "fan_in", "uniform", "nn.init.kaiming_uniform_", a=0.0, mode="fan_in"),
        about="uniform up to sqrt(6 / fan_in)",
    ),
    Initializer(
        "HeNormal",
        (_SEED,),
        torch=_scaled(2.0, "fan_in", "truncated_normal"),
        about="truncated normal, variance 2 / fan_in",
    ),
    Initializer(
        "LecunUniform",
        (_SEED,),
        torch=_scaled(1.0, "fan_in", "uniform"),
        about="uniform up to sqrt(3 / fan_in)",
    ),
    Initializer(
        "LecunNormal",
        (_SEED,),
        torch=_scaled(1.0, "fan_in", "truncated_normal"),
        about="truncated normal, variance 1 / fan_in",
    ),
    Initializer(
        "VarianceScaling",
        (
            Parameter("scale", Real(above=0), 1.0),
            Parameter("mode", Choice(("fan_in", "fan_out", "fan_avg")), "fan_in"),
            Parameter(
                "distribution",
                Choice(("truncated_normal", "untruncated_normal", "uniform")),
                "truncated_normal",
            ),
            _SEED,
        ),
        torch=lambda tensor, value, fans: _variance_scaling(
            tensor, value, value["scale"], _fan(fans, value["mode"]), value["distribution"]
        ),
        about="variance scale / fan",
    ),
    Initializer(
        "Orthogonal",
        (Parameter("gain", Real(), 1.0), _SEED),
        torch=_orthogonal,
        about="an orthogonal matrix times gain; not for biases",
        ranks=range(2, 9),
        fills="weights of two or more axes",
    ),
    Initializer(
        "Identity",
        (Parameter("gain", Real(), 1.0),),
        ("IdentityInitializer",),
        torch=lambda tensor, value, fans: call(f"nn.init.eye_({tensor}).data.mul_", value["gain"]),
        about="the identity matrix times gain; for matrices only",
        ranks=(2,),
        fills="matrices",
    ),
)
INITIALIZERS = {row.name: row for row in _ROWS}
INITIALIZER = ExpressionKind(INITIALIZERS, "initializers", "an initializer")


def initializer(name: str) -> Expression:
    """An initializer with its default arguments."""
    return default_expression(INITIALIZERS[name])


def draws(value: Expression) -> bool:
    """Whether its values depend on the global seed: it draws, and has no seed of its own."""
    return dict(value.arguments).get("seed", "none") is None


def torch_initializer(tensor: str, value: Expression, shape: Shape, axes: tuple[int, ...]) -> Code:
    """The statement that fills `tensor`: `shape` in Keras's layout, its `axes` in PyTorch's order."""
    return INITIALIZERS[value.name].torch(tensor, value, fans(shape, axes))
