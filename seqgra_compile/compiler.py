"""The stages in order: bytes in, a script and diagnostics out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .analyzer import analyze
from .backends import BACKENDS
from .checks import check
from .diagnostics import Diagnostics
from .embedder import embed
from .formatter import format_script
from .inference import infer
from .lookup import Folders
from .parser import parse
from .renderer import render
from .source import Source
from .xmltree import MAX_BYTES, read_source


@dataclass(frozen=True)
class Compilation:
    """What came out: `script` is None if the definition has errors or was only checked."""

    source: Source
    model_id: str | None
    script: str | None
    diagnostics: Diagnostics


def compile_definition(
    path: str | Path, include: Sequence[str | Path] = (), check_only: bool = False
) -> Compilation:
    """Compile a model definition file; raises OSError if it cannot be read.

    Files that the definition names are looked for beside it, then in the folders `include`.
    """
    path = Path(path)
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    return compile_bytes(str(path), data, [path.parent, *include], check_only)


def compile_bytes(
    name: str, data: bytes, folders: Sequence[str | Path] = (), check_only: bool = False
) -> Compilation:
    """Compile a definition that is already read; `name` stands in messages and the script."""
    diagnostics = Diagnostics()
    source = read_source(name, data, diagnostics)
    model_id, script = None, None
    arranged = _arranged(source, Folders(tuple(map(Path, folders))), diagnostics)
    if arranged is not None:
        model_id, arranged = arranged
        if not check_only:
            script = format_script(render(arranged))
    return Compilation(source, model_id, script, diagnostics)


def _arranged(source: Source, folders: Folders, diagnostics: Diagnostics):
    """The model's id and its script as arranged, or None after an error."""
    if diagnostics.failed:
        return None
    definition = parse(source, diagnostics)
    model = definition and analyze(definition, diagnostics)
    model = model and embed(model, folders, diagnostics)
    model = model and infer(model, diagnostics)
    if model:
        check(model, diagnostics)
    if not model or diagnostics.failed:
        return None
    script = BACKENDS[model.library.value](model, source, diagnostics)
    return None if diagnostics.failed else (model.id.value, script)
