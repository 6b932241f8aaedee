"""A definition's text, its hash, and places in it."""

from __future__ import annotations

import bisect
import functools
import hashlib
import itertools
import re
from dataclasses import dataclass
from pathlib import PurePath

MAX_BYTES = 16 * 2**20
LINE_END = re.compile(r"\r\n|\r|\n")
# Bytes are counted in blocks, so that finding a place in a long line is fast.
_BLOCK = 4096


@dataclass(frozen=True)
class Span:
    """A half-open range of characters in a source."""

    start: int
    end: int

    def cut(self, length: int) -> Span:
        """The same start, at most `length` characters long."""
        return Span(self.start, min(self.end, self.start + length))


@dataclass(frozen=True)
class Text:
    """A piece of a definition as written, and its place."""

    value: str
    span: Span


@dataclass(frozen=True)
class Place:
    """A line and a column, both counted from 1, in characters."""

    line: int
    column: int


@dataclass(frozen=True)
class Source:
    """A definition: the name that the user gave it, its bytes, its decoded text.

    The text is that of the bytes after a byte order mark of `mark` bytes.
    """

    name: str
    data: bytes
    text: str
    encoding: str = "utf-8"
    mark: int = 0

    @property
    def file_name(self) -> str:
        """The last part of the name: a script must not show its user's folders."""
        return PurePath(self.name).name

    @property
    def size(self) -> int:
        """The file's bytes."""
        return len(self.data)

    @functools.cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @functools.cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in LINE_END.finditer(self.text))]

    def place(self, offset: int) -> Place:
        line = bisect.bisect_right(self._line_starts, offset)
        return Place(line, offset - self._line_starts[line - 1] + 1)

    def offset(self, line: int, column: int) -> int:
        """The character at a place."""
        return self._line_starts[line - 1] + column - 1

    def byte(self, offset: int) -> int:
        """The same place in the bytes, counted from 0; after broken bytes, it may be too far."""
        block = offset // _BLOCK
        within = self.text[block * _BLOCK : offset].encode(self.encoding, "replace")
        return min(self._block_bytes[block] + len(within), len(self.data))

    @functools.cached_property
    def _block_bytes(self) -> list[int]:
        blocks = range(0, len(self.text), _BLOCK)
        sizes = (len(self.text[i : i + _BLOCK].encode(self.encoding, "replace")) for i in blocks)
        return list(itertools.accumulate(sizes, initial=self.mark))

    def line_span(self, number: int) -> Span:
        """The place of a line, without its end."""
        starts = self._line_starts
        start = starts[number - 1]
        end = starts[number] if number < len(starts) else len(self.text)
        while end > start and self.text[end - 1] in "\r\n":
            end -= 1
        return Span(start, end)

    def line(self, number: int) -> str:
        """The text of a line, without its end."""
        span = self.line_span(number)
        return self.text[span.start : span.end]
