"""Text for people: on one line, with everything escaped that is invisible or looks like something
else.
"""

from __future__ import annotations

import re
import unicodedata

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
# Vowels and final consonants of Korean, which are composed with what precedes them.
_JAMO = range(0x1161, 0x1200)


def _escape(character: str) -> str:
    number = ord(character)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def visible(text: str) -> str:
    """Text on one line with everything invisible escaped, for a reader rather than for Python.

    An accent may be part of its letter or a character after it. Both look the same but differ:
    what could be composed, but is not, is escaped, so that different texts never look the same.
    """
    if text.isascii() and text.isprintable():
        return text
    is_composed = composed(text) == text
    return "".join(
        _escape(c) if _is_invisible(c) or not (is_composed or _is_composed(c)) else c for c in text
    )


def composed(text: str) -> str:
    """Text with each letter and its accents as one character where there is one: NFC."""
    return _UNICODE.normalize("NFC", text)


def _is_composed(character: str) -> bool:
    """Whether composition keeps a character, unlike a separate accent."""
    return not (
        _UNICODE.combining(character) or ord(character) in _JAMO or composed(character) != character
    )


def _is_invisible(character: str) -> bool:
    if character.isascii():
        return not character.isprintable()
    if ord(character) in _EMOJI:
        return False
    return _UNICODE.category(character) in _INVISIBLE or bool(_BLANK.match(character))
