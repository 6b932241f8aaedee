"""A data definition's bytes to a `DataDefinition`. Reports SG1, as the parser does."""

from __future__ import annotations

from ..messages.diagnostics import Diagnostics
from ..reading.structure import read_checked
from ..reading.written import Element
from ..source import Source, Text
from .structure import ELEMENTS, ROOT
from .written import (
    Condition,
    DataDefinition,
    KmerElement,
    Letter,
    MatrixElement,
    Position,
    Rule,
    SpacingConstraint,
)


def parse_data(source: Source, diagnostics: Diagnostics) -> DataDefinition | None:
    """The data definition as written, or None if its structure is wrong."""
    root = read_checked(source, ELEMENTS, ROOT, diagnostics)
    return root and _definition(source, root)


def _definition(source: Source, root: Element) -> DataDefinition:
    general = root.child("general")
    return DataDefinition(
        source,
        general.attributes["id"].value,
        general.child("task").text,
        general.child("sequencespace").text,
        tuple(map(_condition, root.child("conditions").children)),
        tuple(map(_element, root.child("sequenceelements").children)),
    )


def _attribute(element: Element, name: str) -> Text:
    return element.attributes[name].value


def _condition(element: Element) -> Condition:
    mode = element.child("mode")
    return Condition(
        _attribute(element, "id"),
        element.child("label").text,
        mode.text if mode else None,
        tuple(map(_rule, element.child("grammar").children)),
    )


def _rule(element: Element) -> Rule:
    spacing = element.child("spacingconstraints")
    return Rule(
        element.tag.span,
        element.child("position").text,
        element.child("probability").text,
        tuple(_attribute(ref, "sid") for ref in element.child("sequenceelementrefs").children),
        tuple(map(_spacing, spacing.children if spacing else ())),
    )


def _spacing(element: Element) -> SpacingConstraint:
    names = ("sid1", "sid2", "mindistance", "maxdistance", "order")
    return SpacingConstraint(element.tag.span, *(_attribute(element, name) for name in names))


def _element(element: Element) -> MatrixElement | KmerElement:
    identifier = _attribute(element, "id")
    kmers = element.child("kmerbased")
    if kmers:
        return KmerElement(identifier, kmers.tag.span, tuple(map(_letter, kmers.children)))
    positions = element.child("matrixbased").children
    return MatrixElement(
        identifier,
        tuple(
            Position(position.tag.span, tuple(map(_letter, position.children)))
            for position in positions
        ),
    )


def _letter(element: Element) -> Letter:
    return Letter(element.text, _attribute(element, "probability"))
