"""Calls such as `tf.keras.regularizers.l2(0.01)`: parsed, matched against a table, never evaluated."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..messages.diagnostics import suggest
from ..pycode import Code, call
from .parameters import REQUIRED, BadValue, Kind, Parameter, check_range, parsed

_PACKAGES = ("", "keras.", "tf.", "tf.keras.", "tensorflow.keras.")


@dataclass(frozen=True)
class Expression:
    """A row's canonical name and all of its arguments, defaults filled in."""

    name: str
    arguments: tuple[tuple[str, object], ...] = ()

    def __getitem__(self, parameter: str) -> Any:
        return dict(self.arguments)[parameter]


@dataclass(frozen=True)
class ExpressionRow:
    """What a table of expressions needs to know about a row to parse it.

    `fault` says what is wrong with a combination of valid arguments, or nothing.
    """

    name: str
    parameters: tuple[Parameter, ...] = ()
    aliases: tuple[str, ...] = ()
    about: str = field(default="", kw_only=True)
    fault: Callable[[Mapping[str, Any]], str] = field(default=lambda values: "", kw_only=True)


def folded(name: str) -> str:
    """CamelCase and snake_case are equivalent."""
    return name.lower().replace("_", "")


def default_expression(row: ExpressionRow) -> Expression:
    return Expression(row.name, tuple((p.name, p.default) for p in row.parameters))


def dotted(tree: ast.AST) -> str | None:
    """`a.b.c` as text, or None for any other expression."""
    parts: list[str] = []
    while isinstance(tree, ast.Attribute):
        parts.append(tree.attr)
        tree = tree.value
    return ".".join([tree.id, *reversed(parts)]) if isinstance(tree, ast.Name) else None


def _written(tree: ast.expr) -> str:
    """A number, word or quoted word as its parameter reads it; None for anything else."""
    if isinstance(tree, ast.Name):
        return tree.id
    try:
        value = ast.literal_eval(tree)
    except (ValueError, TypeError, MemoryError, RecursionError):
        return ""
    return value if isinstance(value, str) else repr(value)


def _takes(row: ExpressionRow, keyword: ast.keyword) -> str:
    """Why a keyword argument is not allowed."""
    if keyword.arg is None:
        return "write each argument by its name, not with **"
    names = [parameter.name for parameter in row.parameters]
    if keyword.arg in names:
        return f"'{keyword.arg}' is given twice"
    takes = suggest(keyword.arg, names) if names else "it takes none"
    return f"{row.name} has no argument '{keyword.arg}'; {takes}"


@dataclass(frozen=True)
class ExpressionKind(Kind):
    """A row of a table, by name, quoted name or call."""

    rows: Mapping[str, ExpressionRow]
    module: str
    noun: str
    optional: bool = False

    @property
    def wants(self) -> str:
        return f"{self.noun} such as {self.module}.{next(iter(self.rows.values())).name}()"

    def __hash__(self) -> int:
        return hash((self.module, self.optional))

    def parse(self, text: str) -> Expression | None:
        if self.optional and text.strip() == "None":
            return None
        tree = parsed(text)
        if tree is None:
            raise BadValue(self.wants)
        check_range(text, self.wants)
        arguments: list[ast.expr] = []
        keywords: list[ast.keyword] = []
        if isinstance(tree, ast.Call):
            arguments, keywords, tree = tree.args, tree.keywords, tree.func
        row = self._row(tree)
        return Expression(row.name, tuple(self._arguments(row, arguments, keywords).items()))

    def _row(self, tree: ast.expr) -> ExpressionRow:
        name = tree.value if isinstance(tree, ast.Constant) else dotted(tree)
        if not isinstance(name, str):
            raise BadValue(self.wants)
        for package in _PACKAGES:
            prefix = f"{package}{self.module}."
            if name.startswith(prefix):
                name = name[len(prefix) :]
        known = {
            folded(alias): row for row in self.rows.values() for alias in (row.name, *row.aliases)
        }
        if folded(name) not in known:
            raise BadValue(self.wants, suggest(name, [row.name for row in self.rows.values()]))
        return known[folded(name)]

    def _arguments(
        self, row: ExpressionRow, positional: list[ast.expr], keywords: list[ast.keyword]
    ) -> dict[str, object]:
        parameters = {parameter.name: parameter for parameter in row.parameters}
        given = dict(zip(parameters, positional, strict=False))
        if len(positional) > len(parameters):
            raise BadValue(
                f"{self.noun} with arguments that it takes",
                f"{row.name} takes {len(parameters)} of them at most",
            )
        for keyword in keywords:
            if keyword.arg is None or keyword.arg not in parameters or keyword.arg in given:
                raise BadValue(f"{self.noun} with arguments that it takes", _takes(row, keyword))
            given[keyword.arg] = keyword.value
        values: dict[str, object] = {}
        for name, parameter in parameters.items():
            if name in given:
                try:
                    values[name] = parameter.kind.parse(_written(given[name]))
                except BadValue as error:
                    raise BadValue(f"{self.noun} whose {name} is {error}") from None
            elif parameter.default is REQUIRED:
                raise BadValue(
                    f"{self.noun} with all of its arguments", f"{row.name} needs '{name}'"
                )
            else:
                values[name] = parameter.default
        fault = row.fault(values)
        if fault:
            raise BadValue(self.wants, f"{row.name}: {fault}")
        return values

    def keras(self, value: Expression | None) -> Code:
        if value is None:
            return Code("None")
        return call(f"keras.{self.module}.{value.name}", **dict(value.arguments))
