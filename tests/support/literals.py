"""The literals of a script, and which row of the ledger has each.

A second way to the same answer. The ledger goes from settings through templates to lines; this
reads the finished script with Python's own parser and asks what stands there: the value of a
setting, an argument that the library has besides, or a number or text of a template.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from seqgra_compile.audit.ledger.setting import LIBRARY, TEMPLATE, Setting
from seqgra_compile.catalog.expressions import Expression

SECTIONS = ("Definition", "Model", "Loss and optimizer")
_BANNER = "# ---- "
# Statements that one row has as a whole, by how its path begins: they say the setting otherwise.
_WHOLE = ("data definition: ", "architecture/external", "general/labels")


@dataclass(frozen=True)
class Literal:
    """A number, a text or a truth value; `keywords` are those around it, each with its function."""

    line: int
    column: int
    text: str
    value: object
    keywords: tuple[tuple[str, str], ...]


def literals(script: str) -> list[Literal]:
    """Those of the sections that decide the model, in their order; docstrings explain only."""
    code = ast.parse(script)
    inside = _lines(script)
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
    documented = {
        node.body[0].lineno
        for node in ast.walk(code)
        if isinstance(node, kinds) and ast.get_docstring(node, clean=False) is not None
    }
    lines = script.split("\n")
    found = [
        Literal(node.lineno, node.col_offset, _text(node, lines), value, around)
        for node, value, around in _found(code, ())
        if node.lineno in inside and node.lineno not in documented
    ]
    return sorted(found, key=lambda each: (each.line, each.column))


def _lines(script: str) -> set[int]:
    section, found = "", set()
    for number, line in enumerate(script.split("\n"), 1):
        if line.startswith(_BANNER):
            section = line.strip("#- ")
        elif section in SECTIONS:
            found.add(number)
    return found


def _text(node: ast.expr, lines: list[str]) -> str:
    """What stands there; of a text over several lines, the first."""
    line = lines[node.lineno - 1].encode()
    end = node.end_col_offset if node.end_lineno == node.lineno else len(line)
    return line[node.col_offset : end].decode()


def _found(node: ast.AST, around: tuple) -> Iterator[tuple[ast.expr, object, tuple]]:
    if isinstance(node, ast.JoinedStr):
        yield node, None, around
        return
    if isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant):
        yield node.operand, -node.operand.value, around
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, (bool, int, float, str)):
        yield node, node.value, around
    for child in ast.iter_child_nodes(node):
        more = around
        if isinstance(node, ast.Call) and isinstance(child, ast.keyword):
            more = (*around, (child.arg, ast.unparse(node.func)))
        yield from _found(child, more)


def has(row: Setting, literal: Literal, is_torch: bool) -> bool:
    """Whether a row says a literal: it has its line, and its value or its name."""
    if literal.line not in row.lines:
        return False
    if row.origin == TEMPLATE:
        return literal.text in row.value
    if row.origin == LIBRARY:
        named = row.path.rpartition(": ")[2]
        return any(named == f"{word} of {function}" for word, function in literal.keywords)
    if row.path.startswith(_WHOLE) or "weights" in row.path:
        return True
    if _is_operation(row):
        # In PyTorch its statements say it; in Keras each argument has a row, but for the name.
        word = literal.keywords[-1][0] if literal.keywords else "name"
        return is_torch or word == "name"
    said = ((type(part), part) for part in _parts(row.value))
    return (type(literal.value), literal.value) in said or _says_otherwise(row, is_torch)


def _is_operation(row: Setting) -> object:
    leaf = row.path.rpartition("/")[2]
    return re.fullmatch(r"operation\[\d+\]", leaf) or re.fullmatch(r"file: layer \w+", row.path)


def _says_otherwise(row: Setting, is_torch: bool) -> bool:
    """A regularizer's factor in a term of PyTorch, the sequences' length, the letters."""
    if "regularizer" in row.path:
        return is_torch
    return row.path in ("general/sequencespace", "general/inputencoding")


def _parts(value: object) -> Iterator[object]:
    """A value, and what is in it."""
    if isinstance(value, Expression):
        value = tuple(argument for _, argument in value.arguments)
    if isinstance(value, tuple):
        for each in value:
            yield from _parts(each)
    else:
        yield value


def lost(found: Sequence[Literal], settings: Sequence[Setting], is_torch: bool) -> list[Literal]:
    """The literals that no row has."""
    by_line: dict[int, list[Setting]] = {}
    for row in settings:
        for line in row.lines:
            by_line.setdefault(line, []).append(row)
    return [
        literal
        for literal in found
        if not any(has(row, literal, is_torch) for row in by_line.get(literal.line, ()))
    ]
