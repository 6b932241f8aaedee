"""What a stranger meets first: the examples, their data, and what the README says of them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from seqgra_compile.commands.compile import main
from seqgra_compile.compiler import compile_bytes, compile_definition
from seqgra_compile.messages.diagnostics import as_text

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The README's fenced blocks in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def excerpt_of(excerpt: str, text: str) -> bool:
    """Whether all lines of the excerpt, but empty ones and `...`, stand in the text, in order."""
    lines = iter(text.splitlines())
    return all(line in lines for line in excerpt.splitlines() if line.strip(" .#"))


def test_bundled_data_are_what_the_generator_makes(tmp_path):
    # Isolated and without site-packages: the generator needs the standard library alone.
    subprocess.run([sys.executable, "-I", "-S", EXAMPLES / "make_data.py", tmp_path], check=True)
    names = [path.name for path in sorted(tmp_path.iterdir())]
    assert names == ["test.txt", "training.txt", "validation.txt"]
    for name in names:
        assert (tmp_path / name).read_bytes() == (EXAMPLES / "data" / name).read_bytes()


@pytest.mark.parametrize("name", ["motifs", "motifs-module", "motifs-tensorflow"])
def test_example_learns_its_data(name, tmp_path):
    script, model = tmp_path / "train.py", tmp_path / "model"
    compilation = compile_definition(EXAMPLES / f"{name}.xml")
    assert compilation.model_id == name
    script.write_text(compilation.script, encoding="utf-8")
    trained = subprocess.run(
        [sys.executable, script, EXAMPLES / "data", "-o", model, "-g", "-1", "--threads", "1"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert trained.returncode == 0, trained.stderr
    accuracy = json.loads((model / "metrics.json").read_text())["test"]["accuracy"]
    assert accuracy > 0.9
    (said,) = re.findall(r"^test: .*, accuracy (\S+)$", trained.stdout, re.MULTILINE)
    assert said == f"{accuracy:.4f}"


def test_readme_shows_the_definition_and_its_script():
    (definition,), (script,) = blocks("xml"), blocks("python")
    example = EXAMPLES / "motifs.xml"
    assert excerpt_of(definition, example.read_text(encoding="utf-8"))
    assert excerpt_of(script, compile_definition(example).script)


def test_readme_names_the_sections_of_the_script():
    named = re.findall(r"^- \*\*(.+?)\*\*", README, re.MULTILINE)
    script = compile_definition(EXAMPLES / "motifs.xml").script
    assert named == re.findall(r"^# ---- (.+?) -+$", script, re.MULTILINE)


def test_readme_shows_a_true_diagnostic():
    wrong = (EXAMPLES / "motifs.xml").read_bytes().replace(b' filters="16"', b' filtres="16"')
    compilation = compile_bytes("motifs.xml", wrong)
    said = [as_text(found, compilation.source) for found in compilation.diagnostics]
    (shown,) = (block for block in blocks("text") if "error[" in block)
    assert shown.rstrip("\n") in said


def test_readme_lists_the_options():
    options = {name for option in main.params for name in option.opts if name.startswith("--")}
    section = README.partition("## Command line")[2].partition("\n## ")[0]
    assert set(re.findall(r"^  .*?(--[a-z-]+)", section, re.MULTILINE)) == options


@pytest.mark.parametrize("name", ["motifs", "motifs-tensorflow"])
def test_readme_lists_the_output_files(name):
    script = compile_definition(EXAMPLES / f"{name}.xml").script
    written = re.findall(r"[\w-]+\.[a-z]+", script.partition("Writes: ")[2].partition('"""')[0])
    section = README.partition("## Data and output")[2].partition("\n## ")[0]
    assert written
    assert set(written) <= set(re.findall(r"^\| `([^`]+)`", section, re.MULTILINE))
