"""The long text of each diagnostic code, for `--explain`."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass


@dataclass(frozen=True)
class Explanation:
    title: str
    text: str


CODES = {c: Explanation("todo", "todo") for c in (
 [f"SG1{n:02}" for n in range(1,13)]+[f"SG2{n:02}" for n in range(1,16)]+[f"SG3{n:02}" for n in range(1,9)]+[f"SG4{n:02}" for n in range(1,10)]+["SG501"]+[f"SG6{n:02}" for n in range(1,10)]+["SG701","SG901"])}


def explain(code: str) -> str:
    """Title and text, wrapped for a terminal."""
    row = CODES[code]
    paragraphs = [
        paragraph if paragraph.startswith("    ") else textwrap.fill(paragraph, 88)
        for paragraph in textwrap.dedent(row.text).strip().split("\n\n")
    ]
    return "\n\n".join([f"{code}: {row.title}", *paragraphs])
