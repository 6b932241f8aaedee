"""The page of a run: what it shows is what the run's files say, whatever they are."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import browser as browsers
import numpy as np
import pytest
from lxml import etree
from made_runs import EPOCHS, make_run, receipt, write_rows
from mutations import EXAMPLES
from run_command import run_audit
from sklearn import metrics

from seqgra_compile.audit.report import report_of_runs
from seqgra_compile.audit.results import results
from seqgra_compile.audit.runs.run import UnlikeRuns, read_run

MULTI = "multi-label classification"


def many(folder: Path, examples: int = 200, seed: int = 1, task: str = "multi-class", **more):
    """A run with as many examples in its test set, and how likely each label is to each."""
    random = np.random.default_rng(seed)
    if task == "multi-class":
        truth = np.eye(2, dtype=bool)[random.integers(0, 2, examples)]
        scores = random.dirichlet((1, 1), examples) * 0.6 + truth * 0.4
    else:
        truth = random.random((examples, 2)) < 0.4
        scores = np.clip(truth * 0.3 + random.random((examples, 2)) * 0.7, 0, 1)
    found = {**receipt(seed, **more), "family": 64 * "a"}
    for name, counts in (("test", truth.sum(axis=0)),):
        labels = dict(zip(found["data"][name]["labels"], map(int, counts), strict=True))
        found["data"][name].update(examples=examples, labels=labels)
    made = make_run(folder, found)
    header = [f"{column}_{label}" for column in ("y", "y_hat") for label in labels]
    rows = [[*map(str, t), *map(repr, map(float, s))] for t, s in zip(truth, scores, strict=True)]
    write_rows(made / "test-y-hat.txt", header, *rows)
    return made, truth, scores


class Text(HTMLParser):
    """Texts of a page, and its tags."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[tuple[str, dict]] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        if data.strip():
            self.texts.append(data.strip())


def table(found, title: str):
    (one,) = [t for section in found.sections for t in section.tables if t.title == title]
    return [[cell.text for cell in row] for row in one.rows]


@pytest.mark.parametrize("task", ["multi-class", "multi-label"])
def test_figures_are_those_of_scikit_learn(tmp_path, task):
    folder, truth, scores = many(tmp_path / "run", task=task)
    found = results([read_run(folder)])
    predicted = (
        np.eye(2, dtype=bool)[scores.argmax(axis=1)] if task == "multi-class" else scores > 0.5
    )
    wanted = metrics.precision_recall_fscore_support(truth, predicted, average=None)
    for number, row in enumerate(table(found, "Labels of the test set")):
        assert row[1:3] == [str(truth[:, number].sum()), str(predicted[:, number].sum())]
        assert row[3:6] == [f"{value[number]:.4f}" for value in wanted[:3]]
    titles = [t.title for section in found.sections for t in section.tables]
    assert ("Confusion matrix" in titles) is (task == "multi-class")
    if task == "multi-class":
        matrix = metrics.confusion_matrix(truth.argmax(axis=1), scores.argmax(axis=1))
        cells = [row[1:3] for row in table(found, "Confusion matrix")]
        assert cells == [[str(count) for count in row] for row in matrix]
    svgs = {
        p.title: p.svg for section in found.sections for p in (*section.pictures, *section.small)
    }
    for label, column in (("bound", 0), ("unbound", 1)):
        area = metrics.roc_auc_score(truth[:, column], scores[:, column])
        assert f"{label} {area:.3f}" in svgs["ROC"]
        area = metrics.average_precision_score(truth[:, column], scores[:, column])
        assert f"{label} {area:.3f}" in svgs["Precision and recall"]


def test_a_line_goes_where_the_numbers_are(tmp_path):
    """The drawn ROC curve, read back from the picture, is scikit-learn's."""
    folder, truth, scores = many(tmp_path / "run", 40)
    sections = results([read_run(folder)]).sections
    svg = next(p.svg for s in sections for p in s.pictures if p.title == "ROC")
    lines = [
        each
        for each in etree.fromstring(svg).iter("path")
        if each.get("stroke") == "var(--series-0)"
    ]
    points = np.array(
        [[float(x), float(y)] for x, y in re.findall(r"[ML] ([\d.]+) ([\d.]+)", lines[0].get("d"))]
    )
    x, y, _ = metrics.roc_curve(truth[:, 0], scores[:, 0])
    # From the picture's points to the axes': the curve goes from (0, 0) to (1, 1).
    shares = (points - points[0]) / (points[-1] - points[0])
    drawn = np.interp(np.linspace(0, 1, 50), *np.maximum.accumulate(shares).T)
    assert np.allclose(drawn, np.interp(np.linspace(0, 1, 50), x, y), atol=0.02)


def test_several_runs(tmp_path):
    runs = [read_run(many(tmp_path / str(seed), seed=seed)[0]) for seed in (1, 2, 3)]
    found = results(runs)
    rows = table(found, "Results of each run")
    assert [row[2] for row in rows] == ["1", "2", "3"]
    assert table(found, "What differs between the runs")[0] == ["SEED", "1", "2", "3"]
    losses = [0.5 + shift for shift in (0.0, 0.1, 0.3)]
    for seed, loss in enumerate(losses):
        change(tmp_path / str(seed + 1), lambda r, loss=loss: r["test"].update(loss=loss))
    found = results([read_run(tmp_path / str(seed)) for seed in (1, 2, 3)])
    (facts,) = [fact.value for fact in found.facts if fact.name == "test loss"]
    assert facts == f"{np.mean(losses):.4f} ± {np.std(losses, ddof=1):.4f}"
    svg = next(p.svg for s in found.sections for p in s.pictures if p.title.startswith("Loss"))
    paths = [e for e in etree.fromstring(svg).iter("path") if e.get("stroke") == "var(--series-0)"]
    widths = [float(each.get("stroke-width")) for each in paths]
    assert widths.count(0.7) == 3 and max(widths) > 1  # each run thin, the mean thick


def test_runs_of_different_definitions_are_not_averaged(tmp_path):
    for number, loss in ((1, 0.5), (2, 0.6), (3, 0.9)):
        make_run(tmp_path / str(number), receipt(number))
        own = 64 * ("a" if number < 3 else "b")
        change(tmp_path / str(number), lambda r, loss=loss: r["test"].update(loss=loss))
        path = tmp_path / str(number) / "receipt.json"
        path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "family": own}))
    runs = [read_run(tmp_path / str(number)) for number in (1, 2, 3)]

    def headline(*hashes):
        found = results(runs, *hashes)
        (fact,) = [fact for fact in found.facts if fact.name == "test loss"]
        (section,) = [each for each in found.sections if each.anchor == "runs"]
        assert not section.tables[0].foot  # neither mean nor deviation
        definitions = [row[1].text for row in section.tables[0].rows]
        assert definitions[1:] == ["motifs, family aaaaaaaa", "motifs, family bbbbbbbb"]
        return fact, found

    fact, found = headline()
    assert (fact.value, fact.about) == (
        "0.5000 to 0.9000",
        "of 2 different definitions: not averaged",
    )
    assert "seqgra-audit diff" in found.remarks[0]
    fact, found = headline(runs[0].receipt["definition"], None, 64 * "a")
    assert fact.value == f"0.5500 ± {np.std([0.5, 0.6], ddof=1):.4f}"
    assert fact.about == "of this definition as compiled here; without 3"
    assert [remark.split(" ", 1)[1] for remark in found.remarks[1:3]] == [
        "is a run of this definition with another id, name, description or seed.",
        "is not a run of this definition: its receipt names another SHA-256.",
    ]
    (fact, *_) = results(runs[2:], "0" * 64, None, 64 * "a").facts
    assert fact.about == "of another definition"


def change(folder: Path, edit) -> None:
    """Change receipt and metrics alike, as a run would have written them."""
    for name in ("receipt.json", "metrics.json"):
        found = json.loads((folder / name).read_text("utf-8"))
        edit(found)
        (folder / name).write_text(json.dumps(found), "utf-8")


def test_the_page_is_whole_and_safe(tmp_path):
    hostile = ("<script>alert(1)</script>", "$x^2$ & \u202eb")
    found = receipt(LABELS=hostile)
    for each in found["data"].values():
        each["labels"] = dict.fromkeys(hostile, 2)
    for kind in ("AUROC", "AUPRC"):
        found["test"][kind] = dict.fromkeys(hostile, 0.75)
    folder = make_run(tmp_path / "run", found)
    lines = (folder / "test-y-hat.txt").read_text("utf-8").splitlines()
    lines[0] = "\t".join(f"{column}_{label}" for column in ("y", "y_hat") for label in hostile)
    (folder / "test-y-hat.txt").write_text("\n".join(lines) + "\n", "utf-8")
    page = report_of_runs([read_run(folder)])
    text = Text(page)
    tags = [tag for tag, _ in text.tags]
    assert "script" not in tags and tags.count("style") == 1
    assert not any("style" in attributes for _, attributes in text.tags)
    assert not re.search(r"https?://|@import|url\((?!#)", page)
    assert "\u202e" not in page and any("<script>alert" in each for each in text.texts)
    ids = [attributes["id"] for _, attributes in text.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for tag, attributes in text.tags:
        if tag == "svg":
            assert attributes["role"] == "img"
            assert set(attributes["aria-labelledby"].split()) <= set(ids)
    assert report_of_runs([read_run(folder)]) == page


def test_what_is_missing_is_said(tmp_path):
    folder = make_run(tmp_path / "run")
    (folder / "test-y-hat.txt").unlink()
    found = results([read_run(folder)])
    assert any("no predictions" in remark for remark in found.remarks)
    assert [s.anchor for s in found.sections] == ["training", "data", "made"]
    found = results([read_run(folder)], "0" * 64)
    assert any("not a run of this definition" in remark for remark in found.remarks)
    mine = read_run(folder).receipt["definition"]
    found = results([read_run(folder)], mine, "0" * 64)
    assert any("another script than the one on this page" in remark for remark in found.remarks)


def test_a_label_without_examples_has_no_curve(tmp_path):
    folder, *_ = many(tmp_path / "run")
    lines = (folder / "test-y-hat.txt").read_text("utf-8").splitlines()
    lines[1:] = [re.sub(r"^\w+\t\w+", "True\tFalse", line) for line in lines[1:]]
    (folder / "test-y-hat.txt").write_text("\n".join(lines) + "\n", "utf-8")
    found = results([read_run(folder)])
    titles = [p.title for s in found.sections for p in s.pictures]
    assert "ROC" not in titles and "Calibration" in titles
    assert table(found, "Labels of the test set")[1][3:6] == ["0.0000", "–", "0.0000"]


def test_scores_that_are_no_numbers(tmp_path):
    folder, *_ = many(tmp_path / "run")
    text = (folder / "test-y-hat.txt").read_text("utf-8")
    (folder / "test-y-hat.txt").write_text(re.sub(r"\t0\.\d+\n", "\tnan\n", text, count=1), "utf-8")
    assert report_of_runs([read_run(folder)])


def test_unlike_runs(tmp_path):
    one = read_run(make_run(tmp_path / "one"))
    found = receipt(LABELS=("bound", "else"))
    for each in found["data"].values():
        each["labels"] = dict.fromkeys(("bound", "else"), 2)
    (tmp_path / "other.json").write_text(json.dumps(found))
    with pytest.raises(UnlikeRuns, match="labels are not those"):
        results([one, read_run(tmp_path / "other.json")])


# ---- in a browser ----


@pytest.fixture(scope="module")
def tab(tmp_path_factory) -> Iterator[browsers.Tab]:
    executable = browsers.find()
    if executable is None:
        pytest.skip("no Chromium here")
    with browsers.browser(executable, tmp_path_factory.mktemp("profile")) as tab:
        yield tab


@pytest.fixture(scope="module")
def saved(tmp_path_factory) -> Path:
    """The page of two runs."""
    folder = tmp_path_factory.mktemp("runs")
    runs = [read_run(many(folder / str(seed), seed=seed)[0]) for seed in (1, 2)]
    (folder / "page.html").write_text(report_of_runs(runs), "utf-8")
    return folder / "page.html"


@pytest.mark.long
@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_no_page_is_wider_than_its_window(tab, saved, width: int) -> None:
    """And pictures take the colours of the page: the text of a dark page is light."""
    seen = []
    for dark in (False, True):
        tab.open(saved, width, 800, dark)
        assert tab.run("document.documentElement.scrollWidth") <= width
        colours = (
            "[getComputedStyle(document.querySelector('svg text')).fill, "
            "getComputedStyle(document.querySelector('svg path[stroke^=\\'var(--series\\']')).stroke, "
            "getComputedStyle(document.body).backgroundColor]"
        )
        seen.append(tab.run(colours))
        broken = [
            e for e in tab.events if e["method"] in ("Log.entryAdded", "Runtime.exceptionThrown")
        ]
        assert not broken  # nothing that the policy has stopped
    (light, line, white), (pale, dark_line, black) = seen
    assert len({light, pale, white, black}) == 4 and light != white and line != dark_line
    assert brightness(light) < brightness(white) and brightness(pale) > brightness(black)


def brightness(colour: str) -> int:
    return sum(map(int, re.findall(r"\d+", colour)[:3]))


@pytest.mark.long
def test_print(tab, saved) -> None:
    tab.open(saved, 800)
    tab.call("Emulation.setEmulatedMedia", media="print")
    hidden = tab.run(
        "[...document.querySelectorAll('figure, tr')].filter((e) => e.getBoundingClientRect().height < 5).length"
    )
    assert hidden == 0
    assert tab.run("getComputedStyle(document.querySelector('.bar')).display") == "none"
    tab.call("Emulation.setEmulatedMedia", media="")


# ---- the command ----


def test_command(tmp_path):
    folder, *_ = many(tmp_path / "run")
    page = run_audit("report", folder)
    assert (page.exit_code, page.stderr) == (0, b"") and b'<section id="test"' in page.stdout
    assert run_audit("report", folder / "receipt.json").stdout == page.stdout
    result = run_audit("report", folder, "--run", folder, "-o", tmp_path / "page.html")
    assert result.exit_code == 0 and b"2 runs" in (tmp_path / "page.html").read_bytes()
    result = run_audit("report", EXAMPLES / "motifs.xml", "--run", folder)
    assert result.exit_code == 0
    assert b"not a run of this definition" in result.stdout and b'id="ledger"' in result.stdout
    alone = tmp_path / "alone.json"
    alone.write_bytes((folder / "receipt.json").read_bytes())
    page = run_audit("report", alone)
    assert page.exit_code == 0 and b"no predictions" in page.stdout


def test_bad_input(tmp_path):
    folder = make_run(tmp_path / "run")
    receipt_file = folder / "receipt.json"
    text = receipt_file.read_text("utf-8")
    empty = tmp_path / "empty"
    empty.mkdir()
    half = make_run(tmp_path / "half")
    (half / "history.tsv").unlink()
    other = make_run(tmp_path / "other")
    change(other, lambda r: r["data"]["test"]["labels"].update(bound=3))
    for words, wanted in (
        ([empty], b"not the folder of a finished run"),
        ([EXAMPLES / "motifs.xml", "--run", empty], b"not the folder of a finished run"),
        ([EXAMPLES / "motifs.xml", "--run", tmp_path / "none"], b"No such file"),
        ([half], b"the run is incomplete"),
        ([folder, "--run", other], b"its task is multi-label classification"),
    ):
        result = run_audit("report", *words)
        assert (result.exit_code, result.stdout) == (2, b""), words
        assert wanted in result.stderr and b"Traceback" not in result.stderr, result.stderr
    receipt_file.write_text(text.replace(str(EPOCHS[1]["validation_loss"]), "0.1", 1))
    result = run_audit("report", folder)
    assert result.exit_code == 2 and b"was changed" in result.stderr
    receipt_file.write_text("{}")
    assert run_audit("report", folder).exit_code == 2


def test_without_matplotlib(tmp_path, monkeypatch):
    folder, *_ = many(tmp_path / "run")
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    result = run_audit("report", folder)
    assert (result.exit_code, result.stdout) == (2, b"")
    assert b"pip install matplotlib" in result.stderr
