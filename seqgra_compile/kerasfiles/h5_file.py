"""Keras's .h5 files, read by h5py, which is imported only where such a file is named."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable

from .. import ir
from ..diagnostics import Diagnostics, quoted
from ..lookup import Folders
from ..source import Text
from .contents import (
    Contents,
    Layer,
    RefusedError,
    Stored,
    damaged,
    is_keras_2,
    read_json,
)

_MAX_FILE = 2**31
_WEIGHTS, _STATE = "model_weights", "optimizer_weights"
_SIDES = ("forward_", "backward_")


def read(named: Text, folders: Folders, diagnostics: Diagnostics) -> Contents | None:
    """What the file holds, or None after reporting that there is none. Raises `RefusedError`."""
    found = folders.find(named, _MAX_FILE, diagnostics)
    if found is None:
        return None
    try:
        import h5py
    except ImportError:
        raise RefusedError(
            "SG610",
            "reading it takes the package h5py, which is not installed",
            "pip install 'seqgra-compile[hdf5]'",
        ) from None
    try:
        return _contents(h5py, named.value, found[1])
    except RefusedError:
        raise
    except Exception:  # a damaged file raises many kinds
        raise damaged("it is not an HDF5 file, or it is damaged") from None


def _contents(h5py, name: str, data: bytes) -> Contents:
    with h5py.File(io.BytesIO(data), "r") as file:
        if "model_config" not in file.attrs:
            raise damaged("it describes no model: were only the weights saved?")
        model = read_json(_attribute(file, "model_config"), "its model_config")
        training = None
        if "training_config" in file.attrs:
            training = read_json(_attribute(file, "training_config"), "its training_config")
        version = _attribute(file, "keras_version") if "keras_version" in file.attrs else None
        stored = {layer: _stored(h5py, file, layer) for layer in _group(h5py, file, _WEIGHTS)}
        sha256 = hashlib.sha256(data).hexdigest()
        return Contents(
            model=model,
            keras_2=is_keras_2(model, version),
            file=ir.KerasFile(name, name, sha256, "h5", ir.WeightsFile(name, sha256)),
            training=training,
            stored=_by_layer(stored),
            resumable=_STATE in file and _is_used(h5py, _group(h5py, file, _STATE)),
        )


def _is_used(h5py, group) -> bool:
    """Whether an optimizer has made a step; one that has not has no state worth a word."""
    names = [
        name.decode("utf-8") if isinstance(name, bytes) else str(name)
        for name in group.attrs.get("weight_names", ())
    ]
    counters = [name for name in names if "/iter" in f"/{name}"]
    steps = [_weight(h5py, group, name) for name in counters]
    return any(not step.shape and int(step[()]) > 0 for step in steps) if steps else bool(names)


def _attribute(owner, name: str) -> str:
    value = owner.attrs[name]
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


def _group(h5py, owner, name: str):
    """A group that lies in the file itself: links could lead to any other file."""
    link = owner.get(name, getlink=True)
    if not isinstance(link, h5py.HardLink):
        raise damaged(f"it has no {quoted(name)}, or only a link in its place")
    return owner[name]


def _stored(h5py, file, layer: str) -> list[tuple[str, ir.StoredWeight]]:
    """A layer's weights in Keras's order: the last part of each name, shape and path."""
    group = _group(h5py, _group(h5py, file, _WEIGHTS), layer)
    weights = []
    for name in group.attrs.get("weight_names", ()):
        name = name.decode("utf-8") if isinstance(name, bytes) else str(name)
        found = _weight(h5py, group, name)
        if found.dtype != "float32":
            raise RefusedError("SG616", "its weights are not float32", "save the model in float32")
        path = "/".join((_WEIGHTS, layer, *_parts(name)))
        weight = ir.StoredWeight(tuple(map(int, found.shape)), path)
        weights.append((_parts(name)[-1].partition(":")[0], weight))
    return weights


def _parts(name: str) -> list[str]:
    return [part for part in name.split("/") if part not in ("", ".")]


def _weight(h5py, group, name: str):
    """A data set that lies in the file itself."""
    found = group
    for part in _parts(name):
        found = _group(h5py, found, part)
    if not isinstance(found, h5py.Dataset) or found.external or found.is_virtual:
        raise damaged(f"the weight {quoted(name)} does not lie in it")
    return found


def _by_layer(stored: dict[str, list[tuple[str, ir.StoredWeight]]]) -> Callable[[Layer], Stored]:
    """Weights by the catalog's names: of the two directions, the forward one is written first."""

    def of(layer: Layer) -> Stored:
        weights = stored.get(layer.name, [])
        sides = _SIDES if layer.class_name == "Bidirectional" else ("",)
        half = len(weights) // len(sides)
        return {
            sides[min(index // half, 1) if half and len(sides) > 1 else 0] + name: weight
            for index, (name, weight) in enumerate(weights)
        }

    return of
