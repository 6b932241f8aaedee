"""seqgra's side: train with its own classes, and let them take over a script's output."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
from pathlib import Path

import shims

shims.install()

import matplotlib  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402
from cases import IN_MEMORY  # noqa: E402
from digest import digest, layout  # noqa: E402
from run import COMMON_FILES, Run  # noqa: E402
from seqgra.evaluator import (  # noqa: E402
    MetricsEvaluator,
    PredictEvaluator,
    PREvaluator,
    ROCEvaluator,
)
from seqgra.idresolver import IdResolver  # noqa: E402
from seqgra.parser import XMLModelDefinitionParser  # noqa: E402

matplotlib.use("Agg")
_EVALUATIONS = ("metrics/test-metrics.txt", "roc/test-roc-curve.pdf", "pr/test-pr-curve.pdf")


class _Epochs(logging.Handler):
    """The validation metrics of each epoch, as seqgra logs them, and the weights behind them."""

    def __init__(self, learner) -> None:
        super().__init__(logging.INFO)
        self.learner = learner
        self.metrics: list[dict[str, float]] = []
        self.weights: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        title, _, text = record.getMessage().partition(":")
        if title == "validation set metrics":
            rows = (line.removeprefix(" - ").split(": ") for line in text.strip("\n").split("\n"))
            self.metrics.append({name: float(value) for name, value in rows})
            self.weights.append(digest(self.learner.model.state_dict()))


def train(folder: Path, data: Path, mode: str, threads: int) -> Run:
    """Train `folder`/model.xml as seqgra does in a mode, its output in `folder`/seqgra."""
    torch.set_num_threads(threads)
    data = data.resolve()
    with _inside(folder):
        learner = _learner("seqgra", data)
        epochs = _Epochs(learner)
        logger = logging.getLogger("seqgra.learner.torch")
        logger.addHandler(epochs)
        logger.setLevel(logging.INFO)
        logger.propagate = False
        learner.create_model()
        if mode == IN_MEMORY:
            x, y = learner.parse_examples_data(learner.get_examples_file("training"))
            x_val, y_val = learner.parse_examples_data(learner.get_examples_file("validation"))
            learner.train_model(x_train=x, y_train=y, x_val=x_val, y_val=y_val)
        else:
            learner.train_model()
        learner.save_model()
        logger.removeHandler(epochs)
        return _read(learner, epochs)


def take_over(folder: Path, data: Path, threads: int, logarithms: bool) -> dict[str, bool]:
    """Load the output of `folder`'s script as seqgra's own: does it say the same of the test set?

    `logarithms`: seqgra predicts log-probabilities; a script writes probabilities all the same.
    """
    torch.set_num_threads(threads)
    data = data.resolve()
    with _inside(folder):
        learner = _learner("script", data)
        learner.load_model()
        output = Path(learner.output_dir)
        metrics = json.loads((output / "metrics.json").read_text())["test"]
        test = learner.get_examples_file("test")
        x, y = learner.parse_examples_data(test)
        labels = len(learner.definition.labels)
        written = np.genfromtxt(output / "test-y-hat.txt", skip_header=1)[:, labels:]
        evaluators = [
            evaluator(learner, "evaluation", silent=True)
            for evaluator in (MetricsEvaluator, PredictEvaluator, ROCEvaluator, PREvaluator)
        ]
        for evaluator in evaluators:
            evaluator.evaluate_model("test", subset_idx=list(range(len(x))))
        y_hat = learner.predict(x=x)
        if logarithms:
            y_hat = torch.tensor(y_hat, dtype=torch.float32).exp().numpy()
        predicted = Path("evaluation/predict/test-y-hat.txt").read_bytes()
        return {
            "evaluate_model": learner.evaluate_model(x=x, y=y) == metrics
            and learner.evaluate_model(file_name=test) == metrics,
            "predict": np.array_equal(y_hat, written),
            "predict evaluator": logarithms
            or predicted == (output / "test-y-hat.txt").read_bytes(),
            "other evaluators": all(Path("evaluation", name).exists() for name in _EVALUATIONS),
        }


@contextlib.contextmanager
def _inside(folder: Path):
    """seqgra takes the module that a definition names relative to the current folder.

    Its log, and that of ignite, is kept off standard error.
    """
    before = Path.cwd()
    os.chdir(folder)
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            yield
    finally:
        os.chdir(before)


def _learner(output: str, data: Path):
    definition = XMLModelDefinitionParser(
        Path("model.xml").read_text(), silent=True
    ).get_model_definition()
    return IdResolver.get_learner(definition, None, str(data), output, True, -1, False)


def _read(learner, epochs: _Epochs) -> Run:
    output = Path(learner.output_dir)
    state = torch.load(output / "saved_model.pth", "cpu", weights_only=True)
    weights = digest(state)
    x, y = learner.parse_examples_data(learner.get_examples_file("test"))
    return Run(
        weights=weights,
        layout=layout(state),
        losses=[epoch["loss"] for epoch in epochs.metrics],
        accuracies=[epoch["accuracy"] for epoch in epochs.metrics],
        best=epochs.weights.index(weights) + 1,  # the epoch whose weights seqgra kept
        test=learner.evaluate_model(x=x, y=y),
        files={name: (output / name).read_text() for name in COMMON_FILES},
    )
