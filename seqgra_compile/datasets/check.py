"""Check a data folder against a definition: every fault, and what is legal but dangerous."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..catalog.data import SETS
from ..messages.diagnostics import Diagnostic, Severity, first_few
from ..source import Source, Span
from .counts import plural
from .dangers import Copies, dangers
from .excerpt import Line, excerpt
from .expected import Expected
from .inputs import COMPRESSED_ENDS
from .scan import Scan, Seen, scan
from .statistics import SetStatistics
from .summary import counts_table

_KINDS_SHOWN = 20  # kinds of faults per file, such as unknown labels


@dataclass
class Checked:
    """Everything that was found, in the order of the sets, and what each set holds."""

    found: list[Diagnostic] = field(default_factory=list)
    sets: dict[str, SetStatistics] = field(default_factory=dict)
    faults: int = 0  # of lines, those that are not shown included

    @property
    def failed(self) -> bool:
        return any(each.severity is Severity.ERROR for each in self.found)


def check_folder(folder: Path, want: Expected, seen: Seen | None = None) -> Checked:
    """Read all sets as a script would; `seen` also gets each training example.

    Raises OSError if a file cannot be read.
    """
    result, copies, scans = Checked(), Copies(want.alphabet), {}
    length = want.length
    for name in SETS:
        path = folder / f"{name}.txt"
        if not path.is_file():
            result.found += _missing(folder, path, name, want)
            continue

        def noted(sequence: bytes, column: str, line: Line, name: str = name) -> None:
            copies.add(name, sequence, column, line)
            if seen and name == "training":
                seen(sequence, column, line)

        found = scan(path, want, None if want.per_file else length, noted)
        if not want.per_file:
            length = length or found.length
        scans[name] = found
        result.sets[name] = found.statistics
        result.found += _diagnostics(found)
        result.faults += sum(each.count for each in found.findings.values())
    result.found += _recorded(folder, scans)
    for danger in dangers(result.sets, copies, want):
        path = folder / f"{danger.set}.txt"
        scanned = scans[danger.set]
        line, span = danger.line, Span(0, 0)
        source = excerpt(str(path), [line] if line else [], scanned.size, scanned.sha256)
        if line:
            tab = line.text.find(b"\t")
            marked = (tab + 1, len(line.text)) if danger.marks_label else (0, tab)
            span = source.span(line.number, *marked)
        severity = Severity.NOTE if danger.mild else Severity.WARNING
        result.found.append(
            Diagnostic(danger.code, severity, danger.message, span, danger.help, source)
        )
    return result


def _diagnostics(found: Scan) -> Iterator[Diagnostic]:
    lines = [line for each in found.findings.values() for line, *_ in each.lines]
    source = excerpt(str(found.path), lines, found.size, found.sha256)
    kinds = list(found.findings.values())
    rest: Counter[str] = Counter()
    for finding in kinds[_KINDS_SHOWN:]:
        rest[finding.code] += finding.count
    shown = []
    for finding in kinds[:_KINDS_SHOWN]:
        for number, (line, message, first, last) in enumerate(finding.lines, 1):
            help = finding.help if number == len(finding.lines) else None
            more = finding.count - len(finding.lines)
            if help and more:
                numbers = first_few(f"{n:,}" for n in finding.numbers[len(finding.lines) :])
                message += f" ({more:,} more lines like this: {numbers})"
            span = source.span(line.number, first, last)
            shown.append(Diagnostic(finding.code, Severity.ERROR, message, span, help, source))
    yield from sorted(shown, key=lambda each: (each.span.start, each.code))
    for code, count in sorted(rest.items()):
        message = f"{count:,} more lines have other faults of this kind"
        yield Diagnostic(code, Severity.ERROR, message, Span(0, 0), "correct these first", source)


def _missing(folder: Path, path: Path, name: str, want: Expected) -> Iterator[Diagnostic]:
    """A missing set: an error if scripts need it."""
    source = Source(str(path), b"", "")
    if name in want.required:
        help = _neighbour(folder, name)
        yield Diagnostic("SG801", Severity.ERROR, "there is no such file", Span(0, 0), help, source)
    elif name == "test":
        message = "there is no test set: nothing will measure the model on unseen data"
        help = "make one, e.g. with seqgra-data ... --split 0.8 0.1 0.1"
        yield Diagnostic("SG801", Severity.NOTE, message, Span(0, 0), help, source)


def _neighbour(folder: Path, name: str) -> str:
    """What in the folder may have been meant."""
    names = sorted(each.name for each in folder.iterdir())
    for end in COMPRESSED_ENDS:
        if f"{name}.txt{end}" in names:
            return f"{name}.txt{end} is there: decompress it"
    near = [each for each in names if each.lower().startswith(name[:5]) or each.endswith(".txt")]
    if near:
        return f"the folder holds {', '.join(near[:5])}: rename the right one"
    return "seqgra-data makes such a folder from FASTA, BED or a table"


def _recorded(folder: Path, scans: dict[str, Scan]) -> Iterator[Diagnostic]:
    """data.json says what seqgra-data wrote: a file that differs from it was changed."""
    path = folder / "data.json"
    try:
        outputs = json.loads(path.read_bytes())["outputs"]
        hashes = {
            name: outputs[f"{name}.txt"]["sha256"] for name in SETS if f"{name}.txt" in outputs
        }
    except FileNotFoundError:
        return
    except (ValueError, KeyError, TypeError):
        hashes = None
    source = Source(str(path), b"", "")
    help = "make the folder again, or delete data.json"
    if hashes is None:
        message = "is not in the form that seqgra-data writes"
        yield Diagnostic("SG819", Severity.WARNING, message, Span(0, 0), help, source)
        return
    for name, found in scans.items():
        if hashes.get(name) != found.sha256:
            message = f"{name}.txt is not the file that seqgra-data wrote"
            yield Diagnostic("SG819", Severity.WARNING, message, Span(0, 0), help, source)


def checked_summary(checked: Checked, labels: Sequence[str]) -> str:
    """Examples per set and label, and how many lines have faults."""
    rows = [(f"{name}.txt", each.examples, each.labels) for name, each in checked.sets.items()]
    shown = Counter(each.severity.value for each in checked.found)
    said = ", ".join(
        plural(count, kind)
        for kind, count in (
            ("faulty line", checked.faults),
            ("warning", shown["warning"]),
            ("note", shown["note"]),
        )
    )
    return "\n".join([*counts_table(rows, labels), said]) + "\n"
