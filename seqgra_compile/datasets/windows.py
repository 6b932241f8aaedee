"""Windows of the genome around regions, or bins of it, and the classes that cover them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from .bed import Regions

if TYPE_CHECKING:
    import numpy as np

_BLOCK = 2**16  # windows whose classes are found at a time


@dataclass(frozen=True)
class WindowRequest:
    """What a window is.

    `length` None takes the regions as they are. With `bins`, the windows are centred on bins of
    that many letters, and `overlap` is a part of the bin; else it is a part of the window.
    """

    length: int | None
    summits: bool
    stranded: bool
    multi_label: bool
    bins: int | None
    overlap: float
    pad: bool


class Window(NamedTuple):  # made millions of times
    """`start` and `end` may lie outside the chromosome; `region` is None for a bin."""

    start: int
    end: int
    strand: int
    classes: tuple[int, ...]
    region: tuple[int, int] | None = None  # input, and the region's place in it
    bin: tuple[int, int] | None = None


@dataclass
class Annotation:
    """The regions of all inputs, each input of one class."""

    inputs: Sequence[Regions]
    class_of: Sequence[int]  # of each input
    classes: int
    dropped: Counter[str] = field(default_factory=Counter)

    def windows(self, chromosome: int, length: int, request: WindowRequest) -> Iterator[Window]:
        """The windows of one chromosome, which has this many letters, by their start."""
        if request.bins:
            found = self._of_bins(chromosome, length, request.bins, request)
        else:
            found = self._of_regions(chromosome, length, request)
        for window in found:
            if request.pad or (window.start >= 0 and window.end <= length):
                yield window
            else:
                self.dropped["windows over an end of a chromosome"] += 1

    def covered(self, chromosome: int, of: int | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Starts and ends of the stretches that a class's regions, or all, cover: disjoint, sorted."""
        import numpy as np

        parts = [
            (regions.start[there], regions.end[there])
            for regions, number in zip(self.inputs, self.class_of, strict=True)
            if of is None or number == of
            for there in (regions.chromosome == chromosome,)
        ]
        return merged(*(np.concatenate(each) for each in zip(*parts, strict=True)))

    def _of_regions(self, chromosome: int, length: int, request: WindowRequest) -> Iterator[Window]:
        import numpy as np

        columns: list[list[np.ndarray]] = [[], [], [], [], []]
        for number, regions in enumerate(self.inputs):
            rows = np.flatnonzero(regions.chromosome == chromosome)
            start, end = regions.start[rows], regions.end[rows]
            if request.length is not None:
                middle = start + (regions.summit[rows] if request.summits else (end - start) // 2)
                start = middle - request.length // 2
                end = start + request.length
            strand = regions.strand[rows] if request.stranded else np.ones(len(rows), np.int64)
            inputs = np.full(len(rows), number)
            for column, values in zip(columns, (start, end, strand, inputs, rows), strict=True):
                column.append(values)
        start, end, strand, inputs, rows = (np.concatenate(each) for each in columns)
        order = np.lexsort((rows, inputs, end, start))
        start, end, strand, inputs, rows = (
            each[order] for each in (start, end, strand, inputs, rows)
        )
        unions = self._unions(chromosome, request)
        own = np.array(self.class_of)[inputs] if len(inputs) else inputs
        for at in range(0, len(start), _BLOCK):
            part = slice(at, at + _BLOCK)
            if unions:
                table = self._classes(unions, start[part], end[part], request)
                table[np.arange(len(table)), own[part]] = True
                classes = _listed(table)
            else:
                classes = [(number,) for number in own[part].tolist()]
            columns = [each[part].tolist() for each in (start, end, strand, inputs, rows)]
            for first, last, side, number, row, found in zip(*columns, classes, strict=True):
                yield Window(first, last, side, found, (number, row))

    def _of_bins(
        self, chromosome: int, length: int, size: int, request: WindowRequest
    ) -> Iterator[Window]:
        import numpy as np

        starts, ends = self.covered(chromosome)
        # Bins from that of each first letter to that of each last one; bins that are whole.
        first, last = starts // size, (ends - 1) // size
        counts = last - first + 1
        bins = (
            np.repeat(first, counts)
            + np.arange(counts.sum())
            - np.repeat(np.cumsum(counts) - counts, counts)
        )
        bins = np.unique(bins)
        bins = bins[(bins + 1) * size <= length]
        width = request.length or size
        unions = self._unions(chromosome, request)
        for at in range(0, len(bins), _BLOCK):
            begin = bins[at : at + _BLOCK] * size
            table = self._classes(unions, begin, begin + size, request)
            for low, classes in zip(begin.tolist(), _listed(table), strict=True):
                if classes:
                    start = low + size // 2 - width // 2
                    yield Window(start, start + width, 1, classes, bin=(low, low + size))

    def _unions(
        self, chromosome: int, request: WindowRequest
    ) -> list[tuple[np.ndarray, np.ndarray]]:
        """What the regions of each class cover, where that decides labels."""
        if not request.multi_label:
            return []
        return [self.covered(chromosome, number) for number in range(self.classes)]

    def _classes(
        self,
        unions: list[tuple[np.ndarray, np.ndarray]],
        start: np.ndarray,
        end: np.ndarray,
        request: WindowRequest,
    ) -> np.ndarray:
        """Which classes cover at least `overlap` of each window: (windows, classes) bool."""
        import numpy as np

        table = np.zeros((len(start), self.classes), bool)
        # The same threshold as a count of letters; less a little, for fractions such as 0.1.
        least = np.ceil((end - start) * request.overlap - 1e-9)
        for number, union in enumerate(unions):
            letters = overlap(start, end, *union)
            table[:, number] = (letters >= least) & (letters > 0)
        return table


def _listed(table: np.ndarray) -> list[tuple[int, ...]]:
    """The columns that are set in each row."""
    import numpy as np

    rows, columns = np.nonzero(table)
    ends = np.searchsorted(rows, np.arange(len(table) + 1)).tolist()
    numbers = columns.tolist()
    return [tuple(numbers[a:b]) for a, b in zip(ends, ends[1:], strict=False)]


def merged(starts: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The union of intervals, as intervals that neither overlap nor touch, in order."""
    import numpy as np

    if not len(starts):
        return starts, ends
    order = np.argsort(starts, kind="stable")
    starts, ends = starts[order], np.maximum.accumulate(ends[order])
    new = np.append(True, starts[1:] > ends[:-1])
    return starts[new], ends[np.append(np.flatnonzero(new)[1:] - 1, len(ends) - 1)]


def overlap(start: np.ndarray, end: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """How many letters of each window are covered by intervals, disjoint and sorted."""
    import numpy as np

    if not len(starts):
        return np.zeros(len(start), np.int64)
    sums: np.ndarray = np.append(0, np.cumsum(ends - starts))

    def before(at: np.ndarray) -> np.ndarray:
        """Covered letters left of a place."""
        count = np.searchsorted(starts, at, side="right")
        beyond = np.where(count > 0, ends[np.maximum(count, 1) - 1] - at, 0)
        covered: np.ndarray = sums[count] - np.maximum(beyond, 0)
        return covered

    letters: np.ndarray = before(end) - before(start)
    return letters
