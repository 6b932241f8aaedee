"""Process Run Crate: the files of a run, what it was made from, and the action between them.

The profile is https://w3id.org/ro/wfrun/process/0.5.
"""

from __future__ import annotations

import email.utils
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ..runs.run import Run
from .inputs import Inputs

_PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
_FORMATS = {
    ".json": "application/json",
    ".tsv": "text/tab-separated-values",
    ".txt": "text/plain",
    ".py": "text/x-python",
    ".xml": "application/xml",
}
# Files that exist only during a run.
_NOT_ITS_OWN = ("checkpoint", "lock")


def write(run: Run, out: Path, inputs: Inputs, files: Mapping[str, Path]) -> None:
    from rocrate.model.contextentity import ContextEntity
    from rocrate.rocrate import ROCrate

    crate = ROCrate(version="1.1")
    ended = _ended(run)
    crate.name = f"{run.model_id}: a training run"
    crate.description = _description(run)
    crate.root_dataset["conformsTo"] = {"@id": _PROFILE}
    if inputs.license_url:
        crate.root_dataset["license"] = {"@id": inputs.license_url}
    if ended:
        crate.root_dataset["datePublished"] = ended
    crate.add(
        _entity(ContextEntity, crate, _PROFILE, "CreativeWork", "Process Run Crate", version="0.5")
    )
    given = {
        name: crate.add_file(path, name, properties=_about(path, is_script=path == inputs.script))
        for name, path in files.items()
    }
    results = [crate.add_file(path, path.name, properties=_about(path)) for path in _files(run)]
    script, sha256 = inputs.script, str(run.receipt["script"])
    if script:
        instrument = given.pop(script.name)
        instrument["version"] = sha256
    else:
        name, version = "the training script", sha256
        instrument = crate.add(
            _entity(ContextEntity, crate, "#script", "SoftwareApplication", name, version=version)
        )
    instrument["softwareRequirements"] = [
        f"{name} {number}" for name, number in run.versions.items()
    ]
    objects = [
        *given.values(),
        *(crate.add(each) for each in _missing(ContextEntity, crate, run, given)),
    ]
    values = [
        crate.add(_entity(ContextEntity, crate, f"#{name}", "PropertyValue", name, value=value))
        for name, value in run.settings.items()
    ]
    action = _entity(
        ContextEntity, crate, "#training", "CreateAction", f"training of {run.model_id}"
    )
    action["instrument"], action["object"], action["result"] = (
        instrument,
        [*objects, *values],
        results,
    )
    if ended:
        action["endTime"] = ended
    crate.root_dataset["mentions"] = [crate.add(action)]
    crate.write(out)


def _entity(kind: Any, crate: Any, id: str, type: str, name: str, **more: object) -> Any:
    return kind(crate, id, properties={"@type": type, "name": name, **more})


def _files(run: Run) -> list[Path]:
    if run.folder is None:
        return [run.path]
    return [
        path
        for path in sorted(run.folder.iterdir())
        if path.is_file() and path.name not in _NOT_ITS_OWN
    ]


def _about(path: Path, is_script: bool = False) -> Mapping[str, object]:
    kind = _FORMATS.get(path.suffix, "application/octet-stream")
    about = {"name": path.name, "encodingFormat": kind, "contentSize": str(path.stat().st_size)}
    return {**about, "@type": ["File", "SoftwareApplication"]} if is_script else about


def _missing(kind: Any, crate: Any, run: Run, given: Mapping[str, object]) -> Iterable[Any]:
    """Inputs of the run that the caller does not give: name and hash."""
    for name, found in run.data.items():
        if f"data/{name}.txt" not in given:
            more = {"sha256": found.sha256, "description": f"{found.examples} examples"}
            yield _entity(kind, crate, f"#{name}-data", "CreativeWork", f"{name}.txt", **more)


def _ended(run: Run) -> str | None:
    """When the run ended, according to its receipt."""
    circumstances = run.receipt.get("circumstances")
    time = circumstances.get("time") if isinstance(circumstances, dict) else None
    found = email.utils.parsedate(time) if isinstance(time, str) else None
    return found and "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}".format(*found[:6])


def _description(run: Run) -> str:
    task = run.task or "classification"
    return f"{task.capitalize()} of sequences with the labels {', '.join(run.labels)}."
