"""What scoring new sequences costs: `python benchmarks/predict.py [--sequences N] [--library NAME]`.

The script of conv10 (10 filters, batches of 100) scores random sequences of 1,000 bp from a FASTA
file that gzip has compressed, with weights that were never trained. Its CPU time, less that for one
sequence, is compared with the floor: the same model on batches of codes that are in memory, without
reading, checking and writing. Each is a process with one thread. The peak memory is also taken for
a quarter of the sequences: it must not grow with their number.
"""

from __future__ import annotations

import argparse
import gzip
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from epochs.cases import CASES, PYTORCH

from seqgra_compile.compiler import Options, compile_definition

LENGTH = 1000
# Runs in the place of main: saves the model as it is made, or times it alone.
SAVE = {
    PYTORCH: "torch.save(build_model().state_dict(), sys.argv[1] + '/saved_model.pth')",
    "TensorFlow": "build_model().save(sys.argv[1] + '/saved_model.keras')",
}
LOAD = {
    PYTORCH: "torch.set_num_threads(1); model = load_model(Path(sys.argv[1], 'saved_model.pth'))",
    "TensorFlow": "choose_device(-1, 1); model = load_model(Path(sys.argv[1], 'saved_model.keras'))",
}
FLOOR = """
import time
{load}
codes = np.random.default_rng(1).integers(0, 4, (10, BATCH_SIZE, {length}), np.uint8)
codes = [{tensor}(batch) for batch in codes]
predict(model, codes[0])
begun = time.process_time()
for number in range({batches}):
    predict(model, codes[number % 10])
print(time.process_time() - begun)
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sequences", type=int, default=100_000)
    parser.add_argument("--library", choices=CASES, default=PYTORCH)
    arguments = parser.parse_args()
    count, library = arguments.sequences, arguments.library
    case = next(case for case in CASES[library] if case.name == "conv10")
    options = Options(emit="predict", library=library)
    script = compile_definition(case.definition, options=options).script
    assert script is not None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "predict.py").write_text(script, "utf-8")
        variant(folder / "save.py", script, SAVE[library])
        run(folder, "save.py", ".")
        for size in (1, count // 4, count):
            write(folder / f"{size}.fa.gz", size)
        start, _ = scored(folder, 1)
        _, quarter = scored(folder, count // 4)
        seconds, memory = scored(folder, count)
        tensor = "torch.from_numpy" if library == PYTORCH else "np.array"
        code = FLOOR.format(
            load=LOAD[library], length=LENGTH, batches=-(-count // 100), tensor=tensor
        )
        variant(folder / "floor.py", script, code)
        floor = float(run(folder, "floor.py", ".")[0])
    print(f"{library}, {count:,} sequences of {LENGTH:,} bp, one thread\n")
    print("| What | Found |\n|---|---:|")
    print(f"| CPU time of the forward passes alone, s | {floor:.1f} |")
    print(f"| CPU time of the script, less its start, s | {seconds - start:.1f} |")
    print(f"| the second over the first | {(seconds - start) / floor:.2f} |")
    print(f"| peak memory, a quarter of the sequences, MiB | {quarter:.0f} |")
    print(f"| peak memory, all of them, MiB | {memory:.0f} |")


def variant(path: Path, script: str, code: str) -> None:
    """The script with other code in the place of its last lines."""
    path.write_text(script.partition('\nif __name__ == "__main__":')[0] + "\n" + code, "utf-8")


def write(path: Path, count: int) -> None:
    """Random sequences, some thousands at a time."""
    draw = np.random.default_rng(count)
    with gzip.open(path, "wb", compresslevel=1) as file:
        for start in range(0, count, 5000):
            size = min(5000, count - start)
            letters = np.frombuffer(b"ACGT", np.uint8)[draw.integers(0, 4, (size, LENGTH))]
            file.writelines(
                b">s%d\n%s\n" % (start + row, bytes(line)) for row, line in enumerate(letters)
            )


def scored(folder: Path, size: int) -> tuple[float, float]:
    """CPU seconds and peak MiB of a run."""
    _, *found = run(folder, "predict.py", ".", f"{size}.fa.gz", "-g", "-1", "--threads", "1")
    return found[0], found[1]


def run(folder: Path, *command: str) -> tuple[str, float, float]:
    """A script's last line; its CPU seconds and peak MiB."""
    threads = {"OMP_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    with open(folder / "output", "wb") as output:
        process = subprocess.Popen(
            [sys.executable, *command], cwd=folder, stdout=output, env=os.environ | threads
        )
        _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{command}: status {status}")
    lines = (folder / "output").read_text("utf-8").splitlines() or [""]
    return lines[-1], used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


if __name__ == "__main__":
    main()
