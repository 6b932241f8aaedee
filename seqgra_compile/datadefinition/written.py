"""A data definition as written: every value is still text, with its place."""

from __future__ import annotations

from dataclasses import dataclass

from ..source import Source, Span, Text


@dataclass(frozen=True)
class Letter:
    """`<letter probability="0.25">A</letter>`, or a k-mer and its probability.

    `padded`: there are blanks around the letter, which seqgra reads as part of it.
    """

    text: Text
    probability: Text
    padded: bool


@dataclass(frozen=True)
class Position:
    """One position of a matrix: its letters in the order of the file."""

    span: Span
    letters: tuple[Letter, ...]


@dataclass(frozen=True)
class MatrixElement:
    """`<sequenceelement id="..."><matrixbased>`."""

    id: Text
    positions: tuple[Position, ...]


@dataclass(frozen=True)
class KmerElement:
    """`<sequenceelement id="..."><kmerbased>`."""

    id: Text
    span: Span
    kmers: tuple[Letter, ...]


@dataclass(frozen=True)
class SpacingConstraint:
    span: Span
    first: Text
    second: Text
    minimum: Text
    maximum: Text
    order: Text


@dataclass(frozen=True)
class RuleElement:
    span: Span
    position: Text
    probability: Text
    elements: tuple[Text, ...]
    spacing: tuple[SpacingConstraint, ...]


@dataclass(frozen=True)
class ConditionElement:
    id: Text
    label: Text
    mode: Text | None
    rules: tuple[RuleElement, ...]


@dataclass(frozen=True)
class DistributionElement:
    """`<alphabetdistribution setname="..." cid="...">`: both are optional."""

    span: Span
    set_name: Text | None
    condition: Text | None
    letters: tuple[Letter, ...]


@dataclass(frozen=True)
class ExampleElement:
    """`<example samples="...">` and the ids of its conditions."""

    samples: Text
    conditions: tuple[Text, ...]


@dataclass(frozen=True)
class SetElement:
    name: Text
    examples: tuple[ExampleElement, ...]


@dataclass(frozen=True)
class PostprocessingElement:
    """`<operation labels="..." k="...">`; `k_first`: in this order the two attributes are swapped.

    `padded`: there are blanks around the name, so seqgra does not recognize it.
    """

    name: Text
    labels: Text
    k: Text | None
    k_first: bool
    padded: bool


@dataclass(frozen=True)
class DataDefinition:
    source: Source
    id: Text
    name: Text
    description: Text
    task: Text
    sequence_space: Text
    seed: Text
    minimum_length: Text
    maximum_length: Text
    distributions: tuple[DistributionElement, ...]
    sets: tuple[SetElement, ...]
    operations: tuple[PostprocessingElement, ...]
    conditions: tuple[ConditionElement, ...]
    elements: tuple[MatrixElement | KmerElement, ...]

    @property
    def padded(self) -> tuple[Text, ...]:
        """Letters, k-mers and operations that have blanks around them."""
        parts: list[Letter] = [each for of in self.distributions for each in of.letters]
        for element in self.elements:
            if isinstance(element, KmerElement):
                parts += element.kmers
            else:
                parts += (each for position in element.positions for each in position.letters)
        letters = [each.text for each in parts if each.padded]
        return (*letters, *(each.name for each in self.operations if each.padded))
