"""What `seqgra-data` costs beside the libraries that read its inputs: CPU time, memory, slopes.

Usage: python benchmarks/own_data.py [--megabytes 50 100 200] [--regions 20000 40000] [--genome 100]

Inputs are made up: FASTA of 1,000-letter sequences in lines of 60 or of 1,000, gzip; a genome of so
many megabytes, in which regions lie at random. Each run is a process of its own; CPU time is that
of the process and its threads, so that a busy machine disturbs it less than the clock.
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

LENGTH, WIDTH = 1000, 60
MAKER = "from seqgra_compile.commands.data import main; main()"
DNAIO = """
import dnaio, sys
with dnaio.open(sys.argv[1]) as records:
    print(sum(len(record.sequence) for record in records))
"""
PYFAIDX = """
import pyfaidx, sys
genome = pyfaidx.Fasta(sys.argv[1], as_raw=True)
print(sum(len(record[:]) for record in genome))
"""
REGIONS = """
import pyfaidx, sys
genome = pyfaidx.Faidx(sys.argv[1])
total = 0
for line in open(sys.argv[2]):
    name, start, end = line.split()[:3]
    middle = (int(start) + int(end)) // 2
    total += len(genome.fetch(name, middle - 499, middle + 500).seq)
print(total)
"""
MEASURE = """
import json, resource, subprocess, sys, time
start = time.perf_counter()
done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([done.returncode, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024,
                  time.perf_counter() - start, done.stderr[-300:]]))
"""


def measured(*command: object) -> tuple[float, float, float]:
    """CPU seconds, peak MiB, and seconds of a command in a process of its own."""
    words = [sys.executable, "-c", MEASURE, *map(str, command)]
    text = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    status, cpu, peak, wall, said = json.loads(text)
    if status:
        sys.exit(f"{command}: {said}")
    return cpu, peak, wall


def letters(source: np.random.Generator, count: int) -> bytes:
    return np.frombuffer(b"ACGT", np.uint8)[source.integers(0, 4, count, dtype=np.uint8)].tobytes()


def fasta(path: Path, megabytes: float, width: int, opener: Callable) -> None:
    source = np.random.default_rng(round(megabytes * 1000))
    with opener(path, "wb") as file:
        for number in range(int(megabytes * 1e6 / LENGTH)):
            sequence = letters(source, LENGTH)
            lines = [sequence[at : at + width] for at in range(0, LENGTH, width)]
            file.write(b">s%d\n%b\n" % (number, b"\n".join(lines)))


def fast_gzip(path: Path, mode: str):
    return gzip.open(path, mode, compresslevel=1)


def of_fasta(folder: Path, sizes: list[float]) -> None:
    print("| FASTA.gz, letters | lines of | dnaio, CPU | seqgra-data, CPU | ratio | peak memory |")
    print("|---|---|---|---|---|---|")
    small = folder / "small.fa"
    fasta(small, 0.05, WIDTH, open)
    for megabytes in sizes:
        for width in (WIDTH, LENGTH):
            path = folder / f"{megabytes}-{width}.fa.gz"
            fasta(path, megabytes, width, fast_gzip)
            alone, *_ = measured(sys.executable, "-c", DNAIO, path)
            words = ("fasta", f"a={path}", f"b={small}", "--split", 0.8, 0.1, 0.1)
            cpu, peak, _ = measured(
                sys.executable, "-c", MAKER, *words, "-o", folder / "out", "--overwrite"
            )
            path.unlink()
            print(
                f"| {megabytes:g} MB | {width} | {alone:.2f} s | {cpu:.2f} s | {cpu / alone:.1f} | {peak:.0f} MiB |",
                flush=True,
            )


def of_libraries(folder: Path) -> None:
    print("\n| 100 MB of FASTA, plain, lines of | dnaio, CPU | memory | pyfaidx, CPU | memory |")
    print("|---|---|---|---|---|")
    for width in (WIDTH, LENGTH):
        path = folder / f"plain-{width}.fa"
        fasta(path, 100, width, open)
        one, other = (measured(sys.executable, "-c", code, path) for code in (DNAIO, PYFAIDX))
        print(
            f"| {width} | {one[0]:.2f} s | {one[1]:.0f} MiB | {other[0]:.2f} s | {other[1]:.0f} MiB |"
        )


def of_regions(folder: Path, counts: list[int], megabytes: int) -> None:
    source = np.random.default_rng(1)
    genome = folder / "genome.fa"
    size = megabytes * 10**6 // 4
    with genome.open("wb") as file:
        for name in range(4):
            text = letters(source, size)
            lines = b"\n".join(text[at : at + WIDTH] for at in range(0, size, WIDTH))
            file.write(b">chr%d\n%b\n" % (name + 1, lines))
    small = folder / "small.bed"
    small.write_text("chr1\t1000\t1300\n", "utf-8")
    print("\n| Regions, 1,000 bp each | pyfaidx, CPU | seqgra-data, CPU | ratio | peak memory |")
    print("|---|---|---|---|---|")
    for count in counts:
        bed = folder / f"{count}.bed"
        starts = source.integers(1000, size - 1000, count)
        names = source.integers(1, 5, count)
        rows = (f"chr{n}\t{s}\t{s + 300}\n" for n, s in zip(names, starts, strict=True))
        bed.write_text("".join(rows), "utf-8")
        measured(sys.executable, "-c", REGIONS, genome, small)  # makes the index
        alone, *_ = measured(sys.executable, "-c", REGIONS, genome, bed)
        words = ("bed", f"a={bed}", f"b={bed}", "--genome", genome, "--length", LENGTH)
        words = (*words, "--multi-label", "--validation", "chr2", "--test", "chr3")
        cpu, peak, _ = measured(
            sys.executable, "-c", MAKER, *words, "-o", folder / "out", "--overwrite"
        )
        print(
            f"| {2 * count:,} | {2 * alone:.2f} s | {cpu:.2f} s | {cpu / (2 * alone):.1f} | {peak:.0f} MiB |",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--megabytes", type=float, nargs="*", default=[50, 100, 200])
    parser.add_argument("--regions", type=int, nargs="+", default=[20000, 40000])
    parser.add_argument("--genome", type=int, default=100)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        of_fasta(Path(name), arguments.megabytes)
        of_libraries(Path(name))
        of_regions(Path(name), arguments.regions, arguments.genome)


if __name__ == "__main__":
    main()
