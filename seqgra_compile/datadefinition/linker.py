"""A Bayes classifier's labels joined to their conditions. Reports SG4, SG5 and SG7.

Here the semantics decide how a condition's rules are added up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from ..catalog.semantics import SEMANTICS
from ..catalog.sequences import MULTI_CLASS, SEQUENCE_SPACES
from ..grammar import (
    BayesModel,
    Condition,
    Grammar,
    Kmers,
    Matrix,
    Pair,
    Rule,
    Term,
)
from ..ir import BayesDefinition
from ..messages.diagnostics import Diagnostics, one_of, quoted
from ..source import Span

_MAX_NAMED = 5
Reporting = Callable[[str, Span, str, str | None], None]


def link(
    model: BayesDefinition, grammar: Grammar, semantics: str, diagnostics: Diagnostics
) -> BayesModel | None:
    """The model with its grammar and terms, or None if the two do not fit."""
    _check_space(model, grammar, diagnostics)
    _check_labels(model, grammar, diagnostics)
    if diagnostics.failed:
        return None
    conditions = [grammar.by_id[label] for label in model.labels.value]
    within = diagnostics.within(grammar.source)
    _warn_of_effectless(conditions, grammar, within)
    if SEMANTICS[semantics].imitates:
        _check_seqgra(grammar, within)
        terms = tuple(map(_terms_of_seqgra, conditions))
    else:
        _note_departures(model, conditions, grammar, diagnostics)
        terms = tuple(tuple(map(_term, condition.rules)) for condition in conditions)
    if diagnostics.failed:
        return None
    named = replace(model, semantics=semantics)
    return BayesModel(**vars(named), grammar=grammar, terms=terms)


def _check_space(model: BayesDefinition, grammar: Grammar, diagnostics: Diagnostics) -> None:
    space = model.sequence_space
    if space.value != grammar.sequence_space:
        diagnostics.error(
            "SG427",
            space.span,
            f"the model is for {space.value}, and '{grammar.path}' for {grammar.sequence_space}",
            f"write {grammar.sequence_space}, or name another data definition",
        )


def _check_labels(model: BayesDefinition, grammar: Grammar, diagnostics: Diagnostics) -> None:
    missing = [label for label in model.labels.value if label not in grammar.by_id]
    if not missing:
        return
    named = ", ".join(map(quoted, missing[:_MAX_NAMED]))
    more = f" and {len(missing) - _MAX_NAMED} more" if len(missing) > _MAX_NAMED else ""
    known = one_of(grammar.by_id, _MAX_NAMED)
    by_label = {condition.label: condition.id for condition in grammar.conditions}
    if missing[0] in by_label:
        known = f"a condition is named by its id, here '{by_label[missing[0]]}'"
    diagnostics.error(
        "SG426",
        model.labels.span,
        f"'{grammar.path}' has no condition for the label{'s'[: len(missing) > 1]} {named}{more}",
        (
            f"a label is the id of a condition, {known}"
            if missing[0] not in by_label
            else f"{known}: write that as the label"
        ),
    )


def _first(
    code: str, spans: Iterable[Span], message: str, help: str | None, report: Reporting
) -> None:
    """One diagnostic for all places of a kind, at the first one."""
    spans = list(spans)
    if spans:
        others = len(spans) - 1
        more = f" (and in {others} more place{'s'[: others > 1]})" if others else ""
        report(code, spans[0], message + more, help)


def _rules(conditions: Iterable[Condition]) -> list[Rule]:
    return [rule for condition in conditions for rule in condition.rules]


def _warn_of_effectless(
    conditions: list[Condition], grammar: Grammar, diagnostics: Diagnostics
) -> None:
    """Report what has no effect on the classifier, under any semantics."""
    used = {condition.id for condition in conditions}
    rules = _rules(conditions)
    without = "has no effect: "
    warnings = (
        (
            [condition.span for condition in grammar.conditions if condition.id not in used],
            f"the condition of no label {without}the model definition does not list its id",
        ),
        (
            [condition.span for condition in conditions if condition.exclusive],
            f"the mode 'mutually exclusive' {without}all rules of a condition are scored",
        ),
        (
            [rule.span for rule in rules if rule.probability < 1],
            f"the probability of a rule {without}the best place of its elements is scored",
        ),
        (
            [
                rule.span
                for rule in rules
                if rule.position != "random" and rule.spacings and not rule.alone
            ],
            f"the position of a rule with spacing constraints {without}"
            "its pairs are searched everywhere",
        ),
    )
    for spans, message in warnings:
        _first(
            "SG428",
            spans,
            message,
            "seqgra's classifier ignores it also",
            diagnostics.warning,
        )


# ---- what the rules add up to ----


def _pairs(rule: Rule, shorter: int = 0) -> tuple[Pair, ...]:
    pairs = []
    for spacing in rule.spacings:
        bounds = spacing.minimum, spacing.maximum - shorter
        pairs.append(Pair(spacing.first, spacing.second, *bounds))
        if spacing.any_order:
            pairs.append(Pair(spacing.second, spacing.first, *bounds))
    return tuple(pairs)


def _term(rule: Rule) -> Term:
    return Term(rule.position, rule.alone, _pairs(rule))


def _terms_of_seqgra(condition: Condition) -> tuple[Term, ...]:
    """seqgra starts again at a rule with spacing constraints, and leaves out their maxdistance."""
    terms: list[Term] = []
    for rule in condition.rules:
        if rule.spacings:
            terms = [Term(rule.position, (), _pairs(rule, shorter=1))]
        else:
            terms.append(_term(rule))
    return tuple(terms)


# ---- seqgra 0.0.4 ----


def _check_seqgra(grammar: Grammar, diagnostics: Diagnostics) -> None:
    """Report what makes seqgra 0.0.4 fail."""
    letters = len(SEQUENCE_SPACES[grammar.sequence_space].alphabet)
    reasons: dict[str, Callable[[Matrix | Kmers], bool]] = {
        "there is no such classifier for RNA": lambda element: grammar.sequence_space == "RNA",
        "it cannot score k-mers": lambda element: isinstance(element, Kmers),
        f"it needs all {letters} letters at the first position": lambda element: (
            isinstance(element, Matrix) and len(element.letters[0]) != letters
        ),
    }
    for element in grammar.elements:
        reason = next((reason for reason, fails in reasons.items() if fails(element)), None)
        if reason:
            diagnostics.error(
                "SG520",
                element.span,
                f"seqgra 0.0.4 fails on the sequence element '{element.name}': {reason}",
                "compile with --semantics intended",
            )


def _note_departures(
    model: BayesDefinition, conditions: list[Condition], grammar: Grammar, diagnostics: Diagnostics
) -> None:
    rules = _rules(conditions)
    kmers = [element.span for element in grammar.elements if isinstance(element, Kmers)]
    matrices = [element.span for element in grammar.elements if not isinstance(element, Kmers)]
    spacings = [spacing.span for rule in rules for spacing in rule.spacings]
    forgetful = [rule.span for condition in conditions for rule in condition.overruled]
    space = grammar.sequence_space
    departures = (
        ("SG720", kmers, "seqgra 0.0.4 cannot score k-mers; the script takes the best of them"),
        (
            "SG721",
            matrices if space != "DNA" else [],
            "seqgra 0.0.4 "
            + (
                "has no such classifier for RNA"
                if space == "RNA"
                else "leaves protein matrices empty"
            )
            + "; the script makes its matrices as for DNA",
        ),
        (
            "SG722",
            spacings,
            "seqgra 0.0.4 leaves out the distance 'maxdistance' itself; the script includes it",
        ),
        (
            "SG726",
            spacings,
            "seqgra 0.0.4 measures distances from start to start, its simulator from end to start; "
            "the script measures as the simulator does",
        ),
        (
            "SG723",
            forgetful,
            "seqgra 0.0.4 forgets earlier rules and elements outside spacing constraints; "
            "the script adds them up",
        ),
    )
    within = diagnostics.within(grammar.source)
    for code, spans, message in departures:
        _first(code, spans, message, None, within.note)
    diagnostics.note(
        "SG724",
        model.library.span,
        "seqgra 0.0.4 reports an accuracy of 0 for this library; the script computes it",
    )
    if model.task.value == MULTI_CLASS and all(rule.spacings and not rule.alone for rule in rules):
        diagnostics.note(
            "SG725",
            model.task.span,
            "seqgra 0.0.4 predicts NaN if no label scores; the script gives all labels the same probability",
        )
