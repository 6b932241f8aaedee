"""Which set an example belongs to, if fractions decide: stratified, with copies kept together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..catalog.data import SETS


@dataclass
class Fractions:
    """Gives each group of copies to the set that lacks its labels most.

    Groups come in random order. At any time each set has its share of each label, to within one
    group; with several labels per example, as nearly as their combinations allow.
    """

    shares: tuple[float, float, float]
    # Of each label: its examples so far, and those in each set.
    seen: dict[str, int] = field(default_factory=dict)
    given: dict[str, list[int]] = field(default_factory=dict)

    def choose(self, labels: Sequence[str]) -> str:
        """The set of a group, from all labels of all its examples."""
        for label in labels:
            self.seen[label] = self.seen.get(label, 0) + 1
        counts = [(self.seen[label], self.given.setdefault(label, [0, 0, 0])) for label in labels]
        best, most = 0, -float("inf")
        for number, share in enumerate(self.shares):
            if share:
                lack = 0.0
                for seen, given in counts:
                    # As a fraction of its examples: rare labels weigh more.
                    lack += (share * seen - given[number]) / seen
                # Far more than the rounding of a sum, so that the order of adding never decides.
                if lack > most + 1e-9:
                    best, most = number, lack
        for _, given in counts:
            given[best] += 1
        return SETS[best]
