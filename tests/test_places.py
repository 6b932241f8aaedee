"""Places of names, attributes and texts, held against lxml: each is cut out and read anew.

With PLACES_EXAMPLES=4000 in the environment so many documents are tried.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from seqgra_compile.messages.diagnostics import Diagnostics
from seqgra_compile.reading.tree import read_tree
from seqgra_compile.reading.written import Element
from seqgra_compile.source import Source, Span

XML = "http://www.w3.org/XML/1998/namespace"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
OUTER = f' xmlns:p="urn:p" xmlns:xsi="{XSI}"'

# ---- random XML, as text ----

names = st.sampled_from(["a", "b", "operation", "p:c", "x-1", "_y.z", "é", "名前"])
blanks = st.sampled_from(["", "", " ", "\n", "\r\n", "\t ", "\r"])
some_blanks = st.sampled_from([" ", "\n    ", "\r\n\t", "  "])
words = st.text(st.sampled_from("ab7.>é名\U0001f9ec]-?!/='\""), max_size=6)
references = st.sampled_from(["&amp;", "&lt;", "&gt;", "&quot;", "&apos;", "&#65;", "&#x1F9EC;"])
comments = st.sampled_from(["<!---->", "<!-- <a b='c'> & ]]> -->", "<!--\n-\n-->", "<?x <a> & ?>"])
sections = st.sampled_from(
    ["<![CDATA[]]>", "<![CDATA[ 7 ]]>", "<![CDATA[<b>&amp; ]] >]]>", "<![CDATA[\r\n]]>"]
)
literals = words.filter(lambda text: "]]>" not in text)
values = st.lists(
    st.one_of(literals, references, blanks, st.sampled_from(["&#10;", "&#32;"])), max_size=4
).map("".join)
pieces = st.one_of(literals, references, comments, sections, blanks)
attribute_names = st.sampled_from(
    ["a", "name", "p:a", "xml:lang", "xml:space", "xml:id", "xsi:type", "xmlns:q", "é", "units"]
)


@st.composite
def attributes(draw: st.DrawFn) -> str:
    text = ""
    for name in draw(st.lists(attribute_names, max_size=4, unique=True)):
        value = "urn:q" if name == "xmlns:q" else draw(values)
        quote = draw(st.sampled_from("\"'"))
        value = value.replace(quote, "")
        equals = draw(st.sampled_from(["=", " = ", "\n=", "= "]))
        text += f"{draw(some_blanks)}{name}{equals}{quote}{value}{quote}"
    return text + draw(blanks)


def element(content: st.SearchStrategy[str], outer: str = "") -> st.SearchStrategy[str]:
    def written(name: str, inside: str, text: str, end: str, empty: bool) -> str:
        if empty and not text:
            return f"<{name}{outer}{inside}/>"
        return f"<{name}{outer}{inside}>{text}</{name}{end}>"

    return st.builds(written, names, attributes(), content, blanks, st.booleans())


inner = st.recursive(
    element(st.lists(pieces, max_size=4).map("".join)),
    lambda below: element(st.lists(st.one_of(pieces, below), max_size=5).map("".join)),
    max_leaves=8,
)
around = st.lists(st.one_of(comments, blanks), max_size=3).map("".join)
declarations = st.sampled_from(
    ["", '<?xml version="1.0"?>', "<?xml version='1.0' encoding='UTF-16'?>\r\n"]
)
documents = st.builds(
    lambda *parts: "".join(parts),
    declarations,
    around,
    element(st.lists(st.one_of(pieces, inner), max_size=5).map("".join), OUTER),
    around,
).filter(lambda text: "]]>" not in _without_sections(text))


def _without_sections(text: str) -> str:
    """The text without comments, instructions and CDATA sections."""
    for start, end in (("<!--", "-->"), ("<?", "?>"), ("<![CDATA[", "]]>")):
        while start in text:
            before, _, behind = text.partition(start)
            text = before + behind.partition(end)[2]
    return text


# ---- the check ----


def read(text: str) -> Element:
    diagnostics = Diagnostics()
    tree = read_tree(Source("model.xml", text.encode(), text), diagnostics)
    assert tree is not None, [found.message for found in diagnostics]
    return tree


def by_lxml(xml: str) -> etree._Element:
    return etree.fromstring(xml.encode(), etree.XMLParser(encoding="utf-8", collect_ids=False))


def qualified(name: str, node: etree._Element) -> str:
    """A name as written, as lxml gives it."""
    prefix, colon, local = name.rpartition(":")
    if not colon:
        return name
    return f"{{{XML if prefix == 'xml' else node.nsmap[prefix]}}}{local}"


def segments(node: etree._Element) -> list[str]:
    """The texts of an element, between its elements."""
    found = [node.text or ""]
    for child in node:
        if isinstance(child.tag, str):
            found.append("")
        found[-1] += child.tail or ""
    return [segment.strip() for segment in found]


def pairs(element: Element, node: etree._Element) -> Iterator[tuple[Element, etree._Element]]:
    yield element, node
    children = [child for child in node if isinstance(child.tag, str)]
    assert len(children) == len(element.children)
    for child, below in zip(element.children, children, strict=True):
        yield from pairs(child, below)


def cut(text: str, span: Span) -> str:
    return text[span.start : span.end]


def content(text: str, span: Span) -> str:
    """What a piece of text says, read anew."""
    if text[: span.start].rstrip().endswith("<![CDATA["):
        return cut(text, span).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(by_lxml(f"<x>{cut(text, span)}</x>").xpath("//text()"))


def check(text: str) -> None:
    for element, node in pairs(read(text), by_lxml(text)):
        assert element.tag.value == cut(text, element.tag.span)
        assert text[element.tag.span.start - 1] == "<"
        assert qualified(element.tag.value, node) == node.tag
        for name, attribute in element.attributes.items():
            assert name == attribute.name.value == cut(text, attribute.name.span)
            span = attribute.value.span
            quote = text[span.start - 1]
            assert quote in "\"'" and text[span.end] == quote
            assert text[attribute.name.span.end : span.start - 1].strip() == "="
            again = by_lxml(f"<x a={quote}{cut(text, span)}{quote}/>").get("a")
            assert again == attribute.value.value == node.get(qualified(name, node))
        others = {name for name in node.attrib if name.startswith((f"{{{XML}}}", f"{{{XSI}}}"))}
        assert len(element.attributes) == len(node.attrib) - len(others)
        found = segments(node)
        assert (
            element.text.value
            == "".join([node.text or "", *(child.tail or "" for child in node)]).strip()
        )
        first = next((segment for segment in found if segment), None)
        if first is None:
            assert element.text.span == element.tag.span
        else:
            assert content(text, element.text.span).strip() == first
            ends = text[element.text.span.start], text[element.text.span.end - 1]
            assert not any(map(str.isspace, ends))


@given(documents)
@settings(max_examples=int(os.environ.get("PLACES_EXAMPLES", "60")), deadline=None)
def test_each_place_says_what_lxml_says(text: str) -> None:
    check(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<a> b <!-- c --></a>", "b"),
        ("<a>b<!-- c -->d</a>", "b<!-- c -->d"),
        ("<a><![CDATA[ 7 ]]></a>", "7"),
        ("<a>\r\n<![CDATA[ 7 ]]>8 </a>", "<![CDATA[ 7 ]]>8"),
        ("<a>7<![CDATA[<8>]]></a>", "7<![CDATA[<8>]]>"),
        ("<a>b<c>d</c>e</a>", "b"),
        ("<a><c>d</c> e <c/>f</a>", "e"),
        ("<a>&#65;&amp;<?x y?></a>", "&#65;&amp;"),
        ("<a><b>c</b></a>", "a"),
        ("<a/>", "a"),
    ],
)
def test_text_that_is_shown(text: str, shown: str) -> None:
    """Of an element with others in it, the first piece; without text, the name of its tag."""
    assert cut(text, read(text).text.span) == shown


# ---- what is not well-formed ----


@pytest.mark.parametrize(
    ("text", "shown", "reason"),
    [
        ("<a b='1' c='2' b='3' d='4'/>", "b", "a second attribute of this name"),
        ("<a xmlns:p='u' xmlns:q='u' p:b='1' c='' q:b='2'/>", "q:b", "a second attribute"),
        ("<a>R&D</a>", "&D", "a plain &"),
        ("<a>R &amp D</a>", "&amp", "'&amp' lacks its semicolon"),
        ("<a b='&nbsp;c'/>", "&nbsp;", "an entity that XML does not know"),
        ("<a>\u00e9\U0001f9ec &x;</a>", "&x;", "an entity that XML does not know"),
        ("<a>\r\n\r &x;</a>", "&x;", "an entity that XML does not know"),
        ("<a>&#xD800;</a>", "&#xD800;", "a reference to a character that XML does not allow"),
        ("<a>&#6x;</a>", "&#6x;", "a reference to a character that XML does not allow"),
        ("<a>\x02</a>", "\x02", "a control character"),
        ("<a>\ufffe</a>", "\ufffe", "a control character"),
        ("<a b/>", "/", "an attribute without a value"),
        ("<a b=c/>", "c", "a value without quotes"),
        ("<a b='1'c='2'/>", "c", "this character is not allowed here"),
        ("<a b='<'/>", "<", "a plain <"),
        ("<a>]]></a>", "]", "]]> outside a CDATA section"),
        ("<a><!-- b -- c --></a>", "--", "two hyphens inside a comment"),
        ("<a><!-- b </a>", "<!--", "a comment never ends"),
        ("<a><![CDATA[ b </a>", "<![CDATA[", "a CDATA section never ends"),
        ("<a><?b </a>", "<?", "a processing instruction never ends"),
        ("<a><b></a>", "a", "this end tag does not close 'b', which is still open"),
        ("<a><b>", "b", "the file ends before 'b' is closed"),
        ("<a><b c='", "<", "the file ends inside a tag"),
        ("<!-- b -->", "", "the file holds no element"),
        ("<a/>b", "b", "something follows the end of the outermost element"),
        ("<a><?xml version='1.0'?></a>", "<", "the XML declaration is not the very first thing"),
        ("<?xml version='2.0'?><a/>", "?", "the XML declaration is not complete or not in order"),
        ("<?xml?><a/>", "?", "the XML declaration is not complete or not in order"),
        ("<a b:c='1' d:e='2' xmlns:b='u'/>", "d:e", "the prefix 'd' is not declared"),
        ("<b:a/>", "b:a", "the prefix 'b' is not declared"),
        ("<a><b:/></a>", "b:", "a colon is not allowed in this name"),
        ("<a><?b:c d?></a>", "<", "a colon is not allowed in this name"),
        ("<a xmlns:b=''/>", "xmlns:b", "a namespace that XML does not allow"),
        ("<a xmlns:b='http://c d'/>", "xmlns:b", "a namespace that XML does not allow"),
    ],
)
def test_place_of_a_fault(text: str, shown: str, reason: str) -> None:
    diagnostics = Diagnostics()
    assert read_tree(Source("model.xml", text.encode(), text), diagnostics) is None
    (found,) = diagnostics.found
    assert found.code == "SG101"
    assert reason in found.message
    assert cut(text, found.span) == shown


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE a><a/>",
        "<?xml version='1.0'?>\n<!-- <!DOCTYPE b> --><?c <a> ?>\n<!DOCTYPE a [<!ENTITY b 'c'>]><a/>",
        "b <!DOCTYPE a><a/>",
        "<?xml version='2.0'?><!DOCTYPE a><a/>",
    ],
)
def test_a_document_type_is_found_before_the_text_is_parsed(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(etree, "fromstring", None)
    diagnostics = Diagnostics()
    assert read_tree(Source("model.xml", text.encode(), text), diagnostics) is None
    (found,) = diagnostics.found
    assert (found.code, found.span.start) == ("SG103", text.rindex("<!DOCTYPE"))


def test_a_document_type_elsewhere_is_text() -> None:
    text = "<a b='&lt;!DOCTYPE'><!-- <!DOCTYPE b> --><![CDATA[<!DOCTYPE c>]]></a>"
    assert read(text).text.value == "<!DOCTYPE c>"
