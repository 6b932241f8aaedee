"""Import lines of a script."""

from __future__ import annotations

from collections.abc import Iterable

from ..ir import Import
from ..pycode import Bracketed, Code, laid_out


def import_lines(
    imports: Iterable[Import], standard: frozenset[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Import lines, each once, `import` before `from`: those of the standard library, those of
    packages.
    """
    groups: tuple[set[tuple[bool, str]], set[tuple[bool, str]]] = (set(), set())
    for bound in imports:
        group = 0 if bound.module.partition(".")[0] in standard else 1
        groups[group].add((bound.name is not None, bound.text))
    first, second = (tuple(_laid_out(text) for _, text in sorted(group)) for group in groups)
    return first, second


def _laid_out(text: str) -> str:
    """An import's line, broken if it is too long and can be broken."""
    head, names, name = text.partition(" import ")
    if not names:
        return text
    return laid_out(Bracketed(text, f"{head}{names}(", (Code(f"{name},"),), ")"))
