"""An effect of a change: one aspect of training or of data, and the verdict on it."""

from __future__ import annotations

from dataclasses import dataclass

SAME, DIFFERENT = "the same", "different"


@dataclass(frozen=True)
class Effect:
    """One aspect, and how it changes."""

    topic: str
    verdict: str
