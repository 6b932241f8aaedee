"""Which runs are of one family: their definitions differ only in id, name, description and seed."""

from __future__ import annotations

import dataclasses
import hashlib
import json

from .. import ir
from ..source import Source

# What may differ within a family, and what changes no weight.
_APART = {"id", "name", "description", "seed", "label_pattern", "data", "records", "shards", "emit"}
# Names of files: what they hold is in `weights_file` of the operation.
_FILES = {"weights_file"}
# Where something is said, not what is said; and what follows from a module's code.
_PLACES = {"span", "class_span", "path", "origin", "note", "per_batch"}


def family(model: ir.General) -> str:
    """SHA-256 of the definition as meant, defaults and the contents of its files included.

    Without id, name, description and seed, and without what decides no weight: the layout of the
    XML, file names, how data are held, what is kept of a run, and whether a script trains or predicts.
    Also without the number of a batch's parts: the same model is trained, in other roundings and noise.
    """
    names = [field.name for field in dataclasses.fields(model) if field.name not in _APART]
    said = {name: _plain(getattr(model, name)) for name in names}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _plain(value: object) -> object:
    """A value as JSON has it, without places."""
    if isinstance(value, ir.Value):
        return _plain(value.value)
    if isinstance(value, Source):
        return None  # its content is included
    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value) if field.name not in _PLACES]
        return {name: _plain(getattr(value, name)) for name in names}
    if isinstance(value, dict):
        return {str(key): None if key in _FILES else _plain(each) for key, each in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(each) for each in value]
    if isinstance(value, frozenset):
        return sorted(map(str, value))
    return value
