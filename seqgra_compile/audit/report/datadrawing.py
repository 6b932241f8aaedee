"""A data definition as the report draws it: elements as sequence logos, rules as places in a sequence."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...catalog.sequences import SEQUENCE_SPACES
from ...grammar import Condition, Kmers, Matrix, Rule, Simulation
from ...visible import visible
from .extents import extents

_STEP, _HEIGHT = 16, 96  # of a logo: a position's width, and the height of all bits, in pixels
_LEFT, _TOP = 26, 6
_FONT, _CAPITAL = 100, 71.6  # a letter's size, and how high a capital of that size is
_LOWEST = 0.4  # a letter that is less high is not drawn
_BETWEEN = 5  # positions between two numbers on the axis
_WORDS = 8  # that are listed
_SCALE = 1000  # of the drawing of a sequence
_NARROWEST = 4
# Colours by chemistry, as sequence logos of proteins usually have them.
_CLASSES = {
    **dict.fromkeys("RHK", "basic"),
    **dict.fromkeys("DE", "acidic"),
    **dict.fromkeys("NQ", "amide"),
    **dict.fromkeys("GSTYC", "polar"),
    **dict.fromkeys("AVLIPWFM", "hydrophobic"),
}


@dataclass(frozen=True)
class Glyph:
    """A letter of a logo: what is written, its class, and how it is moved and stretched."""

    text: str
    kind: str
    transform: str


@dataclass(frozen=True)
class Tick:
    """A number of the axis below a logo, and where it is."""

    x: float
    text: str


@dataclass(frozen=True)
class Logo:
    """A sequence element; `setting` is its row of the ledger; `words` only if it has k-mers."""

    name: str
    setting: int | None
    about: str
    width: int
    glyphs: tuple[Glyph, ...]
    ticks: tuple[Tick, ...]
    words: str

    @property
    def linked(self) -> bool:
        return self.setting is not None


@dataclass(frozen=True)
class ElementPlace:
    """Where an element may lie: from `first`, and as wide as `width`; a box of its own width."""

    name: str
    first: str
    width: str
    box: str
    box_width: str
    letters: str


@dataclass(frozen=True)
class DrawnRule:
    """`about`: position, probability; `pairs`: what its spacing constraints say."""

    about: str
    places: tuple[ElementPlace, ...]
    pairs: tuple[str, ...]


@dataclass(frozen=True)
class DrawnCondition:
    id: str
    label: str
    setting: int | None
    mode: str
    rules: tuple[DrawnRule, ...]

    @property
    def linked(self) -> bool:
        return self.setting is not None


@dataclass(frozen=True)
class DataDrawing:
    """`bits`: how much information a position can have; `length`: of the drawn sequences."""

    logos: tuple[Logo, ...]
    conditions: tuple[DrawnCondition, ...]
    bits: str
    length: str


def draw_data(model: Simulation, numbers: dict[str, int]) -> DataDrawing:
    """`numbers` are those of the ledger's rows, by path."""
    alphabet = SEQUENCE_SPACES[model.sequence_space.value].alphabet
    length = model.maximum_length.value
    longest = "" if model.minimum_length.value == length else ", the longest ones"
    return DataDrawing(
        tuple(
            _logo(
                element, alphabet, numbers.get(f"sequenceelements/sequenceelement {element.name}")
            )
            for element in model.grammar.elements
        ),
        tuple(
            _condition(condition, model, numbers.get(f"conditions/condition {condition.id}"))
            for condition in model.conditions
        ),
        f"{math.log2(len(alphabet)):.2g}",
        f"{length:,} letters{longest}",
    )


# ---- logos ----


def _logo(element: Matrix | Kmers, alphabet: str, setting: int | None) -> Logo:
    columns = list(_columns(element, alphabet))
    bits = sum(information(column) * sum(column.values()) for column in columns)
    kind = "k-mers" if isinstance(element, Kmers) else "matrix"
    size = f"{len(columns)} position{'s'[: len(columns) != 1]}"
    return Logo(
        element.name,
        setting,
        f"{kind}, {size}, {bits:.3g} bits",
        _LEFT + _STEP * len(columns) + 4,
        tuple(
            glyph
            for number, column in enumerate(columns)
            for glyph in _glyphs(number, column, math.log2(len(alphabet)))
        ),
        tuple(
            Tick(_LEFT + _STEP * (number - 0.5), str(number))
            for number in range(1, len(columns) + 1)
            if number == 1 or number % _BETWEEN == 0
        ),
        _words(element) if isinstance(element, Kmers) else "",
    )


def _columns(element: Matrix | Kmers, alphabet: str) -> Iterator[dict[str, float]]:
    """Each position's letters and shares; of shorter words the last ones have none."""
    if isinstance(element, Matrix):
        for row in element.positions:
            shares = (weight / sum(row) for weight in row)
            yield dict(zip(alphabet, shares, strict=True))
        return
    total = sum(weight for _, weight in element.words)
    for number in range(element.width):
        column = dict.fromkeys(alphabet, 0.0)
        for word, weight in element.words:
            if number < len(word):
                column[word[number]] += weight / total
        yield column


def information(column: dict[str, float]) -> float:
    """Bits: how much less uncertain the letter is than any letter of the alphabet."""
    total = sum(column.values())
    shares = [share / total for share in column.values() if share]
    return math.log2(len(column)) + sum(share * math.log2(share) for share in shares)


def _glyphs(number: int, column: dict[str, float], most: float) -> Iterator[Glyph]:
    """A position's letters, the highest one on top."""
    bits, base = information(column), float(_TOP + _HEIGHT)
    for letter, share in sorted(column.items(), key=lambda each: each[1]):
        height = share * bits / most * _HEIGHT
        if height < _LOWEST:
            continue
        x = _LEFT + _STEP * number
        stretch = f"translate({x} {base:.2f}) scale({_STEP / _FONT} {height / _CAPITAL:.4f})"
        yield Glyph(letter, _CLASSES.get(letter, "") if len(column) > 4 else letter, stretch)
        base -= height


def _words(element: Kmers) -> str:
    shown = [f"{word} {weight:g}" for word, weight in element.words[:_WORDS]]
    more = len(element.words) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


# ---- rules ----


def _condition(condition: Condition, model: Simulation, setting: int | None) -> DrawnCondition:
    widths = {element.name: element.width for element in model.grammar.elements}
    widths |= {copy: widths[name] for copy, name in model.copies}
    length = model.maximum_length.value
    return DrawnCondition(
        condition.id,
        visible(condition.label) if condition.label != condition.id else "",
        setting,
        "one rule at most" if condition.exclusive and len(condition.rules) > 1 else "",
        tuple(_rule(rule, widths, length) for rule in condition.rules),
    )


def _rule(rule: Rule, widths: dict[str, int], length: int) -> DrawnRule:
    found = extents(rule, widths, length)
    position = f"position {rule.position}" if isinstance(rule.position, int) else rule.position
    return DrawnRule(
        f"{position}, probability {rule.probability:g}",
        tuple(
            _place(name, *found[name], widths[name], length)
            for name in dict.fromkeys(rule.elements)
        ),
        tuple(_pairs(rule)),
    )


def _place(name: str, first: int, last: int, width: int, length: int) -> ElementPlace:
    scale = _SCALE / length
    box_width = max(width * scale, _NARROWEST)
    band = max((last - first) * scale, box_width)
    start = min(first * scale, _SCALE - band)
    return ElementPlace(
        name,
        f"{start:.1f}",
        f"{band:.1f}",
        f"{start + (band - box_width) / 2:.1f}",
        f"{box_width:.1f}",
        f"{first + 1:,} to {last:,}",
    )


def _pairs(rule: Rule) -> Iterable[str]:
    for spacing in rule.spacings:
        order = ", or the other way round" if spacing.any_order else ""
        letters = (
            f"{spacing.minimum:,}"
            if spacing.minimum == spacing.maximum
            else f"{spacing.minimum:,} to {spacing.maximum:,}"
        )
        yield f"{spacing.first}, {letters} letters, {spacing.second}{order}"
