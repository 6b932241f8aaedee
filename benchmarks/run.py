"""What is timed, one command after another: python benchmarks/run.py [--long]

Writes build/bench/results.json and results.md, with the machine and the versions. The short list
ends within 30 minutes on two cores: a command that would take longer is stopped, and the results
say so. The long list, `--long`, takes about an hour and has no limit. For a machine that does
nothing else.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "build" / "bench"
LIMIT = 29 * 60.0  # seconds, of the short list
PACKAGES = ("torch", "tensorflow", "tensorflow-cpu", "keras", "numpy", "black", "lxml", "jinja2")
# With seqgra, where its environments are (benchmarks/fidelity/environment.sh); without it, where not.
ENVIRONMENTS = {"torch": ".venv-seqgra", "keras": ".venv-seqgra-keras", "own": ".venv"}
DEEPSEA = "--examples 512 --without loader_of_tensors loader_of_sequences -- deepsea"
SHORT = (
    ("own", "compile_time.py"),
    ("torch", "data.py --megabytes"),
    ("torch", "epoch.py smallest conv10"),
    ("torch", "epoch.py --rounds 3 basset"),
    ("keras", "epoch.py --library TensorFlow smallest"),
    ("own", "predict.py"),
    ("own", "shards.py"),
)
LONG = (
    ("own", "compile_time.py"),
    ("torch", "data.py"),
    ("torch", "epoch.py smallest conv10"),
    ("torch", "epoch.py --threads 2 smallest conv10"),
    ("torch", "epoch.py --rounds 3 basset"),
    ("torch", f"epoch.py --rounds 3 {DEEPSEA}"),
    ("torch", f"epoch.py --keep-memory --rounds 3 {DEEPSEA}"),
    ("torch", "epoch.py --curve --rounds 2"),
    ("torch", "shards.py"),
    ("keras", "epoch.py --library TensorFlow smallest"),
    ("keras", "epoch.py --library TensorFlow --rounds 7 --twice conv10"),
    (
        "keras",
        "epoch.py --library TensorFlow --rounds 15 --threads 2 "
        "--without fit_shuffled fit_generator seqgra_in_memory seqgra_file -- conv10",
    ),
    ("keras", "epoch.py --library TensorFlow --rounds 3 --without script_autotuned -- deepsea"),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--long", action="store_true", help="all that is timed: about an hour")
    is_long = parser.parse_args().long
    commands = LONG if is_long else SHORT
    OUT.mkdir(parents=True, exist_ok=True)
    begun, results = time.monotonic(), []
    for number, (environment, words) in enumerate(commands, 1):
        print(f"[{number}/{len(commands)}] benchmarks/{words}", flush=True)
        left = None if is_long else max(1.0, LIMIT - (time.monotonic() - begun))
        results.append(measured(environment, words, left))
        print(f"    {results[-1]['seconds']:.0f} s, {results[-1]['ended']}", flush=True)
        # After each command: what is measured is never lost.
        found = {"machine": machine(), "versions": versions(), "results": results}
        (OUT / "results.json").write_text(json.dumps(found, indent=1) + "\n", "utf-8")
        (OUT / "results.md").write_text(as_markdown(found), "utf-8")
    print(f"{OUT / 'results.md'}, results.json: {time.monotonic() - begun:.0f} s")
    return int(any(result["ended"].startswith("status") for result in results))


def measured(environment: str, words: str, limit: float | None) -> dict:
    """A command's output, its time, and how it ended."""
    python = ROOT / ENVIRONMENTS[environment] / "bin" / "python"
    command = [str(python) if python.exists() else sys.executable]
    command += f"benchmarks/{words}".split()
    begun = time.monotonic()
    # A group of its own: what the command has started ends with it.
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            output, _ = process.communicate(timeout=limit)
            ended = f"status {process.returncode}" if process.returncode else "complete"
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
            ended = "stopped: no time left"
    seconds = round(time.monotonic() - begun, 1)
    shown = f"python benchmarks/{words}"
    return {"command": shown, "seconds": seconds, "ended": ended, "output": output.splitlines()}


def machine() -> dict[str, object]:
    info = Path("/proc/cpuinfo")
    lines = info.read_text("utf-8").splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return {
        "processor": names[0] if names else platform.processor(),
        "cores": os.cpu_count(),
        "load before": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
        "system": f"{platform.system()} {platform.machine()}",
    }


def versions() -> dict[str, str]:
    """Of Python and the packages beside it; the epochs' tables name those of their environments."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def as_markdown(found: dict) -> str:
    """The results as a page: tables as they are, other output as a block."""
    lines = ["# Benchmarks", ""]
    for part in ("machine", "versions"):
        lines += [", ".join(f"{name} {value}" for name, value in found[part].items()), ""]
    for result in found["results"]:
        lines += [f"`{result['command']}` ({result['seconds']:.0f} s, {result['ended']})", ""]
        is_table = any(line.startswith("|") for line in result["output"])
        block = result["output"] if is_table else ["```text", *result["output"], "```"]
        lines += [*block, ""]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
