"""seqgra 0.0.4: its own learners, trained as its command line does, and heard at their log."""

from __future__ import annotations

import importlib.util
import logging
import os
import re
import sys
from pathlib import Path

from .cases import IN_MEMORY, PYTORCH, ROOT, TENSORFLOW, Case
from .turns import Turns

INSTALLED = importlib.util.find_spec("seqgra") is not None


def train(contender: str, case: Case, folder: Path, turns: Turns, threads: int) -> None:
    folder = folder.resolve()
    sys.path.append(str(ROOT / "benchmarks" / "fidelity"))
    prepare, watch = _LIBRARIES[case.library]
    prepare(threads)
    import learner as upstream

    home = folder / contender
    home.mkdir()
    (home / "model.xml").write_text(_definition(case, folder))
    with upstream.inside(home):
        learner = upstream.learner_of("output", folder / "data")
        learner.create_model()
        watch(learner, turns)
        turns.next()  # parsing and encoding fall into the first turn, which warms up
        if contender == IN_MEMORY:
            upstream.train_in_memory(learner)
        else:
            learner.train_model()


def _definition(case: Case, folder: Path) -> str:
    """seqgra's PyTorch takes modules only: the script is one, with the same model."""
    text = case.definition.read_text()
    text = re.sub(r'(name="epochs">)\d+', r"\g<1>1000000", text)
    text = re.sub(r'(name="early_stopping">)True', r"\g<1>False", text)
    if case.library == PYTORCH:
        external = (
            f'<external format="pytorch-module" classname="Model">{folder}/train.py</external>'
        )
        text = re.sub(r"<sequential>.*</sequential>", external, text, flags=re.DOTALL)
    return text


class _TorchLog(logging.Handler):
    """seqgra logs the number of the epoch after its training pass; then it evaluates both sets."""

    def __init__(self, turns: Turns) -> None:
        super().__init__(logging.INFO)
        self.turns = turns

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if message.startswith("epoch "):
            self.turns.mark("pass")
        elif message.startswith("validation set metrics"):
            self.turns.next()


def _prepare_torch(threads: int) -> None:
    import torch

    torch.set_num_threads(threads)


def _watch_torch(learner, turns: Turns) -> None:
    logger = logging.getLogger("seqgra.learner.torch")
    logger.addHandler(_TorchLog(turns))
    logger.setLevel(logging.INFO)
    logger.propagate = False


def _prepare_keras(threads: int) -> None:
    os.environ["TF_USE_LEGACY_KERAS"] = "1"  # Keras 2, as seqgra was written for
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    import shims

    shims.install()
    from seqgra import ModelSize
    from seqgra.learner.tensorflow.kerashelper import KerasHelper

    # seqgra counts weights by an attribute of tf.python, which TensorFlow has hidden since.
    KerasHelper.get_num_params = staticmethod(lambda learner: ModelSize(0, 0))


def _watch_keras(learner, turns: Turns) -> None:
    import tensorflow as tf

    learner.silent = True
    fit = learner.model.fit
    ends = tf.keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: turns.next())

    def watched(*arguments, callbacks, **options):
        return fit(*arguments, callbacks=[*callbacks, ends], **options)

    learner.model.fit = watched


_LIBRARIES = {
    PYTORCH: (_prepare_torch, _watch_torch),
    TENSORFLOW: (_prepare_keras, _watch_keras),
}
