"""The last pass: whether the sections agree. Reports SG4, and SG3 for the last shape."""

from __future__ import annotations

from .. import ir
from ..catalog.libraries import LIBRARIES, PYTORCH
from ..catalog.losses import LOSSES, LossRow, Scores, usual
from ..catalog.operations import OPERATIONS
from ..catalog.optimizers import OPTIMIZERS
from ..catalog.semantics import WHOLE
from ..catalog.sequences import MULTI_CLASS
from ..messages.diagnostics import Diagnostics

_NORMALISING = ("softmax", "sigmoid", "log_softmax")


def check(model: ir.Model, diagnostics: Diagnostics) -> ir.Model:
    """The same model, after reporting all contradictions between sections."""
    loss = LOSSES[model.loss.name]
    _check_loss(model, loss, diagnostics)
    _check_optimizer(model, diagnostics)
    if isinstance(model.architecture, ir.Network):
        operations = model.architecture.operations
        _check_support(operations, model.library.value, diagnostics)
        _check_result(operations, len(model.labels.value), diagnostics)
        if model.task.value in loss.tasks and not loss.refused:
            _check_activation(operations[-1], model, loss, diagnostics)
    if model.shards != WHOLE:
        _check_shards(model, diagnostics)
    return model


def _check_support(
    operations: tuple[ir.Layer, ...], library: str, diagnostics: Diagnostics
) -> None:
    """Whether the library has a form of each operation."""
    for operation in operations:
        reason = OPERATIONS[operation.name].refusal(library)
        if reason:
            diagnostics.error(
                "SG501",
                operation.span,
                f"{operation.name} cannot be expressed in {library}: {reason}",
                "write it with other operations, or choose another library",
            )


def _check_shards(model: ir.Model, diagnostics: Diagnostics) -> None:
    """Whether the parts of a batch, computed separately, add up to the batch."""
    reason = LIBRARIES[model.library.value].no_shards
    if reason:
        diagnostics.error(
            "SG524",
            model.library.span,
            f"--shards {model.shards} in {model.library.value}: {reason}",
            f"compile it for the other library: --library {PYTORCH}",
        )
        return
    architecture = model.architecture
    if isinstance(architecture, ir.Module):
        for found in architecture.per_batch:
            diagnostics.error(
                "SG523",
                architecture.span,
                f"{architecture.path}:{found.line}: {found.problem}",
                "compile it without --shards, or write the module without it",
            )
        return
    for operation in architecture.operations:
        if OPERATIONS[operation.name].mixes(operation):
            diagnostics.error(
                "SG523",
                operation.span,
                f"{operation.name} computes statistics over a whole batch, and --shards "
                f"{model.shards} computes each part of it alone",
                "compile it without --shards, or write LayerNormalization",
            )


def _check_loss(model: ir.Model, loss: LossRow, diagnostics: Diagnostics) -> None:
    place, task = model.loss.span, model.task.value
    fitting = usual(loss.library, task)
    if loss.refused:
        diagnostics.error("SG501", place, f"{loss.name}: {loss.refused}", f"write {fitting}")
    elif task not in loss.tasks:
        diagnostics.error(
            "SG401",
            place,
            f"{loss.name} is for {loss.tasks[0]}, and the task is {task}",
            f"write {fitting}, or change the task",
        )
    elif loss.regression:
        diagnostics.warning(
            "SG404",
            place,
            f"{loss.name} is a loss for regression; it sees 1 for each true label and 0 for the others",
            f"the usual loss is {fitting}",
        )


def _check_optimizer(model: ir.Model, diagnostics: Diagnostics) -> None:
    optimizer = model.optimizer
    clipnorm, clipvalue = optimizer.clipnorm, optimizer.clipvalue
    if clipnorm.value and clipvalue.value:
        diagnostics.error(
            "SG407",
            clipvalue.span or optimizer.span,
            "clipnorm and clipvalue together",
            "Keras 3 accepts only one of the two, and their order would decide the result: delete one",
        )
    row = OPTIMIZERS[model.library.value, optimizer.name]
    if row.refused:
        diagnostics.error(
            "SG501", optimizer.span, f"{row.name}: {row.refused}", "write Adam, its dense form"
        )
    if row.full_batch:
        diagnostics.warning(
            "SG410",
            optimizer.span,
            f"{row.name} is made for the gradient of all examples, but each step sees a batch",
            "usually batch_size is the whole training set",
        )
    fault = row.fault(optimizer.arguments)
    if fault:
        diagnostics.error(
            "SG409",
            optimizer.arguments[fault.parameter].span or optimizer.span,
            fault.problem,
            fault.reason,
        )


def _check_result(operations: tuple[ir.Layer, ...], wanted: int, diagnostics: Diagnostics) -> None:
    """The last operation must give one value per label."""
    last = operations[-1]
    if last.output_shape == (wanted,):
        return
    cure = f"it must give {wanted}, one for each label"
    if len(last.output_shape) > 1:
        pool = "Flatten or GlobalMaxPool1D"
        if OPERATIONS[last.name].last_axis:
            cure = f"put a {pool} before it; {cure}"
        else:
            cure = f"put a {pool}, then a Dense of {wanted} units after it"
        for operation in operations:
            if OPERATIONS[operation.name].last_axis and len(operation.input_shape) > 1:
                diagnostics.warning(
                    "SG306",
                    operation.span,
                    f"{operation.name} acts on the last axis only: {operation.input_shape} becomes "
                    f"{operation.output_shape}",
                    "put a Flatten or GlobalMaxPool1D before it",
                )
                break
    units = last.arguments.get("units")
    diagnostics.error(
        "SG305",
        (units.span if units else None) or last.span,
        f"the last operation gives {_values(last.output_shape)} for each example, "
        f"and there {'is 1 label' if wanted == 1 else f'are {wanted} labels'}",
        cure,
    )


def _values(shape: ir.Shape) -> str:
    if len(shape) == 1:
        return f"{shape[0]} value{'' if shape[0] == 1 else 's'}"
    return f"values of the shape {shape}"


def _check_activation(
    last: ir.Layer, model: ir.Model, loss: LossRow, diagnostics: Diagnostics
) -> None:
    activation = last.arguments.get("activation")
    name = OPERATIONS[last.name].activation(last.arguments)
    place = (activation.span if activation else None) or last.span
    scores = loss.scores(model.loss.arguments)
    if scores is Scores.LOGITS:
        if name in _NORMALISING:
            diagnostics.error(
                "SG402",
                place,
                f"{name} twice: {loss.name} applies {loss.activation} to the model's output",
                (
                    "write from_logits as False in the loss, or delete the activation"
                    if "from_logits" in model.loss.arguments
                    else "delete the activation; the script still reports probabilities"
                ),
            )
    elif scores is not Scores.VALUES and name != loss.activation:
        wanted = f"{scores.value} of the " + (
            "classes" if model.task.value == MULTI_CLASS else "labels"
        )
        diagnostics.warning(
            "SG403",
            place,
            f"{loss.name} expects {wanted}, and the last activation is {name or 'linear'}",
            f'write activation="{loss.activation}" on the last operation',
        )
