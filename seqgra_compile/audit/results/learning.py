"""Learning curves: a result on the test set over a number, such as that of training examples.

A line joins the means of one definition; bars are standard deviations, circles are runs. A row
without the number, as a Bayes classifier's, is a level.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeGuard

from markupsafe import Markup

from ...visible import visible
from ..runs.receipt import is_number
from ..runs.table import Spread, Table, TableValue, readable
from .page import Picture
from .svg import INK, SERIES, drawn

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SIZE = (5.6, 4.0)  # inches
_APART = 0.012  # of the axis: how far bars of two lines at one place are moved
_RESULTS = ("test.accuracy", "test.mean AUROC")
_WIDEST = 40  # letters of a name in a legend


@dataclass(frozen=True)
class _Lines:
    """By name: results at each place, and results without a place."""

    curves: Mapping[str, Mapping[float, Spread]]
    levels: Mapping[str, Spread]


def learning_curves(table: Table) -> list[Picture]:
    """A picture for each result that the table has; none if no column of `by` has several numbers."""
    cells = dict(zip(table.columns, zip(*table.rows, strict=True), strict=True))
    for over in table.by:
        if sum(map(_is_place, set(cells.get(over, ())))) > 1:
            return [
                _picture(table, over, name)
                for name in _RESULTS
                if any(isinstance(cell, Spread) for cell in cells.get(name, ()))
            ]
    return []


def _is_place(value: TableValue) -> TypeGuard[float]:
    """Whether it has a place on an axis of logarithms."""
    return is_number(value) and value > 0


def _lines(table: Table, over: str, result: str) -> _Lines:
    curves: dict[str, dict[float, Spread]] = {}
    levels: dict[str, Spread] = {}
    for name, row in zip(_names(table, over), table.rows, strict=True):
        place, found = (row[table.columns.index(column)] for column in (over, result))
        if not isinstance(found, Spread):
            continue
        if _is_place(place):
            line, number = name, 1
            while place in curves.get(line, {}):  # columns that do not tell two lines apart
                number += 1
                line = f"{name} ({number})"
            curves.setdefault(line, {})[place] = found
        else:
            levels[name] = found
    return _Lines(curves, levels)


def _names(table: Table, over: str) -> list[str]:
    """What each row's line is called: by as few columns as tell lines apart."""
    columns = [
        [readable(row[number]) for row in table.rows]
        for number, name in enumerate(table.columns)
        if name not in (over, "n")
        and not any(isinstance(row[number], Spread) for row in table.rows)
    ]
    lines = [tuple(column[number] for column in columns) for number in range(len(table.rows))]
    needed = [
        n for n in range(len(columns)) if len({line[:n] for line in lines}) == len(set(lines))
    ]
    count = max(1, needed[0]) if needed else len(columns)
    names = [visible(", ".join(line[:count])) for line in lines]
    return [name if len(name) <= _WIDEST else f"{name[: _WIDEST - 3]}..." for name in names]


def _picture(table: Table, over: str, result: str) -> Picture:
    lines = _lines(table, over, result)
    what, number = result.removeprefix("test."), over.removeprefix("data.").replace(".", " ")
    places = sorted({place for curve in lines.curves.values() for place in curve})

    def draw(axes: Axes) -> None:
        colours = itertools.cycle(SERIES)
        for index, ((name, curve), colour) in enumerate(
            zip(lines.curves.items(), colours, strict=False)
        ):
            aside = (places[-1] / places[0]) ** (_APART * (index - (len(lines.curves) - 1) / 2))
            xs = [place * aside for place in sorted(curve)]
            found = [curve[place] for place in sorted(curve)]
            means, bars = [each.mean for each in found], [each.deviation or 0.0 for each in found]
            axes.errorbar(xs, means, yerr=bars, color=colour, elinewidth=1.0, label=name)
            for x, each in zip(xs, found, strict=True):
                points = [x] * len(each.values)
                axes.plot(points, each.values, "o", ms=4, mfc="none", color=colour)
        for (name, level), dash in zip(lines.levels.items(), itertools.cycle(("--", ":", "-."))):
            axes.axhline(level.mean, color=INK, linewidth=1.0, linestyle=dash, label=name)
        axes.set_xscale("log")
        axes.set_xticks(places, [f"{place:,}" for place in places])
        axes.minorticks_off()
        axes.set_xlabel(number)
        axes.set_ylabel(what)
        if any([*lines.curves, *lines.levels]):
            axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16))

    title = f"{what[0].upper()}{what[1:]} on the test set over {number}"
    caption = "Lines join means over runs, bars are one standard deviation, circles are runs."
    about = _told(lines, number)
    key = f"learning-{_RESULTS.index(result)}"
    return Picture(title, caption, Markup(drawn(key, _SIZE, draw, title, about)))


def _told(lines: _Lines, number: str) -> str:
    """For whoever cannot see the lines."""
    curves = [
        f"{name}: " + ", ".join(f"{curve[place].mean:.4g} at {place:,}" for place in sorted(curve))
        for name, curve in lines.curves.items()
    ]
    levels = [f"{name}: {level.mean:.4g}" for name, level in lines.levels.items()]
    return f"Means over {number}. {'; '.join([*curves, *levels])}."
