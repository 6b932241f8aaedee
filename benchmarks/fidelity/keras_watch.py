"""Run a compiled Keras script, and write down its weights: at the start, after each epoch, kept.

    python keras_watch.py SCRIPT DATA_DIR -o OUTPUT_DIR ...

Leaves watched.json and script.npz in the current folder. A script calls fit once an epoch.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
from pathlib import Path

import numpy as np
from digest import digest

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"
import keras  # noqa: E402


def main() -> None:
    sys.argv = sys.argv[1:]
    seen: list[str] = []
    fit = keras.Model.fit

    def watched(model, *arguments, **options):
        if not seen:
            seen.append(digest(model.get_weights()))
        history = fit(model, *arguments, **options)
        seen.append(digest(model.get_weights()))
        return history

    keras.Model.fit = watched
    runpy.run_path(sys.argv[0], run_name="__main__")
    output = Path(sys.argv[sys.argv.index("-o") + 1])
    kept = keras.saving.load_model(output / "saved_model.keras", compile=False).get_weights()
    np.savez("script.npz", *kept)
    watched_run = {
        "weights": digest(kept),
        "layout": [[str(array.dtype), list(array.shape)] for array in kept],
        "start": seen[0],
        "epochs": seen[1:],
        "arrays": str(Path("script.npz").resolve()),
    }
    Path("watched.json").write_text(json.dumps(watched_run))


if __name__ == "__main__":
    main()
