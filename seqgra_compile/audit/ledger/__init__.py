"""The ledger of a compilation: every setting that decides the run, and its lines in the script.

Where each piece of the script comes from is known from the templates (`provenance`) and from one
table of what decides a field (`deciders`). A line that one setting alone has decided is its own;
what it has decided together with others follows from it.
"""

from __future__ import annotations

import ast
import functools
from collections import defaultdict
from collections.abc import Iterable, Iterator

from ... import ir
from ...messages.diagnostics import Diagnostics
from ...script import Script
from ...source import Source
from .. import lexer
from ..header import read_header
from . import fixed
from .deciders import ALL, CONDITIONS, ELEMENTS, OPERATIONS, Deciders
from .entries import Entry, entries
from .operations import Narrowed, Places
from .provenance import tokens
from .setting import IDLE, SILENT, Setting, Where


def settings(
    source: Source, model: ir.General, script: Script, text: str, diagnostics: Diagnostics
) -> tuple[Setting, ...]:
    """All rows, in the order of the definition; then what libraries and templates fix."""
    ledger = _Ledger(model, script, text)
    found = entries(model, source)
    remarks = _remarks(found, diagnostics)
    rows = [
        ledger.row(entry, "; ".join(filter(None, (entry.remark, *remarks[number]))), source)
        for number, entry in enumerate(found)
    ]
    return (*rows, *fixed.rows(ledger.tokens, ledger.code, model))


def _remarks(found: tuple[Entry, ...], diagnostics: Diagnostics) -> dict[int, list[str]]:
    """By the entry's number: where seqgra departs, as the compiler has reported it."""
    remarks: dict[int, list[str]] = defaultdict(list)
    for diagnostic in diagnostics:
        if not diagnostic.code.startswith("SG7"):
            continue
        numbers = [
            number
            for number, entry in enumerate(found)
            if entry.span is not None
            and entry.source == diagnostic.source
            and entry.span.start <= diagnostic.span.start <= entry.span.end
        ]
        # What lies within no setting (a rule of a data definition) belongs to the file.
        exact = [number for number in numbers if found[number].span == diagnostic.span]
        number = next(iter(exact or numbers), _nearest(found, diagnostic))
        remarks[number].append(f"{diagnostic.code}: {diagnostic.message}")
    return remarks


def _nearest(found: tuple[Entry, ...], diagnostic: object) -> int:
    """The last setting of the same file that begins before it."""
    before = [
        number
        for number, entry in enumerate(found)
        if entry.span is not None
        and entry.source == diagnostic.source
        and entry.span.start <= diagnostic.span.start
    ]
    return max(before, key=lambda number: found[number].span.start, default=0)


class _Ledger:
    """The lines of one script, by who has decided them."""

    def __init__(self, model: ir.General, script: Script, text: str) -> None:
        self.model, self.script = model, script
        self.tokens = tokens(script, text)
        self.code = ast.parse(text)
        self.deciders = Deciders(model, script)
        self.own: dict[str, set[int]] = defaultdict(set)
        self.shared: dict[str, set[int]] = defaultdict(set)
        self.printed: dict[str, set[int]] = defaultdict(set)
        self.everything = {line for token in self.tokens for line in token.lines}
        self.header = self._header(text)
        # Few tokens have origins of their own; what they say is looked up once.
        printed: dict[tuple[str, ...], set[int]] = defaultdict(set)
        for token in self.tokens:
            printed[token.origins].update(token.lines)
        for origins, lines in printed.items():
            for origin in origins:
                self._decided(origin.removeprefix("="), lines)
                if origin.startswith("="):
                    self.printed[origin[1:]] |= lines
        self.uses = self._uses()
        self.narrowed = dict(self._operations())

    def _decided(self, origin: str, decided: set[int]) -> None:
        groups = self.deciders.of(origin)
        single = len(groups) == 1 and groups[0] not in ALL
        lines = self.own if single else self.shared
        for group in groups:
            lines[group] |= decided

    def _header(self, text: str) -> dict[str, set[int]]:
        """The docstring's lines: what the author wrote, and what it was compiled from and with."""
        header = read_header(text)
        return {
            "free": set(range(1, header.first)),
            "compiled": set(range(header.first, header.last + 1)),
            "all": set(range(1, self.code.body[0].end_lineno + 1)),
        }

    def _uses(self) -> dict[str, set[int]]:
        """The lines that name each constant."""
        uses: dict[str, set[int]] = defaultdict(set)
        for name, first, last in lexer.names(self.code):
            uses[name] |= set(range(first, last + 1))
        return uses

    def _operations(self) -> Iterator[tuple[int, Narrowed]]:
        architecture = self.model.architecture
        if not isinstance(architecture, ir.Sequential):
            return
        library, calls = self.model.library.value, self._calls()
        penalised: dict[str, set[int]] = defaultdict(set)
        for index, text in enumerate(getattr(self.script, "penalties", ())):
            for attribute in _attributes(text):
                penalised[attribute] |= self.printed[f"script.penalties[{index}]"]
        penalty = {attribute: tuple(sorted(lines)) for attribute, lines in penalised.items()}
        for operation in architecture.operations:
            number = operation.number
            field = f"script.layers[{number - 1}]"
            layer = self.script.layers[number - 1]
            places = Places(
                tuple(sorted(self.own[f"operation {number}"])),
                {n: self._lines(f"{field}.make[{n}]") for n in range(len(layer.make))},
                {n: self._lines(f"{field}.apply[{n}]") for n in range(len(layer.apply))},
                penalty,
                tuple(sorted(self.own[f"weights {number}"] | self.shared[f"weights {number}"])),
            )
            yield number, Narrowed(operation, self.script, library, places, calls)

    def _calls(self) -> dict[int, list[ast.Call]]:
        """The calls that begin in a line."""
        calls: dict[int, list[ast.Call]] = defaultdict(list)
        for node in ast.walk(self.code):
            if isinstance(node, ast.Call):
                calls[node.lineno].append(node)
        return calls

    def _lines(self, field: str) -> tuple[int, ...]:
        """The lines that a value has printed."""
        return tuple(sorted(self.printed.get(field, ())))

    # ---- rows ----

    def row(self, entry: Entry, remark: str, source: Source) -> Setting:
        lines, derived = self._places(entry)
        if entry.parameter and not self._narrowed(entry).has_effect(entry.parameter):
            # Keras is told all the same.
            lines, derived = set(self._narrowed(entry).lines(entry)), set()
            remark = remark or IDLE
        elif entry.path.endswith("patience") and not self.model.training.early_stopping.value:
            remark = remark or IDLE
        elif not lines:
            remark = remark or SILENT
        # The definition's hash follows from all that is in it.
        derived = (derived | self.header["compiled"] | self.own["sha256"]) - lines
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

    def _narrowed(self, entry: Entry) -> Narrowed:
        return self.narrowed[int(entry.group.removeprefix("operation "))]

    def _places(self, entry: Entry) -> tuple[set[int], set[int]]:
        lines, derived = set(), set()
        for path in entry.constants:
            lines |= self.own[f"setting {path}"]
            for constant in self.script.constants:
                if constant.path == path and constant.name:
                    lines |= self.uses[constant.name]
        if entry.head:
            lines |= self.own[entry.group]
        else:
            derived |= self.own[entry.group] if entry.group else set()
        derived |= self.shared[entry.group] if entry.group else set()
        more_lines, more_derived = self._special(entry)
        return lines | more_lines, derived | more_derived

    def _special(self, entry: Entry) -> tuple[set[int], set[int]]:
        """What the table of deciders does not know."""
        group = entry.group
        if group in ("name", "description"):
            return self.header["free"], set()
        if group == "id":
            return {1}, self.header["free"]
        if group in ("sha256", "version"):
            return self.header["compiled"], set()
        if group in ("semantics", "data", "records"):
            derived = self.everything if group == "semantics" else self.header["all"]
            return self.header["compiled"], derived
        if group == "library":
            return set(), self.everything
        if group in ("task", "space", "encoding"):
            return set(), self.header["all"] | self._architecture(0)
        if group == "early_stopping":
            return set(), self._constants({"": self.model.training.patience})
        if group in ("clipnorm", "clipvalue"):
            return self._keyword(group, "=script.optimizer"), set()
        if group == "labels":
            return set(), self._all(CONDITIONS) | self._all("condition ")
        if group == "architecture":
            return set(), self._all("operation ") | self._all(OPERATIONS) | self._all("stored")
        if entry.head and group in ("loss", "optimizer"):
            return set(), self._constants(getattr(self.model, group).arguments)
        if group.startswith("operation "):
            return self._parameter(entry)
        if group.startswith("element "):
            return set(), self._all(ELEMENTS)
        if group.startswith("condition "):
            return set(), self._all(CONDITIONS)
        return set(), set()

    def _constants(self, arguments: ir.Arguments) -> set[int]:
        """The lines of the constants of a loss or optimizer: another one has others."""
        return {n for value in arguments.values() for n in self.own[f"setting {value.path}"]}

    def _keyword(self, name: str, field: str) -> set[int]:
        """The lines of a keyword's name in a field's value."""
        return {
            token.first for token in self.tokens if token.text == name and field in token.origins
        }

    def _parameter(self, entry: Entry) -> tuple[set[int], set[int]]:
        number = int(entry.group.removeprefix("operation "))
        narrowed = self.narrowed[number]
        if entry.head:
            return set(), self._architecture(number)
        name, reads = entry.parameter, narrowed.reads
        lines = set(narrowed.lines(entry))
        if name == "input_shape":
            lines |= self.own["operation 1"] & set(self._lines("script.input"))
            lines |= set(self._lines("script.input"))
        if name in reads.shape or name == "input_shape":
            return lines, self._architecture(number)
        derived = self._all(OPERATIONS) | self.own[f"operation {number}"]
        derived |= self._all(f"penalty {number}") | self._all(f"weights {number}")
        if name in reads.weights:
            derived |= set(self._lines("script.model_doc"))
        return lines, derived

    def _architecture(self, number: int) -> set[int]:
        """All lines of an operation and of those behind it, to which its shape is handed on."""
        return self._all(OPERATIONS) | self._behind.get(max(number, 1), frozenset())

    @functools.cached_property
    def _behind(self) -> dict[int, frozenset[int]]:
        """By its number: the lines of an operation and of those behind it."""
        found, lines = {}, frozenset()
        for number in sorted(self.narrowed, reverse=True):
            for what in ("operation", "penalty", "weights"):
                lines |= self._all(f"{what} {number}")
            found[number] = lines
        return found

    def _all(self, group: str) -> set[int]:
        """The lines of a group, or with a blank at its end, of all such groups."""
        if not group.endswith(" "):
            return self.own[group] | self.shared[group]
        found: set[int] = set()
        for known in {*self.own, *self.shared}:
            if known.startswith(group):
                found |= self.own[known] | self.shared[known]
        return found


def _attributes(term: str) -> Iterable[str]:
    """`model.conv1d_1.weight` in a penalty's term, as `conv1d_1.weight`."""
    for node in ast.walk(ast.parse(term, mode="eval")):
        if isinstance(node, ast.Attribute):
            text = ast.unparse(node)
            if text.startswith("model."):
                yield text.removeprefix("model.")


def _where(entry: Entry, source: Source) -> Where | None:
    if entry.span is None:
        return None
    source = entry.source or source
    place = source.place(entry.span.start)
    return Where(source.name, place.line, place.column)
