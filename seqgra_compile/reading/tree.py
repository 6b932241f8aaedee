"""XML to a tree in which every name, attribute and text has its place.

lxml reads the text. Nothing is fetched, and no entity is defined, because a document type
declaration ends the reading before. The places come from a walk over the tags, in step with lxml's
elements.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from ..messages.diagnostics import Diagnostics
from ..source import Source, Span, Text
from .faults import not_well_formed
from .places import RefusedError, Tag, Walk
from .written import Attribute, Element

_DECLARATION = re.compile(r"xmlns(:.*)?")
# In document order. lxml's own mapping looks up each value by its name, which takes minutes for
# 100,000.
_VALUES = etree.XPath("@*", smart_strings=False)
_INFRASTRUCTURE = re.compile(r"(xsi|xml):.*")


def read_tree(source: Source, diagnostics: Diagnostics) -> Element | None:
    """The root element, or None after reporting why there is none."""
    if not source.text.strip():
        diagnostics.error(
            "SG102", Span(0, 0), "the file is empty", "a definition starts with <seqgramodel>"
        )
        return None
    zero = source.text.find("\0")
    if zero >= 0:
        # To libxml2, the end of the text.
        reason = "not well-formed XML: a zero character"
        diagnostics.error("SG101", Span(zero, zero + 1), reason, "save the file as UTF-8")
        return None
    try:
        walk = Walk(source.text, diagnostics)
    except RefusedError:
        return None
    parser = _parser()
    try:
        root = etree.fromstring(source.text.encode("utf-8"), parser)
    except etree.XMLSyntaxError:
        root = None
    for found in parser.error_log:
        if found.level >= etree.ErrorLevels.ERROR:
            not_well_formed(found, walk, diagnostics)
            return None
    return _Pairing(source.text, walk.tags).element(root)


def _parser() -> etree.XMLParser:
    """A parser that uses only the given text, within libxml2's size limits."""
    return etree.XMLParser(
        # Overrides the declaration, as the text is already decoded.
        encoding="utf-8",
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        recover=False,
        collect_ids=False,
        remove_comments=True,
        remove_pis=True,
        strip_cdata=True,
    )


class _Pairing:
    """Elements out of two lists in the same order: the places of their tags, and their values."""

    def __init__(self, text: str, tags: list[Tag]) -> None:
        self.text = text
        self.tags = iter(tags)

    def element(self, node: etree._Element, parent: str | None = None) -> Element:
        """An element with its content; `parent` is the path of its parent."""
        tag = next(self.tags)
        name = self.cut(tag.name)
        # That of the outermost element is empty.
        path = "" if parent is None else f"{parent}/{name.value}".lstrip("/")
        attributes = {each.name.value: each for each in self.attributes(tag, node)}
        children = tuple(self.element(child, path) for child in node)
        written = "".join([node.text or "", *(child.tail or "" for child in node)])
        value = written.strip()
        text = Text(value, tag.text)
        return Element(name, path, attributes, text, children, padded=value != written)

    def attributes(self, tag: Tag, node: etree._Element) -> Iterator[Attribute]:
        """The attributes of a tag, except those of XML itself."""
        if not tag.attributes:
            return
        written = [(self.cut(name), span) for name, span in tag.attributes]
        written = [pair for pair in written if not _DECLARATION.fullmatch(pair[0].value)]
        for (name, span), value in zip(written, _VALUES(node), strict=True):
            if not _INFRASTRUCTURE.fullmatch(name.value):
                yield Attribute(name, Text(value, span))

    def cut(self, span: Span) -> Text:
        return Text(self.text[span.start : span.end], span)
