"""Sequence elements as the scripts of Bayes classifiers and of simulations write them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from ..datadefinition.arranged import Windows
from ..pycode import listing, literal

KMERS_DOC = "Words and their probabilities, as written."
_WIDTH = 80
Rows = Iterable[tuple[float, ...]]


def matrices_doc(letters: str) -> tuple[str, ...]:
    text = f"One row a position: the probabilities of {letters}, as written."
    return tuple(textwrap.wrap(text, _WIDTH))


def too_wide(rows: Rows) -> bool:
    """Whether one of the rows is too long for a list on one line."""
    return any(len(row) > _WIDTH for row in _numbers(rows))


def matrix_rows(rows: Rows, wide: bool) -> tuple[str, ...]:
    """Lists of numbers, or where one would be too long for a line, texts with the same numbers."""
    if not wide:
        return _numbers(rows)
    texts = []
    for row in rows:
        numbers = " ".join(literal(_short(weight)) for weight in row)
        if len(numbers) + len('"",') <= _WIDTH:
            texts.append(f"{literal(numbers)},")
            continue
        # In brackets: a string beside a string could pass for two rows that lack a comma.
        *first, last = textwrap.wrap(numbers, _WIDTH - 4 - len('" "'))
        parts = [literal(part + " ") for part in first] + [literal(last)]
        texts.append("\n            ".join(["(", *parts]) + "\n        ),")
    return tuple(texts)


def _numbers(rows: Rows) -> tuple[str, ...]:
    """Each position as a list and its comma."""
    return tuple(f"{listing(map(_short, row))}," for row in rows)


def _short(weight: float) -> float | int:
    """0 and 1 without a decimal point: most weights of a protein's positions are 0."""
    return int(weight) if weight in (0, 1) else weight


def windows(positions: Iterable[str | int]) -> Windows:
    """Which positions rules name."""
    named = set(positions)
    return Windows(
        "start" in named,
        "end" in named,
        "center" in named,
        any(isinstance(position, int) for position in named),
    )
