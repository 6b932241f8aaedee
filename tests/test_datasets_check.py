"""`seqgra-data check`: every fault of a data folder, what is dangerous, and the page of plots.

A case of golden/check is a folder `<code>-<slug>` with a model.xml, data/ and stderr.txt.
"""

from __future__ import annotations

import json
import random
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import bad_data
import pytest
from cases import ALL_CASES, Case, text
from run_command import run_data
from sequence_files import letters, random_fasta

from seqgra_compile.messages.codes import CODES

ROOT = Path(__file__).resolve().parent.parent
CHECK = ROOT / "golden" / "check"
DATA_DEFINITION = ROOT / "examples" / "motifs-grammar.xml"
GOLDEN = sorted(path for path in CHECK.iterdir() if path.is_dir())
FIRST = re.compile(r"(?m)^(\S+?):(\d+):(\d+): (error|warning|note)\[(SG\d{3})\]: ")


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case.name)
def test_golden_case(case: Path) -> None:
    expected = (case / "stderr.txt").read_text("utf-8")
    result = run_data("check", "model.xml", "data", folder=case)
    assert result.stderr.decode() == expected
    found = FIRST.findall(expected)
    assert case.name.partition("-")[0] in {code for *_, code in found}
    assert result.exit_code == ("error" in {severity for *_, severity, _ in found})


def test_every_code_of_data_has_a_case() -> None:
    shown = {case.name.partition("-")[0] for case in GOLDEN}
    assert shown == {code for code in CODES if code.startswith("SG8")}


# ---- as scripts do ----

BY_ID = {case.id: case for case in ALL_CASES}
DNA, LABELS, PROTEIN = (
    BY_ID[name]
    for name in (
        "torch-mc3-dna60-conv-bn-do",
        "torch-ml3-rna24-lstm-steps",
        "torch-mc4-protein40-conv",
    )
)
BAYES = BY_ID["boc-mc4-dna60-positions-pairs"]
ROWS = [
    *((DNA, bad) for bad in bad_data.TAKEN),
    *((DNA, bad) for bad in bad_data.TAKEN_NUCLEOTIDES),
    *((DNA, bad) for bad in bad_data.TAKEN_ONE_LABEL),
    *((LABELS, bad) for bad in bad_data.TAKEN_LABELS),
    *((DNA, bad) for bad in bad_data.refused(DNA.length)),
    *((DNA, bad) for bad in (*bad_data.REFUSED_DNA, *bad_data.REFUSED_CLASSES)),
    *((LABELS, bad) for bad in bad_data.REFUSED_LABELS),
    *((PROTEIN, bad) for bad in bad_data.REFUSED_PROTEIN),
    *((BAYES, bad) for bad in (*bad_data.TAKEN, *bad_data.REFUSED_DNA)),
]


@pytest.mark.parametrize(
    ("case", "bad"), ROWS, ids=lambda each: getattr(each, "name", "") or each.id
)
def test_what_scripts_take_and_refuse(case: Case, bad: bad_data.Bad, tmp_path: Path) -> None:
    """The same files are refused as by scripts, at the same line."""
    clean = text(bad_data.clean(case))
    name = "test" if case.library.startswith("Bayes") else "training"
    for each in ("training", "validation", "test"):
        (tmp_path / f"{each}.txt").write_bytes(clean)
    (tmp_path / f"{name}.txt").write_bytes(bad.make(bad_data.clean(case)))
    result = run_data("check", case.folder / "model.xml", tmp_path)
    said = result.stderr.decode()
    errors = [
        (Path(path).name, int(line))
        for path, line, _, kind, _ in FIRST.findall(said)
        if kind == "error"
    ]
    if bad.says is None:
        assert (result.exit_code, errors) == (0, []), said
    else:
        assert result.exit_code == 1
        line = re.match(r"(\d+): ", bad.says)
        assert errors[0] == (f"{name}.txt", int(line[1]) if line else 1), said
        assert "  help: " in said
        assert len(said) < 20_000


@pytest.mark.parametrize(("count", "warned"), [(19, False), (20, True)])
def test_ten_times_as_many_examples_are_an_imbalance(
    count: int, warned: bool, tmp_path: Path
) -> None:
    source = random.Random(1)
    labels = [*(DNA.labels[0],) * count, *(DNA.labels[1:] * 2)]
    for name in ("training", "validation", "test"):
        rows = [(letters(source, DNA.length), label) for label in labels]
        (tmp_path / f"{name}.txt").write_bytes(text(rows))
    result = run_data("check", DNA.folder / "model.xml", tmp_path)
    assert result.exit_code == 0
    assert (b"[SG812]" in result.stderr) == warned


def test_labels_that_are_joined_by_a_comma(tmp_path: Path) -> None:
    first, second, *_ = DNA.labels
    rows = [*bad_data.clean(DNA), ("A" * DNA.length, f"{first}, {second}")]
    for name in ("training", "validation", "test"):
        (tmp_path / f"{name}.txt").write_bytes(text(rows))
    result = run_data("check", DNA.folder / "model.xml", tmp_path)
    assert result.exit_code == 1
    assert b"help: are these several labels? join them by |, not by ',', and write" in result.stderr


def test_missing_files_and_folders(tmp_path: Path) -> None:
    model = DNA.folder / "model.xml"
    result = run_data("check", model, tmp_path / "none")
    assert (result.exit_code, result.stdout) == (2, b"")
    assert b"there is no such folder" in result.stderr
    result = run_data("check", tmp_path / "none.xml", tmp_path)
    assert result.exit_code == 2
    result = run_data("check", tmp_path, model)
    assert result.exit_code == 2
    assert f"first, then the folder: seqgra-data check {model} {tmp_path}" in result.stderr.decode()
    result = run_data("check", DATA_DEFINITION, tmp_path)
    assert result.exit_code == 2
    assert b"this is a data definition" in result.stderr
    result = run_data("check", model, tmp_path)
    assert result.exit_code == 1
    assert result.stderr.count(b"error[SG801]") == 2 and result.stderr.count(b"note[SG801]") == 1


# ---- formats ----


def _folder(folder: Path) -> Path:
    """Two faults in training.txt, at lines 8 and 9, and a label that validation.txt lacks."""
    (folder / "data").mkdir()
    pairs = bad_data.clean(DNA)
    length, label = DNA.length, pairs[0][1]
    more = f"{'A' * (length + 1)}\t{label}\n{'A' * length}\t\u00e9{label}\n"
    (folder / "data" / "training.txt").write_bytes(text(pairs) + more.encode())
    (folder / "data" / "validation.txt").write_bytes(
        text([pair for pair in pairs if pair[1] == label])
    )
    (folder / "data" / "test.txt").write_bytes(text(pairs))
    return folder


def _said(folder: Path, format: str) -> str:
    command = ("check", DNA.folder / "model.xml", "data", "--message-format", format)
    result = run_data(*command, folder=_folder(folder))
    assert result.exit_code == 1
    return result.stderr.decode()


def test_json(tmp_path: Path) -> None:
    rows = [json.loads(line) for line in _said(tmp_path, "json").splitlines()]
    by_code = {row["code"]: row for row in rows}
    data = (tmp_path / "data" / "training.txt").read_bytes().splitlines(keepends=True)
    length, label = by_code["SG804"], by_code["SG806"]
    assert length["start"] == {"line": 8, "column": 1, "byte": sum(map(len, data[:7]))}
    assert length["end"]["column"] == DNA.length + 2
    assert length["file"] == "data/training.txt"
    start = sum(map(len, data[:8])) + DNA.length + 1
    assert label["start"] == {"line": 9, "column": DNA.length + 2, "byte": start}
    assert label["end"]["byte"] == start + len(data[8].rstrip()) - DNA.length - 1
    assert by_code["SG811"]["severity"] == "warning"


def test_sarif_and_github(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    log = json.loads(_said(tmp_path / "one", "sarif"))
    run = log["runs"][0]
    found = {each["ruleId"]: each["locations"][0]["physicalLocation"] for each in run["results"]}
    assert found["SG804"]["region"]["startLine"] == 8
    artifacts = {each["location"]["uri"]: each for each in run["artifacts"]}
    size = (tmp_path / "one" / "data" / "training.txt").stat().st_size
    assert artifacts["data/training.txt"]["length"] == size
    (tmp_path / "two").mkdir()
    said = _said(tmp_path / "two", "github")
    assert "::error file=data/training.txt,line=8,col=1," in said
    assert "::warning file=data/validation.txt,line=1" in said


def test_wrong_usage_in_the_format_that_was_asked_for(tmp_path: Path) -> None:
    result = run_data("check", "model.xml", "--message-format", "json", folder=tmp_path)
    assert result.exit_code == 2
    assert "Missing argument" in json.loads(result.stderr)["message"]
    (tmp_path / "my model.xml").touch()
    result = run_data("check", "my", "model.xml", "data", folder=tmp_path)
    assert result.exit_code == 2 and b"in quotes: 'my model.xml'" in result.stderr


# ---- plots ----


def test_the_page(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    random_fasta(tmp_path / "a.fa", 60, 40, 1, gc=0.6)
    random_fasta(tmp_path / "b.fa", 60, 40, 2, gc=0.4)
    command = ("fasta", "c<1>=a.fa", "c2=b.fa", "-o", "data", "--split", 0.8, 0.1, 0.1)
    result = run_data(*command, "--write-definition", "model.xml", folder=tmp_path)
    assert result.exit_code == 0
    pages = []
    for name in ("one.html", "two.html"):
        result = run_data("check", "model.xml", "data", "--plot", name, folder=tmp_path)
        assert result.exit_code == 0, result.stderr.decode()
        pages.append((tmp_path / name).read_text("utf-8"))
    assert pages[0] == pages[1]
    figures = re.findall(r"<svg.*?</svg>", pages[0], re.DOTALL)
    assert len(figures) == 3
    words = ["".join(ET.fromstring(figure).itertext()) for figure in figures]
    assert "c<1>" in words[0] and "training" in words[0]
    assert "GC content" in words[1] and "position" in words[2]
    assert "<script" not in pages[0] and "c<1>" not in pages[0]
