"""How long compiling takes, as ratios of what was measured beside it in the same run.

Usage: python benchmarks/compile_time.py   (on a machine that does nothing else)

Cold: a fresh interpreter, against one that imports lxml, Jinja2 and Black; both in turns.
Further: one more definition in the same process, on one core, nothing of it known from before.
Growth: ever more operations or labels; in linear growth the time of each stays the same.
Many: a folder of different definitions in one call.
"""

from __future__ import annotations

import gc
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from seqgra_compile.compiler import compile_bytes, compile_definition

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = [path for path in sorted(ROOT.glob("examples/*.xml")) if path.stem != "motifs-grammar"]
GOLDEN = sorted(ROOT.glob("golden/accept/*/model.xml"))
COLD = [
    ROOT / "examples" / "motifs.xml",
    ROOT / "examples" / "basset.xml",
    ROOT / "golden" / "accept" / "tf-mc3-dna64-conv-variants" / "model.xml",
]
COLD_RUNS, RUNS, MANY = 15, 5, 100
OPERATIONS, LABELS = (125, 250, 500), (2_500, 5_000, 10_000)


def cpu_of_children() -> float:
    used = os.times()
    return used.children_user + used.children_system


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def python(*arguments: object, status: int = 0) -> Callable[[], object]:
    """A fresh interpreter with these arguments; bytecode is kept, as an installation has it."""
    command = [sys.executable, *map(str, arguments)]
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    paths = [str(ROOT), *filter(None, [environment.get("PYTHONPATH")])]
    environment["PYTHONPATH"] = os.pathsep.join(paths)

    def work() -> None:
        done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL)
        assert done.returncode == status, command

    return work


def label(path: Path) -> str:
    return path.stem if path.stem != "model" else path.parent.name


def cold() -> None:
    """All in turns, so that a slower minute of the machine hits all of them."""
    kinds = {
        "import lxml.etree, jinja2, black": python("-c", "import lxml.etree, jinja2, black"),
        "--check motifs": python("-m", "seqgra_compile", "--check", COLD[0]),
    }
    kinds |= {f"compile {label(path)}": python("-m", "seqgra_compile", path) for path in COLD}
    times: dict[str, list[float]] = {name: [] for name in kinds}
    cpu: dict[str, list[float]] = {name: [] for name in kinds}
    for work in kinds.values():
        work()
    for _ in range(COLD_RUNS):
        for name, work in kinds.items():
            before = cpu_of_children()
            times[name].append(seconds(work))
            cpu[name].append(cpu_of_children() - before)
    print(f"cold, medians of {COLD_RUNS} runs in turns; CPU time counts on a busy machine")
    yardstick, *_ = ([statistics.median(found[name]) for found in (times, cpu)] for name in kinds)
    for name in kinds:
        wall, used = (statistics.median(found[name]) for found in (times, cpu))
        ratios = f"ratio {wall / yardstick[0]:.2f}, of CPU time {used / yardstick[1]:.2f}"
        print(f"  {name:38} {1000 * wall:5.0f} ms  {ratios}")


def best(work: Callable[[], object]) -> float:
    """The best of some runs."""

    def afresh() -> float:
        gc.collect()
        return seconds(work)

    return min(afresh() for _ in range(RUNS))


def further() -> None:
    compile_definition(COLD[0])
    times = {label(p): best(lambda p=p: compile_definition(p)) for p in [*EXAMPLES, *GOLDEN]}
    print(f"further definitions in one process, best of {RUNS} runs each")
    print(f"  median of {len(times)}: {1000 * statistics.median(times.values()):.0f} ms")
    for name in sorted(times, key=times.get, reverse=True)[:3]:
        print(f"  {name:38} {1000 * times[name]:5.0f} ms")


def with_operations(text: str, count: int) -> bytes:
    dense = '<operation units="8" activation="relu">Dense</operation>' * (count - 3)
    pool = "<operation>GlobalMaxPool1D</operation>"
    return text.replace(pool, pool + dense).encode()


def with_labels(text: str, count: int) -> bytes:
    names = "".join(f"<label>label-{number}</label>" for number in range(count))
    text = re.sub("<labels>.*</labels>", f"<labels>{names}</labels>", text, flags=re.DOTALL)
    return text.replace('units="3"', f'units="{count}"').encode()


def growth() -> None:
    print(f"growth, best of {RUNS} runs each")
    for name in ("motifs", "motifs-tensorflow"):
        text = (ROOT / "examples" / f"{name}.xml").read_text("utf-8")
        for what, make, counts in (
            ("operations", with_operations, OPERATIONS),
            ("labels", with_labels, LABELS),
        ):
            found = []
            for count in counts:
                data = make(text, count)
                assert compile_bytes("model.xml", data).script
                found.append((count, best(lambda data=data: compile_bytes("model.xml", data))))
            shown = ", ".join(f"{n:,}: {1e3 * t:.0f} ms ({1e6 * t / n:.0f} us)" for n, t in found)
            print(f"  {name}, {what} (each): {shown}")


def many() -> None:
    """Definitions that differ in their layers too, so that little can be used twice."""
    text = COLD[0].read_text("utf-8")
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for number in range(MANY):
            changed = text.replace('id="motifs"', f'id="motifs-{number}"')
            changed = changed.replace('filters="16"', f'filters="{16 + number}"')
            names.append(Path(folder, f"{number}.xml"))
            names[-1].write_bytes(with_operations(changed, 12 + number % 40))
        command = python("-m", "seqgra_compile", *names, "-o", Path(folder, "scripts"))
        times = []
        for _ in range(RUNS):
            before = cpu_of_children()
            command()
            times.append(cpu_of_children() - before)
    print(f"{MANY} definitions in one call, {1000 * statistics.median(times):.0f} ms of CPU time")


if __name__ == "__main__":
    cold()
    further()
    growth()
    many()
