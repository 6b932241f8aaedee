"""A sweep of small models, whose training takes about a second, and what came out of one."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
_MAKER = "from seqgra_compile.commands.sweep import main; main()"
# What the sweep's settings name, those of this Python.
PROGRAMS = (f"python={sys.executable}", f"audit={Path(sys.executable).with_name('seqgra-audit')}")
# Files of a run that two equal runs have in common byte for byte.
_SAME_BYTES = ("saved_model.pth", "history.tsv", "metrics.json", "test-y-hat.txt")


def write_sweep(folder: Path, words: Sequence[str], epochs: int = 6) -> None:
    """A sweep of the example's data and of its model with 4 filters, in `folder`/sweep."""
    folder.mkdir(parents=True, exist_ok=True)
    text = (EXAMPLES / "motifs.xml").read_text("utf-8")
    text = text.replace('filters="16"', 'filters="4"')
    text = text.replace('"epochs">20<', f'"epochs">{epochs}<')
    text = text.replace('"early_stopping">True<', '"early_stopping">False<')
    model = folder / "small.xml"
    model.write_text(text.replace('id="motifs"', 'id="small"'), "utf-8")
    command = [sys.executable, "-c", _MAKER, str(model), "--simulate"]
    command += [str(EXAMPLES / "motifs-grammar.xml"), *words, "-o", str(folder / "sweep")]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    subprocess.run(command, check=True, env=environment)


def runs_of(sweep: Path, sheet: str = "runs.tsv") -> list[dict[str, str]]:
    with (sweep / sheet).open(newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def _receipt(sweep: Path, run: dict[str, str]) -> dict:
    path = sweep / "receipts" / run["model"] / f"{run['data']}.json"
    receipt = json.loads(path.read_text("utf-8"))
    del receipt["circumstances"]
    return receipt


def _table(sweep: Path) -> list[dict[str, str]]:
    """Its rows, without how long the runs took."""
    return [{**row, "seconds": ""} for row in runs_of(sweep, "table.tsv")]


def differences(one: Path, other: Path) -> Iterator[str]:
    """What is not the same in two sweeps of the same runs: runs, files, table."""
    if runs_of(one) != runs_of(other):
        yield "the sheets of runs"
    for run in runs_of(one):
        name = f"{run['model']} on {run['data']}"
        try:
            if _receipt(one, run) != _receipt(other, run):
                yield f"{name}: the receipt"
            for file in _SAME_BYTES:
                paths = [lie / "runs" / run["model"] / run["data"] / file for lie in (one, other)]
                if run["model_seed"] and paths[0].read_bytes() != paths[1].read_bytes():
                    yield f"{name}: {file}"
        except OSError as error:
            yield f"{name}: {error}"
    if _table(one) != _table(other):
        yield "table.tsv"
