"""The data sets of the cases: seeded, drawn with `random.Random.random` alone.

So every Python version writes the same bytes. A set has the files that seqgra's simulator writes:
sequences with labels, and annotations of the same examples.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

DNA, PROTEIN = "DNA", "protein"
MULTI_CLASS, MULTI_LABEL = "multi-class classification", "multi-label classification"
_LETTERS = {DNA: "ACGT", PROTEIN: "ARNDCEQGHILKMFPSTWYV"}


@dataclass(frozen=True)
class DataSet:
    """Label k of `labels` is a copy of `motifs[k]` somewhere; `sizes` as the files below.

    `mixed`: a tenth of the letters in lower case, a fiftieth N or n; `odd`: a fiftieth letters that
    stand for several nucleotides. `pattern`: what stands before
    and after the number of each label, for definitions that give a pattern.
    """

    seed: int
    labels: tuple[str, ...]
    motifs: tuple[str, ...]
    length: int = 120
    sizes: tuple[int, int, int] = (320, 96, 96)
    task: str = MULTI_CLASS
    space: str = DNA
    mixed: bool = False
    odd: bool = False
    pattern: tuple[str, str] | None = None


_C, _MOTIFS = ("c1", "c2"), ("TTGACGTCAA", "GGCATTCCGG")
SETS = {
    "dna": DataSet(11, _C, _MOTIFS),
    "dna-uneven": DataSet(12, _C, _MOTIFS, sizes=(333, 101, 75)),
    "dna-one-over": DataSet(13, _C, _MOTIFS, sizes=(321, 97, 65)),
    "dna-mixed": DataSet(14, _C, _MOTIFS, mixed=True),
    "dna-5": DataSet(
        15,
        ("class0x", "class1x", "class2x", "class3x", "class4x"),
        ("TTGACGTCAA", "GGCATTCCGG", "CACGTGCACG", "TATAAATATA", "CCGCGGAACC"),
        pattern=("class", "x"),
    ),
    "dna-labels": DataSet(16, _C, _MOTIFS, task=MULTI_LABEL),
    "dna-labels-uneven": DataSet(
        17,
        ("promoter", "enhancer", "silencer"),
        (*_MOTIFS, "CACGTGCACG"),
        sizes=(333, 101, 75),
        task=MULTI_LABEL,
    ),
    "dna-odd": DataSet(20, _C, _MOTIFS, odd=True),
    # More than seqgra reads at a time, twice over in training.
    "dna-many": DataSet(21, _C, _MOTIFS, length=40, sizes=(20500, 10300, 75)),
    "protein": DataSet(18, _C, ("WCHHCW", "KRKRKR"), length=100, space=PROTEIN),
    "protein-labels": DataSet(
        19, _C, ("WCHHCW", "KRKRKR"), length=100, task=MULTI_LABEL, space=PROTEIN
    ),
}
FILES = ("training", "validation", "test")


def write(data: DataSet, folder: Path) -> None:
    """Write the files, and beside each its annotations: G on a motif, _ elsewhere."""
    folder.mkdir(parents=True, exist_ok=True)
    draw = random.Random(data.seed).random
    for name, size in zip(FILES, data.sizes, strict=True):
        examples = [_example(data, number, draw) for number in range(size)]
        for suffix, header, column in (("", "x", 0), ("-annotation", "annotation", 1)):
            rows = [f"{header}\ty", *(f"{row[column]}\t{row[2]}" for row in examples)]
            (folder / f"{name}{suffix}.txt").write_text("".join(f"{row}\n" for row in rows))


def _example(data: DataSet, number: int, draw) -> tuple[str, str, str]:
    """Sequence, annotation and labels; of several labels, the number's bits say which are true."""
    alphabet = _LETTERS[data.space]
    letters = [alphabet[int(draw() * len(alphabet))] for _ in range(data.length)]
    annotation = ["_"] * data.length
    indices = range(len(data.labels))
    if data.task == MULTI_CLASS:
        true = [number % len(data.labels)]
    else:
        true = [index for index in indices if number >> index & 1]
    for index in true:
        motif = data.motifs[index]
        start = int(draw() * (data.length - len(motif) + 1))
        letters[start : start + len(motif)] = motif
        annotation[start : start + len(motif)] = "G" * len(motif)
    if data.mixed:
        letters = [_mixed(letter, draw()) for letter in letters]
    if data.odd:
        letters = [_odd(letter, draw()) for letter in letters]
    return "".join(letters), "".join(annotation), "|".join(data.labels[index] for index in true)


def _odd(letter: str, number: float) -> str:
    return "RYSWKMBDHV"[int(number * 500)] if number < 0.02 else letter


def _mixed(letter: str, number: float) -> str:
    if number < 0.02:
        return "Nn"[number < 0.01]
    return letter.lower() if number < 0.12 else letter
