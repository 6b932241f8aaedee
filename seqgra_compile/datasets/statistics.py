"""What a set of a data folder holds: counted line by line; only the counts are held."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from .alphabet import Alphabet

PERCENT = 101  # steps of GC's share


@dataclass
class SetStatistics:
    """Of the examples of one set that a script would take.

    `gc` counts, for each label, the examples with each percentage of G and C; `runs` counts the
    stretches of examples with the same column y.
    """

    alphabet: Alphabet
    examples: int = 0
    letters: int = 0
    unknown: int = 0
    mostly_unknown: int = 0
    runs: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    columns: Counter[str] = field(default_factory=Counter)  # whole columns y
    lengths: Counter[int] = field(default_factory=Counter)
    gc: dict[str, list[int]] = field(default_factory=dict)
    _last: str | None = None

    def add(self, sequence: bytes, column: str, labels: list[str]) -> None:
        """`sequence` in upper case; `column` is y as written, `labels` its parts."""
        self.examples += 1
        length = len(sequence)
        self.letters += length
        self.lengths[length] += 1
        unknown = sequence.count(self.alphabet.unknown) if self.alphabet.unknown else 0
        if unknown:
            self.unknown += unknown
            self.mostly_unknown += unknown * 2 > length
        self.columns[column] += 1
        self.runs += column != self._last
        self._last = column
        percent = 0
        if self.has_gc:
            known = length - unknown
            percent = (sequence.count(b"G") + sequence.count(b"C")) * 100 // known if known else 0
        for label in labels or [""]:
            self.labels[label] += bool(label)
            if self.has_gc:
                self.gc.setdefault(label, [0] * PERCENT)[percent] += 1

    @property
    def has_gc(self) -> bool:
        return self.alphabet.name != "protein"

    def mixed_runs(self) -> float:
        """How many runs there would be on average if the examples were in random order."""
        total = self.examples
        same = sum(count * (count - 1) for count in self.columns.values())
        return 1 + (total - 1) * (1 - same / (total * (total - 1))) if total > 1 else 1.0

    def gc_auroc(self, label: str) -> float | None:
        """How well the share of G and C alone tells a label from all others: 0.5 is not at all."""
        if not self.has_gc or label not in self.gc:
            return None
        positive = self.gc[label]
        others = [0] * PERCENT
        for other, counts in self.gc.items():
            if other != label:
                others = [a + b for a, b in zip(others, counts, strict=True)]
        above, wins = 0, 0.0
        for ours, theirs in zip(positive, others, strict=True):
            wins += ours * (above + theirs / 2)
            above += theirs
        pairs = sum(positive) * above
        return wins / pairs if pairs else None
