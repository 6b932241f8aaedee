"""The pass for `--semantics`: what seqgra 0.0.4 makes of a model. Reports SG7.

Under the semantics intended nothing changes, and the user is told where seqgra does something
else. Under seqgra's own semantics, settings are dropped as in seqgra, and what it cannot train is
refused.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .. import ir
from ..catalog.libraries import LIBRARIES, LibraryRow
from ..catalog.losses import LOSSES, Scores
from ..catalog.operations import OPERATIONS
from ..catalog.optimizers import OPTIMIZERS
from ..catalog.optimizers.row import OptimizerRow
from ..catalog.semantics import MISSING_WORDS, SEMANTICS
from ..catalog.sequences import MULTI_LABEL, SEQUENCE_SPACES
from ..ir import Value
from ..messages.diagnostics import Diagnostics
from ..source import Span

_UPSTREAM = "seqgra 0.0.4"


def imitate(model: ir.DefinedModel, semantics: str, diagnostics: Diagnostics) -> ir.DefinedModel:
    """The model under its semantics."""
    model = replace(model, semantics=semantics)
    imitates = SEMANTICS[semantics].imitates
    if imitates:
        _check_known(model, diagnostics)
        _check_equality(model, diagnostics)
        _note_habits(model, diagnostics)
        model = replace(model, architecture=_architecture(model))
    _check_labels(model, diagnostics)
    optimizer = _optimizer(model, imitates, diagnostics)
    return replace(model, optimizer=optimizer)


def _library(model: ir.DefinedModel) -> LibraryRow:
    return LIBRARIES[model.library.value]


def _optimizer_row(model: ir.DefinedModel) -> OptimizerRow:
    return OPTIMIZERS[model.library.value, model.optimizer.name]


def _optimizer(model: ir.DefinedModel, drops: bool, diagnostics: Diagnostics) -> ir.Optimizer:
    """The optimizer, without what seqgra drops if it is to be dropped."""
    optimizer = model.optimizer
    does = "so does the script" if drops else "the script applies it"
    for name in _library(model).dropped:
        clip: Value[Any] = getattr(optimizer, name)
        if clip.value is None:
            continue
        message = f"{_UPSTREAM} ignores {name} for {model.library.value}; {does}"
        diagnostics.note("SG701", clip.span or optimizer.span, message)
        if drops:
            dropped: dict[str, Any] = {name: _dropped(clip, None)}
            optimizer = replace(optimizer, **dropped)
    for name, instead in _optimizer_row(model).replaced.items():
        given = optimizer.arguments[name]
        if given.value == instead:
            continue
        does = "so does the script" if drops else f"the script uses {given.value}"
        message = f"{_UPSTREAM} reads {name}={given.value} and trains with {instead}; {does}"
        diagnostics.note("SG702", given.span or optimizer.span, message)
        if drops:
            arguments = {**optimizer.arguments, name: _dropped(given, instead)}
            optimizer = replace(optimizer, arguments=arguments)
    return optimizer


def _dropped(value: Value[Any], instead: object) -> Value[Any]:
    note = f"{value.value} is dropped by {_UPSTREAM}"
    return replace(value, value=instead, note=note)


def _check_known(model: ir.DefinedModel, diagnostics: Diagnostics) -> None:
    """Refuse what seqgra could not have trained, as there is nothing to imitate."""
    library, space = model.library, model.sequence_space
    if not SEQUENCE_SPACES[space.value].known:
        _unknown(f"sequence space {space.value}", space.span, diagnostics)
    if isinstance(model.architecture, ir.Sequential):
        if not _library(model).embedded:
            what = f"embedded architectures for {library.value}"
            _unknown(what, model.architecture.span, diagnostics)
        else:
            for operation in model.architecture.operations:
                if not OPERATIONS[operation.name].known:
                    _unknown(f"operation {operation.name}", operation.span, diagnostics)
    if not _optimizer_row(model).known:
        _unknown(f"{model.optimizer.name} that works", model.optimizer.span, diagnostics)


def _unknown(what: str, span: Span, diagnostics: Diagnostics) -> None:
    diagnostics.error(
        "SG705",
        span,
        f"{_UPSTREAM} has no {what}: there is nothing to imitate",
        "compile with --semantics intended",
    )


def _check_equality(model: ir.DefinedModel, diagnostics: Diagnostics) -> None:
    """Warn about what a library draws or computes differently from the version that seqgra used."""
    masks = _library(model).other_masks
    if masks and isinstance(model.architecture, ir.Sequential):
        for operation in model.architecture.operations:
            if OPERATIONS[operation.name].is_noisy(operation.arguments):
                _warn(operation.name, operation.span, masks, diagnostics)
    otherwise = _optimizer_row(model).otherwise
    if otherwise:
        _warn(model.optimizer.name, model.optimizer.span, otherwise, diagnostics)


def _warn(name: str, span: Span, reason: str, diagnostics: Diagnostics) -> None:
    diagnostics.warning(
        "SG706",
        span,
        f"with {name} the weights cannot be those of {_UPSTREAM}: {reason}",
        "the order of the batches is the same",
    )


def _architecture(model: ir.DefinedModel) -> ir.Sequential | ir.Module:
    """Give a seed to each recurrent layer without masks.

    The layer does not use it, but without it Keras 3 draws a seed and Keras 2 does not, so all
    later weights would start differently.
    """
    architecture = model.architecture
    if not isinstance(architecture, ir.Sequential) or not _library(model).embedded:
        return architecture
    operations = tuple(
        (
            replace(operation, seed=0)
            if "recurrent_dropout" in operation.arguments
            and not OPERATIONS[operation.name].is_noisy(operation.arguments)
            else operation
        )
        for operation in architecture.operations
    )
    return replace(architecture, operations=operations)


def _note_habits(model: ir.DefinedModel, diagnostics: Diagnostics) -> None:
    """Note what a script does because seqgra does it, and what it still does differently."""
    training = model.training
    streams, shuffles = SEMANTICS[model.semantics].streams, training.shuffle.value
    library = _library(model)
    several = model.task.value == MULTI_LABEL
    notes = (
        (
            model.sequence_space.value == "DNA",
            "SG708",
            model.sequence_space.span,
            f"as in {_UPSTREAM}, any letter other than A, C, G, T counts as N",
        ),
        (
            library.keeps_nan,
            "SG709",
            training.epochs.span,
            f"as in {_UPSTREAM}, a validation loss that is not a number in the first epoch stays "
            "the best",
        ),
        (
            library.loses_examples and streams,
            "SG710",
            training.shuffle.span,
            f"as in {_UPSTREAM}, examples come in chunks of 10,000, and every 10,001st is lost",
        ),
        (
            library.shuffles_buffer and shuffles,
            "SG711",
            training.shuffle.span,
            f"as in {_UPSTREAM}, a buffer of 10,000 examples is shuffled",
        ),
        (
            library.counts_on and streams,
            "SG712",
            model.optimizer.span,
            f"as in {_UPSTREAM}, the optimizer counts one step too many after the first epoch",
        ),
        (
            library.first_label_only and several,
            "SG713",
            model.task.span,
            f"the accuracy of {_UPSTREAM} compares the highest score with the first true label; "
            "the script's accuracy is the share of examples with all labels right",
        ),
        (
            LOSSES[model.loss.name].scores(model.loss.arguments) is Scores.LOG_PROBABILITIES,
            "SG714",
            model.loss.span,
            f"{_UPSTREAM} predicts log-probabilities; the script writes probabilities",
        ),
    )
    for applies, code, span, message in notes:
        if applies:
            diagnostics.note(code, span, message)


def _check_labels(model: ir.DefinedModel, diagnostics: Diagnostics) -> None:
    missing = sorted(set(model.labels.value) & MISSING_WORDS)
    if missing:
        diagnostics.note(
            "SG707",
            model.labels.span,
            f"{_UPSTREAM} reads the label '{missing[0]}' as a missing value when its data are in "
            "memory; the script reads it as a label",
            "rename it if both should agree",
        )
