"""What a Bayes classifier knows: sequence elements, rules, and how they score each label.

A `Grammar` is a data definition as meant. A `BayesModel` is the model definition that names it,
and what each label's condition adds up to under the chosen semantics.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from .ir import External, General
from .source import Source, Span


@dataclass(frozen=True)
class Matrix:
    """A sequence element: per position the letters' weights as written, in the alphabet's order.

    `listed`: how many letters the first position lists.
    """

    name: str
    positions: tuple[tuple[float, ...], ...]
    listed: int
    span: Span


@dataclass(frozen=True)
class Kmers:
    """A sequence element: words and their weights as written."""

    name: str
    words: tuple[tuple[str, float], ...]
    span: Span


@dataclass(frozen=True)
class Spacing:
    """Two elements and the range of their distance, as written."""

    first: str
    second: str
    minimum: int
    maximum: int
    any_order: bool
    span: Span


@dataclass(frozen=True)
class Rule:
    """`position`: random, start, center, end, or a number."""

    position: str | int
    probability: float
    elements: tuple[str, ...]
    spacings: tuple[Spacing, ...]
    span: Span

    @property
    def alone(self) -> tuple[str, ...]:
        """The elements that no spacing constraint pairs."""
        paired = {name for spacing in self.spacings for name in (spacing.first, spacing.second)}
        return tuple(name for name in self.elements if name not in paired)


@dataclass(frozen=True)
class Condition:
    id: str
    label: str
    exclusive: bool
    rules: tuple[Rule, ...]
    span: Span

    @property
    def overruled(self) -> tuple[Rule, ...]:
        """Rules with spacing constraints that stand behind or beside something else."""
        return tuple(
            rule
            for number, rule in enumerate(self.rules)
            if rule.spacings and (number > 0 or rule.alone)
        )


@dataclass(frozen=True)
class Grammar:
    """A data definition: the path by which the model definition names it, and what is in it."""

    path: str
    source: Source
    sequence_space: str
    elements: tuple[Matrix | Kmers, ...]
    conditions: tuple[Condition, ...]

    @functools.cached_property
    def by_id(self) -> dict[str, Condition]:
        return {condition.id: condition for condition in self.conditions}


@dataclass(frozen=True)
class Pair:
    """Two elements, and how many letters after the first one the second starts.

    After its end, or, under the semantics of seqgra 0.0.4, after its start.
    """

    first: str
    second: str
    nearest: int
    farthest: int


@dataclass(frozen=True)
class Term:
    """What a rule adds to its label's score: each element's best at a position, and the best pair."""

    position: str | int
    elements: tuple[str, ...]
    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class BayesModel(General):
    """`grammar` is None until the data definition is read, `terms` (by label) until it is linked."""

    architecture: External
    grammar: Grammar | None = None
    terms: tuple[tuple[Term, ...], ...] = ()
