"""A row of the ledger: one setting that decides the run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ...catalog.expressions import Expression
from ...ir import DEFINITION, FILE, LIBRARY_DEFAULT, SEQGRA_DEFAULT
from ...pycode import call, literal
from ...visible import visible

LIBRARY = "library"
TEMPLATE = "template"
OPTION = "option"
COMPILER = "compiler"

# Remarks of rows without lines.
IDLE = "without effect here"
SILENT = "no line of the script says it"

ORIGINS = {
    DEFINITION: "the definition, or the data definition that it names, gives it",
    SEQGRA_DEFAULT: "the definition does not mention it, and seqgra uses this",
    LIBRARY_DEFAULT: "the definition does not mention it, and the library's default is written out",
    LIBRARY: "an argument of the library that no definition can set, written out",
    TEMPLATE: "a constant in the code of every such script",
    OPTION: "an option of the compiler's command line",
    FILE: "a file that the definition names",
    COMPILER: "the compiler itself",
}


@dataclass(frozen=True)
class Where:
    """A place in a definition, or in another file."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Setting:
    """A setting of the run, its origin, and its lines in the script.

    `lines` have the setting itself: its constant and where that is used, or the code that only
    this setting decides. `derived` lines follow from it and from others: hashes, shapes, numbers
    of weights. Both are sorted, without repetition, and have no line in common.
    """

    path: str
    value: object
    unit: str
    origin: str
    where: Where | None
    lines: tuple[int, ...]
    derived: tuple[int, ...]
    remark: str

    @property
    def text(self) -> str:
        """The value, for people."""
        return value_text(self.value)

    @property
    def measure(self) -> str:
        """The unit as it is read after the value: one position, two positions."""
        one = type(self.value) is int and self.value == 1
        return in_number(1, self.unit) if one else self.unit


def in_number(number: int, nouns: str) -> str:
    """The singular or the plural of a noun that is given in the plural."""
    return nouns.removesuffix("s") if number == 1 else nouns


def counted(number: int, nouns: str) -> str:
    return f"{number:,} {in_number(number, nouns)}"


def value_text(value: object) -> str:
    """A value for people: on one line, nothing invisible."""
    if value is None:
        return "none"
    if isinstance(value, str):
        return visible(value) or "(empty)"
    if isinstance(value, Expression):
        return str(call(value.name, **dict(value.arguments)))
    return literal(value)


_DIGITS = 4


def shown_briefly(value: object, digits: int = _DIGITS) -> str:
    """A value for comparison: floats with the digits that matter."""
    return value_text(_rounded(value, digits))


def shown_apart(one: object, other: object) -> tuple[str, str]:
    """Two values with as many digits as are needed to tell them apart."""
    for digits in range(_DIGITS, 17):
        found = shown_briefly(one, digits), shown_briefly(other, digits)
        if found[0] != found[1]:
            return found
    return value_text(one), value_text(other)


def _rounded(value: object, digits: int) -> object:
    if isinstance(value, float):
        return float(f"{value:.{digits}g}")
    if isinstance(value, tuple):
        return tuple(_rounded(each, digits) for each in value)
    if isinstance(value, Expression):
        pairs = tuple((name, _rounded(each, digits)) for name, each in value.arguments)
        return Expression(value.name, pairs)
    return value


def ranges(lines: Iterable[int]) -> str:
    """`1-3, 7`"""
    parts: list[list[int]] = []
    for line in lines:
        if parts and parts[-1][1] == line - 1:
            parts[-1][1] = line
        else:
            parts.append([line, line])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in parts)
