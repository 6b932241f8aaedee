"""What a model was compiled with: its loss and optimizer, as the sections of a definition would
give them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ... import ir
from ...catalog import losses, optimizers
from ...catalog.optimizers.row import CLIPPING, OptimizerRow
from ...catalog.parameters import Parameter
from ...messages.diagnostics import Diagnostics, quoted
from ...reading.values import HYPERPARAMETER, NO_CLIP, Owner, read_arguments
from ...source import Span, Text
from .contents import Config, RefusedFileError, Training
from .decompile import PATH
from .values import ANYTHING, definition_text, is_float32

_LOSS = {
    "name": ANYTHING,
    "fn": ANYTHING,
    "reduction": ("auto", "sum_over_batch_size"),
    "axis": (-1,),
    "from_logits": (False,),
    "ignore_class": (None,),
}
_OPTIMIZER = {
    "name": ANYTHING,
    # Ways of computing the same.
    "jit_compile": ANYTHING,
    "is_legacy_optimizer": ANYTHING,
    "weight_decay": (None, 0.0, False),
    "decay": (0.0,),
    "global_clipnorm": (None,),
    "use_ema": (False,),
    "ema_momentum": ANYTHING,
    "ema_overwrite_frequency": ANYTHING,
    "loss_scale_factor": (None,),
    "gradient_accumulation_steps": (None,),
}
# Newer than Keras 2.2: if they are absent, the defaults apply.
_YOUNG = ("beta", "clipnorm", "clipvalue", "l2_shrinkage_regularization_strength")
# If a definition gives no value, seqgra uses 0.001.
_RATE_OF_SGD = 0.01
_WAY_OUT = (
    "save it without: keras.models.load_model(path, compile=False).save(path); the definition's "
    "own sections then apply"
)


def loss_and_optimizer(
    training: Training, library: str, span: Span, diagnostics: Diagnostics
) -> tuple[ir.Loss, ir.Optimizer]:
    """The loss and the optimizer, every value with its path in the file. Raises `RefusedFileError`."""
    if _single(training.loss_weights) not in (None, 1.0):
        raise _refused("its loss is weighted")
    loss = _loss(training, library, span, diagnostics)
    return loss, _optimizer(training, library, span, diagnostics)


def _refused(problem: str) -> RefusedFileError:
    return RefusedFileError("SG617", problem, _WAY_OUT)


def _single(loss: object) -> object:
    """The loss, or the loss's weight, of the only output."""
    if isinstance(loss, dict) and "class_name" not in loss:
        loss = list(loss.values())
    if isinstance(loss, list) and len(loss) == 1:
        return loss[0]
    return loss


def _loss(training: Training, library: str, span: Span, diagnostics: Diagnostics) -> ir.Loss:
    found = _single(training.loss)
    name: object = found
    config: object = {}
    if isinstance(found, dict):
        name, config = found.get("class_name"), found.get("config")
        if name == "function" and isinstance(config, str):  # keras.losses.binary_crossentropy
            name, config = config, {}
    row = losses.find(name) if isinstance(name, str) else None
    if row is None or row.library != library or not isinstance(config, dict):
        what = f"{quoted(name)}, which" if isinstance(name, str) else "of a kind that"
        raise _refused(f"its loss is {what} no definition can name")
    path = training.loss_path
    arguments = _arguments(row.name, row.parameters, config, _LOSS, path, span, diagnostics)
    return ir.Loss(row.name, arguments, span, f"{PATH}{path}", ir.FILE)


def _optimizer(
    training: Training, library: str, span: Span, diagnostics: Diagnostics
) -> ir.Optimizer:
    found, path = training.optimizer, training.optimizer_path
    by_name, name = isinstance(found, str), ""
    config: Config = {}
    if isinstance(found, str):
        name = found
    elif isinstance(found, dict) and isinstance(found.get("config"), dict):
        name, config = str(found.get("class_name")), found["config"]
    row = optimizers.find(library, name.removeprefix("Custom>"))
    if row is None:
        raise _refused(f"its optimizer is {quoted(name) if name else 'not in it'}")
    parameters = _defaults(row) if by_name else row.parameters
    if not by_name:
        _check_complete(row, config)
    known = (*parameters, *CLIPPING)
    arguments = _arguments(row.name, known, config, _OPTIMIZER, path, span, diagnostics)
    clipnorm, clipvalue = (arguments.pop(clip.name, NO_CLIP) for clip in CLIPPING)
    place = f"{PATH}{path}" + ("" if by_name else "/class_name")
    return ir.Optimizer(row.name, arguments, span, clipnorm, clipvalue, place, ir.FILE)


def _defaults(row: OptimizerRow) -> tuple[Parameter, ...]:
    """The parameters with Keras's own defaults, which apply to compile("sgd", ...)."""
    return tuple(
        replace(parameter, default=_RATE_OF_SGD)
        if (row.name, parameter.name) == ("SGD", "learning_rate")
        else parameter
        for parameter in row.parameters
    )


def _check_complete(row: OptimizerRow, config: Config) -> None:
    if isinstance(config.get("learning_rate"), dict):
        raise _refused("its learning rate follows a schedule")
    for parameter in row.parameters:
        if parameter.name not in config and parameter.name not in _YOUNG:
            raise _refused(f"its optimizer {row.name} has no {quoted(parameter.name)}")


def _arguments(
    name: str,
    parameters: tuple[Parameter, ...],
    config: Config,
    harmless: dict[str, Any],
    path: str,
    span: Span,
    diagnostics: Diagnostics,
) -> ir.Arguments:
    known = {parameter.name: parameter for parameter in parameters}
    given = {}
    for key, value in config.items():
        if key in known:
            if value is not None or known[key].default is not None:
                given[key] = (span, Text(definition_text(value), span))
        elif not _is_harmless(key, value, harmless):
            raise _refused(f"its {name} has {quoted(key)} set to {quoted(str(value))}")
    owner = Owner(f"{name} of the file", span, f"{PATH}{path}/", HYPERPARAMETER, ir.FILE)
    return read_arguments(parameters, given, owner, diagnostics)


def _is_harmless(key: str, value: object, harmless: dict[str, Any]) -> bool:
    if key == "dtype":
        return is_float32(value)
    allowed = harmless.get(key, ())
    return allowed is ANYTHING or value in allowed
