"""What two models compute, side by side: steps that are the same, changed, new or removed."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ... import ir
from ...catalog.operations import OPERATIONS
from ..ledger.parameters import parameters_read
from ..ledger.setting import shown_apart, shown_briefly

# Parameters with these suffixes decide initial weights, or a penalty added to the loss.
_BESIDE = ("_initializer", "_regularizer")
NOTHING = "-"


@dataclass(frozen=True)
class Step:
    """An operation, or the activation at its end, which counts as its own step.

    `computes` are the parameters that decide the result. `beside` are the others: initial weights,
    penalties, whether the weights are trained.
    """

    number: int
    name: str
    computes: Mapping[str, object]
    beside: Mapping[str, object]
    is_activation: bool = False
    is_part: bool = False  # of an operation that has another step

    @property
    def said(self) -> str:
        """For a step that only one model has: its name and its parameters."""
        row = OPERATIONS.get(self.name)
        defaults = {each.name: each.default for each in row.parameters} if row else {}
        values = {k: v for k, v in self.computes.items() if k not in defaults or v != defaults[k]}
        told = ", ".join(f"{name} {shown_briefly(value)}" for name, value in values.items())
        return f"{self.name} ({told})" if told else self.name


@dataclass(frozen=True)
class Aligned:
    """Corresponding steps of the two models, or a step of one of them.

    `changed`: which parameters of the result differ.
    """

    one: tuple[Step, ...]
    other: tuple[Step, ...]
    changed: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        return self.matched and not self.changed

    @property
    def matched(self) -> bool:
        """Whether each is one operation, both of the same name."""
        return len(self.one) == len(self.other) == 1 and self._names[0] == self._names[1]

    @property
    def _names(self) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(step.name for step in steps) for steps in (self.one, self.other))

    @property
    def numbers(self) -> tuple[str, str]:
        """Of the operations in the two definitions."""
        found = [sorted({step.number for step in steps}) for steps in (self.one, self.other)]
        one, other = (f"{n[0]}-{n[-1]}" if len(n) > 1 else str(*n) or NOTHING for n in found)
        return one, other

    def __str__(self) -> str:
        one, other = (", ".join(step.said for step in steps) for steps in (self.one, self.other))
        if not self.other:
            return f"removed: {one}"
        if not self.one:
            return f"added: {other}"
        if self._names[0] != self._names[1]:
            activations = all(step.is_activation for step in (*self.one, *self.other))
            return f"{'activation ' if activations else ''}{one} -> {other}"
        return f"{self.one[0].name}: {', '.join(self.changed) or 'the same'}"


def steps_of(model: ir.Model, libraries: Collection[str] = ()) -> tuple[Step, ...]:
    """The steps in order; none for a module, which the compiler does not examine.

    With the names of several libraries, they have the parameters that all of these read: others,
    such as how a loop is run in Keras, are not in the models of both.
    """
    libraries = {*libraries, model.library.value}
    return tuple(step for operation in model.operations for step in _steps(operation, libraries))


def _steps(operation: ir.Layer, libraries: Collection[str]) -> Iterator[Step]:
    values = {name: value.value for name, value in operation.arguments.items()}
    row = OPERATIONS[operation.name]
    reads = [parameters_read(operation, each) for each in libraries if not row.refusal(each)]
    read = frozenset.intersection(*(each.layer | each.shape for each in reads))
    beside = {name: value for name, value in values.items() if name.endswith(_BESIDE)}
    if operation.weights:
        beside["trainable"] = values["trainable"]
    beside["weights"] = operation.weights_file and operation.weights_file.sha256
    computes = {
        name: value
        for name, value in values.items()
        if name in read and name not in (*beside, "trainable", "weights_file")
    }
    number = operation.number
    activation = row.only_applies(operation.arguments)
    if activation:
        yield Step(number, activation, {}, {}, is_activation=True)
        return
    ends_with = _last(operation) and computes.pop("activation", None)
    yield Step(number, operation.name, computes, beside)
    if ends_with and ends_with != "linear":
        yield Step(number, ends_with, {}, {}, is_activation=True, is_part=True)


def _last(operation: ir.Layer) -> bool:
    """Whether the activation, if any, applies to the result, not within a recurrent layer."""
    return "recurrent_initializer" not in operation.arguments


def align(one: Sequence[Step], other: Sequence[Step]) -> tuple[Aligned, ...]:
    """Align steps by name: first the common end and beginning, then the rest with difflib."""
    names = [[step.name for step in steps] for steps in (one, other)]
    last = _common(*(each[::-1] for each in names))
    first = _common(*(each[: len(each) - last] for each in names))
    middle = [each[first : len(each) - last] for each in names]
    matcher = difflib.SequenceMatcher(None, middle[0], middle[1], autojunk=False)
    found = [_pair(a, b) for a, b in zip(one[:first], other[:first], strict=True)]
    for kind, a, a_end, b, b_end in matcher.get_opcodes():
        parts = one[first + a : first + a_end], other[first + b : first + b_end]
        if kind == "equal":
            found += [_pair(x, y) for x, y in zip(*parts, strict=True)]
        else:
            found.append(Aligned(tuple(parts[0]), tuple(parts[1])))
    ends = one[len(one) - last :], other[len(other) - last :]
    return (*found, *(_pair(a, b) for a, b in zip(*ends, strict=True)))


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """The length of the common beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))


def _pair(one: Step, other: Step) -> Aligned:
    return Aligned((one,), (other,), tuple(_changed(one.computes, other.computes)))


def _changed(one: Mapping[str, object], other: Mapping[str, object]) -> Iterator[str]:
    for name in one:
        if name in other and one[name] != other[name]:
            yield f"{name} {' -> '.join(shown_apart(one[name], other[name]))}"
    # A parameter counts only together with others, such as a rate that is not read at 0.
    yield from (f"{name} {shown_briefly(one[name])} -> -" for name in one if name not in other)
    yield from (f"{name} - -> {shown_briefly(other[name])}" for name in other if name not in one)


def beside(aligned: Iterable[Aligned]) -> dict[str, list[tuple[str, str]]]:
    """Changes of initial weights, penalties and training, each with its operations."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for pair in aligned:
        if pair.matched:
            for change in _changed(pair.one[0].beside, pair.other[0].beside):
                found[change].append(pair.numbers)
    return found


def steps_summary(aligned: Iterable[Aligned]) -> str:
    """The numbers of changed, removed and added steps; empty if there are none."""
    changed = removed = added = 0
    for pair in aligned:
        if pair.same:
            continue
        both = min(len(pair.one), len(pair.other))
        changed += both
        removed += len(pair.one) - both
        added += len(pair.other) - both
    counts = {"changed": changed, "removed": removed, "added": added}
    parts = [f"{count} {what}" for what, count in counts.items() if count]
    return f"steps: {', '.join(parts)}" if parts else ""
