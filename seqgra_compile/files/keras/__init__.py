"""Saved Keras models: read as data, without a framework, and written out as operations.

Reports SG6, SG7 and, for values, SG2.
"""

from __future__ import annotations

import hashlib

from ... import ir
from ...messages.diagnostics import Diagnostics, quoted
from ...source import Text
from ..lookup import Folders
from . import h5_file, kinds, saved_model
from .compiled import loss_and_optimizer
from .contents import MAX_CONFIG, Contents, RefusedFileError, damaged, read_json_value
from .decompile import decompile

_MAX_FILE = 2**31


def read_keras(
    model: ir.ExternalModel, folders: Folders, diagnostics: Diagnostics
) -> ir.DefinedModel | None:
    """The model with a saved Keras model as its operations, or None if it cannot be read."""
    external = model.architecture
    named = Text(external.path.value, external.path.span)
    try:
        contents = _READERS[external.format.value](named, folders, diagnostics)
        return _decompiled(model, contents, named, diagnostics) if contents else None
    except RecursionError:
        refused = damaged("it is nested too deeply")
    except RefusedFileError as error:
        refused = error
    problem = f"{quoted(named.value)}: {refused}"
    diagnostics.error(refused.code, named.span, problem, refused.help)
    return None


def _json(named: Text, folders: Folders, diagnostics: Diagnostics) -> Contents | None:
    if folders.is_folder(named.value):
        raise kinds.of_folder(kinds.JSON)
    found = folders.find(named, MAX_CONFIG, diagnostics)
    if found is None:
        return None
    data = found[1]
    refused = kinds.of_bytes(data, named.value, kinds.JSON)
    if refused:
        raise refused
    model = read_json_value(data, "it")
    if isinstance(model, str):  # json.dump(model.to_json(), file)
        model = read_json_value(model, "the text in it")
    model = kinds.described(model)
    sha256 = hashlib.sha256(data).hexdigest()
    version = model.get("keras_version")
    return Contents(
        model,
        None if version is None else str(version),
        ir.KerasFile(named.value, named.value, sha256, "json"),
    )


def _file(named: Text, folders: Folders, diagnostics: Diagnostics) -> Contents | None:
    """An .h5 file or, as in seqgra, an archive: Keras tells them apart by their content."""
    if folders.is_folder(named.value):
        raise kinds.of_folder(kinds.H5)
    found = folders.find(named, _MAX_FILE, diagnostics)
    if found is None:
        return None
    data = found[1]
    if data.startswith(kinds.ZIP):
        from . import archive  # zipfile takes time to import

        return archive.read(named.value, data)
    refused = kinds.of_bytes(data, named.value, kinds.H5)
    if refused:
        raise refused
    return h5_file.read(named.value, data)


_READERS = {kinds.JSON: _json, kinds.H5: _file, kinds.FOLDER: saved_model.read}


def _decompiled(
    model: ir.ExternalModel, contents: Contents, named: Text, diagnostics: Diagnostics
) -> ir.DefinedModel | None:
    if contents.version and contents.version.startswith("1."):
        raise kinds.keras_1(contents.version)
    architecture = decompile(contents, named.span, diagnostics)
    loss, optimizer = model.loss, model.optimizer
    if contents.training is not None:
        loss, optimizer = loss_and_optimizer(
            contents.training, model.library.value, named.span, diagnostics
        )
        _note(model, contents, named, diagnostics)
    for section, tag in ((loss, "loss"), (optimizer, "optimizer")):
        if section is None:
            diagnostics.error(
                "SG106",
                named.span,
                f"the definition lacks the element '{tag}', and {quoted(named.value)} was saved "
                "without one",
                "a trained model needs it",
            )
    if diagnostics.failed:
        return None
    read = {"architecture": architecture, "loss": loss, "optimizer": optimizer}
    return ir.DefinedModel(**vars(model) | read)


def _note(
    model: ir.ExternalModel, contents: Contents, named: Text, diagnostics: Diagnostics
) -> None:
    """Report what is ignored in the definition or in the file, and why."""
    for section, tag in ((model.loss, "loss"), (model.optimizer, "optimizer")):
        if section is not None:
            diagnostics.note(
                "SG703",
                section.span,
                f"this {tag} has no effect: {quoted(named.value)} was saved with its own, which "
                "seqgra and the script take",
                "delete the section",
            )
    if contents.resumable:
        diagnostics.note(
            "SG704",
            named.span,
            f"{quoted(named.value)} also holds the state of its optimizer, from which seqgra "
            "continues; the script's optimizer starts without it",
        )
