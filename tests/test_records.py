"""Records decide nothing: without them, and with functions that do nothing, the weights are the same."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import history
import pytest
from cases import ALL_CASES, BY_ID, Case, write_data
from runs import ENVIRONMENT, EPOCHS, PYTHON, arguments, run_all
from runs import run as run_script

from seqgra_compile.catalog.libraries import BAYES
from seqgra_compile.compiler import Options, compile_definition

CASES = {case.id: case for case in ALL_CASES}
# Masks, batch normalization, an order of batches and an optimizer with memory.
FEW = ("torch-mc3-dna60-conv-bn-do", "boc-mc4-dna60-positions-pairs")
KERAS = "tf-mc3-dna64-conv-variants"
# Prints a hash of what was learned: weights and losses, or a classifier's predictions.
TORCH_HOOK = """
def hooked(model, *rest, call=train):
    best = call(model, *rest)
    values = b"".join(v.numpy().tobytes() for v in model.state_dict().values())
    text = hashlib.sha256(values).hexdigest() + str(rest[-1]["epochs"]) + str(best)
    Path(__file__).with_name("learned").write_text(text)
    return best


train = hooked
"""
KERAS_HOOK = TORCH_HOOK.replace("model.state_dict().values()", "model.variables")
BAYES_HOOK = """
def hooked(y_hat, targets, call=evaluate):
    with Path(__file__).with_name("learned").open("a") as file:
        file.write(hashlib.sha256(y_hat.tobytes()).hexdigest())
    return call(y_hat, targets)


evaluate = hooked
"""
HOOKS = {"PyTorch": TORCH_HOOK, "TensorFlow": KERAS_HOOK, BAYES: BAYES_HOOK}


def compiled(case: Case, folder: Path, records: str) -> str:
    """The case's script with few epochs, and its folder with the files beside it."""
    if not folder.exists():
        shutil.copytree(case.folder, folder)
    options = Options(records=records)
    script = compile_definition(folder / "model.xml", options=options).script
    return re.sub(r"(?m)^EPOCHS = \d+", f"EPOCHS = {EPOCHS}", script)


def command(case: Case, script: Path, data: Path, output: Path) -> list[str]:
    if case.library == BAYES:
        return [*map(str, (script, data, "-o", output))]
    return arguments(script, data, output)


def check_without_records(cases: Iterable[Case], folder: Path) -> None:
    """Scripts without records leave the same weights, history and predictions."""
    queue, outputs = [], []
    for case in cases:
        data = write_data(folder / "data" / case.id, case)
        for records in ("full", "none"):
            script = folder / case.id / f"{records}.py"
            script.parent.mkdir(exist_ok=True)
            text = compiled(case, folder / "files" / case.id, records)
            shutil.copytree(folder / "files" / case.id, script.parent, dirs_exist_ok=True)
            script.write_text(text, "utf-8")
            outputs.append(folder / "output" / records / case.id)
            queue.append(command(case, script, data, outputs[-1]))
    assert run_all(folder, queue) == [0] * len(queue)
    for full, none in zip(outputs[::2], outputs[1::2], strict=True):
        names = {path.name for path in none.iterdir()}
        assert names < {path.name for path in full.iterdir()}
        assert not names & {"receipt.json", "lock", "checkpoint", "session-info.txt"}
        for name in names - {"metrics.json", "saved_model.pth", "saved_model.keras"}:
            assert (full / name).read_bytes() == (none / name).read_bytes(), none / name
        if "history.tsv" in names:
            assert history.digest(full) == history.digest(none), none


def test_without_records_the_weights_are_the_same(tmp_path):
    check_without_records([CASES[name] for name in FEW], tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("library", HOOKS)
def test_without_records_all_weights_are_the_same(library: str, tmp_path):
    check_without_records([case for case in ALL_CASES if case.library == library], tmp_path)


def of_records(script: str) -> list[str]:
    """The functions of the section Records."""
    section = script.partition("\n# ---- Records ")[2]
    section = section.partition("\n")[2].partition('\nif __name__ == "')[0]
    tree = ast.parse(section)
    return [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]


@pytest.mark.parametrize("name", [*FEW, pytest.param(KERAS, marks=pytest.mark.long)])
def test_functions_of_records_decide_nothing(name: str, tmp_path):
    """Each is replaced by one that does nothing."""
    case = CASES[name]
    data = write_data(tmp_path / "data", case)
    script = compiled(case, tmp_path / "files", "full")
    names = of_records(script)
    assert len(names) > 8
    nothing = f"\nfor name in {names}:\n    globals()[name] = lambda *more, **named: {{}}\n"
    before, start, after = script.rpartition('\nif __name__ == "__main__":')
    learned = []
    for kind, more in (("as it is", ""), ("nothing", nothing)):
        folder = tmp_path / kind
        shutil.copytree(tmp_path / "files", folder)
        text = before + HOOKS[case.library] + more + start + after
        (folder / "script.py").write_text(text, "utf-8")
        status, _, err = run_script(command(case, folder / "script.py", data, folder / "output"))
        assert status == 0, err
        learned.append((folder / "learned").read_text())
        assert (folder / "output").exists() == (kind == "as it is")
    assert learned[0] == learned[1]


# ---- what comes after training ----

FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
MODULE = BY_ID["torch-mc3-dna60-conv-bn-do"]
AFTER = (
    "test-y-hat.txt",
    "metrics.json",
    "receipt.json",
    "session-info.txt",
    "num-model-parameters.txt",
    "last-epoch-completed.txt",
)


def run(*words: str | Path, **environment: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [*PYTHON, *map(str, words)], env=ENVIRONMENT | environment, capture_output=True
    )
    return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode()


@FULL
@pytest.mark.long
@pytest.mark.parametrize("name", AFTER)
def test_a_file_that_cannot_be_written_loses_no_run(name: str, tmp_path):
    """The sentence names it, and --resume writes what is missing, without training again."""
    data, output = write_data(tmp_path / "data", MODULE), tmp_path / "output"
    text = compiled(MODULE, tmp_path / "files", "full")
    script = tmp_path / "files" / "script.py"
    script.write_text(text, "utf-8")
    output.mkdir()
    (output / f"{name}.partial").symlink_to("/dev/full")
    status, _, err = run(*arguments(script, data, output))
    assert status == 2
    assert err.splitlines() == [f"{output / name}: No space left on device"]
    found = {path.name for path in output.iterdir()}
    assert {"saved_model.pth", "history.tsv", "checkpoint"} <= found and name not in found
    status, out, err = run(*arguments(script, data, output, "--resume"))
    assert (status, err) == (0, "")
    assert f"continues after epoch {EPOCHS}" in out and "epoch 1/" not in out
    assert {path.name for path in output.iterdir()} == {
        *AFTER,
        "saved_model.pth",
        "history.tsv",
    }


@pytest.mark.long
@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1", "utf-16", "utf-8"])
def test_consoles_show_what_they_can(encoding: str, tmp_path):
    folder = tmp_path / "files"
    shutil.copytree(MODULE.folder, folder)
    definition = (folder / "model.xml").read_text("utf-8")
    (folder / "model.xml").write_text(definition.replace("promoter", "β-promoter"), "utf-8")
    data = write_data(tmp_path / "data", MODULE)
    for path in data.iterdir():
        path.write_text(path.read_text("utf-8").replace("promoter", "β-promoter"), "utf-8")
    script = folder / "script.py"
    script.write_text(compiled(MODULE, folder, "full"), "utf-8")
    command = arguments(script, data, tmp_path / "output")
    status, out, err = run(*command, PYTHONIOENCODING=encoding)
    assert (status, err) == (0, "")
    if encoding in ("ascii", "cp1252", "latin-1"):
        assert r"\u03b2-promoter" in out


def test_a_script_from_standard_input_says_what_to_do(tmp_path):
    data = write_data(tmp_path / "data", MODULE)
    text = compiled(MODULE, tmp_path / "files", "full")
    done = subprocess.run(
        [*PYTHON, "-", str(data), "-o", str(tmp_path / "output"), "-g", "-1"],
        input=text,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 1 and not os.path.exists(tmp_path / "output")
    said = "save this script as a file and run that: the receipt holds its hash\n"
    assert done.stderr == said
