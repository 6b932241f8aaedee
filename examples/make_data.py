"""Make the data of the examples: DNA in which one of two motifs is hidden, or none.

Usage: python make_data.py [FOLDER]   (default: data, beside this file)

Each example is 150 letters of background, in which A and T are more frequent than C and G, as in
most genomes. Its label says what was planted into it, at a random position: `c1` the first motif,
`c2` the second one, `background` neither. A motif is a position weight matrix: each planted copy
draws its letters anew, so that few copies are alike, and some are so unlike the motif that no
method can tell them from background. Motifs and frequencies are invented.

The same bytes come out on any machine and any version of Python: of the generator only
`random()` is used, whose sequence for a given seed is fixed.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

SEED = 20
LENGTH = 150  # letters
SETS = {"training": 4000, "validation": 500, "test": 1000}  # examples
LETTERS = "ACGT"
BACKGROUND = (30, 20, 20, 30)  # weights of A, C, G, T in percent: integers, so exact

# One row a position of the motif: weights of A, C, G, T in percent.
MOTIFS = {
    "c1": (
        (10, 60, 20, 10),
        (3, 5, 89, 3),
        (1, 1, 97, 1),
        (97, 1, 1, 1),
        (1, 97, 1, 1),
        (3, 2, 2, 93),
        (2, 2, 94, 2),
        (48, 2, 48, 2),
        (1, 96, 2, 1),
        (90, 3, 4, 3),
        (4, 86, 4, 6),
        (5, 5, 75, 15),
        (60, 15, 10, 15),
    ),
    "c2": (
        (65, 10, 10, 15),
        (3, 4, 4, 89),
        (1, 1, 2, 96),
        (1, 48, 3, 48),
        (1, 1, 97, 1),
        (1, 97, 1, 1),
        (94, 2, 2, 2),
        (95, 2, 1, 2),
        (1, 1, 1, 97),
        (3, 91, 3, 3),
        (84, 4, 9, 3),
        (7, 8, 75, 10),
        (10, 55, 15, 20),
    ),
    "background": (),
}


def draw(generator: random.Random, weights: tuple[int, ...]) -> int:
    """An index, drawn with these weights."""
    rest = generator.random() * sum(weights)
    for index, weight in enumerate(weights):
        rest -= weight
        if rest < 0:
            return index
    return len(weights) - 1


def example(generator: random.Random) -> tuple[str, str]:
    """A sequence and its label."""
    label = list(MOTIFS)[draw(generator, (1,) * len(MOTIFS))]
    motif = MOTIFS[label]
    start = draw(generator, (1,) * (LENGTH - len(motif) + 1))
    rows = [BACKGROUND] * LENGTH
    rows[start : start + len(motif)] = motif
    return "".join(LETTERS[draw(generator, row)] for row in rows), label


def make(folder: Path) -> None:
    """Write training.txt, validation.txt and test.txt: a header, then sequence, tab, label."""
    generator = random.Random(SEED)
    folder.mkdir(parents=True, exist_ok=True)
    for name, count in SETS.items():
        lines = ["x\ty\n", *("\t".join(example(generator)) + "\n" for _ in range(count))]
        (folder / f"{name}.txt").write_bytes("".join(lines).encode())


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "data")
