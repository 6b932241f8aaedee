"""The text of `seqgra-compile --list`: rows of the language's tables, for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import replace

from ..catalog.parameters import Parameter
from .datalanguage import DATA, data_listing, data_names
from .entries import KINDS, SINGULAR, EntryGroup, LanguageEntry, default_text, meaning

_WIDTH = 100


def list_text(listed: str) -> str | None:
    """A kind's rows, or the rows of one name, with their parameters; None if there are none.

    `data`, or the name of an element, gives what data definitions may say.
    """
    if listed == DATA:
        return data_listing()
    groups = KINDS[listed]() if listed in KINDS else tuple(_named(listed))
    lines = [line for group in groups for line in _group(group)]
    return "\n".join(lines).strip() + "\n" if lines else data_listing(listed)


def listed_names() -> list[str]:
    """All kinds, then all names of rows, each once."""
    rows = [row.name for kind in KINDS.values() for group in kind() for row in group.entries]
    return list(dict.fromkeys((*KINDS, DATA, *rows, *data_names())))


def _named(name: str) -> Iterable[EntryGroup]:
    """The groups of all kinds, each with the rows of this name alone."""
    for kind in KINDS.values():
        for group in kind():
            rows = tuple(
                row
                for row in group.entries
                if name.lower() in (row.name.lower(), *map(str.lower, row.aliases))
            )
            if rows:
                yield replace(group, entries=rows)


def _group(group: EntryGroup) -> Iterable[str]:
    count, one = len(group.entries), SINGULAR[group.noun]
    article = "An" if one[0] in "aeio" else "A"
    title = f"{count} {group.noun}" if count > 1 else f"{article} {one}"
    title += f" of {group.library}"
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


def _block(entry: LanguageEntry) -> Iterable[str]:
    also = f" (also {', '.join(entry.aliases)})" if entry.aliases else ""
    yield from textwrap.wrap(f"{entry.name}{also}: {entry.about}", _WIDTH, subsequent_indent="  ")
    for note in entry.notes:
        yield from textwrap.wrap(note, _WIDTH, initial_indent="  ", subsequent_indent="  ")
    yield from _parameters(entry.parameters)


def _parameters(parameters: tuple[Parameter, ...]) -> Iterable[str]:
    """Name, default and meaning in three columns."""
    names = max((len(row.name) for row in parameters), default=0)
    defaults = max((len(default_text(row)) for row in parameters), default=0)
    indent = " " * (2 + names + 2 + defaults + 2)
    for row in parameters:
        head = f"  {row.name:{names}}  {default_text(row):{defaults}}  "
        yield from textwrap.wrap(
            meaning(row), _WIDTH, initial_indent=head, subsequent_indent=indent
        )
