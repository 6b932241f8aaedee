"""seqgra's side: train with its own classes, and let them take over a script's output."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import shims

shims.install()

import matplotlib  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402
from cases import IN_MEMORY, Case  # noqa: E402
from digest import state_digest, state_layout  # noqa: E402
from learner import examples, inside, learner_of, train_in_memory  # noqa: E402
from run import COMMON_FILES, Run  # noqa: E402
from seqgra.evaluator import (  # noqa: E402
    MetricsEvaluator,
    PredictEvaluator,
    PREvaluator,
    ROCEvaluator,
)

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
            self.weights.append(state_digest(self.learner.model.state_dict()))


def train(folder: Path, case: Case, data: Path) -> Run:
    """Train `folder`/model.xml as seqgra does in the case's mode, its output in `folder`/seqgra."""
    torch.set_num_threads(case.threads)
    data = data.resolve()
    with inside(folder):
        learner = learner_of("seqgra", data)
        epochs = _Epochs(learner)
        logger = logging.getLogger("seqgra.learner.torch")
        logger.addHandler(epochs)
        logger.setLevel(logging.INFO)
        logger.propagate = False
        learner.create_model()
        if case.upstream_mode == IN_MEMORY:
            train_in_memory(learner)
        else:
            learner.train_model()
        learner.save_model()
        logger.removeHandler(epochs)
        return _read(learner, epochs)


def take_over(folder: Path, case: Case, data: Path) -> dict[str, bool]:
    """Load the output of `folder`'s script as seqgra's own: does it say the same of the test set?

    Where seqgra predicts logarithms, a script writes probabilities all the same.
    """
    if case.diverges:
        return {}
    torch.set_num_threads(case.threads)
    data = data.resolve()
    with inside(folder):
        learner = learner_of("script", data)
        learner.load_model()
        output = Path(learner.output_dir)
        metrics = json.loads((output / "metrics.json").read_text())["test"]
        metrics = {name: metrics[name] for name in ("loss", "accuracy")}
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
        if case.logarithms:
            y_hat = torch.tensor(y_hat, dtype=torch.float32).exp().numpy()
        predicted = Path("evaluation/predict/test-y-hat.txt").read_bytes()
        return {
            "evaluate_model": learner.evaluate_model(x=x, y=y) == metrics
            and learner.evaluate_model(file_name=test) == metrics,
            "predict": np.array_equal(y_hat, written),
            "predict evaluator": case.logarithms
            or predicted == (output / "test-y-hat.txt").read_bytes(),
            "other evaluators": all(Path("evaluation", name).exists() for name in _EVALUATIONS),
        }


def _read(learner, epochs: _Epochs) -> Run:
    output = Path(learner.output_dir)
    state = torch.load(output / "saved_model.pth", "cpu", weights_only=True)
    weights = state_digest(state)
    x, y = examples(learner, "test")
    return Run(
        weights=weights,
        layout=state_layout(state),
        losses=[epoch["loss"] for epoch in epochs.metrics],
        accuracies=[epoch["accuracy"] for epoch in epochs.metrics],
        best=epochs.weights.index(weights) + 1,  # the epoch whose weights seqgra kept
        test=learner.evaluate_model(x=x, y=y),
        files={name: (output / name).read_text() for name in COMMON_FILES},
    )
