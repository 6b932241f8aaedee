"""XML to a tree whose every name, attribute and text knows its place.

The standard library's expat reads the text once. It knows where each tag starts; an attribute is
then found inside its tag. Nothing is fetched, no entity is defined: a document type declaration
ends the reading.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from .definition import Attribute, Element
from .diagnostics import Diagnostics
from .source import Source, Span, Text

MAX_BYTES = 16 * 2**20
MAX_DEPTH = 32

_DECLARED = re.compile(rb"""^<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_ENCODINGS = {"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin-1", "windows-1252"}
_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_TAG_NAME = re.compile(r"[^\s/>]+")
_ATTRIBUTE = re.compile(r"""\s*([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_INFRASTRUCTURE = re.compile(r"xmlns(:.*)?|xsi:.*|xml:.*")


def read_source(name: str, data: bytes, diagnostics: Diagnostics) -> Source:
    """Decode a definition by its byte order mark or its XML declaration, UTF-8 otherwise."""
    if len(data) > MAX_BYTES:
        source = Source(name, data, "")
        diagnostics.error(
            "SG105",
            Span(0, 0),
            f"a definition of {len(data):,} bytes; {MAX_BYTES:,} is the most that is read",
        )
        return source
    encoding, skip = "utf-8", 0
    for mark, marked in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            encoding, skip = marked, len(mark)
            break
    else:
        declared = _DECLARED.match(data)
        if declared:
            encoding = declared[1].decode("ascii").lower()
    try:
        if encoding not in _ENCODINGS and not skip:
            raise LookupError
        return Source(name, data, data[skip:].decode(encoding))
    except LookupError:
        reason = f"the encoding '{encoding}' is not one that is read"
    except UnicodeDecodeError as error:
        reason = f"byte {error.start + skip} is not {encoding.upper()}"
    diagnostics.error("SG101", Span(0, 0), f"not readable XML: {reason}", "save the file as UTF-8")
    return Source(name, data, "")


@dataclass
class _Open:
    """An element whose end has not been seen."""

    tag: Text
    path: str
    attributes: dict[str, Attribute]
    text: list[str] = field(default_factory=list)
    text_start: int | None = None
    children: list[Element] = field(default_factory=list)


class _Refused(Exception):
    """Raised inside a handler to end the reading; its diagnostic is already reported."""


class _Builder:
    """The expat handlers; offsets are characters of the decoded text."""

    def __init__(self, source: Source, diagnostics: Diagnostics) -> None:
        self.text = source.text
        self.diagnostics = diagnostics
        self.data = source.text.encode("utf-8", "surrogatepass")
        self.ascii = len(self.data) == len(source.text)
        self.open: list[_Open] = []
        self.root: Element | None = None
        self._byte = self._character = 0
        # The encoding given here wins over the declaration: the text is already decoded.
        self.parser = expat.ParserCreate("utf-8")
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.parser.StartDoctypeDeclHandler = self.doctype

    def here(self) -> int:
        """Where the parser stands, in characters."""
        byte = self.parser.CurrentByteIndex
        if self.ascii:
            return byte
        if byte < self._byte:
            self._byte = self._character = 0
        self._character += len(self.data[self._byte : byte].decode("utf-8", "surrogatepass"))
        self._byte = byte
        return self._character

    def start(self, tag: str, values: dict[str, str]) -> None:
        offset = self.here() + 1
        if len(self.open) >= MAX_DEPTH:
            self.diagnostics.error(
                "SG105",
                Span(offset, offset + len(tag)),
                f"elements nested more than {MAX_DEPTH} deep",
            )
            raise _Refused
        parent = self.open[-1].path + "/" if len(self.open) > 1 else ""
        name = Text(tag, Span(offset, offset + len(tag)))
        path = parent + tag if self.open else ""
        self.open.append(_Open(name, path, self.attributes(offset + len(tag), values)))

    def attributes(self, offset: int, values: dict[str, str]) -> dict[str, Attribute]:
        found: dict[str, Attribute] = {}
        for _ in values:
            match = _ATTRIBUTE.match(self.text, offset)
            offset = match.end()
            if not _INFRASTRUCTURE.fullmatch(match[1]):
                group = 2 if match[2] is not None else 3
                found[match[1]] = Attribute(
                    Text(match[1], Span(*match.span(1))),
                    Text(values[match[1]], Span(*match.span(group))),
                )
        return found

    def characters(self, data: str) -> None:
        element = self.open[-1]
        if element.text_start is None and data.strip():
            element.text_start = self.here() + len(data) - len(data.lstrip())
        element.text.append(data)

    def end(self, tag: str) -> None:
        element = self.open.pop()
        end = self.here()
        start = end if element.text_start is None else element.text_start
        raw = self.text[start:end].rstrip()
        if element.text_start is None:
            # An empty element: its place is its tag.
            span = element.tag.span
        else:
            span = Span(start, start + len(raw))
        built = Element(
            element.tag,
            element.path,
            element.attributes,
            Text("".join(element.text).strip(), span),
            tuple(element.children),
        )
        if self.open:
            self.open[-1].children.append(built)
        else:
            self.root = built

    def doctype(self, name: str, *_: object) -> None:
        offset = self.here()
        self.diagnostics.error(
            "SG103",
            Span(offset, offset + len("<!DOCTYPE")),
            "a document type declaration",
            "delete it: a definition needs none, and entities are never expanded",
        )
        raise _Refused


def read_tree(source: Source, diagnostics: Diagnostics) -> Element | None:
    """The root element, or None after reporting why there is none."""
    if not source.text.strip():
        diagnostics.error("SG102", Span(0, 0), "the file is empty")
        return None
    builder = _Builder(source, diagnostics)
    try:
        builder.parser.Parse(builder.data, True)
    except _Refused:
        return None
    except expat.ExpatError as error:
        offset = min(builder.here(), len(source.text))
        reason = expat.errors.messages[error.code]
        diagnostics.error("SG101", Span(offset, offset + 1), f"not well-formed XML: {reason}")
        return None
    return builder.root
