"""Sequence spaces, tasks and input encodings: closed lists of the general section."""

from __future__ import annotations

from dataclasses import dataclass

from .parameters import Integer

ID = r"[A-Za-z0-9_-]+"
SEED = Integer(0, 2**32 - 1)
LABEL_NUMBER = Integer(-(10**9), 10**9)


@dataclass(frozen=True)
class SequenceSpace:
    """`alphabet` in the order of the one-hot channels; `unknown` is a letter spread over all.

    `remedy` says what to do with any other letter. `paired` has, for each letter of the alphabet,
    that on the opposite strand; without, there is one strand only. `known`: seqgra 0.0.4 knows it.
    """

    name: str
    alphabet: str
    unknown: str | None
    folds_case: bool
    remedy: str
    paired: str | None = None
    known: bool = True


_SPACES = (
    SequenceSpace(
        "DNA", "ACGT", "N", True, "write U as T, and ambiguous letters as N", paired="TGCA"
    ),
    SequenceSpace(
        "RNA", "ACGU", "N", True, "write T as U, and ambiguous letters as N", known=False
    ),
    SequenceSpace(
        "protein",
        "ARNDCEQGHILKMFPSTWYV",  # seqgra's order: by the residues' full names
        None,
        False,
        "write lower case as upper case, and leave out sequences with other letters",
    ),
)
SEQUENCE_SPACES = {space.name: space for space in _SPACES}

MULTI_CLASS = "multi-class classification"
MULTI_LABEL = "multi-label classification"
TASKS = (MULTI_CLASS, MULTI_LABEL)

INPUT_ENCODINGS = ("1D", "2D")
