"""The settings of a model: what each is and where it comes from, not yet where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ... import __version__, ir
from ...catalog.operations import OPERATIONS
from ...catalog.semantics import INTENDED, SEQGRA, WHOLE
from ...deciders import Decider, Group, OfCondition, OfElement, OfOperation
from ...grammar import BayesModel, Kmers, Term
from ...ir import DEFINITION, FILE, Value
from ...source import Source, Span
from .setting import (
    COMPILER,
    OPTION,
    counted,
    in_number,
)

_UNITS = {
    "batch_size": "examples",
    "epochs": "epochs",
    "early_stopping_patience": "epochs",
    "input_shape": "(length, channels)",
    "filters": "channels",
    "units": "outputs",
    "kernel_size": "positions",
    "pool_size": "positions",
    "strides": "positions",
    "dilation_rate": "positions",
    "rate": "share",
    "dropout": "share",
    "recurrent_dropout": "share",
    "label_smoothing": "share",
    "max_iter": "iterations",
    "max_eval": "evaluations",
    "history_size": "updates",
}
_FILE_PATH = "file: "


@dataclass(frozen=True)
class Entry:
    """A setting without its lines.

    `group` is what it belongs to, if anything; it is its `head` if it names the group. `parameter` is its name in
    an operation. `constants` are the paths under which the script's section Definition states it.
    """

    path: str
    value: object
    origin: str
    span: Span | None = None
    source: Source | None = None
    unit: str = ""
    group: Group | None = None
    head: bool = False
    parameter: str = ""
    constants: tuple[str, ...] = ()
    remark: str = ""


def entries(model: ir.General, source: Source) -> tuple[Entry, ...]:
    """In the order of the definition, the compiler and its options first."""
    found = [*_called(model, source), *_general(model)]
    if isinstance(model, BayesModel):
        found += _grammar(model)
    else:
        found += _architecture(model.architecture)
        found += _loss(model)
        found += _optimizer(model)
        found += _training(model.training)
    return tuple(found)


def _called(model: ir.General, source: Source) -> Iterator[Entry]:
    yield Entry("seqgra-compile", __version__, COMPILER, group=Decider.VERSION, head=True)
    yield Entry("definition", source.sha256, FILE, unit="SHA-256", group=Decider.SHA256, head=True)
    chosen = "" if model.semantics == INTENDED else "as seqgra 0.0.4 has it"
    yield Entry(
        "--semantics", model.semantics, OPTION, group=Decider.SEMANTICS, head=True, remark=chosen
    )
    if isinstance(model, ir.Model):
        yield Entry("--data", model.data, OPTION, group=Decider.DATA, head=True)
    yield Entry("--records", model.records, OPTION, group=Decider.RECORDS, head=True)
    if model.shards != WHOLE:
        yield Entry(
            "--shards",
            model.shards,
            OPTION,
            group=Decider.SHARDS,
            head=True,
            constants=("--shards",),
        )


def _row(value: Value, group: Group | None, **more: object) -> Entry:
    """A value; what a stage has made of it becomes a remark."""
    name = value.path.rpartition("/")[2].lstrip("@")
    return Entry(
        value.path,
        value.value,
        value.origin,
        value.span,
        unit=_UNITS.get(name, ""),
        group=group,
        constants=(value.path,),
        remark=value.note,
        **more,
    )


def _general(model: ir.General) -> Iterator[Entry]:
    for value, group in (
        (model.id, Decider.ID),
        (model.name, Decider.NAME),
        (model.description, Decider.DESCRIPTION),
        (model.task, Decider.TASK),
        (model.sequence_space, Decider.SPACE),
        (model.library, Decider.LIBRARY),
        (model.input_encoding, Decider.ENCODING),
        (model.labels, Decider.LABELS),
        (model.seed, Decider.SEED),
    ):
        yield _row(value, group, head=True)


# ---- architecture ----


def _architecture(architecture: ir.Sequential | ir.Module) -> Iterator[Entry]:
    external = "architecture/external"
    if isinstance(architecture, ir.Module):
        more = {"group": Decider.ARCHITECTURE, "head": True, "constants": (external,)}
        yield Entry(external, architecture.path, DEFINITION, architecture.span, **more)
        name = architecture.class_name
        yield Entry(f"{external}/@classname", name, DEFINITION, architecture.class_span, **more)
        yield Entry(f"{external}: its content", architecture.sha256, FILE, unit="SHA-256", **more)
        return
    count = sum(operation.weight_count for operation in architecture.operations)
    size = counted(len(architecture.operations), "operations")
    summary = f"{size}, {counted(count, 'weights')}"
    path = "architecture/sequential" if architecture.file is None else external
    more = {"group": Decider.ARCHITECTURE, "head": True, "constants": (path,)}
    if architecture.file is None:
        yield Entry(path, summary, DEFINITION, architecture.span, **more)
    else:
        yield from _keras_file(architecture, summary, more)
    for operation in architecture.operations:
        yield from _operation(operation)


def _keras_file(
    architecture: ir.Sequential, summary: str, more: dict[str, object]
) -> Iterator[Entry]:
    file = architecture.file
    yield Entry("architecture/external", file.name, DEFINITION, architecture.span, **more)
    yield Entry(f"{_FILE_PATH}{file.path}", file.sha256, FILE, unit="SHA-256", **more)
    if file.weights:
        path = f"{_FILE_PATH}{file.weights.path}: weights"
        yield Entry(
            path, file.weights.sha256, FILE, unit="SHA-256", group=Decider.STORED, head=True
        )
    yield Entry(f"{_FILE_PATH}layers", summary, FILE, **more)


def _operation(operation: ir.Operation) -> Iterator[Entry]:
    group = OfOperation(operation.number)
    shapes = f"{operation.name}: {operation.input_shape} -> {operation.output_shape}"
    path = operation_path(operation)
    origin = DEFINITION if operation.layer is None else FILE
    count = operation.weight_count
    summary = f"{shapes}, {counted(count, 'weights')}" if count else shapes
    yield Entry(path, summary, origin, operation.span, group=group, head=True)
    for name, value in operation.arguments.items():
        if name == "input_shape" and value.value is None:
            continue  # known already
        if name == "weights_file" and operation.stored:
            continue  # they are in the architecture's file
        yield _row(value, group, parameter=name)
    if operation.weights_file:
        yield Entry(
            f"{path}/@weights_file: its content",
            operation.weights_file.sha256,
            FILE,
            unit="SHA-256",
            group=group,
            parameter="weights_file",
        )
    if operation.seed is not None:
        yield Entry(f"{path}: seed", operation.seed, OPTION, group=group, parameter="seed")


# ---- loss, optimizer, trainingprocess ----


def _loss(model: ir.Model) -> Iterator[Entry]:
    loss = model.loss
    head = Value(loss.name, loss.path, loss.span, loss.origin)
    yield _row(head, Decider.LOSS, head=True)
    for value in loss.arguments.values():
        yield _row(value, Decider.LOSS)


def _optimizer(model: ir.Model) -> Iterator[Entry]:
    optimizer = model.optimizer
    head = Value(optimizer.name, optimizer.path, optimizer.span, optimizer.origin)
    yield _row(head, Decider.OPTIMIZER, head=True)
    for value in optimizer.arguments.values():
        yield _row(value, None)
    yield _row(optimizer.clipnorm, Decider.CLIPNORM, head=True)
    yield _row(optimizer.clipvalue, Decider.CLIPVALUE, head=True)


def _training(training: ir.TrainingProcess) -> Iterator[Entry]:
    yield _row(training.batch_size, None)
    yield _row(training.epochs, None)
    yield _row(training.early_stopping, Decider.EARLY_STOPPING, head=True)
    yield _row(training.patience, None)
    yield _row(training.shuffle, Decider.SHUFFLE, head=True)


# ---- the data definition of a Bayes classifier ----


def _grammar(model: BayesModel) -> Iterator[Entry]:
    external, grammar = model.architecture, model.grammar
    more = {"group": Decider.ARCHITECTURE, "head": True, "constants": (external.path.path,)}
    path = external.path
    yield Entry(f"{path.path}/@format", external.format.value, DEFINITION, path.span, **more)
    yield Entry(path.path, path.value, DEFINITION, path.span, **more)
    sha256 = grammar.source.sha256
    yield Entry(f"{path.path}: its content", sha256, FILE, unit="SHA-256", **more)
    name = "data definition: "
    for element in grammar.elements:
        value = element.words if isinstance(element, Kmers) else element.positions
        yield Entry(
            f"{name}sequenceelement {element.name}",
            value,
            DEFINITION,
            element.span,
            grammar.source,
            "weights of words" if isinstance(element, Kmers) else "a row a position",
            OfElement(element.name),
            head=True,
        )
    whence = "the start of " if model.semantics == SEQGRA else ""
    for label, terms in zip(model.labels.value, model.terms, strict=True):
        yield Entry(
            f"{name}condition {label}",
            "; ".join(_term(term, whence) for term in terms) or "no rules",
            DEFINITION,
            grammar.by_id[label].span,
            grammar.source,
            group=OfCondition(label),
            head=True,
        )


def _term(term: Term, whence: str) -> str:
    parts = []
    if term.elements:
        parts.append(f"{', '.join(term.elements)} at {term.position}")
    for pair in term.pairs:
        letters = in_number(pair.farthest, "letters")
        distance = f"{pair.nearest} to {pair.farthest} {letters}"
        parts.append(f"{pair.second} {distance} after {whence}{pair.first}")
    return " and ".join(parts) or "nothing"


def operation_path(operation: ir.Operation) -> str:
    """What the rows of an operation are called."""
    if operation.layer is not None:
        return f"{_FILE_PATH}layer {operation.layer}"
    return f"architecture/sequential/operation[{operation.number}]"


def input_path(model: ir.Model) -> str:
    """What the row of the length and the channels of the input is called."""
    return model.architecture.operations[0].arguments["input_shape"].path


def cell_parameters(operation: ir.Operation) -> dict[str, str]:
    """The keywords of an operation's layer in Keras, and the parameters that they are."""
    rows = OPERATIONS[operation.name].parameters
    own = {row.keyword or row.name: row.name for row in rows if row.passed}
    return {**own, "merge_mode": "merge_mode", "trainable": "trainable", "seed": "seed"}
