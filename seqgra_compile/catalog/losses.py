"""Losses: their targets, what they expect from the model, and their form in each library."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ..ir import Arguments
from ..pycode import Code, call
from .counterparts import Counterpart, alike
from .expressions import folded
from .libraries import PYTORCH, TENSORFLOW
from .parameters import Boolean, Integer, Parameter, Real
from .sequences import MULTI_CLASS, MULTI_LABEL, TASKS


class Scores(enum.Enum):
    """What the model gives to the loss."""

    LOGITS = "logits"
    LOG_PROBABILITIES = "log-probabilities"
    PROBABILITIES = "probabilities"
    VALUES = "values"


@dataclass(frozen=True)
class LossRow:
    """One row.

    `activation` turns logits into probabilities; `scores` may depend on `from_logits`. `indices`:
    the targets are class indices rather than one value for each label. `threshold`: above it a
    label counts as predicted. `regression`: a loss for numbers, which the labels, 0 and 1, also are.
    `refused` is the reason why no script can use it. `counterparts` are its equals, by library.
    """

    name: str
    library: str
    about: str
    tasks: tuple[str, ...]
    text: Callable[[Arguments], Code]
    scores: Callable[[Arguments], Scores]
    activation: str | None = None
    parameters: tuple[Parameter, ...] = ()
    aliases: tuple[str, ...] = ()
    indices: bool = False
    threshold: float = 0.5
    regression: bool = False
    refused: str | None = None
    counterparts: Mapping[str, Counterpart] = field(default_factory=dict)


def _torch(class_name: str, **fixed: object) -> Callable[[Arguments], Code]:
    return lambda arguments: call(f"nn.{class_name}", **fixed)


def _keras(class_name: str, **fixed: object) -> Callable[[Arguments], Code]:
    def text(arguments: Arguments) -> Code:
        values = {name: Code(name.upper()) for name in arguments}
        return call(
            f"keras.losses.{class_name}", **values, **fixed, reduction="sum_over_batch_size"
        )

    return text


def _always(scores: Scores) -> Callable[[Arguments], Scores]:
    return lambda arguments: scores


def _from_logits(arguments: Arguments) -> Scores:
    return Scores.LOGITS if arguments["from_logits"].value else Scores.PROBABILITIES


_CLASSES, _LABELS = (MULTI_CLASS,), (MULTI_LABEL,)
_FROM_LOGITS = Parameter(
    "from_logits", Boolean(), False, "the model gives logits, not probabilities"
)
_SMOOTHING = Parameter(
    "label_smoothing", Real(minimum=0, maximum=1), 0.0, "fraction taken from the true label"
)
_PAIRS = "it compares pairs of inputs, and a definition has one input and labels"


_LOGITS = {"from_logits": True}


def _refused(name: str) -> LossRow:
    return LossRow(
        name, PYTORCH, _PAIRS, TASKS, _torch(name), _always(Scores.VALUES), refused=_PAIRS
    )


def _torch_regression(name: str, about: str, keras: str, **fixed: object) -> LossRow:
    return LossRow(
        name,
        PYTORCH,
        about,
        TASKS,
        _torch(name, **fixed, reduction="mean"),
        _always(Scores.VALUES),
        regression=True,
        counterparts={TENSORFLOW: Counterpart(keras)},
    )


def _keras_regression(
    name: str,
    class_name: str,
    about: str,
    aliases: tuple[str, ...],
    *parameters: Parameter,
    counterparts: Mapping[str, Counterpart] | None = None,
) -> LossRow:
    return LossRow(
        name,
        TENSORFLOW,
        about,
        TASKS,
        _keras(class_name),
        _always(Scores.VALUES),
        parameters=parameters,
        aliases=aliases,
        regression=True,
        counterparts=counterparts or {},
    )


_PYTORCH = (
    LossRow(
        "CrossEntropyLoss",
        PYTORCH,
        "cross-entropy of the classes; applies the softmax itself",
        _CLASSES,
        _torch(
            "CrossEntropyLoss",
            weight=None,
            reduction="mean",
            label_smoothing=Code("LABEL_SMOOTHING"),
        ),
        _always(Scores.LOGITS),
        "softmax",
        (_SMOOTHING,),
        indices=True,
        counterparts={
            TENSORFLOW: Counterpart(
                "categorical_crossentropy", alike("label_smoothing"), fixed=_LOGITS
            )
        },
    ),
    LossRow(
        "NLLLoss",
        PYTORCH,
        "cross-entropy of the classes, from log-probabilities",
        _CLASSES,
        _torch("NLLLoss", weight=None, reduction="mean"),
        _always(Scores.LOG_PROBABILITIES),
        "log_softmax",
        indices=True,
        counterparts={TENSORFLOW: Counterpart("categorical_crossentropy", fixed=_LOGITS)},
    ),
    LossRow(
        "KLDivLoss",
        PYTORCH,
        "Kullback-Leibler divergence from the labels, from log-probabilities",
        _CLASSES,
        _torch("KLDivLoss", reduction="batchmean", log_target=False),
        _always(Scores.LOG_PROBABILITIES),
        "log_softmax",
    ),
    LossRow(
        "BCEWithLogitsLoss",
        PYTORCH,
        "cross-entropy of each label; applies the sigmoid itself",
        _LABELS,
        _torch("BCEWithLogitsLoss", weight=None, reduction="mean", pos_weight=None),
        _always(Scores.LOGITS),
        "sigmoid",
        counterparts={TENSORFLOW: Counterpart("binary_crossentropy", fixed=_LOGITS)},
    ),
    LossRow(
        "BCELoss",
        PYTORCH,
        "cross-entropy of each label, from probabilities",
        _LABELS,
        _torch("BCELoss", weight=None, reduction="mean"),
        _always(Scores.PROBABILITIES),
        "sigmoid",
    ),
    _torch_regression("L1Loss", "mean absolute error", keras="mean_absolute_error"),
    _torch_regression("MSELoss", "mean squared error", keras="mean_squared_error"),
    _torch_regression(
        "SmoothL1Loss", "squared error up to beta, absolute error beyond", beta=1.0, keras="huber"
    ),
    _refused("MarginRankingLoss"),
    _refused("HingeEmbeddingLoss"),
    _refused("CosineEmbeddingLoss"),
)
_TENSORFLOW = (
    LossRow(
        "categorical_crossentropy",
        TENSORFLOW,
        "cross-entropy of the classes",
        _CLASSES,
        _keras("CategoricalCrossentropy", axis=-1),
        _from_logits,
        "softmax",
        (_FROM_LOGITS, _SMOOTHING),
        counterparts={PYTORCH: Counterpart("CrossEntropyLoss", alike("label_smoothing"))},
    ),
    LossRow(
        "sparse_categorical_crossentropy",
        TENSORFLOW,
        "cross-entropy of the classes, from class indices",
        _CLASSES,
        _keras("SparseCategoricalCrossentropy", ignore_class=None),
        _from_logits,
        "softmax",
        (_FROM_LOGITS,),
        indices=True,
        counterparts={PYTORCH: Counterpart("CrossEntropyLoss")},
    ),
    LossRow(
        "binary_crossentropy",
        TENSORFLOW,
        "cross-entropy of each label",
        _LABELS,
        _keras("BinaryCrossentropy", axis=-1),
        _from_logits,
        "sigmoid",
        (_FROM_LOGITS, _SMOOTHING),
        counterparts={PYTORCH: Counterpart("BCEWithLogitsLoss", only={"label_smoothing": 0.0})},
    ),
    LossRow(
        "kl_divergence",
        TENSORFLOW,
        "Kullback-Leibler divergence from the labels, from probabilities",
        _CLASSES,
        _keras("KLDivergence"),
        _always(Scores.PROBABILITIES),
        "softmax",
        aliases=("kld", "kldivergence", "kullback_leibler_divergence"),
    ),
    LossRow(
        "categorical_hinge",
        TENSORFLOW,
        "margin between the true class and the best other one",
        _CLASSES,
        _keras("CategoricalHinge"),
        _always(Scores.VALUES),
    ),
    LossRow(
        "hinge",
        TENSORFLOW,
        "margin of each label, read as -1 or 1",
        TASKS,
        _keras("Hinge"),
        _always(Scores.VALUES),
        threshold=0.0,
    ),
    LossRow(
        "squared_hinge",
        TENSORFLOW,
        "squared margin of each label, read as -1 or 1",
        TASKS,
        _keras("SquaredHinge"),
        _always(Scores.VALUES),
        threshold=0.0,
    ),
    _keras_regression(
        "mean_squared_error",
        "MeanSquaredError",
        "mean squared error",
        ("mse",),
        counterparts={PYTORCH: Counterpart("MSELoss")},
    ),
    _keras_regression(
        "mean_absolute_error",
        "MeanAbsoluteError",
        "mean absolute error",
        ("mae",),
        counterparts={PYTORCH: Counterpart("L1Loss")},
    ),
    _keras_regression(
        "mean_absolute_percentage_error",
        "MeanAbsolutePercentageError",
        "mean absolute error relative to the label",
        ("mape",),
    ),
    _keras_regression(
        "mean_squared_logarithmic_error",
        "MeanSquaredLogarithmicError",
        "mean squared difference of the logarithms",
        ("msle",),
    ),
    _keras_regression("log_cosh", "LogCosh", "logarithm of the error's cosh", ("logcosh",)),
    _keras_regression(
        "huber",
        "Huber",
        "squared error up to delta, absolute error beyond",
        ("huber_loss",),
        Parameter("delta", Real(above=0), 1.0, "where the square ends"),
        counterparts={PYTORCH: Counterpart("SmoothL1Loss", only={"delta": 1.0})},
    ),
    _keras_regression(
        "cosine_similarity",
        "CosineSimilarity",
        "negative cosine between labels and values",
        (),
        Parameter("axis", Integer(-1, 1), -1, "the axis of the labels"),
    ),
    _keras_regression("poisson", "Poisson", "Poisson deviance", ()),
)
LOSSES = {row.name: row for row in (*_PYTORCH, *_TENSORFLOW)}
_BY_FOLDED_NAME = {
    folded(spelling): row for row in LOSSES.values() for spelling in (row.name, *row.aliases)
}


def usual(library: str, task: str) -> str:
    """The name of a library's usual loss for a task."""
    rows = (row for row in LOSSES.values() if row.library == library and row.activation)
    return next(row.name for row in rows if task in row.tasks)


def find(name: str) -> LossRow | None:
    """A loss by its name or an alias, in any case, with or without underscores."""
    return _BY_FOLDED_NAME.get(folded(name.strip()))
