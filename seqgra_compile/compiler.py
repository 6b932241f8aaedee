"""The stages in order: bytes in, a script and diagnostics out.

Stages for files that few definitions name are imported where they run, as are the backends: to
import everything would take longer than to check a definition.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from . import ir
from .backends import BACKENDS, simulate
from .catalog.semantics import DISK, INTENDED, MEMORY, SIMULATED, SUPPORTED
from .catalog.sequences import BAYES
from .datadefinition.structure import ROOT as DATA_ROOT
from .files.lookup import Folders
from .files.module import embed
from .grammar import BayesModel, Simulation
from .messages.diagnostics import Diagnostics, TooManyError
from .passes.checks import check
from .passes.imitation import imitate
from .passes.inference import infer
from .passes.retarget import retarget
from .reading.analyzer import analyze
from .reading.decoding import read_source
from .reading.parser import parse_tree
from .reading.tree import read_tree
from .reading.written import Element
from .script import Script, SimulateScript
from .source import MAX_BYTES, Source, Text

if TYPE_CHECKING:
    from .audit.ledger.setting import Setting


class UnsupportedSemantics(ValueError):
    """There are no scripts of a library under these semantics, or with data held so."""


@dataclass(frozen=True)
class Compilation:
    """What came out: `script` is None if the definition has errors or was only checked.

    `model` is the definition as meant and `arranged` the script before it is text, if there are no
    errors.
    """

    source: Source
    model: ir.General | Simulation | None
    arranged: Script | SimulateScript | None
    script: str | None
    diagnostics: Diagnostics

    @property
    def model_id(self) -> str | None:
        return self.model and self.model.id.value

    @functools.cached_property
    def settings(self) -> tuple[Setting, ...]:
        """The ledger: every setting that decides the run. Empty if there is no script."""
        from .audit.ledger import settings  # noqa: PLC0415 - a compilation needs no ledger

        if self.script is None:
            return ()
        return settings(self.source, self.model, self.arranged, self.script, self.diagnostics)


def compile_definition(
    path: str | Path,
    include: Sequence[str | Path] = (),
    check_only: bool = False,
    semantics: str = INTENDED,
    library: str | None = None,
    storage: str = MEMORY,
) -> Compilation:
    """Compile a model definition file; raises OSError if it cannot be read.

    Files that the definition names are looked for beside it, then in the folders `include`.
    `semantics` is a name in `SEMANTICS`; raises `UnsupportedSemantics` if the definition's library
    has no scripts of it. `library` is PyTorch or TensorFlow, the definition's own if absent.
    `storage` is a name in `STORAGES`; not all libraries have scripts of each, either.
    """
    path = Path(path)
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    folders = [path.parent, *include]
    return compile_bytes(str(path), data, folders, check_only, semantics, library, storage)


def compile_bytes(
    name: str,
    data: bytes,
    folders: Sequence[str | Path] = (),
    check_only: bool = False,
    semantics: str = INTENDED,
    library: str | None = None,
    storage: str = MEMORY,
) -> Compilation:
    """Compile a definition that is already read; `name` stands in messages and the script."""
    diagnostics = Diagnostics()
    source = read_source(name, data, diagnostics)
    looked_in = Folders(tuple(map(Path, folders)))
    model = arranged = script = None
    with contextlib.suppress(TooManyError):
        model = _meant(source, looked_in, semantics, library, storage, diagnostics)
        if isinstance(model, Simulation):
            arranged = simulate()(model, source, diagnostics)
        elif model:
            arranged = BACKENDS[model.library.value]()(model, source, diagnostics)
        if not (check_only or diagnostics.failed):
            from .backends.renderer import render  # noqa: PLC0415 - a check needs no templates

            script = render(arranged)
    if diagnostics.failed:
        return Compilation(source, None, None, None, diagnostics)
    return Compilation(source, model, arranged, script, diagnostics)


def _meant(
    source: Source,
    folders: Folders,
    semantics: str,
    target: str | None,
    storage: str,
    diagnostics: Diagnostics,
) -> ir.Model | BayesModel | Simulation | None:
    """The model that is written out, or None after an error."""
    if diagnostics.failed:
        return None
    tree = read_tree(source, diagnostics)
    if tree is None:
        return None
    if tree.tag.value == DATA_ROOT:
        return _data_as_meant(source, tree, semantics, target, storage, diagnostics)
    definition = parse_tree(source, tree, diagnostics)
    model = definition and analyze(definition, diagnostics)
    if not model:
        return None
    library = model.library.value
    if library not in SUPPORTED[semantics]:
        raise UnsupportedSemantics(f"{library} has no scripts under the semantics {semantics}")
    if storage == DISK and library == BAYES:
        raise UnsupportedSemantics(f"{library} trains nothing: --data {DISK} is of no use to it")
    model = replace(model, data=storage)
    if library == BAYES:
        model = _with_grammar(model, folders, semantics, target or library, diagnostics)
    else:
        model = _with_shapes(model, folders, target or library, semantics, diagnostics)
    return None if diagnostics.failed else model


def _data_as_meant(
    source: Source,
    tree: Element,
    semantics: str,
    target: str | None,
    storage: str,
    diagnostics: Diagnostics,
) -> Simulation | None:
    """What a data definition simulates."""
    from .datadefinition.parser import parse_data_tree
    from .datadefinition.simulation import analyze_simulation

    if semantics not in SIMULATED:
        raise UnsupportedSemantics(f"no data are simulated under the semantics {semantics}")
    if target is not None:
        raise UnsupportedSemantics("--library is of no use to a data definition")
    if storage == DISK:
        raise UnsupportedSemantics(f"--data {DISK} is of no use to a data definition")
    definition = parse_data_tree(source, tree, diagnostics)
    return definition and analyze_simulation(definition, semantics, diagnostics)


def _with_shapes(
    model: ir.Model, folders: Folders, library: str, semantics: str, diagnostics: Diagnostics
) -> ir.Model | None:
    if isinstance(model.architecture, ir.External):
        from .files.keras import read_keras

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
    from .datadefinition.analyzer import analyze_data
    from .datadefinition.linker import link
    from .datadefinition.parser import parse_data

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
