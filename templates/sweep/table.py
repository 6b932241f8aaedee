"""Gather the runs of runs.tsv: table.tsv, a row for each, and table.html, means over seeds.

It takes what is there: a run without a receipt has empty cells, and is named.
"""

import csv
import html
import json
import math
import os
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

MEASURES = ("test accuracy", "test loss", "test mean AUROC", "test mean AUPRC")
ORIGIN = ("architecture", "model", "model_seed", "data", "size", "data_seed")
COLUMNS = (*ORIGIN, "training examples", "epochs", "best epoch", *MEASURES)
COLOURS = (
    "#0072b2",
    "#d55e00",
    "#009e73",
    "#cc79a7",
    "#e69f00",
    "#56b4e9",
)  # Okabe-Ito
LEFT, TOP, WIDTH, HEIGHT = 60, 20, 480, 300  # of the plot, in pixels
PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Sweep</title>
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 68rem; margin: 2rem auto; padding: 0 1rem; }
div { overflow-x: auto; }
table { border-collapse: collapse; white-space: nowrap; }
td, th { padding: 0.2rem 0.8rem; text-align: right; }
th { border-bottom: 1px solid; }
td:first-child, th:first-child { text-align: left; }
svg { font: 15px system-ui, sans-serif; max-width: 100%; height: auto; fill: currentColor; }
svg + p span { white-space: nowrap; margin-right: 1.5rem; }
</style>
<h1>Sweep</h1>
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
    """With the standard deviation, if there are several."""
    if len(values) < 2:
        return f"{values[0]:.4f}" if values else ""
    return f"{statistics.mean(values):.4f} ± {statistics.stdev(values):.4f}"


def values_of(name: str, results: list[dict]) -> list[float]:
    return [result[name] for result in results if result.get(name, "") != ""]


def groups_of(runs: list[dict], results: list[dict]) -> dict[tuple, list[dict]]:
    """Results by architecture, kind of data and size: those that differ in seeds alone."""
    groups: dict[tuple, list[dict]] = {}
    for run, result in zip(runs, results):
        kind = Path(run["folder"]).name if run["folder"] else ""
        size = run["size"] if run["model_seed"] else ""
        groups.setdefault((run["architecture"], kind, size), []).append(result)
    return groups


def table(groups: dict[tuple, list[dict]]) -> Iterator[str]:
    heads = ("model and data", "size", "runs", *MEASURES)
    yield f"<div><table>\n<tr>{''.join(f'<th>{head}</th>' for head in heads)}</tr>\n"
    for key, found in groups.items():
        done = sum(map(bool, found))
        means = [mean(values_of(name, found)) for name in MEASURES]
        name = f"{key[0]} {key[1]}".strip()
        cells = [name, key[2], f"{done} of {len(found)}", *means]
        yield f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in cells)}</tr>\n"
    yield "</table></div>\n"
    yield "<p>On the test set: mean and standard deviation over seeds.</p>\n"


def curves(groups: dict[tuple, list[dict]]) -> Iterator[str]:
    """Test accuracy over the number of training examples, if there are several sizes."""
    lines: dict[str, dict[int, list[float]]] = {}
    levels: dict[str, float] = {}  # of a Bayes classifier
    for (architecture, kind, _), found in groups.items():
        name, accuracies = f"{architecture} {kind}".strip(), values_of(
            MEASURES[0], found
        )
        sizes = values_of("training examples", found)
        if sizes and accuracies:
            lines.setdefault(name, {}).setdefault(
                round(statistics.mean(sizes)), accuracies
            )
        elif accuracies:
            levels[name] = accuracies[0]
    sizes = sorted({size for line in lines.values() for size in line})
    if len(sizes) < 2:
        return
    shown = [
        value for line in lines.values() for group in line.values() for value in group
    ]
    low = min(math.floor(10 * min([*shown, *levels.values()])) / 10, 0.9)

    def x(size: float) -> float:
        return LEFT + WIDTH * math.log(size / sizes[0]) / math.log(sizes[-1] / sizes[0])

    def y(accuracy: float) -> float:
        return TOP + HEIGHT * (1 - (accuracy - low) / (1 - low))

    yield "<h2>Test accuracy over training examples</h2>\n"
    right, bottom = LEFT + WIDTH, TOP + HEIGHT
    box = f'viewBox="0 0 {right + 40} {bottom + 30}" width="{right + 40}"'
    yield f'<svg {box} role="img" aria-label="learning curves">\n'
    for step in range(6):
        level = low + (1 - low) * step / 5
        yield f'<path d="M{LEFT} {y(level):.1f}H{right}" stroke="#8884"/>'
        yield f'<text x="{LEFT - 8}" y="{y(level) + 4:.1f}" text-anchor="end">{level:.2f}</text>\n'
    last = -math.inf
    for size in sizes:
        if x(size) - last >= 60:  # pixels, so that numbers stay apart
            last = x(size)
            place = f'x="{last:.1f}" y="{bottom + 20}" text-anchor="middle"'
            yield f"<text {place}>{size:,}</text>\n"
    legend = []
    for number, (name, line) in enumerate(lines.items()):
        colour = COLOURS[number % len(COLOURS)]
        aside = 6 * (number - (len(lines) - 1) / 2)  # pixels, so that bars stay apart
        points = [
            (x(size) + aside, statistics.mean(line[size])) for size in sorted(line)
        ]
        path = "L".join(f"{across:.1f} {y(value):.1f}" for across, value in points)
        yield f'<g stroke="{colour}" fill="none" stroke-width="2"><path d="M{path}"/>'
        for size in line:
            spread = statistics.stdev(line[size]) if len(line[size]) > 1 else 0.0
            middle = statistics.mean(line[size])
            ends = [y(min(middle + spread, 1)), y(max(middle - spread, low))]
            across = x(size) + aside
            yield f'<path d="M{across:.1f} {ends[0]:.1f}V{ends[1]:.1f}"/>'
            for value in line[size]:
                yield f'<circle cx="{across:.1f}" cy="{y(value):.1f}" r="3" stroke-width="1"/>'
        yield "</g>\n"
        legend.append(f'<b style="color: {colour}">\N{EM DASH}</b> {html.escape(name)}')
    for name, level in levels.items():
        yield f'<path d="M{LEFT} {y(level):.1f}H{right}" stroke="currentColor"'
        yield ' stroke-dasharray="6 4"/>'
        legend.append(f"<b>- -</b> {html.escape(name)}")
    yield "</svg>\n"
    yield f"<p>{' '.join(f'<span>{entry}</span>' for entry in legend)}</p>\n"
    yield "<p>Circles are runs, lines their means, bars one standard deviation.</p>\n"


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
    groups = groups_of(runs, results)
    save(Path("table.html"), "".join([PAGE, *curves(groups), *table(groups)]))
    missing = [
        f"{run['model']} on {run['data']}" for run, r in zip(runs, results) if not r
    ]
    print(f"table.tsv, table.html: {len(runs) - len(missing)} of {len(runs)} runs")
    if missing:
        print("missing:", *missing, sep="\n  ", file=sys.stderr)


if __name__ == "__main__":
    main()
