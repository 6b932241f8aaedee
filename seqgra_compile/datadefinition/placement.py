"""Which mentions of elements the spacing constraints of a rule refer to. Reports SG5 and SG7.

seqgra 0.0.4 handles one mention of an element per rule, and one constraint for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..grammar import Condition, Grammar, Rule, Spacing
from ..messages.diagnostics import Diagnostics

_Mentions = dict[str, list[str]]


class Placement:
    """The conditions of a definition, each mention of an element under its own name.

    `copies`: the names of second mentions, and of which element they are.
    """

    def __init__(self, grammar: Grammar, seqgra: bool, diagnostics: Diagnostics) -> None:
        self.diagnostics = diagnostics
        self.taken = {element.name for element in grammar.elements}
        self.copies: dict[str, str] = {}
        rules = (rule for condition in grammar.conditions for rule in condition.rules)
        self.shares = any(_first_shared(rule.spacings) for rule in rules)
        place = self.as_seqgra if seqgra else self.as_meant
        self.conditions: tuple[Condition, ...] = tuple(
            replace(condition, rules=tuple(map(place, condition.rules)))
            for condition in grammar.conditions
        )

    def as_seqgra(self, rule: Rule) -> Rule:
        shared = _first_shared(rule.spacings)
        if shared:
            self.diagnostics.error(
                "SG521",
                shared.span,
                "this spacing constraint shares an element with an earlier one: seqgra 0.0.4 ends with a "
                "KeyError",
                "compile with --semantics intended",
            )
        return rule

    def as_meant(self, rule: Rule) -> Rule:
        """Constraints use the mentions of an element in turn, then keep the last one."""
        if len(set(rule.elements)) < len(rule.elements):
            self.diagnostics.note(
                "SG731",
                rule.span,
                "seqgra 0.0.4 places an element only once if a rule names it twice; the script "
                "places it as often as it is named",
            )
        named = [*rule.elements]
        if self.shares:  # else an element that is paired with itself has the same letters twice
            itself = [each.first for each in rule.spacings if each.first == each.second]
            named += [name for name in itself if named.count(name) == 1]
        elements = tuple(self.numbered(named))
        mentions: _Mentions = {}
        for name, mention in zip(named, elements, strict=True):
            mentions.setdefault(name, []).insert(0, mention)
        spacings = [
            replace(each, first=_taken(mentions, each.first), second=_taken(mentions, each.second))
            for each in rule.spacings
        ]
        shared = _first_shared(spacings)
        if shared:
            spacings = self.in_chains(spacings)
        if shared and not self.diagnostics.failed:
            self.diagnostics.note(
                "SG733",
                shared.span,
                "seqgra 0.0.4 fails if spacing constraints share an element; the script places "
                "all linked elements together",
            )
        return replace(rule, elements=elements, spacings=tuple(spacings))

    def numbered(self, named: Iterable[str]) -> Iterator[str]:
        """Each mention's name: the element's, or for a second one a name of its own."""
        counts: Counter[str] = Counter()
        for element in named:
            counts[element] += 1
            name = element if counts[element] == 1 else f"{element}-{counts[element]}"
            while name != element and name in self.taken:
                name += "-"
            if name != element:
                self.copies[name] = element
            yield name

    def in_chains(self, spacings: list[Spacing]) -> list[Spacing]:
        """Constraints in an order in which each places one more element."""
        ordered: list[Spacing] = []
        left = list(spacings)
        while left:
            placed = {left[0].first}
            while linked := next((each for each in left if placed & set(each.names)), None):
                if placed >= set(linked.names):
                    self.report_cycle(linked)
                left.remove(linked)
                ordered.append(linked)
                placed |= set(linked.names)
        return ordered

    def report_cycle(self, spacing: Spacing) -> None:
        self.diagnostics.error(
            "SG521",
            spacing.span,
            f"how far '{spacing.first}' and '{spacing.second}' are apart already follows from other "
            "spacing constraints",
            "delete one of them, or name an element twice in the rule",
        )


def _taken(mentions: _Mentions, element: str) -> str:
    left = mentions[element]
    return left.pop() if len(left) > 1 else left[0]


def _first_shared(spacings: Iterable[Spacing]) -> Spacing | None:
    """The first constraint that names an element of an earlier one."""
    known: set[str] = set()
    for spacing in spacings:
        if known & set(spacing.names):
            return spacing
        known |= set(spacing.names)
    return None
