"""What a script takes a definition to mean: the definition itself, or what seqgra makes of it."""

from __future__ import annotations

from dataclasses import dataclass

from .sequences import BAYES, MULTI_CLASS, MULTI_LABEL, PYTORCH, TENSORFLOW

# How a script holds its data.
MEMORY = "memory"
MAPPED = "mapped"

STORAGES = {
    MEMORY: "one byte per position, in memory",
    MAPPED: "the same on disk, in caches beside the data files: for data larger than memory",
}

# What a script keeps of its run, besides the results.
FULL = "full"
NONE = "none"

RECORDS = {
    FULL: "a checkpoint to resume from, a lock, copies between the sets, areas under curves, and a "
    "receipt with the hashes of all that decides the result",
    NONE: "the results alone, by a script that is shorter and trains the same weights",
}


@dataclass(frozen=True)
class Semantics:
    """What a script takes a definition to mean.

    `imitates`: what seqgra makes of it; `streams`: reading its data from files while it trains.
    `libraries` have scripts under these semantics.
    """

    name: str
    about: str
    imitates: bool
    streams: bool
    libraries: tuple[str, ...]


INTENDED = "intended"
SEQGRA = "seqgra-0.0.4"
STREAMING = "seqgra-0.0.4-streaming"

SEMANTICS = {
    row.name: row
    for row in (
        Semantics(INTENDED, "what the definition says", False, False, (PYTORCH, TENSORFLOW, BAYES)),
        Semantics(
            SEQGRA,
            "what seqgra 0.0.4 does with its data in memory, also where it drops what the "
            "definition says",
            True,
            False,
            (PYTORCH, TENSORFLOW, BAYES),
        ),
        Semantics(
            STREAMING,
            "the same with its data read from files while it trains, its default",
            True,
            True,
            (PYTORCH, TENSORFLOW),
        ),
    )
}

# What seqgra 0.0.4 knows of the language; all else is an addition of ours.
KNOWN_SPACES = ("DNA", "protein")
KNOWN_TASKS = (MULTI_CLASS, MULTI_LABEL)
KNOWN_OPERATIONS = (
    "Conv1D",
    "Conv2D",
    "Dense",
    "Dropout",
    "Flatten",
    "GlobalMaxPool1D",
    "LSTM",
    "MaxPool1D",
    "Reshape",
)
KNOWN_OPTIMIZERS = {
    PYTORCH: (
        "Adadelta",
        "Adagrad",
        "Adam",
        "AdamW",
        "Adamax",
        "ASGD",
        "RMSprop",
        "Rprop",
        "SGD",
    ),
    TENSORFLOW: (
        "SGD",
        "Adam",
        "Adamax",
        "Nadam",
        "Adadelta",
        "Adagrad",
        "RMSprop",
        "Ftrl",
    ),
}
# Why a Keras 3 script cannot draw what seqgra's Keras 2 drew, where there are masks.
DRAWN_OTHERWISE = "Keras 3 draws other masks"
# Optimizers of TensorFlow whose steps Keras 3 computes otherwise than seqgra's Keras 2, and how.
COMPUTED_OTHERWISE = {
    "Adadelta": "Keras 2 squares a gradient in another order and rounds otherwise",
    "Nadam": "from the second step on, Keras 2 takes the decay of the momentum once more for each "
    "array of weights",
    "RMSprop": "Keras 2 multiplies in another order and rounds otherwise",
}
# Words that pandas reads as a missing value: in memory, seqgra turns such a label into no label.
MISSING_WORDS = frozenset(
    """
    #N/A #N/A_N/A #NA -1.#IND -1.#QNAN -NaN -nan 1.#IND 1.#QNAN <NA> N/A NA NULL NaN None n/a nan
    null
    """.split()
) | {"#N/A N/A"}
