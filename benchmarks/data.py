"""What reading, encoding and holding data costs: `python benchmarks/data.py`.

Each figure comes from a process of its own, the best of several. Reading is compared with NumPy: the
strong yardstick takes the file's bytes as an array and finds the line ends, the weak one is
`np.loadtxt`; neither checks or encodes anything. Encoding is compared with a loop over letters, as
seqgra 0.0.4 does it. Then the peak memory of whole one-epoch runs, with data in memory and mapped.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from seqgra_compile.compiler import compile_bytes

LABELS = 10
DEFINITION = """<seqgramodel>
<general id="benchmark"><name/><description/><task>multi-class classification</task>
<sequencespace>DNA</sequencespace><library>PyTorch</library>
<labels><pattern prefix="c" min="1" max="10"/></labels><seed>1</seed></general>
<architecture><sequential>
<operation input_shape="({length}, 4)" filters="2" kernel_size="5" strides="50">Conv1D</operation>
<operation>GlobalMaxPool1D</operation><operation units="10">Dense</operation>
</sequential></architecture>
<loss><hyperparameter name="loss">CrossEntropyLoss</hyperparameter></loss>
<optimizer><hyperparameter name="optimizer">SGD</hyperparameter></optimizer>
<trainingprocess><hyperparameter name="batch_size">100</hyperparameter>
<hyperparameter name="epochs">1</hyperparameter>
<hyperparameter name="early_stopping">False</hyperparameter>
<hyperparameter name="shuffle">True</hyperparameter></trainingprocess></seqgramodel>"""


def script(folder: Path, length: int, storage: str) -> Path:
    definition = DEFINITION.format(length=length).encode()
    compilation = compile_bytes("model.xml", definition, storage=storage)
    if compilation.script is None:
        sys.exit("\n".join(map(str, compilation.diagnostics)))
    path = folder / f"{storage}-{length}.py"
    path.write_text(compilation.script, "utf-8")
    return path


def write(path: Path, count: int, length: int) -> None:
    """Random examples, some thousands at a time."""
    draw = np.random.default_rng(count)
    with path.open("wb") as file:
        file.write(b"x\ty\n")
        for start in range(0, count, 5000):
            size = min(5000, count - start)
            letters = np.frombuffer(b"ACGT", np.uint8)[draw.integers(0, 4, (size, length))]
            labels = draw.integers(1, LABELS + 1, size)
            rows = zip(letters, labels, strict=True)
            file.write(b"".join(b"%s\tc%d\n" % (row.tobytes(), label) for row, label in rows))


# ---- figures of a process of its own ----


def data_section(path: Path) -> dict[str, object]:
    """The names of a script's Data section, without its one-hot code."""
    section = re.search(r"(?s)\n# -{4} Data -+\n(.*?)\n\n\ndef one_hot", path.read_text("utf-8"))[1]
    names: dict[str, object] = {"LABELS": tuple(f"c{n}" for n in range(1, LABELS + 1))}
    exec("import sys\nfrom pathlib import Path\nimport numpy as np\n" + section, names)
    return names


def strong(path: Path) -> object:
    data = np.frombuffer(path.read_bytes(), np.uint8)
    return data, np.flatnonzero(data == 10)


def weak(path: Path) -> object:
    return np.loadtxt(path, dtype=str, delimiter="\t", skiprows=1)


def letters(path: Path) -> object:
    """One-hot code letter by letter."""
    rows = {letter: np.eye(4)[number] for number, letter in enumerate("ACGT")}
    with path.open() as file:
        next(file)
        return [np.vstack([rows[x] for x in line.partition("\t")[0]]) for line in file]


def figure(kind: str, path: Path, source: Path, length: int) -> float:
    if kind == "script":
        read_set = data_section(source)["read_set"]
        start = time.perf_counter()
        read_set(path, length)
    else:
        start = time.perf_counter()
        {"strong": strong, "weak": weak, "letters": letters}[kind](path)
    return time.perf_counter() - start


def best(kind: str, path: Path, source: Path, length: int, times: int) -> float:
    command = [sys.executable, __file__, "--figure", kind, path, source, str(length)]
    found = [
        float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        for _ in range(times)
    ]
    return min(found)


def reading(folder: Path, count: int, length: int) -> None:
    path, source = folder / "reading.txt", script(folder, length, "memory")
    write(path, count, length)
    took = {kind: best(kind, path, source, length, 7) for kind in ("strong", "script")}
    took["weak"] = best("weak", path, source, length, 2)
    small = folder / "small.txt"
    with path.open("rb") as file:
        small.write_bytes(b"".join(next(file) for _ in range(count // 10 + 1)))
    took["letters"] = 10 * best("letters", small, source, length, 2)
    path.unlink()
    ours = took["script"]
    print(f"{count:,} x {length:,}: read, checked and encoded in {ours * 1000:.0f} ms")
    print(f"  bytes and line ends with NumPy {took['strong'] * 1000:.0f} ms", end="")
    print(f" ({ours / took['strong']:.1f} times), np.loadtxt {took['weak']:.2f} s", end="")
    print(f" ({took['weak'] / ours:.0f} times ours)")
    print(f"  letter by letter {took['letters']:.1f} s ({took['letters'] / ours:.0f} times ours)")


def whole_run(folder: Path, length: int, storage: str, data: Path, threads: int) -> tuple:
    """Peak resident memory in MiB, seconds, and the SHA-256 of the weights."""
    output = Path(tempfile.mkdtemp(dir=folder)) / "output"
    command = [sys.executable, str(script(folder, length, storage)), str(data), "-o", str(output)]
    start = time.perf_counter()
    process = subprocess.Popen(
        [*command, "-g", "-1", "--threads", str(threads)], stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{storage}: status {status}")
    weights = json.loads((output / "receipt.json").read_text("utf-8"))["weights"]["sha256"][:16]
    return usage.ru_maxrss / 1024, time.perf_counter() - start, weights


def holding(folder: Path, megabytes: list[int], length: int, in_memory: int) -> None:
    for size in megabytes:
        data = folder / f"data-{size}"
        data.mkdir()
        write(data / "training.txt", size * 1_000_000 // (length + 4), length)
        write(data / "validation.txt", 1000, length)
        for storage in ("mapped", "memory") if size <= in_memory else ("mapped",):
            peak, took, digest = whole_run(folder, length, storage, data, 1)
            if storage == "mapped":
                again, second, _ = whole_run(folder, length, storage, data, 1)
                note = f"; with the cache made {again:.0f} MiB, {second:.0f} s"
            else:
                note = ""
            print(f"{size:,} MB {storage}: {peak:.0f} MiB, {took:.0f} s, weights {digest}{note}")
        subprocess.run(["rm", "-r", data], check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="where the data are written; some GB")
    parser.add_argument("--megabytes", type=int, nargs="*", default=[50, 500, 2000])
    parser.add_argument("--in-memory", type=int, default=500, help="the largest in MB")
    parser.add_argument("--no-reading", action="store_true")
    parser.add_argument("--figure", nargs=4, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.figure:
        kind, path, source, length = arguments.figure
        print(figure(kind, Path(path), Path(source), int(length)))
        return
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        if not arguments.no_reading:
            reading(Path(folder), 20_000, 1000)
            reading(Path(folder), 100_000, 150)
        holding(Path(folder), arguments.megabytes, 1000, arguments.in_memory)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
