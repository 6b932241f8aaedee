"""A table of runs: a row for each definition, over its seeds, or for each run.

A column is named after its content: a setting of the section Definition (LEARNING_RATE), a path
into the receipt (test.accuracy, data.training.examples, versions.PyTorch), or one of `OWN`.
"""

from __future__ import annotations

import hashlib
import math
import re
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ...messages.diagnostics import did_you_mean, first_few
from .kinship import definition_hash, library_of, short_hash
from .receipt import is_number
from .run import Run, UnlikeRuns, check_alike

DEFINITION, RUN = "definition", "run"
# The columns of a table if none are named, as far as they exist.
_RESULTS = ("test.accuracy", "test.mean AUROC", "test.mean AUPRC", "test.loss")
# Settings in which the runs of one definition may differ.
_FREE = ("MODEL_ID", "SEED")
_DIGITS = 8  # of a hash
_MAX_JOINED = 10  # values in one cell


class UnknownColumn(ValueError):
    """A column that no run has; the message says so."""


@dataclass(frozen=True)
class Spread:
    """A result over the runs of a definition."""

    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        """NaN if one of them is not finite."""
        return statistics.fmean(self.values) if self._finite else math.nan

    @property
    def deviation(self) -> float | None:
        """Of the sample; None if there is one run only, or a value that is not finite."""
        return statistics.stdev(self.values) if self._finite and len(self.values) > 1 else None

    @property
    def _finite(self) -> bool:
        return all(map(math.isfinite, self.values))


TableValue = Spread | float | int | str | None


def readable(value: TableValue) -> str:
    """As a reader is shown it: eight digits tell hashes apart."""
    text = str(value)
    return text[:8] if re.fullmatch("[0-9a-f]{64}", text) else text


@dataclass(frozen=True)
class Table:
    """`columns` are names; each row has a cell for each, None if a run has no value.

    `by` are the columns in which runs in one row are alike.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[TableValue, ...], ...]
    by: tuple[str, ...] = ()


def table_of_runs(
    runs: Sequence[Run],
    per: str = DEFINITION,
    columns: Sequence[str] = (),
    by: Sequence[str] = (),
) -> Table:
    """The runs in rows; without names, the columns are what differs and the results on the test
    set.

    Runs of a definition on other data are in another row; with `by`, names of columns, only those
    that differ in one of these.

    Raises `UnlikeRuns` for runs that are not of one task and for one that is given twice, and
    `UnknownColumn` for a name that no run knows.
    """
    _check(runs)
    _check_names([*columns, *by], runs)
    groups = _groups(runs, by) if per == DEFINITION else [[run] for run in runs]
    columns = columns or _chosen(groups, per, by)
    rows = tuple(tuple(_cell(name, group, per, by) for name in columns) for group in groups)
    return Table(tuple(columns), rows, tuple(by))


def _check(runs: Sequence[Run]) -> None:
    places = [run.path.resolve() for run in runs]
    twice = [run.path for run, place in zip(runs, places, strict=True) if places.count(place) > 1]
    if twice:
        raise UnlikeRuns(twice[0], "it is given twice")
    check_alike(runs, "make a table for each")


# ---- rows ----


def _groups(runs: Sequence[Run], by: Sequence[str]) -> list[list[Run]]:
    """Runs of one definition on the same data, or with equal `by`, in order of first occurrence."""
    groups: dict[tuple[TableValue, ...], list[Run]] = {}
    for run in runs:
        alike = tuple(_value(name, run) for name in by or ("data",))
        groups.setdefault((definition_hash(run.receipt), *alike), []).append(run)
    return list(groups.values())


def _data(run: Run) -> str:
    """The first digits of a hash of all data files."""
    hashes = "".join(f"{name} {found.sha256}\n" for name, found in run.data.items())
    return hashlib.sha256(hashes.encode()).hexdigest()[:_DIGITS]


def _library(run: Run) -> str:
    return library_of(run.receipt) or "Bayes"


# ---- columns ----

OWN: Mapping[str, Callable[[Run], TableValue]] = {
    "folder": lambda run: str(run.path),
    "model": lambda run: run.model_id,
    "library": _library,
    "family": lambda run: short_hash(run.receipt),
    "data": _data,
    "epochs": lambda run: len(run.history) or None,
    "seconds": lambda run: run.seconds,
}
_COUNT = "n"


def _chosen(groups: Sequence[Sequence[Run]], per: str, by: Sequence[str]) -> list[str]:
    """The names of the rows, what differs between them, and the existing results."""
    firsts = [group[0] for group in groups]
    names = ["model"] if per == DEFINITION else ["folder", "model"]
    apart = ("library",) if by else ("library", "data")
    names += [name for name in apart if len({OWN[name](run) for run in firsts}) > 1]
    trained = [run for run in firsts if run.history] or firsts  # a Bayes classifier has no settings
    if "family" not in by and _look_alike(trained):
        names.insert(names.index("model") + 1, "family")
    names += by
    settings = dict.fromkeys(name for run in trained for name in run.settings)
    for name in settings:
        if name not in (*_FREE, *by) and len({run.settings.get(name) for run in trained}) > 1:
            names.append(name)
    seeds = [run for group in groups for run in group if "SEED" in run.settings]
    names += [_COUNT] if per == DEFINITION else (["SEED"] if seeds else [])
    runs = [run for group in groups for run in group]
    names += [
        name
        for name in ("epochs", "seconds", *_RESULTS)
        if any(_value(name, run) is not None for run in runs)
    ]
    return names


def _look_alike(runs: Sequence[Run]) -> bool:
    """Whether two definitions have one id and library, so that these do not tell them apart."""
    kinds = {(_without_seed(run), _library(run), definition_hash(run.receipt)) for run in runs}
    return len({kind[:2] for kind in kinds}) < len(kinds)


def _check_names(names: Sequence[str], runs: Sequence[Run]) -> None:
    for name in names:
        if name != _COUNT and all(_value(name, run) is None for run in runs):
            known = dict.fromkeys(each for run in runs for each in known_columns(run))
            guess = did_you_mean(name, known)
            hint = (
                guess
                or f"columns are {', '.join([*OWN, _COUNT])}, settings such as SEED, and paths such as test.accuracy"
            )
            raise UnknownColumn(f"no run has '{name}'; {hint}")


def known_columns(run: Run) -> list[str]:
    """All names of a run's columns."""
    return [*OWN, _COUNT, *run.settings, *_paths(run.receipt)]


def _paths(found: Mapping[str, object], before: str = "") -> Iterable[str]:
    for name, value in found.items():
        if isinstance(value, Mapping):
            yield from _paths(value, f"{before}{name}.")
        elif not isinstance(value, list):
            yield f"{before}{name}"


def _value(name: str, run: Run) -> TableValue:
    """A run's value for a column."""
    if name in OWN:
        return OWN[name](run)
    if name in run.settings:
        value = run.setting(name)
        return value if is_number(value) or isinstance(value, str) else run.settings[name]
    return _at(name, run.receipt)


def _at(path: str, found: object) -> TableValue:
    """The value at a path; names may contain dots, as labels do."""
    if not isinstance(found, Mapping):
        return None
    value = found.get(path)
    if value is not None:
        return None if isinstance(value, (Mapping, list)) else value
    for name in found:
        if path.startswith(f"{name}."):
            value = _at(path.removeprefix(f"{name}."), found[name])
            if value is not None:
                return value
    return None


def _cell(name: str, group: Sequence[Run], per: str, by: Sequence[str]) -> TableValue:
    if name == _COUNT:
        return len(group)
    values = [_value(name, run) for run in group]
    if name == "model" and per == DEFINITION:
        values = [_without_seed(run) for run in group]
    if per == RUN or name in by:
        return values[0]
    numbers = [float(value) for value in values if is_number(value)]
    is_result = name not in group[0].settings and name not in ("folder", "model")
    if is_result and numbers:
        return Spread(tuple(numbers)) if len(numbers) == len(values) else None
    return _joined(values)


def _without_seed(run: Run) -> str:
    """The id; without the seed, if it ends with that, as seqgra-sweep names the models of a sweep."""
    return run.model_id.removesuffix(f"-s{run.setting('SEED')}")


def _joined(values: Sequence[TableValue]) -> TableValue:
    """One value, or all values."""
    found = list(dict.fromkeys(value for value in values if value is not None))
    if len(found) < 2:
        return found[0] if found else None
    return first_few(map(str, found), _MAX_JOINED)
