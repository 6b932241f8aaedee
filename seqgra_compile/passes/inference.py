"""The pass that finds shapes and weights of an architecture written out. Reports SG3."""

from __future__ import annotations

from collections.abc import Mapping

from .. import ir
from ..catalog.initializers import INITIALIZERS
from ..catalog.operations import OPERATIONS
from ..catalog.operations.row import ShapeError
from ..catalog.sequences import SEQUENCE_SPACES
from ..ir import Shape
from ..messages.diagnostics import Diagnostics, quoted


def infer(model: ir.DefinedModel, diagnostics: Diagnostics) -> ir.Model | None:
    """The model with shapes and weights, or None if an operation cannot take its input."""
    architecture: ir.Sequential | ir.Module | None = model.architecture
    if isinstance(architecture, ir.Sequential):
        shape = _input_shape(model, architecture, diagnostics)
        architecture = _network(architecture, shape, diagnostics) if shape else None
    return ir.Model(**vars(model) | {"architecture": architecture}) if architecture else None


def _network(
    architecture: ir.Sequential, shape: Shape, diagnostics: Diagnostics
) -> ir.Network | None:
    """The architecture for an input of this shape."""
    done = []
    for operation in architecture.operations:
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
        layer = ir.Layer(
            **vars(operation),
            input_shape=shape,
            output_shape=result,
            weights=weights,
            stored=_named(operation.saved.weights, weights) if operation.saved else {},
        )
        if architecture.file and architecture.file.weights:
            _check_stored(layer, diagnostics)
        done.append(layer)
        shape = result
    return ir.Network(tuple(done), architecture.span, architecture.file)


def _input_shape(
    model: ir.DefinedModel, architecture: ir.Sequential, diagnostics: Diagnostics
) -> Shape | None:
    """The shape of one example, checked against the alphabet and the input encoding."""
    first = architecture.operations[0]
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
    shape: Shape = given.value
    if len(shape) != (3 if two else 2) or shape[-1] != channels or (two and shape[0] != 1):
        file = architecture.file
        taken = f"{quoted(file.name)} takes examples of the shape {shape}, and " if file else ""
        diagnostics.error(
            "SG302",
            given.span or first.span,
            f"{taken}one {space.name} example in {model.input_encoding.value} encoding has the "
            f"shape {form}" + ("" if file else f", not {shape}"),
            f"{space.name} has {channels} channels: {', '.join(space.alphabet)}",
        )
        return None
    return shape


def _within(operation: ir.Operation) -> str:
    """Which layer of a Keras file is meant, since its place in the definition does not show it."""
    return f"layer {quoted(operation.saved.name)} of the file: " if operation.saved else ""


def _named(
    saved: Mapping[str | int, ir.StoredWeight], weights: tuple[ir.Weight, ...]
) -> dict[str, ir.StoredWeight]:
    """The weights in a file by their names, if the file numbers them."""
    return {
        weights[key].name if isinstance(key, int) and key < len(weights) else str(key): weight
        for key, weight in saved.items()
    }


def _check_stored(operation: ir.Layer, diagnostics: Diagnostics) -> None:
    """Whether a file holds the operation's weights and no others."""
    needed = {weight.name: weight.shape for weight in operation.weights}
    stored = {name: weight.shape for name, weight in operation.stored.items()}
    if needed != stored:
        diagnostics.error(
            "SG616",
            operation.span,
            f"{_within(operation)}{operation.name} has the weights {_shapes(needed)}, and the file "
            f"holds {_shapes(stored)}",
            "save the model again",
        )


def _shapes(weights: dict[str, Shape]) -> str:
    return ", ".join(f"{name} {shape}" for name, shape in weights.items())[:200] or "none"


def _agrees(operation: ir.Operation, shape: Shape, diagnostics: Diagnostics) -> bool:
    """Whether an `input_shape` of a later operation agrees with the known shape."""
    given = operation.arguments["input_shape"]
    if given.value in (None, shape):
        return True
    diagnostics.error(
        "SG304",
        given.span or operation.span,
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
        if value is None:
            continue
        row = INITIALIZERS[value.value.name]
        if len(weight.shape) not in row.ranks:
            diagnostics.error(
                "SG307",
                value.span or operation.span,
                f"{row.name} fills {row.fills} only, and the {weight.role} of this "
                f"{operation.name} has the shape {weight.shape}",
                "choose another initializer",
            )
            return False
    return True
