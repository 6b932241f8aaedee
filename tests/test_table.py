"""Tables of runs: rows, columns, five forms; and `compare` on folders."""

from __future__ import annotations

import csv
import json
import math
import re
from pathlib import Path

import pytest
from lxml import etree
from made_runs import make_run, receipt
from run_command import run_audit

SHIFTS = (0.0, 0.01, -0.02)


def family(rate: float, seed: int, shift: float, **settings: object) -> dict:
    found = receipt(seed, shift, LEARNING_RATE=rate, **settings)
    found["family"] = f"{rate}"
    return found


@pytest.fixture
def runs(tmp_path: Path) -> list[Path]:
    """Two learning rates, three seeds each."""
    return [
        make_run(tmp_path / f"{rate}-{seed}", family(rate, seed, shift))
        for rate in (0.1, 0.01)
        for seed, shift in enumerate(SHIFTS)
    ]


def rows(text: bytes | str, separator: str = "\t") -> list[dict[str, str]]:
    text = text.decode() if isinstance(text, bytes) else text
    return list(csv.DictReader(text.splitlines(), delimiter=separator))


def test_a_row_for_each_definition(runs: list[Path]):
    result = run_audit("table", *runs)
    assert (result.exit_code, result.stderr) == (0, b"")
    found = rows(result.stdout)
    assert [row["LEARNING_RATE"] for row in found] == ["0.1", "0.01"]
    values = [0.75 + shift for shift in SHIFTS]
    mean = sum(values) / 3
    sd = math.sqrt(sum((value - mean) ** 2 for value in values) / 2)
    for row in found:
        assert (row["model"], row["n"], row["seconds mean"]) == ("motifs", "3", "12.5")
        assert math.isclose(float(row["test.accuracy mean"]), mean, rel_tol=1e-12)
        assert math.isclose(float(row["test.accuracy sd"]), sd, rel_tol=1e-12)
    assert not {"BATCH_SIZE", "SEED", "data", "library"} & found[0].keys()  # all are the same


def test_definitions_of_one_id_are_told_apart(runs: list[Path], tmp_path: Path):
    """Settings may not: receipts do not have the layers."""
    found = rows(run_audit("table", *runs).stdout)
    assert [row["family"] for row in found] == ["0.1", "0.01"]
    assert "family" not in rows(run_audit("table", *runs[:3]).stdout)[0]
    other = family(0.2, 1, 0.0, MODEL_ID="other")
    named = make_run(tmp_path / "named", {**other, "family": 64 * "f"})
    assert "family" not in rows(run_audit("table", runs[0], named).stdout)[0]
    (row,) = rows(run_audit("table", named, "--columns", "family").stdout)
    assert row == {"family": 8 * "f"}


def test_one_row_over_the_seeds_of_data(tmp_path: Path):
    """Two sizes, three data sets of each."""
    folders = []
    for size in (100, 200):
        for seed, shift in enumerate(SHIFTS):
            found = family(0.1, seed, shift)
            for name, part in found["data"].items():
                part["sha256"] = f"{size}{seed}{name}".ljust(64, "0")
            found["data"]["training"]["examples"] = size
            folders.append(make_run(tmp_path / f"{size}-{seed}", found))
    apart = rows(run_audit("table", *folders).stdout)
    assert [row["n"] for row in apart] == ["1"] * 6
    result = run_audit("table", *folders, "--by", "data.training.examples")
    assert (result.exit_code, result.stderr) == (0, b"")
    together = rows(result.stdout)
    assert [(row["data.training.examples"], row["n"]) for row in together] == [
        ("100", "3"),
        ("200", "3"),
    ]
    page = tmp_path / "page.html"
    assert run_audit("table", *folders, "--by", "data.training.examples", "-o", page).exit_code == 0
    pictures = re.findall(r"<svg.*?</svg>", page.read_text("utf-8"), re.DOTALL)
    curve = [row["test.accuracy mean"] for row in together]
    told = "motifs: " + ", ".join(
        f"{float(mean):.4g} at {size}" for mean, size in zip(curve, (100, 200), strict=True)
    )
    assert len(pictures) == 2 and told in pictures[0]
    assert pictures[0].count("<use") >= len(folders)  # a circle for each
    etree.fromstring(pictures[0])
    by = ("--by", "data.training.examples", "-o", page)
    few = ("--columns", "data.training.examples,test.accuracy")
    for words, count in ((few, 1), (("--per", "run"), 0)):
        assert run_audit("table", *folders, *words, *by).exit_code == 0
        assert page.read_text("utf-8").count("<svg") == count
    result = run_audit("table", *folders, "--by", "size")
    assert result.exit_code == 2 and b"no run has 'size'" in result.stderr


def test_the_models_of_a_sweep_have_one_name(tmp_path: Path):
    made = [family(0.1, seed, 0.0, MODEL_ID=f"ours-s{seed}") for seed in (1, 2)]
    folders = [make_run(tmp_path / str(n), found) for n, found in enumerate(made)]
    (row,) = rows(run_audit("table", *folders).stdout)
    assert (row["model"], row["n"]) == ("ours", "2")
    assert [row["model"] for row in rows(run_audit("table", *folders, "--per", "run").stdout)] == [
        "ours-s1",
        "ours-s2",
    ]


def test_hashes_are_short_where_people_read(runs: list[Path], tmp_path: Path):
    words = ("--per", "run", "--columns", "folder,data.test.sha256")
    (whole,) = {row["data.test.sha256"] for row in rows(run_audit("table", *runs, *words).stdout)}
    page = tmp_path / "page.html"
    assert run_audit("table", *runs, *words, "-o", page).exit_code == 0
    text = page.read_text("utf-8")
    assert len(whole) == 64 and whole not in text and text.count(f">{whole[:8]}<") == len(runs)


def test_a_row_for_each_run(runs: list[Path]):
    names = ["folder", "SEED", "test.loss", "test.AUROC.bound", "versions.PyTorch"]
    result = run_audit("table", *runs, "--per", "run", "--columns", ",".join(names))
    found = rows(result.stdout)
    assert list(found[0]) == names
    assert [row["folder"] for row in found] == list(map(str, runs))
    assert [row["SEED"] for row in found] == ["0", "1", "2"] * 2
    assert [float(row["test.loss"]) for row in found] == [0.5 + shift for shift in SHIFTS] * 2
    assert {row["test.AUROC.bound"] for row in found} == {"0.75"}


def test_runs_on_other_data_are_not_averaged(tmp_path: Path):
    one, other = family(0.1, 1, 0.0), family(0.1, 2, 0.1)
    other["data"]["training"]["sha256"] = 64 * "e"
    folders = [make_run(tmp_path / "one", one), make_run(tmp_path / "other", other)]
    found = rows(run_audit("table", *folders).stdout)
    assert [row["n"] for row in found] == ["1", "1"]
    assert len({row["data"] for row in found}) == 2
    assert [row["test.accuracy sd"] for row in found] == ["", ""]


def test_without_a_family_only_the_same_file_is_one_definition(tmp_path: Path):
    made = [receipt(1), receipt(1, 0.1), receipt(2, 0.2)]
    folders = [make_run(tmp_path / str(n), found) for n, found in enumerate(made)]
    found = rows(run_audit("table", *folders).stdout)
    assert [row["n"] for row in found] == ["2", "1"]


def test_what_some_runs_lack_has_no_mean(tmp_path: Path):
    one, other = family(0.1, 1, 0.0), family(0.1, 2, 0.0)
    del other["test"]["AUROC"]["bound"]
    folders = [make_run(tmp_path / "one", one), make_run(tmp_path / "other", other)]
    columns = "test.AUROC.bound,test.AUROC.unbound"
    (row,) = rows(run_audit("table", *folders, "--columns", columns).stdout)
    assert row == {
        "test.AUROC.bound": "",
        "test.AUROC.unbound mean": "0.75",
        "test.AUROC.unbound sd": "0.0",
    }


ODD = r"a|b\c_d & 50% <b>#{~^$}" + '"\t'


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    return make_run(tmp_path / "odd", family(0.1, 1, 0.0, MODEL_ID=ODD))


@pytest.mark.parametrize("form", ["tsv", "csv", "md", "tex", "html"])
def test_forms(form: str, runs: list[Path], odd: Path, tmp_path: Path):
    file = tmp_path / f"table.{form}"
    result = run_audit("table", *runs, odd, "-o", file, "--columns", "model,n,test.accuracy")
    assert (result.exit_code, result.stdout, result.stderr) == (0, b"", b"")
    text = file.read_text("utf-8")
    names = "motifs, " + ODD.replace("\t", r"\x09")
    if form in ("tsv", "csv"):
        plain = {"quoting": csv.QUOTE_NONE} if form == "tsv" else {}
        separator = "\t" if form == "tsv" else ","
        found = list(csv.reader(text.splitlines(), delimiter=separator, **plain))
        assert found[0] == ["model", "n", "test.accuracy mean", "test.accuracy sd"]
        assert [row[:2] for row in found[1:]] == [[names, "4"], ["motifs", "3"]]
    elif form == "md":
        header, rule, *body = text.splitlines()
        assert (header, rule) == ("| model | n | test.accuracy |", "| :-- | --: | --: |")
        assert all(len(re.findall(r"(?<!\\)\|", line)) == 4 for line in body)
        assert body[1] == "| motifs | 3 | 0.747 ± 0.015 |"
    elif form == "tex":
        assert r"motifs & 3 & $0.747 \pm 0.015$ \\" in text.splitlines()
        assert (
            r"a|b\textbackslash{}c\_d \& 50\% <b>\#\{\textasciitilde{}\textasciicircum{}\$\}"
            in text
        )
    else:
        body = etree.HTML(text)
        cells = [[each.text for each in row] for row in body.iterfind(".//tr")]
        assert cells[0] == ["model", "n", "test.accuracy"]
        assert cells[1][0] == names and cells[2] == ["motifs", "3", "0.747 ± 0.015"]
        assert "src=" not in text and "href=" not in text


def damaged(folder: Path) -> Path:
    (folder / "metrics.json").unlink()
    return folder


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["0.1-0", "none"], "none: No such file"),
        (["0.1-0", "0.1-0/receipt.json"], "it is given twice"),
        (["0.1-0", "labels"], "its labels are not those of 0.1-0"),
        (["0.1-0", "task"], "its task is multi-label classification"),
        (["0.1-0", "half"], "so the run is incomplete"),
        (["0.1-0", "--columns", "test.acuracy"], "did you mean 'test.accuracy'?"),
        (["0.1-0", "--columns", "test"], "no run has 'test'"),
        (["0.1-0", "-o", "table.pdf"], "must end with .tsv, .csv, .md, .tex, .html"),
        (["0.1-0", "-o", "none/0.1-0/table.tsv"], "Not a directory"),
        ([], "Missing argument"),
    ],
)
def test_refusals(arguments: list[str], sentence: str, runs: list[Path], tmp_path: Path):
    other = receipt(LABELS=("a", "b"))
    for part in other["data"].values():
        part["labels"] = {"a": 2, "b": 2}
    make_run(tmp_path / "labels", other)
    several = receipt()
    several["data"]["training"]["labels"]["bound"] = 4
    make_run(tmp_path / "task", several)
    damaged(make_run(tmp_path / "half"))
    (tmp_path / "none").write_text("") if "none" not in arguments else None
    result = run_audit("table", *arguments, folder=tmp_path)
    assert (result.exit_code, result.stdout) == (2, b"")
    assert sentence in result.stderr.decode()


def test_compare_takes_folders(runs: list[Path], tmp_path: Path):
    one, other = runs[:2]
    by_folder, by_receipt = (
        run_audit("compare", *(each / name for each in (one, other)))
        for name in ("", "receipt.json")
    )
    assert by_folder == by_receipt and by_folder.exit_code == 1
    assert b"first setting that differs: SEED: 0 and 1" in by_folder.stdout
    assert run_audit("compare", one, one / "receipt.json").exit_code == 0
    found = json.loads((other / "receipt.json").read_text())
    found["test"]["accuracy"] = 0.75
    (other / "receipt.json").write_text(json.dumps(found))
    result = run_audit("compare", one, other)
    assert (result.exit_code, result.stdout) == (2, b"")
    assert b"differs from receipt.json in 'test': one of the two was changed" in result.stderr
