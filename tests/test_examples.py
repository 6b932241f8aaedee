"""The examples compile without a warning and train; Basset's script is as short as promised."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from cases import Case, examples, text
from runs import arguments, run_all

from seqgra_compile.catalog.libraries import BAYES, PYTORCH, TENSORFLOW
from seqgra_compile.compiler import Options, compile_definition
from seqgra_compile.messages.diagnostics import Severity

ROOT = Path(__file__).resolve().parent.parent / "examples"
OTHER = {PYTORCH: TENSORFLOW, TENSORFLOW: PYTORCH}
SIZES = {"training": 12, "validation": 4, "test": 4}
# Whose loss and optimizer are the same in both libraries.
BOTH = ("motifs", "deepsea", "protein-lstm", "rna-classifier", "multi-label", "motifs-tensorflow")


def _case(path: Path) -> Case:
    """What the data of an example look like."""
    root = ET.parse(path).getroot()
    general, first = root.find("general"), root.find(".//operation")
    pattern = general.find("labels/pattern")
    if pattern is None:
        labels = [label.text for label in general.iterfind("labels/label")]
    else:
        numbers = range(int(pattern.get("min")), int(pattern.get("max")) + 1)
        labels = [f"{pattern.get('prefix')}{number}" for number in numbers]
    shape = re.findall(r"\d+", first.get("input_shape")) if first is not None else ["150"]
    return Case(
        path,
        general.findtext("library"),
        general.findtext("sequencespace"),
        int(shape[0]),
        tuple(labels),
        general.findtext("task").startswith("multi-label"),
    )


FOUND = [
    path for path in sorted(ROOT.glob("*.xml")) if ET.parse(path).getroot().tag != "seqgradata"
]
CASES = {path.stem: _case(path) for path in FOUND}
TRAINED = {name: case for name, case in CASES.items() if case.library != BAYES}


def compiled(name: str, library: str | None = None) -> str:
    """The script of an example, which must cause nothing worse than a note."""
    compilation = compile_definition(ROOT / f"{name}.xml", options=Options(library=library))
    found = [each for each in compilation.diagnostics if each.severity is not Severity.NOTE]
    assert not found
    return compilation.script


def prepared(name: str, library: str | None, folder: Path) -> list[str]:
    """The arguments of a run: one epoch of two batches."""
    case = CASES[name]
    data = folder / "data"
    data.mkdir(parents=True)
    for seed, (part, count) in enumerate(SIZES.items()):
        (data / f"{part}.txt").write_bytes(text(examples(case, count, seed)))
    script = compiled(name, library)
    for constant, value in (("EPOCHS", 1), ("BATCH_SIZE", 8)):
        script, count = re.subn(rf"^{constant} = \d+", f"{constant} = {value}", script, flags=re.M)
        assert count == 1
    (folder / "train.py").write_text(script, "utf-8")
    return arguments(folder / "train.py", data, folder / "output")


def check_runs(folder: Path, chosen: dict[str, str | None]) -> None:
    """Run examples in one process, each for a library or, if None, its own."""
    queue = [prepared(name, library, folder / name) for name, library in chosen.items()]
    assert run_all(folder, queue) == [0] * len(queue)
    for name in chosen:
        rows = (folder / name / "output" / "test-y-hat.txt").read_text("utf-8").splitlines()
        assert len(rows) == 1 + SIZES["test"]
        assert len(rows[0].split("\t")) == 2 * len(CASES[name].labels)


@pytest.mark.parametrize("name", CASES)
def test_compiles_without_warnings(name: str):
    assert compiled(name)


@pytest.mark.parametrize("name", TRAINED)
def test_compiles_for_the_other_library_where_that_is_exact(name: str):
    library = OTHER[CASES[name].library]
    if name in BOTH:
        assert compiled(name, library)
        return
    compilation = compile_definition(ROOT / f"{name}.xml", options=Options(library=library))
    assert compilation.script is None
    assert {found.code for found in compilation.diagnostics} == {"SG501"}


@pytest.mark.parametrize("library", ["PyTorch", pytest.param("TensorFlow", marks=pytest.mark.long)])
def test_runs(library: str, tmp_path):
    check_runs(tmp_path, {name: None for name in TRAINED if TRAINED[name].library == library})


@pytest.mark.long
@pytest.mark.parametrize("library", OTHER)
def test_runs_in_the_other_library(library: str, tmp_path):
    check_runs(tmp_path, {name: library for name in BOTH if TRAINED[name].library != library})


def lengths(script: str) -> dict[str, int]:
    """Lines from the section Definition to Training, up to the end of Main, and of all."""
    lines = script.splitlines()
    banners = {
        line.strip("#- "): number for number, line in enumerate(lines) if line.startswith("# ---- ")
    }
    end = next(number for number, line in enumerate(lines) if line.startswith('if __name__ == "'))
    return {
        "weights": banners["Main"] - banners["Definition"],
        "main": banners.get("Records", end),
        "all": len(lines),
    }


def test_scripts_are_short():
    """Basset's, and without records that of the smallest model: they may grow no longer."""
    basset = lengths(compiled("basset"))
    assert basset["weights"] <= 249 and basset["main"] <= 367 and basset["all"] <= 642
    plain = compile_definition(ROOT / "basset.xml", options=Options(records="none")).script
    assert len(plain.splitlines()) <= 393
    smallest = ROOT.parent / "golden" / "accept" / "torch-mc2-rna30-motifs" / "model.xml"
    plain = compile_definition(smallest, options=Options(records="none")).script
    assert len(plain.splitlines()) <= 321


def test_readme_knows_all_examples():
    readme = (ROOT / "README.md").read_text("utf-8")
    assert set(re.findall(r"^\| \[(.+?)\.xml\]", readme, re.MULTILINE)) == set(CASES)
    sentence = re.search(r"^((?:[\w-]+\.xml(?:, | and )?)+) also compile", readme, re.MULTILINE)[1]
    assert set(re.findall(r"([\w-]+)\.xml", sentence)) == set(BOTH) - {"motifs-tensorflow"}
