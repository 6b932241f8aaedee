"""Which statements of a module run, and what its names mean. Reports nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from ...catalog.expressions import dotted

_BLOCKS = ("body", "orelse", "finalbody")
TYPE_CHECKING, MAIN = "TYPE_CHECKING", "__main__"


def running(text: str) -> ast.Module:
    """The syntax tree without what never runs in a script: `__main__` and `TYPE_CHECKING` blocks.

    Trees are walked without recursion, because an expression may be nested deeply.
    """
    tree = ast.parse(text)
    for node in ast.walk(tree):
        for field in _BLOCKS:
            block = getattr(node, field, None)
            if isinstance(block, list):
                setattr(node, field, list(_that_run(block)))
    return tree


def _that_run(block: list[ast.stmt]) -> Iterator[ast.stmt]:
    todo = block[::-1]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.If) and never_runs(node):
            todo += node.orelse[::-1]
        elif isinstance(node, ast.If) and _is_negated(node.test):
            todo += node.body[::-1]
        else:
            yield node


def never_runs(node: ast.stmt) -> str | None:
    """Why the body of an `if` never runs in a script, or None."""
    if not isinstance(node, ast.If):
        return None
    if _is_type_checking(node.test):
        return TYPE_CHECKING
    return MAIN if _is_main(node.test) else None


def _is_type_checking(test: ast.expr) -> bool:
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return any(map(_is_type_checking, test.values))
    name = dotted(test)
    return name is not None and name.rpartition(".")[2] == TYPE_CHECKING


def _is_negated(test: ast.expr) -> bool:
    return (
        isinstance(test, ast.UnaryOp)
        and isinstance(test.op, ast.Not)
        and _is_type_checking(test.operand)
    )


def _is_main(test: ast.expr) -> bool:
    if not isinstance(test, ast.Compare):
        return False
    sides = (test.left, *test.comparators)
    return any(isinstance(side, ast.Name) and side.id == "__name__" for side in sides) and any(
        isinstance(side, ast.Constant) and side.value == MAIN for side in sides
    )


@dataclass(frozen=True)
class Names:
    """What names mean: those bound by imports, with their origin, as `nn` with `torch.nn`."""

    origins: dict[str, str]

    def origin(self, expression: ast.AST) -> str | None:
        """A dotted name with its first part replaced by what it was imported as."""
        name = dotted(expression)
        if name is None:
            return None
        first, dot, rest = name.partition(".")
        return self.origins.get(first, first) + dot + rest


def names_of(tree: ast.Module) -> Names:
    origins: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                root = alias.name.partition(".")[0]
                origins[alias.asname or root] = alias.name if alias.asname else root
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            origins.update((a.asname or a.name, f"{base}.{a.name}") for a in node.names)
    return Names(origins)


def targets(statement: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    """What an assignment binds."""
    return statement.targets if isinstance(statement, ast.Assign) else [statement.target]


def top_level(tree: ast.Module | ast.ClassDef) -> Iterator[ast.stmt]:
    """Statements in the scope of a module or class, also those within `if`, `try` and `with`."""
    todo = tree.body[::-1]
    while todo:
        node = todo.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            blocks = [getattr(node, field, []) for field in _BLOCKS]
            inner = (*getattr(node, "handlers", ()), *getattr(node, "cases", ()))
            blocks += [each.body for each in inner]
            todo += [each for block in blocks for each in block][::-1]
