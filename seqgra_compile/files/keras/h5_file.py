"""Keras's .h5 files. h5py reads them in a separate process: see `h5_reader`."""

from __future__ import annotations

import atexit
import contextlib
import functools
import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO

from ... import ir
from . import kinds
from .contents import (
    Config,
    Contents,
    LayerConfig,
    RefusedFileError,
    Stored,
    Training,
    damaged,
    not_float32,
    read_json,
)
from .h5_reader import LENGTH, NO_H5PY

_SECONDS = 60
# Keras 3 uses other names for these in a file than in the layer.
_RENAMED = {(name, "kernel"): "depthwise_kernel" for name in ("DepthwiseConv1D", "DepthwiseConv2D")}
_SIDES = ("forward_", "backward_")


def read(name: str, data: bytes) -> Contents:
    """What a file holds. Raises `RefusedFileError`."""
    found = found_in(data)
    if "model_config" not in found:
        raise kinds.weights_alone()
    model = kinds.described(read_json(found["model_config"], "its model_config"))
    training = found.get("training_config")
    sha256 = hashlib.sha256(data).hexdigest()
    version = found.get("keras_version", model.get("keras_version"))
    return Contents(
        model=model,
        version=None if version is None else str(version),
        file=ir.KerasFile(name, name, sha256, "h5", ir.WeightsFile(name, sha256)),
        training=Training.of(training and read_json(training, "its training_config")),
        stored=_stored(found["layers"]),
        resumable=found["resumable"],
    )


def found_in(data: bytes) -> Config:
    """What `h5_reader` reports about a file."""
    reader = _reader(os.getpid())
    late = threading.Event()

    def end() -> None:
        late.set()
        reader.kill()

    timer = threading.Timer(_SECONDS, end)
    timer.start()
    try:
        answer = _asked(reader, data)
    finally:
        timer.cancel()
    if answer is not None:
        found: Config = json.loads(answer)
        return found
    _reader.cache_clear()
    _end(reader)
    if late.is_set():
        raise damaged("reading it takes too long")
    if reader.returncode == NO_H5PY:
        raise RefusedFileError(
            "SG610",
            "reading it needs the package h5py, which is not installed",
            "pip install h5py",
        )
    raise damaged("it is not an HDF5 file, or it is damaged")


class _Reader(subprocess.Popen[bytes]):
    """The program `h5_reader`, with its two pipes."""

    stdin: IO[bytes]
    stdout: IO[bytes]


@functools.cache
def _reader(process: int) -> _Reader:
    """The reader of this process, which reads one file after another until one is damaged."""
    command = [sys.executable, str(Path(__file__).with_name("h5_reader.py"))]
    pipe = subprocess.PIPE
    reader = _Reader(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)
    atexit.register(_end, reader)
    return reader


def _end(reader: _Reader) -> None:
    with contextlib.suppress(OSError):
        reader.stdin.close()
    reader.stdout.close()
    reader.wait()


def _asked(reader: _Reader, data: bytes) -> bytes | None:
    """The answer, or None if the reader ended instead."""
    try:
        reader.stdin.write(len(data).to_bytes(LENGTH, "little") + data)
        reader.stdin.flush()
    except OSError:
        return None
    length = reader.stdout.read(LENGTH)
    size = int.from_bytes(length, "little")
    answer = reader.stdout.read(size)
    return answer if len(length) == LENGTH and len(answer) == size else None


def _stored(layers: dict[str, list[Config]]) -> Callable[[LayerConfig], Stored]:
    """Weights by the catalog's names; of the two directions, the forward one comes first."""

    def of(layer: LayerConfig) -> Stored:
        group = (*layer.parents, layer)[0].name
        weights = layers.get(group, [])
        if layer.parents:
            weights = [weight for weight in weights if _is_of(layer, weight["path"])]
        if any(weight["dtype"] != "float32" for weight in weights):
            raise not_float32()
        sides = _SIDES if layer.class_name == "Bidirectional" else ("",)
        half = max(1, len(weights) // len(sides))
        stored: dict[str | int, ir.StoredWeight] = {}
        for index, weight in enumerate(weights):
            name = weight["path"].rpartition("/")[2].partition(":")[0]
            name = _RENAMED.get((layer.class_name, name), name)
            side = sides[min(index // half, len(sides) - 1)]
            stored[side + name] = ir.StoredWeight(tuple(weight["shape"]), weight["path"])
        return Stored(stored, group)

    return of


def _is_of(layer: LayerConfig, path: str) -> bool:
    """Whether a weight of an inner model belongs to one of its layers."""
    return f"/{layer.name}/" in f"/{path}"
