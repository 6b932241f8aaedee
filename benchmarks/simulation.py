"""Data of simulate scripts and of seqgra 0.0.4 itself, compared byte for byte; time and memory.

    sh benchmarks/fidelity/environment.sh simulation
    .venv-seqgra-simulation/bin/python benchmarks/simulation.py                  all that follows
        [DEFINITION...] [--examples N] [--random N] [--speed N] [--memory N]     or this
    .venv-seqgra-simulation/bin/python benchmarks/simulation.py --record golden/simulate/*/data.xml

The last form writes the hashes of seqgra's files to seqgra.json beside each definition.

Both sides run under the same interpreter, one after the other, so that NumPy and Python are the same.
Definitions are scaled down to about N examples. Every file must be equal under the semantics of
seqgra 0.0.4, and under `intended` unless the compiler notes a departure. CPU times are those of the
processes, of the script with its imports, of seqgra without them. Exit status 1 if a file differs.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from lxml import etree

from seqgra_compile.compiler import Options, compile_bytes

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "support"))
import random_data

ROOT = Path(__file__).resolve().parent.parent
PUBLISHED = ROOT.parent / "shared" / "corpus" / "data-definitions"

# One process for all: to import seqgra takes seconds.
SEQGRA = """
import json, logging, os, sys
logging.disable(logging.WARNING)
from seqgra.parser import XMLDataDefinitionParser
from seqgra.simulator import Simulator
# It asks for all distributions that seqgra names, most of which are for training.
Simulator.write_session_info = lambda self: None
for line in sys.stdin:
    path, folder = json.loads(line)
    before = os.times()
    try:
        definition = XMLDataDefinitionParser(open(path).read(), True).get_data_definition()
        Simulator(definition, folder, True).simulate_data()
        error = ""
    except Exception as problem:
        error = repr(problem)
    print(json.dumps([sum(os.times()[:2]) - sum(before[:2]), error]), flush=True)
"""


def scaled(path: Path, examples: int | None) -> bytes:
    """The definition with fewer samples of each kind, but at least one."""
    tree = etree.parse(path)
    kinds = list(tree.iter("example"))
    total = sum(int(kind.get("samples")) for kind in kinds)
    for kind in kinds if examples else ():
        kind.set("samples", str(max(1, int(kind.get("samples")) * examples // total)))
    return etree.tostring(tree)


def seconds(*command: object) -> float:
    """The CPU time of a process; raises CalledProcessError with what it has said."""
    before = os.times()
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    after = os.times()
    if done.returncode:
        raise ChildProcessError(done.stderr[-2000:])
    return sum(after[2:4]) - sum(before[2:4])


def contents(folder: Path) -> dict[str, bytes]:
    """The data and annotation files."""
    return {
        path.name: path.read_bytes()
        for path in sorted(folder.glob("*.txt"))
        if path.name != "session-info.txt"
    }


def upstream(seqgra: subprocess.Popen, data: bytes, folder: Path) -> tuple[dict, float, str]:
    """seqgra's files, its seconds, and what it failed with, if it did."""
    definition = folder / "data.xml"
    definition.write_bytes(data)
    name = etree.fromstring(data).find("general").get("id")
    print(json.dumps([str(definition), str(folder / "seqgra")]), file=seqgra.stdin, flush=True)
    seconds, error = json.loads(seqgra.stdout.readline())
    return contents(folder / "seqgra" / name), seconds, error


def record(seqgra: subprocess.Popen, path: Path, folder: Path) -> None:
    files, _, error = upstream(seqgra, path.read_bytes(), folder)
    if error:
        raise ChildProcessError(error)
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    text = json.dumps(hashes, indent=2) + "\n"
    path.with_name("seqgra.json").write_text(text, encoding="utf-8")


def compare(seqgra: subprocess.Popen, python: str, data: bytes, folder: Path) -> bool:
    expected, taken, error = upstream(seqgra, data, folder)
    name, equal = etree.fromstring(data).find("general").get("id"), True
    said = [f"seqgra {taken:.2f} s {error}"]
    for semantics in ("seqgra-0.0.4", "intended"):
        compilation = compile_bytes("data.xml", data, options=Options(semantics=semantics))
        if compilation.script is None:
            said += [diagnostic.message for diagnostic in compilation.diagnostics]
            equal = False
            continue
        script = folder / f"{semantics}.py"
        script.write_text(compilation.script, encoding="utf-8")
        time = seconds(python, script, "-o", folder / semantics)
        same = contents(folder / semantics) == expected
        departures = [d.code for d in compilation.diagnostics if d.code.startswith("SG7")]
        said.append(" ".join(["same" if same else "OTHER", *departures, f"{time:.2f} s"]))
        equal &= same or (semantics == "intended" and bool(departures))
    lines = sum(text.count(b"\n") - 1 for text in expected.values()) // 2
    print(f"{name}: {lines} examples; {'; '.join(said)}", flush=True)
    return equal and not error


def big(examples: int) -> bytes:
    """Two conditions, each with a pair of matrices, in sequences of 1,000 letters."""
    text = (ROOT / "benchmarks" / "simulation.xml").read_text("utf-8")
    return text.replace("{samples}", str(examples // 6)).encode()


def measured(python: str, data: bytes, folder: Path) -> tuple[float, float]:
    """The CPU time of a script, in seconds, and its peak memory, in MiB."""
    script = folder / "simulate.py"
    script.write_text(compile_bytes("data.xml", data).script, encoding="utf-8")
    command = [python, str(script), "-o", str(folder / "data")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise ChildProcessError(f"exit status {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def speed(seqgra: subprocess.Popen, python: str, examples: int, folder: Path) -> None:
    """In rounds, since other processes on the machine slow down both."""
    data, rounds = big(examples), []
    for number in range(3):
        place = folder / str(number)
        place.mkdir()
        _, theirs, error = upstream(seqgra, data, place)
        if error:
            raise ChildProcessError(error)
        ours, _ = measured(python, data, place)
        rounds.append((theirs / ours, theirs, ours))
    ratio, theirs, ours = sorted(rounds)[1]
    print(
        f"{examples:,} x 1,000 letters, median of {len(rounds)} rounds: seqgra {theirs:.1f} s, "
        f"script {ours:.2f} s, {ratio:.1f} times as fast"
    )


def cases_of(arguments: argparse.Namespace) -> list[bytes]:
    cases = [scaled(path, arguments.examples) for path in arguments.definitions]
    for number in range(arguments.random):
        cases.append(random_data.definition(number).encode())
    return cases


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("definitions", nargs="*", type=Path)
    parser.add_argument("--examples", type=int, help="scale down to about so many")
    parser.add_argument("--random", type=int, default=0, help="also so many random definitions")
    parser.add_argument("--speed", type=int, default=0, help="time so many examples")
    parser.add_argument("--memory", type=int, default=0, help="peak memory of so many examples")
    parser.add_argument("--record", action="store_true", help="write seqgra.json")
    if len(sys.argv) == 1:
        found = sorted(PUBLISHED.glob("*.xml"))
        if not found:
            print(f"the published definitions are not in {PUBLISHED}: they are left out")
        sys.argv += [*map(str, found), "--examples", "300", "--random", "200", "--speed", "20000"]
    arguments = parser.parse_args()
    cases, equal = cases_of(arguments), 0
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", SEQGRA], **pipes) as seqgra:
        for path in arguments.definitions if arguments.record else ():
            with tempfile.TemporaryDirectory() as folder:
                record(seqgra, path, Path(folder))
        for data in () if arguments.record else cases:
            with tempfile.TemporaryDirectory() as folder:
                equal += compare(seqgra, sys.executable, data, Path(folder))
        if arguments.speed:
            with tempfile.TemporaryDirectory() as folder:
                speed(seqgra, sys.executable, arguments.speed, Path(folder))
        seqgra.stdin.close()
    if arguments.memory:
        with tempfile.TemporaryDirectory() as folder:
            _, peak = measured(sys.executable, big(arguments.memory), Path(folder))
        print(f"{arguments.memory:,} x 1,000 letters: {peak:.0f} MiB")
    if arguments.record or not cases:
        return 0
    print(f"{equal} of {len(cases)} as expected")
    return int(equal < len(cases))


if __name__ == "__main__":
    sys.exit(main())
