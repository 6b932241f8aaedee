"""Which field of a `Script` each piece of a script comes from.

The templates are rendered once more with marks around what each value, condition, loop and
template prints. Without the marks the text is the script, so each of its tokens has the fields that
it comes from. Nothing is guessed, and no table repeats what the templates say.
"""

from __future__ import annotations

import bisect
import functools
import re
import tokenize
from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any

import jinja2
from jinja2 import BaseLoader, Environment, nodes

from ...backends.renderer import TEMPLATE, environment
from ...datadefinition.arranged import SimulateScript
from ...script import Script
from .. import lexer

# Names of fields and places in lists, from the script inwards: ("layers", 0, "make", 1).
FieldPath = tuple["str | int", ...]


@dataclass(frozen=True)
class Template:
    """A template that holds a piece of the script."""

    name: str


@dataclass(frozen=True)
class Field:
    """A field that a piece of the script comes from: its value, or a condition that looks at it."""

    path: FieldPath
    printed: bool = False


Origin = Template | Field
Origins = tuple[Origin, ...]
# Tokens without meaning: lines with only these belong to the token before them.
_FREE = {"(", ")", ","}
_CLOSING = {")", "),", "]", "],", "}", "},", "])", ")]"}
_LAYOUT = {
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
    tokenize.ENCODING,
}


@dataclass(frozen=True)
class Token:
    """A token of the script, and what it comes from, outermost first."""

    text: str
    type: int
    first: int
    column: int
    last: int
    origins: Origins

    @property
    def lines(self) -> range:
        return range(self.first, self.last + 1)


# ---- templates with marks ----


class _Kind(Enum):
    TEMPLATE = auto()
    VALUE = auto()
    TEST = auto()
    LOOP = auto()
    ITEM = auto()


@dataclass(frozen=True)
class _Mark:
    """What a mark begins: `names` are those of a template or of fields; `variable` is a loop's."""

    kind: _Kind
    names: tuple[tuple[str, ...], ...]
    variable: str = ""


_BETWEEN = "\0"


class _Loader(BaseLoader):
    """Templates as the renderer loads them, with marks.

    In the text a mark is its number in `marks`, with that of a loop's item; an empty one is an end.
    """

    def __init__(self, files: BaseLoader) -> None:
        self.files = files
        self.marks: list[_Mark] = []

    def load(
        self, environment: Environment, name: str, globals: MutableMapping[str, Any] | None = None
    ) -> jinja2.Template:
        source, path, _ = self.files.get_source(environment, name)
        tree = environment.parse(source, name, path)
        tree.body = self.enclosed(_Mark(_Kind.TEMPLATE, ((name,),)), self.marked(tree.body))
        tree.set_environment(environment)
        code = environment.compile(tree, name, path)
        return environment.template_class.from_code(environment, code, globals or {}, None)

    def enclosed(
        self, mark: _Mark, body: Sequence[nodes.Node], *index: nodes.Expr
    ) -> list[nodes.Node]:
        number = nodes.TemplateData(f"{_BETWEEN}{len(self.marks)} ")
        self.marks.append(mark)
        begin = nodes.Output([number, *index, nodes.TemplateData(_BETWEEN)])
        return [begin, *body, nodes.Output([nodes.TemplateData(_BETWEEN * 2)])]

    def marked(self, body: list[nodes.Node]) -> list[nodes.Node]:
        done: list[nodes.Node] = []
        for node in body:
            if isinstance(node, nodes.Output):
                for part in node.nodes:
                    done += self.marked_output(part)
            elif isinstance(node, nodes.If):
                tests = tuple(_path(branch.test) for branch in (node, *node.elif_))
                for branch in (node, *node.elif_):
                    branch.body = self.marked(branch.body)
                node.else_ = self.marked(node.else_)
                done += self.enclosed(_Mark(_Kind.TEST, tests), [node])
            elif isinstance(node, nodes.For):
                index = nodes.Getattr(nodes.Name("loop", "load"), "index0", "load")
                assert isinstance(node.target, nodes.Name)
                item = _Mark(_Kind.ITEM, (), node.target.name)
                node.body = self.enclosed(item, self.marked(node.body), index)
                done += self.enclosed(_Mark(_Kind.LOOP, (_path(node.iter),)), [node])
            else:
                done.append(node)
        return done

    def marked_output(self, part: nodes.Expr) -> list[nodes.Node]:
        printed: list[nodes.Node] = [nodes.Output([part])]
        if isinstance(part, nodes.TemplateData):
            return printed
        return self.enclosed(_Mark(_Kind.VALUE, (_path(part),)), printed)


def _path(node: nodes.Node) -> tuple[str, ...]:
    """The names in `a.b.c`, of which a template's expressions are made."""
    if isinstance(node, nodes.Getattr):
        return (*_path(node.node), node.attr)
    if isinstance(node, nodes.Not):
        return _path(node.node)
    assert isinstance(node, nodes.Name)
    return (node.name,)


@functools.cache
def _marking() -> tuple[Environment, list[_Mark]]:
    """The renderer's environment, with marks."""
    plain = environment()
    assert plain.loader is not None
    loader = _Loader(plain.loader)
    return plain.overlay(loader=loader), loader.marks


def rendered(script: Script | SimulateScript) -> RenderedText:
    """The script's text, and where each piece of it comes from."""
    marking, marks = _marking()
    return _unmarked(marking.get_template(TEMPLATE).render(script=script), marks)


# ---- marks to places ----


@dataclass(frozen=True)
class RenderedText:
    """A rendered text, and the offsets from which the origins change."""

    text: str
    offsets: tuple[int, ...]
    origins: tuple[Origins, ...]

    def at(self, offset: int) -> Origins:
        return self.origins[bisect.bisect_right(self.offsets, offset) - 1]

    def within(self, start: int, end: int) -> Origins:
        """All origins of a range that is not empty."""
        first = bisect.bisect_right(self.offsets, start) - 1
        last = bisect.bisect_left(self.offsets, end)
        return tuple(dict.fromkeys(o for origins in self.origins[first:last] for o in origins))


# What is known at a place: its origins, and the fields that loop variables refer to.
_Scope = dict[str, FieldPath]


def _unmarked(marked: str, marks: Sequence[_Mark]) -> RenderedText:
    """The text without its marks, and the origins that they tell."""
    parts: list[str] = []
    offsets, length = [0], 0
    origins: list[Origins] = [()]
    stack: list[tuple[Origins, _Scope]] = [((), {"script": ()})]
    empty: list[tuple[int, Origins]] = []
    for number, piece in enumerate(marked.split(_BETWEEN)):
        if number % 2 == 0:
            parts.append(piece)
            length += len(piece)
            continue
        if piece:
            mark, _, index = piece.partition(" ")
            stack.append(_opened(marks[int(mark)], index, *stack[-1]))
        else:
            closed, _ = stack.pop()
            if offsets[-1] == length and origins[-1] == closed and closed != stack[-1][0]:
                empty.append((length, closed))
        offsets.append(length)
        origins.append(stack[-1][0])
    text = RenderedText("".join(parts), tuple(offsets), tuple(origins))
    for offset, decided in empty:
        text = _with_empty(text, offset, decided)
    return text


def _opened(mark: _Mark, index: str, origins: Origins, scope: _Scope) -> tuple[Origins, _Scope]:
    if mark.kind is _Kind.TEMPLATE:
        return (*origins, Template(mark.names[0][0])), scope
    if mark.kind is _Kind.ITEM:
        *_, loop = origins
        assert isinstance(loop, Field)
        path = (*loop.path, int(index))
        return (*origins[:-1], Field(path)), {**scope, mark.variable: path}
    paths = ((*scope[first], *rest) for first, *rest in mark.names)
    return (*origins, *(Field(path, mark.kind is _Kind.VALUE) for path in paths)), scope


def _with_empty(text: RenderedText, offset: int, more: Origins) -> RenderedText:
    """A part that printed nothing inside a line still decided that line: it is an origin of it."""
    before, after = text.text[:offset], text.text[offset:]
    if before.endswith("\n") or not before or not after:
        return text
    start, end = before.rfind("\n") + 1, offset + max(after.find("\n"), 0)
    changes: list[tuple[int, Origins]] = []
    for place in sorted({*text.offsets, start, end}):
        origins = text.at(place)
        if start <= place < end:
            origins += tuple(origin for origin in more if origin not in origins)
        changes.append((place, origins))
    return RenderedText(text.text, *zip(*changes, strict=True))


# ---- places to tokens of the script ----


def traced_tokens(script: Script | SimulateScript, printed: str) -> tuple[Token, ...]:
    """The tokens of a script's text, each with its origins."""
    text = rendered(script)
    if text.text != printed:
        raise ValueError("not the text of this script")
    starts = [0, *(match.end() for match in re.finditer("\n", printed))]
    found = []
    for token in lexer.tokens(printed):
        if token.type in _LAYOUT or token.string in _FREE:
            continue
        start, end = (starts[row - 1] + column for row, column in (token.start, token.end))
        origins = text.within(start, end)
        found.append(Token(token.string, token.type, *token.start, token.end[0], origins))
    return tuple(_closed(found, printed))


def _closed(found: Iterable[Token], printed: str) -> Iterator[Token]:
    """Lines with only closing brackets belong to the token before them."""
    bare = {n for n, line in enumerate(printed.split("\n"), 1) if line.strip() in _CLOSING}
    for token in found:
        last = token.last
        while last + 1 in bare:
            last += 1
        yield token if last == token.last else replace(token, last=last)
