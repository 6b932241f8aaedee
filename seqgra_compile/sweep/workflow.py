"""The files that carry out a sweep: a Snakefile, its settings, and the same for a shell."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from .. import __version__
from ..backends.renderer import environment
from ..resources import folder
from .grid import SHEET, SweepRun, sheet

# They depend on the runs, and are written again when runs are added.
_GROWING = {
    "Snakefile": "Snakefile.j2",
    "commands.sh": "commands.sh.j2",
    "README.md": "README.md.j2",
}
# Once they exist, the user may edit them.
_KEPT = {"config.yaml": "config.yaml.j2", "profiles/default/config.yaml": "profile.yaml.j2"}


def growing(runs: Sequence[SweepRun]) -> dict[str, bytes]:
    """Files that depend on the runs. The sheet is last and makes a sweep complete."""
    return _rendered(_GROWING, runs) | {SHEET: sheet(runs).encode()}


def kept(runs: Sequence[SweepRun]) -> dict[str, bytes]:
    """Settings, which are kept if they exist."""
    return _rendered(_KEPT, runs)


def fixed(runs: Sequence[SweepRun]) -> dict[str, bytes]:
    """The script that draws examples, if any are drawn."""
    if not _is_drawn(runs):
        return {}
    return {"scripts/draw.py": (folder("templates") / "sweep" / "draw.py").read_bytes()}


def _rendered(names: dict[str, str], runs: Sequence[SweepRun]) -> dict[str, bytes]:
    templates, values = environment(), _values(runs)
    return {
        path: templates.get_template(f"sweep/{name}").render(values).encode()
        for path, name in names.items()
    }


def _values(runs: Sequence[SweepRun]) -> dict[str, object]:
    """What the templates need."""
    architectures = dict.fromkeys(run.architecture for run in runs if run.model_seed)
    simulated = is_simulated(runs)
    bayes = any(not run.model_seed for run in runs)
    return {
        "version": __version__,
        "architectures": ", ".join(architectures),
        "simulated": simulated,
        "drawn": _is_drawn(runs),
        "bayes": bayes,
        "bayes_on_test": bayes and simulated,
        "commands": list(_commands(runs)),
        "by": _by(runs),
    }


def is_simulated(runs: Sequence[SweepRun]) -> bool:
    return any(run.test_data for run in runs)


def _is_drawn(runs: Sequence[SweepRun]) -> bool:
    return any(run.folder and run.size for run in runs)


def _by(runs: Sequence[SweepRun]) -> str:
    """The option that puts runs into one row that differ in seeds alone."""
    if not any(run.size for run in runs):
        return ""
    several = len({run.folder for run in runs}) > 1
    return f" --by data.training.examples{',data.test.sha256' if several else ''}"


def _commands(runs: Sequence[SweepRun]) -> Iterator[str]:
    """Calls of the functions in commands.sh: all data, then all runs."""
    if is_simulated(runs):
        for name in dict.fromkeys([*(run.test_data for run in runs), *(run.data for run in runs)]):
            yield f"simulate {name}"
    for data, run in {run.data: run for run in runs}.items():
        if run.test_data:
            yield f"data {data} {run.test_data}" if run.model_seed else f"test_data {data}"
        else:
            drawn = f" {run.size} {run.data_seed}" if run.size else ""
            yield f"data {data} {shlex.quote(run.folder)}{drawn}"
    for run in runs:
        yield f"{'train' if run.model_seed else 'bayes'} {run.model} {run.data}"
