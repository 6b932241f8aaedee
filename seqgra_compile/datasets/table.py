"""Tables: CSV and TSV as programs and spreadsheets write them."""

from __future__ import annotations

import bz2
import contextlib
import csv
import gzip
import io
import lzma
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from ..messages.diagnostics import suggest
from .counts import plural
from .faults import DAMAGED, DataError, Fault, Faults, UsageProblem
from .inputs import Input, Progress, Raw
from .recognize import HEAD, TABLE, recognize

DELIMITERS = {"tab": "\t", "comma": ",", "semicolon": ";"}
# What a column may call the sets.
SET_NAMES = {
    "training": "training", "train": "training",
    "validation": "validation", "valid": "validation", "val": "validation", "dev": "validation",
    "test": "test",
}  # fmt: skip
_TRUE, _FALSE = {"1", "1.0", "true", "TRUE", "True"}, {"0", "0.0", "false", "FALSE", "False"}
_EVERY = 2**12
_MAX_CELL = 2**30
_OPENERS = ((b"\x1f\x8b", gzip.open), (b"\xfd7zXZ", lzma.open), (b"BZh", bz2.open))


@dataclass(frozen=True)
class Columns:
    """Names of columns. Several of `labels` are columns of 0 and 1, each a label of its own."""

    sequence: str
    labels: tuple[str, ...]
    id: str | None = None
    set: str | None = None
    chromosome: str | None = None
    separator: str | None = None  # between the labels of one cell
    chromosomes: dict[str, str] | None = None  # the set of each; others are in training

    @property
    def named(self) -> list[str]:
        others = (self.id, self.set, self.chromosome)
        return [self.sequence, *self.labels, *(name for name in others if name)]


@contextlib.contextmanager
def decompressed(path: Path) -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """The bytes of a file, decompressed where need be, and the file itself, for its position."""
    with path.open("rb") as file:
        head = file.read(6)
        file.seek(0)
        opener = next((each for starts, each in _OPENERS if head.startswith(starts)), None)
        if opener is None:
            yield file, file
        else:
            with opener(file, "rb") as inner:
                yield cast("BinaryIO", inner), file  # it has the methods of one


def read_table(
    inputs: Sequence[Input], columns: Columns, delimiter: str | None, faults: Faults,
    progress: Progress,
) -> Iterator[Raw]:  # fmt: skip
    """The rows of all files, in order. Each file has a header of its own."""
    sizes = [each.path.stat().st_size for each in inputs]
    for number, each in enumerate(inputs):
        try:
            with decompressed(each.path) as (data, file):
                rows = _rows(each.path, data, columns, delimiter)
                for count, (line, cells) in enumerate(rows):
                    if count % _EVERY == 0:
                        progress(sum(sizes[:number]) + file.tell(), sum(sizes))
                    raw = _raw(cells, line, each, number, columns, faults)
                    if raw is not None:
                        yield raw
        except UnicodeDecodeError:
            help = "iconv -f latin1 -t utf-8 FILE > NEW, if it is Latin 1"
            raise DataError(Fault("is not text in UTF-8", str(each.path), help)) from None
        except csv.Error as error:
            help = "is a quote not closed?"
            raise DataError(
                Fault(f"cannot be read as a table: {error}", str(each.path), help)
            ) from None
        except (EOFError, lzma.LZMAError, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            message = f"cannot be decompressed: {error}"
            raise DataError(Fault(message, str(each.path), DAMAGED)) from None


def _rows(
    path: Path, data: BinaryIO, columns: Columns, delimiter: str | None
) -> Iterator[tuple[int, list[str]]]:
    """Line number and the cells of the named columns, in the order of `Columns.named`, of each row."""
    csv.field_size_limit(_MAX_CELL)
    text = io.TextIOWrapper(data, encoding=_encoding(path, data), newline="")
    first = text.readline()
    skipped = 1
    if first.lower().startswith("sep=") and len(first.strip()) == 5:  # a habit of Excel
        first, skipped = text.readline(), 2
    if not first.strip():
        raise DataError(Fault("holds no header", str(path), f"a line of column names: {TABLE}"))
    mark = _delimiter(path, first, columns, delimiter)
    header = next(csv.reader([first], delimiter=mark))
    places = _places(path, header, columns)
    needed = max(places) + 1
    reader = csv.reader(text, delimiter=mark, strict=True)
    found = 0
    for cells in reader:
        line = reader.line_num + skipped
        if not any(cells):
            continue
        found += 1
        if len(cells) < needed or len(cells) > len(header):
            message = f"has {plural(len(cells), 'cell')}; the header has {len(header):,}"
            help = f"is {_name(mark)} the delimiter, and is text with {_name(mark)} in quotes?"
            raise DataError(Fault(message, f"{path}:{line}", help))
        yield line, [cells[place].strip() for place in places]
    if not found:
        raise DataError(Fault("holds no row", str(path), "correct the path, or leave it out"))


def _encoding(path: Path, data: BinaryIO) -> str:
    """UTF-8, or UTF-16 if the file has its byte order mark; what is not text is refused."""
    peeked = data.peek(HEAD)[:HEAD] if hasattr(data, "peek") else b""
    if peeked.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    kind = recognize(peeked)
    # Any other beginning that is text may be a column's name.
    if kind and "mark" not in kind.name and (b"\0" in peeked or not {*b",;\t"} & {*peeked}):
        raise DataError(Fault(f"is {kind.name}, not a table", str(path), kind.remedy))
    return "utf-8-sig"


def _name(mark: str) -> str:
    return "a " + next(name for name, each in DELIMITERS.items() if each == mark)


def _delimiter(path: Path, header: str, columns: Columns, asked: str | None) -> str:
    """The delimiter under which the header has all columns that are named."""
    if asked:
        return DELIMITERS[asked]
    best, most = "\t", -1
    for mark in DELIMITERS.values():
        names = {name.strip() for name in next(csv.reader([header], delimiter=mark))}
        hits = len(names & set(columns.named)) * 1000 + len(names)
        if hits > most:
            best, most = mark, hits
    return best


def _places(path: Path, header: list[str], columns: Columns) -> list[int]:
    names = [name.strip() for name in header]
    faults = []
    for name in columns.named:
        if names.count(name) > 1:
            message = f"has {names.count(name)} columns '{name}'"
            faults.append(Fault(message, f"{path}:1", "rename all but one"))
        elif name not in names:
            message = f"has no column '{name}'"
            faults.append(Fault(message, f"{path}:1", suggest(name, names)))
    if faults:
        raise DataError(*faults)
    return [names.index(name) for name in columns.named]


def _raw(
    cells: list[str], line: int, source: Input, number: int, columns: Columns, faults: Faults
) -> Raw | None:
    """One row, or None after a fault."""
    place = f"{source.path}:{line}"
    sequence, *cells = cells
    given, rest = cells[: len(columns.labels)], cells[len(columns.labels) :]
    extra = dict(
        zip([n for n in ("id", "set", "chromosome") if getattr(columns, n)], rest, strict=True)
    )
    if not sequence.isascii():
        message = "the sequence holds a letter that is not ASCII"
        faults.add("sequences that are not ASCII", place, message, "correct the file")
        return None
    labels = _labels(given, place, columns, faults)
    set = source.set
    if columns.set:
        set = SET_NAMES.get(extra["set"].lower(), "")
        if not set:
            message = f"the set is {extra['set'][:50]!a}"
            help = f"one of: {', '.join(SET_NAMES)}"
            faults.add(f"rows without a set in column '{columns.set}'", place, message, help)
            return None
    if columns.chromosomes is not None:
        set = columns.chromosomes.get(extra["chromosome"], "training")
    # ids.tsv has one line per example.
    id = " ".join(extra.get("id", "").split()) or f"line{line}"
    return Raw(sequence.encode(), labels, id, number, f"line {line}", "", set)


def _labels(cells: list[str], place: str, columns: Columns, faults: Faults) -> str:
    """Labels joined by |; after a fault none, so that the row's sequence is also judged."""
    if len(cells) > 1:
        wrong = [cell for cell in cells if cell not in _TRUE and cell not in _FALSE]
        if wrong:
            message = f"a label's column holds {wrong[0][:50]!a}"
            help = "several --label are columns of 0 and 1"
            faults.add("rows with other values than 0 and 1", place, message, help)
            return ""
        return "|".join(
            name for name, cell in zip(columns.labels, cells, strict=True) if cell in _TRUE
        )
    cell = cells[0]
    if columns.separator is not None:
        return "|".join(dict.fromkeys(filter(None, map(str.strip, cell.split(columns.separator)))))
    if not cell:
        help = "fill it in, or remove the row; if an example may have several labels or none: --multi-label"
        faults.add(f"rows without a label in column '{columns.labels[0]}'", place, "no label", help)
    return cell


def check_columns(columns: Columns) -> None:
    """Refuse a column that is named for two things, and an empty separator."""
    if columns.separator == "":
        raise UsageProblem("--separator: is empty", "name what separates labels in a cell")
    for name in columns.named:
        if columns.named.count(name) > 1:
            raise UsageProblem(f"column '{name}' is named for two things", "name each column once")
