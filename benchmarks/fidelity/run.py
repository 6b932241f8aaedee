"""What a run is judged by: the same quantities of seqgra and of a compiled script."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Run:
    """`losses` and `accuracies` are those of the validation set, one an epoch; `best` from 1."""

    weights: str
    layout: dict[str, tuple[str, list[int]]]
    losses: list[float]
    accuracies: list[float]
    best: int
    test: dict[str, float]
    files: dict[str, str]


# Files that both write, with the same bytes.
COMMON_FILES = ("num-model-parameters.txt", "last-epoch-completed.txt")
