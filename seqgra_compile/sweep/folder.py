"""A sweep's folder: its content, and what may be added to it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from ..messages.diagnostics import first_few
from . import workflow
from .grid import SHEET, SweepRun, joined, read_sheet
from .plan import Plan
from .problem import SweepError

_NEW_FOLDER = "name a new folder with -o"


def known_runs(target: Path) -> list[SweepRun]:
    """The runs of the existing sweep, none in a new folder; raises `SweepError`, OSError."""
    if target.exists() and not target.is_dir():
        raise SweepError("it is a file", str(target), _NEW_FOLDER)
    path = target / SHEET
    if not path.exists():
        return []
    return read_sheet(path.read_text("utf-8"), str(path))


def to_write(
    target: Path, plan: Plan, known: Sequence[SweepRun]
) -> tuple[tuple[SweepRun, ...], dict[Path, bytes]]:
    """All runs, old and new, and the files to write, with the sheet as the last one.

    Raises `SweepError` if the folder holds anything else under their names, or no sweep.
    """
    if known and workflow.is_simulated(known) != workflow.is_simulated(plan.runs):
        what = "simulates its data" if workflow.is_simulated(known) else "has data folders"
        raise SweepError(f"this sweep {what}; it takes no others", str(target), _NEW_FOLDER)
    runs = joined(known, plan.runs)
    fixed = plan.files | workflow.fixed(runs)
    kept, growing = workflow.kept(runs), workflow.growing(runs)
    _check_is_ours(target, known, {**fixed, **kept, **growing})
    before = workflow.growing(known) if known else {}
    found: dict[Path, bytes] = {}
    unlike: list[str] = []
    for name, data in {**fixed, **kept, **growing}.items():
        path = target / name
        there = path.read_bytes() if path.exists() else None
        if there == data or (name in kept and there is not None):
            continue
        if there is not None and there != before.get(name):
            unlike.append(name)
        found[path] = data
    if unlike:
        raise SweepError(
            f"it has other content in {first_few(unlike)}",
            str(target),
            "a sweep has one version of the compiler, one set of options, and definitions that "
            f"do not change: {_NEW_FOLDER}",
        )
    return runs, found


def _check_is_ours(target: Path, known: Sequence[SweepRun], files: dict[str, bytes]) -> None:
    """A folder without a sheet may hold what a killed call has left, but nothing else."""
    if known or not target.is_dir():
        return
    ours = {name.partition("/")[0] for name in files}
    others = sorted(set(os.listdir(target)) - ours)
    if others:
        problem = f"it is not a sweep, and holds {first_few(others)}"
        raise SweepError(problem, str(target), _NEW_FOLDER)
