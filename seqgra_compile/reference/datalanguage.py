"""The language of data definitions, for docs/language.md and `--list data`."""

from __future__ import annotations

from collections.abc import Iterator

from ..catalog.data import DEFAULTS, NUMBERS, POSITIONS, WORDS
from ..catalog.datastructure import ELEMENTS, ROOT
from ..catalog.structure import Child
from .dataabout import ATTRIBUTES
from .dataabout import ELEMENTS as ABOUT

DATA = "data"  # what --list calls it all
_HEAD = """
What a data definition can say; [simulate.md](simulate.md) explains how it is used. An XML editor completes and explains
it with [schemas/data-definition.xsd](../schemas/data-definition.xsd). Ids hold letters, digits, `_` and `-`.
"""


def places() -> Iterator[tuple[int, str, str, str, str, str]]:
    """Each element and attribute, from the outside in: depth, name, number of occurrences, values,
    default, and meaning.
    """
    yield from _element(Child(ROOT), 0)


def _element(child: Child, depth: int) -> Iterator[tuple[int, str, str, str, str, str]]:
    rule, tag = ELEMENTS[child.row], child.tag
    many = "more" if child.repeated else "1"
    occurs = f"{1 if child.required else 0} or {many}" if many != "1" or not child.required else "1"
    wants = _wants(tag) if rule.text else ""
    yield depth, tag, occurs, wants, DEFAULTS.get(tag, ""), ABOUT[child.row]
    for name, required in (rule.attributes or {}).items():
        place = f"{tag}/@{name}"
        occurs = "1" if required else "0 or 1"
        yield (
            depth + 1,
            f"@{name}",
            occurs,
            _wants(place),
            DEFAULTS.get(place, ""),
            ATTRIBUTES[tag, name],
        )
    for inner in rule.children:
        yield from _element(inner, depth + 1)


def _wants(place: str) -> str:
    if place in NUMBERS:
        return NUMBERS[place].wants
    if place in WORDS:
        return ", ".join(filter(None, WORDS[place]))
    return f"{', '.join(POSITIONS)}, or a number" if place == "position" else ""


def data_part() -> tuple[str, str]:
    """For docs/language.md: an introduction and a table."""
    head = "| Element | Occurs | Value | Default | Meaning |\n| --- | --- | --- | --- | --- |"
    rows = (
        f"| {'&emsp;' * depth}`{name}` | {occurs} | {wants} | {default} | {about} |"
        for depth, name, occurs, wants, default, about in places()
    )
    return _HEAD.strip(), "\n".join((head, *rows))


def data_names() -> list[str]:
    return list(dict.fromkeys(name for _, name, *_ in places() if not name.startswith("@")))


def data_listing(element: str = ROOT) -> str | None:
    """The same for a terminal: everything, or an element and its content; None if there is none."""
    title = "Elements and @attributes of data definitions"
    lines, within = [title, "=" * len(title), ""], None
    for depth, name, _, wants, default, about in places():
        if within is not None and depth <= within:
            within = None
        if within is None and name == element:
            within = depth
        if within is None:
            continue
        more = "; ".join(filter(None, (wants, default and f"default: {default}")))
        lines.append(f"{'  ' * (depth - within)}{name}: {about}" + (f" ({more})" if more else ""))
    return "\n".join(lines) + "\n" if len(lines) > 3 else None
