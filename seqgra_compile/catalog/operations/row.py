"""A row of the operations table, and how its cells are filled."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto

from ... import ir
from ...ir import Arguments, Shape, Weight
from ...pycode import Code, call
from ..activations import ACTIVATION, ACTIVATIONS
from ..initializers import INITIALIZER, draws, initializer, torch_initializer
from ..parameters import Boolean, FilePath, Parameter, ShapeKind
from ..regularizers import REGULARIZER
from .layers import (
    Fragment,
    KerasLayer,
    LibraryLayer,
    Submodule,
    TorchLayer,
    TorchWeight,
)


class ShapeError(ValueError):
    """An operation cannot take its input; `parameter` names the attribute to look at, if any."""

    def __init__(
        self, code: str, message: str, parameter: str | None = None, help: str | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.parameter = parameter
        self.help = help


@dataclass(frozen=True)
class Unsupported:
    """Fills a cell of `lower` that a library does not support, with the reason."""

    reason: str


def unsupported(reason: str) -> Unsupported:
    return Unsupported(reason)


class Sees(Enum):
    """The positions of the input that one value of an operation's result depends on."""

    # Those under kernel_size or pool_size, strides and dilation_rate; without them, its own.
    WINDOW = auto()
    SPREAD = auto()  # the same, also under size: each position of the input becomes several
    ALL = auto()
    MOVED = auto()  # from others, as its arguments move them


AXES = {1: "(length, channels)", 2: "(height, width, channels)"}
Cell = Callable[[ir.Layer, bool], LibraryLayer]
TorchCell = Callable[[ir.Layer, bool], TorchLayer]
KerasCell = Callable[[ir.Layer, bool], KerasLayer]


@dataclass(frozen=True)
class OperationRow:
    """One row: an operation of the language, and its form in each library.

    `infer` gives the output's shape or raises `ShapeError`. `lower` has a cell for each library: it
    gets an operation with known shapes, and whether its input has its channels first. `applies` names
    the activation that the operation is; `only_applies` names it where these arguments make it what
    the parameter `activation` of another operation is. `noise` are the parameters that say how much
    it changes its result at random in training. `known`: seqgra 0.0.4 knows it. `mixes`: whether what
    it makes of an example in training depends on the others of the batch. The report's multiply-adds
    and receptive fields follow `sees`. `last_axis`: it acts on this axis only, where one would expect
    all.
    """

    name: str
    about: str
    parameters: tuple[Parameter, ...]
    infer: Callable[[Arguments, Shape], Shape]
    lower: Mapping[str, Cell | Unsupported]
    weights: Callable[[Arguments, Shape], tuple[Weight, ...]] = lambda arguments, shape: ()
    aliases: tuple[str, ...] = ()
    applies: str | None = None
    only_applies: Callable[[Arguments], str | None] = lambda arguments: None
    noise: tuple[str, ...] = ()
    known: bool = False
    mixes: Callable[[ir.Layer], bool] = lambda operation: False
    sees: Sees = Sees.WINDOW
    last_axis: bool = False

    def refusal(self, library: str) -> str | None:
        """Why a library does not support it; None if it does."""
        cell = self.lower.get(library, Unsupported("its cell is empty"))
        return cell.reason if isinstance(cell, Unsupported) else None

    def activation(self, arguments: Arguments) -> str | None:
        """The activation applied to its result, if any."""
        return self.applies or (
            arguments["activation"].value if "activation" in arguments else None
        )

    def is_noisy(self, arguments: Arguments) -> bool:
        """Whether its result is random in training."""
        return any(arguments[name].value for name in self.noise)


COMMON = (
    Parameter(
        "input_shape",
        ShapeKind(),
        None,
        "shape of one example, on the first operation: (length, channels)",
        passed=False,
    ),
    Parameter("trainable", Boolean(), True, "False freezes the weights", passed=False),
    Parameter(
        "weights_file", FilePath(), None, "a .npy file with the initial weights", passed=False
    ),
)


# What parameters are named after, in words, where the name alone does not say it.
_IN_WORDS = {
    "recurrent": "recurrent kernel",
    "depthwise": "depthwise kernel",
    "pointwise": "pointwise kernel",
    "moving_mean": "moving mean",
    "moving_variance": "moving variance",
    "activity": "result",
}


def initializer_parameter(weight: str, name: str) -> Parameter:
    about = f"initial values of the {_IN_WORDS.get(weight, weight)}"
    return Parameter(f"{weight}_initializer", INITIALIZER, initializer(name), about)


def regularizer_parameter(what: str) -> Parameter:
    about = f"penalty on the {_IN_WORDS.get(what, what)}"
    return Parameter(f"{what}_regularizer", REGULARIZER, None, about)


def activation_parameter(
    default: str | None = None, name: str = "activation", to: str = "the result"
) -> Parameter:
    return Parameter(name, ACTIVATION, default, f"applied to {to}")


USE_BIAS = Parameter("use_bias", Boolean(), True, "whether a bias is added")
KERNEL_AND_BIAS = (
    activation_parameter(),
    USE_BIAS,
    initializer_parameter("kernel", "GlorotUniform"),
    initializer_parameter("bias", "Zeros"),
    regularizer_parameter("kernel"),
    regularizer_parameter("bias"),
    regularizer_parameter("activity"),
)


def kernel_and_bias(arguments: Arguments, kernel: Shape, units: int) -> tuple[Weight, ...]:
    """A kernel and, if wanted, a bias."""
    weights = (Weight("kernel", kernel, "kernel"),)
    return (*weights, Weight("bias", (units,), "bias")) if arguments["use_bias"].value else weights


def torch_kernel_and_bias(operation: ir.Layer, axes: tuple[int, ...]) -> tuple[TorchWeight, ...]:
    """Where they are in a PyTorch layer; `axes` is the order of the kernel's axes."""
    places = {"kernel": ("weight", axes), "bias": ("bias", (0,))}
    return tuple(
        TorchWeight(
            weight.name, f"{operation.identifier}.{places[weight.name][0]}", places[weight.name][1]
        )
        for weight in operation.weights
    )


def keras_arguments(parameters: tuple[Parameter, ...], operation: ir.Layer) -> dict[str, Code]:
    """Every argument of the Keras layer, defaults included."""
    return {
        row.keyword or row.name: row.kind.keras(operation[row.name])
        for row in parameters
        if row.passed
    }


def keras_seeds(operation: ir.Layer) -> tuple[bool, ...]:
    """For each initializer that draws, in order: whether a weight uses it."""
    roles = {f"{weight.role}_initializer" for weight in operation.weights}
    return tuple(
        name in roles
        for name, value in operation.arguments.items()
        if name.endswith("_initializer") and draws(value.value)
    )


def keras_layer(
    class_name: str, parameters: tuple[Parameter, ...] = (), **extra: object
) -> KerasCell:
    """A cell that calls the Keras layer with every argument."""

    def lower(operation: ir.Layer, channels_first: bool) -> KerasLayer:
        arguments: dict[str, object] = {**keras_arguments(parameters, operation), **extra}
        if operation.weights:
            arguments["trainable"] = operation["trainable"]
        text = call(f"keras.layers.{class_name}", **arguments, name=operation.identifier)
        return KerasLayer(text, keras_seeds(operation), trainable=bool(operation.weights))

    return lower


def torch_activation(attribute: str, name: str, dim: int) -> Submodule:
    """The module that applies an activation; `dim` is the axis of the channels."""
    row = ACTIVATIONS[name]
    return Submodule(attribute, row.torch, row.module(dim))


def torch_activation_fragments(*names: str | None) -> tuple[Fragment, ...]:
    """The classes that activations need."""
    found = (ACTIVATIONS[name].fragment for name in names if name)
    return tuple(Fragment(name) for name in found if name)


def channels_dim(rank: int, channels_first: bool) -> int:
    """The axis of the channels in a batch of examples with `rank` axes."""
    return 1 if channels_first and rank > 1 else -1


def activated(operation: ir.Layer, layer: TorchLayer) -> TorchLayer:
    """The layer followed by the operation's own activation, if it has one."""
    name = operation["activation"]
    if name in (None, "linear"):
        return layer
    attribute = f"{operation.identifier}_{name}"
    dim = channels_dim(len(operation.output_shape), layer.channels_first is True)
    return replace(
        layer,
        steps=(*layer.steps, f"self.{attribute}({{x}})"),
        functions=(torch_activation(attribute, name, dim),),
        fragments=torch_activation_fragments(name),
    )


def torch_initial_values(operation: ir.Layer, layer: TorchLayer) -> Iterator[tuple[str, Code]]:
    """Statements that give each weight its initial values, by the name of the initializer."""
    known = {weight.name: weight for weight in operation.weights}
    for placed in layer.weights:
        weight = known[placed.name]
        name = f"{weight.role}_initializer"
        value = operation[name]
        if value != layer.preset.get(weight.name):
            tensor = f"self.{placed.attribute}"
            yield name, torch_initializer(tensor, value, weight.shape, placed.axes)


def unchanged(arguments: Arguments, shape: Shape) -> Shape:
    """The shape of a result that has a value for each value of the input."""
    return shape


def same_padding(length: int, window: int, stride: int, dilation: int = 1) -> tuple[int, int]:
    """Zeros to the left and right for `padding="same"`; the odd one goes to the right."""
    outputs = -(-length // stride)
    total = max((outputs - 1) * stride + (window - 1) * dilation + 1 - length, 0)
    return total // 2, total - total // 2


def window_count(
    length: int, window: int, stride: int, padding: str, parameter: str, dilation: int = 1
) -> int:
    """How many windows fit along an axis; raises if not even one does: `parameter` is its width."""
    if padding in ("same", "causal"):
        return -(-length // stride)
    reach = (window - 1) * dilation + 1
    if reach > length:
        raise ShapeError(
            "SG303",
            f"a window of {reach} positions does not fit into {length}",
            parameter,
            'make it shorter, or write padding="same"',
        )
    return (length - reach) // stride + 1


def check_dilation(name: str, strides: tuple[int, ...], dilation: tuple[int, ...]) -> None:
    """Raise for what no library computes."""
    if max(strides) > 1 and max(dilation) > 1:
        raise ShapeError(
            "SG307",
            f"{name} cannot have both strides and a dilation above 1",
            "dilation_rate",
            "leave one of the two at 1",
        )


def require_rank(name: str, shape: Shape, rank: int, axes: str) -> None:
    """Raise unless the input has `rank` axes."""
    if len(shape) != rank:
        raise ShapeError(
            "SG304",
            f"{name} takes {axes}, but its input has the shape {shape}",
            help="put a Reshape before it" if len(shape) < rank else "put a Flatten before it",
        )
