"""A PyTorch module that a definition names: read as text, checked, never run. Reports SG6."""

from __future__ import annotations

from ... import ir
from ...messages.diagnostics import Diagnostics
from ..lookup import Folders


def embed(
    model: ir.ExternalModel,
    external: ir.ExternalModule,
    folders: Folders,
    diagnostics: Diagnostics,
) -> ir.DefinedModel | None:
    """The model with its PyTorch module read, or None if that is missing or unfit."""
    from .embedding import read_module

    module = read_module(external, folders, diagnostics)
    return ir.DefinedModel(**vars(model) | {"architecture": module}) if module else None
