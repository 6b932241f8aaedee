"""Compiling thousands of definitions in one call: time, memory and messages over their number.

Usage: python benchmarks/many_definitions.py [--counts 1250 2500 5000 10000]

The definitions differ in id, seed, filters and kernel; every tenth has an error of its own, every other
tenth names a module of which one file, shared by all, has an error. Figures are CPU time and peak memory of
the process, so that a busy machine disturbs them little. In linear growth the milliseconds per definition
stay the same.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SEQUENTIAL = (ROOT / "examples" / "motifs.xml").read_text("utf-8")
MODULE = (ROOT / "examples" / "motifs-module.xml").read_text("utf-8")
BAD_MODULE = "import torch\n\nclass MotifScanner(torch.nn.Module)\n    pass\n"
START = "from seqgra_compile.commands.compile import main; main()"


def write(folder: Path, count: int) -> list[str]:
    """The definitions' names."""
    folder.mkdir()
    (folder / "motif_scanner.py").write_text(BAD_MODULE)
    names = []
    for number in range(count):
        text = MODULE if number % 10 == 1 else SEQUENTIAL
        text = text.replace('id="motifs', f'id="m{number}').replace("<seed>1<", f"<seed>{number}<")
        text = text.replace('filters="16"', f'filters="{8 + number % 50}"')
        text = text.replace('kernel_size="13"', f'kernel_size="{5 + number % 29}"')
        if number % 10 == 2:
            text = text.replace("GlobalMaxPool1D", "GlobalMaxPol1D")
        (folder / f"m{number}.xml").write_text(text)
        names.append(f"{folder.name}/m{number}.xml")
    return names


def measured(folder: Path, words: list[str]) -> tuple[float, float, int, int]:
    """CPU seconds, peak MiB, exit status, and lines on standard error."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with (folder / "messages").open("wb") as messages:
        command = [sys.executable, "-c", START, *words]
        process = subprocess.Popen(command, cwd=folder, env=environment, stderr=messages)
        _, status, usage = os.wait4(process.pid, 0)
    lines = (folder / "messages").read_bytes().count(b"\n")
    cpu = usage.ru_utime + usage.ru_stime
    return cpu, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status), lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--counts", type=int, nargs="+", default=[1250, 2500, 5000, 10000])
    counts = parser.parse_args().counts
    print("| Definitions | Call | CPU, ms per definition | peak MiB | lines of messages | status |")
    print("|---:|---|---:|---:|---:|---:|")
    for count in counts:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            names = write(folder / "models", count)
            calls = {
                "into a new folder": ["-o", "scripts/"],
                "again, over the scripts": ["-o", "scripts/"],
                "--check": ["--check"],
                "--check, SARIF": ["--check", "--message-format", "sarif"],
            }
            for call, words in calls.items():
                cpu, memory, status, lines = measured(folder, [*words, *names])
                figures = f"{1000 * cpu / count:.2f} | {memory:.0f} | {lines:,} | {status}"
                print(f"| {count:,} | {call} | {figures} |", flush=True)
            made = len(list((folder / "scripts").iterdir()))
            assert made == count - 2 * len(range(1, count, 10)), made


if __name__ == "__main__":
    main()
