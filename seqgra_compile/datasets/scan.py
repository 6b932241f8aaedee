"""Read a data file as a script does: every fault with its line, and what the set holds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from ..messages.diagnostics import suggest
from .excerpt import CUT, Line
from .expected import Expected
from .recognize import HEAD, TABLE, recognize
from .statistics import SetStatistics

SHOWN = 5  # faults of a kind that are shown per file
_KINDS = 100  # such as unknown labels
_CARRIED = 2**27  # bytes of a line that are read at most


@dataclass
class Finding:
    """Faults of one kind in one file: the first ones with their place, and their number.

    `first` and `last` delimit the marked characters of the line, from 0.
    """

    code: str
    help: str
    lines: list[tuple[Line, str, int, int]] = field(default_factory=list)
    count: int = 0
    numbers: list[int] = field(default_factory=list)  # of lines, the first ones


@dataclass
class Scan:
    """What was read from a file."""

    path: Path
    statistics: SetStatistics
    findings: dict[str, Finding] = field(default_factory=dict)
    size: int = 0
    sha256: str = ""
    length: int | None = None  # of the sequences, where the file decided on it

    def add(
        self, kind: str, code: str, line: Line, message: str, marked: tuple[int, int], help: str
    ) -> None:
        if kind not in self.findings and len(self.findings) >= _KINDS:
            kind = code  # every line may have a label of its own
        finding = self.findings.setdefault(kind, Finding(code, help))
        finding.count += 1
        if len(finding.lines) < SHOWN:
            kept = Line(line.number, line.start, line.text[:CUT])
            finding.lines.append((kept, message, *marked))
        if len(finding.numbers) < 2 * SHOWN:
            finding.numbers.append(line.number)


Seen = Callable[[bytes, str, Line], None]  # sequence, column y, line


def scan(path: Path, want: Expected, length: int | None, seen: Seen) -> Scan:
    """Read a file to its end; `seen` gets each example that a script would accept."""
    result = Scan(path, SetStatistics(want.alphabet), length=length)
    digest = hashlib.sha256()
    with path.open("rb") as file:
        head = file.read(HEAD)
        file.seek(0)
        lines = _lines(file, digest)
        if head.split(b"\n", 1)[0].rstrip(b"\r") != b"x\ty" or b"\n" not in head:
            _header(result, head, lines)
        else:
            _examples(result, want, lines, seen)
        for _ in lines:
            pass  # to the end, for the hash
        result.size = file.tell()
    result.sha256 = digest.hexdigest()
    return result


def _lines(file: BinaryIO, digest: hashlib._Hash) -> Iterator[Line]:
    """Lines with their place; of an extremely long line, only the start."""
    number = start = 0
    while text := file.readline(_CARRIED):
        number += 1
        digest.update(text)
        line = Line(number, start, text)
        start += len(text)
        while len(text) == _CARRIED and not text.endswith(b"\n"):
            text = file.readline(_CARRIED)
            digest.update(text)
            start += len(text)
        yield line


def _header(result: Scan, head: bytes, lines: Iterator[Line]) -> None:
    line = next(lines, Line(1, 0, b""))
    text = line.text.rstrip(b"\r\n")
    message = f"found {line.text[:20]!r}, need x, tab, y"
    result.add("header", "SG802", Line(1, 0, text), message, (0, len(text)), _header_help(head))


def _header_help(head: bytes) -> str:
    first = head.split(b"\n", 1)[0]
    if not head.strip():
        return "the file is empty: write it again"
    if kind := recognize(head):
        return f"this is {kind.name}: {kind.remedy}"
    if b"\r" in first.rstrip(b"\r"):
        return "lines end with carriage returns only: tr '\\r' '\\n' < FILE > NEW"
    if head[:1] == b"\0" or b"\0" in first:
        return "is this UTF-16? iconv -f utf-16 -t utf-8 FILE > NEW"
    fields = first.strip().lower().replace(b'"', b"")
    if fields in (b"x,y", b"x;y", b"x y", b"x\ty", b"y\tx"):
        return "the first line is exactly: x, a tab, y; examples also have a tab"
    return f"a table becomes a data folder with {TABLE}"


def _examples(result: Scan, want: Expected, lines: Iterator[Line], seen: Seen) -> None:
    next(lines)
    count = 0
    index = set(want.labels)
    for line in lines:
        text = line.text.rstrip(b"\r\n")
        if not text:
            continue
        count += 1
        line = Line(line.number, line.start, text)
        sequence, *columns = fields = text.split(b"\t")
        if result.length is None:
            result.length = max(len(sequence), 1)
        if len(columns) != 1:
            _columns(result, want, line, fields)
            continue
        good = _sequence(result, want, line, sequence)
        column = columns[0].decode(errors="surrogateescape")
        labels = [column] if want.multi_class else (column.split("|") if column else [])
        for label in labels:
            if label not in index:
                _label(result, want, line, label, len(sequence) + 1)
                good = False
        if good:
            result.statistics.add(sequence.upper(), column, labels)
            seen(sequence.upper(), column, line)
    if not count:
        help = "the file holds no example: write it again"
        line = Line(1, 0, b"x\ty")
        result.add("header", "SG802", line, "there is only a header", (0, 3), help)


def _columns(result: Scan, want: Expected, line: Line, fields: list[bytes]) -> None:
    count = len(fields)
    label = "its label" if want.multi_class else "its labels"
    message = f"columns: {count}, need 2: a sequence, a tab, {label}"
    if count == 1 and not want.multi_class:
        help = "without any label, a line ends with the tab"
    elif count == 1:
        help = "put a tab between the two, not spaces"
    else:
        help = "remove the other columns; seqgra-data table picks two columns"
    result.add(f"columns {count}", "SG803", line, message, (0, len(line.text)), help)


def _sequence(result: Scan, want: Expected, line: Line, sequence: bytes) -> bool:
    """Report faults of length and letters; whether there are none."""
    good = True
    length = want.length or result.length
    if len(sequence) != length:
        good = False
        if sequence in (b"x", b"X", b"y") and line.text[-1:] in (b"y", b"Y"):
            help = "remove the second header"
        elif want.length:
            help = (
                f"the definition says input_shape ({length}, ...): change it, or make the folder "
                f"again with seqgra-data ... --length {length}"
            )
        else:
            help = "all sequences need the length of the first one: seqgra-data ... --length L"
        message = f"length {len(sequence)}, need {length}"
        result.add("length", "SG804", line, message, (0, len(sequence)), help)
    if not want.lenient and (wrong := sequence.translate(None, want.letters)):
        good = False
        at = sequence.index(wrong[:1])
        message = (
            f"letter {at + 1} is {chr(wrong[0])!a}, need one of {want.alphabet.accepted.decode()}"
        )
        kind = f"letter {wrong[:1]!r}"
        result.add(kind, "SG805", line, message, (at, at + 1), _letter_help(want, wrong[:1]))
    return good


def _letter_help(want: Expected, letter: bytes) -> str:
    alphabet = want.alphabet
    upper = letter.upper()
    if upper in alphabet.codes:
        choice = "N (or drop)" if alphabet.unknown else "drop"
        return f"an IUPAC code: seqgra-data ... --ambiguous {choice} decides about it"
    if upper == b"U" and alphabet.name == "DNA":
        return "RNA has U: <sequencespace>RNA</sequencespace>, or write T"
    if upper == b"T" and alphabet.name == "RNA":
        return "RNA is written with U: seqgra-data ... --alphabet RNA converts it"
    if upper in alphabet.accepted:
        return "proteins need upper case: seqgra-data ... --alphabet protein writes it"
    if letter in b" \t\r\"'":
        return "remove spaces and quotes; a line is a sequence, a tab, its label"
    return "correct or remove the line"


def _joining(label: str, known: Collection[str]) -> str | None:
    """What joins several known labels, if anything but | does."""
    for separator in ",;/":
        parts = [part.strip() for part in label.split(separator)]
        if len(parts) > 1 and all(part in known for part in parts):
            return separator
    return None


def _label(result: Scan, want: Expected, line: Line, label: str, after: int) -> None:
    message = f"no label {label[:50]!a} in the definition"
    stripped = label.strip().strip('"')
    if not label:
        help = (
            "write the label after the tab" if want.multi_class else "labels: A|B, without more |"
        )
    elif stripped in want.labels:
        help = f"did you mean '{stripped}'? remove spaces and quotes"
    elif want.multi_class and "|" in label and set(label.split("|")) <= set(want.labels):
        help = "several labels need <task>multi-label classification</task>"
    elif separator := _joining(label, want.labels):
        help = f"are these several labels? join them by |, not by '{separator}'"
        if want.multi_class:
            help += ", and write <task>multi-label classification</task>"
    else:
        help = suggest(label[:50], want.labels)
    at = after + max(line.text[after:].decode(errors="surrogateescape").find(label), 0)
    result.add(f"label {label[:50]}", "SG806", line, message, (at, at + max(len(label), 1)), help)
