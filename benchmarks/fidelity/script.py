"""The compiled script's side: compile a definition, train, read what the script wrote."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import torch
from digest import digest, layout
from run import COMMON_FILES, Run


class ScriptError(Exception):
    """The compiler or the script ended with an error: its last words."""


def train(folder: Path, model_id: str, data: Path, semantics: str, threads: int) -> Run:
    """Compile `folder`/model.xml and run the script, its output in `folder`/script/<model id>."""
    options = [] if semantics == "intended" else ["--semantics", semantics]
    _python(folder, "-m", "seqgra_compile", "model.xml", "-o", "train.py", *options)
    output = Path("script", model_id)
    options = ["-o", output, "-g", "-1", "--threads", threads]
    _python(folder, "train.py", data.resolve(), *options)
    return _read(folder / output)


def _python(folder: Path, *arguments: object) -> None:
    command = [sys.executable, *map(str, arguments)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise ScriptError("\n".join(done.stderr.splitlines()[-4:]))


def _read(output: Path) -> Run:
    state = torch.load(output / "saved_model.pth", "cpu", weights_only=True)
    with open(output / "history.tsv", newline="") as file:
        epochs = list(csv.DictReader(file, delimiter="\t"))
    metrics = json.loads((output / "metrics.json").read_text())
    return Run(
        weights=digest(state),
        layout=layout(state),
        losses=[float(epoch["validation_loss"]) for epoch in epochs],
        accuracies=[float(epoch["validation_accuracy"]) for epoch in epochs],
        best=metrics["best"]["epoch"],
        test=metrics["test"],
        files={name: (output / name).read_text() for name in COMMON_FILES},
    )
