"""What the difference between two data definitions means for the data that they simulate."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from ...grammar import ExampleSet, Kmers, Matrix, Rule, Simulation
from .effect import DIFFERENT, SAME, Effect

_REACHED = f"{DIFFERENT}, because one stream of random numbers runs through all sets"


def data_effects(a: Simulation, b: Simulation) -> tuple[Effect, ...]:
    """The effects on each set in the order of the files, then on the shuffled copies."""
    same = (a.seed.value, *_lengths(a)) == (b.seed.value, *_lengths(b))
    found = []
    for one, other in zip_longest(a.sets, b.sets):
        if one is None or other is None or one.name != other.name:
            names = " -> ".join("none" if each is None else each.name for each in (one, other))
            found.append(Effect("sets", names))
            same = False
            continue
        own = _made_of(a, one) == _made_of(b, other)
        found.append(Effect(f"set {one.name}", _verdict(one, other, same, own)))
        same &= own
    if a.shuffles or b.shuffles:
        copies = [[(s.k.value, s.labels) for s in each.shuffles] for each in (a, b)]
        same &= copies[0] == copies[1]
        found.append(Effect("shuffled copies", SAME if same else DIFFERENT))
    return tuple(found)


def _verdict(one: ExampleSet, other: ExampleSet, same: bool, own: bool) -> str:
    if same and own:
        return SAME
    sizes = [sum(samples for _, samples in each.examples) for each in (one, other)]
    number = "" if sizes[0] == sizes[1] else f"; {sizes[0]:,} -> {sizes[1]:,} examples"
    return (_REACHED if own else DIFFERENT) + number


def _lengths(model: Simulation) -> tuple[int, int]:
    return model.minimum_length.value, model.maximum_length.value


def _made_of(model: Simulation, each: ExampleSet) -> tuple[object, ...]:
    """All that decides a set, except seed, lengths, and earlier draws."""
    conditions = [condition for condition in model.conditions if condition.id in each.conditions]
    rules = [
        (condition.id, condition.exclusive, tuple(_rules(model, condition.rules)))
        for condition in conditions
    ]
    anywhere = any(not ids for ids, _ in each.examples)
    letters = [
        (found.set_name, found.condition, found.letters)
        for found in model.distributions
        if anywhere or found.set_name in (None, each.name)
    ]
    return each.examples, rules, letters


def _rules(model: Simulation, rules: tuple[Rule, ...]) -> Iterator[tuple[object, ...]]:
    copies = dict(model.copies)
    elements = {element.name: element for element in model.grammar.elements}
    for rule in rules:
        drawn = [_letters(elements[copies.get(name, name)]) for name in rule.elements]
        pairs = [
            (*spacing.names, spacing.minimum, spacing.maximum, spacing.any_order)
            for spacing in rule.spacings
        ]
        yield rule.position, rule.probability, rule.elements, drawn, pairs


def _letters(element: Matrix | Kmers) -> tuple[object, ...]:
    if isinstance(element, Kmers):
        return element.words, element.written
    return element.positions, element.letters
