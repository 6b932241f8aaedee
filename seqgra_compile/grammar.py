"""What a Bayes classifier knows: sequence elements, rules, and how they score each label.

A `Grammar` is a typed data definition. A `BayesModel` is the model definition that names it, with
the terms of each label's score under the chosen semantics.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import ClassVar

from .ir import SIMULATOR, BayesDefinition, Given, Model, Value
from .source import Source, Span


@dataclass(frozen=True)
class Matrix:
    """A sequence element: for each position, the letters' weights as written, in the alphabet's
    order.

    `letters` are each position's letters as listed: in the order in which a simulator draws them.
    """

    name: str
    positions: tuple[tuple[float, ...], ...]
    letters: tuple[str, ...]
    span: Span

    @property
    def width(self) -> int:
        return len(self.positions)


@dataclass(frozen=True)
class Kmers:
    """A sequence element: words and their weights; `written` are the words in their original case."""

    name: str
    words: tuple[tuple[str, float], ...]
    written: tuple[str, ...]
    span: Span

    @property
    def width(self) -> int:
        """That of the longest word."""
        return max(len(word) for word in self.written)


@dataclass(frozen=True)
class Spacing:
    """Two elements and the range of their distance, as written."""

    first: str
    second: str
    minimum: int
    maximum: int
    any_order: bool
    span: Span

    @property
    def names(self) -> tuple[str, str]:
        return self.first, self.second


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
        """The elements that are in no spacing constraint."""
        paired = {name for spacing in self.spacings for name in (spacing.first, spacing.second)}
        return tuple(name for name in self.elements if name not in paired)

    @property
    def chains(self) -> tuple[tuple[Spacing, ...], ...]:
        """The spacing constraints; those that share an element with the previous one are together."""
        chains: list[tuple[Spacing, ...]] = []
        for spacing in self.spacings:
            known = {name for each in chains[-1:] for other in each for name in other.names}
            if known & set(spacing.names):
                chains[-1] = (*chains[-1], spacing)
            else:
                chains.append((spacing,))
        return tuple(chains)


@dataclass(frozen=True)
class Condition:
    """`exclusive`: at most one of its rules is applied; `mode_stated`: the definition states the
    mode.
    """

    id: str
    label: str
    exclusive: bool
    mode_stated: bool
    rules: tuple[Rule, ...]
    span: Span

    @property
    def overruled(self) -> tuple[Rule, ...]:
        """Rules with spacing constraints that follow other rules, or have other elements."""
        return tuple(
            rule
            for number, rule in enumerate(self.rules)
            if rule.spacings and (number > 0 or rule.alone)
        )


@dataclass(frozen=True)
class Grammar:
    """A data definition: the path by which the model definition names it, and its content."""

    path: str
    source: Source
    sequence_space: str
    elements: tuple[Matrix | Kmers, ...]
    conditions: tuple[Condition, ...]

    @functools.cached_property
    def by_id(self) -> dict[str, Condition]:
        return {condition.id: condition for condition in self.conditions}


@dataclass(frozen=True)
class Distribution:
    """The frequency of each letter: in one set or in all, under one condition or under all."""

    path: str
    set_name: str | None
    condition: str | None
    letters: tuple[tuple[str, float], ...]
    span: Span


@dataclass(frozen=True)
class ExampleSet:
    """A set: for each kind of example, the ids of its conditions and the number of examples."""

    name: str
    examples: tuple[tuple[tuple[str, ...], int], ...]
    span: Span

    @property
    def path(self) -> str:
        return f"datageneration/sets/set {self.name}"

    @property
    def conditions(self) -> set[str]:
        return {id for ids, _ in self.examples for id in ids}


@dataclass(frozen=True)
class Shuffle:
    """Shuffled copies of each example, with the same k-mers, under other labels.

    `early`: its `k` is written before its `labels`.
    """

    path: str
    k: Value[int]
    labels: str
    early: bool
    span: Span


@dataclass(frozen=True)
class Simulation:
    """A data definition from which data are simulated, under its semantics.

    No rule of `conditions` names an element twice: a second mention has a new name, and `copies`
    maps it to its element.
    """

    id: Given[str]
    name: Given[str]
    description: Given[str]
    task: Given[str]
    sequence_space: Given[str]
    seed: Given[int]
    minimum_length: Given[int]
    maximum_length: Given[int]
    distributions: tuple[Distribution, ...]
    sets: tuple[ExampleSet, ...]
    shuffles: tuple[Shuffle, ...]
    grammar: Grammar
    conditions: tuple[Condition, ...]
    copies: tuple[tuple[str, str], ...]
    semantics: str
    backend: ClassVar[str] = SIMULATOR


@dataclass(frozen=True)
class Pair:
    """Two elements, and the number of letters from the end of the first to the start of the second;
    under the semantics of seqgra 0.0.4, from start to start.
    """

    first: str
    second: str
    nearest: int
    farthest: int


@dataclass(frozen=True)
class Term:
    """What a rule adds to its label's score: each element's best score at a position, and the best
    pair.
    """

    position: str | int
    elements: tuple[str, ...]
    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class BayesModel(BayesDefinition):
    """A Bayes classifier with the content of its data definition, and the terms of each label."""

    grammar: Grammar
    terms: tuple[tuple[Term, ...], ...]


# What a script is compiled from, if it does not simulate data.
Classifier = Model | BayesModel
