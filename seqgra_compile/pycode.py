"""The only place where values become Python text, in the form that Black gives it.

All free text of a definition's author (names, labels, paths) passes through `literal`, `docstring`
or `comment`, and cannot break out of them. What may be too long for a line is `Bracketed` or
`Spaced`, which `laid_out` breaks where Black would.
"""

from __future__ import annotations

import keyword
import math
import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from .visible import visible

# Comments that Black would obey.
_DIRECTIVE = re.compile(r"\b(fmt|yapf)(\s*):")
_WIDTH = 88
_MAX_GAP = 16


@dataclass(frozen=True)
class Code:
    """Python text that is ready to print, made by this module or written in a table."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Bracketed(Code):
    """Text that can be broken after `head`, between its items, and before `tail`.

    `is_display`: a tuple, list or dictionary, whose items never share a line of their own.
    """

    head: str
    items: tuple[Code, ...]
    tail: str
    is_display: bool = False

    @property
    def comma(self) -> str:
        """What ends each item on its own line: nothing after the only argument of a call."""
        is_tuple = self.is_display and self.tail == ")"
        return "," if len(self.items) > 1 or is_tuple else ""


@dataclass(frozen=True)
class Spaced(Code):
    """Parts with a blank between them, the second one on beginning with an operator or a keyword.

    It can be broken at these blanks, as long as brackets stand around it.
    """

    parts: tuple[Code, ...]


def _visible(text: str, quote: str = "") -> str:
    """Text with backslashes, the quote and everything invisible escaped."""
    text = text.replace("\\", "\\\\")
    return visible(text.replace(quote, "\\" + quote) if quote else text)


def literal(value: object) -> str:
    """A value as Python source: str, bool, int, float, None, `Code`, and tuples of these."""
    return code(value).text


def code(value: object) -> Code:
    """The same, so that it can be laid out."""
    if isinstance(value, Code):
        return value
    if isinstance(value, str):
        # As Black does: single quotes if they save backslashes.
        quote = "'" if value.count('"') > value.count("'") else '"'
        return Code(quote + _visible(value, quote) + quote)
    if isinstance(value, tuple):
        return _display("(", map(code, value), ")")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"no literal for {value}")
    if value is None or isinstance(value, (bool, int, float)):
        return Code(repr(value))
    raise TypeError(f"no literal for {type(value).__name__}")


def call(function: str, *positional: object, **keywords: object) -> Bracketed:
    """A call with every argument as a literal."""
    arguments = [code(value) for value in positional]
    arguments += [prefixed(f"{name}=", value) for name, value in keywords.items()]
    return _bracketed(f"{function}(", arguments, ")")


def listing(items: Iterable[object]) -> Bracketed:
    """A list display."""
    return _display("[", map(code, items), "]")


def mapping(items: Mapping[str, object]) -> Bracketed:
    """A dictionary display with literal keys and values."""
    entries = (prefixed(f"{literal(key)}: ", value) for key, value in items.items())
    return _display("{", entries, "}")


def spaced(*parts: Code) -> Spaced:
    """A sum, or a comprehension and its `for`."""
    return Spaced(" ".join(part.text for part in parts), parts)


def prefixed(before: str, value: object) -> Code:
    """A value with text before it: a keyword, a key, `return `, the target of an assignment."""
    made = code(value)
    if isinstance(made, Bracketed):
        return replace(made, text=before + made.text, head=before + made.head)
    return Code(before + made.text)


def _bracketed(head: str, items: Iterable[Code], tail: str, is_display: bool = False) -> Bracketed:
    items = tuple(items)
    inner = ", ".join(item.text for item in items)
    if is_display and len(items) == 1 and tail == ")":
        inner += ","
    return Bracketed(f"{head}{inner}{tail}", head, items, tail, is_display)


def _display(head: str, items: Iterable[Code], tail: str) -> Bracketed:
    return _bracketed(head, items, tail, is_display=True)


# ---- layout ----


def laid_out(value: Code, indent: int = 0, after: str = "") -> str:
    """The text as Black lays it out after `indent` columns and before `after`.

    Only the first line is without its indentation: that is in the template, or in the line before.
    """
    one_line = value.text + after
    if _fits(one_line, indent):
        return one_line
    if isinstance(value, Spaced):
        *first, last = value.parts
        parts = [*(laid_out(part, indent) for part in first), laid_out(last, indent, after)]
        return f"\n{' ' * indent}".join(parts)
    if not isinstance(value, Bracketed) or not value.items:
        return one_line
    inner = indent + 4
    body = value.text[len(value.head) : len(value.text) - len(value.tail)]
    together = not value.is_display or len(value.items) == 1
    if together and _fits(body, inner):
        lines = [body]
    else:
        lines = [laid_out(item, inner, value.comma) for item in value.items]
    lines = [" " * inner + line for line in lines]
    return "\n".join([value.head, *lines, " " * indent + value.tail + after])


def assignment(target: str, value: object) -> str:
    """A statement at the top level; what cannot be broken is put in brackets if it fits there."""
    made = code(value)
    text = laid_out(prefixed(f"{target} = ", made))
    if "\n" in text or _fits(text, 0) or not _fits(made.text, 4):
        return text
    return f"{target} = (\n    {made}\n)"


def fits(value: Code, indent: int, remark: str = "") -> bool:
    """Whether a statement and the comment after it, if any, fit on one line."""
    return _fits(f"{value.text}  # {remark}" if remark else value.text, indent)


def _fits(text: str, indent: int) -> bool:
    room = _WIDTH - indent
    if text.isascii() or 2 * len(text) <= room:
        return len(text) <= room
    # Some letters are two columns wide or none; Black knows their widths.
    from black.strings import str_width  # noqa: PLC0415 - few texts are not ASCII

    return str_width(text) <= room


# ---- text of others ----


def docstring(lines: Sequence[str]) -> str:
    """One string literal in triple quotes; long lines are wrapped, invisible characters escaped.

    A line such as "Reads:  this and that" continues below the text after its wide gap.
    """
    wrapped: list[str] = []
    for line in lines:
        gap = re.match(r" *\S+: +", line)
        indent = " " * (gap.end() if gap and gap.end() <= _MAX_GAP else 0)
        width = _WIDTH if wrapped else _WIDTH - len('"""')
        wrapped += textwrap.wrap(
            line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
        ) or [""]
    # A line that starts as a comment could pass for a block of script metadata (PEP 723).
    text = "\n".join(re.sub("^#", r"\\x23", _visible(line)) for line in wrapped)
    # A quote before another quote or at the end could close the literal.
    text = re.sub(r'"(?="|\Z)', '\\"', text)
    ending = len(text.rpartition("\n")[2]) + len('"""')
    return f'"""{text}\n"""' if "\n" in text and ending > _WIDTH else f'"""{text}"""'


def comment(text: str) -> str:
    """Text for a comment: one line, nothing invisible."""
    return _DIRECTIVE.sub(r"\1\2\\x3a", _visible(text))


def is_name(text: str) -> bool:
    """Whether text can name a class or a module: an ASCII identifier, not a keyword."""
    return text.isascii() and text.isidentifier() and not keyword.iskeyword(text)
