"""The structure of an XML tree, checked against a table of elements. Reports SG1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..catalog.datastructure import ROOT as DATA_ROOT
from ..catalog.structure import ROOT, ElementRow
from ..messages.diagnostics import Diagnostics, nearest, one_of, quoted, suggest
from .written import Element

Elements = Mapping[str, ElementRow]
# The outermost elements of the two kinds of definition.
_KINDS = {ROOT: "model definition", DATA_ROOT: "data definition"}


def check_structure(
    tree: Element, table: Elements, root: str, diagnostics: Diagnostics
) -> Element | None:
    """The tree if it is a definition whose outermost element is `root`, or None if it is not.

    Reports every difference from the table of elements as SG1.
    """
    tag = tree.tag.value
    if tag != root:
        other = f"; this is a {_KINDS[tag]}" if tag in _KINDS else ""
        diagnostics.error(
            "SG104",
            tree.tag.span,
            f"the outermost element is {quoted(tag)}, not '{root}'",
            f"a {_KINDS[root]} starts with <{root}>{other}",
        )
        return None
    _check_element(tree, table[root], table, diagnostics)
    return None if diagnostics.failed else tree


def _check_element(
    element: Element, row: ElementRow, table: Elements, diagnostics: Diagnostics
) -> None:
    """Check an element and everything in it."""
    if row.attributes is not None:
        _check_attributes(element, row.attributes, diagnostics)
    if element.text.value and not row.text:
        diagnostics.error(
            "SG110",
            element.text.span,
            f"text inside '{element.tag.value}', which takes no text",
            "delete it, or make it a comment: <!-- ... -->",
        )
    known = {child.tag: child.row for child in row.children}
    for child in element.children:
        if child.tag.value in known:
            _check_element(child, table[known[child.tag.value]], table, diagnostics)
        else:
            diagnostics.error(
                "SG104",
                child.tag.span,
                f"unknown element {quoted(child.tag.value)} in '{element.tag.value}'",
                suggest(child.tag.value, known) if known else "it takes only text",
            )
    _check_count(element, row, diagnostics)
    _check_order(element, row, diagnostics)


def _check_attributes(element: Element, known: dict[str, bool], diagnostics: Diagnostics) -> None:
    tag = element.tag.value
    for name, attribute in element.attributes.items():
        if name not in known:
            diagnostics.error(
                "SG108",
                attribute.name.span,
                f"'{tag}' has no attribute {quoted(name)}",
                suggest(name, known) if known else "it takes none",
            )
    meant = _meant(element.attributes, known)
    for name, required in known.items():
        if required and name not in element.attributes and name not in meant:
            diagnostics.error(
                "SG109",
                element.tag.span,
                f"'{tag}' lacks its attribute '{name}'",
                f'write <{tag} {name}="...">',
            )


def _check_count(element: Element, row: ElementRow, diagnostics: Diagnostics) -> None:
    tag = element.tag.value
    present = {child.tag.value for child in element.children}
    kinds = [child.tag for child in row.children]
    if row.choice:
        chosen = [kind for kind in kinds if kind in present]
        if not chosen and not present:
            diagnostics.error(
                "SG106", element.tag.span, f"'{tag}' is empty", f"it holds {one_of(kinds)}"
            )
        elif len(chosen) > 1:
            second = element.all(chosen[1])[0]
            diagnostics.error(
                "SG107",
                second.tag.span,
                f"'{tag}' holds both '{chosen[0]}' and '{chosen[1]}'",
                "keep one of the two",
            )
    meant = _meant(present, kinds)
    for child in row.children:
        found = element.all(child.tag)
        if child.required and not (row.choice or found or child.tag in meant):
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


def _meant(found: Iterable[str], known: Iterable[str]) -> set[str | None]:
    """The names that misspelt ones most likely mean; these are not also reported as missing."""
    return {nearest(name, known) for name in found if name not in known}


def _check_order(element: Element, row: ElementRow, diagnostics: Diagnostics) -> None:
    order = [child.tag for child in row.children]
    last = 0
    for child in element.children:
        if child.tag.value not in order or row.choice:
            continue
        position = order.index(child.tag.value)
        if position < last:
            diagnostics.error(
                "SG111",
                child.tag.span,
                f"'{child.tag.value}' comes after '{order[last]}'",
                "the order is: " + ", ".join(order),
            )
        last = max(last, position)
