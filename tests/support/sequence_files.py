"""Small files of the field, made for the tests of `seqgra-data`: FASTA, genomes, peaks."""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path

COMPLEMENT = str.maketrans("ACGTN", "TGCAN")


def letters(source: random.Random, length: int, alphabet: str = "ACGT", gc: float = 0.5) -> str:
    weights = [(1 - gc) / 2, gc / 2, gc / 2, (1 - gc) / 2] if alphabet == "ACGT" else None
    return "".join(source.choices(alphabet, weights, k=length))


def reverse_complement(sequence: str) -> str:
    return sequence.translate(COMPLEMENT)[::-1]


def fasta(path: Path, sequences: Iterable[tuple[str, str]], width: int = 60) -> Path:
    """Records of header and sequence, in lines of one width."""
    with path.open("w", encoding="utf-8", newline="") as file:
        for header, sequence in sequences:
            lines = (sequence[at : at + width] for at in range(0, len(sequence), width))
            file.write("\n".join([f">{header}", *lines]) + "\n")
    return path


def random_fasta(path: Path, count: int, length: int, seed: int, gc: float = 0.5) -> Path:
    source = random.Random(seed)
    name = path.name.partition(".")[0]
    rows = ((f"{name}{n}", letters(source, length, gc=gc)) for n in range(1, count + 1))
    return fasta(path, rows)


def genome(path: Path, lengths: dict[str, int], seed: int = 1) -> dict[str, str]:
    """A genome whose GC changes along it, some of it in lower case; its chromosomes."""
    source = random.Random(seed)
    chromosomes = {}
    for name, length in lengths.items():
        parts, made = [], 0
        while made < length:
            part = letters(source, min(500, length - made), gc=source.uniform(0.3, 0.7))
            parts.append(part.lower() if source.random() < 0.3 else part)
            made += len(part)
        chromosomes[name] = "".join(parts)
    fasta(path, chromosomes.items())
    return chromosomes


def peaks(
    path: Path, lengths: dict[str, int], count: int, seed: int, size: tuple[int, int] = (50, 600)
) -> list[tuple[str, int, int]]:
    """A BED file of regions on some chromosomes, in no order; its rows."""
    source = random.Random(seed)
    rows = []
    for _ in range(count):
        name = source.choice(list(lengths))
        width = source.randint(*size)
        start = source.randrange(lengths[name] - width)
        rows.append((name, start, start + width))
    path.write_text(
        "track name=made\n"
        + "".join(
            f"{c}\t{s}\t{e}\tpeak{n}\t0\t{'+-'[n % 2]}\n" for n, (c, s, e) in enumerate(rows)
        ),
        "utf-8",
    )
    return rows


def examples(folder: Path, name: str) -> list[tuple[str, str]]:
    """The examples of a set."""
    lines = (folder / f"{name}.txt").read_text("utf-8").split("\n")
    assert lines[0] == "x\ty" and lines[-1] == ""
    return [tuple(line.split("\t")) for line in lines[1:-1]]


def ids(folder: Path) -> list[dict[str, str]]:
    """The rows of ids.tsv."""
    header, *rows = (folder / "ids.tsv").read_text("utf-8").splitlines()
    return [dict(zip(header.split("\t"), row.split("\t"), strict=True)) for row in rows]
