"""Runs of one family: definitions that differ in id, name, description and seed only."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from cases import ALL_CASES

from seqgra_compile.compiler import Options, compile_definition

CASES = {case.id: case for case in ALL_CASES}
FEW = (
    "torch-mc3-dna60-conv-bn-do",
    "torch-ml2-dna40-conv2d-weights",
    "tf-mc3-dna24-keras-h5",
    "boc-mc2-rna30-pairs",
)
ALIKE = (
    (r'<general id="[^"]*"', '<general id="another"'),
    (r"<seed>\d+</seed>", "<seed>12345</seed>"),
    (r"<name>[^<]*</name>", "<name>Another</name>"),
    (r"<description>[^<]*</description>", "<description>Other words</description>"),
    (r"<general ", "<!-- a remark -->\n<general "),
)
OTHER = (
    (r"(<label>[^<]*)</label>", r"\1x</label>"),
    (r'(name="learning_rate">)[^<]*', r"\g<1>0.0123"),
    (r'(name="epochs">)\d+', r"\g<1>77"),
    (r'(name="shuffle">)True', r"\1False"),
)


def family(path: Path, **options: str) -> str | None:
    script = compile_definition(path, options=Options(**options)).script
    return script and re.search(r'\n    family = "([0-9a-f]{64})"\n', script)[1]


@pytest.mark.parametrize("name", FEW)
def test_what_a_family_is(name: str, tmp_path):
    """It also does not depend on how data are held; other settings and semantics are another."""
    folder = tmp_path / "case"
    shutil.copytree(CASES[name].folder, folder)
    path = folder / "model.xml"
    written = path.read_text("utf-8")
    first, seen = family(path), set()
    for pattern, new in ALIKE:
        path.write_text(re.sub(pattern, new, written, count=1), "utf-8")
        assert family(path) == first, pattern
    for pattern, new in OTHER:
        text = re.sub(pattern, new, written, count=1)
        if text != written:
            path.write_text(text, "utf-8")
            seen.add(family(path))
    path.write_text(written, "utf-8")
    seen.add(family(path, semantics="seqgra-0.0.4"))
    seen -= {None}  # no definition any more
    assert first not in seen and (seen or name.startswith("boc"))
    if not name.startswith("boc"):
        assert family(path, data="disk") == first


def test_a_default_that_is_written_is_no_other_family(tmp_path):
    path = tmp_path / "model.xml"
    written = (CASES["torch-mc2-rna30-motifs"].folder / "model.xml").read_text("utf-8")
    path.write_text(written, "utf-8")
    first = family(path)
    line = '<hyperparameter name="momentum">0</hyperparameter></optimizer>'
    path.write_text(written.replace("</optimizer>", line), "utf-8")
    assert family(path) == first


def test_other_initial_weights_are_another_family(tmp_path):
    """The file's name is none of it, its content is."""
    folder = tmp_path / "case"
    shutil.copytree(CASES["torch-ml2-dna40-conv2d-weights"].folder, folder)
    first = family(folder / "model.xml")
    (folder / "first-kernel.npy").rename(folder / "other.npy")
    text = (folder / "model.xml").read_text("utf-8").replace("first-kernel.npy", "other.npy")
    (folder / "model.xml").write_text(text, "utf-8")
    assert family(folder / "model.xml") == first
    np.save(folder / "other.npy", np.load(folder / "other.npy") + 1)
    assert family(folder / "model.xml") not in (first, None)
