"""The only place where values become Python text.

Everything that a definition's author wrote freely (names, labels, paths) passes through
`literal`, `docstring` or `comment`; none of the three can be left by what it holds.
"""

from __future__ import annotations

import keyword
import math
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .visible import visible

# What would speak to Black if a comment said it.
_DIRECTIVE = re.compile(r"\b(fmt|yapf)(\s*):")
_WIDTH = 88
_MAX_GAP = 16


@dataclass(frozen=True)
class Code:
    """Python text that is ready to print, made by this module or written in a table."""

    text: str

    def __str__(self) -> str:
        return self.text


def _visible(text: str, quote: str = "") -> str:
    """Text with backslashes, the quote and everything invisible escaped."""
    text = text.replace("\\", "\\\\")
    return visible(text.replace(quote, "\\" + quote) if quote else text)


def literal(value: object) -> str:
    """A value as Python source: str, bool, int, float, None, `Code`, and tuples of these."""
    if isinstance(value, Code):
        return value.text
    if isinstance(value, str):
        return '"' + _visible(value, '"') + '"'
    if isinstance(value, tuple):
        inner = ", ".join(literal(item) for item in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"no literal for {value}")
    if value is None or isinstance(value, (bool, int, float)):
        return repr(value)
    raise TypeError(f"no literal for {type(value).__name__}")


def call(function: str, *positional: object, **keywords: object) -> str:
    """A call with every argument as a literal."""
    arguments = [literal(value) for value in positional]
    arguments += [f"{name}={literal(value)}" for name, value in keywords.items()]
    return f"{function}({', '.join(arguments)})"


def mapping(items: Mapping[str, object]) -> Code:
    """A dictionary display with literal keys and values."""
    inner = ", ".join(f"{literal(key)}: {literal(value)}" for key, value in items.items())
    return Code("{" + inner + "}")


def docstring(lines: Sequence[str]) -> str:
    """One string literal in triple quotes; long lines are wrapped, invisible characters escaped.

    A line with a wide gap in it, as in "Reads:  this and that", goes on below what stands behind
    the gap.
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
    return '"""' + re.sub(r'"(?="|\Z)', '\\"', text) + '"""'


def comment(text: str) -> str:
    """Text for behind a `#`: one line, nothing invisible."""
    return _DIRECTIVE.sub(r"\1\2\\x3a", _visible(text))


def is_name(text: str) -> bool:
    """Whether text can name a class or a module: an ASCII identifier, not a keyword."""
    return text.isascii() and text.isidentifier() and not keyword.iskeyword(text)
