"""What is legal in a data folder but may spoil a result."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ..catalog.data import SETS
from ..messages.diagnostics import first_few
from .alphabet import Alphabet
from .counts import counted, plural
from .excerpt import CUT, Line
from .expected import Expected
from .statistics import SetStatistics

IMBALANCE = 10  # times as many examples of one label as of another
RARE = 0.01  # the share of a label among several
SORTED = 0.5  # of the runs that a random order has
LEAST = 20  # examples from which an order says anything
GC_AUROC = 0.7
UNKNOWN = 0.1  # of all letters
_SHOWN = 3  # examples with several labels whose place is given


@dataclass(frozen=True)
class Danger:
    """`set` is the set that the message is about, and `line` its line, if one is meant: its label
    is marked, or its sequence.

    A `mild` danger is only a note.
    """

    code: str
    set: str
    message: str
    help: str
    mild: bool = False
    line: Line | None = None
    marks_label: bool = False


@dataclass(frozen=True)
class Conflict:
    """A line whose sequence has another label in an earlier line."""

    set: str
    line: Line
    label: str
    earlier: str  # its file and line
    other: str  # its label

    @property
    def place(self) -> str:
        return f"{self.set}.txt:{self.line.number}"


@dataclass
class Copies:
    """Where each sequence occurs, on either strand: eight bytes of a hash, its sets, and the place
    and the column y of the first one.
    """

    alphabet: Alphabet
    seen: dict[int, tuple[int, str]] = field(default_factory=dict)
    within: Counter[str] = field(default_factory=Counter)  # examples that are copies in their set
    across: Counter[tuple[str, str]] = field(default_factory=Counter)
    first_across: dict[tuple[str, str], list[Line]] = field(default_factory=dict)
    two_labels: int = 0
    conflicts: list[Conflict] = field(default_factory=list)  # the first ones of two labels
    _columns: dict[str, str] = field(default_factory=dict)  # each column y once

    def add(self, name: str, sequence: bytes, column: str, line: Line) -> None:
        canonical = self.alphabet.canonical(sequence)
        key = int.from_bytes(hashlib.blake2b(canonical, digest_size=8).digest(), "big")
        bit = 1 << SETS.index(name)
        known = self.seen.get(key)
        if known is None:
            # One number, because there are millions: the line, its set, and a bit for each set.
            place = (line.number << 2 | SETS.index(name)) << 3 | bit
            self.seen[key] = place, self._columns.setdefault(column, column)
            return
        sets, first = known
        if sets & bit:
            self.within[name] += 1
        for number, other in enumerate(SETS):
            if sets & ~bit & 1 << number:
                self.across[other, name] += 1
                lines = self.first_across.setdefault((other, name), [])
                if len(lines) < _SHOWN:
                    lines.append(_kept(line))
        if column != first:
            self.two_labels += 1
            if len(self.conflicts) < _SHOWN:
                number, set = sets >> 5, SETS[sets >> 3 & 3]
                self.conflicts.append(
                    Conflict(name, _kept(line), column, f"{set}.txt:{number}", first)
                )
        if not sets & bit:
            self.seen[key] = sets | bit, first


def _kept(line: Line) -> Line:
    """As much of a line as a message needs."""
    return Line(line.number, line.start, line.text[:CUT])


def dangers(sets: Mapping[str, SetStatistics], copies: Copies, want: Expected) -> Iterator[Danger]:
    """All dangers, set by set."""
    for name, found in sets.items():
        if found.examples:
            yield from _missing(name, found, want)
            yield from _order(name, found, want)
            yield from _unknown(name, found)
    first = next((name for name in sets if sets[name].examples), None)
    if first is None:
        return
    yield from _imbalance(first, sets[first], want)
    yield from _gc(first, sets[first], want)
    yield from _lengths(sets, want)
    for (one, other), count in copies.across.items():
        strands = ", as they are or as reverse complements" if copies.alphabet.paired else ""
        lines = copies.first_across[one, other]
        where = "line " if count == 1 else "lines "
        where += ", ".join(str(line.number) for line in lines) + (", ..." if count > _SHOWN else "")
        message = (
            f"{plural(count, 'example')} of this set {'is' if count == 1 else 'are'} also in the "
            f"{one} set{strands}: {where}"
        )
        help = "a model may have memorized them: seqgra-data ... --split keeps copies together"
        yield Danger("SG814", other, message, help, line=lines[0])
    if copies.two_labels:
        yield _two_labels(copies)


def _two_labels(copies: Copies) -> Danger:
    """Examples that differ from a copy in their label, and where the first ones are."""
    count, conflicts = copies.two_labels, copies.conflicts
    places = "; ".join(
        f"{each.place} {each.label!a}, {each.earlier} {each.other!a}" for each in conflicts
    )
    more = "; ..." if count > len(conflicts) else ""
    examples = plural(count, "example")
    message = (
        f"{examples} with the sequence of another example, but a different label: {places}{more}"
    )
    help = "remove one of the two, or use multi-label classification"
    return Danger(
        "SG815", conflicts[0].set, message, help, line=conflicts[0].line, marks_label=True
    )


def _missing(name: str, found: SetStatistics, want: Expected) -> Iterator[Danger]:
    missing = [label for label in want.labels if not found.labels[label]]
    if missing:
        what = "the labels" if len(missing) > 1 else "the label"
        message = f"the {name} set has no example of {what} {first_few(missing)}"
        help = {
            "training": "the model cannot learn it: add examples, or remove it from the definition",
            "validation": "this set decides when training stops: add examples",
            "test": "nothing is measured for it: add examples",
        }[name]
        yield Danger("SG811", name, message, help)


def _order(name: str, found: SetStatistics, want: Expected) -> Iterator[Danger]:
    if found.examples < LEAST or len(found.columns) < 2:
        return
    mixed = found.mixed_runs()
    if found.runs < SORTED * mixed:
        message = f"the {name} set is sorted by label: {found.runs:,} stretches of one label, about {mixed:,.0f} if it were shuffled"
        if name == "training" and not want.shuffled:
            help = "the definition does not shuffle: shuffle the lines, or set shuffle to True"
            yield Danger("SG813", name, message, help)
        else:
            help = "harmless while training shuffles; parts of a sorted file are not representative"
            yield Danger("SG813", name, message, help, mild=True)


def _unknown(name: str, found: SetStatistics) -> Iterator[Danger]:
    if found.unknown > UNKNOWN * found.letters or found.mostly_unknown:
        message = f"{found.unknown / found.letters:.1%} of the letters are N, padding included"
        help = "harmless if each label has as many N; else a smaller --length, or --pad drop"
        if found.mostly_unknown:
            message += f"; {counted(found.mostly_unknown, 'sequences are')} mostly N"
            help = "leave such sequences out (--pad drop), or choose a smaller length"
        yield Danger("SG816", name, message, help)


def _imbalance(name: str, found: SetStatistics, want: Expected) -> Iterator[Danger]:
    counts = {label: found.labels[label] for label in want.labels if found.labels[label]}
    if want.multi_class and len(counts) > 1:
        most, least = (choose(counts, key=counts.__getitem__) for choose in (max, min))
        if counts[most] >= IMBALANCE * counts[least]:
            message = (
                f"the {name} set has {counts[most]:,} examples of {most} and "
                f"{counts[least]:,} of {least}"
            )
            help = "accuracy means little here: read AUPRC, or balance the classes"
            yield Danger("SG812", name, message, help)
    if not want.multi_class:
        rare = [label for label, count in counts.items() if count < RARE * found.examples]
        if rare:
            message = f"fewer than {RARE:.0%} of the {name} set have the label {first_few(rare)}"
            help = "accuracy means little here: read the AUPRC of each label"
            yield Danger("SG812", name, message, help)


def _gc(name: str, found: SetStatistics, want: Expected) -> Iterator[Danger]:
    values = {label: found.gc_auroc(label) for label in want.labels}
    telling = {
        label: max(value, 1 - value)
        for label, value in values.items()
        if value is not None
        and max(value, 1 - value) >= GC_AUROC
        and LEAST <= found.labels[label] <= found.examples - LEAST
    }
    if telling:
        most = max(telling, key=telling.__getitem__)
        others = f" (and {len(telling) - 1} more labels)" if len(telling) > 2 else ""
        message = (
            f"GC content alone tells {most} from the rest with AUROC {telling[most]:.2f}{others}"
        )
        help = (
            "a classifier may learn only that: take negatives with the same GC content "
            "(seqgra-data bed --negatives gc, or --negatives shuffle)"
        )
        yield Danger("SG817", name, message, help)


def _lengths(sets: Mapping[str, SetStatistics], want: Expected) -> Iterator[Danger]:
    lengths = {name: next(iter(found.lengths)) for name, found in sets.items() if found.lengths}
    if want.per_file and len(set(lengths.values())) > 1:
        words = ", ".join(f"{name} {length:,}" for name, length in lengths.items())
        message = f"the sets have different lengths: {words}"
        yield Danger("SG818", next(iter(lengths)), message, "compare only sets of the same length")
