"""Runs of the golden scripts on small seeded data, a library's scripts in one process."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cases import Case, write_data
from loaded import Started

from seqgra_compile.catalog.libraries import BAYES

PYTHON = [sys.executable, "-W", "error::DeprecationWarning"]
ENVIRONMENT = os.environ | {
    "OMP_NUM_THREADS": "1",
    "PYTHONUNBUFFERED": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}
EPOCHS = 2


@dataclass(frozen=True)
class Run:
    script: Path
    data: Path
    output: Path
    status: object


def copied(case: Case, folder: Path, **constants: object) -> Path:
    """The case's script with few epochs or other constants, and the files beside it."""
    shutil.copytree(case.folder, folder)
    script = folder / "train.py"
    text = script.read_text("utf-8")
    for name, value in {"EPOCHS": EPOCHS, **constants}.items():
        text, count = re.subn(rf"^{name} = \S+", f"{name} = {value}", text, flags=re.MULTILINE)
        assert count == 1
    script.write_text(text, "utf-8")
    return script


def arguments(script: Path, data: Path, output: Path, *more: str) -> list[str]:
    return [*map(str, (script, data, "-o", output)), "-g", "-1", "--threads", "1", *more]


def start(command: Sequence[object], like: object = None) -> Started | subprocess.Popen[str]:
    """Begin a script: its path and its arguments, the path of a script that it runs.

    PyTorch's are forks of one process, so that all have its hashes of strings: `anew` has its own.
    """
    words = [*map(str, command)]
    if os.name == "posix" and "import torch" in Path(str(like or words[0])).read_text("utf-8"):
        return Started(words, PYTHON[1:], ENVIRONMENT)
    return anew(words)


def anew(command: Sequence[object]) -> subprocess.Popen[str]:
    """Begin a script in a Python of its own."""
    # Where the tests run in the background, a shell may have told them to ignore Ctrl-C.
    heeded = partial(signal.signal, signal.SIGINT, signal.default_int_handler)
    return subprocess.Popen(
        [*PYTHON, *map(str, command)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=ENVIRONMENT,
        preexec_fn=heeded if os.name == "posix" else None,
    )


def run(command: Sequence[object], like: object = None) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of a script, as `start` begins it."""
    process = start(command, like)
    out, err = process.communicate()
    return process.returncode, out, err


def run_all(folder: Path, queue: Sequence[list[str]]) -> list[object]:
    """Exit statuses of several scripts that are run in one process."""
    (folder / "queue.json").write_text(json.dumps(list(queue)), "utf-8")
    runner = Path(__file__).with_name("run_scripts.py")
    status, _, err = run([runner, folder / "queue.json", folder / "statuses.json"], queue[0][0])
    assert status == 0, err
    return json.loads((folder / "statuses.json").read_text("utf-8"))


def run_cases(cases: Sequence[Case], folder: Path) -> dict[str, Run]:
    """Each script once, in an empty folder; the cases are of one library."""
    places, queue = {}, []
    for case in cases:
        data, output = write_data(folder / "data" / case.id, case), folder / "output" / case.id
        if case.library == BAYES:  # trains nothing: no epochs, no threads
            places[case.id] = case.script, data, output
            queue.append([*map(str, (case.script, data, "-o", output))])
        else:
            places[case.id] = copied(case, folder / case.id), data, output
            queue.append(arguments(*places[case.id]))
    statuses = run_all(folder, queue)
    return {
        name: Run(*place, status)
        for (name, place), status in zip(places.items(), statuses, strict=True)
    }
