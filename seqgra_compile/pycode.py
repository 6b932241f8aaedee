"""The only place where values become Python text.

Everything that a definition's author wrote freely (names, labels, paths) passes through
`literal`, `docstring` or `comment`; none of the three can be left by what it holds.
"""

from __future__ import annotations

import keyword
import math
import re
import textwrap
import unicodedata
from collections.abc import Mapping, Sequence

from .record import record

# Characters that a reader cannot see or that reorder what he sees: controls, formats
# (zero width, bidirectional), surrogates, private use, unassigned, line and paragraph ends.
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# Letters, marks and symbols that are drawn as nothing: joiners, fillers, variation selectors.
_BLANK = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U00016fe4\U0001d159\U000e0100-\U000e01ef]"
)
# Each version of Python has its own version of Unicode, and a script must not depend on it: what
# this one does not know counts as unassigned. Emoji are younger, and easily seen.
_UNICODE = unicodedata.ucd_3_2_0
_EMOJI = range(0x1F300, 0x1FB00)
# What would speak to Black if a comment said it.
_DIRECTIVE = re.compile(r"\b(fmt|yapf)(\s*):")
_WIDTH = 88
_MAX_GAP = 16


@record
class Code:
    """Python text that is ready to print, made by this module or written in a table."""

    text: str

    def __str__(self) -> str:
        return self.text


def _escape(character: str) -> str:
    number = ord(character)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def visible(text: str) -> str:
    """Text on one line with everything invisible escaped, for a reader rather than for Python."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escape(c) if _is_invisible(c) else c for c in text)


def _is_invisible(character: str) -> bool:
    if character.isascii():
        return not character.isprintable()
    if ord(character) in _EMOJI:
        return False
    return _UNICODE.category(character) in _INVISIBLE or bool(_BLANK.match(character))


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
