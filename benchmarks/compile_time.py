"""How long compiling takes: cold, against the imports it cannot do without, and in one process.

Usage: python benchmarks/compile_time.py   (on a machine that does nothing else)
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from seqgra_compile.compiler import compile_definition

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "motifs.xml"
DEFINITIONS = [EXAMPLE, *sorted(ROOT.glob("golden/accept/*/model.xml"))]
COLD_RUNS, WARM_RUNS = 11, 5


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def python(*arguments: object) -> Callable[[], object]:
    """A fresh interpreter with these arguments."""
    command = [sys.executable, *map(str, arguments)]
    return lambda: subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)


def cold() -> None:
    """Both in turns, so that a slower minute of the machine hits both."""
    kinds = {
        "import jinja2, black": python("-c", "import jinja2, black"),
        "compile examples/motifs.xml": python("-m", "seqgra_compile", EXAMPLE),
    }
    times: dict[str, list[float]] = {name: [] for name in kinds}
    for _ in range(COLD_RUNS):
        for name, work in kinds.items():
            times[name].append(seconds(work))
    medians = [statistics.median(runs) for runs in times.values()]
    for name, median in zip(kinds, medians, strict=True):
        print(f"cold, {name}: {1000 * median:.0f} ms")
    print(f"ratio: {medians[1] / medians[0]:.2f}")


def warm() -> None:
    """Each further definition in one process, the best of some runs."""
    compile_definition(EXAMPLE)
    for path in DEFINITIONS:
        best = min(seconds(lambda path=path: compile_definition(path)) for _ in range(WARM_RUNS))
        name = path.stem if path == EXAMPLE else path.parent.name
        print(f"one more, {name}: {1000 * best:.0f} ms")


if __name__ == "__main__":
    cold()
    warm()
