"""What libxml2 finds wrong with a text, in words for those who edit definitions.

libxml2 gives a code and a place, at the fault or some characters after it. A row of the table goes
back from there. A code without a row is reported in libxml2's own words.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

from lxml import etree

from ..messages.diagnostics import Diagnostics, quoted
from ..source import Span
from ..visible import visible
from .places import ATTRIBUTE, NAME, Walk

_LINE_END = re.compile("\n")
_WORD = re.compile(r"&?[\w:.-]+;?")
_CHARACTER_REFERENCE = re.compile(r"&#\w*;?")
_QUOTE = re.compile("[\"']")
_PREDEFINED = ("&amp", "&lt", "&gt", "&quot", "&apos")
_PLAIN = {"&": "&amp;", "<": "&lt;"}
_MARKUP = "a plain & is written &amp; and a plain < is written &lt;"
_QUOTED = 'write name="value"'
_DECLARATION = 'write <?xml version="1.0" encoding="UTF-8"?>'
_CUT_OFF = "is it truncated?"
_SCHEMA_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_MAX_MESSAGE = 200

# Where it is, what is wrong, and how to correct it.
XmlFault = tuple[Span, str, str | None]


class _Found:
    """Where libxml2 stopped in a text, and what it reported."""

    def __init__(self, entry: etree._LogEntry, walk: Walk) -> None:
        self.text, self.walk, self.message = walk.text, walk, entry.message
        self.at = min(_offset(walk.text, entry.line, entry.column), len(walk.text))
        self.at_end = self.at == len(walk.text)

    def word(self, start: int) -> Span:
        """The word at a place, or one character."""
        word = _WORD.match(self.text, start)
        return Span(start, word.end() if word else start + 1)

    def back(self, mark: str) -> int:
        """Where a mark is last, up to libxml2's place."""
        return max(self.text.rfind(mark, 0, self.at), 0)

    def names(self) -> list[Span]:
        """The names in the last tag: its own, and those of its attributes."""
        name = NAME.match(self.text, self.back("<") + 1)
        if name is None:
            return []
        found, end = [Span(*name.span())], name.end()
        while attribute := ATTRIBUTE.match(self.text, end):
            found.append(Span(*attribute.span(1)))
            end = attribute.end()
        return found

    def cut(self, span: Span) -> str:
        return self.text[span.start : span.end]


def not_well_formed(entry: etree._LogEntry, walk: Walk, diagnostics: Diagnostics) -> None:
    """Report what libxml2 says about a text; `walk` is as far as its tags are well-formed."""
    found = _Found(entry, walk)
    row = _ROWS.get(entry.type_name, _in_its_words)
    span, reason, help = row(found)
    diagnostics.error("SG101", span, f"not well-formed XML: {reason}", help)


def _offset(text: str, line: int, column: int) -> int:
    """The character at libxml2's place; a line ends with a line feed, to libxml2."""
    ends = itertools.islice(_LINE_END.finditer(text), max(line - 2, 0), None)
    start = next(ends).end() if line > 1 else 0
    return start + max(column - 1, 0)


# ---- the rows ----


def _in_its_words(found: _Found) -> XmlFault:
    return found.word(found.at), visible(found.message.strip())[:_MAX_MESSAGE], None


def _character(found: _Found) -> XmlFault:
    """A character that is not allowed here; the message shows which."""
    text, at = found.text, found.at
    if found.at_end:
        return _cut_off(found)
    if text[at - 1 : at] in _PLAIN:
        # libxml2 complains of what follows.
        at -= 1
    character = text[at]
    quote = _open_quote(text, text.rfind("<", 0, at), at)
    if quote is not None:
        mark = found.cut(quote)
        return quote, "a quote that is not closed", f"write {mark} after the value"
    if character in _PLAIN:
        reason, help = f"a plain {character}", f"write {_PLAIN[character]}"
    elif text[:at].rstrip().endswith("="):
        reason, help = "a value without quotes", _QUOTED
    elif visible(character) != character:
        reason, help = "a control character", "delete it"
    else:
        reason, help = "this character is not allowed here", f"in text, {_MARKUP}"
    return found.word(at), reason, help


def _open_quote(text: str, tag: int, at: int) -> Span | None:
    """The quote that lacks its other one, in a tag up to a fault.

    A tag or a line ends within the value, or the value ends where the next one begins.
    """
    opened, value = None, ""
    for mark in _QUOTE.finditer(text, max(tag, 0), at):
        if opened is None:
            opened = mark
        elif mark[0] == opened[0]:
            value = text[opened.end() : mark.start()].rstrip()
            if mark.end() == at and value.endswith("=") and len(value.split()) > 1:
                break
            opened = None
    else:
        if opened is None or not re.search("[>\n]", text[opened.end() : at]):
            return None
    return Span(opened.start(), opened.end())


def _cut_off(found: _Found) -> XmlFault:
    start = found.back("<")
    return Span(start, start + 1), "the file ends inside a tag", _CUT_OFF


def _never_ends(mark: str, what: str, end: str) -> Callable[[_Found], XmlFault]:
    def row(found: _Found) -> XmlFault:
        start = found.back(mark)
        return Span(start, start + len(mark)), f"{what} never ends", f"close it: {end}"

    return row


def _at(reason: str, help: str, mark: str = "") -> Callable[[_Found], XmlFault]:
    """A fault at libxml2's place, or at the last `mark` before it."""

    def row(found: _Found) -> XmlFault:
        return found.word(found.back(mark) if mark else found.at), reason, help

    return row


def _empty(found: _Found) -> XmlFault:
    help = "a definition starts with an XML declaration or with <seqgramodel>"
    if found.at_end:
        return found.word(found.at), "the file holds no element", help
    return found.word(found.at), "the file does not start like XML", help


def _mismatch(found: _Found) -> XmlFault:
    start = found.back("</") + len("</")
    name = quoted(found.cut(found.walk.open[-1].name))
    reason = f"this end tag does not close {name}, which is still open"
    return found.word(start), reason, f"write </{name[1:-1]}> first"


def _not_closed(found: _Found) -> XmlFault:
    name = found.walk.open[-1].name
    return name, f"the file ends before {quoted(found.cut(name))} is closed", _CUT_OFF


def _second_attribute(found: _Found) -> XmlFault:
    """The first whose name, or whose local name under another prefix, was there before."""
    reason, help = "a second attribute of this name", "delete one"
    for local in (False, True):
        seen: set[str] = set()
        for span in found.names()[1:]:
            name = found.cut(span).rpartition(":")[2] if local else found.cut(span)
            if name in seen:
                return span, reason, help
            seen.add(name)
    return found.word(found.at), reason, help


def _entity(found: _Found) -> XmlFault:
    help = f"write the character itself; {_MARKUP}"
    return found.word(found.back("&")), "an entity that XML does not know", help


def _no_semicolon(found: _Found) -> XmlFault:
    span = Span(found.back("&"), found.at)
    reference = found.cut(span)
    if reference in _PREDEFINED:
        return span, f"'{reference}' lacks its semicolon", f"write {reference};"
    return span, "a plain &", "write &amp;"


def _reference(found: _Found) -> XmlFault:
    """A character reference, or a character as it is."""
    start = found.back("&#")
    reference = _CHARACTER_REFERENCE.match(found.text, start)
    if reference and reference.end() >= found.at > start:
        reason = "a reference to a character that XML does not allow"
        return Span(*reference.span()), reason, "write the character itself"
    return _character(found)


def _declaration(found: _Found) -> XmlFault:
    return found.word(found.at), "the XML declaration is not complete or not in order", _DECLARATION


def _blank(found: _Found) -> XmlFault:
    """A blank is missing: in the declaration, or before an attribute."""
    if found.text.startswith("<?xml") and "?>" not in found.text[: found.at]:
        return _declaration(found)
    return _character(found)


def _reserved(found: _Found) -> XmlFault:
    start = found.back("<?")
    if start == 0:
        return _declaration(found)
    reason = "the XML declaration is not the very first thing in the file"
    return Span(start, start + 1), reason, "delete everything before it, including empty lines"


def _without_value(found: _Found) -> XmlFault:
    span, reason, help = _character(found)
    if reason == "this character is not allowed here":
        reason, help = "an attribute without a value", _QUOTED
    return span, reason, help


def _prefix(found: _Found) -> XmlFault:
    """The name whose prefix libxml2 speaks of."""
    for span in found.names():
        prefix, colon, _ = found.cut(span).partition(":")
        if colon and f" {prefix} " in found.message:
            address = _SCHEMA_INSTANCE if prefix == "xsi" else "..."
            help = f'write xmlns:{prefix}="{address}" in the outermost tag, or delete this'
            return span, f"the prefix {quoted(prefix)} is not declared", help
    return _in_its_words(found)


def _namespace(found: _Found) -> XmlFault:
    """The declaration of a namespace; libxml2's place is after it."""
    spans = [span for span in found.names() if span.start < found.at]
    declared = [span for span in spans if found.cut(span).startswith("xmlns")]
    span = declared[-1] if declared else found.word(found.at)
    return span, "a namespace that XML does not allow", "correct it, or delete it"


def _colon(found: _Found) -> XmlFault:
    """A name with colons at its ends, or more than one of them."""
    odd = [span for span in found.names() if not _is_qualified(found.cut(span))]
    span = odd[0] if odd else found.word(found.back("<") + 1)
    return span, "a colon is not allowed in this name", "write it without"


def _is_qualified(name: str) -> bool:
    prefix, colon, local = name.partition(":")
    return not colon or bool(prefix and local and ":" not in local)


def _large(found: _Found) -> XmlFault:
    reason = "more than 10,000,000 bytes of one tag or text, or a name of more than 50,000"
    return found.word(found.at), reason, "is this the right file?"


_ROWS: dict[str, Callable[[_Found], XmlFault]] = {
    "ERR_DOCUMENT_EMPTY": _empty,
    "ERR_DOCUMENT_END": _at(
        "something follows the end of the outermost element",
        "delete it, or move it inside",
    ),
    "ERR_TAG_NAME_MISMATCH": _mismatch,
    "ERR_TAG_NOT_FINISHED": _not_closed,
    "ERR_GT_REQUIRED": _character,
    "ERR_NAME_REQUIRED": _character,
    "ERR_LT_IN_ATTRIBUTE": _character,
    "ERR_PI_NOT_STARTED": _character,
    "ERR_ATTRIBUTE_NOT_STARTED": _character,
    "ERR_ATTRIBUTE_NOT_FINISHED": _cut_off,
    "ERR_ATTRIBUTE_WITHOUT_VALUE": _without_value,
    "ERR_ATTRIBUTE_REDEFINED": _second_attribute,
    "ERR_UNDECLARED_ENTITY": _entity,
    "ERR_ENTITYREF_SEMICOL_MISSING": _no_semicolon,
    "ERR_INVALID_CHAR": _reference,
    "ERR_INVALID_DEC_CHARREF": _reference,
    "ERR_INVALID_HEX_CHARREF": _reference,
    "ERR_CDATA_NOT_FINISHED": _never_ends("<![CDATA[", "a CDATA section", "]]>"),
    "ERR_COMMENT_NOT_FINISHED": _never_ends("<!--", "a comment", "-->"),
    "ERR_PI_NOT_FINISHED": _never_ends("<?", "a processing instruction", "?>"),
    "ERR_HYPHEN_IN_COMMENT": _at("two hyphens inside a comment", "write one, or none"),
    "ERR_MISPLACED_CDATA_END": _at("]]> outside a CDATA section", "write ]]&gt;"),
    "ERR_SPACE_REQUIRED": _blank,
    "ERR_RESERVED_XML_NAME": _reserved,
    "NS_ERR_UNDEFINED_NAMESPACE": _prefix,
    "NS_ERR_ATTRIBUTE_REDEFINED": _second_attribute,
    "NS_ERR_QNAME": _colon,
    "NS_ERR_COLON": _at("a colon is not allowed in this name", "write it without", "<?"),
    "NS_ERR_XML_NAMESPACE": _namespace,
    "WAR_NS_URI": _namespace,
    "ERR_RESOURCE_LIMIT": _large,
    "ERR_NO_MEMORY": _large,
    "ERR_NAME_TOO_LONG": _large,
}
_ROWS |= dict.fromkeys(
    (
        "ERR_VERSION_MISSING",
        "ERR_UNKNOWN_VERSION",
        "ERR_ENCODING_NAME",
        "ERR_STANDALONE_VALUE",
        "ERR_STRING_NOT_STARTED",
        "ERR_STRING_NOT_CLOSED",
        "ERR_EQUAL_REQUIRED",
        "ERR_XMLDECL_NOT_FINISHED",
    ),
    _declaration,
)
