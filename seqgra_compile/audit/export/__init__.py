"""A run in forms for sharing: for archives, model hubs and data set search.

Each is written by the library that defines the form, into a new folder that appears completely or
not at all.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from ..runs.run import Run
from .inputs import ExportError, Inputs

RO_CRATE, MODEL_CARD, CROISSANT = "ro-crate", "model-card", "croissant"
FORMS = {
    RO_CRATE: "the files of the run in a Process Run Crate",
    MODEL_CARD: "README.md for the Hugging Face Hub, with its metrics block",
    CROISSANT: "croissant.json, which describes the data folder",
}
# Which package each form needs.
PACKAGES = {RO_CRATE: "rocrate", MODEL_CARD: "huggingface_hub", CROISSANT: "mlcroissant"}


def export_run(run: Run, form: str, out: Path, inputs: Inputs) -> None:
    """Write a form into a new or empty folder.

    Raises `ExportError`, OSError, and ModuleNotFoundError if the form's library is missing.
    """
    if out.exists() and (not out.is_dir() or os.listdir(out)):
        raise ExportError(out, "it is not empty; name another folder with -o")
    files = inputs.files(run)  # files of another run are refused, whatever the form
    write = _writer(form)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as folder:
        new = Path(folder, "new")
        new.mkdir()
        write(run, new, inputs, files)
        if out.exists():
            out.rmdir()
        new.rename(out)


def _writer(form: str) -> Callable[[Run, Path, Inputs, Mapping[str, Path]], None]:
    if form == RO_CRATE:
        from .crate import write
    elif form == MODEL_CARD:
        from .card import write
    else:
        from .croissant import write
    return write
