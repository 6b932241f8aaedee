"""Random examples, the same in every process: drawn from a seed, as codes and as files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .cases import Case

SETS = ("training", "validation")
_LETTERS = np.frombuffer(b"ACGT", np.uint8)


def draw(case: Case, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Codes (N, length) uint8, and targets: class indices, or a column a label, float32."""
    number = SETS.index(name)
    rng = np.random.default_rng([7, number])
    size = case.sizes[number]
    codes = rng.integers(0, 4, (size, case.length), np.uint8)
    if case.several:
        return codes, rng.integers(0, 2, (size, len(case.labels))).astype(np.float32)
    return codes, rng.integers(0, len(case.labels), size)


def one_hot(codes: np.ndarray) -> np.ndarray:
    """(N, length) to (N, length, 4) float32."""
    return np.eye(4, dtype=np.float32)[codes]


def sequences(codes: np.ndarray) -> list[str]:
    return [row.tobytes().decode() for row in _LETTERS[codes]]


def write(case: Case, folder: Path) -> None:
    """training.txt and validation.txt in seqgra's format."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in SETS:
        codes, targets = draw(case, name)
        with (folder / f"{name}.txt").open("w") as file:
            file.write("x\ty\n")
            for start in range(0, len(codes), 10_000):
                part = slice(start, start + 10_000)
                rows = zip(sequences(codes[part]), targets[part], strict=True)
                file.writelines(f"{x}\t{_label(case, y)}\n" for x, y in rows)


def _label(case: Case, target: np.ndarray) -> str:
    if not case.several:
        return case.labels[target]
    return "|".join(label for label, true in zip(case.labels, target, strict=True) if true)
