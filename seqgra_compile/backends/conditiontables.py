"""Conditions whose rules differ only in their elements: tables, if there are many of them.

A table saves nothing if it would fit on one line.
"""

from __future__ import annotations

import itertools
import re
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from ..datadefinition.arranged import AlikeConditions, ConditionRules
from ..grammar import Condition
from ..pycode import Code, comment, laid_out, listing, literal, prefixed

_MANY = 20
_WIDTH = 80
_BLANK = "\0"  # inside a label
_PLAIN = re.compile(r"[\w.:+-]+", re.ASCII)
_NAMES = ("element",), ("one", "two"), ("one", "two", "three")

# A condition's rules, with other text for the names of its elements.
RulesOf = Callable[[Condition, Mapping[str, Code]], Iterable[Code]]


def condition_tables(
    conditions: tuple[Condition, ...], rules: RulesOf
) -> tuple[tuple[Condition, ...], tuple[AlikeConditions, ...]]:
    """The conditions that are written separately, and the tables of the others."""
    single: list[Condition] = []
    tables: list[AlikeConditions] = []
    many = len(conditions) >= _MANY
    for text, group in itertools.groupby(conditions, lambda each: _shape(each, rules)):
        neighbours = list(group)
        if many and text and len(list(_lines(neighbours))) > 1:
            tables.append(_table(neighbours, rules))
        else:
            single += neighbours
    if tables and not single:
        tables[0] = replace(tables[0], operator="=")
    return tuple(single), tuple(tables)


def _elements(condition: Condition) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for rule in condition.rules for name in rule.elements))


def _named(condition: Condition, rules: RulesOf) -> Code:
    """The rules, with variables for their elements."""
    elements = _elements(condition)
    names = dict(zip(elements, map(Code, _NAMES[len(elements) - 1]), strict=True))
    return prefixed("condition: ", listing(rules(condition, names)))


def _shape(condition: Condition, rules: RulesOf) -> str:
    """Equal for conditions that fit into one table; empty for a condition that fits into none."""
    elements = _elements(condition)
    plain = all(map(_PLAIN.fullmatch, (condition.id, *elements)))
    return _named(condition, rules).text if plain and 1 <= len(elements) <= len(_NAMES) else ""


def _table(conditions: list[Condition], rules: RulesOf) -> AlikeConditions:
    first = conditions[0]
    names = ", ".join(("condition", *_NAMES[len(_elements(first)) - 1]))
    return AlikeConditions(
        "|=",
        tuple(_labels(conditions)),
        laid_out(_named(first, rules), 4),
        names,
        tuple(_lines(conditions)),
    )


def _labels(conditions: list[Condition]) -> Iterable[str]:
    """As many as fit on a line, none of them over two lines."""
    labels = [f"{each.id}: {each.label}" for each in conditions if each.label not in ("", each.id)]
    whole = "; ".join(label.replace(" ", _BLANK) for label in map(comment, labels))
    for line in textwrap.wrap(whole, _WIDTH, break_long_words=False, break_on_hyphens=False):
        yield line.replace(_BLANK, " ")


def _lines(conditions: list[Condition]) -> Iterable[tuple[ConditionRules, ...]]:
    """As many rows on a line as it has room for."""
    line: list[ConditionRules] = []
    for each in conditions:
        row = " ".join((each.id, *_elements(each)))
        text = literal(row if each is conditions[-1] else f"{row}, ")[1:-1]
        if line and sum(len(before.text) for before in line) + len(text) > _WIDTH - len('""'):
            yield tuple(line)
            line = []
        line.append(ConditionRules(each.id, "", text))
    yield tuple(line)
