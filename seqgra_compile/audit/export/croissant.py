"""Croissant: the data folder of a run, described for those who search and load data sets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..runs.run import Run
from .inputs import Inputs

_COLUMNS = {"x": "a sequence", "y": "its label, or its labels joined by |"}


def write(run: Run, out: Path, inputs: Inputs, files: Mapping[str, Path]) -> None:
    import mlcroissant

    sets = [_set(mlcroissant, run, name, files.get(f"data/{name}.txt")) for name in run.data]
    metadata = mlcroissant.Metadata(
        name=f"{run.model_id} data",
        description=f"Sequences with the labels {', '.join(run.labels)}; made for a seqgra model.",
        license=[inputs.license_url] if inputs.license_url else None,
        distribution=[file for file, _ in sets],
        record_sets=[records for _, records in sets],
    )
    text = json.dumps(metadata.to_json(), indent=2, default=str, ensure_ascii=False)
    (out / "croissant.json").write_text(text + "\n", "utf-8", newline="\n")


def _set(mlcroissant: Any, run: Run, name: str, given: Path | None) -> tuple[Any, Any]:
    """A file and its records."""
    found, path = run.data[name], f"{name}.txt"
    size = given.stat().st_size if given else None
    counts = "; ".join(f"{label} {count}" for label, count in found.labels.items())
    file = mlcroissant.FileObject(
        id=path,
        name=path,
        content_url=path,
        content_size=f"{size} B" if size is not None else None,
        encoding_formats=["text/tab-separated-values"],
        sha256=found.sha256,
    )
    fields = [
        mlcroissant.Field(
            id=f"{name}/{column}",
            name=column,
            description=about,
            data_types=mlcroissant.DataType.TEXT,
            source=mlcroissant.Source(file_object=path, extract=mlcroissant.Extract(column=column)),
        )
        for column, about in _COLUMNS.items()
    ]
    description = f"{found.examples} examples: {counts}"
    return file, mlcroissant.RecordSet(id=name, name=name, description=description, fields=fields)
