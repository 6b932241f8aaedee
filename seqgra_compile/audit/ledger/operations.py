"""Where a parameter of an operation stands in the script, and what it reaches.

What a parameter reaches is not guessed: the catalog's row is asked once more, and it is seen which
parameters it reads for the layer, for the shape of its result, and for its weights.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, replace

from ... import ir
from ...backends.pytorch import in_method
from ...catalog.initializers import torch_initializer
from ...catalog.operations import OPERATIONS, lower
from ...catalog.operations.layers import TorchLayer
from ...catalog.sequences import PYTORCH
from ...script import Script
from .entries import Entry, cell_parameters

# What is read for a check only, of the layer, the shape and the weights.
_UNREAD = (frozenset(), frozenset({"implementation"}), frozenset())


class _Reads(dict):
    """Arguments that remember which of them were read."""

    def __init__(self, arguments: ir.Arguments) -> None:
        super().__init__(arguments)
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> ir.Value:
        self.names.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default: object = None) -> object:
        self.names.add(name)
        return super().get(name, default)


@dataclass(frozen=True)
class Read:
    """The parameters that decide an operation's layer, its result's shape, and its weights."""

    layer: frozenset[str]
    shape: frozenset[str]
    weights: frozenset[str]


def read(operation: ir.Operation, library: str) -> Read:
    row = OPERATIONS[operation.name]
    reads = [_Reads(operation.arguments) for _ in range(3)]
    lower(replace(operation, arguments=reads[0]), library, channels_first=True)
    row.infer(reads[1], operation.input_shape)
    row.weights(reads[2], operation.input_shape)
    return Read(
        *(frozenset(each.names - unread) for each, unread in zip(reads, _UNREAD, strict=True))
    )


@dataclass(frozen=True)
class Places:
    """The lines of an operation: of its layer's statements, of its penalties, of its weights' file.

    `made` and `applied` are numbers of the elements of `Layer.make` and `Layer.apply`, each with
    its lines.
    """

    layer: tuple[int, ...]
    made: dict[int, tuple[int, ...]]
    applied: dict[int, tuple[int, ...]]
    penalty: dict[str, tuple[int, ...]]
    weights: tuple[int, ...]


class Narrowed:
    """The lines of single parameters among those of their operation."""

    def __init__(
        self,
        operation: ir.Operation,
        script: Script,
        library: str,
        places: Places,
        calls: dict[int, list[ast.Call]],
    ) -> None:
        """`calls` are those of the whole script, by the line in which they begin."""
        self.operation, self.places, self.library = operation, places, library
        self.layer = script.layers[operation.number - 1]
        self.reads = read(operation, library)
        self.calls = calls
        self.attributes, self.initial = {}, {}
        self.modules: tuple[str, ...] = ()
        if library == PYTORCH:
            self._place_weights(lower(operation, library, channels_first=True))

    def _place_weights(self, layer: TorchLayer) -> None:
        """Where the weights of each role live, and the statements that fill them."""
        self.modules = tuple(module.attribute for module in layer.modules)
        weights = {weight.name: weight for weight in self.operation.weights}
        for placed in layer.weights:
            weight = weights[placed.name]
            value = self.operation[f"{weight.role}_initializer"]
            fill = in_method(
                torch_initializer(f"self.{placed.attribute}", value, weight.shape, placed.axes)
            )
            self.attributes.setdefault(weight.role, []).append(placed.attribute)
            if fill in self.layer.make:
                self.initial[fill] = weight.role

    def lines(self, entry: Entry) -> tuple[int, ...]:
        """Those that say the parameter; none if this script has no use for it."""
        name = entry.parameter
        if name == "weights_file":
            return self.places.weights
        if name == "input_shape":
            return ()  # a constant, and in Keras the input
        if self.library != PYTORCH:
            return self._keras(name)
        return self._torch(name)

    def has_effect(self, name: str) -> bool:
        """Whether this script would be another one with another value."""
        if name == "weights_file":
            return bool(self.operation.weights)
        if name == "trainable":
            # PyTorch's backend freezes whatever has weights.
            return bool(self.modules if self.library == PYTORCH else self.operation.weights)
        if name in ("input_shape", "seed"):
            return True
        role, _, kind = name.rpartition("_")
        if kind in ("initializer", "regularizer") and role != "activity":
            return any(weight.role == role for weight in self.operation.weights)
        return name in self.reads.layer | self.reads.shape | self.reads.weights | {
            "activity_regularizer"
        }

    def _keras(self, name: str) -> tuple[int, ...]:
        keywords = cell_parameters(self.operation)
        lines: set[int] = set()
        for node in (call for line in self.places.layer for call in self.calls.get(line, ())):
            for keyword in node.keywords:
                if keywords.get(keyword.arg) == name:
                    lines |= set(range(keyword.lineno, keyword.value.end_lineno + 1))
        if lines or name not in self.reads.layer | self.reads.shape:
            return tuple(sorted(lines))
        return self.places.layer  # it decides which layer this is

    def _torch(self, name: str) -> tuple[int, ...]:
        role, _, kind = name.rpartition("_")
        if name == "trainable":
            frozen = {f"self.{name}.requires_grad_(False)" for name in self.modules}
            return () if self.operation["trainable"] else self._made(frozen.__contains__)
        if name == "activity_regularizer":
            return self._applied(lambda line: "activity_penalty" in line)
        if kind == "regularizer":
            attributes = self.attributes.get(role, ())
            lines = (line for name in attributes for line in self.places.penalty.get(name, ()))
            return tuple(sorted(set(lines)))
        if kind == "initializer":
            return self._initial(role)
        if name not in self.reads.layer | self.reads.shape:
            return ()
        made = self._made(lambda line: line not in self.initial)
        applied = self._applied(lambda line: "activity_penalty" not in line)
        return tuple(sorted({*made, *applied}))

    def _initial(self, role: str) -> tuple[int, ...]:
        """The statements that fill its weights, or the layer if that does it by itself."""
        if role not in self.attributes:
            return ()
        lines = self._made(lambda line: self.initial.get(line) == role)
        return lines or self._made(lambda line: line not in self.initial)

    def _made(self, wanted: Callable[[str], bool]) -> tuple[int, ...]:
        return _chosen(self.layer.make, self.places.made, wanted)

    def _applied(self, wanted: Callable[[str], bool]) -> tuple[int, ...]:
        return _chosen(self.layer.apply, self.places.applied, wanted)


def _chosen(
    statements: tuple[str, ...], lines: dict[int, tuple[int, ...]], wanted: Callable[[str], bool]
) -> tuple[int, ...]:
    numbers = [number for number, text in enumerate(statements) if wanted(text)]
    return tuple(sorted({line for number in numbers for line in lines.get(number, ())}))
