"""TensorFlow's SavedModel: a folder, read without TensorFlow.

Keras's own description of the model lies in `keras_metadata.pb`, before TensorFlow 2.5 in
`saved_model.pb`; its variables lie in `variables/`. The functions in `saved_model.pb` are not read.
"""

from __future__ import annotations

import hashlib

from ... import ir
from ...messages.diagnostics import Diagnostics
from ...source import Span, Text
from ..lookup import Folders
from .bundle import Bundle
from .contents import Contents, damaged, read_json
from .protobuf import numbers, submessages

_MAX_GRAPH, _MAX_INDEX, _MAX_DATA = 2**28, 2**24, 2**31
_METADATA, _GRAPH = "keras_metadata.pb", "saved_model.pb"
_INDEX, _DATA = "variables/variables.index", "variables/variables.data-00000-of-00001"


def read(named: Text, folders: Folders, diagnostics: Diagnostics) -> Contents | None:
    """What the folder holds, or None after reporting that a file is missing. Raises `RefusedError`."""
    folders = folders.holding(named, diagnostics)
    if folders is None:
        return None
    description = _METADATA if folders.has(f"{named.value}/{_METADATA}") else _GRAPH
    found = {}
    for name, size in ((description, _MAX_GRAPH), (_INDEX, _MAX_INDEX), (_DATA, _MAX_DATA)):
        file = folders.find(_inside(named, name), size, diagnostics)
        if file is None:
            return None
        found[name] = file[1]
    root = _root(found[description], description == _METADATA)
    bundle = Bundle(found[_INDEX], found[_DATA])
    weights = _hashed(named, _DATA, found[_DATA])
    described = _hashed(named, description, found[description])
    training = root.get("training_config")
    return Contents(
        model={"class_name": root.get("class_name"), "config": root.get("config")}
        | {"build_config": {"input_shape": root.get("build_input_shape")}},
        keras_2=True,
        file=ir.KerasFile(named.value, described.path, described.sha256, "saved_model", weights),
        training=training if isinstance(training, dict) else None,
        stored=lambda layer: bundle.stored(layer.position),
    )


def _inside(named: Text, name: str) -> Text:
    return Text(f"{named.value.rstrip('/')}/{name}", Span(named.span.start, named.span.end))


def _hashed(named: Text, name: str, data: bytes) -> ir.WeightsFile:
    return ir.WeightsFile(_inside(named, name).value, hashlib.sha256(data).hexdigest())


def _root(data: bytes, is_metadata: bool) -> dict[str, object]:
    """Keras's description of the whole model: that of the first object of the graph."""
    found = _described(data) if is_metadata else _in_graph(data)
    if found is None:
        raise damaged("it describes no Keras model")
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
