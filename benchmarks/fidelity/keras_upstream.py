"""seqgra's side for TensorFlow: train with its own classes, under Keras 2 as it was written for."""

from __future__ import annotations

import logging
import math
import os
from pathlib import Path

os.environ["TF_USE_LEGACY_KERAS"] = "1"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
# TensorFlow logs past sys.stderr; what goes wrong comes back as an exception.
os.dup2(os.open(os.devnull, os.O_WRONLY), 2)

import shims  # noqa: E402

shims.install()

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from cases import IN_MEMORY, Case  # noqa: E402
from digest import digest  # noqa: E402
from learner import examples, inside, learner_of, train_in_memory  # noqa: E402
from run import COMMON_FILES, WatchedRun  # noqa: E402
from seqgra import ModelSize  # noqa: E402
from seqgra.learner.tensorflow.kerashelper import KerasHelper  # noqa: E402


class _Epochs(tf.keras.callbacks.Callback):
    """The validation metrics of each epoch, and the weights behind them."""

    def __init__(self) -> None:
        super().__init__()
        self.metrics: list[dict[str, float]] = []
        self.weights: list[str] = []

    def on_epoch_end(self, epoch, logs=None) -> None:
        self.metrics.append(dict(logs))
        self.weights.append(digest(self.model.get_weights()))


def train(folder: Path, case: Case, data: Path) -> WatchedRun:
    """Train `folder`/model.xml as seqgra does in the case's mode, its output in `folder`/seqgra."""
    tf.config.threading.set_intra_op_parallelism_threads(case.threads)
    tf.config.threading.set_inter_op_parallelism_threads(case.threads)
    # It counts by an attribute of tf.python, which TensorFlow has hidden since.
    KerasHelper.get_num_params = staticmethod(_numbers_of_weights)
    data = data.resolve()
    with inside(folder):
        learner = learner_of("seqgra", data)
        learner.silent = True
        logging.disable(logging.WARNING)
        learner.create_model()
        start = digest(learner.model.get_weights())
        epochs = _watch(learner.model)
        if case.upstream_mode == IN_MEMORY:
            train_in_memory(learner)
        else:
            learner.train_model()
        return _read(learner, start, epochs)


def _watch(model) -> _Epochs:
    """Have `fit` call back. A callback draws no random number, so that nothing else changes."""
    epochs, fit = _Epochs(), model.fit

    def watched(*arguments, callbacks, **options):
        return fit(*arguments, callbacks=[*callbacks, epochs], **options)

    model.fit = watched
    return epochs


def _numbers_of_weights(learner) -> ModelSize:
    if learner.model is None:
        learner.create_model()
    trained, rest = learner.model.trainable_weights, learner.model.non_trainable_weights
    return ModelSize(
        *(sum(math.prod(weight.shape) for weight in weights) for weights in (trained, rest))
    )


def _read(learner, start: str, epochs: _Epochs) -> WatchedRun:
    kept = learner.model.get_weights()
    np.savez("seqgra.npz", *kept)
    x, y = examples(learner, "test")
    output = Path(learner.output_dir)
    return WatchedRun(
        weights=digest(kept),
        layout=[[str(array.dtype), list(array.shape)] for array in kept],
        losses=[epoch["val_loss"] for epoch in epochs.metrics],
        accuracies=[epoch["val_accuracy"] for epoch in epochs.metrics],
        best=epochs.weights.index(digest(kept)) + 1,  # the epoch whose weights seqgra kept
        test=learner.evaluate_model(x=x, y=y),
        files={name: (output / name).read_text() for name in COMMON_FILES},
        start=start,
        epochs=epochs.weights,
        arrays=str(Path("seqgra.npz").resolve()),
    )
