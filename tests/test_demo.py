"""What a stranger meets first: the examples, their data, and what the README says of them."""

from __future__ import annotations

import gzip
import json
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from documented import blocks, commands, run_line
from run_command import Result
from sequence_files import fasta, letters

from seqgra_compile.commands.compile import main
from seqgra_compile.compiler import compile_bytes, compile_definition
from seqgra_compile.messages.diagnostics import diagnostic_text

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
README = (ROOT / "README.md").read_text(encoding="utf-8")


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


@pytest.mark.parametrize(
    "name",
    [
        "motifs",
        *(
            pytest.param(name, marks=pytest.mark.long)
            for name in ("motifs-module", "motifs-tensorflow")
        ),
    ],
)
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
    (definition,), (script,) = blocks(README, "xml"), blocks(README, "python")
    example = EXAMPLES / "motifs.xml"
    assert excerpt_of(definition, example.read_text(encoding="utf-8"))
    assert excerpt_of(script, compile_definition(example).script)


def test_readme_shows_a_true_diagnostic():
    wrong = (EXAMPLES / "motifs.xml").read_bytes().replace(b' filters="16"', b' filtres="16"')
    compilation = compile_bytes("motifs.xml", wrong)
    said = [diagnostic_text(found, compilation.source) for found in compilation.diagnostics]
    (shown,) = (block for block in blocks(README, "text") if "error[" in block)
    assert shown.rstrip("\n") in said


def test_readme_is_short():
    assert len(README.splitlines()) <= 200


# ---- the README's commands, in their order ----

COMMANDS = commands(README)
INSTALLS = [line for line in COMMANDS if line.split()[0] in ("pip", "uv", "make")]


def test_what_readme_installs_exists():
    """Installing takes gigabytes: packaging/try_packages.sh does it."""
    pyproject = (ROOT / "pyproject.toml").read_text("utf-8")
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert INSTALLS
    for line in INSTALLS:
        for extra in re.findall(r"\.\[([\w,]+)\]", line):
            assert all(f"\n{name} = [" in pyproject for name in extra.split(","))
        if line.startswith("make "):
            assert f"\n{line.split()[1]}:" in makefile


@pytest.fixture(scope="module")
def tried(tmp_path_factory) -> tuple[Path, dict[str, Result]]:
    """The results of all commands, from own sequences to the audit of two runs."""
    pytest.importorskip("torch")
    folder = tmp_path_factory.mktemp("readme")
    shutil.copytree(EXAMPLES, folder / "examples")
    source = random.Random(3)
    motif = "CCGCGAGGTGGCAG"
    sequences = [letters(source, 46) for _ in range(100)]
    fasta(
        folder / "unbound.fa", ((f"n{n}", x + letters(source, 14)) for n, x in enumerate(sequences))
    )
    fasta(
        folder / "bound.fa", ((f"p{n}", x[:20] + motif + x[20:]) for n, x in enumerate(sequences))
    )
    (folder / "bound.fa.gz").write_bytes(gzip.compress((folder / "bound.fa").read_bytes()))
    (folder / "bound.fa").rename(folder / "new.fa")
    (folder / "new.fa.gz").write_bytes(gzip.compress((folder / "new.fa").read_bytes()))
    results = {}
    for line in COMMANDS:
        if line not in INSTALLS:
            results[line] = run_line(folder, line)
    return folder, results


def test_readme_commands_run(tried):
    _, results = tried
    for line, result in results.items():
        expected = 1 if "seqgra-audit diff" in line else 0  # two definitions that differ
        assert result.exit_code == expected, (line, result.stderr.decode())


def test_readme_commands_lead_to_results(tried):
    folder, results = tried
    for run in ("first", "second"):
        metrics = json.loads((folder / run / "metrics.json").read_text("utf-8"))
        assert 0 <= metrics["test"]["accuracy"] <= 1
    said = {line.split()[1]: result.stdout.decode() for line, result in results.items()}
    assert said["compare"].startswith("identical")
    assert len((folder / "scores.tsv").read_text("utf-8").splitlines()) == 1 + 100
    assert "optimizer/learning_rate" in said["settings"]
    assert said["diff"].startswith("The two train differently.")
    assert (folder / "report.html").read_text("utf-8").startswith("<!DOCTYPE html>")


# ---- pages that the README leads to ----


def page(name: str) -> str:
    return (ROOT / "docs" / f"{name}.md").read_text("utf-8")


def test_the_sections_of_the_script_are_named():
    named = re.findall(r"^- \*\*(.+?)\*\*", page("reading"), re.MULTILINE)
    script = compile_definition(EXAMPLES / "motifs.xml").script
    assert named == re.findall(r"^# ---- (.+?) -+$", script, re.MULTILINE)


def test_the_options_are_listed():
    options = {name for option in main.params for name in option.opts if name.startswith("--")}
    section = page("command-line").partition("## seqgra-compile")[2].partition("\n## ")[0]
    assert set(re.findall(r"^  .*?(--[a-z-]+)", section, re.MULTILINE)) == options


def test_the_ledger_prints_the_rows_that_are_shown():
    """The number of rows also, and the lines, which any change of a template may move."""
    printed = run_line(ROOT, "seqgra-audit settings examples/motifs.xml").stdout.decode()
    rows = {tuple(re.split("  +", line.rstrip())) for line in printed.splitlines()}
    (shown,) = (block for block in blocks(page("audit"), "text") if block.startswith("setting "))
    assert {tuple(re.split("  +", line)) for line in shown.splitlines()} <= rows
    count = sum(not line.startswith((" ", "-----", "setting ")) for line in printed.splitlines())
    assert f"prints {count} rows" in page("audit")


def test_the_difference_of_two_libraries_that_is_shown():
    line = "$ seqgra-audit diff motifs.xml motifs-tensorflow.xml\n"
    (shown,) = (block for block in blocks(page("audit"), "text") if block.startswith(line))
    printed = run_line(EXAMPLES, line.removeprefix("$ ").strip()).stdout.decode()
    assert excerpt_of(shown.removeprefix(line), printed)


@pytest.mark.parametrize("name", ["motifs", "motifs-tensorflow"])
def test_the_output_files_are_listed(name):
    script = compile_definition(EXAMPLES / f"{name}.xml").script
    written = re.findall(r"[\w-]+\.[a-z]+", script.partition("Writes: ")[2].partition('"""')[0])
    assert written
    assert set(written) <= set(re.findall(r"^\| `([^`]+)`", page("output"), re.MULTILINE))


# ---- tutorials ----


@pytest.fixture
def workplace(tmp_path) -> Path:
    """The folder that a tutorial begins in; peaks.fa is the reader's own."""
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    source, motif = random.Random(4), "CCGCGAGGTGGCAG"
    peaks = (
        letters(source, 90) + motif + letters(source, source.choice((76, 96, 116)))
        for _ in range(60)
    )
    fasta(tmp_path / "peaks.fa", ((f"peak{n}", x) for n, x in enumerate(peaks)))
    return tmp_path


def follow(name: str, folder: Path) -> None:
    """Run a tutorial's commands; what they train, they train for one epoch."""
    for line in commands(page(f"tutorials/{name}")):
        if line.startswith("sed "):
            subprocess.run(line, cwd=folder, shell=True, check=True)
            continue
        if line.startswith("python "):
            script = folder / line.split()[1]
            short = re.sub(r"(?m)^EPOCHS = \d+", "EPOCHS = 1", script.read_text("utf-8"))
            script.write_text(short, "utf-8")
        result = run_line(folder, line)
        expected = 1 if " diff " in line or " compare " in line else 0
        assert result.exit_code == expected, (line, result.stderr.decode())


def test_tutorial_audit_a_model(workplace):
    follow("audit-a-model", workplace)


@pytest.mark.long
def test_tutorial_sweep(workplace):
    follow("sweep", workplace)
    assert len(list((workplace / "sweep" / "scripts" / "train").iterdir())) == 6


@pytest.mark.long
def test_tutorial_own_data(workplace):
    pytest.importorskip("torch")
    follow("own-data", workplace)
    assert (workplace / "first" / "metrics.json").is_file()


@pytest.mark.long
def test_tutorial_first_model(workplace, monkeypatch):
    pytest.importorskip("torch")
    follow("first-model", workplace)
    monkeypatch.chdir(workplace)
    monkeypatch.syspath_prepend(workplace)
    (snippet,) = blocks(page("tutorials/first-model"), "python")
    names = {}
    exec(snippet, names)
    assert names["probabilities"].shape == (1, 3)
