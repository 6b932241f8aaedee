"""The runs of a sweep: which model seed is trained on which data, and the sheet that lists them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from fractions import Fraction
from typing import TypeVar

from ..catalog.sequences import SEED
from .problem import SweepError

T = TypeVar("T")

SHEET = "runs.tsv"
_MAX_SEEDS = 10_000
_RANGE = re.compile(r"(\d{1,10})(?:-(\d{1,10}))?", re.ASCII)
_SIZE = re.compile(r"\d{1,9}|0?\.\d{1,6}|1\.0{1,6}", re.ASCII)


@dataclass(frozen=True)
class Data:
    """A data set: its name, and its origin.

    `size` is its number of training examples, or the fraction that is drawn from those of
    `folder`. Its test set is that of the simulated data `test_data`, or of `folder`. Without a
    size, a folder is used as it is, or only the test set of simulated data.
    """

    data: str
    size: str = ""
    data_seed: str = ""
    folder: str = ""
    test_data: str = ""


@dataclass(frozen=True)
class SweepRun:
    """A row of the sheet: `model` is the architecture's id with the seed.

    A Bayes classifier, which draws nothing, has no seed.
    """

    architecture: str
    model: str
    model_seed: str
    data: str
    size: str
    data_seed: str
    folder: str
    test_data: str


COLUMNS = tuple(field.name for field in fields(SweepRun))


def read_seeds(words: Sequence[str], option: str) -> tuple[int, ...]:
    """Seeds from words such as 1, 1-5 and 1,3,7, each once, in their order."""
    found: dict[int, None] = {}
    if not words:
        return ()
    for word in ",".join(words).split(","):
        match = _RANGE.fullmatch(word)
        if not match:
            raise SweepError(f"{word!r} is not a seed", option, "write 1-5, or 1 2 3")
        first = int(match[1])
        last = int(match[2] or first)
        if last < first:
            raise SweepError(f"{word}: the smaller seed comes first", option, f"{last}-{first}")
        if last > SEED.maximum:
            raise SweepError(f"{last} is not a seed", option, f"seeds are 0 to {SEED.maximum}")
        if last - first >= _MAX_SEEDS or len(found) > _MAX_SEEDS:
            raise SweepError(f"more than {_MAX_SEEDS:,} seeds", option, "make several sweeps")
        found |= dict.fromkeys(range(first, last + 1))
    return tuple(found)


def read_sizes(words: Sequence[str], shares: bool) -> tuple[str, ...]:
    """Sizes, each once, in their order: whole numbers and, if `shares` are allowed, fractions."""
    found: dict[str, None] = {}
    if not words:
        return ()
    for word in ",".join(words).split(","):
        if not _SIZE.fullmatch(word) or Fraction(word) == 0:
            help = "write numbers of training examples, such as 10000"
            raise SweepError(f"{word!r} is not a size", "--sizes", help)
        if "." in word and not shares:
            help = "a fraction is for --data-dir: simulated data have as many examples as are asked"
            raise SweepError(f"{word} is a fraction", "--sizes", help)
        found[str(float(word) if "." in word else int(word))] = None
    return tuple(found)


def pairs(seeds: Sequence[int], data: Sequence[T], grid: bool) -> list[tuple[int, T]]:
    """Model seeds and the data of data seeds that belong together.

    All with all if `grid`; otherwise the first with the first and so on, repeating the shorter
    list.
    """
    if grid:
        return [(seed, each) for each in data for seed in seeds]
    count = max(len(seeds), len(data))
    return [(seeds[i % len(seeds)], data[i % len(data)]) for i in range(count)]


def sheet(runs: Iterable[SweepRun]) -> str:
    """The sheet's text."""
    return "".join("\t".join(row) + "\n" for row in (COLUMNS, *map(astuple, runs)))


def read_sheet(text: str, place: str) -> list[SweepRun]:
    """The runs in a sheet; raises `SweepError` if it was not written by seqgra-sweep."""
    header, *lines = text.splitlines() or [""]
    rows = [line.split("\t") for line in lines]
    if header.split("\t") != list(COLUMNS) or any(len(row) != len(COLUMNS) for row in rows):
        raise SweepError(
            f"its columns are not {', '.join(COLUMNS)}", place, "name a new folder with -o"
        )
    return [SweepRun(*row) for row in rows]


def joined(known: Iterable[SweepRun], new: Iterable[SweepRun]) -> tuple[SweepRun, ...]:
    """The runs of both, without repetition, in the order of the architectures, then by size and seeds."""
    found = dict.fromkeys([*known, *new])
    architectures = list(dict.fromkeys(run.architecture for run in found))

    def key(run: SweepRun) -> tuple[object, ...]:
        numbers = (Fraction(word or -1) for word in (run.size, run.data_seed, run.model_seed))
        return (architectures.index(run.architecture), *numbers, run.data)

    return tuple(sorted(found, key=key))
