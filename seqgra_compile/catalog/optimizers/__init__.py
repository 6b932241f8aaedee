"""All optimizers, by library and name: the parameters of each, and its form in the library."""

from __future__ import annotations

from . import keras, pytorch
from .row import OptimizerRow

OPTIMIZERS = {(row.library, row.name): row for row in (*pytorch.ROWS, *keras.ROWS)}
_BY_FOLDED_NAME = {(library, name.lower()): row for (library, name), row in OPTIMIZERS.items()}


def find(library: str, name: str) -> OptimizerRow | None:
    """An optimizer of a library by its name, in any case."""
    return _BY_FOLDED_NAME.get((library, name.strip().lower()))


def optimizer_names(library: str) -> list[str]:
    return [row.name for row in OPTIMIZERS.values() if row.library == library]
