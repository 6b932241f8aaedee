"""Folders of finished runs, made up: what a script leaves, without training one."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from pathlib import Path

LABELS = ("bound", "unbound")
SETTINGS = {
    "MODEL_ID": "'motifs'",
    "LABELS": repr(LABELS),
    "SEED": "11",
    "SEQUENCE_LENGTH": "30",
    "LEARNING_RATE": "0.1",
    "BATCH_SIZE": "32",
    "EPOCHS": "50",
    "PATIENCE": "2",
}
EPOCHS = [
    {
        "epoch": epoch,
        "training_loss": 0.7 / epoch,
        "validation_loss": loss,
        "validation_accuracy": 0.5 + epoch / 10,
    }
    for epoch, loss in ((1, 0.6), (2, 0.4), (3, 0.45), (4, 0.5))
]
Y = ((True, False), (False, True), (True, False), (False, True))
Y_HAT = ((0.9, 0.1), (0.25, 0.75), (0.3, 0.7), (0.1, 0.9))


def receipt(seed: int = 11, shift: float = 0.0, **settings: object) -> dict:
    """A receipt; `shift` is added to the test's loss and accuracy, settings are changed or added."""
    chosen = {**SETTINGS, "SEED": repr(seed), **{name: repr(v) for name, v in settings.items()}}
    data = {
        name: {"sha256": 64 * letter, "examples": 4, "labels": dict.fromkeys(LABELS, 2)}
        for name, letter in (("training", "a"), ("validation", "b"), ("test", "c"))
    }
    return copy.deepcopy(
        {
            "data": data,
            "epochs": EPOCHS,
            "device": "cpu",
            "threads": 1,
            "definition": f"{seed:064x}",
            "script": f"{seed + 1:064x}",
            "settings": chosen,
            "versions": {"seqgra-compile": "0.1.0", "PyTorch": "2.13.0", "Python": "3.11.7"},
            "copies": {"test in training": 0},
            "best": EPOCHS[1],
            "weights": {"count": 212, "trainable": 212, "sha256": 64 * "d"},
            "test": {
                "AUROC": dict.fromkeys(LABELS, 0.75),
                "AUPRC": dict.fromkeys(LABELS, 0.8),
                "mean AUROC": 0.75,
                "mean AUPRC": 0.8,
                "loss": 0.5 + shift,
                "accuracy": 0.75 + shift,
            },
            "circumstances": {"host": "a", "time": "Sat Nov 28 14:43:19 2026", "seconds": 12.5},
        }
    )


def make_run(folder: Path, run: Mapping | None = None) -> Path:
    """A folder with the files that a finished run leaves, all saying what the receipt says."""
    run = run or receipt()
    folder.mkdir(parents=True)
    (folder / "receipt.json").write_text(json.dumps(run, indent=2), "utf-8")
    results = {name: run[name] for name in ("data", "copies", "best", "weights", "test")}
    (folder / "metrics.json").write_text(json.dumps(results, indent=2), "utf-8")
    write_rows(folder / "history.tsv", run["epochs"][0], *(e.values() for e in run["epochs"]))
    header = [f"{column}_{label}" for column in ("y", "y_hat") for label in LABELS]
    rows = [[*true, *given] for true, given in zip(Y, Y_HAT, strict=True)]
    write_rows(folder / "test-y-hat.txt", header, *rows)
    return folder


def write_rows(path: Path, *rows) -> None:
    path.write_text("".join("\t".join(map(str, row)) + "\n" for row in rows), "utf-8")
