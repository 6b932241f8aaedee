"""Where the tags, attributes and texts of a definition are: one walk over its markup.

The walk assumes well-formed XML. Where the text is not, the walk stops, and libxml2 says what is
wrong. The size of the text is limited here, before libxml2 gets it.
"""

from __future__ import annotations

import re

from ..messages.diagnostics import Diagnostics
from ..source import Span

MAX_DEPTH = 32
# Elements and attributes: enough for 100,000 separate labels.
MAX_NODES = 2**17
# Bytes; libxml2 itself reads 10,000,000 of a tag, a text or a comment and 50,000 of a name.
MAX_PIECE = 2**23
MAX_NAME = 2**15

_DOCUMENT_TYPE = "<!DOCTYPE"
_CDATA, _CDATA_END = "<![CDATA[", "]]>"
NAME = re.compile(r"[^ \t\r\n/>=<\"']+")
ATTRIBUTE = re.compile(
    r"""[ \t\r\n]+([^ \t\r\n/>=<"']+)[ \t\r\n]*=[ \t\r\n]*(?:"([^"<]*)"|'([^'<]*)')"""
)
_TAG_END = re.compile(r"[ \t\r\n]*(/?)>")
_END_TAG = re.compile(r"</([^ \t\r\n/>=<\"']+)[ \t\r\n]*>")


class RefusedError(Exception):
    """Raised to end the reading of a definition; its diagnostic is already reported."""


class Tag:
    """A start tag: where its name, its attributes and the text of its element are."""

    def __init__(self, name: Span, attributes: list[tuple[Span, Span]]) -> None:
        self.name = name
        self.attributes = attributes
        """The name and the value, without quotes, of each."""
        self._first: Span | None = None
        self._first_outer = self._last_outer = name
        self._open = True

    @property
    def text(self) -> Span:
        """The text, up to the first element after its start; the tag's name if there is none."""
        if self._first is None:
            return self.name
        if self._first_outer is self._last_outer:
            return self._first
        return Span(self._first_outer.start, self._last_outer.end)

    def add(self, inner: Span, outer: Span) -> None:
        """Take in a piece of text; `outer` is with the marks of a CDATA section."""
        if self._open and inner.start < inner.end:
            if self._first is None:
                self._first, self._first_outer = inner, outer
            self._last_outer = outer

    def close_text(self) -> None:
        """An element follows."""
        self._open = self._first is None


class Walk:
    """The tags of a text in document order, and the elements that are open at the place where it
    stops.
    """

    def __init__(self, text: str, diagnostics: Diagnostics) -> None:
        """Walk to the end, or to the first markup that is not well-formed.

        Raises `RefusedError` at a document type declaration and if the text is too large.
        """
        self.text = text
        self.tags: list[Tag] = []
        self.open: list[Tag] = []
        self._diagnostics = diagnostics
        self._nodes = 0
        # Where the last tag ends, and how far the walk has come.
        self._tag_end = self._at = 0
        while self._markup():
            pass

    def _markup(self) -> bool:
        """Take in the text up to the next `<`, and what starts there; False to stop."""
        text, start = self.text, self.text.find("<", self._at)
        if start < 0:
            self._bound_piece(self._tag_end, len(text))
            return False
        self._add_text(self._at, start)
        kind = text[start + 1 : start + 2]
        if kind == "/":
            return self._end_tag(start)
        if kind == "?":
            return self._skip(start, "?>")
        if kind != "!":
            return self._start_tag(start)
        if text.startswith("<!--", start):
            return self._skip(start, "-->", len("<!--"))
        if text.startswith(_CDATA, start) and self.open:
            return self._cdata(start)
        if text.startswith(_DOCUMENT_TYPE, start) and not self.tags:
            self._diagnostics.error(
                "SG103",
                Span(start, start + len(_DOCUMENT_TYPE)),
                "a document type declaration",
                "delete it: a definition needs none, and entities are never expanded",
            )
            raise RefusedError
        return False

    def _skip(self, start: int, mark: str, opening: int = 2) -> bool:
        end = self.text.find(mark, start + opening)
        self._at = end + len(mark)
        return end >= 0

    def _cdata(self, start: int) -> bool:
        inner = start + len(_CDATA)
        if not self._skip(start, _CDATA_END, len(_CDATA)):
            return False
        self._add_text(inner, self._at - len(_CDATA_END), Span(start, self._at))
        return True

    def _add_text(self, start: int, end: int, outer: Span | None = None) -> None:
        if self.open and start < end:
            piece = self.text[start:end]
            bare = piece.lstrip()
            start += len(piece) - len(bare)
            inner = Span(start, start + len(bare.rstrip()))
            self.open[-1].add(inner, outer or inner)

    def _start_tag(self, start: int) -> bool:
        found = NAME.match(self.text, start + 1)
        if not found or (self.tags and not self.open):
            return False
        self._bound_piece(self._tag_end, start)
        name = Span(*found.span())
        self._bound_name(name)
        if len(self.open) >= MAX_DEPTH:
            problem = f"elements nested more than {MAX_DEPTH} deep"
            self._refuse(name, problem, "a definition needs only 4")
        self._count_node(name)
        attributes = []
        end = name.end
        while found := ATTRIBUTE.match(self.text, end):
            self._count_node(name)
            value = found.lastindex or 0  # the group of the quotes that it has
            attributes.append((Span(*found.span(1)), Span(*found.span(value))))
            self._bound_name(attributes[-1][0])
            end = found.end()
        found = _TAG_END.match(self.text, end)
        if not found:
            return False
        self._at = self._tag_end = found.end()
        self._bound_piece(start, self._at)
        if self.open:
            self.open[-1].close_text()
        self.tags.append(Tag(name, attributes))
        if not found[1]:
            self.open.append(self.tags[-1])
        return True

    def _end_tag(self, start: int) -> bool:
        found = _END_TAG.match(self.text, start)
        if not found or not self.open:
            return False
        name = self.open[-1].name
        if found[1] != self.text[name.start : name.end]:
            return False
        self._bound_piece(self._tag_end, start)
        self._at = self._tag_end = found.end()
        self.open.pop()
        return True

    def _count_node(self, name: Span) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            problem = f"more than {MAX_NODES:,} elements and attributes"
            self._refuse(name, problem, "a definition has a few hundred; is this the right file?")

    def _bound_name(self, name: Span) -> None:
        if self._longer(name.start, name.end, MAX_NAME):
            problem = f"a name of more than {MAX_NAME:,} bytes"
            self._refuse(name, problem, "is this the right file?")

    def _bound_piece(self, start: int, end: int) -> None:
        if self._longer(start, end, MAX_PIECE):
            problem = f"a tag, or a text between two tags, of more than {MAX_PIECE:,} bytes"
            self._refuse(Span(start, start + 1), problem, "is this the right file?")

    def _longer(self, start: int, end: int, most: int) -> bool:
        """Whether a piece has more bytes in UTF-8, where a character has at most four."""
        return 4 * (end - start) > most and len(self.text[start:end].encode()) > most

    def _refuse(self, span: Span, problem: str, help: str) -> None:
        self._diagnostics.error("SG105", span, problem, help)
        raise RefusedError
