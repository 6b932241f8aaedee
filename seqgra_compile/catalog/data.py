"""The values of a data definition: numbers, and words from closed lists."""

from __future__ import annotations

from .parameters import Integer, Kind, Real
from .sequences import SEED, SEQUENCE_SPACES, TASKS

SETS = ("training", "validation", "test")
POSITIONS = ("random", "start", "center", "end")
MODES = ("sequential", "mutually exclusive")
ORDERS = ("in-order", "random")
SHUFFLE = "kmer-frequency-preserving-shuffle"
POSITION = r"[0-9]{1,9}"

# By element, or by element and attribute.
NUMBERS: dict[str, Kind] = {
    "seed": SEED,
    "minlength": Integer(1, 10**9),
    "maxlength": Integer(1, 10**9),
    "letter/@probability": Real(minimum=0, maximum=1),
    "kmer/@probability": Real(minimum=0, maximum=1),
    "probability": Real(above=0, maximum=1),
    "example/@samples": Integer(1, 10**9),
    "operation/@k": Integer(1, 10**6),
    "spacingconstraint/@mindistance": Integer(0),
    "spacingconstraint/@maxdistance": Integer(0),
}
WORDS: dict[str, tuple[str, ...]] = {
    "task": TASKS,
    "sequencespace": tuple(SEQUENCE_SPACES),
    "alphabetdistribution/@setname": SETS,
    "set/@name": SETS,
    "operation": (SHUFFLE,),
    "mode": ("", *MODES),
    "spacingconstraint/@order": ORDERS,
}
# The defaults of missing elements and attributes.
DEFAULTS = {
    "mode": MODES[0],
    "operation/@k": "1",
    "alphabetdistribution/@setname": "all sets",
    "alphabetdistribution/@cid": "all conditions",
}
