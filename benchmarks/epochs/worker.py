"""A contender's process: python -m epochs.worker CONTENDER FOLDER CASE SETTINGS (both JSON)."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

from .cases import AGAIN, PYTORCH, UPSTREAM, Case
from .turns import Turns


def main() -> None:
    contender, folder, case, settings = sys.argv[1:]
    case, folder = Case.from_json(json.loads(case)), Path(folder)
    settings = json.loads(settings)
    turns, where = Turns(settings["clock"]), (settings["device"], settings["threads"])
    if contender in UPSTREAM:
        from . import seqgra_contenders

        seqgra_contenders.train(contender, case, folder, turns, where[1])
    name = "torch_contenders" if case.library == PYTORCH else "keras_contenders"
    module = importlib.import_module(f".{name}", __package__)
    getattr(module, contender.removesuffix(AGAIN))(case, folder, turns, *where)


if __name__ == "__main__":
    main()
