"""FASTA and FASTQ, plain or compressed, by dnaio."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .faults import DAMAGED, DataError, Fault, Faults, UsageProblem
from .inputs import Input, Progress, Raw
from .recognize import kind_of

if TYPE_CHECKING:
    import dnaio

# A header as bedtools getfasta writes it: chr1:10-20, name::chr1:10-20(+).
_REGION = re.compile(r"(?:^|::)([^\s:]+):(\d+)-(\d+)(?:\(([+.-])\))?(?=\s|$)")
_EVERY = 2**12  # records between two reports of progress


@dataclass(frozen=True)
class Headers:
    """What is read from a header: its label by `pattern`, its set by `chromosomes`, if they are
    given.
    """

    pattern: re.Pattern[str] | None = None
    chromosomes: dict[str, str] | None = None  # the set of each; others are in training

    def labels(self, header: str, default: str) -> str | None:
        """Labels joined by |, or None if the pattern does not match."""
        if self.pattern is None:
            return default
        match = self.pattern.search(header)
        if match is None:
            return None
        return match["label"] if "label" in self.pattern.groupindex else match[1]

    def set(self, header: str, default: str) -> str | None:
        """The set, or None if the header names no region."""
        if self.chromosomes is None:
            return default
        match = _REGION.search(header)
        return self.chromosomes.get(match[1], "training") if match else None


def header_pattern(text: str | None) -> re.Pattern[str]:
    """The regular expression that finds a label in a header."""
    example = r"such as --pattern 'class=(\S+)'"
    if text is None:
        raise UsageProblem("--label-from header needs --pattern", example)
    try:
        pattern = re.compile(text)
    except re.error as error:
        raise UsageProblem(f"--pattern {text}: {error}", example) from None
    if not pattern.groups:
        raise UsageProblem(f"--pattern {text}: it has no group in parentheses", example)
    return pattern


def read_fasta(
    inputs: Sequence[Input], headers: Headers, faults: Faults, progress: Progress
) -> Iterator[Raw]:
    """The records of all files, in order."""
    sizes = [each.path.stat().st_size for each in inputs]
    for number, each in enumerate(inputs):

        def so_far(at: int, done: int = sum(sizes[:number])) -> None:
            progress(done + at, sum(sizes))

        yield from _read_file(each, number, headers, faults, so_far)


def _read_file(
    source: Input, number: int, headers: Headers, faults: Faults, progress: Callable[[int], None]
) -> Iterator[Raw]:
    plain = headers.pattern is None and headers.chromosomes is None
    count = 0
    for count, record in enumerate(_records(source.path, progress), 1):
        labels, set = source.label, source.set
        if not plain:
            of_header = _of_header(record.name, count, source, headers, faults)
            if of_header is None:
                continue
            labels, set = of_header
        sequence, place = record.sequence.encode(), f"record {count}"
        yield Raw(sequence, labels, record.id or place, number, place, "", set)
    if not count:
        help = "correct the path, or leave out the file"
        raise DataError(Fault("holds no sequence", str(source.path), help))


def _records(path: Path, progress: Callable[[int], None]) -> Iterator[dnaio.SequenceRecord]:
    """The records of a file as dnaio reads them."""
    import dnaio
    import xopen

    count = 0
    # Opened here for its position, which is the progress.
    with path.open("rb") as file:
        kind = kind_of(path)
        compressed = kind is not None and "compressed" in kind.name
        try:
            with xopen.xopen(file, "rb") as data:
                # Decided by the content, since names may be wrong.
                first = data.peek(1)[:1]  # type: ignore[attr-defined]  # each of its readers can
                format = "fastq" if first == b"@" else "fasta"
                with dnaio.open(data, fileformat=format) as records:
                    for count, record in enumerate(records, 1):
                        if count % _EVERY == 0:
                            progress(file.tell())
                        yield record
        except dnaio.FileFormatError as error:
            raise DataError(_format_fault(path, count, str(error))) from None
        except UnicodeDecodeError:
            message = "contains bytes that are not text"
            raise DataError(Fault(message, str(path), _remedy(path))) from None
        except Exception as error:  # each library for compressed files raises its own errors
            if not compressed or (isinstance(error, OSError) and error.errno is not None):
                raise
            message = f"cannot be decompressed after record {count:,}: {error}"
            raise DataError(Fault(message, str(path), DAMAGED)) from None


def _of_header(
    header: str, count: int, source: Input, headers: Headers, faults: Faults
) -> tuple[str, str] | None:
    """Labels and set of a record; None after a fault."""
    place = f"{source.path}: record {count:,}"
    labels = headers.labels(header, source.label)
    if labels is None or (headers.pattern is not None and not labels):
        help = "correct --pattern; it is searched in the whole line after >"
        message = f"--pattern finds no label in the header {header[:60]!a}"
        faults.add("headers without a label", place, message, help)
        return None
    set = headers.set(header, source.set)
    if set is None:
        help = "as bedtools getfasta writes: >chr1:100-200 or >name::chr1:100-200(+)"
        message = f"no chromosome is in the header {header[:60]!a}"
        faults.add("headers without a chromosome", place, message, help)
        return None
    return labels, set


def _format_fault(path: Path, count: int, error: str) -> Fault:
    if "ASCII" in error:
        message = f"record {count + 1:,}: contains a letter that is not ASCII"
        return Fault(
            message, str(path), "correct the header or the sequence: use plain letters only"
        )
    return Fault(f"is not FASTA after record {count:,}: {error}", str(path), _remedy(path))


def _remedy(path: Path) -> str:
    kind = kind_of(path)
    if kind is None or "FASTA" in kind.name or "FASTQ" in kind.name:
        return "FASTA: a line >name, then lines of letters"
    return f"this is {kind.name}: {kind.remedy}"
