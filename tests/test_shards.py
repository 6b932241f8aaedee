"""`--shards`: each batch in parts, whose sums are the same in any number of processes."""

from __future__ import annotations

import ast
import dataclasses
import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
import test_examples
from cases import BY_ID, Case, _case, write_data
from run_command import options, run, run_audit
from runs import ENVIRONMENT, PYTHON, arguments, run_all
from test_house import bound

from seqgra_compile.backends.pytorch import OWN_NAMES, SHARDS_NAMES
from seqgra_compile.catalog.libraries import PYTORCH
from seqgra_compile.catalog.optimizers import OPTIMIZERS as ROWS
from seqgra_compile.compiler import (
    Options,
    UnsupportedOptions,
    compile_bytes,
    compile_definition,
)

ROOT = Path(__file__).resolve().parent.parent
CASES = {path.name: _case(path) for path in sorted((ROOT / "golden/shards").iterdir())}
EMBEDDED, MODULE = CASES["torch-ml3-rna24-shards"], CASES["torch-mc3-dna24-shards-module"]
each_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
ACCEPTED = {name: case for name, case in BY_ID.items() if case.library == "PyTorch"}
# With batch normalization; and an example that only Keras can say.
NORMALIZED = {"torch-mc3-dna60-conv-bn-do", "torch-mc3-dna50-beyond", "basset", "rna-classifier"}
KERAS_ONLY = {"danq"}
OPTIMIZERS = sorted(
    name for (library, name), row in ROWS.items() if library == PYTORCH and not row.refused
)
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


def run_processes(*runs: tuple[int, list[str]]) -> list[list[int]]:
    """Exit statuses of the processes of each run, a number of processes and its arguments."""
    queue = json.dumps([[processes, *words] for processes, words in runs])
    command = [*PYTHON, ROOT / "tests" / "support" / "run_processes.py", queue]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


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
    outputs = {number: folder / f"output-{number}" for number in numbers}
    runs = [(number, arguments(script, data, output)) for number, output in outputs.items()]
    assert run_processes(*runs) == [[0] * number for number in outputs]
    found = {number: results(output) for number, output in outputs.items()}
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


@each_case
def test_what_the_option_adds_to_a_script(case: Case):
    """One section, and eight lines elsewhere."""
    whole = compile_definition(case.folder / "model.xml").script.splitlines()
    parted = case.script.read_text("utf-8").splitlines()
    starts = [number for number, line in enumerate(parted) if line.startswith("# ---- ")]
    titles = [parted[number].split()[2] for number in starts]
    place = titles.index("Processes")
    added = len(parted) - len(whole)
    assert added <= 92
    assert added - (starts[place + 1] - starts[place]) <= 8


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
    with pytest.raises(UnsupportedOptions, match="--shards"):
        compile_definition(ROOT / "examples" / f"{name}.xml", options=Options(shards="2"))


def test_frozen_batch_normalization_takes_no_statistics():
    case = ROOT / "golden" / "reject" / "SG523-batch-normalization-in-shards"
    options = Options(shards="2", check_only=True)
    text = (case / "model.xml").read_text("utf-8")
    for other, wanted in (
        (text, ["SG523"]),
        (text.replace(">Batch", ' trainable="False">Batch'), []),
    ):
        found = compile_bytes("model.xml", other.encode(), options=options).diagnostics
        assert [each.code for each in found] == wanted


# ---- results ----


def test_two_processes_end_as_one(tmp_path):
    script = script_of(EMBEDDED, tmp_path / "script", shards="4")
    check_processes(script, write_data(tmp_path / "data", EMBEDDED), tmp_path, (1, 2))


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


NUMBERS = (1, 2, 4, 8)


@pytest.mark.long
@pytest.mark.parametrize("data", ["memory", "disk"])
@pytest.mark.parametrize("name", [*CASES, *sorted(ACCEPTED)])
def test_the_same_in_any_number_of_processes(name: str, data: str, tmp_path):
    case = (CASES | ACCEPTED)[name]
    if name in NORMALIZED:
        result = run("--shards", "8", "model.xml", folder=case.folder)
        assert b"SG523" in result.stderr and result.exit_code == 1
        return
    records = "full" if data == "memory" else "none"
    script = script_of(case, tmp_path / "script", shards="8", data=data, records=records)
    check_processes(script, write_data(tmp_path / "data", case), tmp_path, NUMBERS)


@pytest.mark.long
@pytest.mark.parametrize("semantics", ["seqgra-0.0.4", "seqgra-0.0.4-streaming"])
def test_the_same_under_other_semantics(semantics: str, tmp_path):
    script = script_of(MODULE, tmp_path / "script", shards="8", semantics=semantics)
    check_processes(script, write_data(tmp_path / "data", MODULE), tmp_path, NUMBERS)


@pytest.mark.long
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_same_with_every_optimizer(name: str, tmp_path):
    shutil.copytree(EMBEDDED.folder, tmp_path / "case")
    definition = tmp_path / "case" / "model.xml"
    definition.write_text(definition.read_text("utf-8").replace(">Adam<", f">{name}<"), "utf-8")
    case = dataclasses.replace(EMBEDDED, folder=tmp_path / "case")
    script = script_of(case, tmp_path / "script", shards="8")
    check_processes(script, write_data(tmp_path / "data", EMBEDDED), tmp_path, (1, 2))


@pytest.mark.long
@pytest.mark.parametrize("name", test_examples.TRAINED)
def test_examples_are_the_same(name: str, tmp_path):
    path = ROOT / "examples" / f"{name}.xml"
    compilation = compile_definition(path, options=Options(library=PYTORCH, shards="8"))
    if name in KERAS_ONLY:
        assert compilation.script is None
        return
    if name in NORMALIZED:
        assert {"SG523"} <= {found.code for found in compilation.diagnostics}
        return
    text = compilation.script
    for constant, value in (("EPOCHS", 1), ("BATCH_SIZE", 8)):
        text = re.sub(rf"(?m)^{constant} = \d+", f"{constant} = {value}", text)
    script, data = tmp_path / "train.py", tmp_path / "data"
    script.write_text(text, "utf-8")
    write_data(data, test_examples.CASES[name])
    if name != "motifs-module":  # their sequences are long
        for part in data.iterdir():
            part.write_text("".join(part.read_text("utf-8").splitlines(True)[:22]), "utf-8")
    check_processes(script, data, tmp_path, NUMBERS)


# ---- stopped runs ----

EPOCHS = 200  # more lines than a run can print before the test has read the third
PIPE = 4096  # bytes, the least that Linux allows; a run waits when it is full


def start(processes: int, *words: str) -> subprocess.Popen[str]:
    command = [*PYTHON, *words] if processes == 1 else [*TORCHRUN, str(processes), *words]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "pipesize": PIPE}
    return subprocess.Popen(command, env=ENVIRONMENT, text=True, start_new_session=True, **pipes)


def wait_for(started: subprocess.Popen[str], text: str) -> str:
    """What a run prints up to a line."""
    read = ""
    for line in started.stdout:
        read += line
        if text in line:
            return read
    raise AssertionError(read)


def workers(launcher: int) -> list[int]:
    """The processes that torchrun has started, the first one first; none of a single process."""
    listed = subprocess.run(
        ["ps", "--ppid", str(launcher), "-o", "pid="], capture_output=True, text=True, check=False
    )
    return sorted(map(int, listed.stdout.split()))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> tuple[Path, Path, tuple[bytes, ...]]:
    """A script of many epochs, its data, and what it finds when nothing stops it."""
    folder = tmp_path_factory.mktemp("undisturbed")
    script = script_of(EMBEDDED, folder / "script", EPOCHS, shards="4")
    text = script.read_text("utf-8").replace("PATIENCE = 10", f"PATIENCE = {EPOCHS}")
    script.write_text(text, "utf-8")
    data = write_data(folder / "data", EMBEDDED)
    assert run_all(folder, [arguments(script, data, folder / "output")]) == [0]
    return script, data, results(folder / "output")


@pytest.mark.long
@pytest.mark.parametrize(("first", "then"), [(4, 1), (1, 4), (2, 4)])
@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_stopped_run_continues_in_another_number(first, then, by, undisturbed, tmp_path):
    script, data, wanted = undisturbed
    words = arguments(script, data, tmp_path / "output", "--resume")
    started = start(first, *words)
    wait_for(started, f"epoch 3/{EPOCHS}")
    if by is signal.SIGKILL:  # of a launcher alone, it would leave the others
        for each in [started.pid, *workers(started.pid)]:
            os.kill(each, by)
    else:
        os.kill(started.pid, by)
    said = started.stdout.read()
    assert started.wait() != 0
    if by is not signal.SIGKILL and (first > 1 or by is signal.SIGINT):
        assert said.count("--resume continues") == 1, said
    again = start(then, *words)
    said = again.stdout.read()
    assert again.wait() == 0, said
    assert said.count("continues after epoch") == 1
    assert results(tmp_path / "output") == wanted


@pytest.mark.long
@pytest.mark.parametrize("rank", [0, 1, 3])
def test_a_process_that_dies_ends_the_others(rank: int, undisturbed, tmp_path):
    script, data, wanted = undisturbed
    words = arguments(script, data, tmp_path / "output", "--resume")
    started = start(4, *words)
    wait_for(started, f"epoch 3/{EPOCHS}")
    found = workers(started.pid)
    assert len(found) == 4
    os.kill(found[rank], signal.SIGKILL)
    said = started.stdout.read()
    assert started.wait() != 0
    assert "another process has ended" in said or "--resume continues" in said
    assert not any(Path(f"/proc/{each}").exists() for each in found)
    assert torchrun(2, *words).returncode == 0
    assert results(tmp_path / "output") == wanted


@pytest.mark.long
def test_what_process_0_cannot_do_is_said_once(undisturbed, tmp_path):
    script, data, _ = undisturbed
    for words, needed in (
        ((data / "missing", tmp_path / "a"), "training.txt: no such folder"),
        ((data, script), "File exists"),
    ):
        done = torchrun(2, *arguments(script, *words))
        assert done.returncode == 1 and done.stderr.count(needed) == 1, done.stderr
    done = torchrun(3, *arguments(script, data, tmp_path / "b"))
    assert done.stderr.count("3 processes cannot share 4 parts equally") == 1


@pytest.mark.long
def test_what_only_process_0_sees_ends_all(tmp_path):
    """A full disk, which it alone writes to, and a loss that is no number."""
    script = script_of(EMBEDDED, tmp_path / "script", shards="4")
    data = write_data(tmp_path / "data", EMBEDDED)
    full = tmp_path / "full"
    full.mkdir()
    (full / "saved_model.pth.partial").symlink_to("/dev/full")
    wild = script.with_name("wild.py")
    text = re.sub(r"(?m)^LEARNING_RATE = .*", "LEARNING_RATE = 1e30", script.read_text("utf-8"))
    wild.write_text(text, "utf-8")
    for path, output, needed in (
        (script, full, "saved_model.pth: No space left on device"),
        (wild, tmp_path / "wild", "loss not finite; lower the learning rate?"),
    ):
        done = torchrun(2, *arguments(path, data, output))
        assert done.returncode == 1 and done.stderr.count(needed) == 1, done.stderr
        assert "[rank" not in done.stderr  # a traceback
