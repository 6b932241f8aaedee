"""A finished run, read from its folder and checked: what its files say must agree.

Tables, pages and exports of runs read them here. Nothing is executed and no weights are loaded.
"""

from __future__ import annotations

import ast
import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...catalog.data import SETS
from ...catalog.sequences import MULTI_CLASS, MULTI_LABEL
from .receipt import MAX_RECEIPT, Receipt, ReceiptError, is_number, read_object, read_receipt

RECEIPT, METRICS, HISTORY = "receipt.json", "metrics.json", "history.tsv"
# Blocks of a receipt that are not results: what was asked, what it ran with, and when.
_ORIGIN = ("data", "epochs", "device", "threads", "definition", "script", "settings", "versions")
_CIRCUMSTANCES = "circumstances"
_MAX_TEXT = 2**32


class RunError(ValueError):
    """Why a folder or file is not a finished run: a path and a message."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(problem)
        self.path = path


class UnlikeRuns(RunError):
    """Runs that cannot be shown together: the path of one, and a message."""


@dataclass(frozen=True)
class Set:
    """A data file as a run read it: its hash, its number of examples, and the number for each
    label.
    """

    sha256: str
    examples: int
    labels: Mapping[str, int]


@dataclass(frozen=True)
class Predictions:
    """A set's predictions, a row for each example and a column for each label.

    `y` says which labels are true, `y_hat` what the model gives each: its probability, or a Bayes
    classifier's score.
    """

    labels: tuple[str, ...]
    y: tuple[tuple[bool, ...], ...]
    y_hat: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Run:
    """A finished run. `receipt` is its receipt; the rest is taken from it.

    `folder` is None if only the receipt was read. `history` has a row for each epoch, none for a
    Bayes classifier; `settings` are Python literals as text, by name; `results` are the blocks
    copies, best, weights, test and the like.
    """

    path: Path
    folder: Path | None
    receipt: Mapping[str, object]
    labels: tuple[str, ...]
    data: Mapping[str, Set]
    history: tuple[Mapping[str, float], ...]
    settings: Mapping[str, str]
    versions: Mapping[str, str]
    results: Mapping[str, Receipt]

    @property
    def model_id(self) -> str:
        return str(self.setting("MODEL_ID"))

    @property
    def best_epoch(self) -> int | None:
        """The epoch whose weights were kept; None for a Bayes classifier."""
        return self.results["best"]["epoch"] if "best" in self.results else None

    @property
    def seconds(self) -> float | None:
        """The duration, including all parts of a resumed run; None if the receipt is older."""
        circumstances = self.receipt.get(_CIRCUMSTANCES)
        found = circumstances.get("seconds") if isinstance(circumstances, dict) else None
        return float(found) if is_number(found) else None

    @functools.cached_property
    def task(self) -> str | None:
        """Multi-class or multi-label classification; None if unknown.

        Raises `RunError`. If the receipt does not name it, there are two signs: with several
        labels per example, the labels do not add up to the examples; with one each, the
        probabilities add up to 1.
        """
        task = self.receipt.get("task")
        if isinstance(task, str):
            return task
        if any(sum(each.labels.values()) != each.examples for each in self.data.values()):
            return MULTI_LABEL
        found = self.predictions
        if found is None:
            return None
        one_each = all(sum(row) == 1 for row in found.y)
        sums = map(sum, found.y_hat)
        shares = all(math.isnan(total) or abs(total - 1.0) < 1e-3 for total in sums)
        return MULTI_CLASS if one_each and shares else MULTI_LABEL

    def setting(self, name: str) -> object:
        """A setting's value, or None if the definition has no such setting."""
        text = self.settings.get(name)
        return None if text is None else ast.literal_eval(text)

    @property
    def predicted(self) -> tuple[str, ...]:
        """The sets whose predictions are in the folder."""
        return tuple(name for name in SETS if self._file(f"{name}-y-hat.txt"))

    @functools.cached_property
    def predictions(self) -> Predictions | None:
        """The predictions for the test set, None if there are none; raises `RunError`."""
        return self.predictions_of("test")

    def predictions_of(self, name: str) -> Predictions | None:
        """The predictions for a set, None if there are none; raises `RunError`."""
        path = self._file(f"{name}-y-hat.txt")
        return None if path is None else _predictions(path, self.labels, self.data.get(name))

    def _file(self, name: str) -> Path | None:
        path = self.folder and self.folder / name
        return path if path and path.is_file() else None


def read_run(path: str | Path) -> Run:
    """A run's folder, or its receipt alone; raises `RunError`, or OSError."""
    path = Path(path)
    if path.is_dir():
        run = _taken(path, path / RECEIPT, path)
        _check_folder(path, run)
        return run
    return _taken(path, path, None)


def check_alike(runs: Sequence[Run], remedy: str) -> None:
    """Check that runs have the same task and labels; raises `UnlikeRuns`."""
    first = runs[0]
    for run in runs[1:]:
        if run.labels != first.labels:
            raise UnlikeRuns(run.path, f"its labels are not those of {first.path}; {remedy}")
        if None not in (run.task, first.task) and run.task != first.task:
            problem = f"its task is {run.task}, that of {first.path} is {first.task}; {remedy}"
            raise UnlikeRuns(run.path, problem)


# ---- the receipt ----


def _taken(path: Path, file: Path, folder: Path | None) -> Run:
    if folder and not file.exists():
        raise RunError(folder, _without_receipt(folder))
    try:
        receipt = read_receipt(_bytes(file, MAX_RECEIPT))
        return _run(path, folder, receipt)
    except ReceiptError as error:
        raise RunError(file, str(error)) from error


def _without_receipt(folder: Path) -> str:
    """Why there is no receipt, as far as the folder shows."""
    if (folder / "checkpoint").exists():
        return (
            "an unfinished run: it was stopped or is still training; train.py --resume continues it"
        )
    if (folder / METRICS).exists():
        return f"no {RECEIPT}: the script keeps no records; compile it with --records full"
    return f"no {RECEIPT}: this is not the folder of a finished run"


def _run(path: Path, folder: Path | None, receipt: Receipt) -> Run:
    settings, versions = (_texts(receipt, name) for name in ("settings", "versions"))
    labels = _labels(settings)
    data = {name: _set(name, found, labels) for name, found in receipt["data"].items()}
    if not data:
        raise ReceiptError("'data' has no set")
    results = {
        name: value
        for name, value in receipt.items()
        if name not in _ORIGIN and name != _CIRCUMSTANCES and isinstance(value, dict)
    }
    epochs = tuple(receipt.get("epochs", ()))
    _check_best(epochs, results.get("best"))
    return Run(path, folder, receipt, labels, data, epochs, settings, versions, results)


def _texts(receipt: Receipt, name: str) -> dict[str, str]:
    for key, value in receipt[name].items():
        if not isinstance(value, str):
            raise ReceiptError(f"'{name}' gives {key} a value that is not a string")
    return dict(receipt[name])


def _labels(settings: Mapping[str, str]) -> tuple[str, ...]:
    for name in settings:
        try:
            ast.literal_eval(settings[name])
        except (ValueError, SyntaxError, MemoryError, RecursionError) as error:
            if settings[name] not in ("inf", "-inf", "nan"):
                problem = f"its setting {name} is not a Python value: {settings[name][:50]}"
                raise ReceiptError(problem) from error
    labels = ast.literal_eval(settings.get("LABELS", "()"))
    if not (isinstance(labels, tuple) and labels and all(isinstance(n, str) for n in labels)):
        raise ReceiptError("its setting LABELS has no labels")
    return labels


def _set(name: str, found: object, labels: tuple[str, ...]) -> Set:
    match found:
        case {"sha256": str(sha256), "examples": int(examples), "labels": dict(counts)}:
            numbers = [examples, *counts.values()]
            whole = all(type(number) is int and number >= 0 for number in numbers)
            if whole and tuple(counts) == labels:
                return Set(sha256, examples, counts)
    raise ReceiptError(f"its data '{name}' lack a hash, or the number of examples of each label")


def _check_best(epochs: tuple[Receipt, ...], best: object) -> None:
    if not epochs and best is None:
        return
    if repr(best) not in map(repr, epochs):  # in which a NaN is like another
        raise ReceiptError("its block 'best' is not one of its epochs: it was changed")


# ---- the files beside it ----


def _check_folder(folder: Path, run: Run) -> None:
    """Check that the other files agree with the receipt."""
    metrics = folder / METRICS
    try:
        found = read_object(_bytes(_there(metrics), MAX_RECEIPT))
    except ReceiptError as error:
        raise RunError(metrics, "it is not JSON") from error
    _check_same(metrics, _unlike(run.receipt, found))
    if not run.history:
        return
    history = _there(folder / HISTORY)
    header, *rows = (line.split("\t") for line in _text(history).splitlines() or [""])
    wanted = [[str(value) for value in row.values()] for row in run.history]
    if header != list(run.history[0]) or len(rows) != len(wanted):
        _check_same(history, f"the {len(wanted)} epochs")
    for number, (row, texts) in enumerate(zip(rows, wanted, strict=True), start=1):
        _check_same(history, "" if row == texts else f"epoch {number}")


def _there(path: Path) -> Path:
    if not path.exists():
        raise RunError(
            path, f"it is missing, so the run is incomplete; {RECEIPT} alone can still be read"
        )
    return path


def _check_same(path: Path, what: str) -> None:
    if what:
        raise RunError(path, f"it differs from {RECEIPT} in {what}: one of the two was changed")


def _unlike(receipt: Mapping[str, object], metrics: Mapping[str, object]) -> str:
    """The first block in which metrics and receipt differ, or that only one of them has."""
    blocks = [*metrics, *(name for name in (*SETS, "best") if name in receipt)]
    unlike = (name for name in blocks if repr(metrics.get(name)) != repr(receipt.get(name)))
    return next((f"'{name}'" for name in unlike), "")


def _predictions(path: Path, labels: tuple[str, ...], of: Set | None) -> Predictions:
    header, *lines = _text(path).splitlines() or [""]
    names = [f"{column}_{label}" for column in ("y", "y_hat") for label in labels]
    if header.split("\t") != names:
        raise RunError(path, f"its header is not y and y_hat of the labels in {RECEIPT}")
    y, y_hat = [], []
    for number, line in enumerate(lines, start=2):
        true, given = _row(Path(f"{path}:{number}"), line, len(labels))
        y.append(true)
        y_hat.append(given)
    if of and len(y) != of.examples:
        raise RunError(path, f"it has {len(y)} examples, and {RECEIPT} says {of.examples}")
    return Predictions(labels, tuple(y), tuple(y_hat))


def _row(place: Path, line: str, count: int) -> tuple[tuple[bool, ...], tuple[float, ...]]:
    words = line.split("\t")
    true, given = words[:count], words[count:]
    try:
        numbers = tuple(map(float, given))
    except ValueError:
        numbers = ()
    if len(numbers) != count or not set(true) <= {"True", "False"}:
        raise RunError(place, f"need {count} times True or False, then {count} numbers")
    return tuple(word == "True" for word in true), numbers


def _text(path: Path) -> str:
    try:
        return _bytes(path, _MAX_TEXT).decode("utf-8")
    except UnicodeDecodeError as error:
        raise RunError(path, "it is not UTF-8 text") from error


def _bytes(path: Path, limit: int) -> bytes:
    with path.open("rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise RunError(path, f"it holds more than {limit:,} bytes")
    return data
