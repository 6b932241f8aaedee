"""A definition's text, its hash, and places in it."""

from __future__ import annotations

import bisect
import functools
import hashlib
import re
from pathlib import PurePath

from .record import record

_LINE_END = re.compile(r"\r\n|\r|\n")


@record
class Span:
    """A half-open range of characters in a source."""

    start: int
    end: int

    def cut(self, length: int) -> Span:
        """The same start, at most `length` characters long."""
        return Span(self.start, min(self.end, self.start + length))


@record
class Text:
    """A piece of a definition as written, and where it stands."""

    value: str
    span: Span


@record
class Place:
    """A line and a column, both counted from 1, in characters."""

    line: int
    column: int


@record
class Source:
    """A definition: the name that the user gave it, its bytes, its decoded text."""

    name: str
    data: bytes
    text: str

    @property
    def file_name(self) -> str:
        """The last part of the name: a script must not show where its user stood."""
        return PurePath(self.name).name

    @functools.cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @functools.cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in _LINE_END.finditer(self.text))]

    def place(self, offset: int) -> Place:
        line = bisect.bisect_right(self._line_starts, offset)
        return Place(line, offset - self._line_starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """The text of a line, without its end."""
        starts = [*self._line_starts, len(self.text)]
        return self.text[starts[number - 1] : starts[number]].rstrip("\r\n")
