"""The part of Jinja's language that the templates use: values, `if`, `for` and `include`.

Jinja itself would take longer to import and to compile the templates than all the stages before it
together. What is written here prints the same bytes (a test compares the two), and it can tell what
stands in a template from what a value brought.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

# As Jinja with `trim_blocks` and `lstrip_blocks`: a block's tag on a line of its own leaves none.
_TAG = re.compile(
    r"(?:^[ \t]*)?\{%[ ]*(?P<block>[^%]*?)[ ]*%\}\n?|\{\{[ ]*(?P<value>[^}]*?)[ ]*\}\}",
    re.MULTILINE,
)
_NAME = re.compile(r"[a-z_]\w*(?:\.[a-z_]\w*)*", re.IGNORECASE)
_FOR = re.compile(r"for (\w+) in (\S+)")
_MARKS = ("{{", "{%", "{#")

Scope = Mapping[str, object]
# What prints: the text, and whether it stands in a template (or came from a value).
Piece = tuple[str, bool]
Print = Callable[[Scope, list[Piece]], None]
Load = Callable[[str], Print]


class TemplateError(Exception):
    """A template holds something that is not of this language."""


def compiled(text: str, load: Load) -> Print:
    """A template as a function that prints; `load` gives the ones that it includes."""
    return _body(_tokens(text), load, ())[0]


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """Pairs of a kind, which is `text`, `value` or `block`, and what it holds."""
    last = 0
    for match in _TAG.finditer(text):
        yield "text", _plain(text[last : match.start()])
        kind = "value" if match["block"] is None else "block"
        yield kind, match[kind]
        last = match.end()
    yield "text", _plain(text[last:])


def _plain(text: str) -> str:
    if any(mark in text for mark in _MARKS):
        raise TemplateError(f"not a tag of this language: {text.strip()[:60]}")
    return text


def _body(
    tokens: Iterator[tuple[str, str]], load: Load, ends: tuple[str, ...]
) -> tuple[Print, str]:
    """The parts up to one of the tags `ends`, and that tag."""
    parts: list[Print] = []
    for kind, content in tokens:
        if kind == "text":
            if content:
                parts.append(_text(content))
        elif kind == "value":
            parts.append(_value(_path(content)))
        elif content.partition(" ")[0] in ends:
            return _all(parts), content
        else:
            parts.append(_block(content, tokens, load))
    if ends:
        raise TemplateError(f"a template ends before {ends[-1]}")
    return _all(parts), ""


def _block(content: str, tokens: Iterator[tuple[str, str]], load: Load) -> Print:
    word, _, rest = content.partition(" ")
    if word == "if":
        return _if(rest, tokens, load)
    loop = _FOR.fullmatch(content)
    if loop:
        body, _ = _body(tokens, load, ("endfor",))
        return _for(loop[1], _path(loop[2]), body)
    if word == "include":
        constant = re.fullmatch(r'"([^"]+)"', rest)
        return _include(constant[1], load) if constant else _included(_path(rest), load)
    raise TemplateError(f"not a tag of this language: {content}")


def _path(text: str) -> Callable[[Scope], object]:
    """What reads a name and attributes of it; what is not there is an error."""
    if not _NAME.fullmatch(text):
        raise TemplateError(f"not a name: {text}")
    name, *attributes = text.split(".")
    if not attributes:
        return lambda scope: scope[name]

    def read(scope: Scope) -> object:
        value = scope[name]
        for attribute in attributes:
            value = getattr(value, attribute)
        return value

    return read


def _all(parts: list[Print]) -> Print:
    def write(scope: Scope, pieces: list[Piece]) -> None:
        for part in parts:
            part(scope, pieces)

    return write


def _text(text: str) -> Print:
    return lambda scope, pieces: pieces.append((text, True))


def _value(read: Callable[[Scope], object]) -> Print:
    return lambda scope, pieces: pieces.append((str(read(scope)), False))


def _if(condition: str, tokens: Iterator[tuple[str, str]], load: Load) -> Print:
    negated = condition.startswith("not ")
    read = _path(condition.removeprefix("not "))
    then, end = _body(tokens, load, ("elif", "else", "endif"))
    if end.startswith("elif "):
        other: Print | None = _if(end.removeprefix("elif "), tokens, load)
    elif end == "else":
        other, _ = _body(tokens, load, ("endif",))
    else:
        other = None

    def write(scope: Scope, pieces: list[Piece]) -> None:
        if bool(read(scope)) != negated:
            then(scope, pieces)
        elif other:
            other(scope, pieces)

    return write


def _for(name: str, read: Callable[[Scope], object], body: Print) -> Print:
    def write(scope: Scope, pieces: list[Piece]) -> None:
        for item in read(scope):
            body({**scope, name: item}, pieces)

    return write


def _include(name: str, load: Load) -> Print:
    return lambda scope, pieces: load(name)(scope, pieces)


def _included(read: Callable[[Scope], object], load: Load) -> Print:
    return lambda scope, pieces: load(read(scope))(scope, pieces)
