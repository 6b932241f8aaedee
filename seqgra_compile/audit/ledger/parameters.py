"""The lines of an operation's parameter in the script, and what it affects.

What a parameter affects is not guessed: the catalog's row is called once more, to see which
parameters it reads for the layer, for the shape of its result, and for its weights.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import Any

from ... import ir
from ...catalog.libraries import LIBRARIES
from ...catalog.operations import OPERATIONS, lower
from ...script import Statement
from .. import lexer
from .entries import cell_parameters
from .entry import Entry

# Parameters that are read only for a check, for the layer, the shape and the weights.
_UNREAD: tuple[frozenset[str], ...] = (frozenset(), frozenset({"implementation"}), frozenset())


class _Reads(dict[str, ir.Value[Any]]):
    """Arguments that remember which of them were read."""

    def __init__(self, arguments: ir.Arguments) -> None:
        super().__init__(arguments)
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> ir.Value[Any]:
        self.names.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self.names.add(name)
        return super().get(name, default)


@dataclass(frozen=True)
class ParametersRead:
    """The parameters that decide an operation's layer, its result's shape, and its weights."""

    layer: frozenset[str]
    shape: frozenset[str]
    weights: frozenset[str]


def parameters_read(operation: ir.Layer, library: str) -> ParametersRead:
    row = OPERATIONS[operation.name]
    reads = [_Reads(operation.arguments) for _ in range(3)]
    lower(replace(operation, arguments=reads[0]), library, channels_first=True)
    row.infer(reads[1], operation.input_shape)
    row.weights(reads[2], operation.input_shape)
    return ParametersRead(
        *(frozenset(each.names - unread) for each, unread in zip(reads, _UNREAD, strict=True))
    )


Placed = list[tuple[Statement, set[int]]]


@dataclass(frozen=True)
class OperationLines:
    """The lines of an operation: all of its layer's, those of each statement that makes and applies
    it, those of the penalties on the weights of each role, and those of its weights file.
    """

    layer: set[int]
    made: Placed
    applied: Placed
    penalty: dict[str, set[int]]
    weights: set[int]


class ParameterLines:
    """The lines of single parameters among those of their operation."""

    def __init__(
        self,
        operation: ir.Layer,
        library: str,
        places: OperationLines,
        calls: dict[int, list[ast.Call]],
    ) -> None:
        """`calls` are those of the whole script, by the line in which they begin."""
        self.operation, self.places, self.library = operation, places, library
        self.reads = parameters_read(operation, library)
        self.calls = calls

    def lines(self, entry: Entry) -> set[int]:
        """The lines that give the parameter; none if this script does not use it."""
        name = entry.parameter
        if name == "weights_file":
            return self.places.weights
        if name == "input_shape":
            return set()  # a constant, and in Keras the input
        if LIBRARIES[self.library].names_parameters:
            return self._named(name)
        return self._stated(name)

    def has_effect(self, name: str) -> bool:
        """Whether another value would change this script."""
        if name == "weights_file":
            return bool(self.operation.weights)
        if name == "trainable":
            return lower(self.operation, self.library, channels_first=True).trainable
        if name in ("input_shape", "seed"):
            return True
        role, _, kind = name.rpartition("_")
        if kind in ("initializer", "regularizer") and role != "activity":
            return self._fills(role)
        return name in self.reads.layer | self.reads.shape | self.reads.weights | {
            "activity_regularizer"
        }

    def _fills(self, role: str) -> bool:
        """Whether the operation has weights of this role."""
        return any(weight.role == role for weight in self.operation.weights)

    def _named(self, name: str) -> set[int]:
        """The lines of a call that names it."""
        keywords = cell_parameters(self.operation)
        lines: set[int] = set()
        for node in (call for line in self.places.layer for call in self.calls.get(line, ())):
            for keyword in node.keywords:
                if keyword.arg and keywords.get(keyword.arg) == name:
                    lines |= set(lexer.lines_of(keyword))
        if lines or name not in self.reads.layer | self.reads.shape:
            return lines
        return self.places.layer  # it decides which layer this is

    def _stated(self, name: str) -> set[int]:
        """The lines of the statements for it."""
        made, applied = self.places.made, self.places.applied
        role, _, kind = name.rpartition("_")
        if name in ("trainable", "activity_regularizer"):
            return _chosen([*made, *applied], {name})
        if kind == "regularizer":
            return self.places.penalty.get(role, set())
        # A statement that freezes a layer also belongs to the layer.
        plain = {"", "trainable"}
        if kind == "initializer":
            # The statements that fill the weights, or those of the layer if it does so itself.
            found = _chosen(made, {name}) or _chosen(made, plain)
            return found if self._fills(role) else set()
        if name not in self.reads.layer | self.reads.shape:
            return set()
        return _chosen([*made, *applied], plain)


def _chosen(placed: Placed, parameters: set[str]) -> set[int]:
    """The lines of the statements for these parameters."""
    lines: set[int] = set()
    return lines.union(*(at for statement, at in placed if statement.parameter in parameters))
