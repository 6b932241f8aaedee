"""What `--shards` costs and brings: an epoch in one and in two processes, and beside DDP.

    python benchmarks/shards.py [--case conv10] [--rounds N] [--shards S] [--examples N]

Each contender is a training of its own that torchrun starts, one thread a process. They take
turns, an epoch each; those that wait are stopped by a signal. Two trainings without shards also
run side by side, which shows how much more two processes do on this machine when they share nothing.
Times are the wall's: run this on a machine that does nothing else. A ratio is taken within a round, and
its median is shown with the smallest and largest value. The first round warms up and does not count.

The output is Markdown. Scripts, data and logs are left in build/shards.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import torch
from epochs import data
from epochs.cases import CASES, PYTORCH, ROOT, Case

_BUILD = ROOT / "build" / "shards"
_EPOCHS = 1_000_000


class Contender:
    """A training in processes that are stopped but for its turns."""

    def __init__(self, name: str, processes: int, words: list[str], output: Path | None) -> None:
        self.name, self.output = name, output
        torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
        command = [*torchrun, "--nproc-per-node", str(processes), *words]
        self.log = (_BUILD / f"{name}.log").open("w")
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
            start_new_session=True,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
        )
        self.said = ""
        self.epoch()  # starts, and ends up stopped

    def epoch(self) -> float:
        """Seconds until its next epoch ends."""
        self._send(signal.SIGCONT)
        begun = time.perf_counter()
        for line in self.process.stdout:
            if re.match(r"epoch \d+/", line):
                seconds = time.perf_counter() - begun
                self._send(signal.SIGSTOP)
                self.said = line
                return seconds
        sys.exit(f"{self.name} has ended: see {self.log.name}")

    def weights(self) -> str:
        """SHA-256 of its weights after the last epoch."""
        if self.output is None:
            return self.said.split()[-1]
        state = torch.load(self.output / "checkpoint", weights_only=True)["model"]
        values = (value.numpy().tobytes() for value in state.values())
        return hashlib.sha256(b"".join(values)).hexdigest()

    def end(self) -> None:
        self._send(signal.SIGKILL)
        self.process.wait()
        self.log.close()

    def _send(self, number: int) -> None:
        """To the launcher's processes: torchrun starts each in a session of its own."""
        listed = ["ps", "--ppid", str(self.process.pid), "-o", "pid="]
        found = subprocess.run(listed, capture_output=True, text=True, check=False).stdout
        for pid in [self.process.pid, *map(int, found.split())]:
            os.kill(pid, number)


def main() -> None:
    arguments = _parse_arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # end the contenders, too
    case = next(case for case in CASES[PYTORCH] if case.name == arguments.case)
    if arguments.examples:
        case = replace(case, sizes=(arguments.examples, arguments.examples // 10))
    shutil.rmtree(_BUILD, ignore_errors=True)
    data.write(case, _BUILD / "data")
    whole, parts = (_script(case, shards) for shards in (1, arguments.shards))
    contenders = [_of_script("whole", whole, 1), _of_script("beside", whole, 1)]
    contenders += [_of_script(f"shards-{count}", parts, count) for count in (1, 2)]
    ddp = [str(ROOT / "benchmarks" / "shards_ddp.py"), str(whole), str(_BUILD / "data")]
    ddp.append(str(_EPOCHS))
    contenders += [Contender(f"ddp-{count}", count, ddp, None) for count in (1, 2)]
    try:
        rounds = [_round(contenders) for _ in range(arguments.rounds + 1)][1:]
        weights = [each.weights() for each in contenders]
    finally:
        for each in contenders:
            each.end()
    print(_table(case, arguments.shards, list(zip(*rounds, strict=True)), weights))


def _round(contenders: list[Contender]) -> list[float]:
    """Seconds of an epoch of each; the second one's with the first one beside it."""
    whole, beside, *others = contenders
    alone = whole.epoch()
    with ThreadPoolExecutor() as pool:
        both = max(pool.map(Contender.epoch, (whole, beside)))
    return [alone, both, *(each.epoch() for each in others)]


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="shards")
    add = parser.add_argument
    add("--case", choices=[case.name for case in CASES[PYTORCH]], default="conv10")
    add("--rounds", type=int, default=5)
    add("--shards", type=int, default=8)
    add("--examples", type=int, metavar="N", help="in training, instead of the case's number")
    return parser.parse_args()


def _script(case: Case, shards: int) -> Path:
    path = _BUILD / f"train_{shards}.py"
    command = [sys.executable, "-m", "seqgra_compile", case.definition, "-o", path]
    subprocess.run([*map(str, command), "--shards", str(shards)], check=True)
    text = re.sub(r"(?m)^(EPOCHS|PATIENCE) = \d+", rf"\1 = {_EPOCHS}", path.read_text("utf-8"))
    path.write_text(text, "utf-8")
    return path


def _of_script(name: str, script: Path, processes: int) -> Contender:
    output = _BUILD / name
    words = [str(script), str(_BUILD / "data"), "-o", str(output), "-g", "-1", "--threads", "1"]
    return Contender(name, processes, words, output)


def _table(case: Case, shards: int, times: list[tuple[float, ...]], weights: list[str]) -> str:
    names = ["without shards, 1 process", "two of these side by side"]
    names += [f"{shards} shards, {count}" for count in ("1 process", "2 processes")]
    names += [f"DistributedDataParallel, {count}" for count in ("1 process", "2 processes")]
    rows = [
        f"`{case.name}`, {case.sizes[0]:,} examples, {os.cpu_count()} CPUs, PyTorch "
        f"{torch.__version__}, {len(times[0])} rounds",
        "",
        "| Training | Seconds an epoch | Over the first row | Weights |",
        "|---|---:|---:|---|",
    ]
    for name, taken, digest in zip(names, times, weights, strict=True):
        ratios = [mine / first for mine, first in zip(taken, times[0], strict=True)]
        rows.append(
            f"| {name} | {statistics.median(taken):.2f} | {_spread(ratios)} | `{digest[:8]}` |"
        )
    more = [2 * first / both for first, both in zip(times[0], times[1], strict=True)]
    rows += ["", f"Two trainings side by side: {_spread(more)} times the work of one."]
    for name, one, two in (("shards", 2, 3), ("DistributedDataParallel", 4, 5)):
        faster = [first / second for first, second in zip(times[one], times[two], strict=True)]
        rows += ["", f"Two processes over one, {name}: {_spread(faster)} times as fast."]
    return "\n".join(rows)


def _spread(ratios: list[float]) -> str:
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


if __name__ == "__main__":
    main()
