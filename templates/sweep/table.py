"""Gather the runs of runs.tsv: table.tsv, a row for each, and table.html, means over seeds."""

import csv
import html
import json
import os
import statistics
import sys
from pathlib import Path

MEASURES = ("test accuracy", "test loss", "test mean AUROC", "test mean AUPRC")
ORIGIN = ("architecture", "model", "model_seed", "data", "size", "data_seed")
COLUMNS = (*ORIGIN, "training examples", "epochs", "best epoch", *MEASURES)
PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Sweep</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; }
table { border-collapse: collapse; } td, th { padding: 0.2em 0.8em; text-align: right; }
th { border-bottom: 1px solid; } td:first-child, th:first-child { text-align: left; }
:root { color-scheme: light dark; }
</style>
"""


def result_of(run: dict) -> dict:
    """The figures of a run's receipt; none if it has none."""
    path = Path("receipts", run["model"], f"{run['data']}.json")
    if not path.exists():
        return {}
    receipt = json.loads(path.read_text("utf-8"))
    found = {"epochs": len(receipt["epochs"]) or ""}
    found["best epoch"] = receipt.get("best", {}).get("epoch", "")
    if run["model_seed"]:
        found["training examples"] = receipt["data"]["training"]["examples"]
    test = receipt["test"]
    return found | {name: test.get(name.removeprefix("test "), "") for name in MEASURES}


def mean(values: list[float]) -> str:
    if len(values) < 2:
        return f"{values[0]:.4f}" if values else ""
    return f"{statistics.mean(values):.4f} ± {statistics.stdev(values):.4f}"


def page(runs: list[dict], results: list[dict]) -> str:
    """A table of means and standard deviations over all seeds, a row for each size."""
    groups: dict[tuple, list[dict]] = {}
    for run, result in zip(runs, results):
        name = run["data"] if run["folder"] or not run["model_seed"] else run["size"]
        groups.setdefault((run["architecture"], name), []).append(result)
    heads = ("model", "data", "runs", *MEASURES)
    lines = [PAGE, "<table><tr>", *(f"<th>{head}" for head in heads), "\n"]
    for (architecture, name), found in groups.items():
        done = [result for result in found if result]
        means = (mean([r[m] for r in done if r[m] != ""]) for m in MEASURES)
        cells = (architecture, name, f"{len(done)} of {len(found)}", *means)
        lines += ["<tr>", *(f"<td>{html.escape(cell)}" for cell in cells), "\n"]
    lines += ["</table>\n<p>Means and standard deviations over seeds, on the test set.</p>\n"]
    return "".join(lines)


def save(path: Path, text: str) -> None:
    partial = Path(f"{path}.partial")
    partial.write_text(text, "utf-8")
    partial.replace(path)


def main() -> None:
    os.chdir(Path(__file__).resolve().parent.parent)
    with open("runs.tsv", newline="") as file:
        runs = list(csv.DictReader(file, delimiter="\t"))
    results = [result_of(run) for run in runs]
    rows = [COLUMNS]
    for run, result in zip(runs, results):
        found = run | result
        rows.append([str(found.get(name, "")) for name in COLUMNS])
    save(Path("table.tsv"), "".join("\t".join(row) + "\n" for row in rows))
    save(Path("table.html"), page(runs, results))
    missing = [f"{run['model']} on {run['data']}" for run, r in zip(runs, results) if not r]
    print(f"table.tsv, table.html: {len(runs) - len(missing)} of {len(runs)} runs")
    if missing:
        print("missing:", *missing, sep="\n  ", file=sys.stderr)


if __name__ == "__main__":
    main()
