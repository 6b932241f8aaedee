"""Files of initial weights that operations name: their hashes, and no harm in them. Reports SG6."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from .. import ir
from ..messages.diagnostics import Diagnostics, quoted
from ..source import Text
from .lookup import Folders

_MAX_WEIGHTS = 2**31


def read_weights(
    model: ir.DefinedModel, folders: Folders, diagnostics: Diagnostics
) -> ir.DefinedModel | None:
    """The model with its files of initial weights read, or None if one is missing or unfit."""
    architecture = model.architecture
    if isinstance(architecture, ir.Module):
        return model
    done = tuple(
        _with_weights(operation, folders, diagnostics) for operation in architecture.operations
    )
    if diagnostics.failed:
        return None
    return replace(model, architecture=replace(architecture, operations=done))


def _with_weights(
    operation: ir.Operation, folders: Folders, diagnostics: Diagnostics
) -> ir.Operation:
    """The operation with the hash of its weights file, if it names one."""
    named = operation.arguments["weights_file"]
    if named.span is None:
        return operation
    found = folders.find(Text(named.value, named.span), _MAX_WEIGHTS, diagnostics)
    if found is None:
        return operation
    from .npy import WeightsRefused, check_npy

    _, data = found
    try:
        check_npy(data)
    except WeightsRefused as error:
        diagnostics.error(
            "SG609",
            named.span,
            f"{quoted(named.value)}: {error}",
            "save the weights again, with numpy.save",
        )
    file = ir.WeightsFile(named.value, hashlib.sha256(data).hexdigest())
    return replace(operation, weights_file=file)
