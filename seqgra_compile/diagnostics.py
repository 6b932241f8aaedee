"""Diagnostics: what is wrong, where, and the way out.

Each code is a row of `CODES`; a code is never given a second meaning. `golden/reject` holds at
least one case for each.
"""

from __future__ import annotations

import difflib
import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .explanations import CODES
from .source import Source, Span


class Severity(enum.Enum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Diagnostic:
    code: str
    severity: Severity
    message: str
    span: Span
    help: str | None = None


@dataclass
class Diagnostics:
    """Collects what the stages find; a stage reports all that it can see."""

    found: list[Diagnostic] = field(default_factory=list)

    def error(self, code: str, span: Span, message: str, help: str | None = None) -> None:
        self._add(code, Severity.ERROR, span, message, help)

    def warning(self, code: str, span: Span, message: str, help: str | None = None) -> None:
        self._add(code, Severity.WARNING, span, message, help)

    def note(self, code: str, span: Span, message: str, help: str | None = None) -> None:
        self._add(code, Severity.NOTE, span, message, help)

    def _add(
        self, code: str, severity: Severity, span: Span, message: str, help: str | None
    ) -> None:
        if code not in CODES:
            raise KeyError(f"diagnostic code {code} has no row in CODES")
        self.found.append(Diagnostic(code, severity, message, span, help))

    @property
    def failed(self) -> bool:
        return any(diagnostic.severity is Severity.ERROR for diagnostic in self.found)

    def __iter__(self) -> Iterator[Diagnostic]:
        """In the order of the source."""
        return iter(sorted(self.found, key=lambda found: (found.span.start, found.code)))


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """A suggestion in words, or None if nothing is near."""
    by_folded = {name.lower(): name for name in known}
    near = difflib.get_close_matches(word.strip().lower(), by_folded, n=1, cutoff=0.6)
    return f"did you mean '{by_folded[near[0]]}'?" if near else None


def one_of(known: Iterable[str]) -> str:
    """A closed list in words."""
    return "one of: " + ", ".join(known)


def suggest(word: str, known: Iterable[str]) -> str:
    """The nearest known name, or all of them."""
    known = list(known)
    return did_you_mean(word, known) or one_of(known)


def as_text(diagnostic: Diagnostic, source: Source) -> str:
    """Place, reason, the line with a caret below it, and the way out.

    ```text
    model.xml:11:18: error[SG203]: Dense has no parameter 'unts'
      11 |       <operation unts="3">Dense</operation>
         |                  ^^^^
      help: did you mean 'units'?
    ```
    """
    place = source.place(diagnostic.span.start)
    line = source.line(place.line)
    before, shown = line[: place.column - 1], line[place.column - 1 :]
    length = max(1, min(diagnostic.span.end - diagnostic.span.start, len(shown)))
    number = str(place.line)
    # Tabs stay tabs, so that the caret stands below its text at any tab width.
    padding = "".join("\t" if character == "\t" else " " for character in before)
    lines = [
        f"{source.name}:{place.line}:{place.column}: "
        f"{diagnostic.severity.value}[{diagnostic.code}]: {diagnostic.message}"
    ]
    if line.strip():
        lines.append(f"  {number} | {line}")
        lines.append(f"  {' ' * len(number)} | {padding}{'^' * length}")
    if diagnostic.help:
        lines.append(f"  help: {diagnostic.help}")
    return "\n".join(lines)
