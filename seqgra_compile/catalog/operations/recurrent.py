"""Recurrent layers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ... import ir
from ...ir import Arguments, Shape, Weight
from ...pycode import call
from ..libraries import PYTORCH, TENSORFLOW
from ..parameters import Boolean, Choice, Integer, Parameter, Real
from .kerasfaults import check_recurrent
from .layers import Draw, KerasLayer
from .recurrent_torch import directions, recurrent_torch
from .row import (
    USE_BIAS,
    KerasCell,
    OperationRow,
    Sees,
    activation_parameter,
    initializer_parameter,
    keras_arguments,
    keras_seeds,
    regularizer_parameter,
    require_rank,
)

_UNITS = (
    Parameter("units", Integer(1), about="size of the state"),
    activation_parameter("tanh", to="new values of the state"),
)
_RECURRENT_ACTIVATION = activation_parameter("sigmoid", "recurrent_activation", "the gates")
_WEIGHTS = (
    USE_BIAS,
    initializer_parameter("kernel", "GlorotUniform"),
    initializer_parameter("recurrent", "Orthogonal"),
    initializer_parameter("bias", "Zeros"),
)
_FORGET = Parameter("unit_forget_bias", Boolean(), True, "the forget gate's bias starts at 1")
_RESET_AFTER = Parameter(
    "reset_after", Boolean(), True, "the reset gate acts after the recurrent product"
)
_FRACTION = Real(minimum=0, maximum=1)
_RUNNING = (
    regularizer_parameter("kernel"),
    regularizer_parameter("recurrent"),
    regularizer_parameter("bias"),
    regularizer_parameter("activity"),
    Parameter("dropout", _FRACTION, 0.0, "dropout of the input, one mask for all positions"),
    Parameter(
        "recurrent_dropout", _FRACTION, 0.0, "dropout of the state, one mask for all positions"
    ),
    Parameter(
        "return_sequences", Boolean(), False, "the state at each position, not only the last one"
    ),
    Parameter(
        "return_state",
        Boolean(),
        False,
        "also return the state",
        refused=(
            (True, "a sequential model passes on one tensor, and the state would be a second"),
        ),
    ),
    Parameter("go_backwards", Boolean(), False, "read the sequence from its end"),
    Parameter(
        "stateful",
        Boolean(),
        False,
        "keep the state from batch to batch",
        refused=((True, "the state would leak from one example into an unrelated one"),),
    ),
    Parameter("unroll", Boolean(), False, "how the loop is run; the result is the same"),
)
_IMPLEMENTATION = Parameter(
    "implementation",
    Integer(1, 2),
    2,
    "1: dropout draws a mask for each gate, as recurrent_dropout always does; 2: one for all",
)
_AROUND = (
    Parameter(
        "time_major",
        Boolean(),
        False,
        "time on the first axis",
        passed=False,
        refused=((True, "Keras 3 has no time-major layers"),),
    ),
    Parameter("bidirectional", Boolean(), False, "read the sequence both ways", passed=False),
    Parameter(
        "merge_mode",
        Choice(("concat", "sum", "mul", "ave")),
        "concat",
        "how the two directions are joined",
        passed=False,
    ),
)


@dataclass(frozen=True)
class _Cell:
    """How a kind of recurrent layer differs; `bias` is the shape of the bias.

    `known`: seqgra 0.0.4 has it.
    """

    name: str
    about: str
    gates: int
    parameters: tuple[Parameter, ...]
    bias: Callable[[Arguments], Shape]
    known: bool = False


def _shape(cell: _Cell) -> Callable[[Arguments, Shape], Shape]:
    def infer(arguments: Arguments, shape: Shape) -> Shape:
        require_rank(cell.name, shape, 2, "(length, channels)")
        check_recurrent(cell.name, arguments)
        units = arguments["units"].value
        if arguments["bidirectional"].value and arguments["merge_mode"].value == "concat":
            units *= 2
        return (shape[0], units) if arguments["return_sequences"].value else (units,)

    return infer


def _weights(cell: _Cell) -> Callable[[Arguments, Shape], tuple[Weight, ...]]:
    def weights(arguments: Arguments, shape: Shape) -> tuple[Weight, ...]:
        units, found = arguments["units"].value, []
        for direction in directions(arguments):
            kernel, recurrent = (shape[-1], cell.gates * units), (units, cell.gates * units)
            found.append(Weight(f"{direction}kernel", kernel, "kernel"))
            found.append(Weight(f"{direction}recurrent_kernel", recurrent, "recurrent"))
            if arguments["use_bias"].value:
                found.append(Weight(f"{direction}bias", cell.bias(arguments), "bias"))
        return tuple(found)

    return weights


def _keras(cell: _Cell) -> KerasCell:
    def lower(operation: ir.Layer, channels_first: bool) -> KerasLayer:
        arguments: dict[str, object] = {**keras_arguments(cell.parameters, operation)}
        arguments |= {"seed": operation.seed, "trainable": operation["trainable"]}
        if cell.gates > 1:
            arguments["use_cudnn"] = "auto"
        layer = f"keras.layers.{cell.name}"
        seeds = keras_seeds(operation)
        rates = (operation["dropout"], operation["recurrent_dropout"])
        draws = tuple(Draw("mask", operation.input_shape) for rate in rates if rate)
        if not operation["bidirectional"]:
            text = call(layer, **arguments, name=operation.identifier)
            return KerasLayer(text, seeds, trainable=True, draws=draws)
        text = call(
            "keras.layers.Bidirectional",
            call(layer, **arguments),
            merge_mode=operation["merge_mode"],
            name=operation.identifier,
        )
        # It creates each initializer once per direction.
        return KerasLayer(text, 2 * seeds, trainable=True, draws=2 * draws)

    return lower


def _row(cell: _Cell) -> OperationRow:
    return OperationRow(
        cell.name,
        cell.about,
        (*cell.parameters, *_AROUND),
        _shape(cell),
        {PYTORCH: recurrent_torch(cell.name), TENSORFLOW: _keras(cell)},
        _weights(cell),
        noise=("dropout", "recurrent_dropout"),
        known=cell.known,
        sees=Sees.ALL,
    )


def _gru_bias(arguments: Arguments) -> Shape:
    size = 3 * arguments["units"].value
    return (2, size) if arguments["reset_after"].value else (size,)


_CELLS = (
    _Cell(
        "LSTM",
        "long short-term memory",
        4,
        (*_UNITS, _RECURRENT_ACTIVATION, *_WEIGHTS, _FORGET, *_RUNNING, _IMPLEMENTATION),
        lambda arguments: (4 * arguments["units"].value,),
        known=True,
    ),
    _Cell(
        "GRU",
        "gated recurrent unit",
        3,
        (*_UNITS, _RECURRENT_ACTIVATION, *_WEIGHTS, _RESET_AFTER, *_RUNNING, _IMPLEMENTATION),
        _gru_bias,
    ),
    _Cell(
        "SimpleRNN",
        "recurrent layer without gates",
        1,
        # Keras 3.15 accepts an activity regularizer here but ignores it, so there is none.
        tuple(
            parameter
            for parameter in (*_UNITS, *_WEIGHTS, *_RUNNING)
            if parameter.name != "activity_regularizer"
        ),
        lambda arguments: (arguments["units"].value,),
    ),
)
ROWS = tuple(_row(cell) for cell in _CELLS)
