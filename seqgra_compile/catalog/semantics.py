"""What a script takes a definition to mean: the definition itself, or what seqgra makes of it."""

from __future__ import annotations

from dataclasses import dataclass

# How a script holds its data.
MEMORY = "memory"
DISK = "disk"

STORAGES = {
    MEMORY: "one byte per position, in memory",
    DISK: "the same on disk, in caches beside the data files: for data larger than memory",
}

# What a script keeps of its run, apart from the results.
FULL = "full"
NONE = "none"

RECORDS = {
    FULL: "a checkpoint to resume from, a lock, copies between the sets, areas under curves, and a "
    "receipt with the hashes of all that decides the result",
    NONE: "the results alone, by a script that is shorter and trains the same weights",
}

# In how many parts a script computes each batch: powers of two, so that as many processes can
# share them equally.
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
    """What a script takes a definition to mean.

    `imitates`: what seqgra makes of it; `streams`: reading its data from files while it trains."""

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
            "what seqgra 0.0.4 does with its data in memory, also where it drops what the "
            "definition says",
            True,
            False,
        ),
        Semantics(
            STREAMING,
            "the same with its data read from files while it trains, its default",
            True,
            True,
        ),
    )
}

# Those under which data are simulated.
SIMULATED = (INTENDED, SEQGRA)

# Words that pandas reads as a missing value: in memory, seqgra turns such a label into no label.
MISSING_WORDS = frozenset(
    """
    #N/A #N/A_N/A #NA -1.#IND -1.#QNAN -NaN -nan 1.#IND 1.#QNAN <NA> N/A NA NULL NaN None n/a nan
    null
    """.split()
) | {"#N/A N/A"}
