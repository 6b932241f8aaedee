"""What `seqgra-compile --list KIND` prints: the rows of a table, for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from ..catalog.parameters import Parameter
from .entries import KINDS, Entry, Group, default, meaning

_WIDTH = 100


def listing(kind: str) -> str:
    """All rows of a kind, with their parameters; `kind` is one of `KINDS`."""
    lines = [line for group in KINDS[kind]() for line in _group(group)]
    return "\n".join(lines).strip() + "\n"


def _group(group: Group) -> Iterable[str]:
    title = f"{len(group.entries)} {group.noun} of {group.library}"
    yield from (title, "=" * len(title), "")
    detailed = any(entry.parameters or entry.notes for entry in group.entries)
    width = max(len(entry.name) for entry in group.entries)
    for entry in group.entries:
        if detailed:
            yield from (*_block(entry), "")
        else:
            yield f"{entry.name:{width}}  {entry.about}"
    if group.shared:
        yield from (f"All {group.noun} also take:", *_parameters(group.shared))
    yield ""


def _block(entry: Entry) -> Iterable[str]:
    also = f" (also {', '.join(entry.aliases)})" if entry.aliases else ""
    yield from textwrap.wrap(f"{entry.name}{also}: {entry.about}", _WIDTH, subsequent_indent="  ")
    for note in entry.notes:
        yield from textwrap.wrap(note, _WIDTH, initial_indent="  ", subsequent_indent="  ")
    yield from _parameters(entry.parameters)


def _parameters(parameters: tuple[Parameter, ...]) -> Iterable[str]:
    """Name, default and meaning in three columns."""
    names = max((len(row.name) for row in parameters), default=0)
    defaults = max((len(default(row)) for row in parameters), default=0)
    indent = " " * (2 + names + 2 + defaults + 2)
    for row in parameters:
        head = f"  {row.name:{names}}  {default(row):{defaults}}  "
        yield from textwrap.wrap(
            meaning(row), _WIDTH, initial_indent=head, subsequent_indent=indent
        )
