"""Stage 4: shapes and weights of an embedded architecture. Reports SG3."""

from __future__ import annotations

from dataclasses import replace

from .. import ir
from ..catalog.initializers import INITIALIZERS
from ..catalog.operations import OPERATIONS
from ..catalog.operations.row import ShapeError
from ..catalog.sequences import SEQUENCE_SPACES
from ..ir import Shape
from ..messages.diagnostics import Diagnostics, quoted


def infer(model: ir.Model, diagnostics: Diagnostics) -> ir.Model | None:
    """The model with shapes and weights, or None if an operation cannot take its input."""
    if not isinstance(model.architecture, ir.Sequential):
        return model
    shape = _input_shape(model, diagnostics)
    if shape is None:
        return None
    done = []
    for operation in model.architecture.operations:
        row = OPERATIONS[operation.name]
        if not _agrees(operation, shape, diagnostics):
            return None
        try:
            result = row.infer(operation.arguments, shape)
        except ShapeError as error:
            at = operation.arguments[error.parameter].span if error.parameter else None
            diagnostics.error(
                error.code, at or operation.span, _within(operation) + str(error), error.help
            )
            return None
        weights = row.weights(operation.arguments, shape)
        if not _can_start(operation, weights, diagnostics):
            return None
        if model.architecture.file and model.architecture.file.weights:
            operation = replace(operation, stored=_named(operation.stored, weights))
            _check_stored(operation, weights, diagnostics)
        done.append(replace(operation, input_shape=shape, output_shape=result, weights=weights))
        shape = result
    architecture = replace(model.architecture, operations=tuple(done))
    return replace(model, architecture=architecture)


def _input_shape(model: ir.Model, diagnostics: Diagnostics) -> Shape | None:
    """The shape of one example, checked against the alphabet and the input encoding."""
    first = model.architecture.operations[0]
    space = SEQUENCE_SPACES[model.sequence_space.value]
    channels = len(space.alphabet)
    two = model.input_encoding.value == "2D"
    form = f"(1, length, {channels})" if two else f"(length, {channels})"
    given = first.arguments["input_shape"]
    if given.value is None:
        diagnostics.error(
            "SG301",
            first.span,
            "the first operation needs the parameter 'input_shape'",
            f'write input_shape="{form}" with the length of your sequences',
        )
        return None
    shape = given.value
    if len(shape) != (3 if two else 2) or shape[-1] != channels or (two and shape[0] != 1):
        file = model.architecture.file
        taken = f"{quoted(file.name)} takes examples of the shape {shape}, and " if file else ""
        diagnostics.error(
            "SG302",
            given.span,
            f"{taken}one {space.name} example in {model.input_encoding.value} encoding has the "
            f"shape {form}" + ("" if file else f", not {shape}"),
            f"{space.name} has {channels} channels: {', '.join(space.alphabet)}",
        )
        return None
    return shape


def _within(operation: ir.Operation) -> str:
    """Which layer of a Keras file is meant: its place in the definition does not tell."""
    return "" if operation.layer is None else f"layer {quoted(operation.layer)} of the file: "


def _named(
    stored: dict[str | int, ir.StoredWeight], weights: tuple[ir.Weight, ...]
) -> dict[str | int, ir.StoredWeight]:
    """The weights in a file by their names, where the file has numbers."""
    return {
        weights[key].name if isinstance(key, int) and key < len(weights) else key: weight
        for key, weight in stored.items()
    }


def _check_stored(
    operation: ir.Operation, weights: tuple[ir.Weight, ...], diagnostics: Diagnostics
) -> None:
    """Whether a file holds the operation's weights and no others."""
    needed = {weight.name: weight.shape for weight in weights}
    stored = {name: weight.shape for name, weight in operation.stored.items()}
    if needed != stored:
        diagnostics.error(
            "SG616",
            operation.span,
            f"{_within(operation)}{operation.name} has the weights {_shapes(needed)}, and the file "
            f"holds {_shapes(stored)}",
            "save the model anew",
        )


def _shapes(weights: dict[str, Shape]) -> str:
    return ", ".join(f"{name} {shape}" for name, shape in weights.items())[:200] or "none"


def _agrees(operation: ir.Operation, shape: Shape, diagnostics: Diagnostics) -> bool:
    """Whether an `input_shape` further down says what is known already."""
    given = operation.arguments["input_shape"]
    if given.value in (None, shape):
        return True
    diagnostics.error(
        "SG304",
        given.span,
        f"the input of this operation has the shape {shape}, not {given.value}",
        "delete it: only the first operation needs an input_shape",
    )
    return False


def _can_start(
    operation: ir.Operation, weights: tuple[ir.Weight, ...], diagnostics: Diagnostics
) -> bool:
    """Whether each weight has the rank that its initializer can fill."""
    for weight in weights:
        value = operation.arguments.get(f"{weight.role}_initializer")
        row = INITIALIZERS[value.value.name] if value else None
        if row and len(weight.shape) not in row.ranks:
            diagnostics.error(
                "SG307",
                value.span or operation.span,
                f"{row.name} fills {row.fills} only, and the {weight.role} of this "
                f"{operation.name} has the shape {weight.shape}",
                "choose another initializer",
            )
            return False
    return True
