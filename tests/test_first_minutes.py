"""The first minutes on a command line: first definitions, hints, colour, counts, completion."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from run_command import run

from seqgra_compile.catalog import otherwords
from seqgra_compile.catalog.activations import ACTIVATIONS
from seqgra_compile.catalog.operations import OPERATIONS, parameters
from seqgra_compile.catalog.optimizers import OPTIMIZERS
from seqgra_compile.commands import audit as audit_face
from seqgra_compile.commands import compile as compile_face
from seqgra_compile.commands import data as data_face
from seqgra_compile.commands import sweep as sweep_face
from seqgra_compile.commands.compile import FIRST_DEFINITIONS

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "examples" / "data"


def first(kind: str, folder: Path) -> Path:
    path = folder / FIRST_DEFINITIONS[kind]
    assert run("--init", kind, "-o", str(path), folder=folder).exit_code == 0
    return path


def fault(folder: Path, *changes: tuple[str, str]) -> str:
    """What is said of the first definition for PyTorch after some changes."""
    text = run("--init", "torch", folder=folder).stdout.decode()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / "changed.xml").write_text(text, "utf-8")
    result = run("--check", "changed.xml", folder=folder)
    assert result.exit_code == 1
    return result.stderr.decode()


# ---- first definitions ----


@pytest.mark.parametrize("kind", [kind for kind in FIRST_DEFINITIONS if kind != "data"])
def test_first_definitions_compile(kind: str, tmp_path: Path) -> None:
    first("data", tmp_path)
    result = run(first(kind, tmp_path).name, folder=tmp_path)
    assert result.exit_code == 0
    assert b"warning" not in result.stderr
    compile(result.stdout, "train.py", "exec")


@pytest.mark.long
@pytest.mark.parametrize("kind", [kind for kind in FIRST_DEFINITIONS if kind != "data"])
def test_first_definitions_train(kind: str, tmp_path: Path) -> None:
    first("data", tmp_path)
    script = tmp_path / "train.py"
    assert run(first(kind, tmp_path).name, "-o", str(script), folder=tmp_path).exit_code == 0
    out = tmp_path / "out"
    subprocess.run([sys.executable, script, DATA, "-o", out], check=True, capture_output=True)
    found = re.search(r'"accuracy": ([0-9.]+)', (out / "metrics.json").read_text("utf-8"))
    assert found and float(found[1]) > 0.5


def test_init_alone_means_pytorch(tmp_path: Path) -> None:
    assert b"<library>PyTorch</library>" in run("--init", folder=tmp_path).stdout


def test_init_writes_over_nothing(tmp_path: Path) -> None:
    path = first("torch", tmp_path)
    path.write_text("mine", "utf-8")
    result = run("--init", "torch", "-o", str(path), folder=tmp_path)
    assert result.exit_code == 2
    assert path.read_text("utf-8") == "mine"
    assert "is not overwritten" in result.stderr.decode()


# ---- other words ----


@pytest.mark.parametrize(
    "changes, hint",
    [
        ([("Conv1D<", "nn.Linear<")], "its name here is 'Dense'"),
        ([("Conv1D<", "BatchNorm1d<")], "its name here is 'BatchNormalization'"),
        ([("GlobalMaxPool1D<", "AdaptiveMaxPool1d<")], "its name here is 'GlobalMaxPool1D'"),
        ([("GlobalMaxPool1D<", "GELU<")], '<operation activation="gelu">Activation</operation>'),
        ([("GlobalMaxPool1D<", "MultiheadAttention<")], 'format="pytorch-module"'),
        ([('units="3"', 'out_features="3"')], "its name here is 'units'"),
        ([('units="3"', 'in_features="16" units="3"')], "computes it from the shape"),
        ([("learning_rate", "lr")], "its name here is 'learning_rate'"),
        ([('filters="16"', 'out_channels="16"')], "its name here is 'filters'"),
        ([('filters="16"', 'filters="16" act="relu"')], "its name here is 'activation'"),
        ([("GlobalMaxPool1D<", "Embedding<")], "gets each letter as a one-hot vector"),
    ],
)
def test_hints(changes: list, hint: str, tmp_path: Path) -> None:
    said = fault(tmp_path, *changes)
    assert hint in said
    # What is meant by the other word is not also missing.
    assert said.count(": error[") == 1


def test_the_words_lead_to_names_that_exist() -> None:
    names = {name.lower() for row in OPERATIONS.values() for name in (row.name, *row.aliases)}
    for word, name in otherwords._OPERATIONS.items():
        assert name in OPERATIONS
        assert word not in names
    assert set(otherwords._ACTIVATIONS.values()) <= set(ACTIVATIONS)
    known = {p.name for row in OPERATIONS.values() for p in parameters(row)}
    known |= {p.name for row in OPTIMIZERS.values() for p in row.parameters}
    for others in otherwords._PARAMETERS.values():
        assert set(others) <= known


def test_faults_behind_an_unknown_library(tmp_path: Path) -> None:
    said = fault(tmp_path, (">PyTorch<", ">pytorch<"), ("learning_rate", "lr"), ("units", "unit"))
    for code in ("SG206", "SG203", "SG207"):
        assert f"error[{code}]" in said


def test_the_cure_stands_in_the_error(tmp_path: Path) -> None:
    said = fault(tmp_path, ("            <operation>GlobalMaxPool1D</operation>\n", ""))
    error = said[said.index("error[SG305]") :]
    assert "help: put a Flatten or GlobalMaxPool1D before it" in error.partition("warning[")[0]


# ---- --list NAME ----


@pytest.mark.parametrize("name", ["Conv1D", "conv1d", "Adam", "gelu", "GlorotUniform", "L2"])
def test_one_name_is_listed(name: str, tmp_path: Path) -> None:
    result = run("--list", name, folder=tmp_path)
    assert result.exit_code == 0
    assert name.lower() in result.stdout.decode().lower()
    assert re.match(r"An? [a-z]+ of ", result.stdout.decode())


def test_a_name_that_is_not_listed(tmp_path: Path) -> None:
    result = run("--list", "Conv1", folder=tmp_path)
    assert result.exit_code == 2
    assert "did you mean 'Conv1D'?" in result.stderr.decode()


# ---- the closing line, and colour ----


def test_counts_and_where_to_learn_more(tmp_path: Path) -> None:
    said = fault(tmp_path, ("learning_rate", "lr"), ('units="3"', 'unts="3"'))
    last = said.splitlines()[-1]
    assert last == "2 errors in changed.xml; seqgra-compile --explain SG203 tells more"


def test_no_counts_where_nothing_is_wrong(tmp_path: Path) -> None:
    first("torch", tmp_path)
    assert run("--check", "torch.xml", folder=tmp_path).stderr == b""


@pytest.mark.parametrize(
    "environment, coloured",
    [({}, False), ({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False)],
)
def test_colour(environment: dict, coloured: bool, tmp_path: Path) -> None:
    (tmp_path / "bad.xml").write_text("<seqgramodel>", "utf-8")
    clean = {k: v for k, v in os.environ.items() if k not in ("FORCE_COLOR", "NO_COLOR")}
    done = subprocess.run(
        [sys.executable, "-m", "seqgra_compile", "--check", "bad.xml"],
        cwd=tmp_path,
        env=clean | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert ("\x1b[" in done.stderr) == coloured
    assert "error[SG101]" in done.stderr


# ---- help and completion ----


COMMANDS = {
    f"{name} {command}".rstrip(): (face, [command] if command else [])
    for name, face in (
        ("seqgra-compile", compile_face),
        ("seqgra-audit", audit_face),
        ("seqgra-data", data_face),
        ("seqgra-sweep", sweep_face),
    )
    for command in ("", *getattr(face.main, "commands", ()))
}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_has_an_example(command: str) -> None:
    face, arguments = COMMANDS[command]
    found = CliRunner().invoke(face.main, [*arguments, "--help"], prog_name=command.split()[0])
    assert found.exit_code == 0
    examples = found.output[found.output.index("\n  Example") :]
    assert f"    {command}" in examples


@pytest.mark.parametrize("word, meant", [("Keras", "TensorFlow"), ("torch", "PyTorch")])
def test_a_library_by_its_other_name(word: str, meant: str, tmp_path: Path) -> None:
    said = fault(tmp_path, ("<library>PyTorch<", f"<library>{word}<"), ("filters=", "filtres="))
    assert f"its name here is '{meant}'" in said
    assert "SG206" in said and "SG203" in said
    found = CliRunner().invoke(compile_face.main, ["--library", word, "model.xml"])
    assert found.exit_code == 2
    assert found.output.endswith(f"Its name here is {meant}.\n")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(shell: str) -> None:
    code = "from seqgra_compile.commands.compile import main; main(prog_name='seqgra-compile')"

    def ask(instruction: str, words: str, number: int) -> str:
        environment = os.environ | {
            "PYTHONPATH": str(ROOT),
            "_SEQGRA_COMPILE_COMPLETE": f"{shell}_{instruction}",
            "COMP_WORDS": words,
            "COMP_CWORD": words.split()[-1] if shell == "fish" else str(number),
        }
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "_SEQGRA_COMPILE_COMPLETE" in ask("source", "seqgra-compile", 0)
    assert "SG203" in ask("complete", "seqgra-compile --explain SG2", 2)
    assert "Conv1DTranspose" in ask("complete", "seqgra-compile --list conv", 2)
    assert "tensorflow" in ask("complete", "seqgra-compile --init t", 2)
