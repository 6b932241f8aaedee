"""What keeps a sweep from being written."""

from __future__ import annotations


class SweepError(Exception):
    """Options that exclude one another, or a folder that cannot hold the sweep.

    `place` is a file or an option, `help` how to fix it.
    """

    def __init__(self, message: str, place: str | None = None, help: str | None = None) -> None:
        super().__init__(message)
        self.message, self.place, self.help = message, place, help


class DefinitionError(SweepError):
    """A definition that compiles, but from which no sweep can be made."""
