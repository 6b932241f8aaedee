"""The settings of a data definition from which data are simulated."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalog.sequences import SEQUENCE_SPACES
from ...datadefinition.arranged import MODE
from ...grammar import Condition, Distribution, ExampleSet, Kmers, Matrix, Rule, Shuffle, Simulation
from ...ir import DEFINITION, SEQGRA_DEFAULT
from ...script.deciders import Decider, OfCondition, OfElement, Stated
from ...source import Span
from .entry import Entry, entry_of
from .setting import in_number


def simulated(model: Simulation) -> Iterator[Entry]:
    """The settings, in the order of the definition."""
    for value, group in (
        (model.id, Decider.ID),
        (model.name, Decider.NAME),
        (model.description, Decider.DESCRIPTION),
        (model.task, Decider.TASK),
        (model.sequence_space, Decider.SPACE),
        (model.seed, Decider.SEED),
        (model.minimum_length, Decider.LENGTHS),
        (model.maximum_length, Decider.LENGTHS),
    ):
        yield entry_of(value, group, head=True)
    for distribution in model.distributions:
        yield _stated(distribution.path, _letters(distribution), distribution.span)
    for example_set in model.sets:
        yield _stated(example_set.path, _examples(example_set), example_set.span)
    for shuffle in model.shuffles:
        yield from _copies(shuffle)
    for condition in model.conditions:
        yield from _condition(condition)
    letters = "sequenceelements/sequenceelement/matrixbased/position/letter"
    for element in model.grammar.elements:
        kmers = isinstance(element, Kmers)
        yield Entry(
            f"sequenceelements/sequenceelement {element.name}",
            _listed(element, model.sequence_space.value),
            DEFINITION,
            element.span,
            unit="weights of words" if kmers else "weights per position",
            group=OfElement(element.name),
            head=True,
            constants=() if kmers else (letters,),
        )


def _listed(element: Matrix | Kmers, space: str) -> tuple[object, ...]:
    """Words, or the letters of each position, with their weights, in the order of drawing."""
    if isinstance(element, Kmers):
        weights = dict(element.words)
        return tuple(
            (word, weights.get(word, weights.get(word.upper()))) for word in element.written
        )
    found = SEQUENCE_SPACES[space]
    rows = []
    for letters, position in zip(element.letters, element.positions, strict=True):
        weights = dict(zip(found.alphabet, position, strict=True))
        folded = letters.upper() if found.folds_case else letters
        rows.append(tuple((a, weights[b]) for a, b in zip(letters, folded, strict=True)))
    return tuple(rows)


def _stated(path: str, value: str, span: Span) -> Entry:
    group = Stated(path)
    return Entry(path, value, DEFINITION, span, group=group, head=True)


def _letters(each: Distribution) -> str:
    letters = ", ".join(f"{letter} {weight!r}" for letter, weight in each.letters)
    where = f"in the set {each.set_name}" if each.set_name else "in all sets"
    of = f"of the condition {each.condition}" if each.condition else "of all others"
    return f"{letters}; {where}, {of}"


def _examples(each: ExampleSet) -> str:
    kinds = (
        f"{samples:,} {' and '.join(ids) or 'without condition'}" for ids, samples in each.examples
    )
    return ", ".join(kinds)


def _copies(each: Shuffle) -> Iterator[Entry]:
    yield _stated(each.path, each.labels, each.span)
    yield entry_of(each.k, Stated(each.path), constants=(each.path,))


def _condition(condition: Condition) -> Iterator[Entry]:
    path, group = f"conditions/condition {condition.id}", OfCondition(condition.id)
    rules = "; ".join(map(_rule, condition.rules))
    yield Entry(path, rules, DEFINITION, condition.span, group=group, head=True)
    mode = "mutually exclusive" if condition.exclusive else "sequential"
    origin = DEFINITION if condition.mode_stated else SEQGRA_DEFAULT
    span = condition.span if condition.mode_stated else None
    yield Entry(f"{path}/mode", mode, origin, span, group=group, constants=(MODE,))


def _rule(rule: Rule) -> str:
    parts = [f"{', '.join(rule.elements)} at {rule.position}, probability {rule.probability!r}"]
    for spacing in rule.spacings:
        letters = in_number(spacing.maximum, "letters")
        distance = f"{spacing.minimum} to {spacing.maximum} {letters}"
        order = ", in either order" if spacing.any_order else ""
        parts.append(f"{spacing.second} {distance} after {spacing.first}{order}")
    return ", ".join(parts)
