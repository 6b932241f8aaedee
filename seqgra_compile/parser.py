"""Stage 1: bytes to a `Definition`. Reports SG1: the XML and its structure."""

from __future__ import annotations

from .catalog.structure import ELEMENTS, ROOT, Rule
from .definition import (
    Definition,
    Element,
    External,
    General,
    Hyperparameter,
    Operation,
    Pattern,
    Section,
    Sequential,
)
from .diagnostics import Diagnostics, one_of, suggest
from .source import Source, Text
from .xmltree import read_tree


def parse(source: Source, diagnostics: Diagnostics) -> Definition | None:
    """The definition as written, or None if its structure is wrong."""
    root = read_tree(source, diagnostics)
    if root is None:
        return None
    if root.tag.value != ROOT:
        diagnostics.error(
            "SG104",
            root.tag.span,
            f"the outermost element is '{root.tag.value}', not '{ROOT}'",
            "a model definition starts with <seqgramodel>"
            + ("; this is a data definition" if root.tag.value == "seqgradata" else ""),
        )
        return None
    _check(root, diagnostics)
    return None if diagnostics.failed else _definition(source, root)


def _check(element: Element, diagnostics: Diagnostics) -> None:
    """Check an element and everything in it against `ELEMENTS`."""
    rule = ELEMENTS[element.tag.value]
    if rule.attributes is not None:
        _check_attributes(element, rule.attributes, diagnostics)
    if element.text.value and not rule.text:
        diagnostics.error(
            "SG110", element.text.span, f"text inside '{element.tag.value}', which holds none"
        )
    known = [child.tag for child in rule.children]
    for child in element.children:
        if child.tag.value in known:
            _check(child, diagnostics)
        else:
            diagnostics.error(
                "SG104",
                child.tag.span,
                f"unknown element '{child.tag.value}' in '{element.tag.value}'",
                suggest(child.tag.value, known) if known else "it holds text only",
            )
    _check_count(element, rule, diagnostics)
    _check_order(element, rule, diagnostics)


def _check_attributes(
    element: Element, known: dict[str, bool], diagnostics: Diagnostics
) -> None:
    tag = element.tag.value
    for name, attribute in element.attributes.items():
        if name not in known:
            diagnostics.error(
                "SG108",
                attribute.name.span,
                f"'{tag}' has no attribute '{name}'",
                suggest(name, known) if known else "it has none",
            )
    for name, required in known.items():
        if required and name not in element.attributes:
            diagnostics.error(
                "SG109",
                element.tag.span,
                f"'{tag}' lacks its attribute '{name}'",
                f'write <{tag} {name}="...">',
            )


def _check_count(element: Element, rule: Rule, diagnostics: Diagnostics) -> None:
    tag = element.tag.value
    present = {child.tag.value for child in element.children}
    kinds = [child.tag for child in rule.children]
    if rule.choice:
        chosen = [kind for kind in kinds if kind in present]
        if not chosen:
            diagnostics.error(
                "SG106", element.tag.span, f"'{tag}' is empty", f"it holds {one_of(kinds)}"
            )
        elif len(chosen) > 1:
            second = element.child(chosen[1])
            diagnostics.error(
                "SG107",
                second.tag.span,
                f"'{tag}' holds both '{chosen[0]}' and '{chosen[1]}'",
                "keep one of the two",
            )
    for child in rule.children:
        found = element.all(child.tag)
        if child.required and not rule.choice and not found:
            diagnostics.error(
                "SG106",
                element.tag.span,
                f"'{tag}' lacks the element '{child.tag}'",
                f"write <{child.tag}>...</{child.tag}> inside it",
            )
        if not child.repeated:
            for extra in found[1:]:
                diagnostics.error(
                    "SG107", extra.tag.span, f"a second '{child.tag}' in '{tag}'", "delete one"
                )


def _check_order(element: Element, rule: Rule, diagnostics: Diagnostics) -> None:
    order = [child.tag for child in rule.children]
    last = 0
    for child in element.children:
        if child.tag.value not in order or rule.choice:
            continue
        position = order.index(child.tag.value)
        if position < last:
            diagnostics.error(
                "SG111",
                child.tag.span,
                f"'{child.tag.value}' stands after '{order[last]}'",
                "the order is: " + ", ".join(order),
            )
        last = max(last, position)


def _definition(source: Source, root: Element) -> Definition:
    return Definition(
        source,
        root.tag,
        _general(root.child("general")),
        _architecture(root.child("architecture")),
        _section(root.child("loss")),
        _section(root.child("optimizer")),
        _section(root.child("trainingprocess")),
    )


def _attribute(element: Element, name: str) -> Text | None:
    return element.attributes[name].value if name in element.attributes else None


def _optional(element: Element, tag: str) -> Text | None:
    child = element.child(tag)
    return child.text if child else None


def _general(element: Element) -> General:
    labels = element.child("labels")
    pattern = labels.child("pattern")
    return General(
        id=element.attributes["id"].value,
        name=element.child("name").text,
        description=element.child("description").text,
        task=element.child("task").text,
        sequence_space=element.child("sequencespace").text,
        library=element.child("library").text,
        implementation=_optional(element, "implementation"),
        input_encoding=_optional(element, "inputencoding"),
        labels=_pattern(pattern)
        if pattern
        else tuple(label.text for label in labels.all("label")),
        labels_span=labels.tag.span,
        seed=element.child("seed").text,
    )


def _pattern(element: Element) -> Pattern:
    return Pattern(
        element.tag,
        _attribute(element, "prefix"),
        _attribute(element, "postfix"),
        _attribute(element, "min"),
        _attribute(element, "max"),
    )


def _architecture(element: Element) -> Sequential | External:
    sequential = element.child("sequential")
    if sequential:
        operations = tuple(
            Operation(operation.text, operation.attributes)
            for operation in sequential.all("operation")
        )
        return Sequential(sequential.tag, operations)
    external = element.child("external")
    return External(
        external.tag,
        external.attributes["format"].value,
        _attribute(external, "classname"),
        external.text,
    )


def _section(element: Element | None) -> Section | None:
    if element is None:
        return None
    return Section(
        element.tag,
        tuple(
            Hyperparameter(child.attributes["name"].value, child.text)
            for child in element.all("hyperparameter")
        ),
    )
