"""What a Keras file holds, whatever its format, and why one is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from ... import ir
from ...messages.diagnostics import quoted

# Keras writes about a kilobyte a layer.
MAX_CONFIG = 2**22
_DAMAGED = "is it the whole file, as Keras wrote it?"


class RefusedError(ValueError):
    """A file, or something in it, of which no script can be made: a diagnostic without its place."""

    def __init__(self, code: str, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.help = help


def damaged(message: str) -> RefusedError:
    """What Keras never writes."""
    return RefusedError("SG611", message, _DAMAGED)


@dataclass(frozen=True)
class Layer:
    """A layer as written: its name, its place among the model's layers, its class and settings.

    `path` is that of its settings in the file.
    """

    name: str
    position: int
    class_name: str
    config: dict[str, object]
    path: str

    @property
    def noun(self) -> str:
        return f"layer {quoted(self.name)}"


Stored = dict[str, ir.StoredWeight]


@dataclass(frozen=True)
class Contents:
    """`model` is Keras's own description, `training` what it was compiled with, if it was.

    `stored` gives a layer's weights by the names of the catalog, and is None in a file without
    weights; `resumable`: the file holds the optimizer's state, too.
    """

    model: dict[str, object]
    keras_2: bool
    file: ir.KerasFile
    training: dict[str, object] | None = None
    stored: Callable[[Layer], Stored] | None = None
    resumable: bool = False


def read_json(data: bytes | str, what: str) -> dict[str, object]:
    """A JSON object as Keras writes it; tuples become lists. Raises `RefusedError`."""
    if len(data) > MAX_CONFIG:
        raise damaged(f"{what} holds more than {MAX_CONFIG:,} bytes")
    try:
        found = json.loads(data, object_hook=_plain, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise damaged(f"{what} is not JSON") from None
    if not isinstance(found, dict):
        raise damaged(f"{what} is no JSON object")
    return found


def _plain(found: dict[str, object]) -> object:
    items = found.get("items")
    if found.get("class_name") in ("__tuple__", "TensorShape") and isinstance(items, list):
        return items
    return found


def _no_number(word: str) -> object:
    raise ValueError(word)


def is_keras_2(model: dict[str, object], version: object = None) -> bool:
    """Whether Keras 2 wrote a model: `version` is what the file says, if it says anything."""
    version = version or model.get("keras_version")
    return str(version).startswith("2") if version else "module" not in model
