"""Which set an example belongs to, where fractions decide: stratified, copies together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

SETS = ("training", "validation", "test")


@dataclass
class Fractions:
    """Gives each group of copies to the set that lacks its labels most.

    Groups come in random order. Of each label, each set then has its share of the examples so far,
    to within one group; with several labels per example, as nearly as their combinations allow.
    """

    shares: tuple[float, float, float]
    seen: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    given: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))

    def choose(self, labels: Sequence[tuple[str, ...]]) -> str:
        """The set of a group, from the labels of each of its examples."""
        counts: dict[str, int] = defaultdict(int)
        for each in labels:
            for label in each or ("",):  # examples without any label are a stratum, too
                counts[label] += 1
        for label, count in counts.items():
            self.seen[label] += count
        best = max(
            (number for number, share in enumerate(self.shares) if share),
            key=lambda number: (
                # Rounded: the same choice on any machine, whatever the order of a sum.
                round(sum(self._lack(label, number) for label in counts), 9),
                self.shares[number],
                -number,
            ),
        )
        for label, count in counts.items():
            self.given[label][best] += count
        return SETS[best]

    def _lack(self, label: str, number: int) -> float:
        """What a set lacks of a label, as a part of all its examples: rare labels weigh more."""
        seen = self.seen[label]
        return (self.shares[number] * seen - self.given[label][number]) / seen
