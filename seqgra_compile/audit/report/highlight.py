"""Definitions and scripts in pieces, each with its kind, for colours and links."""

from __future__ import annotations

import bisect
import keyword
import re
import tokenize
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ...source import LINE_END, Source
from ...visible import visible
from .. import lexer

_MARKUP = re.compile(
    r"(?P<comment><!--.*?(?:-->|\Z))"
    r"|(?P<cdata><!\[CDATA\[.*?(?:\]\]>|\Z))"
    r"|(?P<instruction><[?!].*?(?:>|\Z))"
    r"|(?P<start></?)(?P<tag>[^\s<>/=\"'&]+)"
    r"|(?P<entity>&[^\s;<&]{1,40};)"
    r"|(?P<content>[^<&]+)"
    r"|(?P<other>.)",
    re.DOTALL,
)
_INSIDE = re.compile(
    r"(?P<space>\s+)|(?P<end>/?>)|(?P<value>\"[^\"<]*\"?|'[^'<]*'?)"
    r"|(?P<attribute>[^\s=<>\"'/]+)|(?P<other>.)",
    re.DOTALL,
)
_MAX_INDENT = 32
_MAX_TEXT = 2**20


@dataclass(frozen=True)
class Piece:
    """A part of a line: its kind, its text, and the numbers of the settings that it states."""

    kind: str
    text: str
    settings: str = ""


@dataclass(frozen=True)
class Mark:
    """A piece of a text by its offsets."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True)
class MarkedElement:
    """An element of a definition: where its name is, and where it ends."""

    name: int
    end: int


def xml_marks(text: str) -> tuple[list[Mark], dict[int, MarkedElement]]:
    """All of a definition's text in pieces, and its elements by the place of their names.

    Text that is not well-formed is kept as it is. No definition is as long as the limit of one
    piece.
    """
    if len(text) > _MAX_TEXT:
        return [Mark(0, len(text), "")], {}
    marks: list[Mark] = []
    elements: dict[int, MarkedElement] = {}
    open_at: list[int] = []
    at, inside, closing = 0, False, False
    while at < len(text):
        if inside and text[at] != "<":
            match = _matched(_INSIDE, text, at)
            if match.lastgroup == "end":
                inside = False
                if (closing or match[0] == "/>") and open_at:
                    name = open_at.pop()
                    elements[name] = MarkedElement(name, match.end())
        else:
            match = _matched(_MARKUP, text, at)
            inside = match.lastgroup == "tag"
            closing = match["start"] == "</"
            if inside and not closing:
                open_at.append(match.start("tag"))
        marks += _pieces(match)
        at = match.end()
    return marks, elements


def _matched(pattern: re.Pattern[str], text: str, at: int) -> re.Match[str]:
    match = pattern.match(text, at)
    assert match is not None  # the last branch of each pattern matches anything
    return match


def _pieces(match: re.Match[str]) -> Iterator[Mark]:
    if match.lastgroup == "tag" and match["start"] == "</":
        # In one piece, so that a row does not end within it.
        yield Mark(match.start(), match.end(), "tag")
        return
    if match.lastgroup == "tag":
        yield Mark(match.start(), match.start("tag"), "other")
        yield Mark(match.start("tag"), match.end(), "tag")
        return
    if match.lastgroup != "content":
        yield Mark(match.start(), match.end(), match.lastgroup or "")
        return
    # The blanks around a value do not belong to it.
    stripped = match[0].strip()
    start = match.start() + match[0].find(stripped) if stripped else match.end()
    end = start + len(stripped)
    for first, last, kind in ((match.start(), start, ""), (start, end, "content"), (end, None, "")):
        last = match.end() if last is None else last
        if first < last:
            yield Mark(first, last, kind)


def xml_lines(
    source: Source, marks: Iterable[Mark], settings: Mapping[int, Iterable[int]]
) -> list[tuple[Piece, ...]]:
    """The lines of a definition; `settings` are numbers by the start of a piece."""
    lines: list[list[Piece]] = [[]]
    for mark in marks:
        numbers = " ".join(map(str, settings.get(mark.start, ())))
        parts = LINE_END.split(source.text[mark.start : mark.end])
        for number, part in enumerate(parts):
            if number:
                lines.append([])
            lines[-1] += _readable(mark.kind, part, numbers)
    return [tuple(line) for line in lines]


def mark_at(marks: list[Mark], offset: int) -> Mark | None:
    """The piece in which an offset lies."""
    found = bisect.bisect_right(marks, offset, key=lambda mark: mark.start) - 1
    return marks[found] if found >= 0 else None


def _readable(kind: str, text: str, settings: str = "") -> Iterator[Piece]:
    """Pieces without invisible characters, which could hide or reorder what is shown."""
    if text.isprintable():
        if text:
            yield Piece(kind, text, settings)
        return
    plain = ""
    for character in text:
        shown = character if character == "\t" else visible(character)
        if shown == character:
            plain += character
            continue
        if plain:
            yield Piece(kind, plain, settings)
        yield Piece("odd", shown, settings)
        plain = ""
    if plain:
        yield Piece(kind, plain, settings)


def indent(line: Iterable[Piece]) -> int:
    """The number of blank columns at the start of a line: even, and at most 32."""
    text = "".join(piece.text for piece in line)
    return min(len(text) - len(text.lstrip(" ")), _MAX_INDENT) // 2 * 2


# ---- Python ----


def python_lines(script: str) -> list[tuple[Piece, ...]]:
    """The lines of a script."""
    lines = script.split("\n")
    if not lines[-1]:
        lines.pop()
    kinds: list[list[tuple[int, int, str]]] = [[] for _ in range(len(lines) + 2)]
    for (first, start), (last, end), kind in _python_marks(script):
        for number in range(first, last + 1):
            until = end if number == last else len(lines[number - 1])
            kinds[number].append((start if number == first else 0, until, kind))
    return [tuple(_cut(line, kinds[number])) for number, line in enumerate(lines, 1)]


def _cut(line: str, kinds: Iterable[tuple[int, int, str]]) -> Iterator[Piece]:
    at = 0
    for start, end, kind in kinds:
        yield from _readable("", line[at:start])
        yield from _readable(kind, line[start:end])
        at = end
    yield from _readable("", line[at:])


_PLAIN_KINDS = {tokenize.STRING: "string", tokenize.NUMBER: "number", tokenize.COMMENT: "comment"}


def _python_marks(script: str) -> Iterator[tuple[tuple[int, int], tuple[int, int], str]]:
    """Start, end and kind of each token that has one."""
    before = ""
    for token in lexer.tokens(script):
        kind = _kind(token, before)
        if kind:
            yield token.start, token.end, kind
        before = token.string


def _kind(token: tokenize.TokenInfo, before: str) -> str:
    if token.type == tokenize.COMMENT and token.string.startswith("# ---- "):
        return "banner"
    if token.type in _PLAIN_KINDS:
        return _PLAIN_KINDS[token.type]
    if token.type != tokenize.NAME:
        return ""
    if keyword.iskeyword(token.string):
        return "keyword"
    return "named" if before in ("def", "class") else ""
