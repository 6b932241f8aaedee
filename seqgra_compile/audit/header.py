"""A script's header: from what it was compiled, by which version, under which options.

The docstring also holds what the definition's author wrote, who may imitate it. But no text of his
has a blank line, so all of it lies before the last paragraph, but for the name of the file; and
behind that name stand the hash, the options and how a script is run, none of them free text.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from dataclasses import dataclass

from ..catalog.semantics import RECORDS, SEMANTICS, STORAGES
from ..catalog.sequences import PYTORCH, TENSORFLOW

_COMPILED = re.compile(
    r"Compiled by seqgra-compile (?P<version>\S+) from\s(?P<file>.+),\sSHA-256"
    r"\s(?P<sha256>[0-9a-f]{64}), with\s(?P<options>--semantics \S+(?: --[a-z]+ \S+)*)\."
    r"\sUsage:  ",
    re.DOTALL,
)
_OPTIONS = {
    "semantics": tuple(SEMANTICS),
    "library": (PYTORCH, TENSORFLOW),
    "data": tuple(STORAGES),
    "records": tuple(RECORDS),
}
_SILENT = "its docstring does not say from what it was compiled"


class HeaderError(ValueError):
    """A text that has no header of ours; the message says why."""


@dataclass(frozen=True)
class Header:
    """`options`: names and values, as a command line has them; `first`, `last`: lines of the script."""

    version: str
    file: str
    sha256: str
    options: dict[str, str]
    first: int
    last: int


def read_header(text: str) -> Header:
    """The header of a script; raises `HeaderError`."""
    docstring, line = _docstring(text)
    lines = [each.rstrip() for each in docstring.rstrip().split("\n")]
    start = len(lines) - next((n for n, each in enumerate(reversed(lines)) if not each), 0)
    found = _COMPILED.match("\n".join(lines[start:]))
    if found is None:
        raise HeaderError(_SILENT)
    words = found["options"].split(" ")
    options = {name[2:]: value for name, value in zip(words[::2], words[1::2], strict=True)}
    for name, value in options.items():
        if value not in _OPTIONS.get(name, ()):
            raise HeaderError(
                f"it was compiled with --{name} {value}, which this version does not know"
            )
    first = line + start
    return Header(
        found["version"],
        " ".join(found["file"].split()),
        found["sha256"],
        options,
        first,
        first + found[0].count("\n") - 1,
    )


def _docstring(text: str) -> tuple[str, int]:
    """A script's docstring and its line."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        # What is broken may be further down.
        return _first_string(text)
    docstring = ast.get_docstring(tree, clean=False)
    if docstring is None:
        raise HeaderError(_SILENT)
    return docstring, tree.body[0].lineno


def _first_string(text: str) -> tuple[str, int]:
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.STRING:
                return str(ast.literal_eval(token.string)), token.start[0]
            if token.type not in (tokenize.COMMENT, tokenize.NL):
                break
    except (SyntaxError, ValueError, tokenize.TokenError, MemoryError, RecursionError):
        pass
    raise HeaderError("it is no script of ours: it does not begin with a docstring")
