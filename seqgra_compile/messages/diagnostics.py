"""Diagnostics: what is wrong, where, and how to fix it.

Each code has its explanation in `codes`; a code is never given a second meaning. `golden/reject`
holds at least one case for each place that reports an error.
"""

from __future__ import annotations

import enum
import itertools
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from ..source import Source, Span
from ..visible import visible

_MAX_QUOTED = 60
# From 0 to 1: 'DNS' is like 'DNA' by 0.67, 'kernel_size' like 'kernel_regularizer' by 0.69.
_LIKE = 0.7
# Suggestions come from the first _MAX_COMPARED names; _MAX_LISTED of them are listed.
_MAX_COMPARED = 500
_MAX_LISTED = 60
# More faults than these are not worth the time to find them.
_MAX_FOUND = 1000
# A line of the definition is shown up to this many characters around its caret.
_MAX_SHOWN = 160
_MAX_BEFORE = 100


class TooManyError(Exception):
    """Raised when there are more diagnostics than anybody reads; this is already reported."""


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
    source: Source | None = None


class Diagnostics:
    """Collects what the stages find; a stage reports everything that it can see.

    `source` is the file in which the spans lie, or None for the definition itself.
    """

    def __init__(self, found: list[Diagnostic] | None = None, source: Source | None = None) -> None:
        self.found = [] if found is None else found
        self.source = source

    def within(self, source: Source) -> Diagnostics:
        """The same collection, for spans in another file."""
        return Diagnostics(self.found, source)

    def adopt(self, others: Diagnostics) -> None:
        """Take over what was found before this file became a source."""
        self.found += (replace(found, source=self.source) for found in others.found)

    def error(self, code: str, span: Span, message: str, help: str | None = None) -> None:
        self._add(code, Severity.ERROR, span, message, help)

    def warning(self, code: str, span: Span, message: str, help: str | None = None) -> None:
        self._add(code, Severity.WARNING, span, message, help)

    def note(self, code: str, span: Span, message: str, help: str | None = None) -> None:
        self._add(code, Severity.NOTE, span, message, help)

    def _add(
        self, code: str, severity: Severity, span: Span, message: str, help: str | None
    ) -> None:
        if len(self.found) >= _MAX_FOUND:
            problem = f"more than {_MAX_FOUND:,} things to report: the compiler stops looking"
            way_out = "is this the right file? if so, fix what is reported first"
            self.found.append(
                Diagnostic("SG105", Severity.ERROR, problem, span, way_out, self.source)
            )
            raise TooManyError
        self.found.append(Diagnostic(code, severity, message, span, help, self.source))

    @property
    def failed(self) -> bool:
        return any(diagnostic.severity is Severity.ERROR for diagnostic in self.found)

    def __iter__(self) -> Iterator[Diagnostic]:
        """In the order of the source, the definition before other files."""
        return iter(sorted(self.found, key=_order))


def _order(found: Diagnostic) -> tuple[bool, int, str]:
    return found.source is not None, found.span.start, found.code


def quoted(text: str) -> str:
    """Free text of a definition inside a message: in quotes, cut if it is long."""
    return f"'{text if len(text) <= _MAX_QUOTED else text[:_MAX_QUOTED] + '...'}'"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name that a word most likely means, or None if nothing is similar."""
    import difflib  # only for what is misspelt

    word = word.strip().lower()[:_MAX_QUOTED]
    matcher = difflib.SequenceMatcher(b=word)

    def likeness(name: str) -> float:
        if len(name) == len(word) and sorted(name.lower()) == sorted(word):
            return 1.0  # two letters changed places
        matcher.set_seq1(name.lower())
        if matcher.real_quick_ratio() < _LIKE or matcher.quick_ratio() < _LIKE:
            return 0.0
        return matcher.ratio()

    # The first of the nearest, in the table's order.
    best = max(itertools.islice(known, _MAX_COMPARED), key=likeness, default=None)
    return best if best is not None and likeness(best) >= _LIKE else None


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """A suggestion in words, or None if nothing is similar."""
    name = nearest(word, known)
    return name and f"did you mean '{name}'?"


def first_few(names: Iterable[str], most: int = 5) -> str:
    """Names in words, and dots in place of those after the first few."""
    names = list(names)
    return ", ".join(names[:most]) + (", ..." if len(names) > most else "")


def one_of(known: Iterable[str], most: int = _MAX_LISTED) -> str:
    """A closed list in words."""
    return f"one of: {first_few(known, most)}"


def suggest(word: str, known: Iterable[str]) -> str:
    """The nearest known name, or all of them."""
    known = list(known)
    return did_you_mean(word, known) or one_of(known)


_COLOURS = {"bold": 1, "error": 31, "warning": 33, "note": 36, "help": 32}
Paint = Callable[[str, str], str]


def plain_text(text: str, style: str) -> str:
    """The text as it is, whatever the style."""
    return text


def coloured_text(text: str, style: str) -> str:
    """The text in bold, and in the colour of a severity or of help."""
    colour = _COLOURS[style]
    return f"\x1b[{'1' if colour == 1 else f'1;{colour}'}m{text}\x1b[0m" if text else text


def diagnostic_text(
    diagnostic: Diagnostic, source: Source, paint: Paint = plain_text, brief: bool = False
) -> str:
    """Place, reason, the line with a caret below it, and how to fix it; if brief, only one line.

    ```text
    model.xml:11:18: error[SG203]: Dense has no parameter 'unts'
      11 |       <operation unts="3">Dense</operation>
         |                  ^^^^
      help: did you mean 'units'?
    ```
    """
    source = diagnostic.source or source
    place = source.place(diagnostic.span.start)
    line = source.line_span(place.line)
    number = str(place.line)
    severity = diagnostic.severity.value
    where = paint(visible(f"{source.name}:{place.line}:{place.column}:"), "bold")
    kind = paint(f"{severity}[{diagnostic.code}]:", severity)
    lines = [f"{where} {kind} {visible(diagnostic.message)}"]
    if brief:
        return lines[0]
    shown, marks = _marked(source.text, line, diagnostic.span)
    if shown.strip():
        lines.append(f"  {number} | {shown}")
        carets = marks.lstrip(" \t")
        padding = marks[: len(marks) - len(carets)]
        lines.append(f"  {' ' * len(number)} | {padding}{paint(carets, severity)}")
    if diagnostic.help:
        lines.append(f"  {paint('help:', 'help')} {visible(diagnostic.help)}")
    return "\n".join(lines)


def _marked(text: str, line: Span, span: Span) -> tuple[str, str]:
    """A line as shown, long ones cut, and the carets below it."""
    first = line.start
    if line.end - line.start > _MAX_SHOWN:
        first = max(line.start, span.start - _MAX_BEFORE)
    shown = text[first : min(first + _MAX_SHOWN, line.end)]
    left = "..." if first > line.start else ""
    right = "..." if first + len(shown) < line.end else ""
    before, marked = shown[: span.start - first], shown[span.start - first :]
    marked = marked[: span.end - span.start]
    # Tabs stay tabs, so that the caret is below its text at any tab width.
    padding = "".join("\t" if c == "\t" else " " * _columns(c) for c in left + before)
    carets = "^" * max(1, sum(map(_columns, marked)))
    return left + "".join(map(_drawn, shown)) + right, padding + carets


def _drawn(character: str) -> str:
    """Characters that are invisible, or would reorder or recolour the line, as one visible
    character.
    """
    if character == "\t" or visible(character) == character:
        return character
    return "\N{REPLACEMENT CHARACTER}"


def _columns(character: str) -> int:
    """The number of terminal columns that a character takes."""
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
