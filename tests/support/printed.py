"""Scripts as they are arranged, before templates print them: of golden cases, examples and draws."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from random_definitions import draw

from seqgra_compile.catalog.semantics import DISK, INTENDED, PREDICT, SEMANTICS
from seqgra_compile.compiler import Options, UnsupportedOptions, compile_bytes
from seqgra_compile.script import Script

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
DEFINITIONS = [
    *sorted(ROOT.glob("golden/accept/*/model.xml")),
    *(path for path in sorted(ROOT.glob("examples/*.xml")) if b"<seqgramodel" in path.read_bytes()),
]


def arranged(name: str, data: bytes, folder: Path, **options: str) -> Script | None:
    """The script of a definition, or None where there is none of it under these options."""
    try:
        return compile_bytes(name, data, [folder], Options(check_only=True, **options)).arranged
    except UnsupportedOptions:
        return None


def of_file(path: Path, **options: str) -> Script | None:
    return arranged(path.name, path.read_bytes(), path.parent, **options)


SCRIPTS = [of_file(path) for path in DEFINITIONS]


def under_other_options(paths: Iterable[Path] = DEFINITIONS) -> list[Script]:
    """Definitions under the other semantics, with their data on disk, and scripts that predict."""
    others = [{"semantics": name} for name in SEMANTICS if name != INTENDED]
    others += [each | {"data": DISK} for each in ({}, *others)] + [{"emit": PREDICT}]
    found = [of_file(path, **options) for path in paths for options in others]
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
