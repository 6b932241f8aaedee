"""What a Keras file holds, in any format, and why one is refused."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ... import ir
from ...messages.diagnostics import quoted

# A JSON object; its content is checked when it is used.
Config = dict[str, Any]

# Keras writes about a kilobyte per layer.
MAX_CONFIG = 2**22
RECURRENT = ("LSTM", "GRU", "SimpleRNN")
_DAMAGED = "is it the whole file, as Keras wrote it?"


class RefusedFileError(ValueError):
    """A file, or something in it, from which no script can be made: a diagnostic without its place."""

    def __init__(self, code: str, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.help = help


def damaged(message: str) -> RefusedFileError:
    """What Keras never writes."""
    return RefusedFileError("SG611", message, _DAMAGED)


def other_kind(message: str, help: str) -> RefusedFileError:
    """What Keras or TensorFlow also writes, but not in the format that the definition names."""
    return RefusedFileError("SG619", message, help)


def not_float32() -> RefusedFileError:
    return RefusedFileError("SG616", "its weights are not float32", "save the model in float32")


@dataclass(frozen=True)
class LayerConfig:
    """A layer as written: its name, its place among its model's layers, its class and config.

    `rank` counts the earlier layers of its class in the same model; `path` is that of its config
    in the file; `parents` are the models that it is in, the outermost (of the file) left out.
    """

    name: str
    position: int
    class_name: str
    config: Config
    path: str
    rank: int = 0
    parents: tuple[LayerConfig, ...] = ()

    @property
    def noun(self) -> str:
        return f"layer {quoted(self.name)}"


@dataclass(frozen=True)
class Stored:
    """A layer's weights: by the names of the catalog, or by their numbers in its order.

    `group` is where they lie in an HDF5 file; their places are paths below it.
    """

    weights: dict[str | int, ir.StoredWeight]
    group: str | None = None


@dataclass(frozen=True)
class Training:
    """What a model was compiled with, as the file says it, and where the file says it."""

    loss: object
    loss_weights: object
    optimizer: object
    loss_path: str = "training_config/loss"
    optimizer_path: str = "optimizer_config"

    @classmethod
    def of(cls, config: object) -> Training | None:
        """That of an .h5 file or a SavedModel; None where there is none."""
        if not isinstance(config, dict):
            return None
        return cls(config.get("loss"), config.get("loss_weights"), config.get("optimizer_config"))


@dataclass(frozen=True)
class Contents:
    """`model` is Keras's own description, `training` what it was compiled with, if it was.

    `version` is Keras's, if the file says it. `stored` gives a layer's weights and is None in a file
    without weights; `resumable`: the file also holds the optimizer's state.
    """

    model: Config
    version: str | None
    file: ir.KerasFile
    training: Training | None = None
    stored: Callable[[LayerConfig], Stored] | None = None
    resumable: bool = False

    @property
    def keras_2(self) -> bool:
        """Whether Keras 2 wrote it; only Keras 3 and late versions of Keras 2 name modules."""
        return self.version.startswith("2") if self.version else "module" not in self.model


def read_json(data: bytes | str, what: str) -> Config:
    """A JSON object as Keras writes it; tuples become lists. Raises `RefusedFileError`."""
    found = read_json_value(data, what)
    if not isinstance(found, dict):
        raise damaged(f"{what} is not a JSON object")
    return found


def read_json_value(data: bytes | str, what: str) -> object:
    """What a JSON text says. Raises `RefusedFileError`."""
    if len(data) > MAX_CONFIG:
        raise damaged(f"{what} holds more than {MAX_CONFIG:,} bytes")
    try:
        return json.loads(
            data, object_pairs_hook=_plain, parse_constant=_no_number, parse_float=_number
        )
    except (ValueError, RecursionError) as error:
        if isinstance(error, RefusedFileError):
            raise
        raise damaged(f"{what} is not JSON") from None


def _plain(pairs: list[tuple[str, object]]) -> object:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for key, _ in pairs if sum(key == other for other, _ in pairs) > 1)
        raise damaged(f"an object in it has two values of {quoted(twice)}")
    # Marks configs that were one object in Keras; they are also equal.
    found.pop("shared_object_id", None)
    items = found.get("items")
    if found.get("class_name") in ("__tuple__", "TensorShape") and isinstance(items, list):
        return items
    return found


def _no_number(word: str) -> object:
    raise ValueError(word)


def _number(word: str) -> float:
    """A number as Python reads it; Keras writes only numbers that Python can represent."""
    value = float(word)
    digits = word.lower().partition("e")[0]
    if math.isinf(value) or (value == 0 and any(digit in "123456789" for digit in digits)):
        size = "large" if value else "near to 0"
        raise RefusedFileError(
            "SG204", f"its number {quoted(word)} is too {size} for a script", "change the number"
        )
    return value
