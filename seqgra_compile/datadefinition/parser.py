"""An XML tree to a `DataDefinition`, if its structure is right. Reports SG1."""

from __future__ import annotations

from ..catalog.datastructure import ELEMENTS, ROOT
from ..messages.diagnostics import Diagnostics
from ..reading.structure import check_structure
from ..reading.tree import read_tree
from ..reading.written import Element
from ..source import Source
from .written import (
    ConditionElement,
    DataDefinition,
    DistributionElement,
    ExampleElement,
    KmerElement,
    Letter,
    MatrixElement,
    Position,
    PostprocessingElement,
    RuleElement,
    SetElement,
    SpacingConstraint,
)


def parse_data(source: Source, diagnostics: Diagnostics) -> DataDefinition | None:
    """The data definition as written, or None if its structure is wrong."""
    tree = read_tree(source, diagnostics)
    return parse_data_tree(source, tree, diagnostics) if tree else None


def parse_data_tree(
    source: Source, tree: Element, diagnostics: Diagnostics
) -> DataDefinition | None:
    """The same for a tree that has already been read."""
    root = check_structure(tree, ELEMENTS, ROOT, diagnostics)
    return _definition(source, root) if root else None


def _definition(source: Source, root: Element) -> DataDefinition:
    general, background = root.child("general"), root.child("background")
    generation = root.child("datageneration")
    operations = generation.optional("postprocessing")
    return DataDefinition(
        source,
        general.attribute("id"),
        general.child("name").text,
        general.child("description").text,
        general.child("task").text,
        general.child("sequencespace").text,
        general.child("seed").text,
        background.child("minlength").text,
        background.child("maxlength").text,
        tuple(map(_distribution, background.child("alphabetdistributions").children)),
        tuple(map(_set, generation.child("sets").children)),
        tuple(map(_operation, operations.children if operations else ())),
        tuple(map(_condition, root.child("conditions").children)),
        tuple(map(_element, root.child("sequenceelements").children)),
    )


def _distribution(element: Element) -> DistributionElement:
    return DistributionElement(
        element.tag.span,
        element.optional_attribute("setname"),
        element.optional_attribute("cid"),
        tuple(map(_letter, element.children)),
    )


def _set(element: Element) -> SetElement:
    return SetElement(element.attribute("name"), tuple(map(_example, element.children)))


def _example(element: Element) -> ExampleElement:
    conditions = tuple(ref.attribute("cid") for ref in element.children)
    return ExampleElement(element.attribute("samples"), conditions)


def _operation(element: Element) -> PostprocessingElement:
    names = list(element.attributes)
    k = element.optional_attribute("k")
    k_first = k is not None and names.index("k") < names.index("labels")
    labels = element.attribute("labels")
    return PostprocessingElement(element.text, labels, k, k_first, element.padded)


def _condition(element: Element) -> ConditionElement:
    mode = element.optional("mode")
    return ConditionElement(
        element.attribute("id"),
        element.child("label").text,
        mode.text if mode else None,
        tuple(map(_rule, element.child("grammar").children)),
    )


def _rule(element: Element) -> RuleElement:
    spacing = element.optional("spacingconstraints")
    return RuleElement(
        element.tag.span,
        element.child("position").text,
        element.child("probability").text,
        tuple(ref.attribute("sid") for ref in element.child("sequenceelementrefs").children),
        tuple(map(_spacing, spacing.children if spacing else ())),
    )


def _spacing(element: Element) -> SpacingConstraint:
    names = ("sid1", "sid2", "mindistance", "maxdistance", "order")
    return SpacingConstraint(element.tag.span, *(element.attribute(name) for name in names))


def _element(element: Element) -> MatrixElement | KmerElement:
    identifier = element.attribute("id")
    kmers = element.optional("kmerbased")
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
    return Letter(element.text, element.attribute("probability"), element.padded)
