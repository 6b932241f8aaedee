"""A table as text: TSV and CSV with full digits, Markdown, LaTeX and HTML with those that matter."""

from __future__ import annotations

import csv
import html
import io
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from ...backends.renderer import environment
from ...visible import visible
from ..runs.table import Spread, Table, TableValue, readable
from .learning import learning_curves
from .page import Picture

_TEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
}
_PLUS_MINUS = "\N{PLUS-MINUS SIGN}"
_DIGITS = 4  # of a result without a deviation


@dataclass(frozen=True)
class Shown:
    """A cell of a page; `kind` is the attribute of one that holds a number."""

    text: str
    kind: str


@dataclass(frozen=True)
class TablePage:
    """What a template prints, as finished text: `rules` give the alignment of columns."""

    columns: tuple[object, ...]
    rules: object
    rows: tuple[tuple[object, ...], ...]
    pictures: tuple[Picture, ...] = ()


def table_text(table: Table, form: str) -> str:
    """The table in one of `FORMS`."""
    return FORMS[form](table)


# ---- all digits ----


def _rows(table: Table) -> list[list[str]]:
    """Lines of cells; a result over several runs has two cells, its mean and its deviation."""
    columns = zip(*table.rows, strict=True)
    spreads = [any(isinstance(cell, Spread) for cell in column) for column in columns]
    names: list[TableValue] = []
    for name, spread in zip(table.columns, spreads, strict=True):
        names += [f"{name} mean", f"{name} sd"] if spread else [name]
    lines = [names]
    for row in table.rows:
        cells: list[TableValue] = []
        for cell, spread in zip(row, spreads, strict=True):
            cells += _parts(cell) if spread else [cell]
        lines.append(cells)
    return [["" if cell is None else visible(str(cell)) for cell in line] for line in lines]


def _tsv(table: Table) -> str:
    """Nothing is quoted, because tabs and line ends are already escaped."""
    return "".join("\t".join(row) + "\n" for row in _rows(table))


def _csv(table: Table) -> str:
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(_rows(table))
    return file.getvalue()


def _parts(cell: TableValue) -> list[TableValue]:
    return [cell.mean, cell.deviation] if isinstance(cell, Spread) else [cell, None]


# ---- the digits that matter ----


def cell_text(cell: TableValue, plus_minus: str = _PLUS_MINUS) -> str:
    """A mean is rounded to two significant digits of its deviation; other results to four digits."""
    if cell is None:
        return ""
    if not isinstance(cell, Spread):
        return f"{cell:.{_DIGITS}g}" if isinstance(cell, float) else visible(readable(cell))
    mean, deviation = cell.mean, cell.deviation
    if not deviation:
        return str(int(mean)) if mean.is_integer() else f"{mean:.{_DIGITS}g}"
    decimals = max(0, 1 - math.floor(math.log10(deviation)))
    return f"{mean:.{decimals}f} {plus_minus} {deviation:.{decimals}f}"


def _is_number(cell: TableValue) -> bool:
    return isinstance(cell, (Spread, float, int))


def _numeric(table: Table) -> list[bool]:
    """Which columns contain only numbers."""
    columns = zip(*table.rows, strict=True)
    return [all(cell is None or _is_number(cell) for cell in column) for column in columns]


def _markdown(table: Table) -> str:
    def cell(value: TableValue) -> str:
        return re.sub(r"([\\|*_`<])", r"\\\1", cell_text(value))

    rules = tuple("--:" if number else ":--" for number in _numeric(table))
    return _rendered("md", _page(table, cell, rules))


def _latex(table: Table) -> str:
    def text(value: str) -> str:
        return "".join(_TEX.get(sign, sign) for sign in value)

    def cell(value: TableValue) -> str:
        if isinstance(value, Spread) and value.deviation:
            return f"${cell_text(value, chr(92) + 'pm')}$"
        return text(cell_text(value))

    rules = "".join("r" if number else "l" for number in _numeric(table))
    return _rendered("tex", _page(table, cell, rules))


def _html(table: Table) -> str:
    kinds = [' class="number"' if number else "" for number in _numeric(table)]

    def row(values: Sequence[TableValue]) -> tuple[Shown, ...]:
        cells = zip(values, kinds, strict=True)
        return tuple(Shown(html.escape(cell_text(value)), kind) for value, kind in cells)

    pictures = (
        replace(picture, title=html.escape(picture.title)) for picture in learning_curves(table)
    )
    return _rendered(
        "html", TablePage(row(table.columns), None, tuple(map(row, table.rows)), tuple(pictures))
    )


def _page(table: Table, cell: Callable[[TableValue], str], rules: object) -> TablePage:
    rows = tuple(tuple(map(cell, row)) for row in table.rows)
    return TablePage(tuple(map(cell, table.columns)), rules, rows)


def _rendered(form: str, page: TablePage) -> str:
    return environment().get_template(f"table/table.{form}.j2").render(table=page)


FORMS: Mapping[str, Callable[[Table], str]] = {
    "tsv": _tsv,
    "csv": _csv,
    "md": _markdown,
    "tex": _latex,
    "html": _html,
}
