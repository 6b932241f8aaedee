"""Regularizers of Keras: terms added to the loss."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .expressions import Expression, ExpressionKind, ExpressionRow
from .parameters import Parameter, Real


@dataclass(frozen=True, kw_only=True)
class Regularizer(ExpressionRow):
    """`torch` gives the terms for a tensor; Keras's L2 has no factor 1/2."""

    torch: Callable[[str, Expression], tuple[str, ...]]


def _l1(tensor: str, factor: float) -> str:
    return f"{factor!r} * {tensor}.abs().sum()"


def _l2(tensor: str, factor: float) -> str:
    return f"{factor!r} * {tensor}.square().sum()"


_ROWS = (
    Regularizer(
        "L1",
        (Parameter("l1", Real(minimum=0), 0.01),),
        torch=lambda tensor, value: (_l1(tensor, value["l1"]),),
        about="l1 sum |w|",
    ),
    Regularizer(
        "L2",
        (Parameter("l2", Real(minimum=0), 0.01),),
        torch=lambda tensor, value: (_l2(tensor, value["l2"]),),
        about="l2 sum w^2",
    ),
    Regularizer(
        "L1L2",
        (Parameter("l1", Real(minimum=0), 0.0), Parameter("l2", Real(minimum=0), 0.0)),
        torch=lambda tensor, value: (_l1(tensor, value["l1"]), _l2(tensor, value["l2"])),
        about="l1 sum |w| + l2 sum w^2",
    ),
)
REGULARIZERS = {row.name: row for row in _ROWS}
REGULARIZER = ExpressionKind(REGULARIZERS, "regularizers", "a regularizer", optional=True)


def torch_regularizer(tensor: str, value: Expression) -> tuple[str, ...]:
    """The terms of the penalty on a tensor."""
    return REGULARIZERS[value.name].torch(tensor, value)
