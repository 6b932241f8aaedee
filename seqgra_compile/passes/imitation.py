"""Stage between 3 and 4: what seqgra 0.0.4 makes of a model. Reports SG7.

Under the semantics intended nothing changes, and the user learns where seqgra would do otherwise.
Under seqgra's own, its drops are made, and what it cannot train is refused.
"""

from __future__ import annotations

from dataclasses import replace

from .. import ir
from ..catalog.semantics import (
    COMPUTED_OTHERWISE,
    DRAWN_OTHERWISE,
    INTENDED,
    KNOWN_OPERATIONS,
    KNOWN_OPTIMIZERS,
    KNOWN_SPACES,
    MISSING_WORDS,
    STREAMING,
)
from ..catalog.sequences import MULTI_LABEL, PYTORCH, TENSORFLOW
from ..ir import Value
from ..messages.diagnostics import Diagnostics
from ..source import Span

_UPSTREAM = "seqgra 0.0.4"


def imitate(model: ir.Model, semantics: str, diagnostics: Diagnostics) -> ir.Model:
    """The model as the semantics have it."""
    model = replace(model, semantics=semantics)
    if semantics != INTENDED:
        _check_known(model, diagnostics)
        _check_equality(model, diagnostics)
        _note_habits(model, diagnostics)
        model = replace(model, architecture=_architecture(model))
    _check_labels(model, diagnostics)
    optimizer = _optimizer(model, semantics != INTENDED, diagnostics)
    return replace(model, optimizer=optimizer)


def _optimizer(model: ir.Model, drops: bool, diagnostics: Diagnostics) -> ir.Optimizer:
    """The optimizer, without what seqgra drops if it is to be dropped."""
    optimizer = model.optimizer
    does = "so does the script" if drops else "the script applies it"
    if model.library.value == PYTORCH:
        for name in ("clipnorm", "clipvalue"):
            clip = getattr(optimizer, name)
            if clip.value is None:
                continue
            message = f"{_UPSTREAM} ignores {name} for PyTorch; {does}"
            diagnostics.note("SG701", clip.span or optimizer.span, message)
            if drops:
                optimizer = replace(optimizer, **{name: _dropped(clip, None)})
    rho = optimizer.arguments.get("rho")
    if model.library.value == TENSORFLOW and optimizer.name == "RMSprop" and rho.value != 0.9:
        does = "so does the script" if drops else f"the script takes {rho.value}"
        message = f"{_UPSTREAM} reads rho={rho.value} and trains with 0.9; {does}"
        diagnostics.note("SG702", rho.span or optimizer.span, message)
        if drops:
            arguments = {**optimizer.arguments, "rho": _dropped(rho, 0.9)}
            optimizer = replace(optimizer, arguments=arguments)
    return optimizer


def _dropped(value: Value, instead: object) -> Value:
    note = f"{value.value} is dropped by {_UPSTREAM}"
    return replace(value, value=instead, note=note)


def _check_known(model: ir.Model, diagnostics: Diagnostics) -> None:
    """Refuse what seqgra could not have trained: there is nothing to imitate."""
    library, space = model.library, model.sequence_space
    if space.value not in KNOWN_SPACES:
        _unknown(f"sequence space {space.value}", space.span, diagnostics)
    if isinstance(model.architecture, ir.Sequential):
        if library.value == PYTORCH:
            _unknown("embedded architectures for PyTorch", model.architecture.span, diagnostics)
        else:
            for operation in model.architecture.operations:
                if operation.name not in KNOWN_OPERATIONS:
                    _unknown(f"operation {operation.name}", operation.span, diagnostics)
    if model.optimizer.name not in KNOWN_OPTIMIZERS[library.value]:
        _unknown(f"{model.optimizer.name} that works", model.optimizer.span, diagnostics)


def _unknown(what: str, span: Span, diagnostics: Diagnostics) -> None:
    diagnostics.error(
        "SG705",
        span,
        f"{_UPSTREAM} has no {what}: there is nothing to imitate",
        "compile with --semantics intended",
    )


def _check_equality(model: ir.Model, diagnostics: Diagnostics) -> None:
    """Warn of what Keras 3 draws or computes otherwise than seqgra's Keras 2."""
    if model.library.value != TENSORFLOW:
        return
    if isinstance(model.architecture, ir.Sequential):
        for operation in filter(_has_masks, model.architecture.operations):
            _warn(operation.name, operation.span, DRAWN_OTHERWISE, diagnostics)
    optimizer = model.optimizer
    if optimizer.name in COMPUTED_OTHERWISE:
        _warn(optimizer.name, optimizer.span, COMPUTED_OTHERWISE[optimizer.name], diagnostics)


def _warn(name: str, span: Span, reason: str, diagnostics: Diagnostics) -> None:
    diagnostics.warning(
        "SG706",
        span,
        f"with {name} the weights cannot be those of {_UPSTREAM}: {reason}",
        "the order of the batches is the same",
    )


def _has_masks(operation: ir.Operation) -> bool:
    if operation.name != "LSTM":
        return operation.name == "Dropout"
    return bool(operation["dropout"] or operation["recurrent_dropout"])


def _architecture(model: ir.Model) -> ir.Sequential | ir.External | ir.Module:
    """With a seed for each LSTM without masks.

    It makes no use of it, but Keras 3 draws one where there is none, and Keras 2 does not: all
    weights after it would start otherwise.
    """
    architecture = model.architecture
    if model.library.value != TENSORFLOW or not isinstance(architecture, ir.Sequential):
        return architecture
    operations = tuple(
        (
            replace(operation, seed=0)
            if operation.name == "LSTM" and not _has_masks(operation)
            else operation
        )
        for operation in architecture.operations
    )
    return replace(architecture, operations=operations)


def _note_habits(model: ir.Model, diagnostics: Diagnostics) -> None:
    """What a script does because seqgra does it, and what it still does otherwise."""
    training = model.training
    streams, shuffles = model.semantics == STREAMING, training.shuffle.value
    is_torch = model.library.value == PYTORCH
    several = model.task.value == MULTI_LABEL
    notes = (
        (
            model.sequence_space.value == "DNA",
            "SG708",
            model.sequence_space.span,
            f"as in {_UPSTREAM}, any letter beside A, C, G, T counts as N",
        ),
        (
            is_torch,
            "SG709",
            training.epochs.span,
            f"as in {_UPSTREAM}, a validation loss that is not a number in the first epoch stays "
            "the best",
        ),
        (
            is_torch and streams,
            "SG710",
            training.shuffle.span,
            f"as in {_UPSTREAM}, examples come in chunks of 10,000, and every 10,001st is lost",
        ),
        (
            not is_torch and shuffles,
            "SG711",
            training.shuffle.span,
            f"as in {_UPSTREAM}, a buffer of 10,000 examples is shuffled",
        ),
        (
            not is_torch and streams,
            "SG712",
            model.optimizer.span,
            f"as in {_UPSTREAM}, the optimizer counts one step too many after the first epoch",
        ),
        (
            not is_torch and several,
            "SG713",
            model.task.span,
            f"the accuracy of {_UPSTREAM} compares the highest score with the first true label; "
            "the script's is the share of examples with all labels right",
        ),
        (
            model.loss.name == "NLLLoss",
            "SG714",
            model.loss.span,
            f"{_UPSTREAM} predicts log-probabilities; the script writes probabilities",
        ),
    )
    for applies, code, span, message in notes:
        if applies:
            diagnostics.note(code, span, message)


def _check_labels(model: ir.Model, diagnostics: Diagnostics) -> None:
    missing = sorted(set(model.labels.value) & MISSING_WORDS)
    if missing:
        diagnostics.note(
            "SG707",
            model.labels.span,
            f"{_UPSTREAM} reads the label '{missing[0]}' as a missing value when its data are in "
            "memory; the script reads it as a label",
            "rename it if both are to agree",
        )
