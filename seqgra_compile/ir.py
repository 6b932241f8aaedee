"""A typed model definition: defaults filled in, shapes known, origins kept.

Shapes are without the batch, in Keras's order: (length, channels) or (height, width, channels).
Operations, losses and optimizers are named by their canonical name; their rows are in `catalog`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from .source import Span

T = TypeVar("T")
Shape = tuple[int, ...]


# Where a value comes from.
DEFINITION = "definition"
SEQGRA_DEFAULT = "default of seqgra"
LIBRARY_DEFAULT = "default of the library"
FILE = "file"

# The backend of data definitions, which name no library.
SIMULATOR = "simulator"


@dataclass(frozen=True)
class Value(Generic[T]):
    """A setting: its value, its element path, and its place, or None if the XML does not mention
    it.

    `origin` is one of those above; `note` says how a stage changed the value, or is empty.
    """

    value: T
    path: str
    span: Span | None
    origin: str = DEFINITION
    note: str = ""

    @property
    def is_default(self) -> bool:
        return self.span is None


@dataclass(frozen=True)
class Given(Value[T]):
    """A setting without a default, from the XML or from a file that the XML names."""

    span: Span


Arguments = dict[str, Value[Any]]


@dataclass(frozen=True)
class Weight:
    """A weight tensor of an operation, in Keras's layout.

    `role` names its parameters: `kernel_initializer`, `kernel_regularizer`. A role without an
    initializer is never printed: such a weight starts as its operation says.
    """

    name: str
    shape: Shape
    role: str
    trainable: bool = True

    @property
    def count(self) -> int:
        count = 1
        for size in self.shape:
            count *= size
        return count


@dataclass(frozen=True)
class WeightsFile:
    """A file of initial weights: its name as written and its SHA-256."""

    path: str
    sha256: str


@dataclass(frozen=True)
class StoredWeight:
    """A weight tensor in a file, in Keras's layout: its path below its layer's, or its offset."""

    shape: Shape
    place: str | int

    @property
    def count(self) -> int:
        return math.prod(self.shape)


@dataclass(frozen=True)
class KerasFile:
    """A Keras file that an architecture was read from, by the name that the definition gives it.

    `path` is the file with the layers, which differs from the name for a SavedModel, a folder;
    `form` is "json", "h5", "archive" or "saved_model"; `weights` is the file of its weights, if it has any.
    """

    name: str
    path: str
    sha256: str
    form: str
    weights: WeightsFile | None = None


@dataclass(frozen=True)
class SavedLayer:
    """What a Keras file holds for an operation: its layer's name, and its weights.

    These are under the catalog's names or their numbers in its order; `group` is where they lie in
    an HDF5 file.
    """

    name: str
    weights: Mapping[str | int, StoredWeight]
    group: str | None


@dataclass(frozen=True)
class Operation:
    """One operation, as the definition or a Keras file gives it.

    `seed` is the seed of its generator in Keras, which draws one when it is created if none is
    given.
    """

    number: int
    name: str
    arguments: Arguments
    span: Span
    weights_file: WeightsFile | None = None
    saved: SavedLayer | None = None
    seed: int | None = None

    def __getitem__(self, parameter: str) -> Any:
        return self.arguments[parameter].value

    @property
    def identifier(self) -> str:
        """The layer's name in a script: `conv1d_1`."""
        return f"{self.name.lower()}_{self.number}"


@dataclass(frozen=True, kw_only=True)
class Layer(Operation):
    """An operation whose shapes and weights are known.

    `stored` are those of its weights that a Keras file holds, by the names of `weights`.
    """

    input_shape: Shape
    output_shape: Shape
    weights: tuple[Weight, ...]
    stored: Mapping[str, StoredWeight]

    @property
    def weight_count(self) -> int:
        return sum(weight.count for weight in self.weights)


@dataclass(frozen=True)
class Sequential:
    """An embedded architecture, or that of a Keras file, written out."""

    operations: tuple[Operation, ...]
    span: Span
    file: KerasFile | None = None


@dataclass(frozen=True)
class Network(Sequential):
    """The same with the shapes and weights of each operation."""

    operations: tuple[Layer, ...]

    @property
    def input_shape(self) -> Shape:
        return self.operations[0].input_shape


@dataclass(frozen=True)
class External:
    """A file that the definition names, before it is read."""

    format: Given[str]
    path: Given[str]


@dataclass(frozen=True)
class ExternalModule(External):
    """A file with a PyTorch module, and the name of its class."""

    class_name: Given[str]


@dataclass(frozen=True)
class Import:
    """One bound name of an import: `import a.b as c` or `from a import b as c`."""

    module: str
    name: str | None = None
    alias: str | None = None

    @property
    def binds(self) -> str:
        return self.alias or self.name or self.module.partition(".")[0]

    @property
    def text(self) -> str:
        imported = self.name or self.module
        alias = f" as {self.alias}" if self.alias and self.alias != imported else ""
        return (
            f"from {self.module} import {imported}{alias}"
            if self.name
            else (f"import {imported}{alias}")
        )


@dataclass(frozen=True)
class PerBatch:
    """A line of a module that computes something else for a part of a batch than for the whole."""

    line: int
    problem: str


@dataclass(frozen=True)
class Module:
    """An external PyTorch module, read as text: never run by the compiler.

    `code` is the file's text without its imports at the top level and the blocks that never run
    in a script: `left_out` says which, `__main__` first.
    """

    path: str
    sha256: str
    class_name: str
    code: str
    imports: tuple[Import, ...]
    future: tuple[str, ...]
    left_out: tuple[str, ...]
    names: frozenset[str]
    dependencies: tuple[str, ...]
    per_batch: tuple[PerBatch, ...]
    span: Span
    class_span: Span


@dataclass(frozen=True)
class Loss:
    name: str
    arguments: Arguments
    span: Span
    path: str = "loss/loss"
    origin: str = DEFINITION


@dataclass(frozen=True)
class Optimizer:
    """`other_epsilon`: it adds epsilon where the other library does."""

    name: str
    arguments: Arguments
    span: Span
    clipnorm: Value[float | None]
    clipvalue: Value[float | None]
    path: str = "optimizer/optimizer"
    origin: str = DEFINITION
    other_epsilon: bool = False


@dataclass(frozen=True)
class TrainingProcess:
    batch_size: Given[int]
    epochs: Given[int]
    early_stopping: Given[bool]
    patience: Value[int]
    shuffle: Given[bool]


@dataclass(frozen=True)
class LabelPattern:
    """Labels that a pattern names: prefix, a number from first to last, postfix."""

    prefix: str
    postfix: str
    first: int
    last: int

    @property
    def labels(self) -> tuple[str, ...]:
        numbers = range(self.first, self.last + 1)
        return tuple(f"{self.prefix}{number}{self.postfix}" for number in numbers)


@dataclass(frozen=True)
class General:
    """What the definitions of all libraries have.

    `label_pattern` is None where labels are listed; `semantics` is the name in the catalog under
    which the model is compiled; `data`, `records` and `emit` are the names of how the script holds
    its data, of what it keeps of its run, and of what it does; `shards` is the number of
    parts of a batch.
    """

    id: Given[str]
    name: Given[str]
    description: Given[str]
    task: Given[str]
    sequence_space: Given[str]
    library: Given[str]
    input_encoding: Value[str]
    labels: Given[tuple[str, ...]]
    label_pattern: LabelPattern | None
    seed: Given[int]
    semantics: str = field(default="intended", kw_only=True)
    data: str = field(default="memory", kw_only=True)
    records: str = field(default="full", kw_only=True)
    shards: int = field(default=1, kw_only=True)
    emit: str = field(default="train", kw_only=True)

    @property
    def backend(self) -> str:
        return self.library.value


@dataclass(frozen=True)
class ExternalModel(General):
    """A model whose architecture is a file, before it is read.

    The loss and the optimizer are None if the file may hold them.
    """

    architecture: External
    loss: Loss | None
    optimizer: Optimizer | None
    training: TrainingProcess


@dataclass(frozen=True)
class BayesDefinition(General):
    """A Bayes classifier, before the data definition that it names is read."""

    architecture: External


@dataclass(frozen=True)
class DefinedModel(General):
    """A model that is trained, as the definition and its files say it."""

    architecture: Sequential | Module
    loss: Loss
    optimizer: Optimizer
    training: TrainingProcess


@dataclass(frozen=True)
class Model(DefinedModel):
    """The same with all shapes and weights known."""

    architecture: Network | Module

    @property
    def operations(self) -> tuple[Layer, ...]:
        """The known operations; none for a PyTorch module."""
        return self.architecture.operations if isinstance(self.architecture, Network) else ()
