"""Rows of the ledger that no definition can set, because libraries and templates fix them."""

from __future__ import annotations

import ast
import tokenize
from collections.abc import Iterator

from ... import ir
from ...catalog.libraries import LIBRARIES
from ...grammar import Classifier, Simulation
from .. import lexer
from .entries import cell_parameters, input_path, operation_path
from .provenance import Field, FieldPath, Template, Token
from .setting import LIBRARY, TEMPLATE, Setting

# Values of parameters, which have their rows.
_PARTS = ("keras.initializers.", "keras.regularizers.")
_SECTIONS = ("Definition", "Model", "Loss and optimizer", "Draw", "Grammar", "Shuffle")
_WORDS = ("True", "False")


def fixed_settings(
    tokens: tuple[Token, ...], code: ast.Module, model: Classifier | Simulation
) -> tuple[Setting, ...]:
    arguments = _arguments(tokens, code, model) if isinstance(model, ir.Model) else ()
    return (*arguments, *_templates(tokens, code))


def _arguments(tokens: tuple[Token, ...], code: ast.Module, model: ir.Model) -> Iterator[Setting]:
    """Arguments of the library that are written out: they have a value but no constant."""
    at = {(token.first, token.column): token for token in tokens}
    own: dict[str, set[str]] = {}
    for node in ast.walk(code):
        if not isinstance(node, ast.Call) or not node.keywords:
            continue
        function = ast.unparse(node.func)
        if function.startswith(_PARTS):
            continue
        for keyword in node.keywords:
            # The inside of a formatted string has no tokens of its own; no call is inside one.
            token = at.get((keyword.lineno, keyword.col_offset))
            path = _owner(token, model) if token else None
            if token is None or path is None:
                continue
            if path not in own:
                own[path] = _own_keywords(token, model)
            if keyword.arg in own[path]:
                continue
            try:
                value = ast.literal_eval(keyword.value)
            except ValueError:
                continue  # a constant's name, or a call
            yield Setting(
                f"{path}: {keyword.arg} of {function}",
                value,
                "",
                LIBRARY,
                None,
                tuple(lexer.lines_of(keyword)),
                (),
                "",
            )


def _owner(token: Token, model: ir.Model) -> str | None:
    """The setting whose call holds the token."""
    fields = _printed(token)
    if ("loss",) in fields:
        return model.loss.path
    if ("optimizer",) in fields:
        return model.optimizer.path
    if ("input",) in fields:
        return input_path(model)
    operation = _operation(token, model)
    return operation_path(operation) if operation else None


def _operation(token: Token, model: ir.Model) -> ir.Layer | None:
    """The operation whose call holds the token, where a library names parameters in calls."""
    if not LIBRARIES[model.library.value].names_parameters:
        return None
    numbers = (path[1] for path in _printed(token) if path[0] == "layers")
    number = next(numbers, None)
    return model.operations[number] if isinstance(number, int) else None


def _printed(token: Token) -> list[FieldPath]:
    """The fields whose values contain the token."""
    return [each.path for each in token.origins if isinstance(each, Field) and each.printed]


def _own_keywords(token: Token, model: ir.Model) -> set[str]:
    """Keywords that already have a row, and the layer's name."""
    operation = _operation(token, model)
    if operation is None:
        return {"shape", "clipnorm", "clipvalue"}
    own = {word for word, name in cell_parameters(operation).items() if name in operation.arguments}
    return own | ({"name"} if operation.seed is None else {"name", "seed"})


def _templates(tokens: tuple[Token, ...], code: ast.Module) -> Iterator[Setting]:
    """Numbers, strings and booleans in code that every script of a kind has."""
    documented = docstrings(code)
    found: dict[Template, list[Token]] = {}
    for token in within(tokens, _SECTIONS):
        template = next((o for o in reversed(token.origins) if isinstance(o, Template)), None)
        sets = is_literal(token) and not _printed(token) and token.first not in documented
        if template and sets:
            found.setdefault(template, []).append(token)
    for template, literals in found.items():
        values = ", ".join(dict.fromkeys(token.text for token in literals))
        lines = sorted({line for token in literals for line in token.lines})
        yield Setting(f"template {template.name}", values, "", TEMPLATE, None, tuple(lines), (), "")


def is_literal(token: Token) -> bool:
    return token.type in (tokenize.NUMBER, tokenize.STRING) or token.text in _WORDS


def within(tokens: tuple[Token, ...], sections: tuple[str, ...]) -> Iterator[Token]:
    """The tokens below the banners of these sections."""
    section = ""
    for token in tokens:
        if token.type == tokenize.COMMENT and token.text.startswith("# ---- "):
            section = token.text.strip("#- ")
        elif section in sections:
            yield token


def docstrings(code: ast.Module) -> set[int]:
    """The first lines of docstrings, which explain and set nothing."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
    return {
        node.body[0].lineno
        for node in ast.walk(code)
        if isinstance(node, kinds) and ast.get_docstring(node, clean=False) is not None
    }
