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
from collections.abc import Iterator
from dataclasses import dataclass, replace

from jinja2 import BaseLoader, Environment, nodes

from ...backends.renderer import TEMPLATE, environment
from ...script import Script
from .. import lexer

_MARK = re.compile(r"\0([^\0]*)\0")
# They say nothing: lines with nothing else go with the token before them.
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
    """A token of the script, and the fields and templates that it comes from, outermost first.

    `=script.loss` is the value of a field, `script.loss` a condition that looks at it.
    """

    text: str
    type: int
    first: int
    column: int
    last: int
    origins: tuple[str, ...]

    @property
    def lines(self) -> range:
        return range(self.first, self.last + 1)


# ---- templates with marks ----


class _Loader(BaseLoader):
    """Templates as the renderer loads them, with marks."""

    def __init__(self, files: BaseLoader) -> None:
        self.files = files

    def load(self, environment, name, globals=None):
        source, path, _ = self.files.get_source(environment, name)
        tree = environment.parse(source, name, path)
        tree.body = _enclosed(f"template {name}", _marked(tree.body))
        tree.set_environment(environment)
        code = environment.compile(tree, name, path)
        return environment.template_class.from_code(environment, code, globals or {}, None)


def _mark(text: str) -> nodes.Output:
    return nodes.Output([nodes.TemplateData(f"\0{text}\0")])


def _enclosed(what: str, body: list[nodes.Node]) -> list[nodes.Node]:
    return [_mark(what), *body, _mark("")]


def _name(node: nodes.Node) -> str:
    """`a.b.c`, of which a template's expressions are made."""
    if isinstance(node, nodes.Getattr):
        return f"{_name(node.node)}.{node.attr}"
    return _name(node.node) if isinstance(node, nodes.Not) else node.name


def _marked(body: list[nodes.Node]) -> list[nodes.Node]:
    done: list[nodes.Node] = []
    for node in body:
        if isinstance(node, nodes.Output):
            done += _marked_output(node)
        elif isinstance(node, nodes.If):
            tests = " ".join(_name(branch.test) for branch in (node, *node.elif_))
            for branch in (node, *node.elif_):
                branch.body = _marked(branch.body)
            node.else_ = _marked(node.else_)
            done += _enclosed(f"if {tests}", [node])
        elif isinstance(node, nodes.For):
            index = nodes.Getattr(nodes.Name("loop", "load"), "index0", "load")
            item = nodes.Output([nodes.TemplateData("\0item "), index, nodes.TemplateData("\0")])
            node.body = [item, *_marked(node.body), _mark("")]
            done += _enclosed(f"for {node.target.name} {_name(node.iter)}", [node])
        else:
            done.append(node)
    return done


def _marked_output(output: nodes.Output) -> Iterator[nodes.Node]:
    for part in output.nodes:
        if isinstance(part, nodes.TemplateData):
            yield nodes.Output([part])
        else:
            yield from _enclosed(f"value {_name(part)}", [nodes.Output([part])])


@functools.cache
def _environment() -> Environment:
    """The renderer's, but for the marks."""
    plain = environment()
    return plain.overlay(loader=_Loader(plain.loader))


def rendered(script: Script) -> Text:
    """The script's text, and where each piece of it comes from."""
    return unmarked(_environment().get_template(TEMPLATE).render(script=script))


# ---- marks to places ----


@dataclass(frozen=True)
class Text:
    """A rendered text, and where the origins change: from an offset on, these."""

    text: str
    offsets: tuple[int, ...]
    origins: tuple[tuple[str, ...], ...]

    def at(self, offset: int) -> tuple[str, ...]:
        return self.origins[bisect.bisect_right(self.offsets, offset) - 1]

    def within(self, start: int, end: int) -> tuple[str, ...]:
        """All origins of a range that is not empty."""
        first = bisect.bisect_right(self.offsets, start) - 1
        last = bisect.bisect_left(self.offsets, end)
        return tuple(dict.fromkeys(o for origins in self.origins[first:last] for o in origins))


def unmarked(marked: str) -> Text:
    """The text without its marks, and the origins that they tell."""
    parts, offsets, origins, length = [], [0], [()], 0
    # Of each open mark: what it adds to the origins, and the loop's variable with its list.
    stack: list[tuple[tuple[str, ...], dict[str, str]]] = [((), {})]
    empty: list[tuple[int, tuple[str, ...]]] = []
    for number, piece in enumerate(_MARK.split(marked)):
        if number % 2 == 0:
            parts.append(piece)
            length += len(piece)
            continue
        if piece:
            stack.append(_opened(piece, *stack[-1]))
        else:
            closed, _ = stack.pop()
            if offsets[-1] == length and origins[-1] == closed and closed != stack[-1][0]:
                empty.append((length, closed))
        offsets.append(length)
        origins.append(stack[-1][0])
    text = "".join(parts)
    return _with_empty(Text(text, tuple(offsets), tuple(origins)), empty)


def _opened(
    mark: str, origins: tuple[str, ...], scope: dict[str, str]
) -> tuple[tuple[str, ...], dict[str, str]]:
    kind, *words = mark.split(" ")
    if kind == "template":
        return (*origins, mark), scope
    if kind == "item":
        path = f"{origins[-1]}[{words[0]}]"
        return (*origins[:-1], path), {**scope, scope[""]: path}
    if kind == "for":
        return (*origins, _resolved(words[1], scope)), {**scope, "": words[0]}
    equals = "=" if kind == "value" else ""
    return (*origins, *(equals + _resolved(word, scope) for word in words)), scope


def _resolved(name: str, scope: dict[str, str]) -> str:
    first, dot, rest = name.partition(".")
    return scope.get(first, first) + dot + rest


def _with_empty(text: Text, empty: list[tuple[int, tuple[str, ...]]]) -> Text:
    """What printed nothing inside a line has decided the look of that line: it is its origin."""
    for offset, origins in empty:
        before, after = text.text[:offset], text.text[offset:]
        if before.endswith("\n") or not before or not after:
            continue
        start = before.rfind("\n") + 1
        end = offset + max(after.find("\n"), 0)
        text = _added(text, start, end, origins)
    return text


def _added(text: Text, start: int, end: int, more: tuple[str, ...]) -> Text:
    pairs: list[tuple[int, tuple[str, ...]]] = []
    bounds = sorted({*text.offsets, start, end})
    for offset in bounds:
        origins = text.at(offset)
        if start <= offset < end:
            origins += tuple(origin for origin in more if origin not in origins)
        pairs.append((offset, origins))
    return Text(text.text, tuple(o for o, _ in pairs), tuple(o for _, o in pairs))


# ---- places to tokens of the script ----


def _tokens(text: str) -> list[tokenize.TokenInfo]:
    found = lexer.tokens(text)
    return [each for each in found if each.type not in _LAYOUT and each.string not in _FREE]


def tokens(script: Script, printed: str) -> tuple[Token, ...]:
    """The tokens of a script's text, each with its origins."""
    text = rendered(script)
    if text.text != printed:
        raise ValueError("not the text of this script")
    starts = [0, *(match.end() for match in re.finditer("\n", printed))]
    found = []
    for token in _tokens(printed):
        start, end = (starts[row - 1] + column for row, column in (token.start, token.end))
        origins = text.within(start, end)
        found.append(Token(token.string, token.type, *token.start, token.end[0], origins))
    return tuple(_closed(found, printed))


def _closed(found: list[Token], printed: str) -> Iterator[Token]:
    """Lines that hold nothing but closing brackets go with the token before them."""
    bare = {n for n, line in enumerate(printed.split("\n"), 1) if line.strip() in _CLOSING}
    for token in found:
        last = token.last
        while last + 1 in bare:
            last += 1
        yield token if last == token.last else replace(token, last=last)
