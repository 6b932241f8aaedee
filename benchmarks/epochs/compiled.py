"""A compiled script as a module, and its own `main` run with an ear on its epochs.

All that this benchmark knows of a script's inside stands here.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
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


def run(module: ModuleType, folder: Path, turns: Turns, device: str, threads: int) -> None:
    """main() until the turns end, which is called a training pass after the other."""
    save_checkpoint = module.save_checkpoint

    def listening(out: Path, run: dict, *state) -> None:
        save_checkpoint(out, run, *state)
        if run["epochs"]:  # not the checkpoint before the first epoch
            turns.next()

    module.save_checkpoint = listening
    module.train = _first_calling(turns.next, module.train)
    options = ["-o", folder / "script", "-g", 0 if device == "cuda" else -1, "--threads", threads]
    sys.argv = ["train.py", *map(str, [folder / "data", *options])]
    module.main()


def marks(turns: Turns, name: str, function):
    """The function, with a mark when it ends."""

    def marked(*arguments, **options):
        result = function(*arguments, **options)
        turns.mark(name)
        return result

    return marked


def _first_calling(first, function):
    def both(*arguments, **options):
        first()
        return function(*arguments, **options)

    return both
