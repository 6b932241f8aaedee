"""seqgra's side of either library, called by the name of its module in a process of its own."""

from __future__ import annotations

import importlib
from pathlib import Path

from cases import Case
from run import Run


def train(module: str, folder: Path, case: Case, data: Path) -> Run:
    return importlib.import_module(module).train(folder, case, data)


def take_over(module: str, folder: Path, case: Case, data: Path) -> dict[str, bool]:
    return importlib.import_module(module).take_over(folder, case, data)
