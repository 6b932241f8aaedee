"""The results of runs as a page shows them: pictures, tables, and important remarks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...catalog.sequences import MULTI_CLASS, MULTI_LABEL
from ...messages.diagnostics import first_few
from ...visible import visible
from ..runs.kinship import SAYS_HOW, definition_hash, library_of
from ..runs.run import Run, check_alike
from . import pictures, tables
from .page import Fact, PageSection, Results
from .pictures import Predicted, predicted

_FEW = 3  # names of runs
_ALONE = "make a page for each"


def results(
    runs: Sequence[Run],
    definition: str | None = None,
    script: str | None = None,
    family: str | None = None,
) -> Results:
    """One run, or several of one task; the SHA-256 of the definition and the script of the page, and
    the hash of its family.

    Raises `UnlikeRuns`, and `RunError` where a file of a run is damaged.
    """
    check_alike(runs, _ALONE)
    found = [each for each in map(predicted, runs) if each is not None]
    found = found if len(found) == len(runs) else []
    first = runs[0]
    names = dict.fromkeys(run.model_id for run in runs)
    return Results(
        visible(", ".join(names)),
        _subtitle(runs),
        _facts(runs, definition, family),
        tuple(_remarks(runs, found, definition, script, family)),
        tuple(section for section in _sections(runs, found, first.task) if section),
    )


def _subtitle(runs: Sequence[Run]) -> str:
    task = runs[0].task or "classification"
    labels = f"{len(runs[0].labels):,} label{'' if len(runs[0].labels) == 1 else 's'}"
    count = "one run" if len(runs) == 1 else f"{len(runs)} runs"
    return f"{count} of {task}, {labels}"


def _facts(runs: Sequence[Run], definition: str | None, family: str | None) -> tuple[Fact, ...]:
    """The main results. Runs of different definitions are not averaged."""
    own = [run for run in runs if definition_hash(run.receipt) in (family, definition)]
    chosen = own or list(runs)
    all_measured = [tables.measured(run) for run in chosen]
    about, shown = _over(runs, own, definition), pictures.spread
    if tables.families(chosen) > 1:
        shown = pictures.extent
    facts = []
    for name in dict.fromkeys(name for found in all_measured for name in found):
        values = [found[name] for found in all_measured if name in found]
        facts.append(Fact(name, shown(values, 4), about))
    if len(runs) > 1:
        return tuple(facts)
    (run,) = runs
    if run.history:
        facts.append(Fact("epoch kept", f"{run.best_epoch} of {len(run.history)}", _why(run)))
    if run.setting("SEED") is not None:
        facts.append(Fact("seed", str(run.setting("SEED"))))
    weights = run.results.get("weights", {}).get("count")
    if isinstance(weights, int):
        facts.append(Fact("weights", f"{weights:,}"))
    facts.append(Fact("device", visible(str(run.receipt["device"]))))
    if run.seconds is not None:
        facts.append(Fact("time", f"{run.seconds:,.1f} s"))
    return tuple(facts)


def _over(runs: Sequence[Run], own: Sequence[Run], definition: str | None) -> str:
    """Which runs a result is of, where that is not all of one definition."""
    if own and len(own) < len(runs):
        others = first_few([visible(run.path.name) for run in runs if run not in own], _FEW)
        return f"of this definition as compiled here; without {others}"
    if not own and tables.families(runs) > 1:
        return f"of {_several(runs)}: not averaged"
    stranger = all(run.receipt["definition"] != definition for run in runs)
    return "of another definition" if definition and not own and stranger else ""


def _several(runs: Sequence[Run]) -> str:
    """What the runs are of, if not of one definition that was compiled alike."""
    number = tables.families(runs)
    if _of_one_file(runs):
        return f"one definition, compiled in {number} ways"
    libraries = {library_of(run.receipt) for run in runs}
    return f"{number} different definitions{' or libraries' * (len(libraries) > 1)}"


def _of_one_file(runs: Sequence[Run]) -> bool:
    return all(run.receipt["definition"] == runs[0].receipt["definition"] for run in runs)


def _why(run: Run) -> str:
    """Why training ended, as far as the receipt shows."""
    limit, patience = run.setting("EPOCHS"), run.setting("PATIENCE")
    if isinstance(limit, int) and len(run.history) < limit:
        waited = f": {patience} epochs without a lower validation loss" if patience else ""
        return f"stopped early{waited}"
    return "all epochs were trained"


def _remarks(
    runs: Sequence[Run],
    found: Sequence[Predicted],
    definition: str | None,
    script: str | None,
    family: str | None,
) -> Iterator[str]:
    if tables.families(runs) > 1:
        how = "" if _of_one_file(runs) else f": {SAYS_HOW}"
        yield f"The runs are of {_several(runs)}{how}."
    for run in runs:
        name = visible(str(run.path))
        if definition is not None and run.receipt["definition"] != definition:
            if definition_hash(run.receipt) == family:
                yield (
                    f"{name} is a run of this definition with another id, name, description or seed."
                )
            else:
                yield f"{name} is not a run of this definition: its receipt names another SHA-256."
        elif script is not None and run.receipt["script"] != script:
            yield (
                f"{name} is a run of another script than the one on this page: other options "
                "(--like), another version of the compiler, or a change by hand."
            )
        copies = run.results.get("copies", {})
        for pair, count in copies.items():
            if isinstance(count, int) and count:
                yield f"{name}: {count:,} examples of {visible(pair)} are copies."
    for kind in ("training", "validation", "test"):
        hashes = {run.data[kind].sha256 for run in runs if kind in run.data}
        if len(hashes) > 1:
            yield f"The runs were not made with the same {kind} data."
    if not found:
        missing = [run for run in runs if "test" not in run.predicted]
        names = ", ".join(visible(str(run.path)) for run in missing)
        yield f"No curves: {names} has no predictions for a test set (test-y-hat.txt)."


def _sections(
    runs: Sequence[Run], found: Sequence[Predicted], task: str | None
) -> Iterator[PageSection]:
    several = len(runs) > 1
    if several:
        unlike = tables.differences(runs)
        both = [tables.of_runs(runs), *([unlike] if unlike else [])]
        note = "" if unlike else "The runs differ in nothing that was asked for."
        yield PageSection("runs", "Runs", tables=tuple(both), note=note)
    mixed = ""
    if tables.families(runs) > 1:
        mixed = f"Means and sums are over all runs, although these are of {_several(runs)}."
    epochs = pictures.epochs(runs)
    if epochs:
        yield PageSection("training", "Training", tuple(epochs), note=mixed)
    if found:
        drawn = [*pictures.curves(found), *pictures.calibrations(found)]
        matrix = tables.confusion_matrix(found) if task == MULTI_CLASS else None
        areas = [{kind: _areas(run, kind) for kind in ("AUROC", "AUPRC")} for run in runs]
        told = tables.by_label(found, task or MULTI_LABEL, areas)
        yield PageSection(
            "test",
            "Test set",
            tuple(drawn),
            tables=(*([matrix] if matrix else []), told),
            note=mixed,
        )
        small = pictures.histograms(found)
        if small:
            yield PageSection("scores", "Scores", small=tuple(small))
    yield PageSection("data", "Data", tables=(tables.of_data(runs[0]),))
    first = runs[0]
    note = f"Of the first run, {visible(str(first.path))}." if several else ""
    made = (tables.of_settings(first), tables.of_versions(first), tables.of_hashes(first))
    yield PageSection("made", "How it was made", tables=made, note=note)


def _areas(run: Run, kind: str) -> dict[str, float]:
    areas = run.results.get("test", {}).get(kind, {})
    return areas if isinstance(areas, dict) else {}
