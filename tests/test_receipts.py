"""What a run leaves for whoever judges it: receipt.json, areas under curves, warnings of copies."""

from __future__ import annotations

import ast
import hashlib
import json
import math
import random
import sys
from pathlib import Path

import numpy as np
import pytest
from cases import ALL_CASES, BY_ID, Case, examples, text, write_data
from runs import arguments, copied, run_all
from sklearn.metrics import average_precision_score, roc_auc_score

from seqgra_compile.compiler import compile_definition

LIBRARIES = {
    "PyTorch": BY_ID["torch-mc3-dna60-conv-bn-do"],
    "TensorFlow": BY_ID["tf-ml2-dna24-keras-json"],
}
each_library = pytest.mark.parametrize("library", LIBRARIES)


def function(case: Case, name: str, **names: object):
    """A function of a generated script, with these names beside it."""
    tree = ast.parse(case.script.read_text("utf-8"))
    node = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == name)
    scope = {"np": np, "sys": sys, **names}
    exec(compile(ast.Module([node], []), str(case.script), "exec"), scope)
    return scope[name]


@pytest.mark.parametrize("seed", range(8))
@each_library
def test_areas_are_those_of_scikit_learn(library: str, seed: int):
    """With ties, rare labels, and labels that no example or every example has."""
    draw = np.random.default_rng(seed)
    labels = tuple("abcdef")
    y = draw.random((200, 6)) < [0.5, 0.02, 0.9, 0.3, 0, 1]
    y_hat = draw.random((200, 6))
    y_hat[:, 0] = y_hat[:, 0].round(1)
    y_hat[:, 2] = 0.5
    y_hat[:, 3] += y[:, 3]
    found = function(LIBRARIES[library], "areas", LABELS=labels)(y, y_hat)
    varied = [n for n, _ in enumerate(labels) if 0 < y[:, n].sum() < 200]
    assert set(found["AUROC"]) == set(found["AUPRC"]) == {labels[n] for n in varied}
    for n in varied:
        auroc, auprc = (
            roc_auc_score(y[:, n], y_hat[:, n]),
            average_precision_score(y[:, n], y_hat[:, n]),
        )
        assert math.isclose(found["AUROC"][labels[n]], auroc, abs_tol=1e-12)
        assert math.isclose(found["AUPRC"][labels[n]], auprc, abs_tol=1e-12)
    for name, area in (("AUROC", roc_auc_score), ("AUPRC", average_precision_score)):
        mean = area(y[:, varied], y_hat[:, varied], average="macro")
        assert math.isclose(found[f"mean {name}"], mean, abs_tol=1e-12)


def test_areas_by_hand():
    """Two of three positives stand above both negatives, the third ties with one of them."""
    y = np.array([[1], [0], [1], [1], [0]], bool)
    y_hat = np.array([[0.9], [0.8], [0.8], [0.3], [0.1]])
    found = function(LIBRARIES["PyTorch"], "areas", LABELS=("a",))(y, y_hat)
    # Pairs: 2 + 1.5 + 1 of 6. Precisions at the positives' thresholds: 1/1, 2/3, 3/4.
    assert found["AUROC"]["a"] == 0.75
    assert math.isclose(found["AUPRC"]["a"], (1 + 2 / 3 + 3 / 4) / 3)


def test_scores_that_are_no_numbers_have_no_area():
    y, y_hat = np.array([[1, 1], [0, 0]], bool), np.array([[0.9, math.nan], [0.1, 0.1]])
    found = function(LIBRARIES["PyTorch"], "areas", LABELS=("a", "b"))(y, y_hat)
    assert found["AUROC"] == found["AUPRC"] == {"a": 1.0}


def test_several_classes_are_one_against_the_rest():
    draw = np.random.default_rng(3)
    classes, y_hat = draw.integers(0, 3, 90), draw.random((90, 3))
    y_hat /= y_hat.sum(axis=1, keepdims=True)
    found = function(LIBRARIES["PyTorch"], "areas", LABELS=("a", "b", "c"))
    found = found(classes[:, None] == np.arange(3), y_hat)
    expected = roc_auc_score(classes, y_hat, multi_class="ovr", average="macro")
    assert math.isclose(found["mean AUROC"], expected, abs_tol=1e-12)


def reverse_complement(sequence: str) -> str:
    return sequence[::-1].translate(str.maketrans("ACGTNacgtn", "TGCANtgcan"))


@pytest.fixture(scope="module")
def shared(tmp_path_factory) -> dict[str, tuple[Path, Path, Path]]:
    """Of each library a run on sets that share sequences: script, data and output."""
    done = {}
    for library, case in LIBRARIES.items():
        folder = tmp_path_factory.mktemp(library)
        data = write_data(folder / "data", case)
        training = examples(case, 67, 0)
        validation = examples(case, 35, 1)
        test = examples(case, 33, 2)
        # Upper case and lower case are the same sequence.
        validation[3] = (training[5][0].lower(), validation[3][1])
        validation[4] = (training[5][0], validation[4][1])
        test[0] = (reverse_complement(training[7][0]), test[0][1])
        test[1] = (training[8][0], test[1][1])
        for name, pairs in (("training", training), ("validation", validation), ("test", test)):
            (data / f"{name}.txt").write_bytes(text(pairs))
        script, output = copied(case, folder / "script"), folder / "output"
        assert run_all(folder, [arguments(script, data, output)]) == [0]
        done[library] = script, data, output
    return done


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@each_library
def test_receipt(library: str, shared):
    """Each hash is worked out anew, each figure is that of the other files."""
    script, data, output = shared[library]
    case = LIBRARIES[library]
    receipt = json.loads((output / "receipt.json").read_text("utf-8"))
    metrics = json.loads((output / "metrics.json").read_text("utf-8"))
    assert receipt["definition"] == sha256(case.folder / "model.xml")
    assert receipt["script"] == sha256(script)
    for name, said in receipt["data"].items():
        rows = (data / f"{name}.txt").read_text("utf-8").splitlines()[1:]
        assert said["sha256"] == sha256(data / f"{name}.txt")
        assert said["examples"] == len(rows)
        found = [label for row in rows for label in row.split("\t")[1].split("|")]
        assert said["labels"] == {label: found.count(label) for label in case.labels}
    header, *rows = (output / "history.tsv").read_text().splitlines()
    names = header.split("\t")
    assert [
        {name: json.loads(value) for name, value in zip(names, row.split("\t"), strict=True)}
        for row in rows
    ] == receipt["epochs"]
    assert {name: receipt[name] for name in metrics} == metrics
    assert receipt["circumstances"].keys() == {"host", "seconds", "time"}
    assert (receipt["device"], receipt["threads"]) == ("cpu", 1)
    constants = {
        target.id: ast.unparse(node.value)
        for node in ast.parse(script.read_text("utf-8").partition("\n# ---- Data ")[0]).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id.isupper()
    }
    settings = {name: ast.unparse(ast.parse(value)) for name, value in receipt["settings"].items()}
    assert settings.keys() == constants.keys()
    assert settings["EPOCHS"] == constants["EPOCHS"] == "2"


def test_hash_of_the_weights(shared):
    """In PyTorch that of the arrays in saved_model.pth, one after the other."""
    import torch

    _, _, output = shared["PyTorch"]
    weights = torch.load(output / "saved_model.pth", weights_only=True)
    data = b"".join(weight.numpy().tobytes() for weight in weights.values())
    receipt = json.loads((output / "receipt.json").read_text("utf-8"))
    assert receipt["weights"]["sha256"] == hashlib.sha256(data).hexdigest()


@each_library
def test_copies_are_counted(library: str, shared, capsys):
    """Sets of sequences that two sets share, on either strand, counted by other means."""
    case = LIBRARIES[library]
    _, data, _ = shared[library]
    sets = {}
    code_of = {letter: code for code, letter in enumerate("ACGTN")}
    for name in ("training", "validation", "test"):
        rows = (data / f"{name}.txt").read_text("utf-8").splitlines()[1:]
        letters = [row.split("\t")[0].upper() for row in rows]
        sets[name] = np.array([[code_of[x] for x in each] for each in letters], np.uint8), None
    find = function(case, "find_copies")
    assert find(sets) == {
        "validation in training": 2,
        "test in training": 2,
        "test in validation": 0,
    }
    function(case, "warn")({"data": {}}, find(sets))
    assert capsys.readouterr() == (
        "",
        "warning: copied examples, validation in training: 2\n"
        "warning: copied examples, test in training: 2\n",
    )
    # Each example counts, not each sequence.
    sets["test"] = np.concatenate([sets["training"][0][:1]] * 100), None
    assert find(sets)["test in training"] == 100


def test_no_copies_no_warning(capsys):
    draw = random.Random(1)
    rows = np.array([[draw.randrange(4) for _ in range(40)] for _ in range(30)], np.uint8)
    find = function(LIBRARIES["PyTorch"], "find_copies")
    found = find(
        {
            "training": (rows[:10], None),
            "validation": (rows[10:20], None),
            "test": (rows[20:], None),
        }
    )
    assert set(found.values()) == {0}
    assert capsys.readouterr() == ("", "")


def test_only_dna_has_two_strands(capsys):
    """In RNA and proteins a sequence read backwards, or its complement, is another one."""
    complement = {"A": "T", "C": "G", "G": "C", "T": "A", "U": "A"}
    for name, letters in (
        ("torch-mc2-dna32-lstm", "ACGT"),
        ("torch-ml3-rna24-lstm-steps", "ACGU"),
        ("boc-mc2-rna30-pairs", "ACGU"),
    ):
        case = next(case for case in ALL_CASES if case.id == name)
        strand = "AACAGC".replace("T", letters[3])
        other = "".join(complement[letter] for letter in reversed(strand))
        other = other.replace("T", letters[3])
        sets = {
            key: (np.array([[letters.index(letter) for letter in sequence]], np.uint8), None)
            for key, sequence in (("training", strand), ("test", other))
        }
        assert function(case, "find_copies")(sets)["test in training"] == (case.space == "DNA")
    capsys.readouterr()


def test_receipts_name_the_definition_that_was_compiled():
    case = LIBRARIES["PyTorch"]
    compilation = compile_definition(case.folder / "model.xml")
    assert f'definition = "{sha256(case.folder / "model.xml")}"' in compilation.script


SOURCES = {
    "data.json": {"outputs": {"training.txt": {"sha256": "a" * 64}}, "options": {"seed": 1}},
    "simulation.json": {"files": {"training.txt": "a" * 64}, "script": "b" * 64},
}


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("fits", [True, False])
def test_the_records_beside_the_data(name: str, fits: bool, tmp_path, capsys):
    """They are in the receipt if they hold the hashes of these very files; else it says so."""
    path = tmp_path / name
    path.write_text(json.dumps(SOURCES[name]), "utf-8")
    run = {"data": {"training": {"sha256": "a" * 64 if fits else "c" * 64}}}
    function(LIBRARIES["PyTorch"], "add_sources", json=json)(tmp_path, run)
    said = "" if fits else f"warning: {path} describes other data\n"
    assert run["sources"] == {name: SOURCES[name] if fits else "of other data"}
    assert capsys.readouterr() == ("", said)


def test_a_cut_record_beside_the_data(tmp_path, capsys):
    path = tmp_path / "data.json"
    path.write_text(json.dumps(SOURCES["data.json"])[:-1], "utf-8")
    run = {"data": {"training": {"sha256": "a" * 64}}}
    function(LIBRARIES["PyTorch"], "add_sources", json=json)(tmp_path, run)
    assert run["sources"] == {"data.json": "of other data"}
    assert "describes other data" in capsys.readouterr().err


def test_no_records_beside_the_data(shared):
    _, _, output = shared["PyTorch"]
    receipt = json.loads((output / "receipt.json").read_text("utf-8"))
    assert receipt["sources"] == {}
