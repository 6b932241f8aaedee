"""Exports of a run: each is read by the library that defines its form."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import pytest
from made_runs import LABELS, make_run, receipt
from run_command import run_audit

FORMS = {"ro-crate": "rocrate", "model-card": "huggingface_hub", "croissant": "mlcroissant"}
DATA = {
    name: "x\ty\n" + "".join(f"{4 * letter}\t{label}\n" for letter in letters for label in LABELS)
    for name, letters in (("training", "AC"), ("validation", "CG"), ("test", "GU"))
}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run with its definition, script and data beside it."""
    found = receipt(MODEL_ID="mo|t`i*fs")
    (tmp_path / "data").mkdir()
    for name, text in DATA.items():
        (tmp_path / "data" / f"{name}.txt").write_text(text, newline="\n")
        found["data"][name]["sha256"] = hashlib.sha256(text.encode()).hexdigest()
    for name, file in (("definition", "model.xml"), ("script", "train.py")):
        (tmp_path / file).write_text(name)
        found[name] = hashlib.sha256(name.encode()).hexdigest()
    return make_run(tmp_path / "run", found)


def exported(run: Path, form: str, *more: str):
    return run_audit("export", "run", "--to", form, "-o", "out", *more, folder=run.parent)


INPUTS = ["--definition", "model.xml", "--script", "train.py", "--data", "data"]


def test_ro_crate(run: Path):
    rocrate = pytest.importorskip("rocrate.rocrate")
    files = sorted(path.name for path in run.iterdir())
    # What a run deletes at its end, and what somebody has put beside it.
    for name in ("checkpoint", "lock", "notes.md"):
        (run / name).write_text(name)
    result = exported(run, "ro-crate", *INPUTS, "--license", "MIT")
    assert (result.exit_code, result.stderr) == (0, b"")
    crate = rocrate.ROCrate(run.parent / "out")
    (action,) = crate.get_by_type("CreateAction")
    assert crate.root_dataset["conformsTo"].id == "https://w3id.org/ro/wfrun/process/0.5"
    assert [each.id for each in crate.root_dataset["mentions"]] == [action.id]
    assert action["endTime"] == "2026-11-28T14:43:19"
    assert (
        action["instrument"].id == "train.py" and "SoftwareApplication" in action["instrument"].type
    )
    objects = {each.id for each in action["object"]}
    assert {"model.xml", "data/training.txt", "data/validation.txt", "data/test.txt"} < objects
    seed = crate.dereference("#SEED")
    assert (seed.type, seed["value"]) == ("PropertyValue", "11")
    results = {each.id for each in action["result"]}
    assert results == {*files, "notes.md"}
    for name in results:
        assert (run.parent / "out" / name).read_bytes() == (run / name).read_bytes()
    assert (run.parent / "out/data/test.txt").read_text() == DATA["test"]


def test_ro_crate_without_inputs(run: Path):
    rocrate = pytest.importorskip("rocrate.rocrate")
    assert exported(run, "ro-crate").exit_code == 0
    crate = rocrate.ROCrate(run.parent / "out")
    (action,) = crate.get_by_type("CreateAction")
    data = crate.dereference("#test-data")
    assert data["sha256"] == hashlib.sha256(DATA["test"].encode()).hexdigest()
    assert data in action["object"] and action["instrument"].id == "#script"


def test_model_card(run: Path):
    hub = pytest.importorskip("huggingface_hub")
    assert exported(run, "model-card", *INPUTS, "--license", "MIT").exit_code == 0
    card = hub.ModelCard.load(run.parent / "out" / "README.md")
    assert (card.data.license, card.data.library_name) == ("mit", "pytorch")
    test = json.loads((run / "metrics.json").read_text())["test"]
    found = {each.metric_name: each.metric_value for each in card.data.eval_results}
    assert found == {name: test[name] for name in ("accuracy", "mean AUROC", "mean AUPRC", "loss")}
    assert "# mo\\|t\\`i\\*fs" in card.text and "| `SEED` | 11 |" in card.text
    assert all(
        line.count("|") == line.count("\\|") + 3
        for line in card.text.splitlines()
        if line.startswith("| `")
    )


def test_croissant(run: Path):
    croissant = pytest.importorskip("mlcroissant")
    assert exported(run, "croissant", *INPUTS, "--license", "MIT").exit_code == 0
    (run.parent / "out" / "croissant.json").rename(run.parent / "data" / "croissant.json")
    dataset = croissant.Dataset(jsonld=run.parent / "data" / "croissant.json")
    assert not dataset.metadata.issues.errors
    assert dataset.metadata.license == ["https://spdx.org/licenses/MIT"]
    for name, text in DATA.items():
        found = [
            tuple(row[f"{name}/{column}"].decode() for column in ("x", "y"))
            for row in dataset.records(name)
        ]
        assert found == [tuple(line.split("\t")) for line in text.splitlines()[1:]]


def test_what_is_not_of_the_run_is_refused(run: Path):
    for option, name in (
        ("--definition", "model.xml"),
        ("--script", "train.py"),
        ("--data", "data/test.txt"),
    ):
        (run.parent / name).write_text("another")
        result = exported(run, "croissant", option, name.removesuffix("/test.txt"))
        assert result.exit_code == 2 and b"of this run: its SHA-256 differs" in result.stderr
        assert not (run.parent / "out").exists() and len(list(run.parent.glob(".out*"))) == 0


@pytest.mark.parametrize("form", FORMS)
def test_a_missing_library_and_other_refusals(form: str, run: Path, monkeypatch):
    loaded = [name for name in sys.modules if name.startswith(f"{FORMS[form]}.")]
    for name in [FORMS[form], *loaded]:
        monkeypatch.setitem(sys.modules, name, None)
    result = exported(run, form)
    assert (result.exit_code, result.stdout) == (2, b"")
    assert b"pip install 'seqgra-compile[export]'" in result.stderr
    (run.parent / "out").mkdir()
    (run.parent / "out" / "file").write_text("")
    result = exported(run, form)
    assert result.exit_code == 2 and b"it is not empty" in result.stderr
    (run / "receipt.json").unlink()
    assert b"no receipt.json" in exported(run, form).stderr
