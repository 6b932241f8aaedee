"""The matrix for PyTorch. A new semantics or optimizer is a further row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import cases
from cases import ADAM as _ADAM
from cases import FILE
from data import MULTI_CLASS, MULTI_LABEL
from run import Run

PACKAGES = ("seqgra", "torch", "pytorch-ignite", "numpy", "pandas", "scikit-learn")
_SLOW = {"optimizer": "Adam", "learning_rate": "0.0001"}
_QUICK = {"optimizer": "Adam", "learning_rate": "0.003"}
_SGD = {"optimizer": "SGD", "learning_rate": "0.01"}
_FAST = {"optimizer": "SGD", "learning_rate": "0.3"}
_LOSSES = {MULTI_CLASS: "CrossEntropyLoss", MULTI_LABEL: "BCEWithLogitsLoss"}


@dataclass(frozen=True)
class Case(cases.Case):
    """`model` is a file of modules/.

    `loss` is given only where it is not the usual one of the task. `logarithms`: seqgra's
    predictions are logarithms. `diverges`: to NaN, which seqgra's evaluators cannot take.
    """

    library: ClassVar[str] = "PyTorch"
    checks: ClassVar[tuple[str, ...]] = ("weights", "epochs", "test", "taken over")

    class_name: str = "TorchModel"
    loss: str = ""
    logarithms: bool = False
    diverges: bool = False

    @property
    def loss_process(self) -> dict[str, str]:
        return {"loss": self.loss or _LOSSES[self.data_set.task]}

    def compare(self, ours: Run, theirs: Run) -> dict[str, bool]:
        return {
            "weights": ours.weights == theirs.weights and ours.layout == theirs.layout,
            # As text: a loss that is not a number equals itself.
            "epochs": repr((ours.losses, ours.accuracies, ours.best, ours.files))
            == repr((theirs.losses, theirs.accuracies, theirs.best, theirs.files))
            and self.stopped_as_told(theirs),
            "test": repr(ours.test) == repr(theirs.test),
        }


CASES = (
    Case("pooled", "pooled", "dna"),
    Case("pooled, 2 threads", "pooled", "dna", threads=2),
    Case("seed 0", "pooled", "dna", seed=0),
    Case("five classes, label pattern", "five_classes", "dna-5", class_name="FiveClasses"),
    Case("N and lower-case letters", "dropout", "dna-mixed", _SLOW),
    Case("dropout", "dropout", "dna"),
    Case("dropout, 2 threads", "dropout", "dna", threads=2),
    Case("dropout, no shuffle", "dropout", "dna", training={"shuffle": "False"}),
    Case("dropout, incomplete last batch", "dropout", "dna-uneven", _SLOW),
    Case("last batch of one", "dropout", "dna-one-over", _SLOW),
    Case("batch normalisation", "batch_normalisation", "dna", _QUICK),
    Case("batch normalisation, incomplete", "batch_normalisation", "dna-uneven", _QUICK, threads=2),
    Case("128 filters", "many_filters", "dna-uneven"),
    Case("128 filters, 2 threads", "many_filters", "dna-uneven", threads=2),
    Case("functional dropout, group norm", "residual", "dna-uneven"),
    Case("LSTM", "recurrent", "dna"),
    Case("LSTM, 2 threads", "recurrent", "dna", threads=2),
    Case("labels", "labels", "dna-labels"),
    Case("labels, 2 threads", "labels", "dna-labels", threads=2),
    Case("three labels, incomplete", "three_labels", "dna-labels-uneven"),
    Case("protein", "protein", "protein"),
    Case("protein, labels", "protein", "protein-labels", threads=2),
    Case("2D", "two_dimensional", "dna", _QUICK, encoding="2D", seed=2),
    Case("2D, 2 threads, incomplete", "two_dimensional", "dna-uneven", threads=2, encoding="2D"),
    Case("2D, no shuffle", "two_dimensional", "dna", training={"shuffle": "False"}, encoding="2D"),
    Case("2D, labels", "two_dimensional", "dna-labels", _QUICK, encoding="2D", seed=2),
    Case("2D, 128 filters, 2 threads", "two_dimensional_wide", "dna", threads=2, encoding="2D"),
    Case("2D, protein", "two_dimensional_protein", "protein", encoding="2D"),
    Case("2D, protein, labels", "two_dimensional_protein", "protein-labels", encoding="2D"),
    Case("SGD", "dropout", "dna", _SGD),
    Case("SGD, momentum", "dropout", "dna", {**_SGD, "momentum": "0.9"}),
    Case(
        "SGD, Nesterov, weight decay",
        "dropout",
        "dna",
        {**_SGD, "momentum": "0.8", "nesterov": "True", "weight_decay": "0.01"},
    ),
    Case(
        "SGD, dampening",
        "labels",
        "dna-labels",
        {**_SGD, "momentum": "0.9", "dampening": "0.5"},
    ),
    Case("Adam, weight decay", "dropout", "dna", {**_ADAM, "weight_decay": "0.01"}),
    Case(
        "Adam, betas, eps, AMSGrad",
        "dropout",
        "dna",
        {**_ADAM, "betas": "(0.8, 0.99)", "eps": "1e-06", "amsgrad": "True"},
    ),
    Case("Adam, defaults", "pooled", "dna", {"optimizer": "Adam"}),
    Case(
        "Adadelta",
        "dropout",
        "dna",
        {"optimizer": "Adadelta", "learning_rate": "0.1", "rho": "0.8"},
    ),
    Case("Adagrad", "dropout", "dna", {"optimizer": "Adagrad", "lr_decay": "0.01"}),
    Case("AdamW", "dropout", "dna", {"optimizer": "AdamW"}),
    Case("Adamax", "dropout", "dna", {"optimizer": "Adamax", "weight_decay": "0.01"}),
    Case("ASGD", "dropout", "dna", {"optimizer": "ASGD", "lambd": "0.001"}),
    Case("RMSprop", "dropout", "dna", {"optimizer": "RMSprop", "learning_rate": "0.0005"}),
    Case(
        "RMSprop, momentum, centered",
        "dropout",
        "dna",
        {
            "optimizer": "RMSprop",
            "learning_rate": "0.0001",
            "momentum": "0.5",
            "centered": "True",
            "alpha": "0.9",
        },
    ),
    Case("Rprop", "dropout", "dna", {"optimizer": "Rprop", "learning_rate": "0.0001"}),
    Case("NLLLoss", "log_probabilities", "dna-uneven", loss="NLLLoss", logarithms=True),
    Case("BCELoss", "probabilities", "dna-labels", loss="BCELoss"),
    Case("MSELoss", "probabilities", "dna-labels", loss="MSELoss"),
    Case(
        "early stopping fires",
        "dropout",
        "dna",
        _FAST,
        {"epochs": "12", "early_stopping_patience": "2"},
        stops=True,
    ),
    Case(
        "early stopping off",
        "dropout",
        "dna",
        _FAST,
        {"epochs": "12", "early_stopping": "False"},
    ),
    Case("one batch", "pooled", "dna", training={"batch_size": "500"}),
    Case("file mode, no shuffle", "dropout", "dna", training={"shuffle": "False"}, mode=FILE),
    Case(
        "clipnorm dropped",
        "dropout",
        "dna",
        {**_ADAM, "clipnorm": "0.01"},
        semantics="seqgra-0.0.4",
    ),
    Case(
        "clipvalue dropped",
        "labels",
        "dna-labels",
        {**_SGD, "clipvalue": "0.001"},
        semantics="seqgra-0.0.4",
    ),
    Case("invalid letters", "dropout", "dna-odd", semantics="seqgra-0.0.4"),
    Case(
        "NaN",
        "pooled",
        "dna",
        {"optimizer": "SGD", "learning_rate": "1e38"},
        {"epochs": "4", "early_stopping_patience": "2"},
        semantics="seqgra-0.0.4",
        diverges=True,
    ),
    Case(
        "patience as in seqgra",
        "dropout",
        "dna",
        _FAST,
        {"epochs": "12", "early_stopping_patience": "2"},
        semantics="seqgra-0.0.4",
        stops=True,
    ),
    Case("streaming", "dropout", "dna-uneven", semantics="seqgra-0.0.4-streaming"),
    Case("streaming, 2 threads", "dropout", "dna", threads=2, semantics="seqgra-0.0.4-streaming"),
    Case("streaming, labels", "labels", "dna-labels", semantics="seqgra-0.0.4-streaming"),
    Case("streaming, protein", "protein", "protein", semantics="seqgra-0.0.4-streaming"),
    Case(
        "streaming, 2D", "two_dimensional", "dna", encoding="2D", semantics="seqgra-0.0.4-streaming"
    ),
    Case(
        "streaming, no shuffle",
        "dropout",
        "dna-uneven",
        training={"shuffle": "False"},
        semantics="seqgra-0.0.4-streaming",
    ),
    Case(
        "streaming, early stopping fires",
        "dropout",
        "dna",
        _FAST,
        {"epochs": "12", "early_stopping_patience": "2"},
        semantics="seqgra-0.0.4-streaming",
        stops=True,
    ),
    Case(
        "streaming, lost examples",
        "pooled",
        "dna-many",
        training={"epochs": "2", "batch_size": "100"},
        semantics="seqgra-0.0.4-streaming",
    ),
    Case(
        "streaming, lost, no shuffle",
        "pooled",
        "dna-many",
        training={"epochs": "2", "batch_size": "100", "shuffle": "False"},
        semantics="seqgra-0.0.4-streaming",
    ),
)
