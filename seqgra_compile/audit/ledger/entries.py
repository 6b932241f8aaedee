"""The settings of a model: what each is and where it comes from, without its lines in the script."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

from ... import __version__, ir
from ...catalog.operations import OPERATIONS
from ...catalog.semantics import SEMANTICS, TRAIN, WHOLE
from ...catalog.structure import EXTERNAL, OPERATION, SEQUENTIAL
from ...grammar import BayesModel, Classifier, Kmers, Simulation, Term
from ...ir import DEFINITION, FILE, Value
from ...script.deciders import Decider, OfCondition, OfElement, OfOperation
from ...source import Source
from .entry import Entry, entry_of
from .setting import COMPILER, OPTION, counted, in_number
from .simulated import simulated

_FILE_PATH = "file: "


def entries(model: Classifier | Simulation, source: Source) -> tuple[Entry, ...]:
    """The settings in the order of the definition, the compiler and its options first."""
    if isinstance(model, Simulation):
        return (*_compiled(model, source), *simulated(model))
    found = [*_called(model, source), *_general(model)]
    if isinstance(model, BayesModel):
        found += _grammar(model)
    else:
        found += _architecture(model.architecture)
        found += _loss(model)
        found += _optimizer(model)
        found += _training(model.training)
    return tuple(found)


def _compiled(model: Classifier | Simulation, source: Source) -> Iterator[Entry]:
    yield Entry("seqgra-compile", __version__, COMPILER, group=Decider.VERSION, head=True)
    yield Entry("definition", source.sha256, FILE, unit="SHA-256", group=Decider.SHA256, head=True)
    chosen = "as seqgra 0.0.4 has it" if SEMANTICS[model.semantics].imitates else ""
    yield Entry(
        "--semantics", model.semantics, OPTION, group=Decider.SEMANTICS, head=True, remark=chosen
    )


def _called(model: Classifier, source: Source) -> Iterator[Entry]:
    yield from _compiled(model, source)
    if model.emit != TRAIN:
        yield Entry("--emit", model.emit, OPTION, group=Decider.EMIT, head=True)
        return
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


def _general(model: ir.General) -> Iterator[Entry]:
    values: tuple[tuple[Value[Any], Decider], ...] = (
        (model.id, Decider.ID),
        (model.name, Decider.NAME),
        (model.description, Decider.DESCRIPTION),
        (model.task, Decider.TASK),
        (model.sequence_space, Decider.SPACE),
        (model.library, Decider.LIBRARY),
        (model.input_encoding, Decider.ENCODING),
        (model.labels, Decider.LABELS),
        (model.seed, Decider.SEED),
    )
    for value, group in values:
        yield entry_of(value, group, head=True)


# ---- architecture ----


def _architecture(architecture: ir.Network | ir.Module) -> Iterator[Entry]:
    file = None if isinstance(architecture, ir.Module) else architecture.file
    path = EXTERNAL if file or isinstance(architecture, ir.Module) else SEQUENTIAL
    entry = functools.partial(Entry, group=Decider.ARCHITECTURE, head=True, constants=(path,))
    if isinstance(architecture, ir.Module):
        yield entry(EXTERNAL, architecture.path, DEFINITION, architecture.span)
        name = architecture.class_name
        yield entry(f"{EXTERNAL}/@classname", name, DEFINITION, architecture.class_span)
        yield entry(f"{EXTERNAL}: its content", architecture.sha256, FILE, unit="SHA-256")
        return
    count = architecture.weight_count
    size = counted(len(architecture.operations), "operations")
    summary = f"{size}, {counted(count, 'weights')}"
    if file is None:
        yield entry(path, summary, DEFINITION, architecture.span)
    else:
        yield entry(EXTERNAL, file.name, DEFINITION, architecture.span)
        yield entry(f"{_FILE_PATH}{file.path}", file.sha256, FILE, unit="SHA-256")
        if file.weights:
            yield Entry(
                f"{_FILE_PATH}{file.weights.path}: weights",
                file.weights.sha256,
                FILE,
                unit="SHA-256",
                group=Decider.STORED,
                head=True,
            )
        yield entry(f"{_FILE_PATH}layers", summary, FILE)
    for operation in architecture.operations:
        yield from _operation(operation)


def _operation(operation: ir.Layer) -> Iterator[Entry]:
    group = OfOperation(operation.number)
    shapes = f"{operation.name}: {operation.input_shape} -> {operation.output_shape}"
    path = operation_path(operation)
    origin = FILE if operation.saved else DEFINITION
    count = operation.weight_count
    summary = f"{shapes}, {counted(count, 'weights')}" if count else shapes
    yield Entry(path, summary, origin, operation.span, group=group, head=True)
    for name, value in operation.arguments.items():
        if name == "input_shape" and value.value is None:
            continue  # known already
        if name == "weights_file" and operation.stored:
            continue  # they are in the architecture's file
        yield entry_of(value, group, parameter=name)
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
    yield entry_of(head, Decider.LOSS, head=True)
    for value in loss.arguments.values():
        yield entry_of(value, Decider.LOSS)


def _optimizer(model: ir.Model) -> Iterator[Entry]:
    optimizer = model.optimizer
    head = Value(optimizer.name, optimizer.path, optimizer.span, optimizer.origin)
    yield entry_of(head, Decider.OPTIMIZER, head=True)
    for value in optimizer.arguments.values():
        yield entry_of(value, None)
    yield entry_of(optimizer.clipnorm, Decider.CLIPNORM, head=True)
    yield entry_of(optimizer.clipvalue, Decider.CLIPVALUE, head=True)


def _training(training: ir.TrainingProcess) -> Iterator[Entry]:
    yield entry_of(training.batch_size, None)
    yield entry_of(training.epochs, None)
    yield entry_of(training.early_stopping, Decider.EARLY_STOPPING, head=True)
    yield entry_of(training.patience, None)
    yield entry_of(training.shuffle, Decider.SHUFFLE, head=True)


# ---- the data definition of a Bayes classifier ----


def _grammar(model: BayesModel) -> Iterator[Entry]:
    external, grammar = model.architecture, model.grammar
    path = external.path
    entry = functools.partial(Entry, group=Decider.ARCHITECTURE, head=True, constants=(path.path,))
    yield entry(f"{path.path}/@format", external.format.value, DEFINITION, path.span)
    yield entry(path.path, path.value, DEFINITION, path.span)
    yield entry(f"{path.path}: its content", grammar.source.sha256, FILE, unit="SHA-256")
    name = "data definition: "
    for element in grammar.elements:
        value = element.words if isinstance(element, Kmers) else element.positions
        yield Entry(
            f"{name}sequenceelement {element.name}",
            value,
            DEFINITION,
            element.span,
            grammar.source,
            "weights of words" if isinstance(element, Kmers) else "one row per position",
            OfElement(element.name),
            head=True,
        )
    whence = "the start of " if SEMANTICS[model.semantics].imitates else ""
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


def operation_path(operation: ir.Layer) -> str:
    """The path of an operation's rows."""
    if operation.saved:
        return f"{_FILE_PATH}layer {operation.saved.name}"
    return OPERATION.format(operation.number)


def input_path(model: ir.Model) -> str:
    """The path of the row with the input's length and channels."""
    return model.operations[0].arguments["input_shape"].path


def cell_parameters(operation: ir.Layer) -> dict[str, str]:
    """The keywords of an operation's layer in Keras, and their parameters."""
    rows = OPERATIONS[operation.name].parameters
    own = {row.keyword or row.name: row.name for row in rows if row.passed}
    return {**own, "merge_mode": "merge_mode", "trainable": "trainable", "seed": "seed"}
