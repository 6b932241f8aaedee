"""What the command says, for people or for programs: one writer for each format.

A writer returns text, which the command prints to standard error. All text of one call is one
whole document of the format, whatever happens.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Protocol

from ..source import Source, Span
from ..visible import visible
from .diagnostics import Diagnostic, Severity, coloured_text, diagnostic_text, plain_text

STANDARD_INPUT = "-"
# A fault of several definitions in one call is shown in full, with line and help, this many times.
_SHOWN_IN_FULL = 3


@dataclass(frozen=True)
class Problem:
    """What keeps the command from its work: wrong usage, an unreadable file, a bug in the compiler
    (SG9).

    `name` is the file or stream that it is about, if any. `details` are lines that only people are
    shown, such as a table.
    """

    message: str
    name: str | None = None
    code: str | None = None
    help: str | None = None
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class Region:
    """A span with all its coordinates: lines and columns from 1, in characters; bytes from 0.

    Like the span, it excludes its end.
    """

    line: int
    column: int
    byte: int
    end_line: int
    end_column: int
    end_byte: int


def region(span: Span, source: Source) -> Region:
    """Where a span lies; the part of a span after the end of the text is cut off."""
    start = min(span.start, len(source.text))
    end = max(start, min(span.end, len(source.text)))
    first, last = source.place(start), source.place(end)
    return Region(
        first.line, first.column, source.byte(start), last.line, last.column, source.byte(end)
    )


def _title(code: str) -> str:
    from .codes import CODES  # most definitions have nothing to report

    return CODES[code].title


class Writer(Protocol):
    """What all formats have."""

    def compiled(self, source: Source, found: Iterable[Diagnostic]) -> str:
        """What was found in a definition and in the files that it names."""

    def problem(self, problem: Problem) -> str:
        """What keeps the command from its work."""

    def end(self, status: int) -> str:
        """The last text, after all messages; `status` is the command's exit status."""


class Said:
    """Faults of a file that several definitions of one call name are reported once."""

    def __init__(self) -> None:
        self.places: set[tuple[str, Span, str, str]] = set()

    def new(self, found: Iterable[Diagnostic]) -> list[Diagnostic]:
        """The diagnostics that were not found for an earlier definition."""
        new = []
        for each in found:
            place = each.source and (each.source.name, each.span, each.code, each.message)
            if place not in self.places:
                new.append(each)
            if place:
                self.places.add(place)
        return new


class TextWriter:
    """Each message for people, and a line of counts at the end; coloured for a terminal.

    A fault of many definitions is shown in full for the first of them, in one line for others.
    """

    def __init__(self, coloured: bool = False) -> None:
        self.said = Said()
        self.faults: Counter[tuple[str, str]] = Counter()
        self.paint = coloured_text if coloured else plain_text
        self.counts = {Severity.ERROR: 0, Severity.WARNING: 0}
        self.files: list[str] = []
        self.first: str | None = None

    def compiled(self, source: Source, found: Iterable[Diagnostic]) -> str:
        found = list(found)
        new = self.said.new(found)
        if any(each.severity in self.counts for each in found):
            self.files.append(source.name)
        for each in new:
            self._count(each)
        texts = [diagnostic_text(each, source, self.paint, self._is_known(each)) for each in new]
        self.faults.update({(each.code, each.message) for each in new})
        if len(new) < len(found):
            texts.append(visible(f"{source.name}: {len(found) - len(new)} more, the same as above"))
        return "".join(text + "\n" for text in texts)

    def _count(self, found: Diagnostic) -> None:
        if found.severity not in self.counts:
            return
        # The first error is worth explaining, or the first warning if there is no error.
        if not self.counts[Severity.ERROR] and (
            self.first is None or found.severity is Severity.ERROR
        ):
            self.first = found.code
        self.counts[found.severity] += 1

    def _is_known(self, found: Diagnostic) -> bool:
        return self.faults[found.code, found.message] >= _SHOWN_IN_FULL

    def problem(self, problem: Problem) -> str:
        kind = f"error[{problem.code}]" if problem.code else ""
        parts = filter(None, [problem.name, kind, problem.message])
        lines = [visible(": ".join(parts)), *(f"  {visible(each)}" for each in problem.details)]
        if problem.help:
            lines.append(f"  help: {visible(problem.help)}")
        return "\n".join(lines) + "\n"

    def end(self, status: int) -> str:
        """The number of diagnostics, and how to learn more."""
        words = [
            f"{count:,} {severity.value}{'' if count == 1 else 's'}"
            for severity, count in self.counts.items()
            if count
        ]
        if not words:
            return ""
        where = self.files[0] if len(self.files) == 1 else f"{len(self.files):,} definitions"
        where = "standard input" if where == STANDARD_INPUT else where
        line = f"{' and '.join(words)} in {visible(where)}; "
        return self.paint(line, "bold") + f"seqgra-compile --explain {self.first} tells more\n"


class JsonWriter:
    """Each message as a JSON object on its own line, all with the same keys."""

    def __init__(self) -> None:
        self.said = Said()

    def compiled(self, source: Source, found: Iterable[Diagnostic]) -> str:
        return "".join(self._diagnostic(each, source) for each in self.said.new(found))

    def problem(self, problem: Problem) -> str:
        return _json_line(
            severity=Severity.ERROR.value,
            code=problem.code,
            title=problem.code and _title(problem.code),
            message=visible(problem.message),
            help=problem.help and visible(problem.help),
            file=problem.name and representable(problem.name),
            start=None,
            end=None,
        )

    def end(self, status: int) -> str:
        return ""

    def _diagnostic(self, found: Diagnostic, source: Source) -> str:
        source = found.source or source
        place = region(found.span, source)
        return _json_line(
            severity=found.severity.value,
            code=found.code,
            title=_title(found.code),
            message=visible(found.message),
            help=found.help and visible(found.help),
            file=representable(source.name),
            start={"line": place.line, "column": place.column, "byte": place.byte},
            end={"line": place.end_line, "column": place.end_column, "byte": place.end_byte},
        )


def _json_line(**values: object) -> str:
    # Everything outside ASCII is escaped: no locale and no terminal can spoil the line.
    return json.dumps(values) + "\n"


def representable(name: str) -> str:
    """A file's name; bytes in it that are not text, which JSON cannot hold, become visible."""
    return "".join(visible(c) if "\ud800" <= c <= "\udfff" else c for c in name)


class GithubWriter:
    """Each message as a workflow command of GitHub Actions, which shows it beside the line."""

    _KINDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}

    def __init__(self) -> None:
        self.said = Said()

    def compiled(self, source: Source, found: Iterable[Diagnostic]) -> str:
        return "".join(self._diagnostic(each, source) for each in self.said.new(found))

    def problem(self, problem: Problem) -> str:
        message = problem.message
        if problem.name is not None:
            message = f"{problem.name}: {message}"
        title: dict[str, object] = {"title": problem.code or "seqgra-compile"}
        return _workflow_command("error", title, message, problem.help)

    def end(self, status: int) -> str:
        return ""

    def _diagnostic(self, found: Diagnostic, source: Source) -> str:
        source = found.source or source
        place = region(found.span, source)
        message = found.message
        if source.name == STANDARD_INPUT:
            properties = {}
            message = f"{source.name}:{place.line}:{place.column}: {message}"
        else:
            properties = {"file": PurePath(source.name).as_posix(), "line": place.line}
            # GitHub accepts columns only within one line.
            if place.line == place.end_line:
                properties |= {"col": place.column, "endColumn": place.end_column}
            else:
                properties |= {"endLine": place.end_line}
        properties["title"] = found.code
        return _workflow_command(self._KINDS[found.severity], properties, message, found.help)


def _workflow_command(
    kind: str, properties: dict[str, object], message: str, help: str | None
) -> str:
    inside = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    lines = [message] if help is None else [message, f"help: {help}"]
    # %0A is how GitHub writes a line end inside a command.
    return f"::{kind} {inside}::{'%0A'.join(map(_data, lines))}\n"


def _data(text: str) -> str:
    return visible(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
