"""The long text of each diagnostic code, for `--explain`: one module a family.

A code has one meaning for ever; it is never given to anything else.
"""

from __future__ import annotations

import textwrap

from .files import FILES
from .grammars import GRAMMARS
from .habits import HABITS
from .internal import INTERNAL
from .kerasfiles import KERAS_FILES
from .row import Explanation
from .sections import SECTIONS
from .shapes import SHAPES
from .structure import STRUCTURE
from .values import VALUES

CODES: dict[str, Explanation] = {
    **STRUCTURE,
    **VALUES,
    **SHAPES,
    **SECTIONS,
    **HABITS,
    **FILES,
    **KERAS_FILES,
    **GRAMMARS,
    **INTERNAL,
}


def explain(code: str) -> str:
    """Title and text, wrapped for a terminal."""
    row = CODES[code]
    paragraphs = [
        paragraph if paragraph.startswith("    ") else textwrap.fill(paragraph, 88)
        for paragraph in textwrap.dedent(row.text).strip().split("\n\n")
    ]
    return "\n\n".join([f"{code}: {row.title}", *paragraphs])
