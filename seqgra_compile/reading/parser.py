"""An XML tree to a `Definition`, if its structure is right. Reports SG1."""

from __future__ import annotations

from ..catalog.structure import ELEMENTS, ROOT
from ..messages.diagnostics import Diagnostics
from ..source import Source, Text
from .structure import checked
from .tree import read_tree
from .written import (
    Definition,
    Element,
    ExternalElement,
    GeneralElement,
    HyperparameterElement,
    OperationElement,
    PatternElement,
    SectionElement,
    SequentialElement,
)


def parse(source: Source, diagnostics: Diagnostics) -> Definition | None:
    """The definition as written, or None if its structure is wrong."""
    tree = read_tree(source, diagnostics)
    return parse_tree(source, tree, diagnostics) if tree else None


def parse_tree(source: Source, tree: Element, diagnostics: Diagnostics) -> Definition | None:
    """The same for a tree that is already read."""
    root = checked(tree, ELEMENTS, ROOT, diagnostics)
    return _definition(source, root) if root else None


def _definition(source: Source, root: Element) -> Definition:
    return Definition(
        source,
        root.tag,
        _general(root.child("general")),
        _architecture(root.child("architecture")),
        _section(root.optional("loss")),
        _section(root.optional("optimizer")),
        _section(root.optional("trainingprocess")),
    )


def _attribute(element: Element, name: str) -> Text | None:
    return element.attributes[name].value if name in element.attributes else None


def _optional(element: Element, tag: str) -> Text | None:
    child = element.optional(tag)
    return child.text if child else None


def _general(element: Element) -> GeneralElement:
    labels = element.child("labels")
    pattern = labels.optional("pattern")
    return GeneralElement(
        id=element.attributes["id"].value,
        name=element.child("name").text,
        description=element.child("description").text,
        task=element.child("task").text,
        sequence_space=element.child("sequencespace").text,
        library=element.child("library").text,
        implementation=_optional(element, "implementation"),
        input_encoding=_optional(element, "inputencoding"),
        labels=_pattern(pattern) if pattern else tuple(label.text for label in labels.all("label")),
        labels_span=labels.tag.span,
        seed=element.child("seed").text,
    )


def _pattern(element: Element) -> PatternElement:
    return PatternElement(
        element.tag,
        _attribute(element, "prefix"),
        _attribute(element, "postfix"),
        _attribute(element, "min"),
        element.attributes["max"].value,
    )


def _architecture(element: Element) -> SequentialElement | ExternalElement:
    sequential = element.optional("sequential")
    if sequential:
        operations = tuple(
            OperationElement(operation.text, operation.attributes)
            for operation in sequential.all("operation")
        )
        return SequentialElement(sequential.tag, operations)
    external = element.child("external")
    return ExternalElement(
        external.tag,
        external.attributes["format"].value,
        _attribute(external, "classname"),
        external.text,
    )


def _section(element: Element | None) -> SectionElement | None:
    if element is None:
        return None
    return SectionElement(
        element.tag,
        tuple(
            HyperparameterElement(child.attributes["name"].value, child.text)
            for child in element.all("hyperparameter")
        ),
    )
