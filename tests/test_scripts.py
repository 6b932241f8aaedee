"""Generated scripts are run, end to end, on small data; what they write is read again."""

from __future__ import annotations

import io
import json
import math
import re
import zipfile
from pathlib import Path

import history
import pytest
from cases import BY_ID, CASES, SIZES, Case, examples, inferred, text, write_data
from runs import EPOCHS, Run, anew, arguments, copied, run, run_all, run_cases

from seqgra_compile import ir
from seqgra_compile.catalog.operations import OPERATIONS

MODEL_FILES = {
    "PyTorch": {"saved_model.pth"},
    "TensorFlow": {"saved_model.keras", "model-architecture.json"},
}
FILES = {
    "history.tsv",
    "last-epoch-completed.txt",
    "metrics.json",
    "num-model-parameters.txt",
    "receipt.json",
    "session-info.txt",
    "test-y-hat.txt",
}
USUAL = {
    "PyTorch": BY_ID["torch-mc3-dna60-conv-bn-do"],
    "TensorFlow": BY_ID["tf-mc3-dna64-conv-variants"],
}

each_library = pytest.mark.parametrize("library", MODEL_FILES)
torch_soon = pytest.mark.parametrize(
    "library", ["PyTorch", pytest.param("TensorFlow", marks=pytest.mark.long)]
)
# Keras takes seconds to build a model: these of its cases run by default, all with -m long.
QUICK = {
    "tf-mc3-dna64-conv-variants",
    "tf-mc4-protein40-conv",
    "tf-ml2-dna40-conv2d-weights",
}
SLOW = {case.id for case in CASES if case.library == "TensorFlow"} - QUICK
each_case = pytest.mark.parametrize(
    "case",
    [pytest.param(c, id=c.id, marks=pytest.mark.long if c.id in SLOW else ()) for c in CASES],
)


@pytest.fixture(scope="session")
def runs(request, tmp_path_factory) -> dict[str, Run]:
    """The golden scripts that a test asks for, run once; those of a library in one process."""
    items = [item for item in request.session.items if item.path == Path(__file__)]
    calls = [item.callspec.params for item in items if hasattr(item, "callspec")]
    asked = {params["case"].id for params in calls if "case" in params}
    asked |= {USUAL[params["library"]].id for params in calls if "library" in params}
    done = {}
    for library in MODEL_FILES:
        if cases := [case for case in CASES if case.library == library and case.id in asked]:
            done |= run_cases(cases, tmp_path_factory.mktemp(library))
    return done


@each_case
def test_script_runs(case: Case, runs):
    run = runs[case.id]
    assert run.status == 0
    written = {path.name for path in run.output.iterdir()}
    assert written == FILES | MODEL_FILES[case.library]


@each_case
def test_weight_counts(case: Case, runs):
    lines = (runs[case.id].output / "num-model-parameters.txt").read_text("utf-8").splitlines()
    counts = dict(line.split("\t") for line in lines)
    counts = {
        re.fullmatch(r"number of (.+) parameters", key)[1]: int(counts[key]) for key in counts
    }
    assert counts["all"] == counts["trainable"] + counts["non-trainable"]
    definition = case.folder / "model.xml"
    architecture = inferred("model.xml", definition.read_bytes(), case.folder).architecture
    if not isinstance(architecture, ir.Network):
        return
    weights = [(each, weight) for each in architecture.operations for weight in each.weights]
    total = sum(weight.count for _, weight in weights)
    trained = sum(
        weight.count for each, weight in weights if each["trainable"] and weight.trainable
    )
    expected = total
    if case.library == "PyTorch":
        expected += sum(map(second_bias, architecture.operations))
    assert counts["trainable"] == trained
    assert counts["all"] == expected
    assert f"{total:,} weights." in case.script.read_text("utf-8")


def second_bias(operation: ir.Layer) -> int:
    """The size of what PyTorch's recurrent layers have beyond Keras's: a bias that stays at 0."""
    modules = OPERATIONS[operation.name].lower["PyTorch"](operation, False).modules
    if not any(module.function in ("nn.LSTM", "nn.RNN") for module in modules):
        return 0
    return sum(weight.count for weight in operation.weights if weight.role == "bias")


@each_case
def test_predictions(case: Case, runs):
    run = runs[case.id]
    lines = (run.output / "test-y-hat.txt").read_text("utf-8").splitlines()
    header, *rows = [line.split("\t") for line in lines]
    assert header == [f"{column}_{label}" for column in ("y", "y_hat") for label in case.labels]
    assert len(rows) == SIZES["test"]
    labels = [y for _, y in examples(case, SIZES["test"], 2)]
    size = len(case.labels)
    for row, label in zip(rows, labels, strict=True):
        true = label.split("|") if case.multi_label else [label]
        assert row[:size] == [str(each in true) for each in case.labels]
        probabilities = [float(value) for value in row[size:]]
        assert all(0 <= probability <= 1 for probability in probabilities)
        if not case.multi_label:
            assert math.isclose(sum(probabilities), 1, abs_tol=1e-5)


@each_case
def test_history_and_metrics(case: Case, runs):
    output = runs[case.id].output
    header, *rows = [line.split("\t") for line in (output / "history.tsv").read_text().splitlines()]
    assert header == ["epoch", "training_loss", "validation_loss", "validation_accuracy"]
    assert [row[0] for row in rows] == [str(epoch + 1) for epoch in range(EPOCHS)]
    assert (output / "last-epoch-completed.txt").read_text() == f"{EPOCHS}\n"
    metrics = json.loads((output / "metrics.json").read_text())
    best = min(rows, key=lambda row: float(row[2]))
    assert metrics["best"] == {
        "epoch": int(best[0]),
        "training_loss": float(best[1]),
        "validation_loss": float(best[2]),
        "validation_accuracy": float(best[3]),
    }
    areas = {"AUROC", "AUPRC", "mean AUROC", "mean AUPRC"}
    assert metrics["test"].keys() == {"loss", "accuracy"} | areas
    assert 0 <= metrics["test"]["accuracy"] <= 1
    assert all(0 < float(value) < 100 for row in rows for value in row[1:3])


@each_case
def test_results_are_the_recorded_ones(case: Case, runs):
    found = history.of(runs[case.id].output)
    if history.is_another_training(case, found):
        pytest.skip("this PyTorch draws other masks or weights than that of the record")
    assert history.check(case, found) == []


@each_case
def test_test_accuracy_is_that_of_the_predictions(case: Case, runs):
    output = runs[case.id].output
    rows = [
        line.split("\t") for line in (output / "test-y-hat.txt").read_text("utf-8").splitlines()
    ]
    size, correct = len(case.labels), 0
    for row in rows[1:]:
        y = [value == "True" for value in row[:size]]
        y_hat = [float(value) for value in row[size:]]
        if case.multi_label:
            correct += y == [value > 0.5 for value in y_hat]
        else:
            correct += y[y_hat.index(max(y_hat))]
    reported = json.loads((output / "metrics.json").read_text())["test"]["accuracy"]
    assert math.isclose(reported, correct / SIZES["test"], abs_tol=1e-6)


@torch_soon
def test_a_second_run_gives_the_same_weights(library: str, runs, tmp_path):
    """In a process of its own, with CRLF data: neither matters."""
    case = USUAL[library]
    script, data = runs[case.id].script, write_data(tmp_path / "data", case, end="\r\n")
    process = anew(arguments(script, data, tmp_path / "output"))
    out, err = process.communicate()
    assert process.returncode == 0, err
    first, second = runs[case.id].output, tmp_path / "output"
    for name in ("history.tsv", "test-y-hat.txt"):
        assert (first / name).read_bytes() == (second / name).read_bytes()
    figures = [json.loads((output / "metrics.json").read_text()) for output in (first, second)]
    for each in figures:
        del each["data"]  # their line ends differ
    assert figures[0] == figures[1]
    assert weights(first) == weights(second)
    assert f"epoch {EPOCHS}/{EPOCHS}" in out
    assert own(err) == ""


def own(stderr: str) -> str:
    """Without what TensorFlow's libraries say on their own when they are loaded."""
    theirs = re.compile(r"WARNING: All log messages before absl|[IW]\d{4} .*\.cc:\d+\] ")
    lines = stderr.splitlines(keepends=True)
    return "".join(line for line in lines if not theirs.match(line))


def weights(output: Path) -> dict[str, bytes]:
    """The saved weights, and in Keras the optimizer's numbers, by their place in the file."""
    path = next(path for path in output.iterdir() if path.name.startswith("saved_model."))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if "/data/" in name}
        if path.suffix == ".keras":
            h5py = pytest.importorskip("h5py")
            with h5py.File(io.BytesIO(archive.read("model.weights.h5"))) as file:
                file.visititems(
                    lambda name, item: (
                        parts.update({name: item[()].tobytes()})
                        if isinstance(item, h5py.Dataset)
                        else None
                    )
                )
    assert parts
    return parts


@torch_soon
def test_early_stopping_and_the_best_weights(library: str, tmp_path):
    """Steps so large that the loss soon rises: training ends, and the best weights stay."""
    case, large = USUAL[library], {"LEARNING_RATE": 0.3, "PATIENCE": 2}
    data, limit = write_data(tmp_path / "data", case), 30
    stopped, ended = tmp_path / "stopped", tmp_path / "ended"
    script = copied(case, tmp_path / "script", EPOCHS=limit, **large)
    assert run_all(tmp_path, [arguments(script, data, stopped)]) == [0]
    rows = [line.split("\t") for line in (stopped / "history.tsv").read_text().splitlines()[1:]]
    losses = [float(row[2]) for row in rows]
    best = losses.index(min(losses)) + 1
    assert len(rows) == best + 2 < limit
    assert json.loads((stopped / "metrics.json").read_text())["best"]["epoch"] == best
    assert (stopped / "last-epoch-completed.txt").read_text() == f"{best + 2}\n"

    script = copied(case, tmp_path / "shorter", EPOCHS=best, **large)
    assert run_all(tmp_path, [arguments(script, data, ended)]) == [0]
    assert weights(stopped) == weights(ended)
    predictions = [(output / "test-y-hat.txt").read_bytes() for output in (stopped, ended)]
    assert predictions[0] == predictions[1]


# ---- what a script refuses ----

# tests/test_data_reading.py has the damaged files.


@each_library
def test_refusals_in_a_process_of_their_own(library: str, tmp_path):
    """Exit status 1, a few lines on standard error, no traceback."""
    case = USUAL[library]
    script, data = copied(case, tmp_path / "script"), write_data(tmp_path / "data", case)
    path = data / "training.txt"
    path.write_bytes(text([("?" * case.length, case.labels[0])]))
    process = anew(arguments(script, data, tmp_path / "output"))
    out, err = process.communicate()
    assert process.returncode == 1 and out.count("\n") == 1  # what was begun
    first, last = own(err).splitlines()
    found = f"{case.length} letters (unknown: {b'?' * 20!r}), a tab, {case.labels[0].encode()!r}"
    assert first == f"{path}:2: found {found}"
    need = f"the definition needs {case.length} letters of ACGTN, a tab, one of "
    assert last.startswith(f"{path}: lines to correct: 1; {need}")
    assert not (tmp_path / "output").exists()


@torch_soon
def test_gpu_that_is_not_there(library: str, tmp_path):
    case = USUAL[library]
    script, data = copied(case, tmp_path / "script"), write_data(tmp_path / "data", case)
    status, _, err = run([script, data, "-o", tmp_path / "output", "-g", "99"])
    assert status == 2
    *usage, said = own(err).splitlines()
    assert usage[0].startswith("usage: train.py ")
    assert said.startswith("train.py: error: argument -g/--gpu: invalid choice: 99 (choose from -1")
    assert not (tmp_path / "output").exists()


def test_output_folders(tmp_path):
    """A folder with files in it is refused, an empty one taken; no test set, no test figures."""
    case = USUAL["PyTorch"]
    script, data = copied(case, tmp_path / "script"), write_data(tmp_path / "data", case)
    (data / "test.txt").unlink()
    full, empty, file = tmp_path / "full", tmp_path / "empty", tmp_path / "file"
    full.mkdir()
    empty.mkdir()
    (full / "notes.txt").write_text("mine")
    file.write_text("mine")
    outputs = (full, empty, file, tmp_path / "deep" / "er")
    statuses = run_all(tmp_path, [arguments(script, data, output) for output in outputs])
    assert statuses == [
        f"2: {full}: not empty; --resume continues a stopped run, -o names another folder",
        0,
        f"2: {file}: File exists",
        0,
    ]
    assert [path.name for path in full.iterdir()] == ["notes.txt"]
    assert {path.name for path in empty.iterdir()} == FILES - {"test-y-hat.txt"} | {
        "saved_model.pth"
    }
    assert json.loads((empty / "metrics.json").read_text()).keys() == {
        *("data", "copies", "weights", "best")
    }


def test_weights_files_are_checked(tmp_path):
    """The file must be the one that was compiled in."""
    case = BY_ID["torch-ml2-dna40-conv2d-weights"]
    script, data = copied(case, tmp_path / "script"), write_data(tmp_path / "data", case)
    weights = script.with_name("dense.npy")
    weights.write_bytes(weights.read_bytes()[:-1] + b"?")
    (status,) = run_all(tmp_path, [arguments(script, data, tmp_path / "output")])
    assert status.startswith(f"{weights}: changed since compilation; its SHA-256 must be ")


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help(option: str):
    status, out, _ = run([USUAL["PyTorch"].script, option])
    assert status == 0
    assert "--threads" in out
