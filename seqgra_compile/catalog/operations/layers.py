"""What a cell of the operations table returns: an operation in the form of a library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ...ir import Import, Shape
from ...pycode import Code, call
from ..expressions import Expression

FUNCTIONAL = Import("torch.nn.functional", None, "F")


@dataclass(frozen=True)
class Fragment:
    """A template of templates/pytorch with a class that a model needs, and what it imports."""

    name: str
    imports: tuple[Import, ...] = ()


@dataclass(frozen=True)
class Submodule:
    """An attribute of the PyTorch model: `function` makes it in the whole `call`."""

    attribute: str
    function: str
    call: Code


def submodule(attribute: str, function: str, *positional: object, **keywords: object) -> Submodule:
    return Submodule(attribute, function, call(function, *positional, **keywords))


@dataclass(frozen=True)
class TorchWeight:
    """Where a weight in Keras's layout is in the PyTorch model: attribute and order of axes.

    `gates`: it has the weight's gates in this order, if in another one than Keras; `row`: it holds this
    row of the weight only.
    """

    name: str
    attribute: str
    axes: tuple[int, ...]
    gates: tuple[int, ...] = ()
    row: int | None = None


@dataclass(frozen=True)
class Draw:
    """Random numbers that an operation draws for each example in training, by their shape."""

    kind: str
    shape: Shape


@dataclass(frozen=True)
class Start:
    """What the initial weights of a layer depend on besides their shapes and initializers.

    `made`: what is drawn for it or before it; `unused`: the seeds that it takes after the last one
    that it uses, so that they only move the weights of later layers.
    """

    made: tuple[object, ...]
    unused: int = 0


@dataclass(frozen=True)
class LibraryLayer:
    """An operation in a library; each library has its own form, for its backend.

    `draws` is what it draws in training; `trainable`: it can be frozen.
    """

    draws: tuple[Draw, ...] = field(default=(), kw_only=True)

    @property
    def trainable(self) -> bool:
        return False

    @property
    def start(self) -> Start:
        """What its initial weights depend on."""
        return Start(())


@dataclass(frozen=True)
class TorchLayer(LibraryLayer):
    """An operation in PyTorch: what it makes in `__init__` and what it does to `x` in `forward`.

    `steps` are expressions in `{x}`, each applied to what the one before it gives; statements in
    `before` come first. `channels_first` is the axis order that they expect and leave behind:
    channels moved to axis 1 (True), Keras's order (False), or whatever comes (None). `modules` have
    weights, `functions` have none; `initialize` are statements that follow the initial values of
    `weights`; `results` is what an activity regularizer looks at; `fragments` are the classes that
    it needs, `preset` the initial values that such a class gives by itself, by the weight's name.
    """

    steps: tuple[str, ...]
    before: tuple[Code, ...] = ()
    channels_first: bool | None = None
    modules: tuple[Submodule, ...] = ()
    functions: tuple[Submodule, ...] = ()
    weights: tuple[TorchWeight, ...] = ()
    initialize: tuple[Code, ...] = ()
    results: tuple[str, ...] = ("x",)
    fragments: tuple[Fragment, ...] = ()
    imports: tuple[Import, ...] = ()
    preset: Mapping[str, Expression] = field(default_factory=dict)

    @property
    def trainable(self) -> bool:
        """Everything with weights can be frozen."""
        return bool(self.modules)

    @property
    def start(self) -> Start:
        """Layers with weights draw when they are created, unless our own class gives the values."""
        return Start(() if self.preset else tuple(each.function for each in self.modules))


@dataclass(frozen=True)
class KerasLayer(LibraryLayer):
    """An operation in Keras: the call that makes its layer.

    `seeds` are those that it takes when it is made, in order: whether a weight uses it. Initializers
    that draw take one each, even if no weight uses them, and so do layers that draw noise.
    """

    call: Code
    seeds: tuple[bool, ...] = ()
    trainable: bool = False

    @property
    def start(self) -> Start:
        used = max((number for number, uses in enumerate(self.seeds, 1) if uses), default=0)
        return Start(self.seeds[:used], len(self.seeds) - used)
