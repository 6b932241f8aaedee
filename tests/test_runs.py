"""A run read from its folder: what is taken, and what is refused with a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from made_runs import EPOCHS, LABELS, Y_HAT, Y, make_run, receipt

from seqgra_compile.audit.runs.run import RunError, read_run
from seqgra_compile.catalog.sequences import MULTI_CLASS, MULTI_LABEL


def test_what_is_taken(tmp_path: Path):
    run = read_run(make_run(tmp_path / "run"))
    assert (run.model_id, run.labels, run.task, run.best_epoch) == (
        "motifs",
        LABELS,
        MULTI_CLASS,
        2,
    )
    assert (run.setting("SEED"), run.setting("LEARNING_RATE"), run.setting("NONE")) == (
        11,
        0.1,
        None,
    )
    assert run.data["test"].examples == 4
    assert run.history == tuple(EPOCHS)
    assert run.results["test"]["loss"] == 0.5
    assert (run.predictions.y, run.predictions.y_hat) == (Y, Y_HAT)
    assert run.predicted == ("test",)


def test_a_receipt_alone(tmp_path: Path):
    file = make_run(tmp_path / "run") / "receipt.json"
    run = read_run(file)
    assert (run.folder, run.predictions, run.task, run.best_epoch) == (None, None, None, 2)


def test_labels_that_do_not_add_up_are_several(tmp_path: Path):
    found = receipt()
    found["data"]["test"]["labels"]["bound"] = 4
    assert read_run(make_run(tmp_path / "run", found)).task == MULTI_LABEL


def edited(change: Callable[[dict], object], name: str = "receipt.json") -> Callable[[Path], None]:
    """Changes a JSON file by hand."""

    def edit(folder: Path) -> None:
        found = json.loads((folder / name).read_text("utf-8"))
        change(found)
        (folder / name).write_text(json.dumps(found), "utf-8")

    return edit


def replaced(name: str, one: str, other: str) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        text = (folder / name).read_text("utf-8")
        assert one in text
        (folder / name).write_text(text.replace(one, other, 1), "utf-8")

    return edit


def stopped(folder: Path) -> None:
    (folder / "receipt.json").rename(folder / "checkpoint")


BAD = {
    "no-receipt": (lambda f: [each.unlink() for each in f.iterdir()], "not the folder of a"),
    "stopped": (stopped, "--resume continues it"),
    "no-records": (lambda f: (f / "receipt.json").unlink(), "--records full"),
    "no-json": (lambda f: (f / "receipt.json").write_text("{"), "not JSON"),
    "no-metrics": (lambda f: (f / "metrics.json").unlink(), "the run is incomplete"),
    "no-history": (lambda f: (f / "history.tsv").unlink(), "the run is incomplete"),
    "other-accuracy": (edited(lambda r: r["test"].update(accuracy=1.0)), "'test': one of the two"),
    "no-test": (edited(lambda r: r.pop("test")), "'test': one of the two"),
    "other-metrics": (edited(lambda r: r.pop("test"), "metrics.json"), "'test': one of the two"),
    "other-data": (edited(lambda r: r["data"].pop("test")), "'data': one of the two"),
    "other-loss": (edited(lambda r: r["epochs"][2].update(training_loss=0.1)), "epoch 3: one of"),
    "lost-epoch": (edited(lambda r: r["epochs"].pop()), "the 3 epochs: one of"),
    "other-best": (edited(lambda r: r["best"].update(epoch=3)), "not one of its epochs"),
    "no-best": (edited(lambda r: r.pop("best")), "not one of its epochs"),
    "text-for-number": (
        edited(lambda r: r["data"]["test"].update(examples="many")),
        "data 'test' lack",
    ),
    "negative": (edited(lambda r: r["data"]["test"].update(examples=-4)), "data 'test' lack"),
    "data-list": (edited(lambda r: r["data"].update(test=[4])), "data 'test' lack"),
    "no-data": (edited(lambda r: r.update(data={})), "has no set"),
    "other-label": (edited(lambda r: r["settings"].update(LABELS="('a', 'b')")), "data 'training'"),
    "no-labels": (edited(lambda r: r["settings"].pop("LABELS")), "has no labels"),
    "setting-runs": (edited(lambda r: r["settings"].update(SEED="exit(1)")), "not a Python value"),
    "setting-number": (edited(lambda r: r["settings"].update(SEED=1)), "SEED a value that is not"),
    "history-lines": (replaced("history.tsv", "\n2\t", "\n7\t"), "epoch 2: one of"),
    "history-empty": (lambda f: (f / "history.tsv").write_text(""), "the 4 epochs: one of"),
    "history-bytes": (lambda f: (f / "history.tsv").write_bytes(b"\xff"), "not UTF-8"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_folders(name: str, tmp_path: Path):
    spoil, sentence = BAD[name]
    folder = make_run(tmp_path / "run")
    spoil(folder)
    with pytest.raises(RunError) as caught:
        read_run(folder)
    assert sentence in str(caught.value)
    assert folder in (caught.value.path, caught.value.path.parent)


@pytest.mark.parametrize(
    ("one", "other", "sentence"),
    [
        ("y_bound", "bound", "its header"),
        ("True\tFalse\t0.9\t0.1\n", "", "3 examples, and receipt.json says 4"),
        ("0.9", "much", "need 2 times True or False"),
        ("True", "yes", "need 2 times True or False"),
        ("\t0.1", "", "need 2 times True or False"),
    ],
)
def test_bad_predictions(one: str, other: str, sentence: str, tmp_path: Path):
    folder = make_run(tmp_path / "run")
    replaced("test-y-hat.txt", one, other)(folder)
    with pytest.raises(RunError, match=sentence):
        _ = read_run(folder).predictions


def test_no_folder(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        read_run(tmp_path / "none")
