"""A training script before rendering: exactly what the templates print, as Python text.

Each field says which settings decide it, and so does each element of a list. What a single setting
decides is that setting in another form; what several settings decide follows from them.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from .deciders import (
    Decider,
    Group,
    OfOperation,
    Part,
    Stated,
    decided_by,
    decides,
)

_WIDTH = 80  # of lines in a function: Black's 88 less the indentation
_STRUCTURE = (
    Decider.LIBRARY,
    Decider.TASK,
    Decider.LOSS,
    Decider.OPTIMIZER,
    Decider.ARCHITECTURE,
    Decider.OPERATIONS,
    Decider.SEMANTICS,
    Decider.SHUFFLE,
    Decider.DATA,
    Decider.RECORDS,
    Decider.SHARDS,
    Decider.EMIT,
)
LAYERS = (Decider.ARCHITECTURE, Decider.OPERATIONS)
SCORES = (Decider.LOSS, Decider.TASK)


@dataclass(frozen=True)
class Constant:
    """`NAME = value  # comment`; without a name, a comment alone.

    `path` is the element path of the setting that it states. `above`: the comment has its own
    line, because the two do not fit on one.
    """

    name: str
    value: str
    comment: str
    path: str
    above: bool = False

    @property
    def group(self) -> Group:
        return Stated(self.path)


@dataclass(frozen=True)
class Section:
    """A titled part of a script and the template that prints it."""

    title: str
    template: str

    @property
    def banner(self) -> str:
        return f"# ---- {self.title} ".ljust(80, "-")


@dataclass(frozen=True)
class AlphabetCodes:
    """Letters of a `space` and their codes: `codes` and `lower` are byte strings in their order.

    `letters` are those of `codes`, and `remedy` says what to do with others, both for messages;
    `known` is a byte string of all letters that have a code.

    `unknown` is the code of the letter that stands for any, `share` its value in each channel;
    `lenient`: any other letter counts as it. `complement` has the codes of the opposite strand, or
    is empty.
    """

    space: str = decided_by(Decider.SPACE)
    size: int = decided_by(Decider.SPACE)
    letters: str = decided_by(Decider.SPACE)
    codes: str = decided_by(Decider.SPACE)
    lower: str = decided_by(Decider.SPACE)
    code_count: int = decided_by(Decider.SPACE)
    has_unknown: bool = decided_by(Decider.SPACE)
    unknown: int = decided_by(Decider.SPACE)
    share: str = decided_by(Decider.SPACE)
    lenient: bool = decided_by(Decider.SEMANTICS, Decider.SPACE)
    complement: str = decided_by(Decider.SPACE)
    known: str = decided_by(Decider.SPACE)
    remedy: str = decided_by(Decider.SPACE)


@dataclass(frozen=True)
class Statement:
    """A statement of an operation, and the only parameter that it is for, if any."""

    text: str
    parameter: str = ""

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class LayerStatements:
    """One operation: what makes it, and, in PyTorch, what applies it to `x`."""

    number: int
    heading: str
    make: tuple[Statement, ...]
    apply: tuple[Statement, ...] = ()

    @property
    def group(self) -> Group:
        return OfOperation(self.number)


@dataclass(frozen=True)
class LoadedWeights:
    """The statement that gives a layer the initial weights of a file.

    `number` is that of the operation, or None if one file holds the weights of all.
    """

    load: str
    number: int | None

    @property
    def group(self) -> Group:
        return Decider.STORED if self.number is None else OfOperation(self.number, Part.WEIGHTS)


@dataclass(frozen=True, kw_only=True, eq=False)
class Script:
    """What the scripts of all libraries have.

    `imports` are lines before those of `packages`; if one of these is missing, the text `install`
    says what to do; `checks` are lines that end a script if a package is too old. `family` is a
    hash shared by definitions that differ only in id, name, description and seed.
    `length_from_data`: the length is that of the first sequence, not in the definition. `on_disk`:
    data stay on disk. `records`: the script keeps records of its run. `shards`: it computes each
    batch in parts, in one or more processes. `trains`: there is something to train, and a run that
    was stopped can continue. `other_libraries` could train the same definition. `one_hot` is the template of the function that encodes codes. Of several
    labels, those whose probability (or what the model gives in its place) is above `cut` are
    predicted.
    """

    docstring: str = decided_by(Decider.HEADER)
    dependencies: str = decided_by(*_STRUCTURE)
    future: tuple[str, ...] = decided_by(Decider.ARCHITECTURE)
    imports: tuple[str, ...] = decided_by(*_STRUCTURE)
    packages: tuple[str, ...] = decided_by(*_STRUCTURE)
    install: str = decided_by(*_STRUCTURE)
    checks: tuple[str, ...] = decided_by(Decider.LIBRARY)
    sections: tuple[Section, ...] = decided_by(Decider.RECORDS, Decider.EMIT, Decider.SHARDS)
    constants: tuple[Constant, ...] = decided_by()
    version: str = decided_by(Decider.VERSION)
    definition_sha256: str = decided_by(Decider.SHA256)
    family: str = decided_by(Decider.SHA256)
    alphabet: AlphabetCodes
    one_hot: str = decided_by(Decider.LIBRARY)
    one_hot_doc: str = decided_by(Decider.SPACE, Decider.ENCODING, Decider.LIBRARY)
    targets_doc: str = decided_by(Decider.TASK)
    multi_class: bool = decided_by(Decider.TASK)
    cut: str = decided_by(*SCORES)
    length_from_data: bool = decided_by(Decider.ARCHITECTURE)
    on_disk: bool = decided_by(Decider.DATA)
    records: bool = decided_by(Decider.RECORDS)
    shards: bool = decided_by(Decider.SHARDS)
    trains: bool = decided_by(Decider.LIBRARY)
    other_libraries: tuple[str, ...] = decided_by(Decider.LIBRARY)

    @property
    @decides(Decider.ARCHITECTURE)
    def embeds(self) -> bool:
        """Whether it holds a module, whose errors are for its author to fix."""
        return False

    @property
    @decides(Decider.LIBRARY)
    def has_cpu_build(self) -> bool:
        """Whether its library has a build without CUDA on another index."""
        return False

    @property
    @decides(Decider.LIBRARY)
    def starts_loudly(self) -> bool:
        """Whether `imports` end by hiding standard error until `packages` are imported."""
        return False

    @property
    @decides(Decider.SHUFFLE, Decider.LIBRARY)
    def keeps_order(self) -> bool:
        """Whether examples are trained in the order of their file."""
        return False

    @property
    @decides(Decider.RECORDS, Decider.LIBRARY)
    def resumes(self) -> bool:
        """Whether a run that was stopped can continue."""
        return self.trains and self.records

    @property
    @decides(
        Decider.LOSS,
        Decider.OPTIMIZER,
        Decider.EARLY_STOPPING,
        Decider.CLIPNORM,
        Decider.CLIPVALUE,
        Decider.ARCHITECTURE,
    )
    def setting_names(self) -> tuple[str, ...]:
        """Lines of the names that the section Definition gives."""
        names = " ".join(constant.name for constant in self.constants if constant.name)
        return tuple(textwrap.wrap(names, _WIDTH))


@dataclass(frozen=True, kw_only=True, eq=False)
class TrainingScript(Script):
    """A script that trains a model, as seqgra 0.0.4 does if it `imitates` or even `streams`.

    `probabilities` and `ranked` are expressions: what is written for the scores on the test set,
    and what the areas under curves are computed from, without ties from rounding. `by_batch`: the
    first is computed batch by batch, because its last digits depend on the number of scores.
    """

    model_doc: str = decided_by(Decider.ARCHITECTURE, Decider.OPERATIONS, Decider.LOSS)
    two_dimensional: bool = decided_by(Decider.ENCODING)
    shuffle: bool = decided_by(Decider.SHUFFLE)
    early_stopping: bool = decided_by(Decider.EARLY_STOPPING)
    imitates: bool = decided_by(Decider.SEMANTICS)
    streams: bool = decided_by(Decider.SEMANTICS)
    loss: str = decided_by(Decider.LOSS)
    optimizer: str = decided_by(Decider.OPTIMIZER)
    probabilities: str = decided_by(*SCORES)
    ranked: str = decided_by(*SCORES)
    by_batch: bool = decided_by(*SCORES)
    layers: tuple[LayerStatements, ...] = decided_by(*LAYERS)
    weights_reader: str | None = decided_by(*LAYERS)
    weights_files: tuple[LoadedWeights, ...] = decided_by(*LAYERS)

    @property
    @decides(Decider.SHUFFLE)
    def keeps_order(self) -> bool:
        return not self.shuffle
