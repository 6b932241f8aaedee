"""Does a compiled script end with the same weights as seqgra 0.0.4, bit for bit?

    python benchmarks/fidelity [--library TensorFlow] [CASE ...]

All cases of a library (PyTorch, if none is named), or those whose names hold a word. Exit status 0
if all that must be equal is equal and all that must differ differs, 1 if not. Folders and full
hashes are left in build/fidelity and build/fidelity-tensorflow.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import json
import multiprocessing
import os
import platform
import re
import shutil
import sys
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

import data
import script
import upstream
from cases import Case
from definition import definition
from run import Run

_HERE = Path(__file__).parent
_BUILD = _HERE.parents[1] / "build"
# Each library's modules, which import it, and the folder of what is made.
_LIBRARIES = {"PyTorch": ("torch", "fidelity"), "TensorFlow": ("keras", "fidelity-tensorflow")}
_ROW = "{:<34} {:<9} {:>7}  {:>6}  {:<16} {:<16} "
_HEADER = ("case", "seqgra", "threads", "epochs", "seqgra's weights", "the script's")


class _Side:
    """One library's modules and folder."""

    def __init__(self, library: str) -> None:
        prefix, folder = _LIBRARIES[library]
        self.upstream = f"{prefix}_upstream"
        self.cases: ModuleType = importlib.import_module(f"{prefix}_cases")
        self.script: ModuleType = importlib.import_module(f"{prefix}_script")
        self.build = _BUILD / folder


def main() -> int:
    parser = argparse.ArgumentParser(prog="fidelity")
    parser.add_argument("--library", choices=_LIBRARIES, default="PyTorch")
    parser.add_argument("words", nargs="*", metavar="CASE")
    arguments = parser.parse_args()
    side, words = _Side(arguments.library), arguments.words
    all_cases = side.cases.CASES
    cases = [case for case in all_cases if not words or any(word in case.name for word in words)]
    if not cases:
        print(f"fidelity: no case holds {' or '.join(words)}", file=sys.stderr)
        return 2
    for name, data_set in data.SETS.items():
        data.write(data_set, side.build / "data" / name)
    print(_environment(side.cases.PACKAGES), flush=True)
    print(_line(_HEADER, cases[0].checks), flush=True)
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # threads that wait leave the CPU
    context = multiprocessing.get_context("forkserver")
    os.environ["PYTHONPATH"] = str(_HERE)  # the server does not look beside this file
    context.set_forkserver_preload([side.upstream])
    with context.Pool(1, maxtasksperchild=1) as pool:  # a fresh process for each task
        results = {case.name: _one(case, side, pool) for case in cases}
    (side.build / "results.json").write_text(json.dumps(results, indent=2) + "\n")
    return _conclude(cases, results)


def _conclude(cases: list[Case], results: dict[str, dict]) -> int:
    for reason in sorted({case.because for case in cases if case.differs}):
        names = [case.name for case in cases if case.because == reason]
        print(f"differs, as {reason}: {'; '.join(names)}")
    good = sum(result["as expected"] for result in results.values())
    differing = sum(bool(case.differs) for case in cases)
    told = f"as expected: {differing} differ, the others are equal" if differing else "equal"
    print(f"{good} of {len(cases)} cases {told}")
    return int(good < len(cases))


def _environment(packages: tuple[str, ...]) -> str:
    versions = ", ".join(f"{package} {version(package)}" for package in packages)
    return f"{_processor()}\nPython {platform.python_version()}, {versions}\n"


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    text = cpuinfo.read_text() if cpuinfo.exists() else ""
    found = {}
    for key in ("model name", "cpu family", "model", "flags"):
        match = re.search(rf"^{key}\s*:\s*(.*)$", text, re.MULTILINE)
        found[key] = match.group(1) if match else ""
    widest = next((f for f in ("amx_tile", "avx512f", "avx2") if f in found["flags"].split()), "")
    numbers = f"family {found['cpu family']}, model {found['model']}, {widest}"
    return f"{found['model name']} ({numbers})" if text else platform.processor()


def _line(columns: tuple[object, ...], checks: tuple[str, ...]) -> str:
    return (_ROW.format(*columns) + "".join(f" {check:<9}" for check in checks)).rstrip()


def _one(case: Case, side: _Side, pool) -> dict:
    """Run both sides, print the case's line, and say what was equal."""
    folder, data_dir = side.build / case.model_id, side.build / "data" / case.data
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "model.xml").write_text(definition(case))
    if case.library == "PyTorch":
        shutil.copy(_HERE / "modules" / f"{case.model}.py", folder)
    taken_over = {}
    try:
        ours = side.script.train(folder, case, data_dir)
        theirs = pool.apply(upstream.train, (side.upstream, folder, case, data_dir))
        if "taken over" in case.checks:
            taken_over = pool.apply(upstream.take_over, (side.upstream, folder, case, data_dir))
    except script.ScriptError as error:
        print(f"{case.name}: FAILED\n{error}", flush=True)
        return {"as expected": False, "error": str(error)}
    checks = case.compare(ours, theirs)
    if "taken over" in case.checks:
        checks["taken over"] = all(taken_over.values())
    return _report(case, ours, theirs, checks, taken_over)


def _word(case: Case, check: str, same: bool) -> str:
    """In capitals what must not be."""
    word = "equal" if same else "differs"
    return word if case.as_expected({check: same}) else word.upper()


def _report(case: Case, ours: Run, theirs: Run, checks: dict[str, bool], taken_over) -> dict:
    columns = (
        *(case.name, case.upstream_mode, case.threads),
        f"{theirs.best} of {len(theirs.losses)}",
        *(theirs.weights[:16], ours.weights[:16]),
    )
    words = tuple(_word(case, name, checks[name]) for name in case.checks)
    print(_line(columns, words), flush=True)
    return {
        "as expected": case.as_expected(checks),
        "checks": checks,
        "taken over": taken_over,
        "seqgra": dataclasses.asdict(theirs),
        "script": dataclasses.asdict(ours),
    }


if __name__ == "__main__":
    sys.exit(main())
