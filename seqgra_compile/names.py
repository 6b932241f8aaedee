"""Ids and words of closed lists out of a definition's text. Reports SG2."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .catalog.general import ID
from .diagnostics import Diagnostics, did_you_mean, one_of, quoted
from .ir import Value
from .source import Text

# An id that is suggested is cut where a longer one would not be read.
_MAX_SHOWN = 60


def plain(text: Text, path: str) -> Value[str]:
    return Value(text.value, path, text.span)


def read_id(text: Text, path: str, diagnostics: Diagnostics) -> Value[str]:
    """An id; a wrong one is reported and taken as it is."""
    if not re.fullmatch(ID, text.value):
        legal = re.sub(r"[^A-Za-z0-9_-]+", "-", text.value[:_MAX_SHOWN]).strip("-") or "my-model"
        diagnostics.error(
            "SG201",
            text.span,
            (
                f"the id {quoted(text.value)} holds more than letters, digits, '_' and '-'"
                if text.value
                else "the id is empty"
            ),
            f'write id="{legal}"',
        )
    return plain(text, path)


def read_choice(
    text: Text, path: str, known: Iterable[str], diagnostics: Diagnostics
) -> Value[str] | None:
    """A word out of a closed list, or None after reporting that it is not."""
    if text.value in known:
        return plain(text, path)
    tag = path.rpartition("/")[2].lstrip("@")
    problem = f"unknown {tag} {quoted(text.value)}" if text.value else f"'{tag}' is empty"
    guess = did_you_mean(text.value, known)
    diagnostics.error("SG206", text.span, problem, guess or one_of(known))
    return None
