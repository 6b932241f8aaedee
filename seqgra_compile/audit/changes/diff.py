"""Two definitions: what differs, setting by setting, and what it means for training or for the
data.
"""

from __future__ import annotations

import re
import textwrap
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ... import ir
from ...catalog.structure import EXTERNAL, OPERATION, SEQUENTIAL
from ...compiler import Compilation
from ...grammar import BayesModel, Simulation
from ...visible import visible
from ..ledger.setting import IDLE, TEMPLATE, Setting
from .dataeffects import data_effects
from .effect import SAME, Effect
from .effects import aligned, effects
from .steps import NOTHING, Aligned, beside

# Descriptions and names of outputs, which no computation uses.
_TEXTS = ("general/@id", "general/name", "general/description")
# Aspects that no setting may tell: `--library` can make one optimizer of two in another way.
_FITTED = ("loss", "optimizer")
_MEASURED = "On the same data, machine and versions"
_MOST = 12  # operations that are listed if many have the same difference
_OPERATIONS = (OPERATION.partition("{")[0], "file: layer ")
# Settings that the effects and the steps describe in full.
_TOLD = (
    *_OPERATIONS,
    "general/labels",
    "general/task",
    "general/sequencespace",
    "general/inputencoding",
    "loss/",
    "optimizer/",
    "trainingprocess/",
)
# Shapes and numbers of weights, which follow from other settings.
_SUMMED = re.compile(r"architecture/sequential/operation\[\d+\]|file: layer [^:]*")


@dataclass(frozen=True)
class Change:
    """A setting in both definitions; `counts`: it may change what training does."""

    path: str
    before: str
    after: str
    places: tuple[str, str]
    counts: bool


@dataclass(frozen=True)
class Comparison:
    """`effects` are those of models that are trained, or of data: then it `simulates`."""

    changes: tuple[Change, ...]
    effects: tuple[Effect, ...]
    same_bytes: bool
    names: tuple[str, str]
    aligned: tuple[Aligned, ...] = ()
    simulates: bool = False

    @property
    def beside(self) -> dict[str, list[tuple[str, str]]]:
        return beside(self.aligned)

    @property
    def subject(self) -> str:
        return "the data" if self.simulates else "training"

    @property
    def matters(self) -> bool:
        fitted = (effect for effect in self.effects if effect.topic in _FITTED)
        return any(change.counts for change in self.changes) or any(
            effect.verdict != SAME for effect in fitted
        )


def compare_definitions(a: Compilation, b: Compilation) -> Comparison:
    """What differs; both must be without errors, and both of models or both of data."""
    changes = tuple(_changes(a, b))
    names = (a.source.file_name, b.source.file_name)
    same_bytes = a.source.data == b.source.data
    if isinstance(a.model, Simulation) and isinstance(b.model, Simulation):
        of_data = data_effects(a.model, b.model)
        return Comparison(changes, of_data, same_bytes, names, simulates=True)
    found: tuple[Effect, ...] = ()
    pairs: tuple[Aligned, ...] = ()
    if isinstance(a.model, ir.Model) and isinstance(b.model, ir.Model):
        found = effects(a.model, b.model)
        pairs = aligned(a.model, b.model)
        changes = _written_differently(changes, found, pairs)
    return Comparison(changes, found, same_bytes, names, pairs)


def _changes(a: Compilation, b: Compilation) -> Iterator[Change]:
    old, new = ({row.path: row for row in _compared(each)} for each in (a, b))
    names = _matched(a, b)
    pairs = [(path, names.get(path, path)) for path in old]
    for path, other in pairs:
        if other not in new:
            yield _change(path, old[path], None, a.model)
        elif _differs(old[path], new[other]):
            yield _change(path, old[path], new[other], a.model)
    taken = {other for _, other in pairs}
    for path, row in new.items():
        if path not in taken:
            yield _change(path, None, row, a.model)


def _compared(compilation: Compilation) -> Iterator[Setting]:
    """The rows that do not follow from others."""
    for row in compilation.settings:
        summary = _is_summary(row.path, compilation)
        if row.path != "definition" and row.origin != TEMPLATE and not summary:
            yield row


def _is_summary(path: str, compilation: Compilation) -> bool:
    """Rows that summarize others, and files whose contents have rows."""
    if path in (SEQUENTIAL, "file: layers"):
        return True
    model = compilation.model
    if isinstance(model, BayesModel):
        return path == f"{EXTERNAL}: its content"
    if not isinstance(model, ir.Model) or isinstance(model.architecture, ir.Module):
        return False
    file = model.architecture.file
    return file is not None and path == f"file: {file.path}"


def _matched(a: Compilation, b: Compilation) -> dict[str, str]:
    """Paths of operations in one definition, and those of the same operations in the other.

    An inserted operation moves all later ones, which would otherwise all differ.
    """
    if not (isinstance(a.model, ir.Model) and isinstance(b.model, ir.Model)):
        return {}
    if not (_is_embedded(a.model) and _is_embedded(b.model)):
        return {}
    matched = {OPERATION.format(each.number): "nothing" for each in a.model.operations}
    for pair in aligned(a.model, b.model):
        if pair.matched and not (pair.one[0].is_part or pair.other[0].is_part):
            one, other = (found[0].number for found in (pair.one, pair.other))
            matched[OPERATION.format(one)] = OPERATION.format(other)
    prefixes = sorted(matched, key=len, reverse=True)
    paths = {}
    for row in a.settings:
        prefix = next((p for p in prefixes if row.path.startswith(p)), None)
        if prefix is not None:
            paths[row.path] = matched[prefix] + row.path.removeprefix(prefix)
    return paths


def _is_embedded(model: ir.Model) -> bool:
    return isinstance(model.architecture, ir.Network) and model.architecture.file is None


def _differs(one: Setting, other: Setting) -> bool:
    if _SUMMED.fullmatch(one.path):
        return False
    return one.value != other.value or type(one.value) is not type(other.value)


def _change(path: str, one: Setting | None, other: Setting | None, model: object) -> Change:
    rows = [row for row in (one, other) if row is not None]
    idle = all(row.remark == IDLE for row in rows)
    named = path == EXTERNAL  # the content counts, not the name of its file
    unroll = path.endswith("/@unroll")  # how a loop is run
    task = path == "general/task" and isinstance(model, Simulation)
    return Change(
        path,
        "-" if one is None else one.text,
        "-" if other is None else other.text,
        (_place(one), _place(other)),
        not (path in _TEXTS or idle or named or unroll or task),
    )


def _place(row: Setting | None) -> str:
    return "-" if row is None else str(row.where or row.origin)


def differences_text(comparison: Comparison, complete: bool = False) -> str:
    """For people: the verdict, the effects, the steps; on request, all settings with their places."""
    lines = [_verdict(comparison)]
    if comparison.matters and comparison.effects:
        where = "On the same versions" if comparison.simulates else _MEASURED
        lines += ["", f"{where}:", *_effects(comparison.effects)]
    if not all(pair.same for pair in comparison.aligned) or comparison.beside:
        lines += ["", *_steps(comparison)]
    told = bool(comparison.effects) and comparison.matters and not complete
    told = told and not comparison.simulates
    idle = f"Without effect on {comparison.subject}:"
    for counts, title in ((True, "Settings that count:"), (False, idle)):
        changes = [
            change
            for change in comparison.changes
            if change.counts is counts and not (told and change.path.startswith(_TOLD))
        ]
        if changes and told and not counts:
            names = ", ".join(visible(change.path) for change in changes)
            lines += ["", *_wrapped(2, f"{title} ", names)]
            continue
        if changes:
            lines += ["", title]
        for change in changes:
            lines += _wrapped(4, "  ", f"{visible(change.path)}: {change.before} -> {change.after}")
            if complete:
                lines.append(visible(f"    {change.places[0]} -> {change.places[1]}"))
    return "\n".join(lines) + "\n"


def _written_differently(
    changes: Sequence[Change], found: Sequence[Effect], aligned: Sequence[Aligned]
) -> tuple[Change, ...]:
    """The changes. Those of operations do not count if all steps and effects are the same: an
    activation may be an operation or a parameter of the previous one.
    """
    same = bool(found) and all(effect.verdict == SAME for effect in found)
    if not same or beside(aligned) or not all(pair.same for pair in aligned):
        return tuple(changes)
    return tuple(
        replace(change, counts=change.counts and not _is_of_a_step(change.path))
        for change in changes
    )


def _is_of_a_step(path: str) -> bool:
    """Whether the steps say all of it: steps do not show seeds."""
    return path.startswith(_OPERATIONS) and not path.endswith(": seed")


def _effects(found: Sequence[Effect]) -> Iterator[str]:
    """What changes, topic by topic, then the topics that do not change."""
    others = [effect for effect in found if effect.verdict != SAME]
    width = max(len(name) for name in ("the same", *(effect.topic for effect in others))) + 4
    for effect in others:
        yield from _wrapped(width, f"  {effect.topic}", visible(effect.verdict))
    same = [effect.topic for effect in found if effect.verdict == SAME]
    if same:
        yield from _wrapped(width, "  the same", ", ".join(same))


def _steps(comparison: Comparison) -> Iterator[str]:
    """One line per kind of difference: the numbers of the operations in the two, then the
    difference.
    """
    yield f"Operations of {visible(' and '.join(comparison.names))}:"
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for pair in comparison.aligned:
        if not pair.same:
            found[str(pair)].append(pair.numbers)
    numbers = [pair[0] for pair in (*found.values(), *comparison.beside.values())]
    width = max(len(number) for pair in numbers for number in pair)
    for text, pairs in (*found.items(), *comparison.beside.items()):
        one, other = (number.rjust(width) for number in pairs[0])
        also = f"; also {_listed(pairs[1:])}" if len(pairs) > 1 else ""
        yield from _wrapped(2 * width + 6, f"  {one}  {other}", f"{text}{also}")


def _listed(pairs: Sequence[tuple[str, str]]) -> str:
    """The numbers of operations in one or both."""
    texts = ["/".join(dict.fromkeys(n for n in pair if n != NOTHING)) for pair in pairs]
    more = f" and {len(texts) - _MOST} more" if len(texts) > _MOST else ""
    return ", ".join(texts[:_MOST]) + more


def _wrapped(indent: int, start: str, text: str) -> list[str]:
    """Text beside its start, in lines of 80 columns."""
    return textwrap.wrap(
        text,
        80,
        initial_indent=start.ljust(indent) if start.strip() else start or " " * indent,
        subsequent_indent=" " * indent,
        break_on_hyphens=False,
    )


def _verdict(comparison: Comparison) -> str:
    subject = comparison.subject
    if comparison.matters:
        return (
            f"The two {'simulate different data' if comparison.simulates else 'train differently'}."
        )
    if comparison.changes:
        return f"No difference for {subject}: the two differ only in what has no effect on it."
    if comparison.same_bytes:
        return "No difference: the two are the same, byte for byte."
    return f"No difference for {subject}: the same settings, written differently."
