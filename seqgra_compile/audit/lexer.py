"""The tokens of Python text, the same on every Python.

Up to 3.11 a formatted string is one token, from 3.12 on it is several: its start, what stands
between the braces, its end. Here it is one token, like any other string, because rows and pages
must not depend on the Python that makes them.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from tokenize import TokenInfo


def tokens(text: str) -> Iterator[TokenInfo]:
    """All tokens of a text, formatted strings whole."""
    lines = text.split("\n")
    first: TokenInfo | None = None
    depth = 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        name = tokenize.tok_name[token.type]
        if name == "FSTRING_START":
            first, depth = first or token, depth + 1
        elif name == "FSTRING_END":
            depth -= 1
            if first and not depth:
                yield _whole(first, token, lines)
                first = None
        elif first is None:
            yield _measured(token)


def _measured(token: TokenInfo) -> TokenInfo:
    """Python 3.12.1 computes the last column of a long string from its first line."""
    above, newline, last = token.string.rpartition("\n")
    if token.type != tokenize.STRING or not newline:
        return token
    return token._replace(end=(token.start[0] + above.count("\n") + 1, len(last)))


def _whole(first: TokenInfo, last: TokenInfo, lines: list[str]) -> TokenInfo:
    (top, start), (bottom, end) = first.start, last.end
    held = lines[top - 1 : bottom]
    held[-1] = held[-1][:end]
    held[0] = held[0][start:]
    return TokenInfo(tokenize.STRING, "\n".join(held), first.start, last.end, first.line)


def lines_of(node: ast.stmt | ast.expr | ast.keyword) -> range:
    """The lines of a node, from its first to its last."""
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


def name_uses(code: ast.AST) -> Iterator[tuple[str, int, int]]:
    """Each name, with the first and last line of its surroundings.

    Versions of Python count lines inside a formatted string differently, so there it is the whole
    string.
    """
    waiting: list[tuple[ast.AST, ast.expr | None]] = [(code, None)]
    while waiting:
        node, string = waiting.pop()
        if isinstance(node, ast.JoinedStr):
            string = string or node
        if isinstance(node, ast.Name):
            place = string or node
            yield node.id, place.lineno, place.end_lineno or place.lineno
        waiting += ((child, string) for child in ast.iter_child_nodes(node))
