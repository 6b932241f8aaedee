"""The compiled script's side: compile a definition, train, read what every script writes."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from cases import Case
from run import COMMON_FILES


class ScriptError(Exception):
    """The compiler or the script ended with an error: its last words."""


def train(folder: Path, case: Case, data: Path, *runner: object) -> Path:
    """Compile `folder`/model.xml and run the script; the folder of its output.

    `runner`: what Python is to run instead of the script, with the script as first argument.
    """
    options = [] if case.semantics == "intended" else ["--semantics", case.semantics]
    _python(folder, "-m", "seqgra_compile", "model.xml", "-o", "train.py", *options)
    output = Path("script", case.model_id)
    options = ["-o", output, "-g", "-1", "--threads", case.threads]
    _python(folder, *runner, "train.py", data.resolve(), *options)
    return folder / output


def _python(folder: Path, *arguments: object) -> None:
    command = [sys.executable, *map(str, arguments)]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise ScriptError("\n".join(done.stderr.splitlines()[-4:]))


@dataclass(frozen=True)
class Output:
    losses: list[float]
    accuracies: list[float]
    best: int
    test: dict[str, float]
    files: dict[str, str]


def read(output: Path) -> Output:
    with open(output / "history.tsv", newline="") as file:
        epochs = list(csv.DictReader(file, delimiter="\t"))
    metrics = json.loads((output / "metrics.json").read_text())
    return Output(
        losses=[float(epoch["validation_loss"]) for epoch in epochs],
        accuracies=[float(epoch["validation_accuracy"]) for epoch in epochs],
        best=metrics["best"]["epoch"],
        test={name: metrics["test"][name] for name in ("loss", "accuracy")},
        files={name: (output / name).read_text() for name in COMMON_FILES},
    )
