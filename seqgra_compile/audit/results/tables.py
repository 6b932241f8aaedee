"""Tables of runs: results, labels, data, settings, and versions."""

from __future__ import annotations

import functools
import math
import operator
import statistics
from collections.abc import Iterable, Mapping, Sequence

from ...catalog.data import SETS
from ...catalog.sequences import MULTI_LABEL
from ...visible import visible
from ..runs.kinship import definition_hash, short_hash
from ..runs.run import Run
from . import measures
from .page import Cell, PageTable
from .pictures import Predicted

NONE = "\N{EN DASH}"
_MOST_LABELS = 40  # in a matrix


def cells(*values: object) -> tuple[Cell, ...]:
    return tuple(value if isinstance(value, Cell) else Cell(figure_text(value)) for value in values)


def figure_text(value: object) -> str:
    """Four digits for a measure, thousands separators for a count, text as it is."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return NONE
    if isinstance(value, float):
        return f"{value:.4f}" if 1e-3 <= abs(value) < 1e4 or value == 0 else f"{value:.3e}"
    return f"{value:,}" if isinstance(value, int) else visible(str(value))


# ---- results ----


def measured(run: Run) -> dict[str, float]:
    """The results of a run by name: for its test set, and for the validation set at its best epoch."""
    found = {}
    test = run.results.get("test", {})
    for name in ("mean AUROC", "mean AUPRC", "accuracy", "loss"):
        if isinstance(test.get(name), (int, float)):
            found[f"test {name.removeprefix('mean ')}"] = float(test[name])
    best = run.results.get("best", {})
    for name, value in best.items():
        if name.startswith("validation_"):
            found[name.replace("_", " ")] = float(value)
    return found


def families(runs: Sequence[Run]) -> int:
    """The number of their definitions; those that differ only in id, texts and seed count as one."""
    return len({definition_hash(run.receipt) for run in runs})


def _definition(run: Run, several: bool) -> str:
    """Its id, with digits that tell definitions of one id apart if there are several."""
    return f"{run.model_id}, family {short_hash(run.receipt)}" if several else run.model_id


def of_runs(runs: Sequence[Run]) -> PageTable:
    """A row for each run; below, if they are of one definition, mean and standard deviation."""
    several = families(runs) > 1
    all_measured = [measured(run) for run in runs]
    names = list(dict.fromkeys(name for found in all_measured for name in found))
    header = ("run", "definition", "seed", "epochs", "kept", "seconds", *names)
    rows = [
        cells(
            str(run.path),
            _definition(run, several),
            run.setting("SEED"),
            len(run.history) or None,
            run.best_epoch,
            None if run.seconds is None else f"{run.seconds:,.1f}",
            *(found.get(name) for name in names),
        )
        for run, found in zip(runs, all_measured, strict=True)
    ]
    columns = [[found[name] for found in all_measured if name in found] for name in names]
    blank = [""] * (len(header) - 1 - len(names))
    foot = [
        cells("mean", *blank, *(statistics.fmean(column) for column in columns)),
        cells(
            "standard deviation", *blank,
            *(statistics.stdev(column) if len(column) > 1 else None for column in columns),
        ),
    ]  # fmt: skip
    if several:
        note = (
            "No mean: the runs are not of one family. A family is a definition with all its seeds."
        )
        return PageTable("Results of each run", header, tuple(rows), (), note)
    note = "The standard deviation is that of a sample (n - 1)."
    return PageTable(
        "Results of each run", header, tuple(rows), tuple(foot) if len(runs) > 1 else (), note
    )


def differences(runs: Sequence[Run]) -> PageTable | None:
    """Settings and versions in which the runs differ."""
    rows = []
    for kind in ("settings", "versions"):
        names = dict.fromkeys(name for run in runs for name in getattr(run, kind))
        for name in names:
            values = [getattr(run, kind).get(name) for run in runs]
            if len(set(values)) > 1:
                rows.append(cells(name, *values))
    for name in ("device", "threads", "family", "script"):
        values = [_hash_or_text(run.receipt.get(name)) for run in runs]
        if len(set(values)) > 1:
            rows.append(cells(name, *values))
    if not rows:
        return None
    return PageTable("What differs between the runs", ("setting", *numbered(runs)), tuple(rows))


def numbered(runs: Sequence[Run]) -> tuple[str, ...]:
    return tuple(visible(run.path.name or str(run.path)) for run in runs)


def _hash_or_text(value: object) -> str:
    text = str(value)
    return text[:12] + "\N{HORIZONTAL ELLIPSIS}" if len(text) == 64 else text


# ---- labels ----


def confusion_matrix(found: Sequence[Predicted]) -> PageTable | None:
    """For multi-class tasks: true labels in rows, predicted ones in columns, all runs together."""
    labels = found[0].labels
    if len(labels) > _MOST_LABELS:
        return None
    counts = functools.reduce(
        operator.add, (measures.confusion(each.truth, each.scores) for each in found)
    )
    totals = counts.sum(axis=1)
    rows = []
    for number, label in enumerate(labels):
        total = int(totals[number])
        shares = [int(count) / total if total else 0.0 for count in counts[number]]
        row = [
            Cell(f"{int(count):,}", round(10 * share))
            for count, share in zip(counts[number], shares, strict=True)
        ]
        rows.append((*cells(label), *row, *cells(total)))
    header = ("true label", *(f"predicted {visible(label)}" for label in labels), "all")
    note = "The darker a cell, the larger its share of the row."
    if len(found) > 1:
        note += f" Counts of {len(found)} runs, added."
    return PageTable("Confusion matrix", header, tuple(rows), (), note, "matrix")


def by_label(
    found: Sequence[Predicted], task: str | None, areas: Sequence[Mapping[str, Mapping[str, float]]]
) -> PageTable:
    """For each label: how often it is true and predicted, and how well; the mean over runs."""
    rows = []
    for number, label in enumerate(found[0].labels):
        each = [_detected(one, number, task) for one in found]
        values = [
            [getattr(one, name) for one in each] for name in ("precision", "recall", "f1")
        ] + [[one[kind].get(label) for one in areas] for kind in ("AUROC", "AUPRC")]
        predicted = statistics.fmean(one.predicted for one in each)
        counts = each[0].true, round(predicted)
        rows.append(cells(label, *counts, *(_mean(row) for row in values)))
    header = ("label", "true", "predicted", "precision", "recall", "F1", "AUROC", "AUPRC")
    if task == MULTI_LABEL:
        note = f"A label is predicted if its probability is above {measures.THRESHOLD}."
    else:
        note = "The label with the highest score is predicted."
    if len(found) > 1:
        note += f" Means of {len(found)} runs."
    return PageTable("Labels of the test set", header, tuple(rows), (), note)


def _detected(one: Predicted, number: int, task: str | None) -> measures.Detection:
    if task == MULTI_LABEL:
        predicted = one.scores[:, number] > measures.THRESHOLD
    else:
        predicted = one.scores.argmax(axis=1) == number
    return measures.detection(one.truth[:, number], predicted)


def _mean(values: Iterable[float | None]) -> float | None:
    there = [value for value in values if value is not None and not math.isnan(value)]
    return statistics.fmean(there) if there else None


def of_data(run: Run) -> PageTable:
    """Examples per label and set, with the hashes of the sets."""
    sets = [name for name in SETS if name in run.data]
    header = ("label", *sets)
    rows = []
    for label in run.labels:
        counts = [(run.data[name].labels[label], run.data[name].examples) for name in sets]
        row = [Cell(f"{n:,} ({n / all:.1%})" if all else f"{n:,}") for n, all in counts]
        rows.append((*cells(label), *row))
    foot = (cells("examples", *(run.data[name].examples for name in sets)),)
    return PageTable("Examples of each label", header, tuple(rows), foot)


# ---- with what ----


def _pairs(title: str, header: tuple[str, str], found: Iterable[tuple[str, object]]) -> PageTable:
    return PageTable(
        title, header, tuple(cells(name, value) for name, value in found), kind="pairs"
    )


def of_settings(run: Run) -> PageTable:
    return _pairs("Hyperparameters", ("setting", "value"), run.settings.items())


def of_versions(run: Run) -> PageTable:
    circumstances = run.receipt.get("circumstances")
    more = circumstances.items() if isinstance(circumstances, dict) else ()
    rows: list[tuple[str, object]] = [
        *run.versions.items(),
        ("device", run.receipt["device"]),
        ("threads", run.receipt["threads"]),
        *more,
    ]
    return _pairs("Versions and circumstances", ("what", "value"), rows)


def of_hashes(run: Run) -> PageTable:
    weights = run.results.get("weights", {})
    rows: list[tuple[str, object]] = [
        (f"{name}.txt", found.sha256) for name, found in run.data.items()
    ]
    rows += [(name, run.receipt[name]) for name in ("definition", "script")]
    if "sha256" in weights:
        rows.append(("weights", weights["sha256"]))
    return _pairs("SHA-256", ("of", "hash"), rows)
