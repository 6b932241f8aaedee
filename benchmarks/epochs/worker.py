"""A contender's process: python -m epochs.worker CONTENDER FOLDER THREADS DEVICE CASE (as JSON)."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

from .cases import PYTORCH, UPSTREAM, Case
from .turns import Turns


def main() -> None:
    contender, folder, threads, device, case = sys.argv[1:]
    case, folder, turns = Case.from_json(json.loads(case)), Path(folder), Turns()
    if contender in UPSTREAM:
        from . import seqgra_contenders

        seqgra_contenders.train(contender, case, folder, turns, int(threads))
    name = "torch_contenders" if case.library == PYTORCH else "keras_contenders"
    module = importlib.import_module(f".{name}", __package__)
    getattr(module, contender)(case, folder, turns, device, int(threads))


if __name__ == "__main__":
    main()
