"""What a definition's script expects of a data folder."""

from __future__ import annotations

from dataclasses import dataclass

from .. import ir
from ..catalog.semantics import SEMANTICS
from ..catalog.sequences import MULTI_CLASS, SEQUENCE_SPACES
from ..grammar import Classifier
from .alphabet import ALPHABETS, Alphabet


@dataclass(frozen=True)
class Expected:
    """`length` is None if the first example decides it, of the training set or (`per_file`) of each
    file.

    `letters` are all bytes that a script reads; if `lenient`, any other letter is read as unknown.
    `required` are the sets that must exist; `shuffled` says whether training shuffles.
    """

    alphabet: Alphabet
    letters: bytes
    lenient: bool
    length: int | None
    per_file: bool
    labels: tuple[str, ...]
    multi_class: bool
    required: tuple[str, ...]
    shuffled: bool


def expected(model: Classifier) -> Expected:
    """What the script of a definition expects."""
    space = SEQUENCE_SPACES[model.sequence_space.value]
    alphabet = ALPHABETS[space.name]
    letters = alphabet.accepted
    trains = isinstance(model, ir.Model)
    length, shuffled = None, True
    if isinstance(model, ir.Model):
        shuffled = model.training.shuffle.value
        if isinstance(model.architecture, ir.Network):
            length = model.architecture.input_shape[-2]
    return Expected(
        alphabet=alphabet,
        letters=letters + letters.lower() if space.folds_case else letters,
        lenient=SEMANTICS[model.semantics].imitates and space.unknown is not None,
        length=length,
        per_file=not trains,
        labels=model.labels.value,
        multi_class=model.task.value == MULTI_CLASS,
        required=("training", "validation") if trains else ("test",),
        shuffled=shuffled,
    )
