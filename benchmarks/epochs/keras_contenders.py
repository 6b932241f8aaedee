"""Keras 3 on TensorFlow: each function trains for as long as it gets turns.

An epoch of `fit` ends with its validation, so that a pass is both.
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import keras
import numpy as np
import tensorflow as tf

from . import compiled, data
from .cases import Case
from .turns import Turns


def script(case: Case, folder: Path, turns: Turns, device: str, threads: int) -> None:
    _run(compiled.load(folder), folder, turns, device, threads)


def script_autotuned(case: Case, folder: Path, turns: Turns, device: str, threads: int) -> None:
    """The script with what tf.data does unless told otherwise."""
    module = compiled.load(folder)
    batches = module.batches

    def autotuned(*examples) -> tf.data.Dataset:
        options = tf.data.Options()
        options.autotune.enabled = True
        return batches(*examples).with_options(options)

    module.batches = autotuned
    _run(module, folder, turns, device, threads)


def _run(module: ModuleType, folder: Path, turns: Turns, device: str, threads: int) -> None:
    keras.Model.fit = compiled.timed(turns, keras.Model.fit)
    compiled.run(module, folder, device, threads)


def fit_in_order(case: Case, folder: Path, turns: Turns, device: str, threads: int) -> None:
    """One call of fit on arrays that were encoded and shuffled before."""
    training = _Training(folder, device, threads)
    x, y = _arrays(case, "training")
    order = np.random.default_rng(1).permutation(len(x))
    training.fit(case, turns, x[order], y[order], batch_size=training.batch_size, shuffle=False)


def fit_shuffled(case: Case, folder: Path, turns: Turns, device: str, threads: int) -> None:
    training = _Training(folder, device, threads)
    training.fit(case, turns, *_arrays(case, "training"), batch_size=training.batch_size)


def fit_generator(case: Case, folder: Path, turns: Turns, device: str, threads: int) -> None:
    """As seqgra feeds Keras: examples from a generator, float64 and bool, kept in a cache.

    Several labels are numbers, as the script's own accuracy asks for.
    """
    training = _Training(folder, device, threads)
    codes, targets = data.draw(case, "training")
    texts, kind = data.sequences(codes), np.float32 if case.several else np.bool_

    def examples():
        rows = np.zeros((256, 4))
        rows[list(b"ACGT")] = np.eye(4)
        for text, target in zip(texts, _rows(case, targets), strict=True):
            yield rows[np.frombuffer(text.encode(), np.uint8)], target.astype(kind)

    shapes = (case.length, 4), (len(case.labels),)
    signature = tuple(map(tf.TensorSpec, shapes, (tf.float64, kind)))
    batches = tf.data.Dataset.from_generator(examples, output_signature=signature).cache()
    batches = batches.shuffle(10_000).batch(training.batch_size).prefetch(tf.data.AUTOTUNE)
    training.fit(case, turns, batches)


class _Training:
    """The script's own model, loss, optimizer and metric."""

    def __init__(self, folder: Path, device: str, threads: int) -> None:
        module = compiled.load(folder)
        module.choose_device(0 if device == "cuda" else -1, threads)  # the same switches
        module.set_seed()
        self.model = module.build_model()
        self.batch_size = module.BATCH_SIZE
        self.model.compile(
            module.build_optimizer(),
            module.build_loss(),
            metrics=[module.accuracy],
            jit_compile=False,
        )

    def fit(self, case: Case, turns: Turns, *examples, **options) -> None:
        self.model.fit(
            *examples,
            **options,
            validation_data=_arrays(case, "validation"),
            validation_batch_size=self.batch_size,
            epochs=1_000_000,
            verbose=0,
            callbacks=[
                keras.callbacks.LambdaCallback(
                    on_train_begin=lambda _: turns.next(), on_epoch_end=lambda *_: turns.next()
                )
            ],
        )


def _rows(case: Case, targets: np.ndarray) -> np.ndarray:
    """Targets (N, labels) float32."""
    return targets if case.several else np.eye(len(case.labels), dtype=np.float32)[targets]


def _arrays(case: Case, name: str) -> tuple[np.ndarray, np.ndarray]:
    """One-hot sequences (N, length, 4) float32, and targets."""
    codes, targets = data.draw(case, name)
    return data.one_hot(codes), _rows(case, targets)
