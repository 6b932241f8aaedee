"""The pass for `--library`: the same model for the other library. Reports SG5."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .. import ir
from ..catalog.counterparts import Counterpart
from ..catalog.libraries import LIBRARIES
from ..catalog.losses import LOSSES, Scores
from ..catalog.operations import OPERATIONS
from ..catalog.optimizers import OPTIMIZERS
from ..ir import LIBRARY_DEFAULT, Arguments, Value
from ..messages.diagnostics import Diagnostics
from ..source import Span


def retarget(
    model: ir.DefinedModel, library: str, diagnostics: Diagnostics
) -> ir.DefinedModel | None:
    """The model for `library`; its settings keep their origins."""
    if library == model.library.value:
        return model
    if isinstance(model.architecture, ir.Module):
        refuse(model, library, diagnostics)
        return None
    optimizer = counterpart_optimizer(model, library, diagnostics)
    found = counterpart_loss(model, library, diagnostics)
    if diagnostics.failed or not (optimizer and found):
        return None
    loss, architecture = found
    return replace(
        model,
        library=replace(
            model.library, value=library, note=f"{model.library.value} in the definition"
        ),
        loss=loss,
        optimizer=optimizer,
        architecture=architecture,
    )


def refuse(model: ir.General, library: str, diagnostics: Diagnostics) -> None:
    """Report that a model whose architecture is a file has no form for `library`."""
    diagnostics.error(
        "SG501",
        model.library.span,
        f"an external {LIBRARIES[model.library.value].external} cannot be compiled for {library}",
        "only an architecture of known operations can",
    )


def counterpart_optimizer(
    model: ir.DefinedModel, library: str, diagnostics: Diagnostics
) -> ir.Optimizer | None:
    """The model's optimizer in `library`; valid only if no error is reported."""
    optimizer = model.optimizer
    found = OPTIMIZERS[model.library.value, optimizer.name].counterparts.get(library)
    if found is None:
        having = [
            row.name
            for row in OPTIMIZERS.values()
            if row.library == model.library.value and library in row.counterparts
        ]
        _missing(optimizer.name, optimizer.span, library, having, diagnostics)
        return None
    nesterov = optimizer.arguments.get("nesterov")
    if nesterov and nesterov.value and not optimizer.arguments["momentum"].value:
        diagnostics.error(
            "SG501",
            nesterov.span or optimizer.span,
            "Nesterov momentum without momentum: Keras ignores it, PyTorch refuses it",
            "delete it",
        )
    row = OPTIMIZERS[library, found.name]
    defaults = {parameter.name: parameter.default for parameter in row.parameters}
    arguments = _arguments(
        found, optimizer.arguments, defaults, "optimizer", optimizer.span, library, diagnostics
    )
    return replace(
        optimizer,
        name=found.name,
        arguments=_of(row.defaults, arguments),
        other_epsilon=found.other_epsilon is not optimizer.other_epsilon,
    )


def _of(origin: str, arguments: Arguments) -> Arguments:
    """What the definition does not say gets the origin of the counterpart's defaults."""
    return {
        name: replace(value, origin=origin) if value.is_default else value
        for name, value in arguments.items()
    }


def counterpart_loss(
    model: ir.DefinedModel, library: str, diagnostics: Diagnostics
) -> tuple[ir.Loss, ir.Sequential] | None:
    """The model's loss in `library`, with the architecture that it needs; valid only if no error is
    reported.
    """
    architecture = model.architecture
    if isinstance(architecture, ir.Module):
        refuse(model, library, diagnostics)
        return None
    loss = _loss(model, library, diagnostics)
    architecture = on_logits(architecture, model.loss, diagnostics)
    return None if loss is None else (loss, architecture)


def _loss(model: ir.DefinedModel, library: str, diagnostics: Diagnostics) -> ir.Loss | None:
    loss = model.loss
    found = LOSSES[loss.name].counterparts.get(library)
    if found is None:
        having = [
            row.name
            for row in LOSSES.values()
            if library in row.counterparts and model.task.value in row.tasks
        ]
        _missing(loss.name, loss.span, library, having, diagnostics)
        return None
    defaults = {parameter.name: parameter.default for parameter in LOSSES[found.name].parameters}
    arguments = _arguments(found, loss.arguments, defaults, "loss", loss.span, library, diagnostics)
    return replace(loss, name=found.name, arguments=arguments)


def _missing(
    name: str, span: Span, library: str, having: list[str], diagnostics: Diagnostics
) -> None:
    diagnostics.error(
        "SG501",
        span,
        f"{name} has no exact counterpart in {library}",
        f"choose one that has: {', '.join(having)}; or compile for the definition's own library",
    )


def _arguments(
    found: Counterpart,
    given: Arguments,
    defaults: dict[str, object],
    section: str,
    span: Span,
    library: str,
    diagnostics: Diagnostics,
) -> Arguments:
    """The counterpart's arguments, in its own order."""
    for name, value in found.only.items():
        if given[name].value != value:
            diagnostics.error(
                "SG501",
                given[name].span or span,
                f"{name}={given[name].value} has no exact counterpart in {library}",
                f"only {name}={value} has one",
            )
    arguments: Arguments = {}
    for name, default in defaults.items():
        if name in found.arguments:
            arguments[name] = _joined([given[source] for source in found.arguments[name]])
        elif name in found.parts:
            source, number = found.parts[name]
            whole = given[source]
            path = f"{whole.path}[{number + 1}]"
            arguments[name] = replace(whole, value=whole.value[number], path=path)
        else:
            value = found.fixed.get(name, default)
            arguments[name] = Value(value, f"{section}/{name}", None, LIBRARY_DEFAULT)
    return arguments


def _joined(values: list[Value[Any]]) -> Value[Any]:
    """One value, or a tuple of several, which is a default only if all of them are."""
    if len(values) == 1:
        return values[0]
    said = next((value for value in values if value.span), values[0])
    path = ", ".join(value.path for value in values)
    return replace(said, value=tuple(value.value for value in values), path=path)


def on_logits(
    architecture: ir.Sequential, loss: ir.Loss, diagnostics: Diagnostics
) -> ir.Sequential:
    """Both libraries compute these losses from logits: the last activation moves into the loss.

    Valid only if no error is reported.
    """
    row = LOSSES[loss.name]
    scores = row.scores(loss.arguments)
    last = architecture.operations[-1]
    if scores in (Scores.LOGITS, Scores.VALUES):
        return architecture
    activation = last.arguments.get("activation")
    if activation is None or activation.value != row.activation:
        applied = OPERATIONS[last.name].activation(last.arguments)
        diagnostics.error(
            "SG501",
            (activation and activation.span) or last.span,
            f"{row.name} on {applied or 'linear'} values has no exact counterpart",
            f'write activation="{row.activation}" on the last operation',
        )
        return architecture
    penalty = last.arguments.get("activity_regularizer")
    if penalty is not None and penalty.value:
        diagnostics.error(
            "SG501",
            penalty.span or last.span,
            f"a penalty on the results of {row.activation} has no exact counterpart",
            f"delete it: the other library's loss applies {row.activation} itself",
        )
        return architecture
    linear = {**last.arguments, "activation": replace(activation, value="linear")}
    last = replace(last, arguments=linear)
    return replace(architecture, operations=(*architecture.operations[:-1], last))
