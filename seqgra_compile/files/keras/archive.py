"""Keras's .keras files: a zip archive of the model in JSON and its weights in HDF5.

Nothing is unpacked to disk, and no member may be longer than its limit.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
import zlib

from ... import ir
from . import h5_file, kinds
from .contents import (
    MAX_CONFIG,
    RECURRENT,
    Config,
    Contents,
    LayerConfig,
    Stored,
    Training,
    damaged,
    not_float32,
    other_kind,
    read_json,
)

_METADATA, _CONFIG, _WEIGHTS = "metadata.json", "config.json", "model.weights.h5"
_OTHER_WEIGHTS = ("model.weights.npz", "model.weights.json")
_OLD_LAYERS = "_layer_checkpoint_dependencies"
_MAX_MEMBERS = 10_000
# Keras does not compress, and weights that are compressed later hardly shrink.
_MAX_WEIGHTS, _MAX_GROWTH = 2**31, 200
_READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_WHAT = 'save the model with model.save("model.keras")'
_SIDES = ("forward_layer", "backward_layer")


def read(name: str, data: bytes) -> Contents:
    """What an archive holds. Raises `RefusedFileError`."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            config, metadata, weights = _members(archive, len(data))
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError):
        raise damaged("it is a damaged zip archive") from None
    model = kinds.described(read_json(config, f"its {_CONFIG}"))
    version = read_json(metadata, f"its {_METADATA}").get("keras_version")
    found = h5_file.found_in(weights)
    if any(place.startswith(_OLD_LAYERS) for place in found.get("variables", ())):
        raise other_kind("TensorFlow 2.12 or older wrote it", "load and save it with a later one")
    if "variables" not in found:
        raise damaged(f"its {_WEIGHTS} holds no weights of Keras")
    sha256 = hashlib.sha256(data).hexdigest()
    return Contents(
        model=model,
        version=str(version) if version else None,
        file=ir.KerasFile(name, name, sha256, "archive", ir.WeightsFile(name, sha256)),
        training=_training(model.get("compile_config")),
        stored=_Weights(found["variables"]),
        resumable=found["steps"] > 0,
    )


def _members(archive: zipfile.ZipFile, size: int) -> tuple[bytes, bytes, bytes]:
    names = archive.namelist()
    if len(names) > _MAX_MEMBERS or len(set(names)) < len(names):
        raise damaged("the list of the files in it is not one that Keras writes")
    if _CONFIG not in names:
        raise other_kind("it is a zip archive without a Keras model", _WHAT)
    if _WEIGHTS not in names:
        others = [name for name in names if name in _OTHER_WEIGHTS]
        has = f"its weights are in {others[0]}" if others else "it holds no weights"
        raise other_kind(f"{has}: only {_WEIGHTS} is read", _WHAT)
    config = _member(archive, _CONFIG, MAX_CONFIG)
    metadata = _member(archive, _METADATA, MAX_CONFIG) if _METADATA in names else b"{}"
    return config, metadata, _member(archive, _WEIGHTS, min(_MAX_WEIGHTS, _MAX_GROWTH * size))


def _member(archive: zipfile.ZipFile, name: str, max_bytes: int) -> bytes:
    """A file in the archive; the size that the archive states is not trusted."""
    info = archive.getinfo(name)
    if info.compress_type not in _READABLE or info.flag_bits & 1:
        raise other_kind(f"its {name} is encrypted, or compressed in a rare way", _WHAT)
    if info.file_size > max_bytes:
        raise damaged(f"its {name} holds more than {max_bytes:,} bytes")
    with archive.open(info) as file:
        data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise damaged(f"its {name} holds more than {max_bytes:,} bytes")
    return data


def _training(config: object) -> Training | None:
    """Keras loses the optimizer of a model that was saved as HDF5 before; then it is refused."""
    if not isinstance(config, dict) or not (config.get("optimizer") or config.get("loss")):
        return None
    loss, optimizer = "compile_config/loss", "compile_config/optimizer"
    return Training(
        config.get("loss"), config.get("loss_weights"), config.get("optimizer"), loss, optimizer
    )


class _Weights:
    """A layer's weights, which the archive numbers; groups are named after classes, not layers."""

    def __init__(self, variables: dict[str, list[Config]]) -> None:
        self.variables = variables

    def __call__(self, layer: LayerConfig) -> Stored:
        group = "/".join(f"layers/{_folder(place)}" for place in (*layer.parents, layer))
        inner = _SIDES if layer.class_name == "Bidirectional" else ("",)
        recurrent = layer.class_name in (*RECURRENT, "Bidirectional")
        found = []
        for side in inner:
            path = "/".join(part for part in (side, "cell" if recurrent else "", "vars") if part)
            for weight in self.variables.get(f"{group}/{path}", []):
                if weight["dtype"] != "float32":
                    raise not_float32()
                place = f"{path}/{weight['path']}"
                found.append(ir.StoredWeight(tuple(weight["shape"]), place))
        return Stored(dict(enumerate(found)), group)


def _folder(layer: LayerConfig) -> str:
    """`conv1d` for the first Conv1D of a model, `conv1d_1` for the second."""
    name = re.sub(r"\W+", "", layer.class_name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    name = re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()
    return f"{name}_{layer.rank}" if layer.rank else name
