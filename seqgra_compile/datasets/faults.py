"""Faults of an input, with place, reason and remedy; all are reported at once, grouped by kind."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from .counts import counted

DAMAGED = "the file is truncated or damaged: make or download it again"
SHOWN = 5  # faults of one kind that are shown; the rest is counted


@dataclass(frozen=True)
class Fault:
    """`place` is a file, with its record or line if known; `details` are more lines for people."""

    message: str
    place: str | None = None
    help: str | None = None
    details: tuple[str, ...] = ()


class DataError(Exception):
    """Input from which no data folder can be made."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(faults[0].message)
        self.faults = faults


class UsageProblem(Exception):
    """Options that exclude one another."""

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.message, self.help = message, help


@dataclass
class Faults:
    """Collects the faults of records and lines while an input is read to its end."""

    shown: dict[str, list[Fault]] = field(default_factory=dict)
    count: Counter[str] = field(default_factory=Counter)
    help: dict[str, str | None] = field(default_factory=dict)

    def add(self, kind: str, place: str, message: str, help: str | None = None) -> None:
        """`kind` is a plural, under which the faults that are not shown are counted: 'records with
        unknown letters'.
        """
        self.count[kind] += 1
        self.help.setdefault(kind, help)
        shown = self.shown.setdefault(kind, [])
        if len(shown) < SHOWN:
            shown.append(Fault(message, place))

    def stop(self, *others: Fault) -> None:
        """Raise DataError if anything was found; the remedy is given once per kind."""
        found = list(others)
        for kind, shown in self.shown.items():
            more = self.count[kind] - len(shown)
            *first, last = shown
            if more:
                first.append(last)
                last = Fault(f"... and {counted(more, f'more {kind}')}")
            found += [*first, Fault(last.message, last.place, self.help[kind])]
        if found:
            raise DataError(*found)
