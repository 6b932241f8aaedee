"""Stage 5: what sections say to one another. Reports SG4, SG7, and SG3 for the last shape."""

from __future__ import annotations

from . import ir
from .catalog.losses import LOSSES, Loss, Scores
from .catalog.sequences import MULTI_CLASS, PYTORCH
from .diagnostics import Diagnostics

_NORMALISING = ("softmax", "sigmoid", "log_softmax")


def check(model: ir.Model, diagnostics: Diagnostics) -> None:
    """Report all that can be seen across sections."""
    loss = LOSSES[model.loss.name]
    _check_task(model, loss, diagnostics)
    _check_optimizer(model, diagnostics)
    if isinstance(model.architecture, ir.Sequential):
        _check_result(model, diagnostics)
        _check_activation(model, loss, diagnostics)


def _check_task(model: ir.Model, loss: Loss, diagnostics: Diagnostics) -> None:
    if loss.task == model.task.value:
        return
    fitting = [
        row.name
        for row in LOSSES.values()
        if row.task == model.task.value and row.library == model.library.value
    ]
    diagnostics.error(
        "SG401",
        model.loss.span,
        f"{loss.name} is for {loss.task}, and the task is {model.task.value}",
        f"write {' or '.join(fitting)}, or change the task",
    )


def _check_optimizer(model: ir.Model, diagnostics: Diagnostics) -> None:
    optimizer = model.optimizer
    clipnorm, clipvalue = optimizer.clipnorm, optimizer.clipvalue
    if clipnorm.value and clipvalue.value:
        diagnostics.error(
            "SG407",
            clipvalue.span,
            "clipnorm and clipvalue together",
            "Keras 3 takes one of the two, and their order would decide the result: delete one",
        )
    if model.library.value != PYTORCH:
        return
    for clip in (clipnorm, clipvalue):
        if clip.value:
            name = clip.path.rpartition("/")[2]
            diagnostics.note(
                "SG701",
                clip.span,
                f"seqgra 0.0.4 ignores {name} for PyTorch; the script applies it",
            )
    arguments = optimizer.arguments
    nesterov = arguments.get("nesterov")
    if nesterov and nesterov.value and (
        not arguments["momentum"].value or arguments["dampening"].value
    ):
        diagnostics.error(
            "SG409",
            nesterov.span,
            "Nesterov momentum needs a momentum above 0 and a dampening of 0",
            "PyTorch refuses any other combination",
        )


def _check_result(model: ir.Model, diagnostics: Diagnostics) -> None:
    """The last operation must give one value per label."""
    last = model.architecture.operations[-1]
    wanted = len(model.labels.value)
    if last.output_shape == (wanted,):
        return
    if len(last.output_shape) > 1:
        for operation in model.architecture.operations:
            if operation.name == "Dense" and len(operation.input_shape) > 1:
                diagnostics.warning(
                    "SG306",
                    operation.span,
                    f"Dense acts on the last axis only: {operation.input_shape} becomes "
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
        f"it must give {wanted}, one for each label",
    )


def _values(shape: ir.Shape) -> str:
    if len(shape) == 1:
        return f"{shape[0]} value{'' if shape[0] == 1 else 's'}"
    return f"values of the shape {shape}"


def _check_activation(model: ir.Model, loss: Loss, diagnostics: Diagnostics) -> None:
    last = model.architecture.operations[-1]
    activation = last.arguments.get("activation")
    name = activation.value if activation else None
    place = (activation.span if activation else None) or last.span
    if loss.scores(model.loss.arguments) is Scores.LOGITS:
        if name in _NORMALISING:
            way_out = (
                "write from_logits as False in the loss, or delete the activation"
                if "from_logits" in model.loss.arguments
                else "delete the activation: the script reports probabilities all the same"
            )
            diagnostics.error(
                "SG402",
                place,
                f"{name} twice: {loss.name} applies {loss.activation} to what the model gives",
                way_out,
            )
    elif name != loss.activation:
        wanted = "sum to 1" if model.task.value == MULTI_CLASS else "lie between 0 and 1"
        diagnostics.warning(
            "SG403",
            place,
            f"{loss.name} expects probabilities that {wanted}, and the last activation is "
            f"{name or 'linear'}",
            f'write activation="{loss.activation}" on the last operation',
        )
