"""Does a compiled PyTorch script end with the same weights as seqgra 0.0.4, bit for bit?

    python benchmarks/fidelity [CASE ...]      all cases, or those whose names hold a word

Exit status 0 if everything is equal in every case, 1 if not. Folders and full hashes are left in
build/fidelity.
"""

from __future__ import annotations

import dataclasses
import json
import multiprocessing
import os
import platform
import re
import shutil
import sys
from importlib.metadata import version
from pathlib import Path

import data
import script
import upstream
from cases import CASES, Case
from definition import definition
from run import Run

_HERE = Path(__file__).parent
_BUILD = _HERE.parents[1] / "build" / "fidelity"
_PACKAGES = ("seqgra", "torch", "pytorch-ignite", "numpy", "pandas", "scikit-learn")
_ROW = "{:<34} {:<9} {:>7}  {:>6}  {:<16} {:<16}  {:<9} {:<9} {:<9} {:<9}"
_HEADER = (
    *("case", "seqgra", "threads", "epochs", "seqgra's weights", "the script's", "weights"),
    *("epochs", "test", "taken over"),
)


def main() -> int:
    words = sys.argv[1:]
    cases = [case for case in CASES if not words or any(word in case.name for word in words)]
    if not cases:
        print(f"fidelity: no case holds {' or '.join(words)}", file=sys.stderr)
        return 2
    for name, data_set in data.SETS.items():
        data.write(data_set, _BUILD / "data" / name)
    print(_environment(), flush=True)
    print(_ROW.format(*_HEADER).rstrip(), flush=True)
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # threads that wait leave the CPU
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["upstream"])
    results = {}
    with context.Pool(1, maxtasksperchild=1) as pool:  # a fresh process for each task
        for case in cases:
            results[case.name] = _one(case, pool)
    (_BUILD / "results.json").write_text(json.dumps(results, indent=2) + "\n")
    failed = [name for name, result in results.items() if not result["equal"]]
    print(f"{len(cases) - len(failed)} of {len(cases)} cases equal")
    return 1 if failed else 0


def _environment() -> str:
    versions = ", ".join(f"{package} {version(package)}" for package in _PACKAGES)
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


def _one(case: Case, pool) -> dict:
    """Run both sides, print the case's line, and say what was equal."""
    model_id = re.sub(r"[^a-z0-9]+", "-", case.name.lower())
    folder, data_dir = _BUILD / model_id, _BUILD / "data" / case.data
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "model.xml").write_text(definition(case, model_id))
    shutil.copy(_HERE / "modules" / f"{case.module}.py", folder)
    try:
        ours = script.train(folder, model_id, data_dir, case.semantics, case.threads)
        theirs = pool.apply(upstream.train, (folder, data_dir, case.upstream_mode, case.threads))
        taken_over = {}
        if not case.diverges:
            arguments = (folder, data_dir, case.threads, case.logarithms)
            taken_over = pool.apply(upstream.take_over, arguments)
    except script.ScriptError as error:
        print(f"{case.name}: FAILED\n{error}", flush=True)
        return {"equal": False, "error": str(error)}
    checks = _compare(case, ours, theirs)
    checks["taken over"] = all(taken_over.values())
    return _report(case, ours, theirs, checks, taken_over)


def _compare(case: Case, ours: Run, theirs: Run) -> dict[str, bool]:
    stopped = len(theirs.losses) < int(case.training_process["epochs"])
    return {
        "weights": ours.weights == theirs.weights and ours.layout == theirs.layout,
        # As text: a loss that is not a number equals itself.
        "epochs": repr((ours.losses, ours.accuracies, ours.best, ours.files))
        == repr((theirs.losses, theirs.accuracies, theirs.best, theirs.files))
        and stopped == case.stops,
        "test": repr(ours.test) == repr(theirs.test),
    }


def _report(case, ours: Run, theirs: Run, checks: dict[str, bool], taken_over) -> dict:
    words = {name: "equal" if same else "DIFFERENT" for name, same in checks.items()}
    print(
        _ROW.format(
            *(case.name, case.upstream_mode, case.threads),
            f"{theirs.best} of {len(theirs.losses)}",
            *(theirs.weights[:16], ours.weights[:16]),
            *(words[name] for name in ("weights", "epochs", "test", "taken over")),
        ),
        flush=True,
    )
    return {
        "equal": all(checks.values()),
        "checks": checks,
        "taken over": taken_over,
        "seqgra": dataclasses.asdict(theirs),
        "script": dataclasses.asdict(ours),
    }


if __name__ == "__main__":
    sys.exit(main())
