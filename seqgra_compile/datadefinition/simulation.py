"""A `DataDefinition` to a `Simulation`: what its script draws. Reports SG2, SG4, SG5 and SG7."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from ..catalog.data import NUMBERS, SETS, SHUFFLE
from ..catalog.semantics import SEMANTICS
from ..catalog.sequences import SEQUENCE_SPACES
from ..grammar import Condition, Distribution, ExampleSet, Grammar, Kmers, Rule, Shuffle, Simulation
from ..ir import SEQGRA_DEFAULT, Given, Value
from ..messages.diagnostics import Diagnostics, quoted, suggest
from ..reading.values import as_written, read_choice, read_id, read_value
from ..source import Span, Text
from . import written
from .analyzer import analyze_data, read_weight
from .placement import Placement

T = TypeVar("T")
_TOO_LARGE = 2**31  # for uShuffle, which takes a C int


def analyze_simulation(
    definition: written.DataDefinition, semantics: str, diagnostics: Diagnostics
) -> Simulation | None:
    """The data to simulate, or None if something in the definition is wrong."""
    grammar = analyze_data(definition, "", diagnostics)
    imitates = SEMANTICS[semantics].imitates
    analysis = _Analysis(definition, imitates, diagnostics)
    id = read_id(definition.id, "general/@id", diagnostics)
    seed = read_value(definition.seed, "general/seed", NUMBERS["seed"], "the seed", diagnostics)
    if seed and seed.value >= _TOO_LARGE:
        analysis.report_seed(seed.span)
    shortest, longest = analysis.lengths()
    sets = analysis.sets()
    distributions = tuple(map(analysis.distribution, *_numbered(definition.distributions)))
    shuffles = tuple(map(analysis.shuffle, *_numbered(definition.operations)))
    if diagnostics.failed or not (grammar and seed and shortest and longest):
        return None
    placement = Placement(grammar, imitates, diagnostics)
    conditions, copies = placement.conditions, tuple(placement.copies.items())
    analysis.check_distributions(sets, distributions)
    analysis.check_room(grammar, conditions, copies, shortest.value)
    analysis.check_words(grammar)
    analysis.note_departures()
    analysis.warn(grammar, conditions, sets)
    if diagnostics.failed:
        return None
    if len(sets) > 1:
        diagnostics.note(
            "SG438",
            sets[1].span,
            f"the set {sets[1].name} depends on how many examples the set {sets[0].name} has: one "
            "stream of random numbers runs through all sets, as in seqgra 0.0.4",
        )
    return Simulation(
        id,
        as_written(definition.name, "general/name"),
        as_written(definition.description, "general/description"),
        as_written(definition.task, "general/task"),
        as_written(definition.sequence_space, "general/sequencespace"),
        seed,
        shortest,
        longest,
        distributions,
        sets,
        shuffles,
        grammar,
        conditions,
        copies,
        semantics,
    )


class _Analysis:
    """What a simulator needs besides the grammar. Faults are reported and left out."""

    def __init__(
        self, definition: written.DataDefinition, seqgra: bool, diagnostics: Diagnostics
    ) -> None:
        self.definition, self.seqgra, self.diagnostics = definition, seqgra, diagnostics
        self.conditions = [condition.id.value for condition in definition.conditions]
        space = SEQUENCE_SPACES.get(definition.sequence_space.value)
        self.alphabet = space.alphabet if space else None
        self.folds_case = bool(space and space.folds_case)

    # ---- general, background ----

    def report_seed(self, span: Span) -> None:
        limit = f"seqgra 0.0.4 accepts no seed above {_TOO_LARGE - 1}"
        if self.seqgra:
            self.diagnostics.error(
                "SG522", span, limit, "choose a smaller one, or compile with --semantics intended"
            )
        else:
            self.diagnostics.note("SG734", span, f"{limit}; the script does")

    def lengths(self) -> tuple[Given[int] | None, Given[int] | None]:
        texts = (self.definition.minimum_length, self.definition.maximum_length)
        names = ("minlength", "maxlength")
        shortest, longest = (
            read_value(text, f"background/{name}", NUMBERS[name], f"'{name}'", self.diagnostics)
            for text, name in zip(texts, names, strict=True)
        )
        if shortest and longest and shortest.value > longest.value:
            self.diagnostics.error(
                "SG430",
                longest.span,
                f"there is no length from {shortest.value} to {longest.value}",
                "minlength must be the smaller number",
            )
        return shortest, longest

    def distribution(self, distribution: written.DistributionElement, number: int) -> Distribution:
        if distribution.set_name:
            read_choice(distribution.set_name, "@setname", SETS, self.diagnostics)
        if distribution.condition:
            self.known(distribution.condition)
        letters: dict[str, float] = {}
        for letter in distribution.letters:
            name = letter.text.value
            folded = name.upper() if self.folds_case else name
            if self.alphabet and (len(folded) != 1 or folded not in self.alphabet):
                self.diagnostics.error(
                    "SG421",
                    letter.text.span,
                    f"{quoted(name)} is not a letter of {self.definition.sequence_space.value}"
                    if name
                    else "no letter",
                    f"its letters are {', '.join(self.alphabet)}",
                )
            elif name in letters:
                self.diagnostics.error(
                    "SG422",
                    letter.text.span,
                    f"the letter '{name}' occurs twice in one distribution",
                    "delete one",
                )
            letters[name] = read_weight(letter, self.diagnostics)
        if sum(letters.values()) <= 0:
            self.diagnostics.error(
                "SG423",
                distribution.span,
                "the probabilities of this distribution's letters sum to 0",
                "give at least one of them a probability above 0",
            )
        return Distribution(
            f"background/alphabetdistributions/alphabetdistribution[{number}]",
            distribution.set_name.value if distribution.set_name else None,
            distribution.condition.value if distribution.condition else None,
            tuple(letters.items()),
            distribution.span,
        )

    def known(self, condition: Text) -> None:
        if condition.value not in self.conditions:
            self.diagnostics.error(
                "SG424",
                condition.span,
                f"the data definition has no condition {quoted(condition.value)}",
                suggest(condition.value, self.conditions),
            )

    def check_distributions(
        self, sets: Iterable[ExampleSet], distributions: tuple[Distribution, ...]
    ) -> None:
        """Every kind of example needs exactly one distribution."""
        seen: set[tuple[str | None, str | None]] = set()
        for distribution in distributions:
            key = distribution.set_name, distribution.condition
            if key in seen:
                self.diagnostics.error(
                    "SG431",
                    distribution.span,
                    "a second distribution for the same set and condition",
                    "delete one, or name another set or condition",
                )
            seen.add(key)
        for each in sets:
            for condition in sorted(each.conditions):
                fitting = {(each.name, condition), (each.name, None), (None, condition)}
                if not seen & (fitting | {(None, None)}):
                    self.diagnostics.error(
                        "SG432",
                        self.definition.minimum_length.span,
                        f"no letters for examples of '{condition}' in the set {each.name}",
                        "add an alphabetdistribution without setname and cid: it applies to all others",
                    )

    # ---- sets, postprocessing ----

    def sets(self) -> tuple[ExampleSet, ...]:
        found: dict[str, ExampleSet] = {}
        for each in self.definition.sets:
            name = each.name.value
            read_choice(each.name, "set/@name", SETS, self.diagnostics)
            if name in found:
                self.diagnostics.error(
                    "SG420", each.name.span, f"a second set {quoted(name)}", "rename one of the two"
                )
            examples = tuple(map(self.example, each.examples))
            found[name] = ExampleSet(name, examples, each.name.span)
        return tuple(found.values())

    def example(self, example: written.ExampleElement) -> tuple[tuple[str, ...], int]:
        for condition in example.conditions:
            self.known(condition)
        samples = read_value(
            example.samples,
            "example/@samples",
            NUMBERS["example/@samples"],
            "'samples'",
            self.diagnostics,
        )
        return tuple(id.value for id in example.conditions), samples.value if samples else 1

    def shuffle(self, operation: written.PostprocessingElement, number: int) -> Shuffle:
        read_choice(operation.name, "postprocessing/operation", (SHUFFLE,), self.diagnostics)
        if set(operation.labels.value) & set("\t\r\n"):
            self.diagnostics.error(
                "SG204",
                operation.labels.span,
                "'labels' holds a tab or a line break, which ends a column or a line of a data file",
                "delete it",
            )
        path = f"datageneration/postprocessing/operation[{number}]"
        k: Value[int] | None = None
        if operation.k:
            k = read_value(
                operation.k, f"{path}/@k", NUMBERS["operation/@k"], "'k'", self.diagnostics
            )
        if operation.k and operation.k_first and not self.seqgra:
            self.diagnostics.note(
                "SG730",
                operation.k.span,
                "seqgra 0.0.4 drops a 'k' before 'labels'; the script uses it",
            )
        if k and operation.k_first and self.seqgra:
            k = replace(k, value=1, note="dropped by seqgra 0.0.4: it is written before labels")
        k = k or Value(1, f"{path}/@k", None, SEQGRA_DEFAULT)
        return Shuffle(path, k, operation.labels.value, operation.k_first, operation.name.span)

    # ---- rules ----

    def check_room(
        self,
        grammar: Grammar,
        conditions: tuple[Condition, ...],
        copies: Iterable[tuple[str, str]],
        length: int,
    ) -> None:
        """Report what does not fit into the shortest sequence."""
        widths = {element.name: element.width for element in grammar.elements}
        widths |= {copy: widths[name] for copy, name in copies}
        for rule in (rule for condition in conditions for rule in condition.rules):
            before = 0
            if isinstance(rule.position, int):
                before = rule.position - 1
                if not 1 <= rule.position <= length:
                    self.diagnostics.error(
                        "SG433",
                        rule.span,
                        f"position {rule.position} is outside the shortest sequence",
                        f"positions are 1 to {length}",
                    )
                    continue
            for name in dict.fromkeys(rule.alone):
                self.check_fits(before + widths[name], length, rule.span, f"'{name}'")
            for chain in rule.chains:
                # seqgra counts one letter less for a distance after a fixed position.
                ahead = rule.position if isinstance(rule.position, int) else 0
                names = [*dict.fromkeys(name for spacing in chain for name in spacing.names)]
                names *= 2 // len(names) or 1  # paired with itself: the same letters twice
                between = sum(spacing.minimum for spacing in chain)
                self.check_fits(
                    ahead + sum(widths[name] for name in names) + between,
                    length,
                    chain[0].span,
                    f"{', '.join(map(repr, names))} and {between} letters between them",
                )

    def check_fits(self, needed: int, length: int, span: Span, what: str) -> None:
        if needed > length:
            self.diagnostics.error(
                "SG434",
                span,
                f"at this position {what} would end at letter {needed}; the shortest sequence has {length}",
                "make minlength larger, or the distance or the elements smaller",
            )

    def check_words(self, grammar: Grammar) -> None:
        for element in grammar.elements:
            if isinstance(element, Kmers) and len(set(element.written)) < len(element.written):
                self.diagnostics.error("SG422", element.span, "a k-mer occurs twice", "delete one")

    def note_departures(self) -> None:
        operations = self.definition.operations
        for text in self.definition.padded:
            said = f"seqgra 0.0.4 takes the blanks around {quoted(text.value)} as part of it"
            if self.seqgra:
                help = "delete them, or compile with --semantics intended"
                self.diagnostics.error("SG525", text.span, said, help)
            else:
                self.diagnostics.note("SG735", text.span, f"{said}; the script does not")
        if len(operations) > 1 and not self.seqgra:
            self.diagnostics.note(
                "SG732",
                operations[1].name.span,
                "seqgra 0.0.4 also shuffles the copies of the previous operation; the script "
                "shuffles only the examples",
            )

    def warn(
        self, grammar: Grammar, conditions: tuple[Condition, ...], sets: tuple[ExampleSet, ...]
    ) -> None:
        used = {id for each in sets for id in each.conditions}
        for condition in conditions:
            if condition.id not in used:
                self.diagnostics.warning(
                    "SG435",
                    condition.span,
                    f"no set has examples of the condition '{condition.id}'",
                    "delete it, or add examples",
                )
            self.warn_of_sum(condition)
            for rule in condition.rules:
                self.warn_of_overlap(rule)
        found = {each.name for each in sets}
        missing = [name for name in SETS if name not in found]
        if missing:
            self.diagnostics.warning(
                "SG439",
                sets[0].span,
                f"there is no set {' and no set '.join(missing)}; training scripts read all three",
                f'add <set name="{missing[0]}">, unless its file comes from elsewhere',
            )
        rules = (rule for condition in grammar.conditions for rule in condition.rules)
        elements = {name for rule in rules for name in rule.elements}
        for element in grammar.elements:
            if element.name not in elements:
                self.diagnostics.warning(
                    "SG435",
                    element.span,
                    f"no rule names the element '{element.name}'",
                    "delete it",
                )

    def warn_of_sum(self, condition: Condition) -> None:
        total = math.fsum(rule.probability for rule in condition.rules)
        if condition.exclusive and not math.isclose(total, 1, rel_tol=1e-9):
            without = "later rules are applied less often than they say"
            self.diagnostics.warning(
                "SG436",
                condition.span,
                f"the probabilities of mutually exclusive rules add up to {total:.6g}, not to 1",
                without
                if total > 1
                else f"no rule is applied to a fraction of {1 - total:.6g} of all examples",
            )

    def warn_of_overlap(self, rule: Rule) -> None:
        parts = len(set(rule.alone)) + len(rule.chains)
        if rule.position != "random" and parts > 1:
            self.diagnostics.warning(
                "SG437",
                rule.span,
                f"several elements at the position {rule.position}: later ones overwrite earlier ones",
                "place them randomly, pair them by a spacing constraint, or write several rules",
            )


def _numbered(items: tuple[T, ...]) -> tuple[tuple[T, ...], range]:
    """The items, and their numbers from 1."""
    return items, range(1, len(items) + 1)
