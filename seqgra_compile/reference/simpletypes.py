"""Kinds of values as simple types of XML Schema, and the writing of schema elements."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any
from xml.etree import ElementTree as ET

from ..catalog.activations import ACTIVATIONS, ActivationKind
from ..catalog.expressions import ExpressionKind, ExpressionRow, default_expression
from ..catalog.parameters import (
    FALSE,
    MAX_INTEGER,
    TRUE,
    Boolean,
    Choice,
    FilePath,
    Integer,
    Kind,
    PairKind,
    Real,
    Reals,
    ShapeKind,
    Size,
)
from .entries import written

NAMESPACE = "http://www.w3.org/2001/XMLSchema"
# The characters of Python's numbers, tuples and lists, and of a comment after them.
_LITERAL = r"[()\[\],.+\-_\s\\0-9a-fA-FxXoO]+(#[\s\S]*)?"
_LIMITS = {
    "minInclusive": "from",
    "maxInclusive": "to",
    "minExclusive": "above",
    "maxExclusive": "below",
}
NOT_BLANK = r"[\s\S]*\S[\s\S]*"


def xs(tag: str, *children: ET.Element[Any], about: str = "", **attributes: str) -> ET.Element:
    """An element of a schema, its documentation first."""
    element = ET.Element(f"{{{NAMESPACE}}}{tag}", attributes)
    if about:
        documentation = ET.Element(f"{{{NAMESPACE}}}documentation")
        documentation.text = about
        element.append(xs("annotation", documentation))
    element.extend(children)
    return element


def schema_text(schema: ET.Element) -> str:
    """A whole schema as a file has it."""
    ET.register_namespace("xs", NAMESPACE)
    ET.indent(schema)
    body = ET.tostring(schema, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def xml_attributes() -> ET.Element:
    """xml:space, xml:lang and the like, which are ignored."""
    wildcard = xs(
        "anyAttribute",
        namespace="http://www.w3.org/XML/1998/namespace",
        processContents="skip",
    )
    return xs("attributeGroup", wildcard, name="xml-attributes")


def blank() -> ET.Element:
    """No text, or blanks alone."""
    return xs("simpleType", xs("restriction", xs("length", value="0"), base="xs:token"))


def words(values: Iterable[tuple[str, str]], base: str = "xs:token") -> ET.Element:
    """Exactly these words, each with its meaning."""
    rows = (xs("enumeration", value=value, about=about) for value, about in values)
    return xs("simpleType", xs("restriction", *rows, base=base))


def pattern(*texts: str, base: str = "xs:token") -> ET.Element:
    """Text that matches one of the patterns."""
    rows = (xs("pattern", value=text) for text in texts)
    return xs("simpleType", xs("restriction", *rows, base=base))


def in_any_case(word: str) -> str:
    """A pattern for a word in any case."""
    return "".join(map(_in_any_case, word))


def without_underscores(word: str) -> str:
    """A pattern for a word in any case, with underscores anywhere in it."""
    return "_*".join(map(_in_any_case, word.replace("_", "")))


def _in_any_case(letter: str) -> str:
    if letter.isalpha():
        return f"[{letter.upper()}{letter.lower()}]"
    return re.escape(letter)


def _bounds(kind: Integer | Real) -> dict[str, float]:
    facets = {
        "minInclusive": kind.minimum,
        "minExclusive": getattr(kind, "above", None),
        "maxInclusive": kind.maximum,
        "maxExclusive": getattr(kind, "below", None),
    }
    return {facet: bound for facet, bound in facets.items() if bound is not None}


def _number(base: str) -> Callable[[Integer | Real], ET.Element]:
    def make(kind: Integer | Real) -> ET.Element:
        facets = (xs(facet, value=f"{bound:.15g}") for facet, bound in _bounds(kind).items())
        return xs("simpleType", xs("restriction", *facets, base=base))

    return make


def _choice(kind: Choice) -> ET.Element:
    exact = words((word, "") for word in kind.words)
    return xs("simpleType", xs("union", exact, pattern(*map(in_any_case, kind.words))))


def _boolean(kind: Boolean) -> ET.Element:
    usual = words((("True", ""), ("False", "")))
    return xs("simpleType", xs("union", usual, pattern(*map(in_any_case, (*TRUE, *FALSE)))))


def _literal(kind: Kind) -> ET.Element:
    return pattern(_LITERAL, base="xs:string")


def _activation(kind: ActivationKind) -> ET.Element:
    return words((row.name, row.about) for row in ACTIVATIONS.values())


def _expression(kind: ExpressionKind) -> ET.Element:
    """The usual spellings, and any other text with one of the names."""
    usual = [("None", f"no {_noun(kind)}")] if kind.optional else []
    names = []
    for row in kind.rows.values():
        usual += [(spelling, row.about) for spelling in dict.fromkeys(_spellings(row))]
        names += [without_underscores(name) for name in (row.name, *row.aliases)]
    anywhere = rf"[\s\S]*({'|'.join(names)})[\s\S]*"
    return xs("simpleType", xs("union", words(usual), pattern(anywhere, base="xs:string")))


def _spellings(row: ExpressionRow) -> tuple[str, str]:
    return row.name, written(default_expression(row))


def _noun(kind: ExpressionKind) -> str:
    return kind.module.removesuffix("s")


def _file(kind: FilePath) -> ET.Element:
    return pattern(NOT_BLANK, base="xs:string")


# Each takes the kind that it is under.
_MAKERS: dict[type[Kind], Callable[[Any], ET.Element]] = {
    Integer: _number("xs:integer"),
    Real: _number("xs:double"),
    Reals: _literal,
    Boolean: _boolean,
    Choice: _choice,
    Size: _literal,
    PairKind: _literal,
    ShapeKind: _literal,
    FilePath: _file,
    ActivationKind: _activation,
    ExpressionKind: _expression,
}


def simple_type(kind: Kind) -> ET.Element:
    """The type of the values that a kind accepts; the compiler checks ranges of tuples and
    arguments.
    """
    return _MAKERS[type(kind)](kind)


def type_name(kind: Kind) -> str:
    """The name of a kind's type; kinds with the same form share one."""
    if isinstance(kind, (Reals, Size, PairKind, ShapeKind)):
        return "python-literal"
    if isinstance(kind, ExpressionKind):
        return _noun(kind)
    if isinstance(kind, ActivationKind):
        return "activation"
    if isinstance(kind, Choice):
        return "-or-".join(kind.words)
    if isinstance(kind, (Integer, Real)):
        limits = [
            f"{_LIMITS[facet]}-{bound:.15g}"
            for facet, bound in _bounds(kind).items()
            if bound != MAX_INTEGER
        ]
        noun = "integer" if isinstance(kind, Integer) else "number"
        return "-".join([noun, *limits]).replace("--", "-minus-")
    return type(kind).__name__.lower()
