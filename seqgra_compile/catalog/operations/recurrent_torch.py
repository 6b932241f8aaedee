"""Recurrent layers in PyTorch: its own where they compute the operation, else a class of ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ... import ir
from ...ir import Arguments
from ...pycode import Code
from ..activations import ACTIVATIONS
from ..expressions import Expression
from .layers import FUNCTIONAL, Draw, Fragment, Submodule, TorchLayer, TorchWeight, submodule
from .row import TorchCell, torch_activation_fragments

_MERGED = {
    "concat": "torch.cat((forward, backward), dim=-1)",
    "sum": "forward + backward",
    "mul": "forward * backward",
    "ave": "(forward + backward) / 2",
}
_SUFFIXES = {"": "", "forward_": "_forward", "backward_": "_backward"}
_RECURRENT = Fragment("recurrent", (FUNCTIONAL,))


@dataclass(frozen=True)
class _Kind:
    """What sets one kind of recurrent layer apart.

    `plain` gives PyTorch's own layer, without the arguments that all share, or None where it cannot
    compute the operation; `state` picks the last hidden states out of what it returns. `order` has
    Keras's gates in PyTorch's order. `own` names our class, and the fragment that holds it.
    """

    name: str
    order: tuple[int, ...]
    plain: Callable[[ir.Layer], tuple[str, dict[str, object]] | None]
    state: str
    own: Callable[[ir.Layer], tuple[str, str]]


def _undisturbed(operation: ir.Layer) -> bool:
    return not operation["dropout"] and not operation["recurrent_dropout"]


def _usual(operation: ir.Layer) -> bool:
    """Whether gates and dropout are those that the layer is known for."""
    usual = operation["activation"] == "tanh" and operation["recurrent_activation"] == "sigmoid"
    return usual and _undisturbed(operation)


def _plain_lstm(operation: ir.Layer) -> tuple[str, dict[str, object]] | None:
    return ("nn.LSTM", {}) if _usual(operation) else None


def _plain_rnn(operation: ir.Layer) -> tuple[str, dict[str, object]] | None:
    usual = operation["activation"] in ("tanh", "relu")
    if not (usual and _undisturbed(operation)):
        return None
    return "nn.RNN", {"nonlinearity": operation["activation"]}


def _plain_gru(operation: ir.Layer) -> tuple[str, dict[str, object]] | None:
    """Its gates have another order, in which values that depend on their place would be wrong."""
    if not (_usual(operation) and operation["reset_after"]):
        return None
    from_file = operation.weights_file or operation.stored
    placed = "Identity" in (
        operation[f"{weight.role}_initializer"].name for weight in operation.weights
    )
    whole = operation["use_bias"] and _drawn_as_a_whole(operation["bias_initializer"])
    return None if from_file or placed or whole else ("nn.GRU", {})


def _drawn_as_a_whole(initializer: Expression) -> bool:
    """Whether the rows of a GRU's bias depend on one another; PyTorch holds each by itself."""
    return initializer.name == "Orthogonal" or dict(initializer.arguments).get("seed") is not None


_KINDS = {
    kind.name: kind
    for kind in (
        _Kind("LSTM", (0, 1, 2, 3), _plain_lstm, "[1][0]", lambda operation: ("LSTM", "lstm")),
        _Kind(
            "GRU",
            (1, 0, 2),
            _plain_gru,
            "[1]",
            lambda operation: (
                ("GRU", "gru")
                if operation["reset_after"]
                else ("GRUResetBefore", "gru_reset_before")
            ),
        ),
        _Kind("SimpleRNN", (0,), _plain_rnn, "[1]", lambda operation: ("SimpleRNN", "simple_rnn")),
    )
}


def recurrent_torch(name: str) -> TorchCell:
    """The cell of a kind of layer, by its name."""
    kind = _KINDS[name]

    def lower(operation: ir.Layer, channels_first: bool) -> TorchLayer:
        plain = kind.plain(operation)
        if plain:
            return _plain_torch(kind, operation, *plain)
        return _stepwise_torch(kind, operation)

    return lower


def directions(arguments: Arguments) -> tuple[str, ...]:
    """What the names of each direction's weights begin with."""
    return ("forward_", "backward_") if arguments["bidirectional"].value else ("",)


def _plain_torch(
    kind: _Kind, operation: ir.Layer, class_name: str, extra: dict[str, object]
) -> TorchLayer:
    """PyTorch's own layer."""
    name = operation.identifier
    weights, initialize = [], []
    for direction in directions(operation.arguments):
        end = "_l0_reverse" if direction == "backward_" else "_l0"
        weights += _placed_plain(kind, operation, direction, f"{name}.{{}}{end}")
        if operation["use_bias"] and kind.name != "GRU":
            # PyTorch's second bias would double the step of the first.
            second = f"self.{name}.bias_hh{end}"
            initialize += [
                *_forget(operation, f"{name}.bias_ih{end}"),
                Code(f"nn.init.zeros_({second})  # Keras has one bias"),
                Code(f"{second}.requires_grad_(False)"),
            ]
    module = submodule(
        name,
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
    flipped = ("{x}.flip(1)",) if operation["go_backwards"] else ()
    before, step, results = _plain_forward(operation, f"self.{name}", kind.state)
    return TorchLayer(
        steps=(step,) if before else (*flipped, step),
        before=before,
        channels_first=False,
        modules=(module,),
        weights=tuple(weights),
        initialize=tuple(initialize),
        results=results,
    )


def _placed_plain(
    kind: _Kind, operation: ir.Layer, direction: str, attribute: str
) -> list[TorchWeight]:
    """Where one direction's weights live in a layer of PyTorch's; `attribute` has a hole."""
    order = kind.order if kind.order != tuple(sorted(kind.order)) else ()

    def place(weight: str, part: str, axes: tuple[int, ...], row: int | None = None) -> TorchWeight:
        return TorchWeight(direction + weight, attribute.format(part), axes, order, row)

    placed = [place("kernel", "weight_ih", (1, 0)), place("recurrent_kernel", "weight_hh", (1, 0))]
    if not operation["use_bias"]:
        return placed
    if kind.name != "GRU":
        return [*placed, place("bias", "bias_ih", (0,))]
    return [*placed, place("bias", "bias_ih", (0,), 0), place("bias", "bias_hh", (0,), 1)]


def _placed(operation: ir.Layer, direction: str, attribute: str) -> list[TorchWeight]:
    """Where one direction's weights live in a class of ours."""
    places: dict[str, tuple[str, tuple[int, ...]]] = {
        f"{direction}kernel": ("weight_ih", (1, 0)),
        f"{direction}recurrent_kernel": ("weight_hh", (1, 0)),
    }
    for weight in operation.weights:
        if weight.name == f"{direction}bias":
            places[weight.name] = ("bias", tuple(range(len(weight.shape))))
    return [
        TorchWeight(name, f"{attribute}.{place}", axes) for name, (place, axes) in places.items()
    ]


def _plain_forward(
    operation: ir.Layer, run: str, state: str
) -> tuple[tuple[Code, ...], str, tuple[str, ...]]:
    """Statements, the step after them, and what an activity regularizer looks at."""
    if not operation["bidirectional"]:
        end = "" if operation["return_sequences"] else "[:, -1]"
        return (), f"{run}({{x}})[0]{end}", ("x",)
    if operation["return_sequences"]:
        if operation["merge_mode"] == "concat":
            return (), f"{run}({{x}})[0]", ("x",)
        split = f"forward, backward = {run}(x)[0].chunk(2, dim=-1)"
    else:
        # The last state of the backward direction is the one at the first position.
        split = f"forward, backward = {run}(x){state}  # the last state of each"
    return (Code(split),), _MERGED[operation["merge_mode"]], ("forward", "backward")


def _forget(operation: ir.Layer, attribute: str) -> list[Code]:
    if "unit_forget_bias" not in operation.arguments or not operation["unit_forget_bias"]:
        return []
    units = operation["units"]
    part = f"self.{attribute}.data[{units}:{2 * units}]"
    return [Code(f"nn.init.ones_({part})  # forget gate")]


def _stepwise_torch(kind: _Kind, operation: ir.Layer) -> TorchLayer:
    """The loop over positions, written out in the script."""
    name, both = operation.identifier, len(directions(operation.arguments)) == 2
    class_name, fragment = kind.own(operation)
    size = (operation.input_shape[-1], operation["units"])
    functions = (operation["activation"], _own(operation, "recurrent_activation"))
    per_gate = operation["recurrent_dropout"] or _own(operation, "implementation") == 1
    masks = len(kind.order) if per_gate else 1
    modules: list[Submodule] = []
    weights: list[TorchWeight] = []
    initialize: list[Code] = []
    states: list[str] = []
    draws: list[Draw] = []
    for direction in directions(operation.arguments):
        attribute = name + _SUFFIXES[direction]
        weights += _placed(operation, direction, attribute)
        if operation["use_bias"]:
            initialize += _forget(operation, f"{attribute}.bias")
        module = submodule(
            attribute,
            class_name,
            *size,
            activation=_function(functions[0]),
            recurrent_activation=_function(functions[1]),
            bias=operation["use_bias"],
            dropout=operation["dropout"],
            recurrent_dropout=operation["recurrent_dropout"],
            masks=masks,
        )
        modules.append(module)
        backwards = operation["go_backwards"] or direction == "backward_"
        states.append(f"self.{attribute}({'{x}.flip(1)' if backwards else '{x}'})")
        rates = (operation["dropout"], operation["recurrent_dropout"])
        draws += [
            Draw("mask", (masks, width)) for rate, width in zip(rates, size, strict=True) if rate
        ]
    before, step = _stepwise_forward(operation, states)
    return TorchLayer(
        steps=(step,),
        before=before,
        channels_first=False,
        modules=tuple(modules),
        weights=tuple(weights),
        initialize=tuple(initialize),
        results=("forward", "backward") if both else ("x",),
        fragments=(
            *torch_activation_fragments(*functions),
            _RECURRENT,
            Fragment(fragment),
        ),
        draws=tuple(draws),
    )


def _own(operation: ir.Layer, parameter: str) -> Any:
    """A parameter that not every kind of layer has."""
    return operation[parameter] if parameter in operation.arguments else None


def _function(activation: str | None) -> Code | None:
    return ACTIVATIONS[activation].module(dim=-1) if activation else None


def _stepwise_forward(operation: ir.Layer, states: list[str]) -> tuple[tuple[Code, ...], str]:
    """Statements, and the step after them."""
    end = "" if operation["return_sequences"] else "[:, -1]"
    if len(states) == 1:
        return (), states[0] + end
    # Both directions stand in the order of the sequence when they are joined.
    forward, backward = (state.format(x="x") for state in states)
    backward += ".flip(1)" if operation["return_sequences"] else end
    joined = _MERGED[operation["merge_mode"]]
    return (Code(f"forward = {forward}{end}"), Code(f"backward = {backward}")), joined
