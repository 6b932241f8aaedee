"""The head of the page: the main facts, in a few words each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ... import ir
from ...catalog.options import SCRIPT_OPTIONS
from ...grammar import Simulation
from ...visible import visible
from ..ledger.setting import Setting, counted
from ..results.page import Fact
from .drawing import Drawing

if TYPE_CHECKING:
    from ...compiler import Meant

_FACTS = {
    "general/library": "Library",
    "general/task": "Task",
    "general/sequencespace": "Sequences",
    "loss/loss": "Loss",
    "trainingprocess/batch_size": "Batch size",
    "general/seed": "Seed",
}
_ORDER = (
    "Library",
    "Task",
    "Labels",
    "Sequences",
    "Weights",
    "Work",
    "Loss",
    "Optimizer",
    "Batch size",
    "Epochs",
    "Early stopping",
    "Seed",
)
_LABELS = 3


def facts(model: Meant, settings: Sequence[Setting], drawing: Drawing | None) -> tuple[Fact, ...]:
    """None if the definition has errors."""
    if not isinstance(model, ir.General) or not settings:
        return ()
    by_path = {setting.path: setting for setting in settings}
    found = {
        name: Fact(name, by_path[path].text) for path, name in _FACTS.items() if path in by_path
    }
    labels = model.labels.value
    found["Labels"] = Fact("Labels", f"{len(labels):,}", _some(labels))
    if isinstance(model, ir.Model):
        found |= _of_training(model, found)
    if drawing:
        found["Weights"] = Fact("Weights", drawing.weights)
        found["Work"] = Fact("Work", drawing.adds, "multiply-adds per sequence")
    return tuple(found[name] for name in _ORDER if name in found)


def _some(labels: Sequence[str]) -> str:
    names = [visible(label) for label in labels]
    if len(names) > _LABELS:
        return f"{names[0]} to {names[-1]}"
    return ", ".join(names)


def _of_training(model: ir.Model, found: dict[str, Fact]) -> dict[str, Fact]:
    training = model.training
    if not isinstance(model.architecture, ir.Module):
        length = model.architecture.input_shape[-2]
        space = found["Sequences"].value
        found["Sequences"] = Fact("Sequences", f"{length:,} letters", f"{space}, all of one length")
    rate = model.optimizer.arguments.get("learning_rate")
    step = "" if rate is None else f"learning rate {rate.value:g}"
    epochs = f"at most {training.epochs.value:,}" if training.early_stopping.value else ""
    waits = counted(training.patience.value, "epochs")
    stops = f"stops after {waits} without a lower validation loss"
    return {
        "Optimizer": Fact("Optimizer", model.optimizer.name, step),
        "Epochs": Fact("Epochs", epochs or f"{training.epochs.value:,}", "passes over the data"),
        "Early stopping": Fact(
            "Early stopping",
            "yes" if training.early_stopping.value else "no",
            stops if training.early_stopping.value else "all epochs are trained",
        ),
    }


def data_facts(model: Simulation) -> tuple[Fact, ...]:
    """The main facts of a data definition."""
    shortest, longest = model.minimum_length.value, model.maximum_length.value
    length = f"{shortest:,}" if shortest == longest else f"{shortest:,} to {longest:,}"
    sizes = (f"{each.name} {sum(samples for _, samples in each.examples):,}" for each in model.sets)
    copies = ", ".join(f"{s.labels} (k {s.k.value})" for s in model.shuffles)
    return (
        Fact("Task", model.task.value),
        Fact("Sequences", f"{model.sequence_space.value}, {length} letters"),
        Fact("Examples", ", ".join(sizes)),
        *((Fact("Shuffled copies", visible(copies)),) if copies else ()),
        Fact("Seed", str(model.seed.value)),
    )


def compiler_facts(settings: Sequence[Setting]) -> tuple[Fact, ...]:
    """The options of the compiler, and their meanings."""
    found = []
    for name, option in SCRIPT_OPTIONS.items():
        value = next((row.text for row in settings if row.path == f"--{name}"), None)
        if value is not None:
            found.append(Fact(name, value, option.choices.get(value, "")))
    return tuple(found)
