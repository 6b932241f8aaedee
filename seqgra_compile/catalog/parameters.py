"""Kinds of parameters: how a value is written in the XML, what is accepted, how it is printed."""

from __future__ import annotations

import ast
import math
import re
import sys
import warnings
from dataclasses import dataclass
from typing import Any

from ..pycode import Code, code

REQUIRED = object()
TRUE = ("y", "yes", "t", "true", "on", "1")
FALSE = ("n", "no", "f", "false", "off", "0")
MAX_INTEGER = 2**31 - 1
_MAX_EXPRESSION = 500
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
# A number within an expression, as Python reads it: no part of a word.
_DIGITS = "[0-9](?:_?[0-9])*"
_WITHIN = re.compile(rf"(?<![\w.])({_DIGITS}\.?(?:{_DIGITS})?|\.{_DIGITS})(?:[eE][+-]?{_DIGITS})?")
_SMALLEST, _LARGEST = sys.float_info.min, sys.float_info.max


class BadValue(ValueError):
    """A value that a kind does not accept; the message says what it accepts."""

    def __init__(self, wanted: str, help: str | None = None) -> None:
        super().__init__(wanted)
        self.help = help


class Kind:
    """The common part of all kinds."""

    @property
    def wants(self) -> str:
        """Completes the sentence "X must be ..."."""
        raise NotImplementedError

    def parse(self, text: str) -> object:
        """The value; raises `BadValue`."""
        raise NotImplementedError

    def keras(self, value: Any) -> Code:
        """The value as an argument in a Keras script."""
        return code(value)


def parsed(text: str) -> ast.expr | None:
    """The syntax tree of a Python expression out of a definition, or None if it is not one."""
    if len(text) > _MAX_EXPRESSION:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None


def check_range(text: str, wants: str) -> None:
    """Raise `BadValue` if a number in the text is too large or too small for a float of 64 bits."""
    for found in _WITHIN.finditer(text):
        value = float(found[0]) if len(found[0]) <= _MAX_EXPRESSION else math.inf
        if math.isinf(value):
            raise BadValue(wants, f"the largest number is {_LARGEST}")
        if value < _SMALLEST and re.search("[1-9]", found[1]):
            raise BadValue(wants, f"the smallest number above 0 is {_SMALLEST}")


def python_literal(text: str, wants: str) -> Any:
    """A Python literal from a definition; raises `BadValue` for anything else."""
    tree = parsed(text)
    if tree is not None:
        check_range(text, wants)
    try:
        if tree is not None:
            return ast.literal_eval(tree)
    except (ValueError, MemoryError, RecursionError, TypeError):
        pass
    raise BadValue(wants)


def _integer(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[+-]?[0-9]{1,18}", text) else None


@dataclass(frozen=True)
class Integer(Kind):
    minimum: int = 1
    maximum: int = MAX_INTEGER

    @property
    def wants(self) -> str:
        if self.maximum != MAX_INTEGER:
            return f"a whole number from {self.minimum} to {self.maximum}"
        return f"a whole number of at least {self.minimum}"

    def parse(self, text: str) -> int:
        value = _integer(text.strip())
        if value is None or not self.minimum <= value <= self.maximum:
            raise BadValue(self.wants)
        return value


@dataclass(frozen=True)
class Real(Kind):
    """A finite number; `above` and `below` are outside the range, `minimum` and `maximum` inside."""

    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    below: float | None = None

    @property
    def wants(self) -> str:
        bounds = [
            (self.above, "above"),
            (self.minimum, "of at least"),
            (self.below, "below"),
            (self.maximum, "at most"),
        ]
        words = [f"{word} {bound:g}" for bound, word in bounds if bound is not None]
        return "a number" + (" " + " and ".join(words) if words else "")

    def parse(self, text: str) -> float:
        if len(text) > _MAX_EXPRESSION or not _NUMBER.fullmatch(text.strip()):
            raise BadValue(self.wants)
        check_range(text, self.wants)
        return self.check(float(text))

    def check(self, value: float) -> float:
        inside = (
            math.isfinite(value)
            and (self.above is None or value > self.above)
            and (self.minimum is None or value >= self.minimum)
            and (self.below is None or value < self.below)
            and (self.maximum is None or value <= self.maximum)
        )
        if not inside:
            raise BadValue(self.wants)
        return value


@dataclass(frozen=True)
class Reals(Kind):
    """A tuple of numbers such as Adam's `betas`."""

    items: tuple[Real, ...]

    @property
    def wants(self) -> str:
        if len(set(self.items)) == 1:
            return f"a tuple of {len(self.items)}, each {self.items[0].wants}"
        return "a tuple of " + ", ".join(item.wants for item in self.items)

    def parse(self, text: str) -> tuple[float, ...]:
        values = python_literal(text, self.wants)
        if not isinstance(values, (tuple, list)) or len(values) != len(self.items):
            raise BadValue(self.wants)
        if not all(type(value) in (int, float) for value in values):
            raise BadValue(self.wants)
        try:
            return tuple(
                item.check(float(value)) for item, value in zip(self.items, values, strict=True)
            )
        except (BadValue, OverflowError):
            raise BadValue(self.wants) from None


@dataclass(frozen=True)
class Boolean(Kind):
    wants = "true or false"

    def parse(self, text: str) -> bool:
        word = text.strip().lower()
        if word not in TRUE + FALSE:
            raise BadValue("true or false", f"also read: {', '.join(TRUE + FALSE)}")
        return word in TRUE


@dataclass(frozen=True)
class Choice(Kind):
    """One of a few words, in any case."""

    words: tuple[str, ...]

    @property
    def wants(self) -> str:
        return "one of " + ", ".join(f"'{word}'" for word in self.words)

    def parse(self, text: str) -> str:
        for word in self.words:
            if word.lower() == text.strip().lower():
                return word
        raise BadValue(self.wants)


@dataclass(frozen=True)
class Size(Kind):
    """A whole number for one axis, or a tuple with one for each of `rank` axes."""

    rank: int

    @property
    def wants(self) -> str:
        if self.rank == 1:
            return "a whole number of at least 1, such as 11 or (11,)"
        return f"a whole number of at least 1 or a tuple of {self.rank}"

    def parse(self, text: str) -> int | tuple[int, ...]:
        value = python_literal(text, self.wants)
        values = tuple(value) if isinstance(value, (tuple, list)) else (value,) * self.rank
        if len(values) != self.rank or not all(
            type(size) is int and 1 <= size <= MAX_INTEGER for size in values
        ):
            raise BadValue(self.wants)
        return values[0] if self.rank == 1 else values


@dataclass(frozen=True)
class PairKind(Kind):
    """Two whole numbers of at least 0, or one for both."""

    wants = "a whole number of at least 0, or a pair such as (1, 2)"

    def parse(self, text: str) -> tuple[int, int]:
        value = python_literal(text, self.wants)
        pair = tuple(value) if isinstance(value, (tuple, list)) else (value, value)
        if len(pair) != 2 or not all(
            type(size) is int and 0 <= size <= MAX_INTEGER for size in pair
        ):
            raise BadValue(self.wants)
        return pair


@dataclass(frozen=True)
class ShapeKind(Kind):
    """A shape without the batch; with `free`, one axis may be -1: what is left."""

    free: bool = False

    @property
    def wants(self) -> str:
        if self.free:
            return "a tuple of whole numbers such as (150, 2), in which one may be -1"
        return "a tuple of whole numbers such as (150, 4)"

    def parse(self, text: str) -> tuple[int, ...]:
        value = python_literal(text, self.wants)
        if isinstance(value, list):
            value = tuple(value)
        if not isinstance(value, tuple) or not value:
            raise BadValue(self.wants)
        if not all(type(size) is int and size <= MAX_INTEGER for size in value):
            help = "write the length of the sequences" if None in value else None
            raise BadValue(self.wants, help)
        if any(size < 1 and not (self.free and size == -1) for size in value):
            raise BadValue(self.wants)
        if value.count(-1) > 1:
            raise BadValue(self.wants)
        return value


@dataclass(frozen=True)
class FilePath(Kind):
    wants = "a path"

    def parse(self, text: str) -> str:
        if not text.strip():
            raise BadValue("a path")
        return text.strip()


@dataclass(frozen=True)
class Parameter:
    """A parameter of an operation, loss or optimizer.

    `refused` maps a value to the reason why no script can honour it; `keyword` is its name in the
    library where that differs; `passed` tells whether a Keras layer takes it.
    """

    name: str
    kind: Kind
    default: object = REQUIRED
    about: str = ""
    keyword: str | None = None
    passed: bool = True
    refused: tuple[tuple[object, str], ...] = ()

    @property
    def required(self) -> bool:
        return self.default is REQUIRED


@dataclass(frozen=True)
class Conflict:
    """A parameter whose value the others do not allow, with the reason."""

    parameter: str
    problem: str
    reason: str
