"""What a run is judged by: the same quantities of seqgra and of a compiled script."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Run:
    """`losses` and `accuracies` are those of the validation set, one an epoch; `best` from 1."""

    weights: str
    layout: object
    losses: list[float]
    accuracies: list[float]
    best: int
    test: dict[str, float]
    files: dict[str, str]


@dataclass(frozen=True)
class WatchedRun(Run):
    """One that was looked at while it trained: the weights at the `start` and after each epoch.

    `arrays`: the file of the weights that are kept, each under its number.
    """

    start: str
    epochs: list[str]
    arrays: str


# Files that both write, with the same bytes.
COMMON_FILES = ("num-model-parameters.txt", "last-epoch-completed.txt")
