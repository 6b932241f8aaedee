"""`seqgra-sweep`: what it writes, what it refuses, and what its workflow and commands run."""

from __future__ import annotations

import csv
import difflib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree
from made_runs import receipt
from run_command import Result, run, run_audit, run_sweep

from seqgra_compile.sweep.grid import pairs, read_seeds, read_sizes
from seqgra_compile.sweep.variants import scaled

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
MODEL, DATA = EXAMPLES / "motifs.xml", EXAMPLES / "motifs-grammar.xml"
SIMULATED = ("--simulate", DATA, "--sizes", "300", "600", "--data-seeds", "1-3")
SETS = ("training", "validation", "test")


def sweep(folder: Path, *words: object, status: int = 0, models=(MODEL,)) -> Result:
    result = run_sweep(*models, *words, "-o", "sweep", folder=folder)
    assert result.exit_code == status, result.stderr.decode()
    return result


def rows(folder: Path, name: str = "runs.tsv") -> list[dict[str, str]]:
    with (folder / "sweep" / name).open(newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def bytes_of(folder: Path) -> dict[str, bytes]:
    """All files of the sweep but those that grow with its runs."""
    growing = ("runs.tsv", "commands.sh", "Snakefile", "README.md")
    lie = folder / "sweep"
    files = {path.relative_to(lie).as_posix(): path for path in lie.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if name not in growing}


def samples(definition: bytes) -> dict[str, list[int]]:
    """The samples of each set, as lxml alone reads them."""
    root = etree.fromstring(definition)
    return {
        each.get("name"): [int(example.get("samples")) for example in each]
        for each in root.iter("set")
    }


# ---- what is written ----


def test_every_definition_is_the_users_but_for_id_seed_and_samples(tmp_path):
    sweep(tmp_path, "--seeds", "1-3", *SIMULATED)
    lie = tmp_path / "sweep" / "definitions"
    assert (lie / DATA.name).read_bytes() == DATA.read_bytes()
    for path in lie.glob("motifs*.xml"):
        if path.stem.endswith("bayes"):
            continue
        original = DATA if path.stem.startswith("motifs-grammar") else MODEL
        before, after = (each.read_text("utf-8").splitlines() for each in (original, path))
        assert len(before) == len(after)
        for old, new in zip(before, after, strict=True):
            if old == new:
                continue
            assert any(mark in old for mark in ("<general id=", "<seed>", "<example samples="))
        root = etree.fromstring(path.read_bytes())
        assert root.find("general").get("id") == path.stem
        if path.stem.endswith("-test"):
            assert samples(path.read_bytes()) == {
                "training": [1] * 3, "validation": [1] * 3, "test": [333] * 3
            }  # fmt: skip
        elif original is DATA and path != lie / DATA.name:
            *_, size, seed = path.stem.split("-")
            found = samples(path.read_bytes())
            assert sum(found["training"]) == int(size)
            assert sum(found["validation"]) == round(501 * int(size) / 3999)
            assert root.findtext("general/seed") == seed.removeprefix("s")


@pytest.mark.parametrize(
    "change",
    [
        lambda text: b"\xff\xfe" + text.replace("UTF-8", "UTF-16").encode("utf-16-le"),
        lambda text: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(),
        lambda text: text.replace(
            "<seed>1</seed>", "<seed>\n <!-- a -->1<!-- b --></seed>"
        ).encode(),
        lambda text: text.replace("<seed>1</seed>", "<seed><![CDATA[1]]></seed>").encode(),
        lambda text: text.replace("<seed>1</seed>", "<seed>&#49;</seed>").encode(),
        lambda text: text.replace('id="motifs"', "id = 'motifs'").encode(),
        lambda text: (
            text.replace("motif scanner", "motif <seed> é".replace("<", "&lt;"))
            .replace("UTF-8", "ISO-8859-1")
            .encode("latin-1")
        ),
    ],
    ids=["utf-16", "crlf", "comments", "cdata", "reference", "apostrophes", "latin-1"],
)
def test_a_definition_in_another_form_keeps_it(change, tmp_path):
    model = tmp_path / "model.xml"
    model.write_bytes(change(MODEL.read_text("utf-8")))
    sweep(tmp_path, "--seeds", "27", *SIMULATED, models=[model])
    found = (tmp_path / "sweep" / "definitions" / "motifs-s27.xml").read_bytes()
    root = etree.fromstring(found)
    assert root.find("general").get("id") == "motifs-s27"
    assert "".join(root.find("general/seed").itertext(etree.Element)).strip() == "27" or (
        root.findtext("general/seed").strip() == "27"
    )
    before, after = model.read_bytes(), found
    for block in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        kind, start, end, *_ = block
        if kind != "equal":
            assert len(before[start:end]) <= len(b"<!-- a -->&#49;<!-- b -->")


def test_scripts_are_those_of_the_definitions(tmp_path):
    """As the compiler and the auditor see them."""
    sweep(tmp_path, "--seeds", "2", *SIMULATED)
    lie = tmp_path / "sweep"
    kinds = {"motifs-s2": "train", "motifs-grammar-300-s2": "simulate", "motifs-grammar-test": "simulate",
             "motifs-grammar-bayes": "bayes"}  # fmt: skip
    for name, kind in kinds.items():
        definition, script = lie / f"definitions/{name}.xml", lie / f"scripts/{kind}/{name}.py"
        assert run(definition).stdout == script.read_bytes()
        assert run_audit("verify", definition, script).exit_code == 0


def test_all_pairs_and_paired_seeds(tmp_path):
    sweep(tmp_path, "--seeds", "1-3", *SIMULATED)
    trained = [row for row in rows(tmp_path) if row["model_seed"]]
    assert {(row["model_seed"], row["data_seed"]) for row in trained} == {
        ("1", "1"), ("2", "2"), ("3", "3")
    }  # fmt: skip
    assert len(trained) == 3 * 2
    sweep(tmp_path, "--seeds", "1-3", *SIMULATED, "--grid")
    trained = [row for row in rows(tmp_path) if row["model_seed"]]
    assert len(trained) == len({tuple(row.values()) for row in trained}) == 3 * 3 * 2
    assert {row["test_data"] for row in rows(tmp_path)} == {"motifs-grammar-test"}


def test_seeds_and_sizes():
    assert read_seeds(["1-3", "7,9", "2"], "") == (1, 2, 3, 7, 9)
    assert read_sizes(["10000", ".5,1.0"], shares=True) == ("10000", "0.5", "1.0")
    assert pairs([1, 2, 3], [1, 2], grid=False) == [(1, 1), (2, 2), (3, 1)]
    assert pairs([1], [1, 2], grid=False) == [(1, 1), (1, 2)]
    assert len(pairs([1, 2, 3], [1, 2], grid=True)) == 6


@pytest.mark.parametrize(
    ("given", "total"), [((1333,) * 3, 10000), ((1, 99), 50), ((3, 3, 1), 3), ((7,), 7), ((1, 10**6), 2)]
)  # fmt: skip
def test_samples_are_scaled_in_proportion(given, total):
    found = scaled(given, total)
    assert sum(found) == total
    assert min(found) >= 1
    for before, after in zip(given, found, strict=True):
        exact = before * total / sum(given)
        assert abs(after - exact) < 1 or min(found) == 1


# ---- what is added, what is refused ----


def test_more_is_added_and_what_is_there_stays(tmp_path):
    sweep(tmp_path, "--seeds", "1-2", *SIMULATED)
    config = tmp_path / "sweep" / "config.yaml"
    config.write_text(config.read_text().replace("threads: 1", "threads: 2"))
    before, times = bytes_of(tmp_path), {}
    for path in (tmp_path / "sweep").rglob("*"):
        times[path] = path.stat().st_mtime_ns
    assert b"new: 0" in sweep(tmp_path, "--seeds", "1-2", *SIMULATED).stdout
    assert {path: path.stat().st_mtime_ns for path in times} == times
    assert b"new: 6" in sweep(tmp_path, "--seeds", "1-5", *SIMULATED).stdout
    assert before.items() <= bytes_of(tmp_path).items()
    module = EXAMPLES / "motifs-module.xml"
    sweep(tmp_path, "--seeds", "9", *SIMULATED, models=[module])
    assert before.items() <= bytes_of(tmp_path).items()
    models = {row["model"] for row in rows(tmp_path)}
    assert {"motifs-s1", "motifs-s5", "motifs-module-s9", "motifs-grammar-bayes"} <= models


def test_what_a_killed_call_has_left_is_completed(tmp_path):
    sweep(tmp_path, *SIMULATED)
    whole = bytes_of(tmp_path)
    for name in ("runs.tsv", "README.md", "scripts/train/motifs-s2.py"):
        (tmp_path / "sweep" / name).unlink()
    sweep(tmp_path, *SIMULATED)
    assert bytes_of(tmp_path) == whole


def changed(path: str):
    def change(folder: Path) -> None:
        target = folder / "sweep" / path
        target.write_bytes(target.read_bytes() + b"\n")

    return change


REFUSED = {
    "a changed definition": (changed("definitions/motifs-s1.xml"), (), "definitions/motifs-s1.xml"),
    "a changed script": (changed("scripts/train/motifs-s1.py"), (), "scripts/train/motifs-s1.py"),
    "a changed Snakefile": (changed("Snakefile"), (), "Snakefile"),
    "other options": (None, ("--data", "disk"), "scripts/train/motifs-s1.py"),
    "another test seed": (None, ("--test-seed", "99"), "motifs-grammar-test"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_sweep_with_other_content_is_refused(name, tmp_path):
    change, options, said = REFUSED[name]
    sweep(tmp_path, *SIMULATED)
    if change:
        change(tmp_path)
    before = bytes_of(tmp_path)
    result = sweep(tmp_path, *SIMULATED, "--seeds", "1-9", *options, status=2)
    assert said in result.stderr.decode()
    assert "name a new folder with -o" in result.stderr.decode()
    assert bytes_of(tmp_path) == before


WRONG = {
    "nothing to train on": ((), "either --simulate data.xml, or --data-dir DIR"),
    "both": ((*SIMULATED, "--data-dir", "data"), "either --simulate data.xml, or --data-dir DIR"),
    "no seed": (("--seeds", "one", *SIMULATED), "'one' is not a seed"),
    "turned around": (("--seeds", "5-1", *SIMULATED), "the smaller seed comes first"),
    "too large a seed": (("--seeds", "4294967296", *SIMULATED), "seeds are 0 to 4294967295"),
    "a share": (("--simulate", DATA, "--sizes", "0.5"), "a fraction is for --data-dir"),
    "no size": (("--simulate", DATA, "--sizes", "0"), "'0' is not a size"),
    "too small": (("--simulate", DATA, "--sizes", "2"), "3 is the smallest size"),
    "test seed": ((*SIMULATED, "--test-seed", "2"), "the test set would repeat training data"),
    "a model as data": (("--simulate", MODEL), "--simulate takes a data definition"),
    "no records": ((*SIMULATED, "--records", "none"), "No such option"),
    "no folder": (("--data-dir", "nowhere"), "nowhere: it has no training.txt, no"),
    "nothing drawn": (("--data-dir", EXAMPLES / "data", "--data-seeds", "1"), "nothing is drawn"),
    "unreadable": (("--simulate", "nowhere.xml"), "nowhere.xml: No such file"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_usage(name, tmp_path):
    words, said = WRONG[name]
    result = sweep(tmp_path, *words, status=2)
    assert said in result.stderr.decode()
    assert result.stdout == b""
    assert not (tmp_path / "sweep").exists()


def test_a_data_definition_among_the_models(tmp_path):
    said = sweep(tmp_path, *SIMULATED, models=[MODEL, DATA], status=2).stderr.decode()
    assert "this is a data definition" in said


def test_errors_of_definitions(tmp_path):
    bad = tmp_path / "bad.xml"
    bad.write_text(MODEL.read_text("utf-8").replace("GlobalMaxPool1D", "GlobalMaxPol1D"))
    said = sweep(tmp_path, *SIMULATED, models=[MODEL, bad], status=1).stderr.decode()
    assert said.count("error[SG202]") == 1
    assert not (tmp_path / "sweep").exists()
    lone = tmp_path / "lone.xml"
    lone.write_text(DATA.read_text("utf-8").replace('<set name="test">', '<set name="validation">'))
    assert sweep(tmp_path, "--simulate", lone, status=1).stderr.count(b"error[SG420]") == 1


MISFITS = {
    "label": ("<label>c2</label>", "<label>c3</label>", "have the labels 'c2', which the model"),
    "length": ("(150, 4)", "(200, 4)", "have 150 letters, and the model reads 200"),
    "space": ("<sequencespace>DNA<", "<sequencespace>RNA<", "are DNA, and the model reads RNA"),
}


@pytest.mark.parametrize("name", MISFITS)
def test_data_that_a_model_cannot_read(name, tmp_path):
    before, after, said = MISFITS[name]
    (tmp_path / "model.xml").write_text(MODEL.read_text("utf-8").replace(before, after))
    result = sweep(tmp_path, *SIMULATED, models=[tmp_path / "model.xml"], status=1)
    assert said in result.stderr.decode()
    assert not (tmp_path / "sweep").exists()


def test_what_is_left_of_a_size_goes_to_the_largest_remainders():
    """10 of 1, 2 and 4: 1.43, 2.86 and 5.71."""
    assert scaled([1, 2, 4], 10) == [1, 3, 6]


def test_the_label_of_shuffled_copies_must_be_known(tmp_path):
    copies = '<operation labels="none">kmer-frequency-preserving-shuffle</operation>'
    text = DATA.read_text("utf-8")
    text = text.replace("</sets>", f"</sets><postprocessing>{copies}</postprocessing>")
    (tmp_path / "data.xml").write_text(text)
    said = sweep(tmp_path, "--simulate", tmp_path / "data.xml", status=1).stderr.decode()
    assert "have the labels 'none', which the model does not know" in said


def test_a_data_definition_without_a_test_set(tmp_path):
    text = DATA.read_text("utf-8")
    start = text.index('<set name="test">')
    text = text[:start] + text[text.index("</set>", start) + len("</set>") :]
    (tmp_path / "data.xml").write_text(text)
    said = sweep(tmp_path, "--simulate", tmp_path / "data.xml", status=1).stderr.decode()
    assert "it has no examples in the set 'test'" in said


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_something_else_is_there(kind, tmp_path):
    target = tmp_path / "sweep"
    if kind == "folder":
        target.mkdir()
        (target / "thesis.tex").write_text("all of it")
    else:
        target.write_text("all of it")
    said = sweep(tmp_path, *SIMULATED, status=2).stderr.decode()
    assert (
        "it is not a sweep, and holds thesis.tex" if kind == "folder" else "it is a file"
    ) in said


# ---- what is run ----

# Stands in for Python and seqgra-audit: writes down how it was called, and makes the files that they would.
FAKE = """#!/bin/sh
echo "$*" >> calls
case $1 in
scripts/train/motifs-s2.py) [ -e fixed ] || exit 1 ;;
esac
case $1 in
table) for last; do :; done; touch "$last" ;;
scripts/draw.py) mkdir -p "$5"; touch "$5/training.txt" "$5/validation.txt" "$5/test.txt" ;;
scripts/simulate/*) mkdir "$3" 2> /dev/null; for i in training.txt validation.txt test.txt simulation.json
do echo "$1" > "$3/$i"; done ;;
scripts/bayes/* | scripts/train/*) cat "$2/test.txt" || exit 1
mkdir -p "$4"; echo "{}" > "$4/receipt.json" ;;
esac
"""


def fake(folder: Path) -> Path:
    path = folder / "python"
    path.write_text(FAKE)
    path.chmod(0o755)
    return path


def calls(folder: Path) -> list[list[str]]:
    path = folder / "sweep" / "calls"
    found = [line.split() for line in path.read_text().splitlines()] if path.exists() else []
    path.unlink(missing_ok=True)
    return found


def receipts(folder: Path) -> list[str]:
    """In the order in which a shell finds them."""
    lie = folder / "sweep"
    return sorted(path.relative_to(lie).as_posix() for path in lie.glob("receipts/*/*.json"))


def by_shell(folder: Path) -> int:
    environment = os.environ | {"PYTHON": str(fake(folder)), "AUDIT": str(fake(folder))}
    command = ["sh", folder / "sweep" / "commands.sh"]
    return subprocess.run(command, env=environment, capture_output=True, text=True).returncode


def snakemake() -> str:
    """The command, of this Python or of the path; the test is skipped if there is none."""
    beside = Path(sys.executable).with_name("snakemake")
    found = os.environ.get("SNAKEMAKE") or (
        str(beside) if beside.exists() else shutil.which("snakemake")
    )
    if not found:
        pytest.skip("Snakemake is not installed: pip install 'seqgra-compile[sweep]'")
    return found


def by_snakemake(folder: Path, *words: str) -> int:
    stand_in = fake(folder)
    settings = ["--cores", "2", "--config", f"python={stand_in}", f"audit={stand_in}"]
    command = [snakemake(), *settings, *words]
    result = subprocess.run(command, cwd=folder / "sweep", capture_output=True, text=True)
    assert "Traceback" not in result.stderr
    return result.returncode


@pytest.mark.parametrize("carry_out", [by_shell, by_snakemake])
def test_what_is_missing_is_run(carry_out, tmp_path):
    """Everything once; past a failed run; then that run alone, and the table again."""
    sweep(tmp_path, "--seeds", "1-3", *SIMULATED)
    assert carry_out(tmp_path) != 0
    begun = calls(tmp_path)
    simulated = {
        f"scripts/simulate/motifs-grammar-{n}-s{s}.py" for n in (300, 600) for s in (1, 2, 3)
    }
    assert {words[0] for words in begun if "simulate" in words[0]} == {
        *simulated, "scripts/simulate/motifs-grammar-test.py"
    }  # fmt: skip
    trained = [words[0] for words in begun if "/train/" in words[0]]
    assert sorted(trained) == [f"scripts/train/motifs-s{s}.py" for s in (1, 1, 2, 2, 3, 3)]
    train = next(words for words in begun if words[0] == "scripts/train/motifs-s1.py")
    assert train[1].startswith("data/motifs-grammar-")
    out = f"runs/motifs-s1/{train[1].removeprefix('data/')}"
    assert train[2:] == ["-o", out, "--resume", "--threads", "1", "-g", "-1"]
    by = ["--by", "data.training.examples", "-o"]
    endings = (["--per", "run", *by, "table.tsv"], [*by, "table.html"])
    for words, ending in zip(begun[-2:], endings, strict=True):
        assert words == ["table", *receipts(tmp_path), *ending]
    for row in rows(tmp_path):
        receipt = tmp_path / "sweep" / "receipts" / row["model"] / f"{row['data']}.json"
        assert receipt.exists() == (row["model"] != "motifs-s2")
        own = "test" if not row["model_seed"] else "training"
        maker = "test" if own == "test" else f"{row['size']}-s{row['data_seed']}"
        made = (tmp_path / "sweep" / "data" / row["data"] / f"{own}.txt").read_text().strip()
        assert made == f"scripts/simulate/motifs-grammar-{maker}.py"
        test = (tmp_path / "sweep" / "data" / row["data"] / "test.txt").read_text().strip()
        assert test == "scripts/simulate/motifs-grammar-test.py"

    (tmp_path / "sweep" / "fixed").touch()
    assert carry_out(tmp_path) == 0
    again = [words[0] for words in calls(tmp_path)]
    assert sorted(again) == [*["scripts/train/motifs-s2.py"] * 2, "table", "table"]

    sweep(tmp_path, "--seeds", "1-4", *SIMULATED)
    assert carry_out(tmp_path) == 0
    added = [words[0] for words in calls(tmp_path)]
    assert sorted(added) == [*["scripts/train/motifs-s4.py"] * 2, "table", "table"]


@pytest.mark.parametrize("carry_out", [by_shell, by_snakemake])
@pytest.mark.parametrize("sizes", [(), ("--sizes", "5", "0.5", "--data-seeds", "1-2")])
def test_data_folders(carry_out, sizes, tmp_path):
    shutil.copytree(EXAMPLES / "data", tmp_path / "our data")
    sweep(tmp_path, "--seeds", "1,3", "--data-dir", "our data", *sizes)
    assert carry_out(tmp_path) == 0
    found = calls(tmp_path)
    drawn = [words for words in found if words[0] == "scripts/draw.py"]
    assert len(drawn) == (4 if sizes else 0)
    trained = [words[1] for words in found if "/train/" in words[0]]
    assert sorted(trained) == (
        ["data/our-data-0.5-s1", "data/our-data-0.5-s2", "data/our-data-5-s1", "data/our-data-5-s2"]
        if sizes
        else ["data/our-data", "data/our-data"]
    )


def test_the_commands_are_those_of_sh(tmp_path):
    sweep(tmp_path, *SIMULATED)
    text = (tmp_path / "sweep" / "commands.sh").read_bytes()
    assert subprocess.run(["sh", "-n"], input=text).returncode == 0
    assert text.count(b"\ntrain ") == len([row for row in rows(tmp_path) if row["model_seed"]])


def test_the_workflow_is_python_but_for_its_rules(tmp_path):
    """What can be told of the Snakefile without Snakemake: its rules, and what they name."""
    sweep(tmp_path, *SIMULATED)
    text = (tmp_path / "sweep" / "Snakefile").read_text()
    names = [line.split()[1].rstrip(":") for line in text.splitlines() if line.startswith("rule ")]
    assert names == ["all", "simulate", "data", "test_data", "train", "bayes", "table"]
    for rule in text.split("\nrule ")[1:]:
        if rule.startswith(("simulate", "train", "bayes")):
            assert all(
                f"    {word}:" in rule for word in ("log", "benchmark", "resources", "shell")
            )
    for word in ("threads: config", "mem_mb=", "runtime=", "gpu=", "--resume"):
        assert word in text
    for row in rows(tmp_path):
        kind = "train" if row["model_seed"] else "bayes"
        assert (tmp_path / "sweep" / "scripts" / kind / f"{row['model']}.py").exists()


def draw(folder: Path, size: str, seed: str, out: str) -> list[str]:
    script = folder / "sweep" / "scripts" / "draw.py"
    command = [sys.executable, script, "data", size, seed, out]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return (folder / out / "training.txt").read_text().splitlines()


def test_examples_are_drawn(tmp_path):
    shutil.copytree(EXAMPLES / "data", tmp_path / "data")
    sweep(tmp_path, "--data-dir", "data", "--sizes", "0.5", "--data-seeds", "1")
    whole = (tmp_path / "data" / "training.txt").read_text().splitlines()
    half, other = draw(tmp_path, "0.5", "1", "half"), draw(tmp_path, "0.5", "2", "other")
    assert half[0] == other[0] == "x\ty"
    assert len(half) - 1 == round(0.5 * (len(whole) - 1))
    assert half != other
    assert set(draw(tmp_path, "5", "1", "five")) < set(half) < set(whole)
    assert sorted(draw(tmp_path, "1.0", "1", "all")) == sorted(whole)
    for name in ("validation.txt", "test.txt"):
        assert (tmp_path / "half" / name).read_bytes() == (tmp_path / "data" / name).read_bytes()


def test_the_table_of_what_is_there(tmp_path):
    """One run of seven is missing; the commands are those of the sweep."""
    sweep(tmp_path, "--seeds", "1-3", *SIMULATED)
    lie = tmp_path / "sweep"
    accuracy = {"300": (0.7, 0.8, 0.9), "600": (0.95, 0.9, None)}
    for row in rows(tmp_path):
        seed, value = int(row["model_seed"] or 0), 0.97
        if seed:
            value = accuracy[row["size"]][seed - 1]
        found = receipt(seed, MODEL_ID=row["model"])
        found["family"] = "model" if seed else "bayes"
        found["test"]["accuracy"] = value
        if seed:
            found["data"]["training"]["examples"] = int(row["size"])
        else:
            found["data"] = {"test": found["data"]["test"]}
        path = lie / "receipts" / row["model"] / f"{row['data']}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        if value:
            path.write_text(json.dumps(found))
    names = receipts(tmp_path)
    commands = [
        line for line in (lie / "commands.sh").read_text().splitlines() if " table " in line
    ]
    for line in commands:
        words = line.partition(" table receipts/*/*.json ")[2].split("&&")[0].split("||")[0].split()
        assert run_audit("table", *names, *words, folder=lie).exit_code == 0
    assert len(commands) == 2 and len(names) == 6
    assert len(rows(tmp_path, "table.tsv")) == 6
    page = (lie / "table.html").read_text("utf-8")
    body = etree.HTML(page)
    cells = [[each.text for each in line] for line in body.iterfind(".//tr")]
    n, mean = cells[0].index("n"), cells[0].index("test.accuracy")
    assert {(line[n], line[mean]) for line in cells[1:]} == {
        ("3", "0.80 ± 0.10"),
        ("2", "0.925 ± 0.035"),
        ("1", "0.97"),
    }
    picture = page[page.index("<svg") : page.index("</svg>") + len("</svg>")]
    assert "0.8 at 300, 0.925 at 600" in picture
    etree.fromstring(picture)


# ---- the same with real runs ----


def test_the_test_set_is_that_of_all_sizes_and_is_not_in_a_training_set(tmp_path):
    """Under the seed of the training data, half of its sequences would have their backgrounds."""
    sweep(tmp_path, "--seeds", "1", *SIMULATED)
    lie = tmp_path / "sweep"
    names = ("motifs-grammar-300-s1", "motifs-grammar-600-s1", "motifs-grammar-test")
    for name in names:
        command = [sys.executable, f"scripts/simulate/{name}.py", "-o", f"simulated/{name}"]
        subprocess.run(command, cwd=lie, check=True, capture_output=True)

    def lines(name: str, set: str) -> list[str]:
        return (lie / "simulated" / name / f"{set}.txt").read_text().splitlines()[1:]

    assert [len(lines(name, "training")) for name in names] == [300, 600, 3]
    test = lines("motifs-grammar-test", "test")
    assert len(test) == 999
    starts = {line[:12] for line in test}
    for name in names[:2]:
        shared = sum(line[:12] in starts for line in lines(name, "training"))
        assert shared <= 2  # of 16.8 million words of 12 letters


@pytest.mark.long
def test_from_definitions_to_the_page(tmp_path):
    """Two models, three seeds, two sizes: one table, in which every run beats chance."""
    models = [MODEL, EXAMPLES / "motifs-module.xml"]
    sweep(tmp_path, "--seeds", "1-3", *SIMULATED, models=models)
    settings = ["--cores", "2", "--config", f"python={sys.executable}"]
    audit = f"audit={Path(sys.executable).with_name('seqgra-audit')}"
    subprocess.run([snakemake(), *settings, audit], cwd=tmp_path / "sweep", check=True)
    found = [row for row in rows(tmp_path, "table.tsv") if row["SEED"]]
    assert len(found) == 12
    assert all(float(row["test.accuracy"]) > 0.5 for row in found)
    page = (tmp_path / "sweep" / "table.html").read_text()
    assert page.count('<td class="number">3</td>') == 4  # runs of a row
    assert page.count("<svg") == 2
