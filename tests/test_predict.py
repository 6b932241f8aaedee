"""Scripts that score new sequences: the same bits as in training, every form of input, refusals."""

from __future__ import annotations

import ast
import bz2
import gzip
import hashlib
import io
import itertools
import json
import lzma
import os
import random
import re
import shutil
import subprocess
import sys
import types
from collections.abc import Callable, Sequence
from pathlib import Path

import black
import pytest
from cases import ACCEPT, ALL_CASES, SIZES, Case, examples
from documented import blocks
from run_command import run, run_audit, run_data
from runs import ENVIRONMENT, PYTHON, Run, run_all, run_cases

from seqgra_compile.backends.family import family
from seqgra_compile.backends.header import read_header
from seqgra_compile.catalog.libraries import BAYES, FRAMEWORKS, LIBRARIES
from seqgra_compile.compiler import Options, compile_bytes, compile_definition

GOLDEN = ACCEPT.parent / "predict"
CASES = {case.id: case for case in ALL_CASES}
SCRIPTS = sorted(GOLDEN.glob("*.py"))
PREDICT = Options(emit="predict")
MOTIFS, BAYES_CASE = CASES["torch-mc2-rna30-motifs"], CASES["boc-mc2-rna30-pairs"]
each_script = pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)


def predicting(case: Case, **options: str) -> str:
    chosen = Options(emit="predict", **options)
    text = compile_definition(case.folder / "model.xml", options=chosen).script
    assert text is not None
    return text


# ---- the script ----


def test_a_library_a_module_and_both_tasks_are_golden():
    found = [CASES[path.stem] for path in SCRIPTS]
    assert {case.library for case in found} == set(LIBRARIES)
    assert {case.multi_label for case in found} == {True, False}
    assert any((case.folder / "flat_images.py").exists() for case in found)


@each_script
def test_compiler_writes_the_golden_script(script: Path):
    text = script.read_bytes().decode("utf-8")
    assert predicting(CASES[script.stem]) == text, "make golden writes it anew"
    assert black.format_str(text, mode=black.Mode()) == text
    tree = ast.parse(text, feature_version=(3, 10))
    imported = {
        (alias.asname or alias.name).partition(".")[0]
        for node in tree.body
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    assert imported <= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def section(text: str, title: str) -> str:
    return text.partition(f"# ---- {title} -")[2].partition("# ---- ")[0]


@each_script
def test_definition_and_model_are_those_of_the_training_script(script: Path):
    text, trained = script.read_text("utf-8"), CASES[script.stem].script.read_text("utf-8")
    for title in ("Definition", "Model"):
        assert section(text, title) and section(text, title) == section(trained, title)


@each_script
def test_verify_reads_the_option_from_the_header(script: Path):
    assert read_header(script.read_text("utf-8")).options["emit"] == "predict"
    definition = CASES[script.stem].folder / "model.xml"
    result = run_audit("verify", definition, script)
    assert result.exit_code == 0, result.stderr.decode()
    result = run_audit("settings", definition, "--emit", "predict")
    assert result.exit_code == 0 and b"--emit " in result.stdout


@pytest.mark.parametrize("option", [("--data", "disk"), ("--records", "none"), ("--shards", "2")])
def test_options_of_training_are_refused(option: tuple[str, str]):
    result = run("model.xml", "--emit", "predict", *option, folder=MOTIFS.folder)
    assert (result.exit_code, result.stdout) == (2, b"")
    assert b"takes no --data, --records or --shards" in result.stderr


def test_a_folder_takes_both_scripts(tmp_path: Path):
    for more in ([], ["--emit", "predict"]):
        assert run("model.xml", *more, "-o", f"{tmp_path}/", folder=MOTIFS.folder).exit_code == 0
    assert [path.name for path in sorted(tmp_path.iterdir())] == [
        f"{MOTIFS.id}-predict.py",
        f"{MOTIFS.id}.py",
    ]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("<seed>11</seed>", "<seed>12</seed>", True),
        ('id="torch', 'id="other', True),
        ('filters="6"', 'filters="7"', False),
    ],
)
def test_another_seed_is_the_same_definition(one: str, other: str, same: bool):
    """Which receipts a script takes: those that the training script of its definition writes."""
    text = (MOTIFS.folder / "model.xml").read_text("utf-8")
    assert one in text
    changed = compile_bytes("model.xml", text.replace(one, other).encode(), (), PREDICT).script
    (own,) = re.findall(' family = "(.+)"', MOTIFS.script.read_text("utf-8"))
    assert changed and (f'family = "{own}"' in changed) is same


# ---- the same bits ----


def command(case: Case, run: Run, folder: Path) -> list[str]:
    """What scores a run's test set; the script is written first."""
    script = folder / f"{case.id}-predict.py"
    script.write_text(predicting(case), "utf-8")
    device = [] if case.library == BAYES else ["-g", "-1", "--threads", "1"]
    return [*map(str, (script, run.output, run.data / "test.txt")), *device]


def table(text: str) -> list[list[str]]:
    return [line.split("\t") for line in text.splitlines()]


def run_scoring(cases: Sequence[Case], folder: Path, weights: str = "") -> None:
    """Train, score, compare; where a file of weights is named, also with spoiled runs."""
    runs = run_cases(cases, folder)
    queue = [command(case, runs[case.id], folder) for case in cases]
    scores = [Path(words[0]).with_suffix(".tsv") for words in queue]
    queue = [[*words, ">", str(path)] for words, path in zip(queue, scores, strict=True)]
    spoiled = spoil(weights, cases, runs, folder) if weights else {}
    script, _, *rest = queue[0][:-2]
    statuses = run_all(folder, [*queue, *([script, str(run), *rest] for run in spoiled)])
    assert statuses[: len(cases)] == [0] * len(cases)
    for case, path in zip(cases, scores, strict=True):
        expected = (runs[case.id].output / "test-y-hat.txt").read_text("utf-8")
        check_bits(case, table(path.read_text("utf-8")), table(expected))
    for status, sentence in zip(statuses[len(cases) :], spoiled.values(), strict=True):
        assert sentence in str(status) and str(status).startswith("2: " if sentence else "0")


def check_bits(case: Case, found: list[list[str]], expected: list[list[str]]) -> None:
    """The scores are those in test-y-hat.txt, digit for digit."""
    assert found[0] == ["id", *case.labels, "predicted"]
    count = len(case.labels)
    assert [row[1:-1] for row in found[1:]] == [row[count:] for row in expected[1:]], case.id
    assert [row[0] for row in found[1:]] == [str(n) for n in range(1, SIZES["test"] + 1)]
    for row in found[1:]:
        given = dict(zip(case.labels, map(float, row[1:-1]), strict=True))
        best = [max(given, key=given.__getitem__)]
        above = [label for label, value in given.items() if value > 0.5]
        assert row[-1] == "|".join(above if case.multi_label else best)


def spoil(
    weights: str, cases: Sequence[Case], runs: dict[str, Run], folder: Path
) -> dict[Path, str]:
    """Copies of the first run: damaged, missing, or another's weights or receipt; what is said."""
    own, other = (runs[case.id].output for case in cases[:2])
    said = {
        "cut": f"{weights}: not the weights of this model",
        "other": f"{weights}: not the weights of this model",
        "missing": f"{weights}: No such file",
        "wrong": "receipt.json: of another definition",
        "alike": "receipt.json: of this definition with other --semantics",
        "none": "",
    }
    for name in said:
        shutil.copytree(own, folder / name)
    data = (own / weights).read_bytes()
    (folder / "cut" / weights).write_bytes(data[: len(data) // 2])
    shutil.copy(other / weights, folder / "other" / weights)
    (folder / "missing" / weights).unlink()
    shutil.copy(other / "receipt.json", folder / "wrong" / "receipt.json")
    receipt = json.loads((own / "receipt.json").read_bytes()) | {"family": 64 * "0"}
    (folder / "alike" / "receipt.json").write_text(json.dumps(receipt))
    (folder / "none" / "receipt.json").unlink()
    return {folder / name: sentence for name, sentence in said.items()}


def few(library: str) -> list[Case]:
    return [CASES[path.stem] for path in SCRIPTS if CASES[path.stem].library == library]


def test_bits_of_a_bayes_classifier(tmp_path: Path):
    run_scoring(few(BAYES), tmp_path)


def test_bits_and_weights_of_pytorch(tmp_path: Path):
    run_scoring(few("PyTorch"), tmp_path, "saved_model.pth")


@pytest.mark.long
def test_bits_and_weights_of_keras(tmp_path: Path):
    first = few("TensorFlow")
    cases = [*first, CASES["tf-mc4-protein40-conv"]]
    run_scoring(cases, tmp_path, "saved_model.keras")


@pytest.mark.long
@pytest.mark.parametrize("library", LIBRARIES)
def test_bits_of_every_golden_case(library: str, tmp_path: Path):
    run_scoring([case for case in ALL_CASES if case.library == library], tmp_path)


# ---- input ----


@pytest.fixture(scope="module")
def reader() -> types.SimpleNamespace:
    """The functions that read, of the script of a model for 30 letters."""
    text = (GOLDEN / f"{MOTIFS.id}.py").read_text("utf-8")
    standard = text.partition("# ///\n\n")[2].partition("\n\ntry:")[0]
    names = {"torch": types.SimpleNamespace(Tensor=None)}
    definition, data = section(text, "Definition"), section(text, "Data")
    code = "\n".join(
        [standard, "import numpy as np", *definition.splitlines()[1:], *data.splitlines()[1:]]
    )
    exec(compile(code, "read", "exec"), names)
    return types.SimpleNamespace(**names)


def read(reader, path: Path, step: int | None = None) -> list[tuple]:
    return [(place, bytes(codes)) for place, codes in reader.read_examples(str(path), 30, step)]


PAIRS = examples(MOTIFS, 7, 0)
LETTERS = [sequence for sequence, _ in PAIRS]
NAMES = [f"s{number}" for number in range(7)]
NAMED = list(zip(NAMES, LETTERS, strict=True))


def fasta(width: int, end: str = "\n") -> str:
    rows = []
    for name, letters in NAMED:
        rows += [f">{name} some words", *(letters[n : n + width] for n in range(0, 30, width)), ""]
    return end.join(rows)


FORMS = {
    "fasta": (fasta(30), True),
    "wrapped": (fasta(7), True),
    "crlf": (fasta(11, "\r\n"), True),
    "data": ("x\ty\n" + "".join(f"{x}\t{y}\n" for x, y in PAIRS), False),
    "table": ("id\tsequence\n" + "".join(f"{n}\t{x}\n" for n, x in NAMED), True),
    "columns": ("y\tx\tid\n" + "".join(f"\t{x}\t{n}\n" for n, x in NAMED), True),
    "lines": ("\n".join(LETTERS), False),
    "blank": ("\n\r\n" + "\n\n".join(LETTERS) + "\n\n", False),
    "column": ("x\n" + "\n".join(LETTERS), False),
}
PACK = {"plain": bytes, "gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}


@pytest.mark.parametrize("pack", PACK)
@pytest.mark.parametrize("form", FORMS)
def test_forms_of_input(form: str, pack: str, reader, tmp_path: Path):
    text, named = FORMS[form]
    (tmp_path / "new").write_bytes(PACK[pack](text.encode()))
    names = NAMES if named else range(1, 8)
    codes = [bytes("ACGUN".index(c) for c in letters.upper()) for letters in LETTERS]
    assert read(reader, tmp_path / "new") == [((n,), c) for n, c in zip(names, codes, strict=True)]


GOOD = "A" * 30
BAD = {
    "empty": (b"", "no sequences"),
    "blank": (b"\n\n", "no sequences"),
    "header": (b"x\ty\n", "no sequences"),
    "short": (f">a\n{GOOD}\n>b\nACG\n".encode(), ":3: b: length 3, need 30; add N on both sides"),
    "long": (f"{GOOD}A\n".encode(), ":1: 1: length 31, need 30; --scan STEP"),
    "name-only": (f">a\n>b\n{GOOD}\n".encode(), ":1: a: length 0, need 30; add N"),
    "letter": (
        f"id\tx\nq\t{GOOD[:-1]}T\n".encode(),
        ":2: q: letter 30 is 'T', need one of ACGUN; write T as U",
    ),
    "binary": (b">a\n\xff" + b"A" * 29, ":1: a: letter 1 is '\\xff'"),
    "nul": (bytes(30), "letter 1 is '\\x00'"),
    "no-column": (f"a\tb\n1\t{GOOD}\n".encode(), ":1: needs tabs and a header"),
    "commas": (f"id,x\n1,{GOOD}\n".encode(), ":1: needs tabs and a header"),
    "cells": (f"id\tx\nq\t{GOOD}\t1\n".encode(), ":2: columns: 3, need 2"),
    "cut": (gzip.compress(GOOD.encode())[:-9], "ended before"),
    "crc": (gzip.compress(GOOD.encode())[:-8] + bytes(8), "CRC"),
    "xz": (b"\xfd7zXZ\0" + bytes(20), "Corrupt"),
    "bz2": (b"BZh9" + bytes(20), "Invalid"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input(name: str, reader, tmp_path: Path, capsys):
    data, sentence = BAD[name]
    (tmp_path / "new").write_bytes(data)
    with pytest.raises(SystemExit) as stopped:
        read(reader, tmp_path / "new")
    said = capsys.readouterr().err
    assert stopped.value.code == 2 and sentence in said, said
    assert said.startswith(str(tmp_path / "new")) and said.count("\n") == 1


@pytest.mark.parametrize("step", [1, 7, 30, 100])
def test_windows_are_those_cut_by_hand(step: int, reader, tmp_path: Path):
    long = "".join(LETTERS)[:97]
    (tmp_path / "long").write_text(f">chr1\n{long}\n>chr2\n{LETTERS[0]}\n")
    starts = [start for start in range(97) if start % step == 0 and start + 30 <= 97]
    windows = [long[start : start + 30] for start in starts]
    (tmp_path / "windows").write_text("\n".join([*windows, LETTERS[0]]))
    found = read(reader, tmp_path / "long", step)
    assert [place for place, _ in found] == [
        *(("chr1", start, start + 30) for start in starts),
        ("chr2", 0, 30),
    ]
    assert [codes for _, codes in found] == [
        codes for _, codes in read(reader, tmp_path / "windows")
    ]


def test_input_is_read_as_it_comes(reader, tmp_path: Path, monkeypatch):
    """A batch is there when its last sequence is, whatever follows."""
    lines = itertools.chain(itertools.repeat(f"{GOOD}\n".encode(), 32), [b"-\n"])
    stream = io.BufferedReader(io.BytesIO(b"".join(lines)))
    monkeypatch.setattr(sys, "stdin", types.SimpleNamespace(buffer=stream))
    found = reader.batches(reader.read_examples("-", 30, None))
    places, codes = next(found)
    assert len(places) == 32 and codes.shape == (32, 30)
    with pytest.raises(SystemExit):
        next(found)


# ---- the whole command, for a classifier that needs NumPy alone ----


@pytest.fixture(scope="module")
def bayes(tmp_path_factory) -> Path:
    """A folder with predict.py, and a receipt of its definition in run/."""
    folder = tmp_path_factory.mktemp("bayes")
    text = (GOLDEN / f"{BAYES_CASE.id}.py").read_text("utf-8")
    (folder / "predict.py").write_text(text, "utf-8")
    (folder / "run").mkdir()
    model = compile_definition(BAYES_CASE.folder / "model.xml").model
    receipt = {"family": family(model), "definition": model_sha256(BAYES_CASE), "versions": {}}
    (folder / "run" / "receipt.json").write_text(json.dumps(receipt))
    return folder


def model_sha256(case: Case) -> str:
    return hashlib.sha256((case.folder / "model.xml").read_bytes()).hexdigest()


def predict(folder: Path, *more: str, stdin: bytes = b"") -> subprocess.CompletedProcess:
    command = [*PYTHON, "predict.py", *more]
    return subprocess.run(command, cwd=folder, input=stdin, env=ENVIRONMENT, capture_output=True)


def test_standard_input_and_scan(bayes: Path):
    long = "".join(LETTERS)[:64].encode()
    scanned = predict(bayes, "run", "--scan", "17", "--length", "30", stdin=gzip.compress(long))
    assert (scanned.returncode, scanned.stderr) == (0, b"")
    header, *rows = table(scanned.stdout.decode())
    assert header == ["id", "start", "end", "c1", "c2", "predicted"]
    assert [row[:3] for row in rows] == [["1", str(n), str(n + 30)] for n in (0, 17, 34)]
    cut = b"\n".join(long[n : n + 30] for n in (0, 17, 34))
    done = predict(bayes, "run", "-", stdin=cut)
    assert [row[1:] for row in table(done.stdout.decode())[1:]] == [row[3:] for row in rows]


@pytest.mark.parametrize(
    ("arguments", "stdin", "sentence"),
    [
        (["run", "none.fa"], b"", "none.fa: No such file"),
        (["run", "run"], b"", "run: Is a directory"),
        (["run"], b"ACG\n", "-: 3 letters; an element has 4"),
        (["run"], b"ACGUACGU\nACG", "-:2: 2: length 3, need 8"),
        (["run", "--scan", "0"], b"", "--scan takes a number of at least 1"),
        (["run", "--scan", "2"], b"", "--scan needs --length"),
        (["other"], b"ACGU", "receipt.json: of another definition"),
        (["none"], b"", "none: not a folder; the folder that train.py has written comes first"),
        (["new.fa", "run"], b"", "new.fa: not a folder; the folder that train.py has written"),
        ([], b"", "model_dir"),
    ],
)
def test_what_ends_with_2(arguments: list[str], stdin: bytes, sentence: str, bayes: Path):
    other = bayes / "other"
    other.mkdir(exist_ok=True)
    receipt = {"family": 64 * "0", "definition": 64 * "0", "versions": {}}
    (other / "receipt.json").write_text(json.dumps(receipt))
    (bayes / "new.fa").write_text(">a\nACGU\n")
    done = predict(bayes, *arguments, stdin=stdin)
    assert done.returncode == 2 and sentence in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_rows_before_a_refusal_are_counted(bayes: Path):
    """All batches of 100 before it: they were scored before it was read."""
    sequences = [*[LETTERS[0]] * 250, "ACG"]
    done = predict(bayes, "run", stdin="\n".join(sequences).encode())
    refusal, count = done.stderr.decode().splitlines()
    assert done.returncode == 2 and refusal.startswith("-:251: 251: length 3, need 30")
    assert count == "stopped after 200 rows of output"
    assert done.stdout.count(b"\n") == 1 + 200


@pytest.mark.parametrize("receipt", [None, b"{", b"[]", b"{}", b"\xff"])
def test_a_receipt_that_tells_nothing_is_said(receipt: bytes | None, bayes: Path, tmp_path: Path):
    if receipt is not None:
        (tmp_path / "receipt.json").write_bytes(receipt)
    done = predict(bayes, str(tmp_path), stdin=LETTERS[0].encode())
    assert done.returncode == 0 and done.stdout.count(b"\n") == 2
    reason = "missing" if receipt is None else "unreadable"
    said = f"warning: {tmp_path / 'receipt.json'}: {reason}, so the definition cannot be compared\n"
    assert done.stderr.decode() == said


def strings(text: str, *names: str) -> list[str]:
    """The values of names that a script gives as strings of one line."""
    return [re.findall(rf'^    {name} = "(.+)"$', text, re.MULTILINE)[0] for name in names]


@pytest.mark.parametrize(("library", "other"), [FRAMEWORKS, FRAMEWORKS[::-1]])
def test_a_run_of_another_library(library: str, other: str, tmp_path: Path, capsys):
    """The receipt of a training script of the same definition, compiled for the other library."""
    model = MOTIFS.folder / "model.xml"
    trained = compile_definition(model, options=Options(library=other)).script
    definition, family = strings(trained, "definition", "family")
    path = tmp_path / "receipt.json"
    receipt = {"definition": definition, "family": family, "versions": {other: "1.0"}}
    path.write_text(json.dumps(receipt))
    with pytest.raises(SystemExit) as stopped:
        check_receipt(predicting(MOTIFS, library=library))(path)
    remedy = f"compile its definition with --emit predict --library {other}"
    assert stopped.value.code == 2
    assert capsys.readouterr().err == f"{path}: of a run in {other}; {remedy}\n"
    check_receipt(predicting(MOTIFS, library=other))(path)
    assert capsys.readouterr().err == ""


def check_receipt(text: str) -> Callable[[Path], None]:
    """That function of a script, which needs no framework."""
    wanted = {"refuse", "check_receipt"}
    body = [node for node in ast.parse(text).body if getattr(node, "name", "") in wanted]
    names = {"json": json, "sys": sys, "Path": Path, "NoReturn": None}
    exec(compile(ast.Module(body, []), "check", "exec"), names)
    return names["check_receipt"]


@pytest.mark.parametrize("library", FRAMEWORKS)
def test_a_run_that_has_not_finished_is_said(library: str, tmp_path: Path, capsys):
    (tmp_path / "checkpoint").touch()
    check_receipt(predicting(MOTIFS, library=library))(tmp_path / "receipt.json")
    unfinished, missing = capsys.readouterr().err.splitlines()
    said = "the run has not finished; its weights are of the best epoch so far"
    assert unfinished == f"warning: {tmp_path}: {said}"
    assert missing.endswith("receipt.json: missing, so the definition cannot be compared")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no os.openpty")
def test_a_terminal_is_told_what_is_awaited(bayes: Path):
    master, terminal = os.openpty()
    os.write(master, LETTERS[0].encode() + b"\n\x04")  # a line, Ctrl-D
    command = [*PYTHON, "predict.py", "run"]
    done = subprocess.run(command, cwd=bayes, stdin=terminal, env=ENVIRONMENT, capture_output=True)
    os.close(master)
    os.close(terminal)
    assert done.returncode == 0 and done.stdout.count(b"\n") == 2
    assert done.stderr == b"reading the terminal, up to the end of input\n"


@pytest.mark.parametrize(
    ("sequence", "said"),
    [
        (40 * "M", ""),
        ("m" + 39 * "M", "letter 1 is 'm'"),
        (39 * "M" + "X", "letter 40 is 'X'"),
        (39 * "M", "length 39, need 40; leave it out"),
    ],
)
def test_proteins_that_cannot_be_scored(sequence: str, said: str, tmp_path: Path):
    """They have neither lower case nor a letter for any residue."""
    (tmp_path / "predict.py").write_text(predicting(CASES["boc-ml2-protein40-kmers"]), "utf-8")
    done = predict(tmp_path, ".", "--length", "40", stdin=sequence.encode())
    assert done.returncode == (2 if said else 0) and said in done.stderr.decode()
    if "letter" in said:
        remedy = "write lower case as upper case, and leave out sequences with other letters"
        assert f"need one of ARNDCEQGHILKMFPSTWYV; {remedy}\n" in done.stderr.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="the command is for a POSIX shell")
def test_a_reader_that_leaves(bayes: Path):
    command = f"{sys.executable} predict.py run | head -1"
    data = "\n".join(LETTERS * 5000).encode()
    done = subprocess.run(command, shell=True, cwd=bayes, input=data, capture_output=True)
    assert done.stdout == b"id\tc1\tc2\tpredicted\n" and b"Traceback" not in done.stderr


# ---- docs/predict.md ----


def test_new_sequences_are_prepared_as_seqgra_data_prepares(tmp_path: Path):
    """The program on the page against --length, --pad and --ambiguous, for lengths around 120."""
    (program,) = blocks((ACCEPT.parent.parent / "docs" / "predict.md").read_text("utf-8"), "python")
    (tmp_path / "prepare.py").write_text(program, "utf-8")
    source = random.Random(5)
    records = [
        (f"r{length}", "".join(source.choices("ACGTNacgtRYSWKMBDHVry", k=length)))
        for length in (19, 20, 83, 84, 118, 119, 120, 121, 122, 150, 151, 300)
    ]
    lines = [f">{name} more\n{x[:70]}\n{x[70:]}\n" for name, x in records]
    for name, part in (("a", lines[::2]), ("b", lines[1::2])):
        (tmp_path / f"{name}.fa").write_text("".join(part))
    (tmp_path / "new.fa.gz").write_bytes(gzip.compress("".join(lines).encode()))
    options = "--length 120 --pad N --ambiguous N --split 0.5 0.25 0.25".split()
    made = run_data("fasta", "a=a.fa", "b=b.fa", "-o", "data", *options, folder=tmp_path)
    assert made.exit_code == 0, made.stderr.decode()
    files = [tmp_path / "data" / f"{name}.txt" for name in ("training", "validation", "test")]
    rows = [row for path in files for row in table(path.read_text("utf-8"))[1:]]
    command = [sys.executable, "prepare.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    prepared = done.stdout.split()
    assert prepared[::2] == [f">{name}" for name, _ in records]
    assert sorted(prepared[1::2]) == sorted(sequence for sequence, _ in rows)
    of = dict(zip(prepared[1::2], prepared[::2], strict=True))
    assert {of[x]: y for x, y in rows} == {f">{n}": "ab"[i % 2] for i, (n, _) in enumerate(records)}
