"""BED and narrowPeak: regions of a genome, 0-based and half-open."""

from __future__ import annotations

import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..messages.diagnostics import first_few, nearest
from .counts import counted, plural
from .faults import DAMAGED, DataError, Fault, Faults
from .inputs import Input
from .recognize import recognize
from .table import decompressed

if TYPE_CHECKING:
    import numpy as np

_SKIPPED = (b"#", b"track", b"browser")
_STRANDS = {b"+": 1, b"-": -1, b".": 0, b"": 0}
_SUMMIT = 9  # narrowPeak's tenth column: an offset from the start, or -1


@dataclass(frozen=True)
class Regions:
    """The regions of one file, in its order: one array per column, and a list of names.

    `summit` is -1 if the file gives none; `line` counts from 1.
    """

    chromosome: np.ndarray  # index into the genome's chromosomes
    start: np.ndarray
    end: np.ndarray
    strand: np.ndarray  # 1, -1, or 0
    summit: np.ndarray
    line: np.ndarray
    names: list[str]

    def __len__(self) -> int:
        return len(self.start)


@dataclass
class Chromosomes:
    """The genome's chromosomes, and how regions on others are treated.

    `renamed` maps names in the BED files to those of the genome.
    """

    lengths: Mapping[str, int]
    renamed: Mapping[str, str]
    drop_unknown: bool

    def __post_init__(self) -> None:
        self.number = {name: number for number, name in enumerate(self.lengths)}
        self.unknown: dict[str, dict[str, int]] = {}  # file, name: regions


@dataclass(frozen=True)
class Needed:
    """Which columns a region needs besides the first three."""

    summit: bool
    strand: bool


def read_bed(source: Input, chromosomes: Chromosomes, needed: Needed, faults: Faults) -> Regions:
    """All regions of a file. Faults of lines are collected; unknown chromosomes are counted."""
    import numpy as np

    rows = array.array("q")  # six numbers per region, without an object for each
    names: list[str] = []
    try:
        with decompressed(source.path) as (lines, _):
            for line, text in enumerate(lines, 1):
                if text.startswith(_SKIPPED) or not text.strip():
                    continue
                row = _row(text, line, source.path, chromosomes, needed, faults)
                if row is not None:
                    rows.extend(row[0])
                    names.append(row[1])
    except (EOFError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        message = f"cannot be decompressed: {error}"
        raise DataError(Fault(message, str(source.path), DAMAGED)) from None
    a, b, c, d, e, f = np.frombuffer(rows, np.int64).reshape(len(names), 6).T
    return Regions(a, b, c, d, e, f, names)


def _row(
    text: bytes, line: int, path: Path, chromosomes: Chromosomes, needed: Needed, faults: Faults
) -> tuple[tuple[int, int, int, int, int, int], str] | None:
    place = f"{path}:{line}"
    text = text.rstrip(b"\r\n")
    fields = text.split(b"\t") if b"\t" in text else text.split()
    try:
        start, end = int(fields[1]), int(fields[2])
    except (IndexError, ValueError):
        kind = recognize(text)
        help = f"this is {kind.name}: {kind.remedy}" if kind and kind.starts else (
            "BED: chromosome, start, end, separated by tabs; a header line starts with #"
        )  # fmt: skip
        faults.add("lines that are not BED", place, f"is not BED: {text[:40]!a}", help)
        return None
    name = fields[0].decode("utf-8", "replace")
    name = chromosomes.renamed.get(name, name)
    if name not in chromosomes.number:
        counts = chromosomes.unknown.setdefault(str(path), {})
        counts[name] = counts.get(name, 0) + 1
        return None
    length = chromosomes.lengths[name]
    if not 0 <= start < end:
        help = "BED is 0-based and half-open: 0 <= start < end"
        faults.add("regions that are empty or reversed", place, f"start {start}, end {end}", help)
        return None
    if end > length:
        help = "are the regions from another assembly than the genome?"
        message = f"{name}:{start}-{end} is beyond the end of {name}, which has {plural(length, 'letter')}"
        faults.add("regions beyond the end of a chromosome", place, message, help)
        return None
    strand = _STRANDS.get(fields[5] if len(fields) > 5 else b"")
    summit = -1
    if needed.summit:
        try:
            summit = int(fields[_SUMMIT])
        except (IndexError, ValueError):
            summit = -1
        if not 0 <= summit < end - start:
            help = "--center middle uses the middle of each region"
            faults.add("regions without a summit in column 10", place, "no summit", help)
            return None
    if strand is None:
        help = "column 6 of BED is +, - or ."
        faults.add("regions with an unknown strand", place, f"strand {fields[5][:10]!a}", help)
        return None
    if needed.strand and not strand:
        help = "+ or - in column 6; or leave out --stranded"
        faults.add("regions without a strand", place, "no strand", help)
        return None
    label = fields[3].decode("utf-8", "replace") if len(fields) > 3 else ""
    row = chromosomes.number[name], start, end, strand, summit, line
    return row, "" if label == "." else label.strip()


def check_unknown(chromosomes: Chromosomes, genome: str) -> list[Fault]:
    """Report regions on chromosomes that the genome lacks, one fault per file, unless they are
    dropped.
    """
    if chromosomes.drop_unknown:
        return []
    faults = []
    for path, counts in chromosomes.unknown.items():
        message = (
            f"{counted(sum(counts.values()), 'regions are')} on chromosomes that {genome} lacks: "
            f"{first_few(sorted(counts))}"
        )
        faults.append(Fault(message, path, _naming(counts, chromosomes.number)))
    return faults


def _naming(counts: Iterable[str], known: Mapping[str, int]) -> str:
    counts = sorted(counts)
    other = "drop such regions with --unknown-chromosomes drop"
    if all(f"chr{name}" in known for name in counts):
        return f"the genome says chr{counts[0]}: --rename add-chr"
    if all(name.removeprefix("chr") in known for name in counts):
        return f"the genome says {counts[0].removeprefix('chr')}: --rename remove-chr"
    if any(f"chr{name}" in known for name in counts):
        return f"the genome has some of them as chr...: --rename add-chr; {other}"
    if any(name.removeprefix("chr") in known for name in counts):
        return f"the genome has some of them without chr: --rename remove-chr; {other}"
    near = nearest(counts[0], known)
    hint = f"did you mean '{near}'? " if near else ""
    return f"{hint}--rename FILE gives the genome's names (two columns: old, new); {other}"


def renaming(choice: str | None, names: Iterable[str]) -> dict[str, str]:
    """A map from other names to the genome's: from `add-chr`, `remove-chr`, or a file of two
    columns.
    """
    if choice is None:
        return {}
    if choice == "add-chr":
        return {name.removeprefix("chr"): name for name in names if name.startswith("chr")}
    if choice == "remove-chr":
        return {f"chr{name}": name for name in names}
    rows = [line.split() for line in Path(choice).read_text("utf-8").splitlines() if line.strip()]
    for number, row in enumerate(rows, 1):
        if len(row) != 2:
            help = "two columns: a name in the BED files, the genome's name"
            raise DataError(Fault(plural(len(row), "column"), f"{choice}:{number}", help))
    return dict(rows)
