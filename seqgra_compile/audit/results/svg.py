"""A matplotlib figure as SVG in a page: it has the page's colours, and its text is text.

The page's content security policy forbids style attributes, so styles become presentation
attributes. Colours that stand for a colour of the page become its CSS variable, so that a picture
follows the page into the dark.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lxml import etree

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Colours that matplotlib gets, and their colours on the page.
INK, SOFT, RULE = "#000001", "#000002", "#000003"
SERIES = tuple(f"#00001{number}" for number in range(6))
_COLOURS = {
    INK: "currentColor",
    SOFT: "var(--soft)",
    RULE: "var(--rule)",
    **{colour: f"var(--series-{number})" for number, colour in enumerate(SERIES)},
}
_RC = {
    "svg.fonttype": "none",
    "text.parse_math": False,
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": RULE,
    "grid.linewidth": 0.6,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "lines.linewidth": 1.4,
}
_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_REFERENCE = re.compile(r"#([\w-]+)")
_NAMESPACE = "{http://www.w3.org/2000/svg}"
_LINK = "{http://www.w3.org/1999/xlink}href"


def drawn(
    key: str, size: tuple[float, float], draw: Callable[[Axes], None], title: str, about: str
) -> str:
    """An `svg` element of a size in inches; `key` is unique in the page, `about` describes the
    picture.
    """
    import matplotlib

    settings: Any = {**_RC, "svg.hashsalt": key}  # matplotlib lists the names as literals
    with matplotlib.rc_context(settings):
        from matplotlib.figure import Figure

        figure = Figure(figsize=size, layout="constrained")
        figure.patch.set_alpha(0)
        axes = figure.subplots()
        axes.patch.set_alpha(0)
        axes.set_axisbelow(True)
        draw(axes)
        data = io.BytesIO()
        figure.savefig(data, format="svg", metadata={"Date": None, "Creator": None})
    return _of_the_page(data.getvalue(), key, title, about)


def _of_the_page(data: bytes, key: str, title: str, about: str) -> str:
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    for unwanted in root.findall(f".//{_NAMESPACE}metadata") + root.findall(
        f".//{_NAMESPACE}style"
    ):
        unwanted.getparent().remove(unwanted)
    referenced = set(_REFERENCE.findall(data.decode()))
    for element in root.iter():
        _plain(element, key, referenced)
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    root.set("role", "img")
    root.set("aria-labelledby", f"{key}-title {key}-about")
    root.set("stroke-linejoin", "round")
    for place, (tag, text) in enumerate((("title", title), ("desc", about))):
        element = etree.Element(f"{_NAMESPACE}{tag}", id=f"{key}-{'about' if place else tag}")
        element.text = text
        root.insert(place, element)
    text = etree.tostring(root, encoding="unicode").replace("xlink:href", "href")
    return re.sub(r' xmlns(:\w+)?="[^"]*"', "", text)


def _plain(element: etree._Element, key: str, referenced: set[str]) -> None:
    """Removes styles, shortens numbers, and makes ids unique."""
    for declaration in filter(None, element.attrib.pop("style", "").split(";")):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        if name == "font":
            size = re.search(r"([\d.]+)px", value)
            element.set("font-size", size[1] if size else value)
        elif name != "font-family":
            element.set(name, _COLOURS.get(value, value))
    for name in ("d", "points", "transform", "x", "y"):
        if name in element.attrib:
            element.set(name, _NUMBER.sub(_short, element.get(name)))
    if element.get("id") in referenced:
        element.set("id", f"{key}-{element.get('id')}")
    else:
        element.attrib.pop("id", None)
    for name in ("clip-path", _LINK):
        if name in element.attrib:
            element.set(name, _REFERENCE.sub(rf"#{key}-\1", element.get(name)))


def _short(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")
