"""The stages in order: bytes in, a script and diagnostics out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import ir
from .analyzer import analyze
from .backends import BACKENDS
from .catalog.semantics import INTENDED, SUPPORTED
from .catalog.sequences import BAYES
from .checks import check
from .dataanalyzer import analyze_data
from .dataparser import parse_data
from .diagnostics import Diagnostics, TooManyError
from .embedder import embed
from .formatter import UnformattableError, format_script
from .grammar import BayesModel
from .imitation import imitate
from .inference import infer
from .kerasfiles import read_keras
from .linker import link
from .lookup import Folders
from .parser import parse
from .renderer import render
from .retarget import retarget
from .script import Script
from .source import Source, Span, Text
from .xmltree import MAX_BYTES, read_source


class UnsupportedSemantics(ValueError):
    """There are no scripts of a library under these semantics."""


@dataclass(frozen=True)
class Compilation:
    """What came out: `script` is None if the definition has errors or was only checked."""

    source: Source
    model_id: str | None
    script: str | None
    diagnostics: Diagnostics


def compile_definition(
    path: str | Path,
    include: Sequence[str | Path] = (),
    check_only: bool = False,
    semantics: str = INTENDED,
    library: str | None = None,
) -> Compilation:
    """Compile a model definition file; raises OSError if it cannot be read.

    Files that the definition names are looked for beside it, then in the folders `include`.
    `semantics` is a name in `SEMANTICS`; raises `UnsupportedSemantics` if the definition's library
    has no scripts of it. `library` is PyTorch or TensorFlow, the definition's own if absent.
    """
    path = Path(path)
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    folders = [path.parent, *include]
    return compile_bytes(str(path), data, folders, check_only, semantics, library)


def compile_bytes(
    name: str,
    data: bytes,
    folders: Sequence[str | Path] = (),
    check_only: bool = False,
    semantics: str = INTENDED,
    library: str | None = None,
) -> Compilation:
    """Compile a definition that is already read; `name` stands in messages and the script."""
    diagnostics = Diagnostics()
    source = read_source(name, data, diagnostics)
    model_id, script = None, None
    looked_in = Folders(tuple(map(Path, folders)))
    try:
        arranged = _arranged(source, looked_in, semantics, library, diagnostics)
    except TooManyError:
        arranged = None
    if arranged is not None:
        model_id, arranged, module = arranged
        if not check_only:
            script = _formatted(arranged, module, diagnostics)
    return Compilation(source, model_id, script, diagnostics)


def _formatted(script: Script, module: Span | None, diagnostics: Diagnostics) -> str | None:
    """The script's text; None after reporting an embedded module that cannot be laid out."""
    try:
        return format_script(render(script))
    except UnformattableError:
        if module is None:
            raise
        problem = "Python reads this module, and Black, which lays scripts out, does not"
        diagnostics.error("SG604", module, problem, "does `black` format the module itself?")
        return None


def _arranged(
    source: Source,
    folders: Folders,
    semantics: str,
    target: str | None,
    diagnostics: Diagnostics,
) -> tuple[str, Script, Span | None] | None:
    """The model's id, its script as arranged and the place of its module, or None after an error."""
    if diagnostics.failed:
        return None
    definition = parse(source, diagnostics)
    model = definition and analyze(definition, diagnostics)
    if not model:
        return None
    library = model.library.value
    if library not in SUPPORTED[semantics]:
        raise UnsupportedSemantics(f"{library} has no scripts under the semantics {semantics}")
    if library == BAYES:
        model = _with_grammar(model, folders, semantics, target or library, diagnostics)
    else:
        model = _with_shapes(model, folders, target or library, semantics, diagnostics)
    if not model or diagnostics.failed:
        return None
    script = BACKENDS[model.library.value](model, source, diagnostics)
    if diagnostics.failed:
        return None
    architecture = model.architecture
    module = architecture.span if isinstance(architecture, ir.Module) else None
    return model.id.value, script, module


def _with_shapes(
    model: ir.Model, folders: Folders, library: str, semantics: str, diagnostics: Diagnostics
) -> ir.Model | None:
    model = read_keras(model, folders, diagnostics)
    model = model and embed(model, folders, diagnostics)
    model = model and retarget(model, library, diagnostics)
    model = model and imitate(model, semantics, diagnostics)
    model = model and infer(model, diagnostics)
    if model:
        check(model, diagnostics)
    return model


def _with_grammar(
    model: BayesModel, folders: Folders, semantics: str, library: str, diagnostics: Diagnostics
) -> BayesModel | None:
    """The same way once more for the data definition, whose diagnostics lie within its file."""
    if not retarget(model, library, diagnostics):
        return None
    named = model.architecture.path
    found = folders.find(Text(named.value, named.span), MAX_BYTES, diagnostics)
    if found is None:
        return None
    path, data = found
    early = Diagnostics()
    source = read_source(str(path), data, early)
    within = diagnostics.within(source)
    within.adopt(early)
    definition = None if diagnostics.failed else parse_data(source, within)
    grammar = definition and analyze_data(definition, named.value, within)
    return grammar and link(model, grammar, semantics, diagnostics)
