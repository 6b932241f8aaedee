"""A sweep that is killed again and again, beside one that is left alone: are the results the same?

Usage: python benchmarks/sweep_kills.py FOLDER [--snakemake COMMAND] [--seed 1] [--most 40]

By default the grid of seqgrae: 8 sizes, 3 seeds of the data, 3 of the model, all pairs; its sizes are a
hundredth of seqgrae's. This Python must have PyTorch. After a random time, one of these happens:

- everything: Snakemake and all that it started get SIGKILL at once, as when a machine loses power;
- snakemake: it alone gets SIGKILL; what it started goes on, and is in the way of the next start;
- interrupt, terminate: SIGINT or SIGTERM to Snakemake;
- a run: one training gets SIGKILL; Snakemake goes on.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from sweeps.small import PROGRAMS, differences, runs_of, write_sweep

GRID = "--seeds 1-3 --data-seeds 1-3 --grid --sizes 100 200 400 800 1600 3200 6400 12800"
KINDS = ("everything", "snakemake", "interrupt", "terminate", "a run")


def descendants(process: int) -> list[int]:
    """All processes below one, as /proc tells."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:  # it has just ended
            continue
    found, level = [], {process}
    while level:
        level = {child for child, parent in parents.items() if parent in level}
        found += level
    return found


def trains(process: int) -> bool:
    try:
        words = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return len(words) > 1 and words[1].startswith(b"scripts/train/")


def send(process: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, number)


def start(command: list[str], sweep: Path, log: Path) -> subprocess.Popen:
    words = [*command, "--cores", "2", "--config", *PROGRAMS]
    with log.open("ab") as file:
        subprocess.run([*words, "--unlock"], cwd=sweep, stdout=file, stderr=file)
        return subprocess.Popen(words, cwd=sweep, stdout=file, stderr=file, start_new_session=True)


def hit(kind: str, process: subprocess.Popen, draws: random.Random) -> bool:
    """Do it; False if there was nothing to hit."""
    below = descendants(process.pid)
    if kind == "a run":
        runs = [each for each in below if trains(each)]
        if runs:
            send(draws.choice(runs), signal.SIGKILL)
        return bool(runs)
    numbers = {"interrupt": signal.SIGINT, "terminate": signal.SIGTERM}
    send(process.pid, numbers.get(kind, signal.SIGKILL))
    if kind == "everything":
        for each in below:
            send(each, signal.SIGKILL)
    process.wait()
    return True


def disturbed(command: list[str], sweep: Path, draws: random.Random, most: int, mean: float):
    """Start, disturb, start again until all is done; what was done, and how often it started."""
    log, counts, starts = sweep.parent / "killed.log", collections.Counter(), 1
    process = start(command, sweep, log)
    while True:
        patience = draws.expovariate(1 / mean) + 2 if counts.total() < most else None
        try:
            if process.wait(patience) == 0:
                return counts, starts
            counts["runs failed, the next start tried them again"] += 1
        except subprocess.TimeoutExpired:
            kind = draws.choice(KINDS)
            counts[kind] += hit(kind, process, draws)
            if process.poll() is None:
                continue
        starts += 1
        process = start(command, sweep, log)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--snakemake", default="snakemake")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most", type=int, default=40, help="kills, then it is left alone")
    parser.add_argument("--mean", type=float, default=15.0, help="seconds between two")
    parser.add_argument("--grid", default=GRID, help="options of seqgra-sweep")
    arguments = parser.parse_args()
    folders = [arguments.folder.resolve() / name for name in ("killed", "alone")]
    for folder in folders:
        write_sweep(folder, arguments.grid.split())
    killed, alone = (folder / "sweep" for folder in folders)
    command, draws = arguments.snakemake.split(), random.Random(arguments.seed)
    begun = time.monotonic()
    counts, starts = disturbed(command, killed, draws, arguments.most, arguments.mean)
    times = [time.monotonic() - begun]
    process = start(command, alone, folders[1] / "alone.log")
    status = process.wait()
    times.append(time.monotonic() - begun - times[0])
    found = list(differences(killed, alone))
    count = len([run for run in runs_of(killed, "table.tsv") if run["test.accuracy"]])
    print(
        f"runs in the table: {count} of {len(runs_of(killed))}; Snakemake started: {starts} times"
    )
    print("; ".join(f"{kind}: {number}" for kind, number in counts.items()))
    print(f"seconds: {times[0]:.0f} disturbed, {times[1]:.0f} alone (exit status {status})")
    print(f"differences: {len(found)}", *found[:20], sep="\n  ")
    return 1 if found or status else 0


if __name__ == "__main__":
    sys.exit(main())
