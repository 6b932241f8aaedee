"""An XML tree to a `Definition`, if its structure is right. Reports SG1."""

from __future__ import annotations

from ..catalog.structure import ELEMENTS, ROOT
from ..messages.diagnostics import Diagnostics
from ..source import Source, Text
from .structure import check_structure
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


def parse_model(source: Source, tree: Element, diagnostics: Diagnostics) -> Definition | None:
    """The definition as written, or None if its structure is wrong."""
    root = check_structure(tree, ELEMENTS, ROOT, diagnostics)
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


def _optional_text(element: Element, tag: str) -> Text | None:
    child = element.optional(tag)
    return child.text if child else None


def _general(element: Element) -> GeneralElement:
    labels = element.child("labels")
    pattern = labels.optional("pattern")
    return GeneralElement(
        id=element.attribute("id"),
        name=element.child("name").text,
        description=element.child("description").text,
        task=element.child("task").text,
        sequence_space=element.child("sequencespace").text,
        library=element.child("library").text,
        implementation=_optional_text(element, "implementation"),
        input_encoding=_optional_text(element, "inputencoding"),
        labels=_pattern(pattern) if pattern else tuple(label.text for label in labels.all("label")),
        labels_span=labels.tag.span,
        seed=element.child("seed").text,
    )


def _pattern(element: Element) -> PatternElement:
    return PatternElement(
        element.tag,
        element.optional_attribute("prefix"),
        element.optional_attribute("postfix"),
        element.optional_attribute("min"),
        element.attribute("max"),
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
        external.attribute("format"),
        external.optional_attribute("classname"),
        external.text,
    )


def _section(element: Element | None) -> SectionElement | None:
    if element is None:
        return None
    return SectionElement(
        element.tag,
        tuple(
            HyperparameterElement(child.attribute("name"), child.text)
            for child in element.all("hyperparameter")
        ),
    )
