"""What reading, encoding and holding data costs: `python benchmarks/data.py`.

Each figure is the CPU time of a process of its own, the best of several. Reading includes the SHA-256
of the file, which is also timed by itself. It is compared with `np.loadtxt`, and with as little as
NumPy can do: take the file's bytes as an array and find the line ends. Neither checks or encodes
anything. Where seqgra 0.0.4 is installed, its encoder is compared with all of this, and then what it
does for the same result: it reads, checks and encodes. Then the peak memory of reading 40,000 x 919
labels, what opening a cache costs, and the peak memory of whole one-epoch runs, with data in memory
and on disk.
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import importlib.util
import json
import os
import platform
import re
import resource
import subprocess
import sys
import tempfile
import time
import types
from collections.abc import Callable
from pathlib import Path

import numpy as np

from seqgra_compile.compiler import Options, compile_bytes

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
    compilation = compile_bytes("model.xml", definition, options=Options(data=storage))
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


# ---- figures of a process of its own: each returns seconds ----


def section_of(script: Path, pattern: str, **names: object) -> dict[str, object]:
    """The names that a part of a script defines."""
    found = re.search(rf"(?s){pattern}", script.read_text("utf-8"))[1]
    names |= {"Path": Path, "np": np, "sys": sys}
    exec("from __future__ import annotations\n" + found, names)
    return names


def reader(source: Path) -> dict[str, object]:
    """The names of a script's Data section."""
    classes = tuple(f"c{n}" for n in range(1, LABELS + 1))
    names = {
        "collections": collections,
        "LABELS": classes,
        "hashlib": hashlib,
        "json": json,
        "os": os,
    }
    torch = types.SimpleNamespace(device=None, Tensor=np.ndarray)
    return section_of(
        source,
        r"\n# -{4} Data -+\n(.*?)\n\n\ndef one_hot",
        tempfile=tempfile,
        torch=torch,
        **names,
    )


def read_by_script(path: Path, source: Path, length: int) -> float:
    """With the file's hash."""
    names = reader(source)
    return seconds(lambda: names["read_set"](path, length))


def memory_of_labels(path: Path, source: Path, length: int) -> float:
    """Peak MiB of reading many labels, beyond what the process holds before."""
    names = reader(source)
    names["LABELS"] = tuple(f"l{n}" for n in range(919))
    draw = np.random.default_rng(1)
    with path.open("w") as file:
        file.write("x\ty\n")
        for row in draw.random((40_000, 919), np.float32) < 0.02:
            labels = "|".join(names["LABELS"][n] for n in row.nonzero()[0])
            file.write(f"{'ACGT' * (length // 4)}\t{labels}\n")
    code = "import resource, sys; sys.path.insert(0, sys.argv[1]); import data; data.peak(*sys.argv[2:])"
    command = [sys.executable, "-c", code, Path(__file__).parent, path, source, str(length)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def peak(path: str, source: str, length: str) -> None:
    names = reader(Path(source))
    names["LABELS"] = tuple(f"l{n}" for n in range(919))
    before = highest()
    names["read_set"](Path(path), int(length))
    print(highest() - before)


def highest() -> float:
    """This program's peak in MiB; getrusage would tell that of the process that started it."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024


def read_bytes(path: Path, source: Path, length: int) -> float:
    def read() -> object:
        data = np.frombuffer(path.read_bytes(), np.uint8)
        return data, np.flatnonzero(data == 10)

    return seconds(read)


def loadtxt(path: Path, source: Path, length: int) -> float:
    return seconds(lambda: np.loadtxt(path, dtype=str, delimiter="\t", skiprows=1))


def sha256(path: Path, source: Path, length: int) -> float:
    return seconds(lambda: hashlib.sha256(path.read_bytes()))


def one_hot(path: Path, source: Path, length: int) -> float:
    """An epoch's batches of 100, in random order."""
    import torch

    torch.set_num_threads(1)
    encode = section_of(source, r"\n(def one_hot.*?)\n\n\n", torch=torch)["one_hot"]
    count = path.stat().st_size // (length + 4)
    codes = torch.randint(0, 4, (count, length), dtype=torch.uint8)
    batches = torch.randperm(count).split(100)

    def epoch() -> None:
        for batch in batches:
            encode(codes[batch])

    # As in training, where layers free larger blocks: then glibc's allocator keeps those of this size.
    torch.zeros(2**22)
    epoch()
    return seconds(epoch)


def encode_by_seqgra(path: Path, source: Path, length: int) -> float:
    """Of a tenth of the letters, which are in memory."""
    learner = learner_of_seqgra(path, length)
    x = learner.parse_examples_data(tenth(path)).x
    return 10 * seconds(lambda: learner.encode_x(x))


def read_by_seqgra(path: Path, source: Path, length: int) -> float:
    """Of a tenth of the file: read, letters and labels checked, both encoded."""
    learner, part = learner_of_seqgra(path, length), tenth(path)

    def read() -> object:
        examples = learner.parse_examples_data(part)
        return learner.encode_x(examples.x), learner.encode_y(examples.y)

    return 10 * seconds(read)


def learner_of_seqgra(path: Path, length: int) -> object:
    sys.path.insert(0, str(Path(__file__).with_name("fidelity")))
    import learner

    path.with_name("model.xml").write_text(DEFINITION.format(length=length), "utf-8")
    with learner.inside(path.parent):
        return learner.learner_of("output", path.parent)


def tenth(path: Path) -> Path:
    """A file with every tenth of the examples."""
    part = path.with_name("tenth.txt")
    header, *lines = path.read_bytes().splitlines(keepends=True)
    part.write_bytes(header + b"".join(lines[::10]))
    return part


FIGURES = {
    each.__name__: each
    for each in (
        read_by_script,
        memory_of_labels,
        read_bytes,
        loadtxt,
        sha256,
        one_hot,
        encode_by_seqgra,
        read_by_seqgra,
    )
}


def seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def best(figure: Callable, path: Path, source: Path, length: int, times: int) -> float:
    command = [sys.executable, __file__, "--figure", figure.__name__, path, source, str(length)]
    found = [
        float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        for _ in range(times)
    ]
    return min(found)


def reading(folder: Path, count: int, length: int) -> None:
    path, source = folder / "reading.txt", script(folder, length, "memory")
    write(path, count, length)
    ours, bare, text, hashed, batches = (
        best(figure, path, source, length, times)
        for figure, times in (
            (read_by_script, 7),
            (read_bytes, 7),
            (loadtxt, 3),
            (sha256, 3),
            (one_hot, 3),
        )
    )
    print(f"{count:,} x {length:,}: read, checked and encoded in {1000 * ours:.0f} ms", end="")
    print(f", {ours / text:.2f} times np.loadtxt's {1000 * text:.0f} ms", end="")
    print(f" and {ours / bare:.1f} times the {1000 * bare:.0f} ms of its bytes and line ends")
    print(f"  SHA-256 of the file {1000 * hashed:.0f} ms, an epoch's one-hot batches", end="")
    print(f" {1000 * batches:.0f} ms")
    if importlib.util.find_spec("seqgra"):
        encoding, all_of_it = (
            best(figure, path, source, length, 2) for figure in (encode_by_seqgra, read_by_seqgra)
        )
        for work, took in (("encodes it", encoding), ("reads, checks and encodes it", all_of_it)):
            print(
                f"  seqgra 0.0.4 {work} in {took:.2f} s, {took / ours:.0f} times our reading",
                end="",
            )
            print(f", {took / (ours + batches):.0f} times reading and an epoch's batches")
    path.unlink()


def labels(folder: Path) -> None:
    definition = DEFINITION.replace("multi-class", "multi-label")
    definition = definition.replace("CrossEntropyLoss", "BCEWithLogitsLoss").format(length=8)
    compilation = compile_bytes("model.xml", definition.encode())
    source = folder / "labels.py"
    source.write_text(compilation.script, "utf-8")
    found = best(memory_of_labels, folder / "labels.txt", source, 8, 1)
    size = (folder / "labels.txt").stat().st_size / 1e6
    print(f"40,000 x 919 labels, a file of {size:.1f} MB: peak {found:.0f} MiB")


def opening(folder: Path, megabytes: int, length: int) -> None:
    path = folder / "opening.txt"
    write(path, megabytes * 1_000_000 // (length + 4), length)
    source = script(folder, length, "disk")
    made = best(read_by_script, path, source, length, 1)
    found = best(read_by_script, path, source, length, 3)
    print(f"{megabytes} MB on disk: cache made in {made:.1f} s, checked in {found:.1f} s,", end="")
    print(f" SHA-256 of the file {best(sha256, path, source, length, 3):.1f} s")
    path.unlink()


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
        for storage in ("disk", "memory") if size <= in_memory else ("disk",):
            peak, took, digest = whole_run(folder, length, storage, data, 1)
            if storage == "disk":
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
        name, path, source, length = arguments.figure
        print(FIGURES[name](Path(path), Path(source), int(length)))
        return
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        if not arguments.no_reading:
            reading(Path(folder), 20_000, 1000)
            reading(Path(folder), 100_000, 150)
            labels(Path(folder))
            opening(Path(folder), 200, 1000)
        holding(Path(folder), arguments.megabytes, 1000, arguments.in_memory)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
