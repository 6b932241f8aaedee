"""A compiled Keras script's run."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import script
from cases import Case
from run import WatchedRun

_WATCH = Path(__file__).with_name("keras_watch.py")


def train(folder: Path, case: Case, data: Path) -> WatchedRun:
    output = script.train(folder, case, data, _WATCH)
    watched = json.loads((folder / "watched.json").read_text())
    written = script.read(output)
    written.test["highest"] = _highest(output / "test-y-hat.txt")
    return WatchedRun(**watched, **vars(written))


def _highest(path: Path) -> float:
    """The share of examples whose first true label has the first of the highest probabilities."""
    rows = [line.split("\t") for line in path.read_text().splitlines()[1:]]
    labels = len(rows[0]) // 2
    y = np.array([[value == "True" for value in row[:labels]] for row in rows])
    y_hat = np.array([list(map(float, row[labels:])) for row in rows])
    return float(np.mean(y.argmax(axis=1) == y_hat.argmax(axis=1)))
