"""Recurrent layers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ... import ir
from ...ir import Arguments, Shape, Weight
from ...pycode import Code, call, prefixed
from ..activations import torch_activation
from ..parameters import Boolean, Choice, Integer, Parameter, Real
from .kerasfaults import check_recurrent
from .row import (
    USE_BIAS,
    Operation,
    TorchLayer,
    TorchWeight,
    activation_parameter,
    initializer_parameter,
    keras_arguments,
    regularizer_parameter,
    require_rank,
)

_UNITS = (Parameter("units", Integer(1), about="size of the state"), activation_parameter("tanh"))
_RECURRENT_ACTIVATION = activation_parameter("sigmoid", "recurrent_activation")
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
    Parameter("return_sequences", Boolean(), False, "the state at each position, not the last one"),
    Parameter(
        "return_state",
        Boolean(),
        False,
        "also return the state",
        refused=(
            (True, "a sequential model hands on one tensor, and the state would be a second"),
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
_MERGED = {
    "concat": Code("x = torch.cat((forward, backward), dim=-1)"),
    "sum": Code("x = forward + backward"),
    "mul": Code("x = forward * backward"),
    "ave": Code("x = (forward + backward) / 2"),
}
_SUFFIXES = {"": "", "forward_": "_forward", "backward_": "_backward"}


@dataclass(frozen=True)
class _Cell:
    """What sets one kind of recurrent layer apart.

    `plain` gives PyTorch's own layer, without the arguments that all share, or None where it cannot
    compute the operation; `state` picks the last hidden states out of what it returns; `bias` is
    the shape of the bias.
    """

    name: str
    about: str
    gates: int
    parameters: tuple[Parameter, ...]
    plain: Callable[[ir.Operation], tuple[str, dict[str, object]] | None]
    state: str
    bias: Callable[[Arguments], Shape]
    fragments: Callable[[ir.Operation], tuple[str, ...]]


def _undisturbed(operation: ir.Operation) -> bool:
    return not operation["dropout"] and not operation["recurrent_dropout"]


def _usual(operation: ir.Operation) -> bool:
    """Whether gates and dropout are those that the layer is known for."""
    usual = operation["activation"] == "tanh" and operation["recurrent_activation"] == "sigmoid"
    return usual and _undisturbed(operation)


def _plain_lstm(operation: ir.Operation) -> tuple[str, dict[str, object]] | None:
    return ("nn.LSTM", {}) if _usual(operation) else None


def _plain_rnn(operation: ir.Operation) -> tuple[str, dict[str, object]] | None:
    usual = operation["activation"] in ("tanh", "relu")
    if not (usual and _undisturbed(operation)):
        return None
    return "nn.RNN", {"nonlinearity": operation["activation"]}


def _directions(arguments: Arguments) -> tuple[str, ...]:
    return ("forward_", "backward_") if arguments["bidirectional"].value else ("",)


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
        for direction in _directions(arguments):
            kernel, recurrent = (shape[-1], cell.gates * units), (units, cell.gates * units)
            found.append(Weight(f"{direction}kernel", kernel, "kernel"))
            found.append(Weight(f"{direction}recurrent_kernel", recurrent, "recurrent"))
            if arguments["use_bias"].value:
                found.append(Weight(f"{direction}bias", cell.bias(arguments), "bias"))
        return tuple(found)

    return weights


def _keras(cell: _Cell) -> Callable[[ir.Operation], Code]:
    def lower(operation: ir.Operation) -> Code:
        arguments: dict[str, object] = keras_arguments(cell.parameters, operation)
        arguments |= {"seed": operation.seed, "trainable": operation["trainable"]}
        if cell.gates > 1:
            arguments["use_cudnn"] = "auto"
        layer = f"keras.layers.{cell.name}"
        if not operation["bidirectional"]:
            return call(layer, **arguments, name=operation.identifier)
        return call(
            "keras.layers.Bidirectional",
            call(layer, **arguments),
            merge_mode=operation["merge_mode"],
            name=operation.identifier,
        )

    return lower


def _torch(cell: _Cell) -> Callable[[ir.Operation, bool], TorchLayer]:
    def lower(operation: ir.Operation, channels_first: bool) -> TorchLayer:
        plain = cell.plain(operation)
        if plain:
            return _plain_torch(cell, operation, *plain)
        return _stepwise_torch(cell, operation)

    return lower


def _plain_torch(
    cell: _Cell, operation: ir.Operation, class_name: str, extra: dict[str, object]
) -> TorchLayer:
    """PyTorch's own layer."""
    name = operation.identifier
    weights, initialize = [], []
    for direction in _directions(operation.arguments):
        end = "_l0_reverse" if direction == "backward_" else "_l0"
        weights += _placed(operation, direction, name, end, "bias_ih" + end)
        if operation["use_bias"]:
            # Keras has one bias; PyTorch's second would double its step.
            second = f"self.{name}.bias_hh{end}"
            zeros = Code(f"nn.init.zeros_({second})  # Keras has one bias")
            fixed = Code(f"{second}.requires_grad_(False)")
            initialize += [*_forget(operation, f"{name}.bias_ih{end}"), zeros, fixed]
    module = call(
        class_name,
        operation.input_shape[-1],
        operation["units"],
        num_layers=1,
        **extra,
        bias=operation["use_bias"],
        batch_first=True,
        dropout=0.0,
        bidirectional=operation["bidirectional"],
    )
    x = "x.flip(1)" if operation["go_backwards"] else "x"
    forward, results = _plain_forward(operation, f"self.{name}({x})", cell.state)
    return TorchLayer(
        forward=forward,
        channels_first=False,
        modules=((name, module),),
        weights=tuple(weights),
        initialize=tuple(initialize),
        results=results,
    )


def _placed(
    operation: ir.Operation, direction: str, attribute: str, end: str, bias: str
) -> list[TorchWeight]:
    """Where one direction's weights live."""
    places = {
        f"{direction}kernel": (f"weight_ih{end}", (1, 0)),
        f"{direction}recurrent_kernel": (f"weight_hh{end}", (1, 0)),
    }
    for weight in operation.weights:
        if weight.name == f"{direction}bias":
            places[weight.name] = (bias, tuple(range(len(weight.shape))))
    return [
        TorchWeight(name, f"{attribute}.{place}", axes) for name, (place, axes) in places.items()
    ]


def _plain_forward(
    operation: ir.Operation, run: str, state: str
) -> tuple[tuple[Code, ...], tuple[str, ...]]:
    """Statements, and what an activity regularizer looks at."""
    if not operation["bidirectional"]:
        end = "" if operation["return_sequences"] else "[:, -1]"
        return (Code(f"x = {run}[0]{end}"),), ("x",)
    if operation["return_sequences"]:
        if operation["merge_mode"] == "concat":
            return (Code(f"x = {run}[0]"),), ("x",)
        split = f"forward, backward = {run}[0].chunk(2, dim=-1)"
    else:
        # The last state of the backward direction is the one at the first position.
        split = f"forward, backward = {run}{state}  # the last state of each"
    return (Code(split), _MERGED[operation["merge_mode"]]), ("forward", "backward")


def _forget(operation: ir.Operation, attribute: str) -> list[Code]:
    if "unit_forget_bias" not in operation.arguments or not operation["unit_forget_bias"]:
        return []
    part = f"self.{attribute}.data[{operation['units']}:{2 * operation['units']}]"
    return [Code(f"nn.init.ones_({part})  # forget gate")]


def _stepwise_torch(cell: _Cell, operation: ir.Operation) -> TorchLayer:
    """The loop over positions, written out in the script."""
    name, directions = operation.identifier, _directions(operation.arguments)
    fragments = cell.fragments(operation)
    size = (operation.input_shape[-1], operation["units"])
    if fragments == _PLAIN_GRU:
        module = call("PlainGRU", *size)
    else:
        per_gate = operation["recurrent_dropout"] or _own(operation, "implementation") == 1
        module = call(
            cell.name,
            *size,
            activation=_function(operation["activation"]),
            recurrent_activation=_function(_own(operation, "recurrent_activation")),
            bias=operation["use_bias"],
            dropout=operation["dropout"],
            recurrent_dropout=operation["recurrent_dropout"],
            masks=cell.gates if per_gate else 1,
        )
    weights, initialize, states = [], [], []
    for direction in directions:
        attribute = name + _SUFFIXES[direction]
        weights += _placed(operation, direction, attribute, "", "bias")
        if operation["use_bias"]:
            initialize += _forget(operation, f"{attribute}.bias")
        backwards = operation["go_backwards"] or direction == "backward_"
        states.append(f"self.{attribute}({'x.flip(1)' if backwards else 'x'})")
    return TorchLayer(
        forward=_stepwise_forward(operation, states),
        channels_first=False,
        modules=tuple((name + _SUFFIXES[direction], module) for direction in directions),
        weights=tuple(weights),
        initialize=tuple(initialize),
        results=("forward", "backward") if len(directions) == 2 else ("x",),
        needs=fragments,
    )


def _own(operation: ir.Operation, parameter: str) -> object:
    """A parameter that not every kind of layer has."""
    return operation[parameter] if parameter in operation.arguments else None


def _function(activation: str | None) -> Code | None:
    return activation and prefixed("lambda x: ", torch_activation(activation, Code("x")))


def _stepwise_forward(operation: ir.Operation, states: list[str]) -> tuple[Code, ...]:
    end = "" if operation["return_sequences"] else "[:, -1]"
    if len(states) == 1:
        return (Code(f"x = {states[0]}{end}"),)
    # Both directions stand in the order of the sequence when they are joined.
    backward = f"{states[1]}.flip(1)" if operation["return_sequences"] else f"{states[1]}{end}"
    merged = _MERGED[operation["merge_mode"]]
    return (Code(f"forward = {states[0]}{end}"), Code(f"backward = {backward}"), merged)


def _row(cell: _Cell) -> Operation:
    return Operation(
        cell.name,
        cell.about,
        (*cell.parameters, *_AROUND),
        _shape(cell),
        _keras(cell),
        _torch(cell),
        _weights(cell),
    )


def _gru_bias(arguments: Arguments) -> Shape:
    size = 3 * arguments["units"].value
    return (2, size) if arguments["reset_after"].value else (size,)


_PLAIN_GRU = ("plain_gru",)


def _gru_fragments(operation: ir.Operation) -> tuple[str, ...]:
    if not operation["reset_after"]:
        return ("recurrent", "gru_reset_before")
    plain = _usual(operation) and operation["use_bias"]
    return _PLAIN_GRU if plain else ("recurrent", "gru")


_CELLS = (
    _Cell(
        "LSTM",
        "long short-term memory",
        4,
        (*_UNITS, _RECURRENT_ACTIVATION, *_WEIGHTS, _FORGET, *_RUNNING, _IMPLEMENTATION),
        _plain_lstm,
        "[1][0]",
        lambda arguments: (4 * arguments["units"].value,),
        lambda operation: ("recurrent", "lstm"),
    ),
    _Cell(
        "GRU",
        "gated recurrent unit",
        3,
        (*_UNITS, _RECURRENT_ACTIVATION, *_WEIGHTS, _RESET_AFTER, *_RUNNING, _IMPLEMENTATION),
        # nn.GRU has its gates in another order, which would hide in the weights.
        lambda operation: None,
        "[1]",
        _gru_bias,
        _gru_fragments,
    ),
    _Cell(
        "SimpleRNN",
        "recurrent layer without gates",
        1,
        # Keras 3.15 takes an activity regularizer here and drops it: none is offered.
        tuple(
            parameter
            for parameter in (*_UNITS, *_WEIGHTS, *_RUNNING)
            if parameter.name != "activity_regularizer"
        ),
        _plain_rnn,
        "[1]",
        lambda arguments: (arguments["units"].value,),
        lambda operation: ("recurrent", "simple_rnn"),
    ),
)
ROWS = tuple(_row(cell) for cell in _CELLS)
