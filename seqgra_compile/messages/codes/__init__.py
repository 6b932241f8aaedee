"""The long text of each diagnostic code, for `--explain`: one module a family.

A code has one meaning for ever; it is never given to anything else.
"""

from __future__ import annotations

import textwrap

from .row import Explanation
from .sg1_structure import STRUCTURE
from .sg2_values import VALUES
from .sg3_shapes import SHAPES
from .sg4_sections import SECTIONS
from .sg6_files import FILES
from .sg7_habits import HABITS
from .sg9_internal import INTERNAL
from .sg42_grammars import GRAMMARS
from .sg61_kerasfiles import KERAS_FILES
from .sg62_modules import MODULES

CODES: dict[str, Explanation] = {
    **STRUCTURE,
    **VALUES,
    **SHAPES,
    **SECTIONS,
    **HABITS,
    **FILES,
    **KERAS_FILES,
    **MODULES,
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
