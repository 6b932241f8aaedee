"""Counts in words."""

from __future__ import annotations

import re

_PLURAL = re.compile(
    r"\b(copies|examples|headers|ids|labels|lines|negatives|records|regions|rows|sequences|windows)\b"
    r"( that are| are| have)?"
)
_VERBS = {"are": "is", "have": "has"}


def plural(count: int, noun: str) -> str:
    """A count with its noun, which is given in the singular."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def counted(count: int, what: str) -> str:
    """A count with what is counted, which is given in the plural: 'windows over an end'."""
    return f"{count:,} {what if count != 1 else _PLURAL.sub(_singular, what, count=1)}"


def _singular(match: re.Match[str]) -> str:
    noun, *verb = match[0].split()
    noun = "copy" if noun == "copies" else noun.removesuffix("s")
    return " ".join([noun, *(_VERBS.get(word, word) for word in verb)])
