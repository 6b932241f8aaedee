"""Whether a script is what a definition compiles to, and if not, how it differs."""

from __future__ import annotations

import ast
import difflib
import enum
import inspect
import io
import re
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import __version__
from ..backends.header import Header, read_header
from ..compiler import Compilation, Options, compile_bytes
from ..visible import visible

_DEPENDENCIES = re.compile(r"^# /// script$.*?^# ///$", re.MULTILINE | re.DOTALL)


class Difference(enum.Enum):
    """From none to the most serious; the value completes "SCRIPT ..."."""

    NONE = "is what the definition compiles to"
    VERSION = "differs only in the version of the compiler that it names"
    LAYOUT = "differs only in its layout: line ends, spaces or another version of Black; the code is the same"
    COMMENTS = "differs in comments or docstrings; the code is the same"
    CODE = "differs in its code"


@dataclass(frozen=True)
class Verification:
    """`remarks` are sentences about the headers, `difference` a unified diff, ready to print."""

    header: Header
    compilation: Compilation
    difference: Difference
    remarks: tuple[str, ...] = ()
    diff: str = ""


def verify_script(
    name: str, data: bytes, folders: Sequence[str | Path], script_name: str, script: bytes
) -> Verification:
    """Compile a definition with the options in a script's header, and compare.

    Raises `HeaderError` for a script without header, `UnsupportedOptions` as the compiler does.
    The compilation of the result has no script if the definition has errors.
    """
    text = script.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    header = read_header(text.replace("\r\n", "\n").replace("\r", "\n"))
    # Standard input has no name; the script's header gives it.
    named = header.file if name == "-" else name
    options: dict[str, Any] = dict(header.options)
    compilation = compile_bytes(named, data, folders, Options(**options))
    expected = compilation.script
    if expected is None:
        return Verification(header, compilation, Difference.CODE)
    if script == expected.encode():
        return Verification(header, compilation, Difference.NONE)
    return Verification(
        header,
        compilation,
        _difference(compilation, expected, header, script),
        tuple(_remarks(header, compilation)),
        _diff(expected, text if script[:3] != b"\xef\xbb\xbf" else "\ufeff" + text, script_name),
    )


def _difference(
    compilation: Compilation, expected: str, header: Header, script: bytes
) -> Difference:
    other = header.version != __version__
    if other and script == _with_version(compilation, expected, header.version).encode():
        return Difference.VERSION
    try:
        if tokenize.detect_encoding(io.BytesIO(script).readline)[0] not in ("utf-8", "utf-8-sig"):
            return Difference.CODE  # Python would read other characters than we do
        text = script.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        ours, theirs = _Content.of(expected), _Content.of(text)
    except (SyntaxError, ValueError, MemoryError, RecursionError, tokenize.TokenError):
        return Difference.CODE
    if (ours.code, ours.dependencies) != (theirs.code, theirs.dependencies):
        return Difference.CODE
    return Difference.LAYOUT if ours == theirs else Difference.COMMENTS


def _with_version(compilation: Compilation, script: str, version: str) -> str:
    """The script as this version of the compiler would write it."""
    lines = script.split("\n")
    row = next(each for each in compilation.settings if each.path == "seqgra-compile")
    for number in row.lines:
        lines[number - 1] = lines[number - 1].replace(__version__, version)
    return "\n".join(lines)


@dataclass(frozen=True)
class _Content:
    """A script without its layout. `dependencies` is what `uv run` reads."""

    code: str
    dependencies: tuple[str, ...]
    docstrings: tuple[str, ...]
    comments: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> _Content:
        tree = ast.parse(text)
        docstrings = tuple(_taken_docstrings(tree))
        tokens = tokenize.generate_tokens(io.StringIO(text).readline)
        comments = (token.string for token in tokens if token.type == tokenize.COMMENT)
        return cls(
            ast.dump(tree),
            tuple(_DEPENDENCIES.findall(re.sub("[ \t]+$", "", text, flags=re.MULTILINE))),
            docstrings,
            tuple(comment.rstrip() for comment in comments),
        )


def _taken_docstrings(tree: ast.Module) -> list[str]:
    """All docstrings, which are removed from the tree; Black may have indented them differently."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            docstring = ast.get_docstring(node, clean=False)
            if docstring is not None:
                cleaned = inspect.cleandoc(docstring).rstrip()
                found.append("\n".join(line.rstrip() for line in cleaned.split("\n")))
                node.body[0] = ast.Pass()
    return found


def _remarks(header: Header, compilation: Compilation) -> Iterator[str]:
    """How the two headers differ."""
    source = compilation.source
    if header.version != __version__:
        yield (
            f"the script names version {header.version} of the compiler, and this is {__version__}"
        )
    if header.sha256 != source.sha256:
        yield (
            f"the script names another definition, of the SHA-256 {header.sha256}; "
            f"this one has {source.sha256}"
        )
    if header.file != _written(source.file_name):
        yield f"the script names the definition '{header.file}', not '{source.file_name}'"


def _written(file_name: str) -> str:
    """As in a docstring: invisible characters escaped, blanks collapsed."""
    return visible(" ".join(file_name.split()))


def _diff(expected: str, found: str, script_name: str) -> str:
    """A unified diff, from what the compiler writes to what the script has."""
    lines = difflib.unified_diff(
        expected.split("\n"), found.split("\n"), "compiled", script_name, lineterm=""
    )
    return "".join(visible(line) + "\n" for line in lines)
