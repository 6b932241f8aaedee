"""examples/motifs.ipynb: made by make_notebook.py, and its cells run."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
NOTEBOOK = json.loads((EXAMPLES / "motifs.ipynb").read_text("utf-8"))


@pytest.fixture(scope="module")
def maker():
    spec = importlib.util.spec_from_file_location("make_notebook", EXAMPLES / "make_notebook.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_notebook_is_what_the_maker_writes(maker):
    found = [(cell["cell_type"], cell["source"]) for cell in NOTEBOOK["cells"]]
    assert found == [(kind, text.rstrip("\n")) for kind, text in maker.CELLS]
    assert len(found) == 10
    printed = [output["text"] for cell in NOTEBOOK["cells"] for output in cell.get("outputs", [])]
    assert printed and max(map(len, printed)) < 2000


@pytest.mark.long
def test_its_cells_run(maker, tmp_path: Path):
    pytest.importorskip("torch")
    pytest.importorskip("captum")
    sources = [cell["source"] for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code"]
    setup, compiled, trained, scored, attributed = maker.executed(sources, tmp_path)
    assert setup == "" and "LEARNING_RATE = 0.005" in compiled
    accuracy = float(trained.rpartition("accuracy ")[2].split()[0])
    assert accuracy > 0.9
    written = (tmp_path / "notebook" / "run" / "test-y-hat.txt").read_text("utf-8").splitlines()
    last = scored.splitlines()[-1].split("\t")
    assert last[1:-1] == written[-1].split("\t")[len(last) - 2 :]
    assert attributed.count("(") == 10
