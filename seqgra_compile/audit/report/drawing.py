"""The drawing of an architecture: a silhouette of the number of values per example after each
operation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ... import ir
from ...catalog.operations import FAMILIES
from ..ledger.setting import value_text
from .costs import ALL, Cost, costs

_FAMILY_OF = {row.name: family for family, rows in FAMILIES.items() for row in rows}
WIDTH, HEIGHT = 200.0, 10.0
_LEAST = 6.0


@dataclass(frozen=True)
class DrawnLayer:
    """A row of the drawing: `points` is its part of the silhouette, `bar` its share of 100."""

    number: int
    name: str
    family: str
    arguments: str
    shape: str
    weights: str
    share: str
    bar: str
    adds: str
    field: str
    points: str
    setting: int | None


@dataclass(frozen=True)
class Drawing:
    """`adds` are multiply-adds of one example, `field` the widest receptive field that is not all of
    the input; `families` are those that occur, for the legend."""

    input_shape: str
    layers: tuple[DrawnLayer, ...]
    weights: str
    adds: str
    field: str
    families: tuple[str, ...]


def draw(operations: Sequence[ir.Layer], settings: Sequence[int | None]) -> Drawing:
    """A drawing of a chain of operations; `settings` are the numbers of their rows in the ledger."""
    total = sum(operation.weight_count for operation in operations)
    sizes = [math.prod(operations[0].input_shape)]
    sizes += [math.prod(operation.output_shape) for operation in operations]
    widths = _widths(sizes)
    found = costs(operations)
    layers = [
        _layer(operation, cost, total, widths[index], widths[index + 1], setting)
        for index, (operation, cost, setting) in enumerate(
            zip(operations, found, settings, strict=True)
        )
    ]
    fields = [cost.field for cost in found if cost.field not in ("", ALL)]
    occurring = {layer.family for layer in layers}
    return Drawing(
        _shape(operations[0].input_shape),
        tuple(layers),
        f"{total:,}",
        brief(sum(cost.multiply_adds for cost in found)),
        fields[-1] if fields else "",
        tuple(family for family in FAMILIES if family in occurring),
    )


def _widths(sizes: Sequence[int]) -> list[float]:
    """The width of the silhouette: logarithmic, the largest as wide as the drawing."""
    logarithms = [math.log1p(size) for size in sizes]
    most = max(logarithms) or 1.0
    return [max(_LEAST, WIDTH * logarithm / most) for logarithm in logarithms]


def brief(number: int) -> str:
    """A large number with three digits and a letter, such as 209 M."""
    for size, letter in ((10**12, "T"), (10**9, "G"), (10**6, "M")):
        if number >= size:
            return f"{number / size:.3g} {letter}"
    return f"{number:,}"


def _layer(
    operation: ir.Layer, cost: Cost, total: int, above: float, below: float, setting: int | None
) -> DrawnLayer:
    count = operation.weight_count
    share = count / total if total else 0.0
    middle = WIDTH / 2
    corners = (
        (middle - above / 2, 0.0),
        (middle + above / 2, 0.0),
        (middle + below / 2, HEIGHT),
        (middle - below / 2, HEIGHT),
    )
    return DrawnLayer(
        operation.number,
        operation.name,
        _FAMILY_OF[operation.name],
        ", ".join(
            f"{name} {value_text(value.value)}"
            for name, value in operation.arguments.items()
            if not value.is_default and name != "input_shape"
        ),
        _shape(operation.output_shape),
        f"{count:,}" if count else "",
        _percent(share) if count else "",
        f"{100 * share:.2f}",
        brief(cost.multiply_adds) if cost.multiply_adds else "",
        cost.field,
        " ".join(f"{x:.1f},{y:.0f}" for x, y in corners),
        setting,
    )


def _percent(share: float) -> str:
    return f"{share:.1%}" if share >= 0.001 else "< 0.1%"


def _shape(shape: ir.Shape) -> str:
    return " \N{MULTIPLICATION SIGN} ".join(f"{size:,}" for size in shape)
