"""What a script takes a definition to mean: the definition itself, or what seqgra makes of it."""

from __future__ import annotations

from dataclasses import dataclass

# How a script holds its data.
MEMORY = "memory"
DISK = "disk"

STORAGES = {
    MEMORY: "one byte per position, in memory",
    DISK: "the same in caches on disk, beside the data files, for data larger than memory",
}

# What a script keeps of its run, apart from the results.
FULL = "full"
NONE = "none"

RECORDS = {
    FULL: "a checkpoint to resume from, a lock, counts of examples that are in two sets, areas under "
    "curves, and a receipt with the hashes of all that decides the result",
    NONE: "only the results; the script is shorter and trains the same weights",
}

# In how many parts a script computes each batch: powers of two, which 1, 2, 4, ... processes can
# share equally.
WHOLE = 1
SHARDS = tuple(str(WHOLE << power) for power in range(8))

# What a script does.
TRAIN = "train"
PREDICT = "predict"

EMITTED = {
    TRAIN: "a script that trains the model",
    PREDICT: "a script that scores new sequences with the weights that train.py has saved",
}


@dataclass(frozen=True)
class Semantics:
    """How a script reads a definition.

    `imitates`: as seqgra does; `streams`: as seqgra does when it reads its data from files while it
    trains.
    """

    name: str
    about: str
    imitates: bool
    streams: bool


INTENDED = "intended"
SEQGRA = "seqgra-0.0.4"
STREAMING = "seqgra-0.0.4-streaming"

SEMANTICS = {
    row.name: row
    for row in (
        Semantics(INTENDED, "what the definition says", False, False),
        Semantics(
            SEQGRA,
            "what seqgra 0.0.4 does with its data in memory, even where it ignores the definition",
            True,
            False,
        ),
        Semantics(
            STREAMING,
            "what seqgra 0.0.4 does by default, when it reads its data from files during training",
            True,
            True,
        ),
    )
}

# Semantics with which data can be simulated.
SIMULATED = (INTENDED, SEQGRA)

# Words that pandas reads as a missing value: with data in memory, seqgra drops such a label.
MISSING_WORDS = frozenset(
    """
    #N/A #N/A_N/A #NA -1.#IND -1.#QNAN -NaN -nan 1.#IND 1.#QNAN <NA> N/A NA NULL NaN None n/a nan
    null
    """.split()
) | {"#N/A N/A"}
