"""XML to a tree whose every name, attribute and text knows its place.

The standard library's expat reads the text once. It knows where each tag starts; an attribute is
then found inside its tag. Nothing is fetched, no entity is defined: a document type declaration
ends the reading.
"""

from __future__ import annotations

import re
from xml.parsers import expat

from ..messages.diagnostics import Diagnostics, quoted
from ..source import Source, Span, Text
from ..visible import visible
from .written import Attribute, Element

MAX_DEPTH = 32
# Elements and attributes: enough for 100,000 labels one by one.
MAX_NODES = 2**17

_WORD = re.compile(r"&?[\w:.-]+;?")
_ATTRIBUTE = re.compile(r"""\s*([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_INFRASTRUCTURE = re.compile(r"xmlns(:.*)?|xsi:.*|xml:.*")


class _Open:
    """An element whose end has not been seen."""

    def __init__(self, tag: Text, path: str, attributes: dict[str, Attribute]) -> None:
        self.tag, self.path, self.attributes = tag, path, attributes
        self.text: list[str] = []
        self.text_start: int | None = None
        self.children: list[Element] = []


class _RefusedError(Exception):
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
        self._nodes = 0
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
        self._nodes += 1 + len(values)
        if len(self.open) >= MAX_DEPTH:
            self.too_large(
                offset, tag, f"elements nested more than {MAX_DEPTH} deep", "needs no more than 4"
            )
        if self._nodes > MAX_NODES:
            problem = f"more than {MAX_NODES:,} elements and attributes"
            self.too_large(offset, tag, problem, "has some hundred; is this the right file?")
        parent = self.open[-1].path + "/" if len(self.open) > 1 else ""
        name = Text(tag, Span(offset, offset + len(tag)))
        path = parent + tag if self.open else ""
        self.open.append(_Open(name, path, self.attributes(offset + len(tag), values)))

    def too_large(self, offset: int, tag: str, problem: str, help: str) -> None:
        span = Span(offset, offset + len(tag))
        self.diagnostics.error("SG105", span, problem, f"a definition {help}")
        raise _RefusedError

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
        raw = self.text[start:end]
        if element.children:
            raw = raw.partition("<")[0]
        raw = raw.rstrip().removesuffix("]]>")
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
        # The parser stands behind the name.
        offset = self.text.rfind("<!DOCTYPE", 0, self.here() + 1)
        self.diagnostics.error(
            "SG103",
            Span(offset, offset + len("<!DOCTYPE")),
            "a document type declaration",
            "delete it: a definition needs none, and entities are never expanded",
        )
        raise _RefusedError


_PLAIN = {"&": "&amp;", "<": "&lt;"}
_MARKUP = "a plain & is written &amp; and a plain < is written &lt;"
_REASONS = {
    expat.errors.XML_ERROR_SYNTAX: (
        "the file does not start as XML does",
        "a definition starts with an XML declaration or with <seqgramodel>",
    ),
    expat.errors.XML_ERROR_UNDEFINED_ENTITY: (
        "an entity that XML does not know",
        f"write the character itself; {_MARKUP}",
    ),
    expat.errors.XML_ERROR_DUPLICATE_ATTRIBUTE: ("a second attribute of this name", "delete one"),
    expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT: (
        "something stands behind the end of the outermost element",
        "delete it, or move it inside",
    ),
    expat.errors.XML_ERROR_MISPLACED_XML_PI: (
        "the XML declaration is not the very first thing in the file",
        "delete what stands before it, empty lines too",
    ),
    expat.errors.XML_ERROR_UNCLOSED_TOKEN: ("the file ends inside a tag", "was it cut off?"),
    expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION: ("a CDATA section never ends", "close it: ]]>"),
}


def _invalid_token(text: str, offset: int) -> tuple[str, str]:
    """What is wrong with a character, and the way out."""
    character = text[offset : offset + 1]
    if character in _PLAIN:
        return f"a plain {character}", f"write {_PLAIN[character]}"
    if text[:offset].rstrip().endswith("="):
        return "a value without quotes", 'write name="value"'
    if character and visible(character) != character:
        return "a control character", "delete it"
    return "this character cannot stand here", f"in text, {_MARKUP}"


def _not_well_formed(builder: _Builder, error: expat.ExpatError) -> None:
    """Say what expat found, in the words of somebody who edits a definition."""
    offset = min(builder.here(), len(builder.text))
    if builder.text[max(offset - 1, 0) : offset] in ("&", "<"):
        # Expat complains of what follows.
        offset -= 1
    word = _WORD.match(builder.text, offset)
    span = Span(offset, word.end() if word else offset + 1)
    found = expat.errors.messages[error.code]
    opened = builder.open[-1].tag if builder.open else None
    if opened and found == expat.errors.XML_ERROR_TAG_MISMATCH:
        reason = f"this end tag does not close {quoted(opened.value)}, which is still open"
        help = f"write </{opened.value}> first"
    elif opened and found == expat.errors.XML_ERROR_NO_ELEMENTS:
        reason, help = f"the file ends before {quoted(opened.value)} is closed", "was it cut off?"
        span = opened.span
    elif found == expat.errors.XML_ERROR_INVALID_TOKEN:
        reason, help = _invalid_token(builder.text, offset)
    else:
        reason, help = _REASONS.get(found, (found, None))
    builder.diagnostics.error("SG101", span, f"not well-formed XML: {reason}", help)


def read_tree(source: Source, diagnostics: Diagnostics) -> Element | None:
    """The root element, or None after reporting why there is none."""
    if not source.text.strip():
        diagnostics.error(
            "SG102", Span(0, 0), "the file is empty", "a definition starts with <seqgramodel>"
        )
        return None
    zero = source.text.find("\0")
    if zero >= 0:
        # Expat would take it for a sign of UTF-16.
        reason = "not well-formed XML: a zero character"
        diagnostics.error("SG101", Span(zero, zero + 1), reason, "save the file as UTF-8")
        return None
    builder = _Builder(source, diagnostics)
    try:
        builder.parser.Parse(builder.data, True)
    except _RefusedError:
        return None
    except expat.ExpatError as error:
        _not_well_formed(builder, error)
        return None
    return builder.root
