"""TensorFlow's SavedModel: a folder, read without TensorFlow.

Keras's own description of the model is in `keras_metadata.pb`, before TensorFlow 2.5 in
`saved_model.pb`; its variables are in `variables/`. The functions in `saved_model.pb` are not
read.
"""

from __future__ import annotations

import hashlib

from ... import ir
from ...messages.diagnostics import Diagnostics
from ...source import Span, Text
from ..lookup import Folders
from . import kinds
from .bundle import Bundle
from .contents import Config, Contents, LayerConfig, Stored, Training, damaged, read_json
from .protobuf import numbers, submessages

_MAX_GRAPH, _MAX_INDEX, _MAX_DATA = 2**28, 2**24, 2**31
_METADATA, _GRAPH = "keras_metadata.pb", "saved_model.pb"
_INDEX, _DATA = "variables/variables.index", "variables/variables.data-00000-of-00001"


def read(named: Text, folders: Folders, diagnostics: Diagnostics) -> Contents | None:
    """What the folder holds, or None after reporting that a file is missing. Raises `RefusedFileError`."""
    if folders.has(named.value):
        _refuse_file(named, folders, diagnostics)
    holding = folders.holding(named, diagnostics)
    if holding is None:
        return None
    if not holding.has(f"{named.value}/{_METADATA}") and not holding.has(f"{named.value}/{_GRAPH}"):
        _refuse_folder(named.value, holding)
    description = _METADATA if holding.has(f"{named.value}/{_METADATA}") else _GRAPH
    found = {}
    for name, size in ((description, _MAX_GRAPH), (_INDEX, _MAX_INDEX), (_DATA, _MAX_DATA)):
        file = holding.find(_inside(named, name), size, diagnostics)
        if file is None:
            return None
        found[name] = file[1]
    root = _root(found[description], description == _METADATA)
    bundle = Bundle(found[_INDEX], found[_DATA])
    weights = _hashed(named, _DATA, found[_DATA])
    described = _hashed(named, description, found[description])
    return Contents(
        model={"class_name": root.get("class_name"), "config": root.get("config")}
        | {"build_config": {"input_shape": root.get("build_input_shape")}},
        version="2",
        file=ir.KerasFile(named.value, described.path, described.sha256, "saved_model", weights),
        training=Training.of(root.get("training_config")),
        stored=lambda layer: Stored(bundle.stored(_positions(layer))),
    )


def _refuse_file(named: Text, folders: Folders, diagnostics: Diagnostics) -> None:
    """Raise if a file of a known kind is named where a folder is needed."""
    file = folders.find(named, _MAX_DATA, diagnostics)
    refused = file and kinds.of_bytes(file[1], named.value, kinds.FOLDER)
    if refused:
        raise refused


def _refuse_folder(name: str, folders: Folders) -> None:
    """Raise if a folder without a graph is of a known kind."""
    if folders.has(f"{name}/config.json") and folders.has(f"{name}/model.weights.h5"):
        raise kinds.unpacked()
    if folders.has(f"{name}/checkpoint") or folders.has(f"{name}/variables.index"):
        raise kinds.checkpoint()
    if folders.has(f"{name}/model.json"):
        raise kinds.tensorflow_js()


def _positions(layer: LayerConfig) -> tuple[int, ...]:
    """The layer's place in its model, after that model's place in the outer one."""
    return tuple(place.position for place in (*layer.parents, layer))


def _inside(named: Text, name: str) -> Text:
    return Text(f"{named.value.rstrip('/')}/{name}", Span(named.span.start, named.span.end))


def _hashed(named: Text, name: str, data: bytes) -> ir.WeightsFile:
    return ir.WeightsFile(_inside(named, name).value, hashlib.sha256(data).hexdigest())


def _root(data: bytes, is_metadata: bool) -> Config:
    """Keras's description of the whole model, which is that of the graph's first object."""
    found = _described(data) if is_metadata else _in_graph(data)
    if found is None and is_metadata:
        raise damaged("it describes no Keras model")
    if not found:
        raise kinds.exported()
    return read_json(found, "its description")


def _described(data: bytes) -> bytes | None:
    for node in submessages(data, 1):
        if not numbers(node).get(2, 0):
            return b"".join(submessages(node, 5)[:1])
    return None


def _in_graph(data: bytes) -> bytes | None:
    """Meta graph, graph of objects, first object, its user object, the metadata."""
    found = [data]
    for number in (2, 7, 1, 4, 3):
        found = submessages(found[0], number)
        if not found:
            return None
    return found[0]
