"""Recurrent layers."""

from __future__ import annotations

from .. import ir
from ..ir import Arguments, Shape, Weight
from ..pycode import Code, call
from .activations import torch_activation
from .layer import (
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
from .parameters import Boolean, Choice, Integer, Parameter, Real

_DIRECTION = (
    Parameter("units", Integer(1), about="size of the state"),
    activation_parameter("tanh"),
    activation_parameter("sigmoid", "recurrent_activation"),
    USE_BIAS,
    initializer_parameter("kernel", "GlorotUniform"),
    initializer_parameter("recurrent", "Orthogonal"),
    initializer_parameter("bias", "Zeros"),
    Parameter("unit_forget_bias", Boolean(), True, "the forget gate's bias starts at 1"),
    regularizer_parameter("kernel"),
    regularizer_parameter("recurrent"),
    regularizer_parameter("bias"),
    regularizer_parameter("activity"),
    Parameter("dropout", Real(minimum=0, maximum=1), 0.0, "dropout of the input, one mask a sequence"),
    Parameter(
        "recurrent_dropout",
        Real(minimum=0, maximum=1),
        0.0,
        "dropout of the state, one mask a sequence",
    ),
    Parameter("return_sequences", Boolean(), False, "the state at each position, not the last one"),
    Parameter(
        "return_state",
        Boolean(),
        False,
        "also return the state",
        refused=((True, "a sequential model hands on one tensor, and the state would be a second"),),
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
_AROUND = (
    Parameter(
        "time_major",
        Boolean(),
        False,
        "time on the first axis",
        passed=False,
        refused=((True, "Keras 3 has no time-major layers"),),
    ),
    Parameter(
        "implementation",
        Integer(1, 2),
        2,
        "how the gates are grouped in the arithmetic; not in Keras 3, without effect on the model",
        passed=False,
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
_LSTM = (*_DIRECTION, *_AROUND)
_GATES = 4
_MERGED = {
    "concat": "torch.cat(({0}, {1}), dim=-1)",
    "sum": "{0} + {1}",
    "mul": "{0} * {1}",
    "ave": "({0} + {1}) / 2",
}


def _lstm_shape(arguments: Arguments, shape: Shape) -> Shape:
    require_rank("LSTM", shape, 2, "(length, channels)")
    units = arguments["units"].value
    if arguments["bidirectional"].value and arguments["merge_mode"].value == "concat":
        units *= 2
    return (shape[0], units) if arguments["return_sequences"].value else (units,)


def _directions(arguments: Arguments) -> tuple[str, ...]:
    return ("forward_", "backward_") if arguments["bidirectional"].value else ("",)


def _lstm_weights(arguments: Arguments, shape: Shape) -> tuple[Weight, ...]:
    units = arguments["units"].value
    weights = []
    for direction in _directions(arguments):
        weights.append(Weight(f"{direction}kernel", (shape[-1], _GATES * units), "kernel"))
        weights.append(
            Weight(f"{direction}recurrent_kernel", (units, _GATES * units), "recurrent")
        )
        if arguments["use_bias"].value:
            weights.append(Weight(f"{direction}bias", (_GATES * units,), "bias"))
    return tuple(weights)


def _lstm_keras(operation: ir.Operation) -> str:
    arguments: dict[str, object] = keras_arguments(_DIRECTION, operation)
    arguments |= {"seed": None, "use_cudnn": "auto", "trainable": operation["trainable"]}
    if not operation["bidirectional"]:
        return call("keras.layers.LSTM", **arguments, name=operation.identifier)
    return call(
        "keras.layers.Bidirectional",
        Code(call("keras.layers.LSTM", **arguments)),
        merge_mode=operation["merge_mode"],
        name=operation.identifier,
    )


def _is_plain(operation: ir.Operation) -> bool:
    """Whether nn.LSTM computes it."""
    return (
        operation["activation"] == "tanh"
        and operation["recurrent_activation"] == "sigmoid"
        and not operation["dropout"]
        and not operation["recurrent_dropout"]
    )


def _lstm_torch(operation: ir.Operation, channels_first: bool) -> TorchLayer:
    return _plain_torch(operation) if _is_plain(operation) else _stepwise_torch(operation)


def _plain_torch(operation: ir.Operation) -> TorchLayer:
    name, units = operation.identifier, operation["units"]
    both = operation["bidirectional"]
    weights, initialize = [], []
    for direction in _directions(operation.arguments):
        end = "_l0_reverse" if direction == "backward_" else "_l0"
        weights.append(TorchWeight(f"{direction}kernel", f"{name}.weight_ih{end}", (1, 0)))
        weights.append(TorchWeight(f"{direction}recurrent_kernel", f"{name}.weight_hh{end}", (1, 0)))
        if operation["use_bias"]:
            weights.append(TorchWeight(f"{direction}bias", f"{name}.bias_ih{end}", (0,)))
            # Keras has one bias; PyTorch's second would double its step.
            second = (
                f"nn.init.zeros_(self.{name}.bias_hh{end}).requires_grad_(False)"
                "  # Keras has one bias"
            )
            initialize += [*_forget(operation, f"{name}.bias_ih{end}"), second]
    module = call(
        "nn.LSTM",
        operation.input_shape[-1],
        units,
        num_layers=1,
        bias=operation["use_bias"],
        batch_first=True,
        dropout=0.0,
        bidirectional=both,
    )
    x = "x.flip(1)" if operation["go_backwards"] else "x"
    forward, results = _plain_forward(operation, f"self.{name}({x})")
    return TorchLayer(
        forward=forward,
        channels_first=False,
        modules=((name, module),),
        weights=tuple(weights),
        initialize=tuple(initialize),
        results=results,
    )


def _plain_forward(operation: ir.Operation, run: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Statements, and what an activity regularizer looks at."""
    if not operation["bidirectional"]:
        end = "" if operation["return_sequences"] else "[:, -1]"
        return (f"x = {run}[0]{end}",), ("x",)
    merged = _MERGED[operation["merge_mode"]]
    if operation["return_sequences"]:
        if operation["merge_mode"] == "concat":
            return (f"x = {run}[0]",), ("x",)
        split = f"forward, backward = {run}[0].chunk(2, dim=-1)"
    else:
        # The last state of the backward direction is the one at the first position.
        split = f"forward, backward = {run}[1][0]  # the last state of each"
    return (split, f"x = {merged.format('forward', 'backward')}"), ("forward", "backward")


def _forget(operation: ir.Operation, attribute: str) -> list[str]:
    if not operation["unit_forget_bias"]:
        return []
    units = operation["units"]
    return [f"nn.init.ones_(self.{attribute}.data[{units} : {2 * units}])  # forget gate"]


def _stepwise_torch(operation: ir.Operation) -> TorchLayer:
    """Other activations or dropout: the loop over positions is written out in the script."""
    name = operation.identifier
    directions = _directions(operation.arguments)
    suffixes = {"": "", "forward_": "_forward", "backward_": "_backward"}
    module = call(
        "LSTM",
        operation.input_shape[-1],
        operation["units"],
        activation=Code(f"lambda x: {torch_activation(operation['activation'], 'x')}"),
        recurrent_activation=Code(
            f"lambda x: {torch_activation(operation['recurrent_activation'], 'x')}"
        ),
        bias=operation["use_bias"],
        dropout=operation["dropout"],
        recurrent_dropout=operation["recurrent_dropout"],
    )
    weights, initialize, states = [], [], []
    for direction in directions:
        attribute = name + suffixes[direction]
        weights.append(TorchWeight(f"{direction}kernel", f"{attribute}.weight_ih", (1, 0)))
        weights.append(TorchWeight(f"{direction}recurrent_kernel", f"{attribute}.weight_hh", (1, 0)))
        if operation["use_bias"]:
            weights.append(TorchWeight(f"{direction}bias", f"{attribute}.bias", (0,)))
            initialize += _forget(operation, f"{attribute}.bias")
        backwards = operation["go_backwards"] or direction == "backward_"
        states.append(f"self.{attribute}({'x.flip(1)' if backwards else 'x'})")
    return TorchLayer(
        forward=_stepwise_forward(operation, states),
        channels_first=False,
        modules=tuple((name + suffixes[direction], module) for direction in directions),
        weights=tuple(weights),
        initialize=tuple(initialize),
        results=("forward", "backward") if len(directions) == 2 else ("x",),
        needs="lstm",
    )


def _stepwise_forward(operation: ir.Operation, states: list[str]) -> tuple[str, ...]:
    end = "" if operation["return_sequences"] else "[:, -1]"
    if len(states) == 1:
        return (f"x = {states[0]}{end}",)
    # Both directions stand in the order of the sequence when they are joined.
    backward = f"{states[1]}.flip(1)" if operation["return_sequences"] else f"{states[1]}{end}"
    merged = _MERGED[operation["merge_mode"]].format("forward", "backward")
    return (f"forward = {states[0]}{end}", f"backward = {backward}", f"x = {merged}")


ROWS = (
    Operation(
        "LSTM",
        "long short-term memory",
        _LSTM,
        _lstm_shape,
        _lstm_keras,
        _lstm_torch,
        _lstm_weights,
    ),
)
