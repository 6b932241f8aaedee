"""The ledger of a compilation: every setting that decides the run, and its lines in the script.

Where each piece of the script comes from is known from the templates (`provenance`), and each
field says who decides it. A line that a single setting decides is its own; what it decides
together with others follows from it.
"""

from __future__ import annotations

import ast
import functools
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from ... import ir
from ...backends.header import read_header
from ...datadefinition.arranged import SimulateScript
from ...grammar import BayesModel, Classifier, Simulation
from ...messages.diagnostics import Diagnostic, Diagnostics
from ...script import Script, TrainingScript
from ...script.deciders import (
    KINDS,
    Decider,
    Group,
    OfCondition,
    OfElement,
    OfOperation,
    Part,
    Stated,
    deciders,
)
from ...source import Source
from .. import lexer
from . import fixed
from .entries import entries
from .entry import Entry
from .parameters import OperationLines, ParameterLines
from .provenance import Field, FieldPath, Origin, traced_tokens
from .setting import IDLE, SILENT, Setting, Where

Lines = frozenset[int]
_NONE: Lines = frozenset()


def settings(
    source: Source,
    model: Classifier | Simulation,
    script: Script | SimulateScript,
    text: str,
    diagnostics: Diagnostics,
) -> tuple[Setting, ...]:
    """All rows, in the order of the definition, then those that libraries and templates fix."""
    ledger = _Ledger(model, script, text)
    found = entries(model, source)
    remarks = _remarks(found, diagnostics)
    rows = [
        ledger.row(entry, "; ".join(filter(None, (entry.remark, *remarks[number]))), source)
        for number, entry in enumerate(found)
    ]
    return (*rows, *fixed.fixed_settings(ledger.tokens, ledger.code, model))


def _remarks(found: tuple[Entry, ...], diagnostics: Diagnostics) -> dict[int, list[str]]:
    """By the entry's number: where seqgra differs, as the compiler reports it."""
    remarks: dict[int, list[str]] = defaultdict(list)
    for diagnostic in diagnostics:
        if diagnostic.code.startswith("SG7"):
            number = _number(found, diagnostic)
            remarks[number].append(f"{diagnostic.code}: {diagnostic.message}")
    return remarks


def _number(found: tuple[Entry, ...], diagnostic: Diagnostic) -> int:
    """The number of the setting that a diagnostic is about."""
    place = diagnostic.span
    before = {
        number: entry.span
        for number, entry in enumerate(found)
        if entry.span is not None
        and entry.source == diagnostic.source
        and entry.span.start <= place.start
    }
    around = [number for number, span in before.items() if place.start <= span.end]
    exact = [number for number in around if before[number] == place]
    if around:
        return (exact or around)[0]
    # A place outside any setting (a rule of a data definition) belongs to the previous setting.
    return max(before, key=lambda number: before[number].start, default=0)


class _Ledger:
    """The lines of one script, by what decides them.

    A group alone decides its `own` lines, and the `shared` ones together with others; `printed`
    are the lines of a field's value.
    """

    def __init__(
        self, model: Classifier | Simulation, script: Script | SimulateScript, text: str
    ) -> None:
        self.model, self.script = model, script
        self.tokens = traced_tokens(script, text)
        self.code = ast.parse(text)
        self.own: dict[Group, set[int]] = defaultdict(set)
        self.shared: dict[Group, set[int]] = defaultdict(set)
        self.printed: dict[FieldPath, set[int]] = defaultdict(set)
        self._place_fields()
        self._place_header(text)
        self._place_clipping()
        self.uses = self._uses()
        self.reached = self._reached()
        self.parameters = self._parameter_lines()

    def _place_fields(self) -> None:
        """Few tokens have their own origins, so these are looked up once."""
        by_origins: dict[tuple[Origin, ...], set[int]] = defaultdict(set)
        for token in self.tokens:
            by_origins[token.origins].update(token.lines)
        for origins, lines in by_origins.items():
            for origin in origins:
                if not isinstance(origin, Field):
                    continue
                groups = _groups(self.script, origin.path)
                alone = len(groups) == 1 and groups[0] not in KINDS
                for group in groups:
                    (self.own if alone else self.shared)[group] |= lines
                if origin.printed:
                    self.printed[origin.path] |= lines

    def _place_header(self, text: str) -> None:
        """The docstring's lines: the author's text, what it was compiled from and with, how it is
        used.
        """
        header = read_header(text)
        free = set(range(1, header.first))
        compiled = set(range(header.first, header.last + 1))
        whole = set(range(1, lexer.lines_of(self.code.body[0]).stop))
        everything = {line for token in self.tokens for line in token.lines}
        for decider, own, shared in (
            (Decider.ID, {1}, free),
            (Decider.NAME, free, ()),
            (Decider.DESCRIPTION, free, ()),
            (Decider.VERSION, compiled, ()),
            (Decider.SHA256, compiled, ()),
            (Decider.DATA, compiled, whole),
            (Decider.RECORDS, compiled, whole),
            (Decider.SHARDS, compiled, whole),
            (Decider.EMIT, compiled, everything),
            (Decider.SEMANTICS, compiled, everything),
            (Decider.LIBRARY, (), everything),
            (Decider.TASK, (), whole),
            (Decider.SPACE, (), whole),
            (Decider.ENCODING, (), whole),
        ):
            self.own[decider].update(own)
            self.shared[decider].update(shared)
        self.compiled = compiled

    def _place_clipping(self) -> None:
        """In Keras it is a keyword of the optimizer."""
        keywords = {"clipnorm": Decider.CLIPNORM, "clipvalue": Decider.CLIPVALUE}
        optimizer = Field(("optimizer",), printed=True)
        for token in self.tokens:
            if token.text in keywords and optimizer in token.origins:
                self.own[keywords[token.text]].add(token.first)

    def _uses(self) -> dict[str, set[int]]:
        """The lines that name each constant."""
        uses: dict[str, set[int]] = defaultdict(set)
        for name, first, last in lexer.name_uses(self.code):
            uses[name] |= set(range(first, last + 1))
        return uses

    def _reached(self) -> dict[Group, tuple[Group, ...]]:
        """Groups whose lines also follow from a group's head: another loss has other parameters."""
        if isinstance(self.model, Simulation):
            return _reached_by_data(self.model)
        if isinstance(self.model, BayesModel):
            labels = self.model.labels.value
            conditions: tuple[Group, ...] = (Decider.CONDITIONS, *map(OfCondition, labels))
            elements = [OfElement(element.name) for element in self.model.grammar.elements]
            return {
                Decider.LABELS: conditions,
                Decider.ARCHITECTURE: (Decider.OPERATIONS,),
                **dict.fromkeys(elements, (Decider.ELEMENTS,)),
                **dict.fromkeys(conditions, (Decider.CONDITIONS,)),
            }
        model, layers = self.model, [OfOperation(each.number) for each in self.model.operations]
        return {
            Decider.ARCHITECTURE: (Decider.OPERATIONS, Decider.STORED, *layers),
            Decider.LOSS: _stated(model.loss.arguments.values()),
            Decider.OPTIMIZER: _stated(model.optimizer.arguments.values()),
            Decider.EARLY_STOPPING: _stated([model.training.patience]),
        }

    def _parameter_lines(self) -> dict[int, ParameterLines]:
        if not (isinstance(self.model, ir.Model) and isinstance(self.script, TrainingScript)):
            return {}
        library, calls = self.model.library.value, self._calls()
        penalties: dict[int | None, dict[str, set[int]]] = defaultdict(dict)
        for index, term in enumerate(getattr(self.script, "penalties", ())):
            of = penalties[term.number]
            of[term.role] = of.get(term.role, set()) | self._printed("penalties", index, "text")
        parameters = {}
        for operation in self.model.operations:
            number = operation.number
            layer = self.script.layers[number - 1]
            made, applied = (
                [(each, self._printed("layers", number - 1, kind, n)) for n, each in enumerate(of)]
                for kind, of in (("make", layer.make), ("apply", layer.apply))
            )
            weights = self._lines_of(OfOperation(number, Part.WEIGHTS))
            own = self.own[OfOperation(number)]
            places = OperationLines(own, made, applied, penalties[number], weights)
            parameters[number] = ParameterLines(operation, library, places, calls)
        return parameters

    def _calls(self) -> dict[int, list[ast.Call]]:
        """The calls that begin in a line."""
        calls: dict[int, list[ast.Call]] = defaultdict(list)
        for node in ast.walk(self.code):
            if isinstance(node, ast.Call):
                calls[node.lineno].append(node)
        return calls

    def _printed(self, *path: str | int) -> set[int]:
        """The lines that a value prints."""
        return self.printed.get(path, set())

    def _lines_of(self, *groups: Group) -> set[int]:
        """All lines of some groups."""
        none: set[int] = set()
        return none.union(
            *(self.own.get(group, none) | self.shared.get(group, none) for group in groups)
        )

    # ---- rows ----

    def row(self, entry: Entry, remark: str, source: Source) -> Setting:
        lines, derived = self._places(entry)
        parameters = self._of_operation(entry)
        if parameters and not parameters.has_effect(entry.parameter):
            # Keras also gets it.
            lines, derived = set(parameters.lines(entry)), set()
            remark = remark or IDLE
        elif (
            entry.path.endswith("patience")
            and isinstance(self.model, ir.Model)
            and not self.model.training.early_stopping.value
        ):
            remark = remark or IDLE
        elif not lines:
            remark = remark or SILENT
        # The definition's hash follows from all of its content.
        derived = (derived | self.compiled | self.own[Decider.SHA256]) - lines
        return Setting(
            entry.path,
            entry.value,
            entry.unit,
            entry.origin,
            _where(entry, source),
            tuple(sorted(lines)),
            tuple(sorted(derived)),
            remark,
        )

    def _of_operation(self, entry: Entry) -> ParameterLines | None:
        """The operation that an entry is a parameter of."""
        if entry.parameter and isinstance(entry.group, OfOperation):
            return self.parameters[entry.group.number]
        return None

    def _places(self, entry: Entry) -> tuple[set[int], set[int]]:
        """A setting's lines, and those that follow from it."""
        lines: set[int] = set()
        derived: set[int] = set()
        for path in entry.constants:
            lines |= self.own[Stated(path)]
            for constant in self.script.constants:
                if constant.path == path and constant.name:
                    lines |= self.uses[constant.name]
        if entry.group is None:
            return lines, derived
        derived |= self.shared[entry.group]
        if not entry.head:
            derived |= self.own[entry.group]
        else:
            lines |= self.own[entry.group]
            derived |= self._lines_of(*self.reached.get(entry.group, ()))
        parameters = self._of_operation(entry)
        if parameters:
            more = self._parameter_places(entry, parameters)
            return lines | more[0], derived | more[1]
        if isinstance(entry.group, OfOperation):
            derived |= self._behind(entry.group.number)
        if entry.group in (Decider.TASK, Decider.SPACE, Decider.ENCODING):
            derived |= self._behind(1)
        return lines, derived

    def _parameter_places(
        self, entry: Entry, parameters: ParameterLines
    ) -> tuple[set[int], set[int]]:
        number, name = parameters.operation.number, entry.parameter
        lines = set(parameters.lines(entry))
        if name == "input_shape":
            lines |= self._printed("input")
        if name in parameters.reads.shape or name == "input_shape":
            return lines, self._behind(number)
        derived = self._lines_of(Decider.OPERATIONS) | self.own[OfOperation(number)]
        derived |= self._lines_of(
            *(OfOperation(number, part) for part in (Part.PENALTY, Part.WEIGHTS))
        )
        if name in parameters.reads.weights:
            derived |= self._printed("model_doc")
        return lines, derived

    def _behind(self, number: int) -> set[int]:
        """All lines of an operation and of later ones, which receive its shape."""
        return self._lines_of(Decider.OPERATIONS) | self._lines_behind.get(number, _NONE)

    @functools.cached_property
    def _lines_behind(self) -> dict[int, Lines]:
        found: dict[int, Lines] = {}
        lines = _NONE
        for number in sorted(self.parameters, reverse=True):
            lines |= self._lines_of(*(OfOperation(number, part) for part in Part))
            found[number] = lines
        return found


def _groups(script: Script | SimulateScript, path: FieldPath) -> tuple[Group, ...]:
    """What decides a field, or the part of it at the end of the path."""
    name, within = str(path[0]), path[1:]
    if within and isinstance(within[0], int):
        place, group = getattr(script, name), None
        for step in within:
            place = place[step] if isinstance(step, int) else getattr(place, step)
            group = getattr(place, "group", group)
        if group is not None:
            return (group,)
    elif within:
        found = deciders(type(getattr(script, name)), str(within[0]))
        if found is not None:
            return found
    return deciders(type(script), name) or ()


def _reached_by_data(model: Simulation) -> dict[Group, tuple[Group, ...]]:
    """What all rows of the same kind decide together."""
    rows: tuple[tuple[Decider, list[Group]], ...] = (
        (Decider.BACKGROUNDS, [Stated(each.path) for each in model.distributions]),
        (Decider.SETS, [Stated(each.path) for each in model.sets]),
        (Decider.COPIES, [Stated(each.path) for each in model.shuffles]),
        (Decider.CONDITIONS, [OfCondition(each.id) for each in model.conditions]),
        (Decider.ELEMENTS, [OfElement(each.name) for each in model.grammar.elements]),
    )
    reached: dict[Group, tuple[Group, ...]] = {
        group: (kind,) for kind, groups in rows for group in groups
    }
    # If the two are equal, the script states one of them.
    reached[Decider.LENGTHS] = _stated([model.minimum_length, model.maximum_length])
    return reached


def _stated(values: Iterable[ir.Value[Any]]) -> tuple[Group, ...]:
    return tuple(Stated(value.path) for value in values)


def _where(entry: Entry, source: Source) -> Where | None:
    if entry.span is None:
        return None
    source = entry.source or source
    place = source.place(entry.span.start)
    return Where(source.name, place.line, place.column)
