"""A `DataDefinition` to a typed `Grammar`. Reports SG2, and SG4, contradictions between its parts."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..catalog.data import MODES, NUMBERS, ORDERS, POSITION, POSITIONS
from ..catalog.sequences import SEQUENCE_SPACES, TASKS, SequenceSpace
from ..grammar import Condition, Grammar, Kmers, Matrix, Rule, Spacing
from ..messages.diagnostics import Diagnostics, one_of, quoted, suggest
from ..reading.values import read_choice, read_id, read_value
from ..source import Span, Text
from .written import (
    ConditionElement,
    DataDefinition,
    KmerElement,
    Letter,
    MatrixElement,
    Position,
    RuleElement,
    SpacingConstraint,
)

_RULE = "conditions/condition/grammar/rule"


def analyze_data(definition: DataDefinition, path: str, diagnostics: Diagnostics) -> Grammar | None:
    """The grammar, or None if something in it is wrong; `path` is the model's name for the file."""
    read_choice(definition.task, "general/task", TASKS, diagnostics)
    space = read_choice(
        definition.sequence_space, "general/sequencespace", SEQUENCE_SPACES, diagnostics
    )
    if space is None:
        return None
    analysis = _Analysis(definition, SEQUENCE_SPACES[space.value], diagnostics)
    elements = tuple(map(analysis.element, definition.elements))
    conditions = tuple(map(analysis.condition, definition.conditions))
    if diagnostics.failed:
        return None
    return Grammar(path, definition.source, space.value, elements, conditions)


def read_weight(letter: Letter, diagnostics: Diagnostics) -> float:
    """A probability; a wrong one is reported and taken as 1."""
    what = f"the probability of {quoted(letter.text.value)}"
    value = read_value(
        letter.probability, "@probability", NUMBERS["letter/@probability"], what, diagnostics
    )
    return value.value if value else 1.0


class _Analysis:
    """One pass over a data definition. What is wrong is reported and left out."""

    def __init__(
        self, definition: DataDefinition, space: SequenceSpace, diagnostics: Diagnostics
    ) -> None:
        self.space = space
        self.diagnostics = diagnostics
        self.check_ids([condition.id for condition in definition.conditions])
        self.check_ids([element.id for element in definition.elements])
        self.elements = dict.fromkeys(element.id.value for element in definition.elements)

    def check_ids(self, ids: Iterable[Text]) -> None:
        seen: set[str] = set()
        for id in ids:
            read_id(id, "@id", self.diagnostics)
            if id.value in seen:
                self.diagnostics.error(
                    "SG420",
                    id.span,
                    f"the id {quoted(id.value)} is given twice",
                    "rename one of the two",
                )
            seen.add(id.value)

    # ---- sequence elements ----

    def element(self, element: MatrixElement | KmerElement) -> Matrix | Kmers:
        if isinstance(element, KmerElement):
            return self.kmers(element)
        positions = tuple(map(self.position, element.positions))
        letters = tuple(
            "".join(letter.text.value for letter in position.letters)
            for position in element.positions
        )
        return Matrix(element.id.value, positions, letters, element.id.span)

    def position(self, position: Position) -> tuple[float, ...]:
        """The weights of a position's letters, in the order of the alphabet; a letter that is not
        listed has weight 0.
        """
        weights: dict[str, float] = {}
        for letter in position.letters:
            name = self.folded(letter.text.value)
            if len(name) != 1 or name not in self.space.alphabet:
                self.unknown_letter(letter.text, name)
            elif name in weights:
                self.diagnostics.error(
                    "SG422",
                    letter.text.span,
                    f"the letter '{name}' occurs twice in one position",
                    "delete one",
                )
            weights[name] = self.weight(letter)
        self.check_sum(position.span, "this position's letters", weights.values())
        return tuple(weights.get(letter, 0.0) for letter in self.space.alphabet)

    def kmers(self, element: KmerElement) -> Kmers:
        words: dict[str, float] = {}
        for kmer in element.kmers:
            word = self.folded(kmer.text.value)
            if not word:
                self.unknown_letter(kmer.text, word)
            for letter in word:
                if letter not in self.space.alphabet:
                    self.unknown_letter(kmer.text, letter)
                    break
            words[word] = words.get(word, 0.0) + self.weight(kmer)
        self.check_sum(element.span, "the k-mers of this element", words.values())
        written = tuple(kmer.text.value for kmer in element.kmers)
        return Kmers(element.id.value, tuple(words.items()), written, element.id.span)

    def folded(self, letters: str) -> str:
        return letters.upper() if self.space.folds_case else letters

    def unknown_letter(self, text: Text, letter: str) -> None:
        self.diagnostics.error(
            "SG421",
            text.span,
            f"{quoted(letter)} is not a letter of {self.space.name}" if letter else "no letter",
            f"its letters are {', '.join(self.space.alphabet)}",
        )

    def weight(self, letter: Letter) -> float:
        return read_weight(letter, self.diagnostics)

    def check_sum(self, span: Span, what: str, weights: Iterable[float]) -> None:
        if sum(weights) <= 0:
            self.diagnostics.error(
                "SG423",
                span,
                f"the probabilities of {what} sum to 0",
                "give at least one of them a probability above 0",
            )

    # ---- conditions ----

    def condition(self, condition: ConditionElement) -> Condition:
        mode = condition.mode
        if mode and mode.value:
            read_choice(mode, "conditions/condition/mode", MODES, self.diagnostics)
        return Condition(
            condition.id.value,
            condition.label.value,
            mode is not None and mode.value == MODES[1],
            bool(mode and mode.value),
            tuple(map(self.rule, condition.rules)),
            condition.id.span,
        )

    def rule(self, rule: RuleElement) -> Rule:
        for name in rule.elements:
            self.check_known(name, self.elements, "the data definition has no sequence element")
        probability = read_value(
            rule.probability,
            f"{_RULE}/probability",
            NUMBERS["probability"],
            "the probability",
            self.diagnostics,
        )
        return Rule(
            self.place(rule.position),
            probability.value if probability else 1.0,
            tuple(name.value for name in rule.elements),
            tuple(self.spacing(spacing, rule) for spacing in rule.spacing),
            rule.span,
        )

    def check_known(self, name: Text, known: Iterable[str], problem: str) -> None:
        if name.value not in known:
            self.diagnostics.error(
                "SG424",
                name.span,
                f"{problem} {quoted(name.value)}",
                suggest(name.value, known) if known else None,
            )

    def place(self, position: Text) -> str | int:
        if position.value in POSITIONS:
            return position.value
        if re.fullmatch(POSITION, position.value):
            return int(position.value)
        self.diagnostics.error(
            "SG206",
            position.span,
            f"unknown position {quoted(position.value)}" if position.value else "no position",
            f"{one_of(POSITIONS)}, or a number",
        )
        return "random"

    def spacing(self, spacing: SpacingConstraint, rule: RuleElement) -> Spacing:
        named = dict.fromkeys(name.value for name in rule.elements)
        for name in (spacing.first, spacing.second):
            self.check_known(name, named, "the rule of this constraint has no sequence element")
        order = read_choice(
            spacing.order, f"{_RULE}/spacingconstraint/@order", ORDERS, self.diagnostics
        )
        bounds = [
            read_value(
                text,
                "@" + name,
                NUMBERS[f"spacingconstraint/@{name}"],
                f"'{name}'",
                self.diagnostics,
            )
            for name, text in (("mindistance", spacing.minimum), ("maxdistance", spacing.maximum))
        ]
        minimum, maximum = (bound.value if bound else 0 for bound in bounds)
        if all(bounds) and minimum > maximum:
            self.diagnostics.error(
                "SG425",
                spacing.maximum.span,
                f"there is no distance from {minimum} to {maximum}",
                "mindistance must be the smaller number",
            )
        return Spacing(
            spacing.first.value,
            spacing.second.value,
            minimum,
            maximum,
            order is not None and order.value == "random",
            spacing.span,
        )
