"""Labels that look like several labels, joined by a separator that the command was not told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from ..messages.diagnostics import first_few
from .counts import plural

_SEPARATORS = ",;/|"


@dataclass(frozen=True)
class Joined:
    """`labels` look joined by `separator`; if `twice`, some of them have the same parts."""

    separator: str
    labels: tuple[str, ...]
    twice: bool

    def message(self, all: int) -> str:
        shown = first_few((f"'{label}'" for label in self.labels), 2)
        verb = "looks" if len(self.labels) == 1 else "look"
        return f"{len(self.labels):,} of {plural(all, 'label')} {verb} joined by '{self.separator}': {shown}"


def joined(labels: Collection[str]) -> Joined | None:
    """What looks joined, if anything does: a label whose parts are all labels, or parts of others.

    At least one part must be a label of its own: 'low, early' and 'low, late' are two classes.
    """
    for separator in _SEPARATORS:
        parts = {label: _parts(label, separator) for label in labels if separator in label}
        count = Counter(part for each in parts.values() for part in each)
        known = {part for part, number in count.items() if part in labels or number > 1}
        found = {label: each for label, each in parts.items() if len(each) > 1 and each <= known}
        if any(part in labels for each in found.values() for part in each):
            return Joined(separator, tuple(sorted(found)), len({*found.values()}) < len(found))
    return None


def _parts(label: str, separator: str) -> frozenset[str]:
    return frozenset(filter(None, map(str.strip, label.split(separator))))
