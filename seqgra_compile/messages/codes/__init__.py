"""The long text of each diagnostic code: one Markdown file per code beside this module.

The meaning of a code never changes, and no code is used again. A file has a title, paragraphs
that say what is wrong and why, an example, and how to fix it.
"""

from __future__ import annotations

import functools
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).resolve().parent
_WIDTH = 88
_FENCE = "```"


@dataclass(frozen=True)
class Explanation:
    """The title of a code, and its text in Markdown, without the title."""

    title: str
    text: str

    @property
    def summary(self) -> str:
        """The first paragraph as plain text in one line."""
        return _plain(self.text.partition("\n\n")[0])


class _Codes(Mapping[str, Explanation]):
    """The explanations in the order of their codes; a file is read when its code is asked for."""

    def __getitem__(self, code: str) -> Explanation:
        if code not in self._names:
            raise KeyError(code)
        return _read(code)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    @functools.cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(sorted(path.stem for path in _FOLDER.glob("SG*.md")))


CODES: Mapping[str, Explanation] = _Codes()


@functools.cache
def _read(code: str) -> Explanation:
    first, _, rest = (_FOLDER / f"{code}.md").read_text("utf-8").partition("\n")
    return Explanation(first.partition(": ")[2], rest.strip())


def explain(code: str, width: int = _WIDTH) -> str:
    """Title and text for a terminal: paragraphs are wrapped, examples indented."""
    row = CODES[code]
    head = textwrap.wrap(f"{code}: {row.title}", width)
    return "\n\n".join(["\n".join(head), *(_shown(block, width) for block in _blocks(row.text))])


def _blocks(text: str) -> Iterator[str]:
    """Headings, paragraphs and fenced examples."""
    inside: list[str] = []
    for block in text.split("\n\n"):
        inside.append(block)
        if "\n\n".join(inside).count(_FENCE) != 1:
            yield "\n\n".join(inside)
            inside = []


def _shown(block: str, width: int) -> str:
    if block.startswith(_FENCE):
        return textwrap.indent("\n".join(block.split("\n")[1:-1]), "    ")
    if block.startswith("## "):
        return block.removeprefix("## ") + ":"
    return textwrap.fill(_plain(block), width, break_long_words=False, break_on_hyphens=False)


def _plain(paragraph: str) -> str:
    """A paragraph without its marks of code, in one line."""
    return re.sub("`([^`]*)`", r"\1", " ".join(paragraph.split()))
