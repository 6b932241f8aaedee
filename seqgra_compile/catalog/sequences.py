"""Sequence spaces, tasks and libraries: the closed lists of the general section."""

from __future__ import annotations

from dataclasses import dataclass

from .parameters import Integer

ID = r"[A-Za-z0-9_-]+"
SEED = Integer(0, 2**32 - 1)
LABEL_NUMBER = Integer(-(10**9), 10**9)


@dataclass(frozen=True)
class SequenceSpace:
    """`alphabet` in the order of the one-hot channels; `unknown` is a letter spread over all.

    `paired` has, for each letter of the alphabet, that on the opposite strand; without, there is one
    strand only.
    """

    name: str
    alphabet: str
    unknown: str | None
    folds_case: bool
    monomer: str
    paired: str | None = None


_SPACES = (
    SequenceSpace("DNA", "ACGT", "N", True, "nucleotide", paired="TGCA"),
    SequenceSpace("RNA", "ACGU", "N", True, "nucleotide"),
    # seqgra's order: by the residues' full names.
    SequenceSpace("protein", "ARNDCEQGHILKMFPSTWYV", None, False, "amino acid"),
)
SEQUENCE_SPACES = {space.name: space for space in _SPACES}

MULTI_CLASS = "multi-class classification"
MULTI_LABEL = "multi-label classification"
TASKS = (MULTI_CLASS, MULTI_LABEL)

PYTORCH = "PyTorch"
TENSORFLOW = "TensorFlow"
BAYES = "BayesOptimalClassifier"
LIBRARIES = (PYTORCH, TENSORFLOW, BAYES)

INPUT_ENCODINGS = ("1D", "2D")

_LEARNER_PREFIX = {PYTORCH: "Torch", TENSORFLOW: "Keras", BAYES: "BayesOptimal"}
_LEARNER_TASK = {MULTI_CLASS: "MultiClass", MULTI_LABEL: "MultiLabel"}


def implementation(library: str, sequence_space: str, task: str) -> str:
    """The learner that seqgra would take for a library, sequence space and task."""
    space = sequence_space[0].upper() + sequence_space[1:]
    return f"{_LEARNER_PREFIX[library]}{space}{_LEARNER_TASK[task]}ClassificationLearner"
