"""Lines, as messages show them, of a file that is too large to hold in memory."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass

from ..source import Place, Source, Span

CUT = 2**16  # bytes of a line that are kept


@dataclass(frozen=True)
class Line:
    """A line of a file: its number, its offset in bytes, its bytes without the line end."""

    number: int
    start: int
    text: bytes


@dataclass(frozen=True)
class Excerpt(Source):
    """A source of some lines; places and bytes are those of the whole file."""

    numbers: tuple[int, ...] = ()
    starts: tuple[int, ...] = ()
    whole: int = 0  # bytes of the file
    digest: str = ""

    @property
    def size(self) -> int:
        return self.whole

    @property
    def sha256(self) -> str:
        return self.digest

    def place(self, offset: int) -> Place:
        found = super().place(offset)
        return Place(self.numbers[found.line - 1], found.column)

    def line_span(self, number: int) -> Span:
        return super().line_span(self._row(number) + 1)

    def byte(self, offset: int) -> int:
        row = super().place(offset).line - 1
        within = self.text[self._line_starts[row] : offset]
        return self.starts[row] + len(within.encode("utf-8", "surrogateescape"))

    def span(self, number: int, first: int, last: int) -> Span:
        """A span from the character `first` of a line, counted from 0, to before `last`."""
        line = self.line_span(number)
        start = min(line.start + first, line.end)
        return Span(start, max(start, min(line.start + last, line.end)))

    def _row(self, number: int) -> int:
        return bisect.bisect_left(self.numbers, number)


def excerpt(name: str, lines: Sequence[Line], size: int, digest: str) -> Excerpt:
    """A source of these lines, in the order of their numbers; without any, of an empty first line."""
    unique = {line.number: line for line in lines} or {1: Line(1, 0, b"")}
    lines = [unique[number] for number in sorted(unique)]
    # A carriage return inside would count as a line end in the source.
    texts = [
        line.text[:CUT].replace(b"\r", b" ").decode("utf-8", "surrogateescape") for line in lines
    ]
    return Excerpt(
        name,
        b"",
        "\n".join(texts),
        numbers=tuple(line.number for line in lines),
        starts=tuple(line.start for line in lines),
        whole=size,
        digest=digest,
    )
