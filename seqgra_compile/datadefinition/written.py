"""A data definition as written, as far as a classifier needs it: conditions and elements.

How examples are generated (background, sets, postprocessing) is checked for its structure only.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..source import Source, Span, Text


@dataclass(frozen=True)
class Letter:
    """`<letter probability="0.25">A</letter>`, or a k-mer and its probability."""

    text: Text
    probability: Text


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
class Rule:
    span: Span
    position: Text
    probability: Text
    elements: tuple[Text, ...]
    spacing: tuple[SpacingConstraint, ...]


@dataclass(frozen=True)
class Condition:
    id: Text
    label: Text
    mode: Text | None
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class DataDefinition:
    source: Source
    id: Text
    task: Text
    sequence_space: Text
    conditions: tuple[Condition, ...]
    elements: tuple[MatrixElement | KmerElement, ...]
