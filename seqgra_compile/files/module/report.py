"""Diagnostics about a module: at the path in the definition, with the line in the module."""

from __future__ import annotations

from dataclasses import dataclass

from ...messages.diagnostics import Diagnostics
from ...source import Span


@dataclass(frozen=True)
class Report:
    """Diagnostics about the module `name`, which the definition names at `span`."""

    name: str
    span: Span
    diagnostics: Diagnostics

    def error(self, code: str, message: str, help: str | None = None, line: int = 0) -> None:
        self.diagnostics.error(code, self.span, self._placed(message, line), help)

    def note(self, code: str, message: str, help: str | None = None, line: int = 0) -> None:
        self.diagnostics.note(code, self.span, self._placed(message, line), help)

    def _placed(self, message: str, line: int) -> str:
        return (f"{self.name}:{line}: " if line else f"'{self.name}': ") + message
