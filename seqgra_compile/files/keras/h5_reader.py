"""Reads .h5 files from standard input, writes what each holds as JSON: a program of its own.

The HDF5 library is known to crash on damaged files; here it takes nobody with it. A file comes
behind its length, and so goes its answer. Exit status: 0 after the last file, 1 if one cannot be
read, 3 if h5py is not installed.
"""

from __future__ import annotations

import io
import json
import sys

LENGTH = 8  # bytes, the lowest first
WEIGHTS, STATE = "model_weights", "optimizer_weights"
NO_H5PY = 3


class LinkError(ValueError):
    """Something does not lie in the file itself: links could lead to any other file."""


def main() -> None:
    try:
        import h5py
    except ImportError:
        sys.exit(NO_H5PY)
    files, answers = sys.stdin.buffer, sys.stdout.buffer
    while length := files.read(LENGTH):
        data = files.read(int.from_bytes(length, "little"))
        try:
            with h5py.File(io.BytesIO(data), "r") as file:
                found = json.dumps(contents(h5py, file)).encode()
        except Exception:  # a damaged file raises many kinds
            sys.exit(1)
        answers.write(len(found).to_bytes(LENGTH, "little") + found)
        answers.flush()


def contents(h5py, file) -> dict[str, object]:
    """Keras's texts, each layer's weights in order, and the optimizer's count of steps."""
    names = ("model_config", "training_config", "keras_version")
    found: dict[str, object] = {
        name: text(file.attrs[name]) for name in names if name in file.attrs
    }
    if "model_config" in found:
        weights = inside(h5py, file, WEIGHTS)
        found["layers"] = {name: listed(h5py, inside(h5py, weights, name)) for name in weights}
        state = STATE in file and inside(h5py, file, STATE)
        found["resumable"] = bool(state) and is_used(h5py, state)
    return found


def text(value: object) -> str:
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


def inside(h5py, group, name: str):
    """What a path leads to, over hard links alone."""
    for part in parts(name):
        if not isinstance(group.get(part, getlink=True), h5py.HardLink):
            raise LinkError(name)
        group = group[part]
    if isinstance(group, h5py.Dataset) and (group.external or group.is_virtual):
        raise LinkError(name)
    return group


def parts(name: str) -> list[str]:
    return [part for part in name.split("/") if part not in ("", ".")]


def listed(h5py, layer) -> list[dict[str, object]]:
    """A layer's weights in Keras's order: path below the layer, shape and type."""
    weights = []
    for name in map(text, layer.attrs.get("weight_names", ())):
        found = inside(h5py, layer, name)
        path, shape = "/".join(parts(name)), [int(size) for size in found.shape]
        weights.append({"path": path, "shape": shape, "dtype": str(found.dtype)})
    return weights


def is_used(h5py, state) -> bool:
    """Whether an optimizer has made a step; one that has not has no state worth a word."""
    names = list(map(text, state.attrs.get("weight_names", ())))
    counters = [inside(h5py, state, name) for name in names if "/iter" in f"/{name}"]
    if not counters:
        return bool(names)
    return any(not steps.shape and int(steps[()]) > 0 for steps in counters)


if __name__ == "__main__":
    main()
