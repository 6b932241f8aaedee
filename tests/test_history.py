"""The records of what golden scripts compute: when a run agrees with one."""

from __future__ import annotations

import copy
import dataclasses
import hashlib
import re

import history
import numpy as np
import pytest
from cases import ALL_CASES, BY_ID

RECORDED = history.recorded(BY_ID["torch-mc3-dna64-conv-variants"])


def differences(recorded: dict, found: dict) -> list[str]:
    return history.differences(recorded, found, history.TOLERANCE)


def changed(place: str, value: object, **recorded: object) -> dict:
    """The record with another value at a place, as if found elsewhere."""
    found = copy.deepcopy(RECORDED)
    found["recorded"] |= recorded
    part, (*names, last) = found, place.split("/")
    for name in names:
        part = part[int(name) if isinstance(part, list) else name]
    part[int(last) if isinstance(part, list) else last] = value
    return found


LOSS = RECORDED["epochs"][1]["training_loss"]
ELSEWHERE = {
    "processor": {"processor": RECORDED["recorded"]["processor"] | {"vectors": "avx2"}},
    "version": {"versions": RECORDED["recorded"]["versions"] | {"PyTorch": "2.4.0"}},
}


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("epochs/1/training_loss", np.nextafter(LOSS, 9).item()),
        ("test/accuracy", np.nextafter(RECORDED["test"]["accuracy"], 9).item()),
        ("best/epoch", 2),
        ("weights", RECORDED["weights"][::-1]),
    ],
)
def test_every_digit_counts_where_the_record_was_made(place: str, value: object):
    (line,) = differences(RECORDED, changed(place, value))
    assert line.startswith(f"{place}: recorded ")
    assert differences(RECORDED, copy.deepcopy(RECORDED)) == []


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
@pytest.mark.parametrize(
    ("place", "value", "differs"),
    [
        ("epochs/1/training_loss", LOSS * (1 + 0.5 * history.TOLERANCE["loss"]), False),
        ("epochs/1/training_loss", LOSS * (1 + 2 * history.TOLERANCE["loss"]), True),
        ("epochs/1/training_loss", float("nan"), True),
        ("test/accuracy", RECORDED["test"]["accuracy"] + 1, True),
        ("best/epoch", 2, True),
        ("weights", RECORDED["weights"][::-1], False),
    ],
)
def test_elsewhere_numbers_may_be_close(elsewhere: str, place: str, value: object, differs: bool):
    found = changed(place, value, **ELSEWHERE[elsewhere])
    assert bool(differences(RECORDED, found)) == differs


def test_missing_parts_are_differences():
    shorter = {name: part for name, part in RECORDED.items() if name != "test"}
    expected = [f"test/{name}: only in one of the two" for name in ("accuracy", "loss")]
    assert differences(RECORDED, shorter) == expected
    assert differences(shorter, RECORDED) == expected


def test_a_missing_record_is_not_made(tmp_path):
    case = dataclasses.replace(ALL_CASES[0], folder=tmp_path)
    with pytest.raises(AssertionError, match="history.json is missing"):
        history.recorded(case)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("case", ALL_CASES, ids=lambda case: case.id)
def test_records_are_laid_out_as_they_are_written(case):
    text = history.path(case).read_text("utf-8")
    assert text == history.as_text(history.recorded(case))
    assert not re.search(r"/|\d{4}-\d{2}-\d{2}|\d+:\d{2}", text), "a path or a time"


def test_hash_of_weights(tmp_path):
    """The rule, applied by hand to a state_dict: integers are left out, order is the dict's."""
    torch = pytest.importorskip("torch")
    state = {
        "second": torch.tensor([[1.0, 2.0], [3.0, 4.0]]).T,
        "first.num_batches_tracked": torch.tensor(7),
        "first": torch.tensor([0.5]),
    }
    torch.save(state, tmp_path / "saved_model.pth")
    values = np.array([1.0, 3.0, 2.0, 4.0, 0.5], "<f4")
    assert history.digest(tmp_path) == hashlib.sha256(values.tobytes()).hexdigest()
