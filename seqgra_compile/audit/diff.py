"""Two definitions: what differs for training, setting by setting and by its effect."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from .. import ir
from ..compiler import Compilation
from ..grammar import BayesModel
from ..visible import visible
from .effects import Effect, effects
from .ledger.setting import IDLE, TEMPLATE, Setting

# Texts, and names of what the output is called: nothing that is computed looks at them.
_TEXTS = ("general/@id", "general/name", "general/description")
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
    """`effects` are those of models that are trained."""

    changes: tuple[Change, ...]
    effects: tuple[Effect, ...]
    same_bytes: bool

    @property
    def matters(self) -> bool:
        return any(change.counts for change in self.changes)


def compare(a: Compilation, b: Compilation) -> Comparison:
    """Both must have been compiled without errors."""
    changes = tuple(_changes(a, b))
    one, other = a.model, b.model
    found: tuple[Effect, ...] = ()
    if isinstance(one, ir.Model) and isinstance(other, ir.Model):
        found = effects(one, other)
    return Comparison(changes, found, a.source.data == b.source.data)


def _changes(a: Compilation, b: Compilation) -> Iterator[Change]:
    old, new = ({row.path: row for row in _compared(each)} for each in (a, b))
    names = _matched(a, b)
    pairs = [(path, names.get(path, path)) for path in old]
    for path, other in pairs:
        if other not in new:
            yield _change(path, old[path], None)
        elif _differs(old[path], new[other]):
            yield _change(path, old[path], new[other])
    taken = {other for _, other in pairs}
    for path, row in new.items():
        if path not in taken:
            yield _change(path, None, row)


def _compared(compilation: Compilation) -> Iterator[Setting]:
    """The rows that say something by themselves: what follows from others is left out."""
    for row in compilation.settings:
        summary = _is_summary(row.path, compilation)
        if row.path != "definition" and row.origin != TEMPLATE and not summary:
            yield row


def _is_summary(path: str, compilation: Compilation) -> bool:
    """Rows that sum up others, and files all of whose contents have rows."""
    if path in ("architecture/sequential", "file: layers"):
        return True
    model = compilation.model
    if isinstance(model, BayesModel):
        return path == "architecture/external: its content"
    if not isinstance(model, ir.Model) or isinstance(model.architecture, ir.Module):
        return False
    file = model.architecture.file
    return file is not None and path == f"file: {file.path}"


def _matched(a: Compilation, b: Compilation) -> dict[str, str]:
    """Paths of operations in the one, and those of the same operations in the other.

    An operation that is put in moves those behind it: without this, all of them would differ.
    """
    heads = [_heads(each) for each in (a, b)]
    one, other = ([name for _, name in found] for found in heads)
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    matched, gone = {}, set(range(len(heads[0])))
    for first, second, size in matcher.get_matching_blocks():
        for number in range(size):
            gone.discard(first + number)
            matched[heads[0][first + number][0]] = heads[1][second + number][0]
    for number in gone:
        matched[heads[0][number][0]] = "nothing"
    prefixes = sorted(matched, key=len, reverse=True)
    paths = {}
    for row in a.settings:
        prefix = next((p for p in prefixes if row.path.startswith(p)), None)
        if prefix is not None:
            paths[row.path] = matched[prefix] + row.path.removeprefix(prefix)
    return paths


def _heads(compilation: Compilation) -> list[tuple[str, str]]:
    """The path of each operation of an embedded architecture, and its name."""
    if not isinstance(compilation.model, ir.Model):
        return []
    path = "architecture/sequential/operation[{}]"
    operations = [each for each in compilation.model.operations if each.saved is None]
    return [(path.format(each.number), each.name) for each in operations]


def _differs(one: Setting, other: Setting) -> bool:
    if _SUMMED.fullmatch(one.path):
        return False
    return one.value != other.value or type(one.value) is not type(other.value)


def _change(path: str, one: Setting | None, other: Setting | None) -> Change:
    rows = [row for row in (one, other) if row is not None]
    idle = all(row.remark == IDLE for row in rows)
    named = path == "architecture/external"  # the content counts, not what its file is called
    unroll = path.endswith("/@unroll")  # how a loop is run
    return Change(
        path,
        "-" if one is None else one.text,
        "-" if other is None else other.text,
        (_place(one), _place(other)),
        not (path in _TEXTS or idle or named or unroll),
    )


def _place(row: Setting | None) -> str:
    return "-" if row is None else str(row.where or row.origin)


def as_text(comparison: Comparison) -> str:
    """For a reader: the verdict, the effects, then the settings."""
    lines = [_verdict(comparison)]
    if comparison.matters and comparison.effects:
        lines += ["", "On the same data, machine and versions:"]
        width = max(len(effect.topic) for effect in comparison.effects)
        lines += [f"  {e.topic.ljust(width)}  {visible(e.verdict)}" for e in comparison.effects]
    for counts, title in ((True, "Settings that count:"), (False, "Without effect on training:")):
        changes = [change for change in comparison.changes if change.counts is counts]
        if changes:
            lines += ["", title]
        for change in changes:
            lines.append(f"  {visible(change.path)}: {change.before} -> {change.after}")
            lines.append(visible(f"    {change.places[0]} -> {change.places[1]}"))
    return "\n".join(lines) + "\n"


def _verdict(comparison: Comparison) -> str:
    if comparison.matters:
        return "The two train differently."
    if comparison.changes:
        return "No difference for training: only what has no effect on it differs."
    if comparison.same_bytes:
        return "No difference: the two are the same, byte for byte."
    return "No difference for training: the same settings, written otherwise."
