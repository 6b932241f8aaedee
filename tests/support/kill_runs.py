"""Kill runs of a script at random moments: kill_runs.py KILLS SEED OUTPUT SCRIPT DATA.

The library is loaded once and each run is a fork, so that a kill costs the run and not the load.
OUTPUT gets `whole`, a run that is left alone, and `killed-1`, `killed-2`, ..., each killed and
resumed until it came to its end. Half of the kills fall at a random moment, half at the first sight
of a file that is being written. One line of JSON tells what was done.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from loaded import exit_status


def main(kills: int, seed: str, output: Path, script: Path, data: Path) -> None:
    for node in ast.walk(ast.parse(script.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                importlib.import_module(alias.name)
    output.mkdir()
    draw, log = random.Random(seed), output / "log"
    started = time.monotonic()
    pid = begin(script, data, output / "whole", log)
    assert ended(pid, block=True) == 0, log.read_text("utf-8")
    length = time.monotonic() - started

    names: set[str] = set()
    done = in_write = unstarted = number = 0
    while done < kills:
        number += 1
        folder = output / f"killed-{number}"
        while True:
            left = partial(folder)
            pid = begin(script, data, folder, log)
            if done < kills:
                status = wait(pid, draw.uniform(0, length), folder, writing=draw.random() < 0.5)
            else:
                status = ended(pid, block=True)
            if status is not None:
                assert status == 0, log.read_text("utf-8")
                break
            os.kill(pid, signal.SIGKILL)
            if (status := ended(pid, block=True)) == 0:
                break  # it was sooner
            assert status == -signal.SIGKILL, log.read_text("utf-8")
            done += 1
            in_write += bool(cut := partial(folder) - left)
            names.update(name for name, _ in cut)
            unstarted += not (folder / "checkpoint").exists()
    report = {"kills": done, "in a write": in_write, "before a checkpoint": unstarted}
    report["files"] = sorted(names)
    print(json.dumps(report | {"runs": number, "seconds of a whole run": round(length, 1)}))


def begin(script: Path, data: Path, folder: Path, log: Path) -> int:
    if pid := os.fork():
        return pid
    with log.open("w", encoding="utf-8") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    words = [*map(str, (script, data, "-o", folder)), "-g", "-1", "--threads", "1", "--resume"]
    os._exit(exit_status(words))


def ended(pid: int, block: bool = False) -> int | None:
    found, status = os.waitpid(pid, 0 if block else os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


def partial(folder: Path) -> set[tuple[str, int]]:
    """Files that are being written, or that a kill left, with the time of their last change."""
    found = set()
    with contextlib.suppress(FileNotFoundError):  # of a file that has its name by now
        for entry in os.scandir(folder):
            if "partial" in entry.name:
                found.add((entry.name, entry.stat().st_mtime_ns))
    return found


def wait(pid: int, seconds: float, folder: Path, writing: bool) -> int | None:
    """Exit status, if it ends before its moment has come."""
    moment = time.monotonic() + seconds
    left = partial(folder)
    while (status := ended(pid)) is None:
        now = time.monotonic()
        if now >= moment and not writing:
            return None
        if now >= moment and partial(folder) - left:
            return None
        time.sleep(0.0002 if now >= moment else 0.01)
    return status


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], *map(Path, sys.argv[3:]))
