"""A reproducibility checklist, filled in as far as the definition and the receipts answer it.

The questions are those of REFORMS and DOME that concern a trained model, in our words. Questions
that only the authors can answer are left empty.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence

from ... import ir
from ...catalog.operations import FAMILIES
from ...compiler import Compilation
from ...visible import visible
from ..ledger.setting import counted
from ..runs.run import Run
from .page import Answer
from .tables import families

Asked = tuple[str, str, Callable[["_Known"], str] | None]


class _Known:
    """The sources of answers: a compilation, runs, or both."""

    def __init__(self, compilation: Compilation | None, runs: Sequence[Run]) -> None:
        self.model = None if compilation is None else compilation.model
        self.source = None if compilation is None else compilation.source
        self.script = None if compilation is None else compilation.script
        self.runs = runs
        self.first = runs[0] if runs else None

    def data(self) -> str:
        if self.first is None:
            return ""
        sets = [
            f"{name}.txt: {counted(found.examples, 'examples')}, SHA-256 {found.sha256}"
            for name, found in self.first.data.items()
        ]
        return "; ".join(sets) + "."

    def outcome(self) -> str:
        if isinstance(self.model, ir.General):
            labels, task = self.model.labels.value, self.model.task.value
        elif self.first is not None:
            labels, task = self.first.labels, self.first.task or "classification"
        else:
            return ""
        names = ", ".join(visible(label) for label in labels[:12])
        more = f" and {len(labels) - 12} more" if len(labels) > 12 else ""
        return f"{task}, {counted(len(labels), 'labels')}: {names}{more}."

    def balance(self) -> str:
        if self.first is None or "training" not in self.first.data:
            return ""
        found = self.first.data["training"].labels
        if not found:
            return ""
        rarest, commonest = (pick(found, key=found.__getitem__) for pick in (min, max))
        return (
            f"In the training set {visible(commonest)} is most frequent ({found[commonest]:,} "
            f"examples), {visible(rarest)} least ({found[rarest]:,}). All counts are on this page."
        )

    def copies(self) -> str:
        found = self.first.results.get("copies", {}) if self.first else {}
        told = [
            f"{visible(pair)}: {count:,}" for pair, count in found.items() if type(count) is int
        ]
        return (
            f"Examples that are equal, or reverse complements: {'; '.join(told)}." if told else ""
        )

    def encoding(self) -> str:
        if not isinstance(self.model, ir.General):
            return ""
        return f"{self.model.sequence_space.value} as one-hot vectors, one per position."

    def model_kind(self) -> str:
        if not isinstance(self.model, ir.Model):
            return "A Bayes optimal classifier." if self.model is not None else ""
        architecture = self.model.architecture
        if isinstance(architecture, ir.Module):
            return f"The PyTorch module {visible(architecture.class_name)}."
        operations = counted(len(architecture.operations), "operations")
        size = f"{operations}, {counted(architecture.weight_count, 'weights')}"
        return f"A neural network in {self.model.library.value}: {size}. The definition lists them."

    def weights(self) -> str:
        if self.first is None:
            return ""
        found = self.first.results.get("weights", {})
        if type(found.get("count")) is not int:
            return ""
        examples = self.first.data["training"].examples if "training" in self.first.data else None
        beside = "" if examples is None else f", beside {counted(examples, 'training examples')}"
        return f"{counted(found['count'], 'weights')}{beside}."

    def fitting(self) -> str:
        if self.model is None and self.first is not None:
            left_out = ("MODEL_ID", "LABELS", "SEED", "SEQUENCE_LENGTH")
            named = self.first.settings.items()
            told = [f"{visible(n)} {visible(v)}" for n, v in named if n not in left_out]
            return f"{', '.join(told)}." if told else ""
        if not isinstance(self.model, ir.Model):
            return ""
        model, training = self.model, self.model.training
        rate = model.optimizer.arguments.get("learning_rate")
        step = "" if rate is None else f", learning rate {rate.value:g}"
        return (
            f"{model.loss.name}, {model.optimizer.name}{step}, batches of "
            f"{training.batch_size.value:,}, at most {counted(training.epochs.value, 'epochs')}. "
            "The ledger has every setting, defaults included."
        )

    def overfitting(self) -> str:
        if not isinstance(self.model, ir.Model):
            return ""
        training = self.model.training
        parts = []
        if training.early_stopping.value:
            waits = counted(training.patience.value, "epochs")
            parts.append(f"training stops after {waits} without a lower validation loss")
        if isinstance(self.model.architecture, ir.Network):
            names = {each.name for each in self.model.architecture.operations}
            noise = sorted(names & {row.name for row in FAMILIES["noise"]})
            parts += [", ".join(noise)] if noise else []
            arguments = [each.arguments for each in self.model.architecture.operations]
            if any(
                value.value for each in arguments for name, value in each.items()
                if name.endswith("_regularizer")
            ):  # fmt: skip
                parts.append("penalties on weights")
        return "; ".join(parts).capitalize() + "." if parts else "Nothing in the definition."

    def selection(self) -> str:
        epochs = [str(run.best_epoch) for run in self.runs if run.best_epoch is not None]
        if not epochs:
            return ""
        what = f"Epoch {epochs[0]}" if len(epochs) == 1 else f"Epochs {', '.join(epochs)}"
        return f"{what} by the lowest validation loss. Choices between models must be described by the authors."

    def measures(self) -> str:
        test = self.first.results.get("test", {}) if self.first else {}
        names = [name.removeprefix("mean ") for name in test if not isinstance(test[name], dict)]
        return f"On the test set: {', '.join(map(visible, names))}." if names else ""

    def uncertainty(self) -> str:
        if len(self.runs) < 2:
            return ""
        several = families(self.runs)
        if several > 1:
            runs = counted(len(self.runs), "runs")
            return f"{runs} of {several} families of definitions: their results are not averaged."
        seeds = {run.settings.get("SEED") for run in self.runs}
        return (
            f"{counted(len(self.runs), 'runs')}, {counted(len(seeds), 'seeds')}: mean and standard "
            "deviation are on this page."
        )

    def code(self) -> str:
        parts = []
        if self.source is not None:
            parts.append(
                f"definition {visible(self.source.file_name)}, SHA-256 {self.source.sha256}"
            )
        elif self.first is not None:
            parts.append(f"definition of SHA-256 {_hash(self.first.receipt['definition'])}")
        if self.first is not None:
            parts.append(f"script of SHA-256 {_hash(self.first.receipt['script'])}")
        return _sentence("; ".join(parts))

    def environment(self) -> str:
        if self.first is None:
            return ""
        versions = ", ".join(f"{visible(n)} {visible(v)}" for n, v in self.first.versions.items())
        device, threads = self.first.receipt["device"], self.first.receipt["threads"]
        where = f"{visible(str(device))}, threads: {threads}"
        return f"{versions}; on {where}."

    def reproduction(self) -> str:
        if isinstance(self.model, ir.General) and self.source is not None:
            name = visible(shlex.quote(self.source.file_name))
            return f"seqgra-compile {name} > train.py; python train.py DATA. One seed: {self.model.seed.value}."
        seed = self.first and self.first.settings.get("SEED")
        return f"The script of the receipt, seed {seed}." if seed else ""


def _hash(value: object) -> str:
    return visible(str(value.get("sha256", value) if isinstance(value, dict) else value))


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}." if text else ""


_ASKED: tuple[Asked, ...] = (
    ("Which population is the claim about, and why is a learned model the way to study it?",
     "REFORMS, study goals", None),
    ("Which data trained and tested the model, exactly?",
     "REFORMS, computational reproducibility; DOME, data", _Known.data),
    ("Where do the data come from, how were they sampled and labelled?",
     "REFORMS, data quality; DOME, data", None),
    ("What is predicted?", "REFORMS, data quality; DOME, model", _Known.outcome),
    ("How many examples has each outcome?", "REFORMS, data quality; DOME, data", _Known.balance),
    ("What was left out or changed before training, and how are sequences encoded?",
     "REFORMS, data preprocessing; DOME, optimization", _Known.encoding),
    ("Are training, validation and test data apart, and how was that ensured?",
     "REFORMS, data leakage; DOME, data", _Known.copies),
    ("Could an input reveal the outcome in a way that it would not in practice?",
     "REFORMS, data leakage", None),
    ("What kind of model is it?", "REFORMS, modeling; DOME, optimization", _Known.model_kind),
    ("How many parameters are fitted, and to how many examples?",
     "DOME, optimization", _Known.weights),
    ("How is it trained, with which hyperparameters?",
     "REFORMS, modeling; DOME, optimization", _Known.fitting),
    ("What keeps it from fitting noise?", "DOME, optimization", _Known.overfitting),
    ("How were the final weights chosen, and among which models?",
     "REFORMS, modeling", _Known.selection),
    ("Against which simpler methods was it compared?", "REFORMS, modeling; DOME, evaluation", None),
    ("How is performance measured?",
     "REFORMS, metrics and uncertainty; DOME, evaluation", _Known.measures),
    ("How uncertain are these figures?",
     "REFORMS, metrics and uncertainty; DOME, evaluation", _Known.uncertainty),
    ("Can a prediction be explained?", "DOME, model", None),
    ("Which code, in which version?",
     "REFORMS, computational reproducibility; DOME, model", _Known.code),
    ("Which software and hardware?", "REFORMS, computational reproducibility", _Known.environment),
    ("How can the results be reproduced?", "REFORMS, computational reproducibility",
     _Known.reproduction),
    ("Where are data, code and weights kept for others?",
     "REFORMS, computational reproducibility; DOME, data and model", None),
    ("Where is the model expected to fail?", "REFORMS, generalizability and limitations", None),
)  # fmt: skip


def checklist(compilation: Compilation | None, runs: Sequence[Run] = ()) -> tuple[Answer, ...]:
    """Every question, with its answer or an empty text."""
    known = _Known(compilation, runs)
    return tuple(
        Answer(asks, source, "" if answer is None else answer(known))
        for asks, source, answer in _ASKED
    )
