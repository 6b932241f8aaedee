"""Sequence elements and rules as the scripts of Bayes classifiers and of simulations write them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from ..datadefinition.arranged import ConditionRules, Windows
from ..pycode import Code, comment, fits, laid_out, listing, literal, prefixed

_PATH = "sequenceelements/sequenceelement/"
KMERS_DOC = f"{_PATH}kmerbased: words and their probabilities, as written."
_WIDTH, _INDENT = 80, 4
Rows = Iterable[tuple[float, ...]]


def matrices_doc(letters: str) -> tuple[str, ...]:
    text = f"{_PATH}matrixbased: per position, the probabilities of {letters}, as written."
    return tuple(textwrap.wrap(text, _WIDTH))


def too_wide(rows: Rows) -> bool:
    """Whether one of the rows is too long for a list on one line."""
    return any(len(row) > _WIDTH for row in _numbers(rows))


def matrix_rows(rows: Rows, wide: bool) -> tuple[str, ...]:
    """Lists of numbers or, if one would be too long for a line, text with the same numbers."""
    if not wide:
        return _numbers(rows)
    texts = []
    for row in rows:
        numbers = " ".join(literal(_short(weight)) for weight in row)
        if len(numbers) + len('"",') <= _WIDTH:
            texts.append(f"{literal(numbers)},")
            continue
        # In brackets, because adjacent strings look like two rows without a comma.
        *first, last = textwrap.wrap(numbers, _WIDTH - 4 - len('" "'))
        parts = [literal(part + " ") for part in first] + [literal(last)]
        texts.append("\n            ".join(["(", *parts]) + "\n        ),")
    return tuple(texts)


def condition_rules(
    conditions: Iterable[tuple[str, str, Iterable[Code]]],
) -> tuple[ConditionRules, ...]:
    """Ids, labels and rules. A label is a comment after its condition, if all of them fit there."""
    entries = [
        (id, comment(label if label != id else ""), prefixed(f"{literal(id)}: ", listing(rules)))
        for id, label, rules in conditions
    ]
    if all(_fits(f"{entry},  # {label}") for _, label, entry in entries):
        return tuple(
            ConditionRules(id, "", f"{entry},  # {label}" if label else f"{entry},")
            for id, label, entry in entries
        )
    return tuple(
        ConditionRules(id, label, laid_out(entry, _INDENT, ",")) for id, label, entry in entries
    )


def _fits(text: str) -> bool:
    return fits(Code(text), _INDENT)


def _numbers(rows: Rows) -> tuple[str, ...]:
    """Each position as a list with a comma."""
    return tuple(f"{listing(map(_short, row))}," for row in rows)


def _short(weight: float) -> float | int:
    """0 and 1 without a decimal point, because most weights of protein positions are 0."""
    return int(weight) if weight in (0, 1) else weight


def named_positions(positions: Iterable[str | int]) -> Windows:
    """Which positions rules name."""
    named = set(positions)
    return Windows(
        "start" in named,
        "end" in named,
        "center" in named,
        any(isinstance(position, int) for position in named),
    )
