"""The matrix for TensorFlow: sequential models, and what Keras 3 does otherwise than Keras 2."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import cases
import numpy as np
from cases import ADAM
from data import DNA, MULTI_CLASS, MULTI_LABEL
from run import WatchedRun

PACKAGES = ("seqgra", "tensorflow-cpu", "tf_keras", "keras", "numpy", "pandas")
_IN_MEMORY, _STREAMING = "seqgra-0.0.4", "seqgra-0.0.4-streaming"
_LOSSES = {MULTI_CLASS: "categorical_crossentropy", MULTI_LABEL: "binary_crossentropy"}
_ACTIVATIONS = {MULTI_CLASS: "softmax", MULTI_LABEL: "sigmoid"}
_CONV = {"filters": "10", "kernel_size": "11", "activation": "relu"}
_OUTPUT = ("Dense", {"units": "{labels}", "activation": "{activation}"})
_MODELS = {
    "flat": (("Conv1D", _CONV), ("Flatten", {}), _OUTPUT),
    "pooled": (("Conv1D", _CONV), ("GlobalMaxPool1D", {}), _OUTPUT),
    "windows": (
        ("Conv1D", {**_CONV, "padding": "same", "strides": "2"}),
        ("MaxPool1D", {"pool_size": "4", "strides": "3"}),
        ("Conv1D", {"filters": "6", "kernel_size": "5", "activation": "tanh"}),
        ("Flatten", {}),
        ("Dense", {"units": "12", "activation": "relu"}),
        _OUTPUT,
    ),
    "two-dimensional": (
        ("Conv2D", {"filters": "8", "kernel_size": "(1, 11)", "activation": "relu"}),
        ("Flatten", {}),
        _OUTPUT,
    ),
    "reshaped": (
        ("Reshape", {"target_shape": "(120, 4)"}),
        ("Conv1D", {"filters": "8", "kernel_size": "7"}),
        ("GlobalMaxPool1D", {}),
        _OUTPUT,
    ),
    "dense": (("Flatten", {}), ("Dense", {"units": "16", "activation": "relu"}), _OUTPUT),
    "initialized": (
        (
            "Conv1D",
            {
                **_CONV,
                "kernel_initializer": "tf.keras.initializers.RandomNormal(stddev=0.1)",
                "kernel_regularizer": "tf.keras.regularizers.l2(0.001)",
            },
        ),
        ("GlobalMaxPool1D", {}),
        (
            "Dense",
            {
                "units": "12",
                "activation": "relu",
                "kernel_initializer": "tf.keras.initializers.HeNormal()",
                "bias_initializer": "tf.keras.initializers.Constant(0.1)",
                "bias_regularizer": "tf.keras.regularizers.l2(0.01)",
                "activity_regularizer": "tf.keras.regularizers.l1(0.001)",
            },
        ),
        _OUTPUT,
    ),
    "dropout": (
        ("Conv1D", _CONV),
        ("GlobalMaxPool1D", {}),
        ("Dropout", {"rate": "0.3"}),
        _OUTPUT,
    ),
    "recurrent": (("LSTM", {"units": "6"}), _OUTPUT),
    "recurrent dropout": (("LSTM", {"units": "6", "dropout": "0.2"}), _OUTPUT),
}


@dataclass(frozen=True)
class Case(cases.Case):
    """`model` is a row of the models above.

    `loss` are hyperparameters beside the usual loss of the task. `within`: how far apart a weight
    may end.
    """

    library: ClassVar[str] = "TensorFlow"
    checks: ClassVar[tuple[str, ...]] = ("start", "weights", "epochs", "accuracy", "test", "near")
    rounded: ClassVar[tuple[str, ...]] = ("accuracy", "test")

    loss: Mapping[str, str] = field(default_factory=dict)
    within: float = 0.0

    @property
    def operations(self) -> list[tuple[str, dict[str, str]]]:
        """The first with the shape of its input, the last with what the task asks for."""
        data = self.data_set
        shape = (data.length, 4 if data.space == DNA else 20)
        if self.encoding == "2D":
            shape = (1, *shape)
        logits = self.loss.get("from_logits") == "True"
        filled = {
            "{labels}": str(len(data.labels)),
            "{activation}": "linear" if logits else _ACTIVATIONS[data.task],
        }
        rows = [
            (name, {key: filled.get(value, value) for key, value in values.items()})
            for name, values in _MODELS[self.model]
        ]
        rows[0][1]["input_shape"] = str(shape)
        return rows

    @property
    def loss_process(self) -> dict[str, str]:
        return {"loss": _LOSSES[self.data_set.task], **self.loss}

    def compare(self, ours: WatchedRun, theirs: WatchedRun) -> dict[str, bool]:
        return {
            "start": ours.start == theirs.start and ours.layout == theirs.layout,
            "weights": ours.weights == theirs.weights,
            # As text: a loss that is not a number equals itself.
            "epochs": repr((ours.epochs, ours.losses, ours.best, ours.files))
            == repr((theirs.epochs, theirs.losses, theirs.best, theirs.files)),
            "accuracy": self._same_accuracy(ours, theirs),
            "test": repr(ours.test["loss"]) == repr(theirs.test["loss"]),
            "near": distance(ours, theirs) <= self.within and self.stopped_as_told(theirs),
        }

    def _same_accuracy(self, ours: WatchedRun, theirs: WatchedRun) -> bool:
        """Of several labels, seqgra counts the examples whose first true label is rated highest."""
        if self.data_set.task == MULTI_LABEL:
            return math.isclose(theirs.test["accuracy"], ours.test["highest"], rel_tol=1e-6)
        same_test = ours.test["accuracy"] == theirs.test["accuracy"]
        return ours.accuracies == theirs.accuracies and same_test


def distance(ours: WatchedRun, theirs: WatchedRun) -> float:
    """The largest difference of a kept weight."""
    with np.load(ours.arrays) as one, np.load(theirs.arrays) as other:
        return max(float(np.abs(one[name] - other[name]).max()) for name in one.files)


def _both(name: str, *arguments, **options) -> tuple[Case, Case]:
    """In memory, and read from files while training."""
    return (
        Case(name, *arguments, semantics=_IN_MEMORY, **options),
        Case(f"streaming, {name}", *arguments, semantics=_STREAMING, **options),
    )


def _optimizer(name: str, learning_rate: str = "0.001", **others: str) -> dict[str, str]:
    return {"optimizer": name, "learning_rate": learning_rate, **others}


def _memory(name: str, *arguments, **options) -> tuple[Case]:
    return (Case(name, *arguments, semantics=_IN_MEMORY, **options),)


_SGD = _optimizer("SGD", "0.01")
_FAST = _optimizer("SGD", "0.5", momentum="0.9")
_STOPPING = {"epochs": "12", "early_stopping_patience": "2"}


def _differing(because: str, within: float, *also: str) -> dict[str, object]:
    return {"differs": (*also, "weights", "epochs"), "because": because, "within": within}


_SQUARES = _differing("Keras 2 takes (1 - rho) * g * g, Keras 3 (1 - rho) * (g * g)", 1e-5)
_PRODUCTS = _differing("Keras 2 takes (rate / root) * g, Keras 3 (rate * g) / root", 1e-5)
_DECAYS = _differing(
    "from its second step on, Keras 2 multiplies the decays once for each array of weights", 0.05
)
_MASKS = _differing(
    "Keras 3 draws other masks, and a seed for them before the weights of later layers",
    math.inf,
    "start",
)

CASES = (
    *_both("flat", "flat", "dna"),
    *_both("flat, 2 threads", "flat", "dna", threads=2),
    *_both("pooled", "pooled", "dna", seed=3),
    *_both("pooled, 2 threads, incomplete", "pooled", "dna-uneven", threads=2),
    *_both("MaxPool1D", "windows", "dna-uneven"),
    *_memory("dense", "dense", "dna"),
    *_memory("2D", "two-dimensional", "dna", encoding="2D"),
    *_memory(
        "2D, 2 threads, incomplete", "two-dimensional", "dna-uneven", threads=2, encoding="2D"
    ),
    *_memory("2D, Reshape", "reshaped", "dna", encoding="2D"),
    *_both("initializers, regularizers", "initialized", "dna-uneven"),
    *_memory("five classes", "pooled", "dna-5", seed=0),
    *_memory("N and lower-case letters", "flat", "dna-mixed"),
    *_memory("invalid letters", "flat", "dna-odd"),
    *_both("labels", "flat", "dna-labels"),
    *_memory("three labels, 2 threads", "pooled", "dna-labels-uneven", threads=2),
    *_both("protein", "pooled", "protein"),
    *_memory("protein, labels", "flat", "protein-labels"),
    *_both("no shuffle", "pooled", "dna-uneven", training={"shuffle": "False"}),
    *_memory("label smoothing", "pooled", "dna", loss={"label_smoothing": "0.1"}),
    *_memory("labels, smoothing", "pooled", "dna-labels", loss={"label_smoothing": "0.1"}),
    *_memory("from logits", "flat", "dna", loss={"from_logits": "True"}),
    *_memory("labels, from logits", "flat", "dna-labels", loss={"from_logits": "True"}),
    *_both("early stopping fires", "flat", "dna", _FAST, _STOPPING, stops=True),
    *_memory(
        "early stopping off", "flat", "dna", _FAST, {"epochs": "6", "early_stopping": "False"}
    ),
    *_memory("SGD", "flat", "dna", _SGD),
    *_memory("SGD, momentum", "flat", "dna", {**_SGD, "momentum": "0.9"}),
    *_both("SGD, Nesterov", "flat", "dna", {**_SGD, "momentum": "0.8", "nesterov": "True"}),
    *_memory(
        "Adam, betas, epsilon",
        "flat",
        "dna",
        {**ADAM, "beta_1": "0.8", "beta_2": "0.99", "epsilon": "1e-05"},
    ),
    *_memory("Adam, AMSGrad", "flat", "dna", {**ADAM, "amsgrad": "True"}),
    *_both("Adam, clipnorm", "flat", "dna", {**ADAM, "clipnorm": "0.05"}),
    *_both("SGD, clipvalue", "flat", "dna", {**_SGD, "clipvalue": "0.001"}),
    *_both("Adamax", "flat", "dna", _optimizer("Adamax")),
    *_memory("Adadelta", "flat", "dna", _optimizer("Adadelta", "0.5", rho="0.9"), **_SQUARES),
    *_memory("Adagrad", "flat", "dna", _optimizer("Adagrad", "0.01")),
    *_both("Nadam", "flat", "dna", _optimizer("Nadam"), **_DECAYS),
    *_memory("RMSprop, rho dropped", "flat", "dna", _optimizer("RMSprop", rho="0.5"), **_PRODUCTS),
    *_memory(
        "RMSprop, momentum, centered",
        "flat",
        "dna",
        _optimizer("RMSprop", "0.0005", momentum="0.5", centered="True"),
        **_PRODUCTS,
    ),
    *_memory("Ftrl", "flat", "dna", _optimizer("Ftrl", "0.05")),
    *_both("LSTM", "recurrent", "protein"),
    *_memory("Dropout", "dropout", "dna", **_MASKS),
    *_memory("LSTM, dropout", "recurrent dropout", "protein", **_MASKS),
)
