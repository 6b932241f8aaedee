"""What a script takes a definition to mean: the definition itself, or what seqgra makes of it."""

from __future__ import annotations

from .sequences import BAYES, PYTORCH, TENSORFLOW

# How a script holds its data.
MEMORY = "memory"
DISK = "disk"

STORAGES = {
    MEMORY: "one byte per position, in memory",
    DISK: "the same on disk, in caches beside the data files: for data larger than memory",
}

INTENDED = "intended"
SEQGRA = "seqgra-0.0.4"
STREAMING = "seqgra-0.0.4-streaming"

SEMANTICS = {
    INTENDED: "what the definition says",
    SEQGRA: "what seqgra 0.0.4 does with its data in memory, where it drops what the definition "
    "says, too",
    STREAMING: "the same with its data read from files while it trains, its default",
}
# Those under which data are simulated.
SIMULATED = (INTENDED, SEQGRA)
# Which libraries' scripts are written under which semantics.
SUPPORTED = {
    INTENDED: (PYTORCH, TENSORFLOW, BAYES),
    SEQGRA: (PYTORCH, TENSORFLOW, BAYES),
    STREAMING: (PYTORCH, TENSORFLOW),
}

# Words that pandas reads as a missing value: in memory, seqgra turns such a label into no label.
MISSING_WORDS = frozenset(
    """
    #N/A #N/A_N/A #NA -1.#IND -1.#QNAN -NaN -nan 1.#IND 1.#QNAN <NA> N/A NA NULL NaN None n/a nan
    null
    """.split()
) | {"#N/A N/A"}
