"""What a run was made from, as far as the caller has it, for an export."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from ..runs.run import Run


class ExportError(ValueError):
    """Why a run cannot be exported: a path and a message."""

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
        raise ExportError(path, f"it is not {what}: its SHA-256 differs")
