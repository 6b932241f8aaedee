"""The statements of which it is plain what Black makes of them.

A statement of names, attributes, calls, tuples, strings and numbers, spelt and spaced as Black does
it, stays as it is if it fits on its line. If it does not, Black breaks its last call: the arguments
go on a line of their own, or, if they do not fit there, each on one, and so on within them.
Whatever is more than that is left to Black. A test draws such statements and asks Black.
"""

from __future__ import annotations

import ast
import re

_WIDTH = 88
# Black looks closer at comments about types.
_COMMENT = re.compile(r"# (?!.*type:)[!-~](?:[ -~]*[!-~])?")
_PLAIN = re.compile(r"[ -!#-\[\]-~]*")


def is_formatted_comment(line: str) -> bool:
    """Whether a line is a comment in Black's form; Black breaks none, however long."""
    return _COMMENT.fullmatch(line.lstrip(" ")) is not None


def formatted(statement: ast.stmt, line: str) -> list[str] | None:
    """The lines that Black makes of a statement on this one line, or None if that is not known."""
    indent, text = statement.col_offset, _statement(statement)
    if text is None or line[indent : indent + len(text)] != text:
        return None
    rest = line[indent + len(text) :]
    if rest and not (rest.startswith("  ") and _COMMENT.fullmatch(rest, 2)):
        return None
    if len(line) <= _WIDTH:
        return [line]
    value = getattr(statement, "value", None)
    if rest or not isinstance(value, ast.Call):
        return None
    return _broken(value, indent, text[: -len(_expression(value))], "")


def _statement(node: ast.stmt) -> str | None:
    if isinstance(node, (ast.Import, ast.ImportFrom)) and len(node.names) == 1:
        return ast.unparse(node)
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
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        number = node.operand.value if isinstance(node.operand, ast.Constant) else None
        return f"-{number!r}" if type(number) in (int, float) else None
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


def _broken(call: ast.Call, indent: int, before: str, after: str) -> list[str] | None:
    """A call's lines: its arguments on one line if they fit, or one a line."""
    function = _expression(call.func)
    arguments = [("", argument) for argument in call.args]
    arguments += [(f"{keyword.arg}=", keyword.value) for keyword in call.keywords]
    head = f"{' ' * indent}{before}{function}("
    if not arguments or "(" in function or len(head) > _WIDTH:
        return None
    inner = " " * (indent + 4)
    texts = [name + _expression(value) for name, value in arguments]
    if len(inner) + len(", ".join(texts)) <= _WIDTH:
        lines = [inner + ", ".join(texts)]
    else:
        lines = []
        comma = "," if len(arguments) > 1 else ""
        for (name, value), text in zip(arguments, texts, strict=True):
            if len(inner) + len(text) + len(comma) <= _WIDTH:
                lines.append(inner + text + comma)
                continue
            deeper = (
                _broken(value, indent + 4, name, comma) if isinstance(value, ast.Call) else None
            )
            if deeper is None:
                return None
            lines += deeper
    return [head, *lines, f"{' ' * indent}){after}"]
