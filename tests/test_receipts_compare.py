"""Receipts of two runs: what is the same, what is close, what is damaged."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from run_command import run_audit

from seqgra_compile.audit.runs.compare import Verdict, compare_runs, comparison_text
from seqgra_compile.audit.runs.receipt import ReceiptError, read_receipt
from seqgra_compile.visible import visible

RECEIPT = {
    "definition": {"file": "model.xml", "sha256": 64 * "a"},
    "script": {"sha256": 64 * "b"},
    "settings": {"SEED": "7", "LEARNING_RATE": "0.005", "LABELS": "('c1', 'c2')"},
    "versions": {"seqgra-compile": "0.1.0", "Python": "3.11.7", "PyTorch": "2.13.0"},
    "device": "cpu",
    "threads": 1,
    "data": {"training": {"examples": 100, "sha256": 64 * "c"}},
    "epochs": [
        {
            "epoch": epoch,
            "training_loss": 0.7 / epoch,
            "validation_loss": 0.8 / epoch,
            "validation_accuracy": 0.5,
        }
        for epoch in (1, 2, 3)
    ],
    "best": {"epoch": 3, "loss": 0.8 / 3, "accuracy": 0.5},
    "test": {"loss": 0.3, "accuracy": 0.75},
    "weights": {"sha256": 64 * "d"},
    "circumstances": {"time": "2026-01-01 00:00:00 +0000", "host": "a"},
}
BAYES = {k: v for k, v in RECEIPT.items() if k not in ("epochs", "best", "weights")}


def changed(path: str, value: object, receipt: dict = RECEIPT) -> dict:
    """A copy with another value at `a/b/0/c`."""
    receipt = copy.deepcopy(receipt)
    *way, last = path.split("/")
    place = receipt
    for step in way:
        place = place[int(step) if isinstance(place, list) else step]
    place[int(last) if isinstance(place, list) else last] = value
    return receipt


def verdict(one: dict, other: dict, tolerance: float = 0.0) -> Verdict:
    return compare_runs(one, other, tolerance).verdict


@pytest.mark.parametrize("receipt", [RECEIPT, BAYES], ids=["trained", "bayes"])
def test_identical(receipt: dict):
    other = changed("circumstances", {"time": "later", "host": "elsewhere"}, receipt)
    assert verdict(receipt, other) is Verdict.IDENTICAL
    other.pop("circumstances")
    assert verdict(receipt, other) is Verdict.IDENTICAL


def leaves(value: object, path: str = "") -> list[str]:
    if isinstance(value, (dict, list)):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        return [leaf for key, each in pairs for leaf in leaves(each, f"{path}/{key}".lstrip("/"))]
    return [path]


@pytest.mark.parametrize("path", leaves(RECEIPT))
def test_everything_but_the_circumstances_counts(path: str):
    place = RECEIPT
    for step in path.split("/"):
        place = place[int(step) if isinstance(place, list) else step]
    other = changed(path, place + 1 if isinstance(place, (int, float)) else place + "x")
    wanted = Verdict.IDENTICAL if path.startswith("circumstances") else Verdict.DIFFERENT
    assert verdict(RECEIPT, other) is wanted
    assert verdict(other, RECEIPT) is wanted


def test_the_first_epoch_and_setting_are_named():
    other = changed("epochs/1/training_loss", 0.36)
    other = changed("epochs/2/validation_loss", 0.9, other)
    other = changed("settings/LEARNING_RATE", "0.05", other)
    other["epochs"].append({"epoch": 4, "training_loss": 0.1})
    text = comparison_text(compare_runs(RECEIPT, other)).splitlines()
    assert text == [
        "different",
        "  first setting that differs: LEARNING_RATE: 0.005 and 0.05",
        "  first epoch that differs: epoch 2 training_loss: 0.35 and 0.36, 0.01 apart",
        "  largest of 2 differences: epoch 3 validation_loss: 0.26666666666666666 and 0.9, "
        "0.633 apart",
        "  number of epochs: 3 and 4, 1 apart",
    ]


def test_how_the_definitions_are_related():
    """Said first: receipts hold only a definition's hash, not what it says."""
    relation = [
        "different",
        "  different definitions: seqgra-audit diff A.xml B.xml says how they differ",
        "  first setting that differs: LEARNING_RATE: 0.005 and 0.05",
    ]
    one = changed("family", 64 * "1")
    other = changed("definition/sha256", 64 * "e", changed("settings/LEARNING_RATE", "0.05", one))
    other["family"] = 64 * "2"
    assert comparison_text(compare_runs(one, other)).splitlines()[:3] == relation
    # Receipts of older scripts have no family: the files of the definitions decide.
    del one["family"], other["family"]
    assert comparison_text(compare_runs(one, other)).splitlines()[:3] == relation
    one["family"] = other["family"] = 64 * "1"
    text = comparison_text(compare_runs(one, other)).splitlines()
    assert text[1] == "  definitions that differ only in id, name, description or seed"
    other = changed("family", 64 * "2", one)
    text = comparison_text(compare_runs(one, other)).splitlines()
    assert text[1] == "  the same definition, compiled with different options"


def test_two_libraries():
    """Settings that have another name in the other library are not the first difference."""
    one = changed("settings/BETAS", "(0.9, 0.999)")
    other = changed("settings/BETA_1", "0.9", changed("settings/LEARNING_RATE", "0.05"))
    other["settings"]["BETA_2"] = "0.999"
    del other["versions"]["PyTorch"]
    other["versions"]["TensorFlow"] = "2.21.0"
    text = comparison_text(compare_runs(one, other)).splitlines()
    assert text[1] == "  the same definition in two libraries: PyTorch and TensorFlow"
    assert "docs/parity.md" in text[2]
    assert text[3:5] == [
        "  first setting that differs: LEARNING_RATE: 0.005 and 0.05",
        "  settings of one library only: BETAS and BETA_1, BETA_2",
    ]
    assert not any("nothing" in line and "BETA" in line for line in text)
    other["definition"] = 64 * "e"
    text = comparison_text(compare_runs(one, other)).splitlines()
    assert text[1].startswith("  different definitions, for PyTorch and TensorFlow: seqgra-audit d")


def test_tolerance():
    other = changed("epochs/0/training_loss", 0.7001)
    other = changed("weights/sha256", 64 * "e", other)
    other = changed("threads", 2, other)
    assert verdict(RECEIPT, other) is Verdict.DIFFERENT
    assert verdict(RECEIPT, other, 1e-5) is Verdict.DIFFERENT
    assert verdict(RECEIPT, other, 1e-3) is Verdict.WITHIN
    assert verdict(RECEIPT, changed("settings/SEED", "8", other), 1e-3) is Verdict.DIFFERENT
    assert verdict(RECEIPT, changed("data/training/sha256", "", other), 1e-3) is Verdict.DIFFERENT
    other["epochs"].pop()
    assert verdict(RECEIPT, other, 1e-3) is Verdict.DIFFERENT
    assert verdict(RECEIPT, RECEIPT, 1e-3) is Verdict.IDENTICAL


def test_tolerance_is_a_share_of_large_numbers():
    one, other = changed("test/loss", 2000.0), changed("test/loss", 2001.0)
    assert verdict(one, other, 1e-3) is Verdict.WITHIN
    assert verdict(one, other, 1e-4) is Verdict.DIFFERENT
    assert verdict(one, changed("test/loss", 20.0), 5.0) is Verdict.WITHIN  # asked for


def test_not_a_number():
    one = changed("epochs/0/validation_loss", float("nan"))
    assert verdict(one, copy.deepcopy(one)) is Verdict.IDENTICAL
    assert verdict(RECEIPT, one, 0.5) is Verdict.DIFFERENT
    infinite = changed("epochs/0/validation_loss", float("inf"))
    assert verdict(RECEIPT, infinite, 0.5) is Verdict.DIFFERENT
    assert "inf" not in comparison_text(compare_runs(RECEIPT, infinite)).lower().replace(
        "infinity", ""
    )


def test_huge_numbers():
    one, other = changed("test/loss", 10**400), changed("test/loss", 2 * 10**400)
    assert verdict(one, other, 0.1) is Verdict.DIFFERENT
    assert "apart" not in comparison_text(compare_runs(one, other, 0.1))


def test_kinds_are_told_apart():
    assert verdict(RECEIPT, changed("test/extra", None)) is Verdict.DIFFERENT
    assert verdict(changed("test/a", 1), changed("test/a", True)) is Verdict.DIFFERENT
    assert verdict(changed("test/a", [1, 2]), changed("test/a", [1])) is Verdict.DIFFERENT
    assert verdict(changed("test/a", [1, 2]), changed("test/a", [1, 2])) is Verdict.IDENTICAL


@pytest.mark.parametrize(
    "data, problem",
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "outermost value is not an object"),
        (b"{}", "'definition' is missing"),
        (b'{"a": 1, "a": 2}', "'a' occurs twice"),
        (json.dumps(changed("threads", "1")).encode(), "'threads' must be a whole number"),
        (json.dumps(changed("threads", True)).encode(), "'threads' must be a whole number"),
        (json.dumps(changed("settings", [])).encode(), "'settings' must be an object"),
        (json.dumps(changed("epochs", {})).encode(), "'epochs' must be a list"),
        (json.dumps(changed("epochs/1", 3)).encode(), "epoch 2 must be an object of numbers"),
        (json.dumps(changed("epochs/1/epoch", 3)).encode(), "epoch 2 calls itself 3"),
        (json.dumps(changed("epochs/0/a", "b")).encode(), "epoch 1 must be an object of numbers"),
        (json.dumps(changed("epochs/0/a", True)).encode(), "epoch 1 must be an object of numbers"),
    ],
    ids=range(15),
)
def test_damaged(data: bytes, problem: str):
    with pytest.raises(ReceiptError, match=problem):
        read_receipt(data)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(RECEIPT)), json_values, st.sampled_from([0.0, 0.1, 1e300]))
def test_anything_is_compared_or_refused(name: str, value: object, tolerance: float):
    data = json.dumps({**RECEIPT, name: value}).encode()
    try:
        other = read_receipt(data)
    except ReceiptError:
        return
    comparison = compare_runs(RECEIPT, other, tolerance)
    assert all(visible(line) == line for line in comparison_text(comparison).split("\n"))
    assert compare_runs(other, other).verdict is Verdict.IDENTICAL


# ---- the command ----


def write(path: Path, receipt: dict) -> Path:
    path.write_text(json.dumps(receipt, indent=2), "utf-8")
    return path


def test_command(tmp_path):
    one = write(tmp_path / "one.json", RECEIPT)
    other = write(tmp_path / "other.json", changed("test/loss", 0.3001))
    assert run_audit("compare", one, one).stdout == b"identical\n"
    assert run_audit("compare", one, one).exit_code == 0
    result = run_audit("compare", one, other)
    assert result.exit_code == 1
    assert result.stdout == b"different\n  result: test loss: 0.3 and 0.3001, 0.0001 apart\n"
    result = run_audit("compare", one, other, "--tolerance", "0.001")
    assert result.exit_code == 0 and result.stdout.startswith(b"within tolerance\n")
    assert run_audit("compare", one, "-", stdin=one.read_bytes()).exit_code == 0


def test_command_cannot_tell(tmp_path):
    one = write(tmp_path / "one.json", RECEIPT)
    result = run_audit("compare", one, tmp_path / "none.json")
    assert (result.exit_code, result.stdout) == (2, b"")
    assert result.stderr.endswith(b"none.json: No such file or directory\n")
    damaged = tmp_path / "damaged.json"
    damaged.write_text('{"\x1b[2J": 1, "\x1b[2J": 2}'.replace("\x1b", "\\u001b"))
    result = run_audit("compare", damaged, one)
    assert result.exit_code == 2 and b"\x1b" not in result.stderr
    assert b"occurs twice" in result.stderr
    assert run_audit("compare", one, tmp_path).exit_code == 2
    assert run_audit("compare", "-", "-").exit_code == 2
    assert run_audit("compare", one, one, "--tolerance", "-1").exit_code == 2
    assert run_audit("compare", one, one, "--tolerance", "nan").exit_code == 2
