"""A contender's side of the conversation: it waits for its turn, then says how long it took."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path


class Turns:
    """Between two calls of `next` lies an epoch; `mark` notes a time within it.

    `clock`: the wall's, or the process's own CPU time, which others on the machine disturb less.
    Standard output becomes the contender's own again: what it prints is thrown away.
    """

    def __init__(self, clock: str) -> None:
        self._answers = os.fdopen(os.dup(1), "w")
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        self._now = {"wall": time.perf_counter, "cpu": time.process_time}[clock]
        self._start: float | None = None
        self._kernel = 0.0
        self._marks: dict[str, float] = {}
        self.wait_for_device: Callable[[], object] = lambda: None

    def mark(self, name: str) -> None:
        self.wait_for_device()
        self._marks[name] = self._now() - self._start
        self._marks[f"{name} kernel"] = os.times().system - self._kernel

    def next(self) -> None:
        """End the epoch, wait for the next turn, begin an epoch; end the process after the last."""
        answer = {}
        if self._start is not None:
            self.mark("epoch")
            whole = {"pass": self._marks["epoch"], "pass kernel": self._marks["epoch kernel"]}
            answer = {**whole, **self._marks, "peak": _peak_mebibytes()}
        print(json.dumps(answer), file=self._answers, flush=True)
        if not sys.stdin.readline():
            os._exit(0)  # from within whatever loop it is
        self._marks = {}
        self._kernel, self._start = os.times().system, self._now()


def _peak_mebibytes() -> float:
    """The largest resident set so far."""
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s*(\d+) kB", status.read_text()) if status.exists() else None
    return int(found.group(1)) / 1024 if found else 0.0
