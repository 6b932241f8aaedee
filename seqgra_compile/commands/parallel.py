"""Work on many files over all cores: begun ahead of the one who asks for the results in order."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")

# A copy of a process that has imported everything is made in milliseconds; a new one imports anew.
_COPIES = sys.platform == "linux"
_NEW_PROCESSES_COST = 1 if _COPIES else 10


class Ahead(Generic[T]):
    """Does `work` for each name in other processes, if there are at least so many names.

    What went wrong there has no result: whoever asks does the work himself and meets the same
    error in the usual way. So a process that cannot be started costs time only.
    """

    def __init__(self, work: Callable[[str], T], names: Sequence[str], least: int) -> None:
        self.work = work
        self.names = list(dict.fromkeys(names))
        self.wanted = len(self.names) >= least * _NEW_PROCESSES_COST and _cores() > 1
        self.pool = None
        self.begun: dict[str, object] = {}

    def __enter__(self) -> Ahead[T]:
        if not self.wanted:
            return self
        try:
            # Imported here: one definition needs none of it.
            from concurrent.futures import ProcessPoolExecutor
            from multiprocessing import get_context

            context = get_context("fork" if _COPIES else "spawn")
            workers = min(_cores(), len(self.names), 61)  # Windows waits for no more
            self.pool = ProcessPoolExecutor(workers, context, _leave_interrupts)
            for name in self.names:
                self.begun[name] = self.pool.submit(self.work, name)
        except (ImportError, OSError, RuntimeError, ValueError):
            pass  # no processes, no semaphores: what was begun counts, the rest is done here
        return self

    def __exit__(self, *error: object) -> None:
        if self.pool is not None:
            self.pool.shutdown(cancel_futures=True)

    def result(self, name: str) -> T | None:
        """What came of the work, waited for; None if it was not done or failed."""
        try:
            return self.begun[name].result() if name in self.begun else None
        except Exception:
            return None


def _cores() -> int:
    """Those that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _leave_interrupts() -> None:
    """Control-C ends the process that asked; it ends the others."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
