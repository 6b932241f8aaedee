"""A run in forms of others: for an archive, for a hub of models, for a search of data sets.

Each is written by the library that defines the form, in a new folder that appears whole.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..run import Run

RO_CRATE, MODEL_CARD, CROISSANT = "ro-crate", "model-card", "croissant"
FORMS = {
    RO_CRATE: "the files of the run in a Process Run Crate",
    MODEL_CARD: "README.md for the Hugging Face Hub, with its metrics block",
    CROISSANT: "croissant.json, which describes the data folder",
}
# Which extra brings what.
PACKAGES = {RO_CRATE: "rocrate", MODEL_CARD: "huggingface_hub", CROISSANT: "mlcroissant"}


class ExportError(ValueError):
    """Why a run cannot be exported: the path and a sentence."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(problem)
        self.path = path


@dataclass(frozen=True)
class Inputs:
    """What a run was made from, as far as the caller has it: each must have the receipt's hash.

    `license` is an identifier of SPDX, such as MIT.
    """

    definition: Path | None = None
    script: Path | None = None
    data: Path | None = None
    license: str | None = None

    @property
    def license_url(self) -> str | None:
        return self.license and f"https://spdx.org/licenses/{self.license}"

    def files(self, run: Run) -> dict[str, Path]:
        """Names and paths; raises `ExportError` for a file that is not the run's, or OSError."""
        found: dict[str, Path] = {}
        for name, path in (("definition", self.definition), ("script", self.script)):
            if path:
                _check(path, str(run.receipt[name]), f"the {name} of this run")
                found[path.name] = path
        for name, part in run.data.items():
            if self.data:
                path = self.data / f"{name}.txt"
                _check(path, part.sha256, f"the {name} data of this run")
                found[f"data/{name}.txt"] = path
        return found


def _check(path: Path, sha256: str, what: str) -> None:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(2**20):
            digest.update(part)
    if digest.hexdigest() != sha256:
        raise ExportError(path, f"it is not {what}: its SHA-256 is another")


def export(run: Run, form: str, out: Path, inputs: Inputs) -> None:
    """Write a form into a new or empty folder.

    Raises `ExportError`, OSError, and ModuleNotFoundError where the form's library is missing.
    """
    if out.exists() and (not out.is_dir() or os.listdir(out)):
        raise ExportError(out, "it is not empty; name another folder with -o")
    write = _writer(form)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as folder:
        new = Path(folder, "new")
        new.mkdir()
        write(run, new, inputs)
        if out.exists():
            out.rmdir()
        new.rename(out)


def _writer(form: str) -> Callable[[Run, Path, Inputs], None]:
    if form == RO_CRATE:
        from .crate import write
    elif form == MODEL_CARD:
        from .card import write
    else:
        from .croissant import write
    return write
