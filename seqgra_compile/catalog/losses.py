"""Losses: what targets they take, what they expect of the model, how each library says them."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, field

from ..ir import Arguments
from ..pycode import Code, call
from .expressions import folded
from .parameters import Boolean, Parameter, Real
from .sequences import MULTI_CLASS, MULTI_LABEL, PYTORCH, TENSORFLOW


class Scores(enum.Enum):
    """What the model hands to the loss."""

    LOGITS = "logits"
    PROBABILITIES = "probabilities"


@dataclass(frozen=True)
class Loss:
    """One row. `activation` turns logits into probabilities; `scores` may depend on `from_logits`.

    `index_targets`: class indices rather than one value per label.
    """

    name: str
    library: str
    about: str
    task: str
    activation: str
    index_targets: bool
    scores: Callable[[Arguments], Scores]
    text: Callable[[Arguments], str]
    parameters: tuple[Parameter, ...] = ()
    aliases: tuple[str, ...] = field(default=())


def _torch(class_name: str, **fixed: object) -> Callable[[Arguments], str]:
    return lambda arguments: call(f"nn.{class_name}", **fixed)


def _keras(class_name: str, **fixed: object) -> Callable[[Arguments], str]:
    def text(arguments: Arguments) -> str:
        values = {name: Code(name.upper()) for name in arguments}
        return call(f"keras.losses.{class_name}", **values, **fixed)

    return text


def _from_logits(arguments: Arguments) -> Scores:
    return Scores.LOGITS if arguments["from_logits"].value else Scores.PROBABILITIES


_KERAS_PARAMETERS = (
    Parameter("from_logits", Boolean(), False, "the model gives logits, not probabilities"),
    Parameter("label_smoothing", Real(minimum=0, maximum=1), 0.0, "share taken from the true label"),
)
_ROWS = (
    Loss(
        "CrossEntropyLoss",
        PYTORCH,
        "cross-entropy of the classes; applies the softmax itself",
        MULTI_CLASS,
        "softmax",
        True,
        lambda arguments: Scores.LOGITS,
        _torch(
            "CrossEntropyLoss",
            weight=None,
            ignore_index=-100,
            reduction="mean",
            label_smoothing=0.0,
        ),
    ),
    Loss(
        "BCEWithLogitsLoss",
        PYTORCH,
        "cross-entropy of each label; applies the sigmoid itself",
        MULTI_LABEL,
        "sigmoid",
        False,
        lambda arguments: Scores.LOGITS,
        _torch("BCEWithLogitsLoss", weight=None, reduction="mean", pos_weight=None),
    ),
    Loss(
        "categorical_crossentropy",
        TENSORFLOW,
        "cross-entropy of the classes",
        MULTI_CLASS,
        "softmax",
        False,
        _from_logits,
        _keras("CategoricalCrossentropy", axis=-1, reduction="sum_over_batch_size"),
        _KERAS_PARAMETERS,
    ),
    Loss(
        "binary_crossentropy",
        TENSORFLOW,
        "cross-entropy of each label",
        MULTI_LABEL,
        "sigmoid",
        False,
        _from_logits,
        _keras("BinaryCrossentropy", axis=-1, reduction="sum_over_batch_size"),
        _KERAS_PARAMETERS,
    ),
)
LOSSES = {row.name: row for row in _ROWS}
_BY_FOLDED_NAME = {
    folded(spelling): row for row in _ROWS for spelling in (row.name, *row.aliases)
}


def find(name: str) -> Loss | None:
    """A loss by its name or an alias, in any case, with or without underscores."""
    return _BY_FOLDED_NAME.get(folded(name.strip()))
