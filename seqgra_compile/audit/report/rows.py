"""The ledger's rows as the report shows them, and their places in the definition."""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby

from ...catalog.structure import OPERATION
from ...ir import DEFINITION, FILE, LIBRARY_DEFAULT, SEQGRA_DEFAULT
from ...source import Source
from ...visible import visible
from ..ledger.setting import (
    COMPILER,
    LIBRARY,
    OPTION,
    ORIGINS,
    TEMPLATE,
    Setting,
    ranges,
)
from .highlight import Mark, MarkedElement, mark_at
from .page import LedgerGroup, LedgerRow, Link, OriginCount

_MAX_VALUE = 240
# Of each origin: the word for a class and for the page, in the order of the page.
_KINDS = {
    DEFINITION: ("said", "definition"),
    SEQGRA_DEFAULT: ("seqgra", "seqgra's default"),
    LIBRARY_DEFAULT: ("library", "library's default"),
    LIBRARY: ("argument", "library"),
    TEMPLATE: ("template", "template"),
    FILE: ("file", "file"),
    OPTION: ("option", "option"),
    COMPILER: ("compiler", "compiler"),
}
_TITLES = {
    "general": "General",
    "architecture": "Architecture",
    "loss": "Loss",
    "optimizer": "Optimizer",
    "trainingprocess": "Training",
    "background": "Background",
    "datageneration": "Data generation",
    "conditions": "Conditions",
    "sequenceelements": "Sequence elements",
    "template": "Fixed by every script's code",
}
_OPERATION = OPERATION.partition("{")[0]


class Places:
    """The places of the settings in one definition, by their number."""

    def __init__(
        self, source: Source, anchor: str, marks: list[Mark], elements: dict[int, MarkedElement]
    ) -> None:
        self.source, self.anchor, self.marks, self.elements = source, anchor, marks, elements
        self.by_mark: dict[int, list[int]] = defaultdict(list)
        self.lines: dict[int, range] = {}
        self._tags = sorted(elements)

    def add(self, number: int, setting: Setting, whole: bool) -> None:
        """Find the piece of the definition that a setting's place lies in, and its lines.

        A setting at an element's name has all of its lines, and so has, with `whole`,
        one in an attribute of it.
        """
        if setting.where is None:
            return
        offset = self.source.offset(setting.where.line, setting.where.column)
        mark = mark_at(self.marks, offset)
        if mark is None:
            return
        self.by_mark[mark.start].append(number)
        end = mark.end
        tag = bisect.bisect_right(self._tags, offset) - 1
        if tag >= 0 and (whole or self._tags[tag] == mark.start):
            end = max(end, self.elements[self._tags[tag]].end)
        first = self.source.place(mark.start).line
        self.lines[number] = range(first, self.source.place(max(mark.start, end - 1)).line + 1)

    def anchors(self, number: int) -> list[str]:
        """The lines of a setting."""
        return [f"{self.anchor}-{line}" for line in self.lines.get(number, ())]


def ledger_rows(settings: Sequence[Setting], places: Sequence[Places]) -> list[LedgerRow]:
    """A row a setting, linked with its lines in the definitions and in the script."""
    anchors = [[a for each in places for a in each.anchors(n)] for n in range(len(settings))]
    by_path = {setting.path: number for number, setting in enumerate(settings)}
    files = {each.source.name: each.anchor for each in places}
    found = []
    for number, setting in enumerate(settings):
        near = [] if anchors[number] else anchors_near(setting.path, by_path, anchors)
        found.append(_row(number, setting, anchors[number], near, files))
    return found


def anchors_near(path: str, by_path: dict[str, int], anchors: list[list[str]]) -> list[str]:
    """The lines of what a setting belongs to that no definition states."""
    whole = path.partition(": ")[0]
    above = path.rpartition("/")[0]
    for candidate in (whole, above, f"{above}/{above}"):
        number = by_path.get(candidate)
        if number is not None and anchors[number]:
            return anchors[number]
    return []


def _row(
    number: int, setting: Setting, at: list[str], near: list[str], files: dict[str, str]
) -> LedgerRow:
    kind, title = _KINDS[setting.origin]
    where = setting.where
    place = None
    if where is not None:
        text = f"{where.line}:{where.column}"
        place = Link(text, f"{files.get(where.file, 'd1')}-{where.line}")
    value = setting.text
    if len(value) > _MAX_VALUE:
        value = value[:_MAX_VALUE] + "..."
    lines = ranges(setting.lines)
    stem, slash, leaf = setting.path.partition(": ")[0].rpartition("/")
    leaf += setting.path[len(stem + slash + leaf) :]
    return LedgerRow(
        number,
        setting.path,
        visible(stem + slash),
        visible(leaf),
        value,
        setting.measure,
        kind,
        title,
        place,
        tuple(Link(part, f"s-{part.partition('-')[0]}") for part in lines.split(", ") if part),
        " ".join(at),
        " ".join(near),
        lines.replace(",", ""),
        ranges(setting.derived).replace(",", ""),
        setting.remark,
        setting.remark.startswith("SG7"),
        setting.path.startswith(_OPERATION) and "/@" not in setting.path,
    )


_TINTS = 6
_SPECIFIC = 24  # lines of a script: settings that say more decide the whole, not a line of it


def tints(settings: Sequence[Setting], found: Sequence[LedgerRow]) -> dict[str, str]:
    """Colours of lines by their anchors: those of the definition take turns, and each line of the
    script has that of the setting that decides it and as little else as possible."""
    stated = sorted(
        {row.at.split(" ")[0] for row in found if row.at and len(settings[row.number].lines) > 0},
        key=lambda anchor: tuple(map(int, anchor.removeprefix("d").split("-"))),
    )
    colours = {anchor: str(number % _TINTS) for number, anchor in enumerate(stated)}
    narrowest: dict[int, tuple[int, str]] = {}
    for row in found:
        lines = settings[row.number].lines
        home = (row.at or row.near).split(" ")[0]
        if home in colours and len(lines) <= _SPECIFIC:
            for line in lines:
                narrowest[line] = min(
                    narrowest.get(line, (_SPECIFIC + 1, "")), (len(lines), home), key=_width
                )
    return colours | {f"s-{line}": colours[home] for line, (_, home) in narrowest.items()}


def _width(candidate: tuple[int, str]) -> int:
    return candidate[0]


def groups(found: Iterable[LedgerRow], operations: dict[str, str]) -> tuple[LedgerGroup, ...]:
    """Rows that belong together, below a title; `operations` are titles by the path of a row."""

    def title(row: LedgerRow) -> str:
        if row.kind in ("argument", "template"):
            return "Fixed by the library and by every script's code"
        path = row.path.partition("/@")[0].partition(": ")[0]
        if row.path.startswith(_OPERATION):
            return operations.get(path, path)
        first = row.path.partition("/")[0]
        if first in _TITLES:
            return _TITLES[first]
        if row.kind in ("compiler", "option") or row.path == "definition":
            return "Compilation"
        return "Files"

    return tuple(LedgerGroup(name, tuple(together)) for name, together in groupby(found, key=title))


def kinds(found: Sequence[LedgerRow]) -> tuple[OriginCount, ...]:
    """The kinds of origin that occur."""
    counts: dict[str, int] = defaultdict(int)
    for row in found:
        counts[row.kind] += 1
    return tuple(
        OriginCount(name, title, ORIGINS[origin], counts[name])
        for origin, (name, title) in _KINDS.items()
        if counts[name]
    )
