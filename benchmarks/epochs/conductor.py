"""Starts the contenders of a case, each in a process of its own, and gives them their turns."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from . import compiled, data
from .cases import Case

Turn = dict[str, float]
# glibc gives blocks above 32 MiB back when they are freed; to get them anew costs a page fault
# for every 4 KiB, whose price varies from process to process.
KEEP_MEMORY = "glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold=68719476736"


@dataclass(frozen=True)
class Settings:
    """`clock`: wall or cpu, as in Turns. `keep_memory`: see KEEP_MEMORY."""

    rounds: int
    threads: int
    device: str
    clock: str
    keep_memory: bool = False


class ContenderError(Exception):
    """A contender ended with an error: its last words."""


class Contender:
    """A process that waits until it is told to train an epoch."""

    def __init__(self, name: str, case: Case, folder: Path, settings: Settings) -> None:
        self.name = name
        self._log = folder / f"{name}.log"
        command = [sys.executable, "-m", "epochs.worker", name, folder]
        command += [json.dumps(case.as_json()), json.dumps(asdict(settings))]
        environment = {
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[1]),
            "OMP_NUM_THREADS": str(settings.threads),
            "OMP_WAIT_POLICY": "passive",  # threads that wait leave the CPU to the others
            "TF_CPP_MIN_LOG_LEVEL": "3",
            **({"GLIBC_TUNABLES": KEEP_MEMORY} if settings.keep_memory else {}),
        }
        pipe = subprocess.PIPE
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                [*map(str, command)],
                env=environment,
                text=True,
                stdin=pipe,
                stdout=pipe,
                stderr=log,
            )
        self._answer()  # it is ready

    def epoch(self) -> Turn:
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return self._answer()

    def end(self) -> None:
        self._process.stdin.close()
        self._process.wait()

    def _answer(self) -> Turn:
        line = self._process.stdout.readline()
        if not line:
            words = self._log.read_text().strip().splitlines()[-5:]
            raise ContenderError("\n".join([f"{self.name} ended:", *words]))
        return json.loads(line)


def prepare(case: Case, folder: Path) -> None:
    """The script and its data, in an empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    compiled.compile_script(case, folder)
    data.write(case, folder / "data")


def measure(
    case: Case, names: list[str], folder: Path, settings: Settings
) -> dict[str, list[Turn]]:
    """The turns of each contender, one a round: A B C, A B C. The first round warms up."""
    contenders = []
    try:
        for name in names:
            contenders.append(Contender(name, case, folder, settings))
        turns = [
            [contender.epoch() for contender in contenders] for _ in range(settings.rounds + 1)
        ]
    finally:
        for contender in contenders:
            contender.end()
    return dict(zip(names, zip(*turns[1:], strict=True), strict=True))
