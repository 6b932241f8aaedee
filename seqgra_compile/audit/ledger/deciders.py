"""Which settings decide each field of a `Script`.

A group is a setting with what belongs to it: `loss` is the loss and its parameters, `operation 3`
all of the third operation. What one group alone has decided is that setting itself, in other form;
what several have decided follows from them. A test holds the table against `Script`'s fields.
"""

from __future__ import annotations

import dataclasses
import re

from ... import ir
from ...grammar import BayesModel, Kmers, Matrix
from ...script import Script

# Each stands for all of its kind.
OPERATIONS, ELEMENTS, CONDITIONS = ALL = "operations", "elements", "conditions"
_STRUCTURE = (
    "library",
    "task",
    "loss",
    "optimizer",
    "architecture",
    OPERATIONS,
    "semantics",
    "shuffle",
    "data",
    "records",
)
FIELDS: dict[str, tuple[str, ...]] = {
    "docstring": ("header",),
    "dependencies": _STRUCTURE,
    "future": ("architecture",),
    "imports": _STRUCTURE,
    "packages": _STRUCTURE,
    "install": _STRUCTURE,
    "checks": ("library",),
    "sections": ("records",),
    "constants": (),  # each knows its own
    "version": ("version",),
    "definition_sha256": ("sha256",),
    "alphabet.size": ("space",),
    "alphabet.codes": ("space",),
    "alphabet.letters": ("space",),
    "alphabet.lower": ("space",),
    "alphabet.code_count": ("space",),
    "alphabet.has_unknown": ("space",),
    "alphabet.unknown": ("space",),
    "alphabet.share": ("space",),
    "alphabet.complement": ("space",),
    "alphabet.lenient": ("semantics", "space"),
    "one_hot_doc": ("space", "encoding", "library"),
    "targets_doc": ("task",),
    "multi_class": ("task",),
    # scripts that train
    "length": ("architecture",),
    "length_from_data": ("architecture",),
    "on_disk": ("data",),
    "records": ("records",),
    "resumes": ("records", "library"),
    "setting_names": (
        "loss",
        "optimizer",
        "early_stopping",
        "clipnorm",
        "clipvalue",
        "architecture",
    ),
    "trains": ("library",),
    "model_doc": ("architecture", OPERATIONS, "loss"),
    "two_dimensional": ("encoding",),
    "shuffle": ("shuffle",),
    "early_stopping": ("early_stopping",),
    "imitates": ("semantics",),
    "streams": ("semantics",),
    "loss": ("loss",),
    "optimizer": ("optimizer",),
    "probabilities": ("loss", "task"),
    "ranked": ("loss", "task"),
    "layers": ("architecture", OPERATIONS),
    "weights_reader": ("architecture", OPERATIONS),
    "weights_files": ("architecture", OPERATIONS),
    # PyTorch
    "module": ("architecture",),
    "embeds": ("architecture",),
    "starts_loudly": ("library",),
    "has_cpu_build": ("library",),
    "build_model": ("architecture",),
    "fragments": ("architecture", OPERATIONS),
    "penalties": ("architecture", OPERATIONS),
    "activity": ("architecture", OPERATIONS),
    "clips_norm": ("clipnorm",),
    "clips_value": ("clipvalue",),
    "clips": ("clipnorm", "clipvalue"),
    "closure": ("optimizer",),
    "keras_epsilon": ("optimizer", "library"),
    "one_hot_targets": ("loss", "task"),
    "predicted": ("loss", "task"),
    "scores": ("architecture",),
    "draws": ("semantics", "architecture"),
    "draws_order": ("semantics", "architecture", "shuffle"),
    "waits_as_seqgra": ("semantics", "early_stopping"),
    # Keras
    "model_name": ("id",),
    "input": ("architecture", "operation 1"),
    "true_class": ("loss", "task"),
    "threshold": ("loss", "task"),
    "imitates_shuffle": ("semantics", "shuffle"),
    # Bayes
    "heading": ("architecture",),
    "matrices": (ELEMENTS,),
    "matrices_doc": ("space", "semantics"),
    "wide": (ELEMENTS, "space"),
    "kmers": (ELEMENTS,),
    "kmers_doc": (ELEMENTS,),
    "rules_doc": (CONDITIONS, "semantics"),
    "rules": (CONDITIONS,),
    "weights_doc": ("space",),
    "empty_matrices": ("semantics", "space"),
    "windows": (CONDITIONS,),
    "lone_elements": (CONDITIONS,),
    "pairs": (CONDITIONS,),
    "from_starts": ("semantics",),
    "many_widths": (CONDITIONS, "semantics"),
    "accuracy": ("semantics",),
    "not_a_number": ("semantics",),
}
_INDEXED = re.compile(r"script\.(\w+)\[(\d+)\]")
_LAYER = re.compile(r"(?:model\.|self\.|\")([a-z0-9]+_\d+)(?:_\w+)?\b")


def fields(script: Script) -> set[str]:
    """The names of a script's fields, those of its alphabet each for itself."""
    names = {field.name for field in dataclasses.fields(script)} - {"alphabet"}
    return names | {f"alphabet.{field.name}" for field in dataclasses.fields(script.alphabet)}


class Deciders:
    """Who has decided what, in one script."""

    def __init__(self, model: ir.General, script: Script) -> None:
        self.script = script
        architecture = model.architecture
        operations = architecture.operations if isinstance(architecture, ir.Sequential) else ()
        self.numbers = {operation.identifier: operation.number for operation in operations}
        self.opened = bool(operations and architecture.file and architecture.file.weights)
        self.elements = {Matrix: [], Kmers: []}
        self.labels: tuple[str, ...] = ()
        if isinstance(model, BayesModel):
            for element in model.grammar.elements:
                self.elements[type(element)].append(element.name)
            self.labels = model.labels.value

    def of(self, origin: str) -> tuple[str, ...]:
        """The groups that have decided a field; `setting PATH` stands for one setting."""
        indexed = _INDEXED.match(origin)
        name = origin.removeprefix("script.")
        if indexed:
            return self._element(indexed[1], int(indexed[2]))
        while name:
            if name in FIELDS:
                return FIELDS[name]
            name = name.rpartition(".")[0]
        return ()

    def _element(self, field: str, index: int) -> tuple[str, ...]:
        """Those of one element of a field that is a list."""
        if field == "constants":
            return (f"setting {self.script.constants[index].path}",)
        if field == "layers":
            return (f"operation {index + 1}",)
        if field == "penalties":
            return self._named(self.script.penalties[index], "penalty")
        if field == "weights_files":
            return self._named(self.script.weights_files[index].load, "weights")
        if field in ("matrices", "kmers"):
            kind = Matrix if field == "matrices" else Kmers
            return (f"element {self.elements[kind][index]}",)
        if field == "rules":
            return (f"condition {self.labels[index]}",)
        return FIELDS[field]

    def _named(self, statement: str, what: str) -> tuple[str, ...]:
        """Those of a statement that names the layer that it acts on."""
        if what == "weights" and self.opened:
            return ("stored",)  # one file holds all of them
        found = _LAYER.search(statement)
        number = found and self.numbers.get(found[1])
        return ("architecture", OPERATIONS) if number is None else (f"{what} {number}",)
