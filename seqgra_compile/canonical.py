"""Statements that Black leaves as they are, told from their text alone.

A line that fits is not broken, and one whose tokens are spelt and spaced as Black does is not
changed. So a statement of names, attributes, calls, tuples, strings and numbers is compared with
the one way of writing it; whatever is more than that is left to Black.
"""

from __future__ import annotations

import ast
import re

_WIDTH = 88
# Black looks closer at comments about types.
_COMMENT = re.compile(r"# (?!.*type:)[!-~](?:[ -~]*[!-~])?")
_PLAIN = re.compile(r"[ -!#-\[\]-~]*")


def is_canonical_comment(line: str) -> bool:
    """Whether a line is a comment in Black's form; it breaks none, however long."""
    return _COMMENT.fullmatch(line.lstrip(" ")) is not None


def is_canonical(statement: ast.stmt, line: str) -> bool:
    """Whether a statement on this one line is in Black's form."""
    indent, text = statement.col_offset, _statement(statement)
    if text is None or len(line) > _WIDTH or line[indent : indent + len(text)] != text:
        return False
    rest = line[indent + len(text) :]
    return not rest or (rest.startswith("  ") and _COMMENT.fullmatch(rest, 2) is not None)


def _statement(node: ast.stmt) -> str | None:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return _expression(node.value)
    if isinstance(node, ast.Return) and node.value:
        value = _expression(node.value)
        # Black takes the parentheses off a tuple that is returned.
        return None if value is None or value[0] == "(" else f"return {value}"
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target, value = _expression(node.targets[0]), _expression(node.value)
        return (
            None if target is None or target[0] == "(" or value is None else f"{target} = {value}"
        )
    return None


def _expression(node: ast.expr) -> str | None:
    """An expression as Black writes it on one line, or None if it is not one of a known kind."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        of = _expression(node.value) if isinstance(node.value, _CHAINED) else None
        return of and f"{of}.{node.attr}"
    if isinstance(node, ast.Constant):
        return _constant(node.value)
    if isinstance(node, ast.Call):
        function = _expression(node.func) if isinstance(node.func, _CHAINED) else None
        positional = [_expression(argument) for argument in node.args]
        named = [(keyword.arg, _expression(keyword.value)) for keyword in node.keywords]
        if function is None or None in positional or any(None in pair for pair in named):
            return None
        return f"{function}({', '.join([*positional, *map('='.join, named)])})"
    if isinstance(node, ast.Tuple) and node.elts:
        items = [_expression(item) for item in node.elts]
        if None in items:
            return None
        return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"
    return None


_CHAINED = (ast.Name, ast.Attribute, ast.Call)


def _constant(value: object) -> str | None:
    if isinstance(value, str):
        return f'"{value}"' if _PLAIN.fullmatch(value) else None
    return repr(value) if isinstance(value, (int, float)) or value is None else None
