"""What may decide a part of a script: a setting, all settings of a kind, or one of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, TypeVar


class Decider(Enum):
    """A setting with what belongs to it, such as the loss and its parameters; or all settings of a
    kind.
    """

    HEADER = auto()  # each part of the docstring has its own
    VERSION = auto()
    SHA256 = auto()
    SEMANTICS = auto()
    DATA = auto()
    RECORDS = auto()
    SHARDS = auto()
    EMIT = auto()
    ID = auto()
    NAME = auto()
    DESCRIPTION = auto()
    TASK = auto()
    SPACE = auto()
    LIBRARY = auto()
    ENCODING = auto()
    LABELS = auto()
    SEED = auto()
    ARCHITECTURE = auto()
    OPERATIONS = auto()  # all of them
    STORED = auto()  # the one file of all weights
    LOSS = auto()
    OPTIMIZER = auto()
    CLIPNORM = auto()
    CLIPVALUE = auto()
    EARLY_STOPPING = auto()
    SHUFFLE = auto()
    ELEMENTS = auto()  # all sequence elements of a data definition
    CONDITIONS = auto()  # all of its conditions
    LENGTHS = auto()
    BACKGROUNDS = auto()  # all of its distributions of letters
    SETS = auto()  # all of its sets
    COPIES = auto()  # all operations of its postprocessing


class Part(Enum):
    """The parts of an operation in a script."""

    LAYER = auto()
    PENALTY = auto()
    WEIGHTS = auto()


@dataclass(frozen=True)
class Stated:
    """The setting with this element path, which the section Definition states."""

    path: str


@dataclass(frozen=True)
class OfOperation:
    """The operation with this number, counted from 1."""

    number: int
    part: Part = Part.LAYER


@dataclass(frozen=True)
class OfElement:
    """The sequence element with this name."""

    name: str


@dataclass(frozen=True)
class OfCondition:
    """The condition with this id."""

    id: str


Group = Decider | Stated | OfOperation | OfElement | OfCondition
KINDS = frozenset(
    {
        Decider.OPERATIONS,
        Decider.ELEMENTS,
        Decider.CONDITIONS,
        Decider.BACKGROUNDS,
        Decider.SETS,
        Decider.COPIES,
    }
)
_DECIDERS = "deciders"
Getter = TypeVar("Getter", bound=Callable[..., object])


def decided_by(*deciders: Group) -> Any:
    """A field with its deciders; without any, it is the same in every script of a library."""
    return field(metadata={_DECIDERS: deciders})


def decides(*deciders: Group) -> Callable[[Getter], Getter]:
    """The same for a property."""

    def marked(getter: Getter) -> Getter:
        setattr(getter, _DECIDERS, deciders)
        return getter

    return marked


def deciders(kind: Any, name: str) -> tuple[Group, ...] | None:
    """The deciders of a field or property of a record's type; None if it has none."""
    for each in dataclasses.fields(kind):
        if each.name == name:
            return each.metadata.get(_DECIDERS)
    return getattr(getattr(kind, name).fget, _DECIDERS, None)
