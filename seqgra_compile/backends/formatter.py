"""Stage 8: Black, in the pinned version, with its defaults, over what is not in its form yet.

The result is what Black makes of the whole script, but Black reads only what may change. The text
of the templates is in its form already, which tests/test_formatter.py holds them to. So a script
falls into the blocks between which Black always leaves two blank lines. A block without text from a
value stays as it is. In other blocks Black formats the statements that hold such text, one by one:
it treats each statement by itself, and of those that `canonical` knows it need not even be asked.
Where they cannot be told apart it formats the block, between two others; and it formats the whole
where something in the text reaches across blocks.
"""

from __future__ import annotations

import ast
import bisect
import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..canonical import formatted, is_formatted_comment
from .template import Piece

# Marks that switch Black off for all that follows, and line ends that it makes anew.
_FAR_REACHING = re.compile(r"fmt|yapf|[\r\f]")
_GAP = re.compile(r"\n{2,}(?=\S)")
_DEFINITION = re.compile(r"^(?:async def|def|class) ", re.MULTILINE)
_STARTS = ("def ", "class ", "async def ", "@")
_DEDENTED = re.compile(r"\n[^\s)\]}]")
_BETWEEN = "\n\n\n"
_NEIGHBOUR = "def _():\n    pass\n"
_BODIES = ("body", "orelse", "finalbody", "handlers", "cases")


@dataclass(frozen=True)
class _Block:
    """A part of a script; `filled` are its lines with text from values, counted from 0."""

    text: str
    filled: Sequence[int]
    is_first: bool
    is_last: bool


@dataclass(frozen=True)
class _Statement:
    """The lines of a statement without a body, or of a comment, counted from 0."""

    first: int
    last: int
    node: ast.stmt | None = None
    is_docstring: bool = False


class UnformattableError(ValueError):
    """Python that Black cannot read: an embedded module may hold some."""


def format_script(pieces: Sequence[Piece]) -> str:
    """A script, given as its templates print it, as Black formats it. Raises `UnformattableError`."""
    text = "".join(printed for printed, _ in pieces)
    if any(not fixed and _FAR_REACHING.search(printed) for printed, fixed in pieces):
        return _black(text)
    blocks = [_formatted(block) for block in _blocks(text, _holes(pieces))]
    return _black(text) if None in blocks else _BETWEEN.join(blocks) + "\n"


@functools.lru_cache(maxsize=2_000)
def _black(text: str) -> str:
    import black  # noqa: PLC0415 - checking a definition needs no formatter

    versions = {black.TargetVersion.PY310, black.TargetVersion.PY311, black.TargetVersion.PY312}
    try:
        return black.format_str(text, mode=black.Mode(target_versions=versions))
    except black.InvalidInput as error:
        raise UnformattableError(str(error)) from None


def _holes(pieces: Iterable[Piece]) -> list[tuple[int, int]]:
    """Where in the text values stand: first character, and behind the last."""
    holes, position = [], 0
    for printed, fixed in pieces:
        if not fixed:
            holes.append((position, position + len(printed)))
        position += len(printed)
    return holes


def _blocks(text: str, holes: list[tuple[int, int]]) -> Iterator[_Block]:
    """The parts of a script between which Black leaves two blank lines whatever they hold."""
    ends = [end for _, end in holes]

    def hole_at(first: int, last: int) -> bool:
        number = bisect.bisect_left(ends, first)
        return number < len(holes) and holes[number][0] < last

    cuts: list[tuple[int, int]] = []
    start = 0
    for gap in _GAP.finditer(text):
        if hole_at(gap.start() + 1, gap.end()):
            continue
        if text.startswith(_STARTS, gap.end()) or _ends_definition(text, start, gap, hole_at):
            cuts.append((start, gap.start()))
            start = gap.end()
    cuts.append((start, len(text.rstrip("\n"))))
    holes_left = iter(holes)
    hole = next(holes_left, None)
    for number, (first, last) in enumerate(cuts):
        filled: list[int] = []
        line, position = 0, first
        while hole and hole[0] <= last:
            line += text.count("\n", position, hole[0])
            lines = text.count("\n", *hole)
            filled += range(line, line + lines + 1)
            line, position = line + lines, hole[1]
            hole = next(holes_left, None)
        yield _Block(text[first:last], filled, number == 0, number == len(cuts) - 1)


def _ends_definition(text: str, start: int, gap: re.Match, hole_at) -> bool:
    """Whether the last statement before a gap is a template's `def` or `class`."""
    definitions = [*_DEFINITION.finditer(text, start, gap.start())]
    last = definitions[-1] if definitions else None
    return (
        last is not None
        and not hole_at(last.start(), last.end())
        and not _DEDENTED.search(text, last.end(), gap.start())
    )


def _formatted(block: _Block) -> str | None:
    """A block as Black leaves it, or None if that cannot be told from the block alone."""
    if not block.filled:
        return block.text
    if "fmt:" in block.text:
        return _whole_block(block)
    return _by_statements(block) or _whole_block(block)


def _whole_block(block: _Block) -> str | None:
    """A block formatted between neighbours like those that it has in the script."""
    before = "" if block.is_first else _NEIGHBOUR + _BETWEEN[1:]
    after = "\n" if block.is_last else _BETWEEN + _NEIGHBOUR
    result = _black(before + block.text + after)
    if not result.startswith(before) or not result.endswith(after):
        return None
    return result[len(before) : -len(after)]


def _by_statements(block: _Block) -> str | None:
    """A block with Black's form of each statement that holds text from values.

    None if such text stands elsewhere: in the head of a loop, in several statements at once.
    """
    try:
        tree = ast.parse(block.text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    lines = block.text.split("\n")
    statements = _statements(tree, block.is_first, lines)
    done: list[str] = []
    position = 0
    for number in block.filled:
        if number < position:
            continue
        statement = statements.get(number)
        new = statement and _statement(lines, statement)
        if new is None:
            return None
        done += lines[position : statement.first]
        done += new
        position = statement.last + 1
    return "\n".join(done + lines[position:])


def _statements(tree: ast.Module, is_first: bool, lines: list[str]) -> dict[int, _Statement]:
    """The statement or comment that each line belongs to, for lines outside of heads."""
    found: dict[int, _Statement] = {}
    heads: set[int] = set()
    open_nodes: list[ast.AST] = [tree]
    while open_nodes:
        node = open_nodes.pop()
        for name in _BODIES:
            for inner in getattr(node, name, ()):
                if any(hasattr(inner, each) for each in _BODIES):
                    open_nodes.append(inner)
                    continue
                first, last = inner.lineno - 1, inner.end_lineno - 1
                if lines[first][: inner.col_offset].strip():
                    heads.update(range(first, last + 1))  # behind a colon or a semicolon
                    continue
                is_docstring = name == "body" and inner is node.body[0] and _is_text(inner)
                documents = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
                if is_docstring and not (documents or (node is tree and is_first)):
                    continue
                statement = _Statement(first, last, inner, is_docstring)
                found.update(dict.fromkeys(range(first, last + 1), statement))
        body = getattr(node, "body", ())
        if body and node is not tree:
            heads.update(range(getattr(node, "lineno", body[0].lineno) - 1, body[0].lineno - 1))
    for number, line in enumerate(lines):
        if number not in found and number not in heads and line.lstrip().startswith("# "):
            found[number] = _Statement(number, number)
    return {number: each for number, each in found.items() if number not in heads}


def _is_text(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _statement(lines: list[str], statement: _Statement) -> list[str] | None:
    """A statement's lines as Black leaves them, or None if it does not come back alone."""
    own = lines[statement.first : statement.last + 1]
    if statement.node is None and is_formatted_comment(own[0]):
        return own
    if statement.node and len(own) == 1:
        known = formatted(statement.node, own[0])
        if known is not None:
            return known
    indent = len(own[0]) - len(own[0].lstrip(" "))
    depth, odd = divmod(indent, 4)
    if odd:
        return None
    heads = ["    " * level + "if _:" for level in range(depth)]
    if statement.is_docstring and heads:
        heads[-1] = heads[-1].replace("if _", "def _()")
    elif not heads:
        heads = ["_"]  # a comment on the first line may look like the name of an encoding
    if statement.is_docstring and not depth:
        heads = []
    tail = [" " * indent + "pass"] if own[0].lstrip().startswith("#") else []
    result = _black("\n".join([*heads, *own, *tail, ""])).rstrip("\n").split("\n")
    if result[: len(heads)] != heads or result[len(result) - len(tail) :] != tail:
        return None
    return result[len(heads) : len(result) - len(tail)]
