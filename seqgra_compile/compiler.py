"""The stages in order: bytes in, a script and diagnostics out.

All stages stop in one way: a stage after which none can go on returns None, and no other is run. A
stage that reports errors and can go on returns what it made, so that one call reports all errors;
text is made only where there are none.

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
from .backends import BACKENDS
from .catalog.datastructure import ROOT as DATA_ROOT
from .catalog.libraries import LIBRARIES, LibraryRow
from .catalog.semantics import (
    FULL,
    INTENDED,
    MEMORY,
    PREDICT,
    SHARDS,
    SIMULATED,
    TRAIN,
)
from .files.lookup import Folders
from .files.module import embed
from .files.weights import read_weights
from .messages.diagnostics import Diagnostics, TooManyError
from .passes.checks import check
from .passes.imitation import imitate
from .passes.inference import infer
from .passes.retarget import refuse, retarget
from .reading.analyzer import analyze
from .reading.decoding import read_source
from .reading.parser import parse_model
from .reading.tree import read_tree
from .reading.written import Element
from .source import MAX_BYTES, Source, Text

if TYPE_CHECKING:
    from .audit.ledger.setting import Setting
    from .datadefinition.arranged import SimulateScript
    from .grammar import BayesModel, Classifier, Simulation
    from .script import Script

    # What a definition means, if it has no errors.
    Meant = Classifier | Simulation | None


class UnsupportedOptions(ValueError):
    """A library, or a data definition, has no script under these options."""


@dataclass(frozen=True)
class Options:
    """The caller's choices; everything else is in the definition.

    `semantics`, `data`, `records`, `shards` and `emit` are names in the tables of
    `catalog.semantics`. `library` is PyTorch or TensorFlow, the definition's own if None. `shards`
    is the number of parts of a batch. `check_only`: no script is made.
    """

    semantics: str = INTENDED
    library: str | None = None
    data: str = MEMORY
    records: str = FULL
    shards: str = SHARDS[0]
    emit: str = TRAIN
    check_only: bool = False


_DEFAULT = Options()


@dataclass(frozen=True)
class Compilation:
    """The result.

    `script` is None if the definition has errors or was only checked. `model` is the typed
    definition and `arranged` the script before it is rendered, if there are no errors.
    """

    source: Source
    model: Meant
    arranged: Script | SimulateScript | None
    script: str | None
    diagnostics: Diagnostics

    @property
    def model_id(self) -> str | None:
        return self.model.id.value if self.model else None

    @functools.cached_property
    def settings(self) -> tuple[Setting, ...]:
        """The ledger: every setting that decides the run; empty if there is no script."""
        from .audit.ledger import settings  # noqa: PLC0415 - a compilation needs no ledger

        if self.model is None or self.arranged is None or self.script is None:
            return ()
        return settings(self.source, self.model, self.arranged, self.script, self.diagnostics)


def compile_definition(
    path: str | Path, include: Sequence[str | Path] = (), options: Options = _DEFAULT
) -> Compilation:
    """Compile a model definition file; raises OSError if it cannot be read.

    Files that the definition names are searched beside it, then in the folders `include`. Raises
    `UnsupportedOptions` if the definition's library has no scripts under these options.
    """
    path = Path(path)
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    return compile_bytes(str(path), data, [path.parent, *include], options)


def compile_bytes(
    name: str,
    data: bytes,
    folders: Sequence[str | Path] = (),
    options: Options = _DEFAULT,
) -> Compilation:
    """Compile a definition that has already been read; `name` occurs in messages and the script.

    Files that it names are searched in `folders`.
    """
    diagnostics = Diagnostics()
    source = read_source(name, data, diagnostics)
    looked_in = Folders(tuple(map(Path, folders)))
    model: Meant = None
    arranged: Script | SimulateScript | None = None
    script = None
    with contextlib.suppress(TooManyError):
        model = _meant(source, looked_in, options, diagnostics)
        if model:
            arranged = BACKENDS[model.backend]()(model, source, diagnostics)
        if arranged and not (options.check_only or diagnostics.failed):
            from .backends.renderer import render  # noqa: PLC0415 - a check needs no templates

            script = render(arranged)
    if diagnostics.failed:
        return Compilation(source, None, None, None, diagnostics)
    return Compilation(source, model, arranged, script, diagnostics)


def _meant(source: Source, folders: Folders, options: Options, diagnostics: Diagnostics) -> Meant:
    """The model that is written out, or None after an error."""
    if diagnostics.failed:
        return None
    tree = read_tree(source, diagnostics)
    if tree is None:
        return None
    if tree.tag.value == DATA_ROOT:
        return _simulation(source, tree, options, diagnostics)
    definition = parse_model(source, tree, diagnostics)
    model = analyze(definition, diagnostics) if definition else None
    if not model:
        return None
    _check_options(options, LIBRARIES[model.library.value])
    model = replace(
        model,
        data=options.data,
        records=options.records,
        emit=options.emit,
        shards=int(options.shards),
    )
    found: Classifier | None
    if isinstance(model, ir.BayesDefinition):
        found = _bayes_model(model, folders, options, diagnostics)
    else:
        found = _trained_model(model, folders, options, diagnostics)
    return None if diagnostics.failed else found


def _check_options(options: Options, library: LibraryRow) -> None:
    """Raise for options under which a library has no scripts."""
    name = library.name
    if options.semantics not in library.semantics:
        raise UnsupportedOptions(f"{name} has no scripts under the semantics {options.semantics}")
    if options.data != MEMORY and not library.trains:
        problem = f"{name} trains nothing: --data {options.data} has no effect"
        raise UnsupportedOptions(problem)
    if options.shards != SHARDS[0] and not library.trains:
        raise UnsupportedOptions(f"{name} trains nothing: --shards has no effect")
    chosen = options.data, options.records, options.shards
    if options.emit == PREDICT and chosen != (MEMORY, FULL, SHARDS[0]):
        raise UnsupportedOptions(f"--emit {PREDICT} takes no --data, --records or --shards")


def _simulation(
    source: Source, tree: Element, options: Options, diagnostics: Diagnostics
) -> Simulation | None:
    """What a data definition simulates."""
    from .datadefinition.parser import parse_data_tree
    from .datadefinition.simulation import analyze_simulation

    if options.semantics not in SIMULATED:
        raise UnsupportedOptions(f"no data are simulated under the semantics {options.semantics}")
    if options != Options(semantics=options.semantics, check_only=options.check_only):
        raise UnsupportedOptions(
            "a data definition takes no --library, --data, --records, --shards or --emit"
        )
    definition = parse_data_tree(source, tree, diagnostics)
    if definition is None:
        return None
    return analyze_simulation(definition, options.semantics, diagnostics)


def _trained_model(
    model: ir.DefinedModel | ir.ExternalModel,
    folders: Folders,
    options: Options,
    diagnostics: Diagnostics,
) -> ir.Model | None:
    """The model with its files read, after all passes."""
    library = options.library or model.library.value
    read = _with_file(model, folders, diagnostics) if isinstance(model, ir.ExternalModel) else model
    read = read_weights(read, folders, diagnostics) if read else None
    read = retarget(read, library, diagnostics) if read else None
    read = imitate(read, options.semantics, diagnostics) if read else None
    found = infer(read, diagnostics) if read else None
    return check(found, diagnostics) if found else None


def _with_file(
    model: ir.ExternalModel, folders: Folders, diagnostics: Diagnostics
) -> ir.DefinedModel | None:
    """The model with the file that is its architecture."""
    if isinstance(model.architecture, ir.ExternalModule):
        return embed(model, model.architecture, folders, diagnostics)
    from .files.keras import read_keras

    return read_keras(model, folders, diagnostics)


def _bayes_model(
    model: ir.BayesDefinition, folders: Folders, options: Options, diagnostics: Diagnostics
) -> BayesModel | None:
    """The model with its data definition read, whose diagnostics lie within that file."""
    library = options.library or model.library.value
    if library != model.library.value:
        refuse(model, library, diagnostics)
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
    grammar = analyze_data(definition, named.value, within) if definition else None
    return link(model, grammar, options.semantics, diagnostics) if grammar else None
