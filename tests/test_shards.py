"""`--shards`: each batch in parts, whose sums are the same in any number of processes."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
from cases import BY_ID, Case, _case, write_data
from run_command import options, run, run_audit
from runs import ENVIRONMENT, PYTHON, arguments, run_all
from test_house import bound

from seqgra_compile.backends.pytorch import OWN_NAMES, SHARDS_NAMES
from seqgra_compile.compiler import Options, UnsupportedSemantics, compile_definition

ROOT = Path(__file__).resolve().parent.parent
CASES = {path.name: _case(path) for path in sorted((ROOT / "golden/shards").iterdir())}
EMBEDDED, MODULE = CASES["torch-ml3-rna24-shards"], CASES["torch-mc3-dna24-shards-module"]
each_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
ACCEPTED = {name: case for name, case in BY_ID.items() if case.library == "PyTorch"}
EXAMPLES = ("motifs", "motifs-module", "multi-label", "protein-lstm", "rna-classifier", "danq")
NORMALIZED = {"torch-mc3-dna60-conv-bn-do", "basset"}
TORCHRUN = [*PYTHON, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node"]


def script_of(case: Case, folder: Path, epochs: int = 2, **chosen: object) -> Path:
    """The case's script with other options and few epochs, in a folder with the files beside it."""
    shutil.copytree(case.folder, folder, ignore=shutil.ignore_patterns("train.py"))
    compilation = compile_definition(folder / "model.xml", options=Options(**chosen))
    assert compilation.script, [str(found) for found in compilation.diagnostics]
    text = re.sub(r"(?m)^EPOCHS = \d+", f"EPOCHS = {epochs}", compilation.script)
    (folder / "train.py").write_text(text, "utf-8")
    return folder / "train.py"


def torchrun(processes: int, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a script in so many processes."""
    command = [*TORCHRUN, str(processes), *words]
    return subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)


def results(output: Path) -> tuple[bytes, ...]:
    """What a run has found: its weights, history and predictions."""
    found = [(output / name).read_bytes() for name in ("history.tsv", "test-y-hat.txt")]
    receipt = output / "receipt.json"
    if receipt.exists():
        found.append(json.loads(receipt.read_bytes())["weights"]["sha256"].encode())
    return tuple(found)


def losses(output: Path) -> list[float]:
    """Of all epochs, in training and validation, and the accuracies."""
    rows = (output / "history.tsv").read_text("utf-8").splitlines()[1:]
    return [float(word) for row in rows for word in row.split()]


def check_processes(script: Path, data: Path, folder: Path, numbers: Iterable[int]) -> None:
    """The script's results are the same in each number of processes."""
    found = {}
    for number in numbers:
        output = folder / f"output-{number}"
        done = torchrun(number, *arguments(script, data, output))
        assert done.returncode == 0, done.stderr
        assert done.stdout.count("best epoch") == 1, "one process alone writes"
        found[number] = results(output)
    assert len(set(found.values())) == 1, found


# ---- scripts ----


@each_case
def test_golden_scripts(case: Case):
    result = run(*options(case.folder), "model.xml", folder=case.folder)
    assert result.exit_code == 0, result.stderr.decode()
    assert result.stdout == case.script.read_bytes()
    ast.parse(result.stdout, feature_version=(3, 10))
    black = subprocess.run([*PYTHON, "-m", "black", "--check", case.script], check=False)
    assert black.returncode == 0


def test_names_that_a_module_must_not_take():
    module = (MODULE.folder / "motif_net.py").read_text("utf-8")
    theirs = set().union(*map(bound, ast.parse(module).body))
    defined = set().union(*map(bound, ast.parse(MODULE.script.read_text("utf-8")).body)) - theirs
    assert {name for name in defined if not name.isupper()} <= OWN_NAMES | SHARDS_NAMES
    assert defined | {"SHARDS", "int"} >= SHARDS_NAMES


@each_case
def test_the_auditor_knows_the_option(case: Case, tmp_path):
    found = run_audit("settings", "model.xml", *options(case.folder), folder=case.folder)
    assert re.search(rb"--shards\s+[48]\s", found.stdout), found.stdout.decode()
    verified = run_audit("verify", "model.xml", "train.py", folder=case.folder)
    assert verified.exit_code == 0, verified.stdout.decode()
    other = tmp_path / "other.py"
    other.write_bytes(re.sub(rb"--shards [48]\.", b"--shards 2.", case.script.read_bytes()))
    assert run_audit("verify", "model.xml", other, folder=case.folder).exit_code == 1


def test_one_shard_is_the_script_without_the_option():
    case = ACCEPTED["torch-mc2-dna32-lstm"]
    result = run("--shards", "1", "model.xml", folder=case.folder)
    assert result.stdout == case.script.read_bytes()


@pytest.mark.parametrize("name", ["motifs-bayes", "motifs-grammar"])
def test_what_trains_nothing_has_no_shards(name: str):
    with pytest.raises(UnsupportedSemantics, match="--shards"):
        compile_definition(ROOT / "examples" / f"{name}.xml", options=Options(shards="2"))


# ---- results ----


def test_two_processes_end_as_one(tmp_path):
    script = script_of(EMBEDDED, tmp_path / "script", shards="4")
    data = write_data(tmp_path / "data", EMBEDDED)
    check_processes(script, data, tmp_path, (1, 2))


def test_parts_add_up_to_the_batch(tmp_path):
    """Without random numbers the losses are those of a script that computes whole batches."""
    case, queue, outputs = EMBEDDED, [], []
    data = write_data(tmp_path / "data", case)
    for shards in ("1", "2", "16"):  # 16: the last batch, of 13 examples, has empty parts
        script = script_of(case, tmp_path / f"script-{shards}", shards=shards)
        text, count = re.subn(
            r"nn\.Dropout\(p=0\.2\)", "nn.Dropout(p=0.0)", script.read_text("utf-8")
        )
        assert count == 1
        script.write_text(text, "utf-8")
        outputs.append(tmp_path / f"output-{shards}")
        queue.append(arguments(script, data, outputs[-1]))
    assert run_all(tmp_path, queue) == [0] * len(queue)
    whole, *parted = map(losses, outputs)
    for found in parted:
        assert found == pytest.approx(whole, rel=1e-5)
