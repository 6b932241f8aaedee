"""A compiled script as a module, and its own `main` run with an ear on its epochs.

All that this benchmark knows of a script's inside stands here.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from .cases import Case
from .turns import Turns


def compile_script(case: Case, folder: Path) -> None:
    command = [sys.executable, "-m", "seqgra_compile", case.definition, "-o", folder / "train.py"]
    subprocess.run([*command, "--library", case.library], check=True)


def load(folder: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("train", folder / "train.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.EPOCHS = module.PATIENCE = 1_000_000
    return module


def run(module: ModuleType, folder: Path, device: str, threads: int) -> None:
    """main() until the turns end."""
    options = ["-o", folder / f"script-{os.getpid()}", "--threads", threads]
    options += ["-g", 0 if device == "cuda" else -1]
    sys.argv = ["train.py", *map(str, [folder / "data", *options])]
    module.main()


def timed(turns: Turns, train: Callable) -> Callable:
    """The function that trains an epoch: an epoch lasts until its next call, a pass until its end."""

    def heard(*arguments, **options):
        turns.next()
        result = train(*arguments, **options)
        turns.mark("pass")
        return result

    return heard
