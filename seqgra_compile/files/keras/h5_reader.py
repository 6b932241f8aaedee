"""Reads .h5 files from standard input and writes what each holds as JSON: a separate program.

The HDF5 library is known to crash on damaged files; here it takes nobody with it. Each file is
preceded by its length, and so is its answer. Exit status: 0 after the last file, 1 if one cannot
be read, 3 if h5py is not installed.
"""

from __future__ import annotations

import io
import json
import sys
from typing import Any

LENGTH = 8  # bytes, the lowest first
WEIGHTS, STATE = "model_weights", "optimizer_weights"
OPTIMIZER, VARIABLES = "optimizer", "vars"
MAX_DEPTH, MAX_GROUPS = 40, 20_000
NO_H5PY = 3


class LinkError(ValueError):
    """Something is not in the file itself: links could lead to any other file."""


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


def contents(h5py: Any, file: Any) -> dict[str, Any]:
    """What the file is: a model, the weights of Keras 3's archives, or neither."""
    names = ("model_config", "training_config", "keras_version")
    found: dict[str, Any] = {name: text(file.attrs[name]) for name in names if name in file.attrs}
    if "model_config" in found:
        weights = inside(h5py, file, WEIGHTS)
        layers = texts(weights, "layer_names") or list(weights)
        found["layers"] = {name: listed(h5py, inside(h5py, weights, name)) for name in layers}
        state = STATE in file and inside(h5py, file, STATE)
        found["resumable"] = bool(state) and is_used(h5py, state)
    else:
        variables: dict[str, list[Any]] = {}
        collect(h5py, file, "", variables)
        if variables:
            found["variables"] = variables
            found["steps"] = steps(h5py, file) if f"{OPTIMIZER}/{VARIABLES}" in variables else 0
    return found


def texts(group: Any, name: str) -> list[str]:
    """An attribute that is a list; Keras cuts one of more than 64 kB into `name0`, `name1`, ..."""
    if name in group.attrs:
        return list(map(text, group.attrs[name]))
    found: list[Any] = []
    while f"{name}{len(found)}" in group.attrs:
        found.append(group.attrs[f"{name}{len(found)}"])
    return [text(value) for part in found for value in part]


def collect(h5py: Any, group: Any, path: str, found: dict[str, list[Any]]) -> None:
    """The variables of each object of Keras 3, by path, in the order of their numbers."""
    if path.count("/") > MAX_DEPTH or len(found) > MAX_GROUPS:
        raise LinkError(path)
    for name in group:
        inner = inside(h5py, group, name)
        if not isinstance(inner, h5py.Group):
            continue
        place = f"{path}/{name}" if path else name
        if name == VARIABLES:
            numbers = sorted((number for number in inner if number.isdecimal()), key=int)
            rows = [(number, inside(h5py, inner, number)) for number in numbers]
            if rows:
                found[place] = [row(number, variable) for number, variable in rows]
        else:
            collect(h5py, inner, place, found)


def row(path: str, variable: Any) -> dict[str, Any]:
    shape = [int(size) for size in variable.shape]
    return {"path": path, "shape": shape, "dtype": str(variable.dtype)}


def steps(h5py: Any, file: Any) -> int:
    """How many steps Keras 3's optimizer made: its first variable."""
    count = inside(h5py, file, f"{OPTIMIZER}/{VARIABLES}/0")
    return 0 if count.shape else int(count[()])


def text(value: object) -> str:
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


def inside(h5py: Any, group: Any, name: str) -> Any:
    """What a path leads to, through hard links only."""
    for part in parts(name):
        if not isinstance(group.get(part, getlink=True), h5py.HardLink):
            raise LinkError(name)
        group = group[part]
    if isinstance(group, h5py.Dataset) and (group.external or group.is_virtual):
        raise LinkError(name)
    return group


def parts(name: str) -> list[str]:
    return [part for part in name.split("/") if part not in ("", ".")]


def listed(h5py: Any, layer: Any) -> list[dict[str, Any]]:
    """A layer's weights in Keras's order: path below the layer, shape and type."""
    names = texts(layer, "weight_names")
    return [row("/".join(parts(name)), inside(h5py, layer, name)) for name in names]


def is_used(h5py: Any, state: Any) -> bool:
    """Whether an optimizer has made a step; before its first step it has no relevant state."""
    names = texts(state, "weight_names")
    counters = [inside(h5py, state, name) for name in names if "/iter" in f"/{name}"]
    if not counters:
        return bool(names)
    return any(not steps.shape and int(steps[()]) > 0 for steps in counters)


if __name__ == "__main__":
    main()
