"""Scripts as they are arranged, before templates and Black: of golden cases, examples and draws."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from random_definitions import draw

from seqgra_compile import compiler
from seqgra_compile.catalog.semantics import INTENDED, SEMANTICS
from seqgra_compile.script import Script

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
DEFINITIONS = [
    *sorted(ROOT.glob("golden/accept/*/model.xml")),
    *(path for path in sorted(ROOT.glob("examples/*.xml")) if b"<seqgramodel" in path.read_bytes()),
]


def arranged(
    name: str, data: bytes, folder: Path, semantics: str = INTENDED, library: str | None = None
) -> Script | None:
    """The script of a definition, or None where there is none of it under these semantics."""
    found: list[Script] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiler, "render", found.append)
        patch.setattr(compiler, "format_script", lambda pieces: "")
        try:
            compiler.compile_bytes(
                name, data, [folder], options=compiler.Options(semantics=semantics, library=library)
            )
        except compiler.UnsupportedSemantics:
            return None
    return found[0] if found else None


def of_file(path: Path, semantics: str = INTENDED) -> Script | None:
    return arranged(path.name, path.read_bytes(), path.parent, semantics)


SCRIPTS = [of_file(path) for path in DEFINITIONS]


def imitating() -> list[Script]:
    """The same definitions under the other semantics."""
    others = [name for name in SEMANTICS if name != INTENDED]
    found = [of_file(path, semantics) for path in DEFINITIONS for semantics in others]
    return [script for script in found if script]


def drawn(seed: int) -> list[Script]:
    """Scripts of a definition drawn at random, for both libraries."""
    found = [arranged("model.xml", data, ROOT) for data in draw(seed).texts.values()]
    return [script for script in found if script]


def flipped(seed: int) -> Script:
    """A script in which every choice between texts of the templates is made anew, at random."""
    chosen = random.Random(seed)
    script = chosen.choice(SCRIPTS)
    flags = [name for name, value in vars(script).items() if isinstance(value, bool)]
    return replace(script, **{name: chosen.random() < 0.5 for name in flags})
