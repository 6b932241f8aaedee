"""To which row of the ledger each literal of a script belongs, token by token.

A second way to the same answer: the ledger goes from settings to lines, this goes from a literal to
the argument, statement or template that holds it, and asks for that one's row.
"""

from __future__ import annotations

import ast
import functools
import tokenize
from collections.abc import Iterator, Sequence

from seqgra_compile import ir
from seqgra_compile.audit.ledger import fixed, provenance
from seqgra_compile.audit.ledger.entries import Entry, cell_parameters, entries, operation_path
from seqgra_compile.audit.ledger.provenance import Token
from seqgra_compile.audit.ledger.setting import TEMPLATE, Setting
from seqgra_compile.catalog.sequences import PYTORCH
from seqgra_compile.compiler import Compilation

SECTIONS = ("Definition", "Model", "Loss and optimizer")
# Fields whose statements belong to their rows as a whole, and how the paths of these begin.
STATEMENTS = {
    "matrices": ("data definition: sequenceelement ",),
    "kmers": ("data definition: sequenceelement ",),
    "rules": ("data definition: condition ", "general/labels"),
    "module": ("architecture/external: its content",),
    "build_model": ("architecture/external",),
}


class Literals:
    """The literals of one script, and what of the ledger belongs to each."""

    def __init__(self, compilation: Compilation, settings: Sequence[Setting]) -> None:
        self.compilation, self.model = compilation, compilation.model
        self.rows = {row.path: row for row in settings}
        self.code = ast.parse(compilation.script)

    @functools.cached_property
    def tokens(self) -> list[Token]:
        found = provenance.tokens(self.compilation.arranged, self.compilation.script)
        documented = fixed.docstrings(self.code)
        return [
            token
            for token in fixed.within(found, SECTIONS)
            if fixed.is_literal(token)
            and not (token.type == tokenize.STRING and token.first in documented)
        ]

    def lost(self) -> list[tuple[int, int, str]]:
        """Line, column and text of those that no row has."""
        return [
            (token.first, token.column, token.text)
            for token in self.tokens
            if not any(self._has(path, token) for path in self._paths(token))
        ]

    def _has(self, path: str, token: Token) -> bool:
        row = self.rows.get(path)
        if row is None or not set(row.lines) & set(token.lines):
            return False
        return row.origin != TEMPLATE or token.text in row.value

    def _paths(self, token: Token) -> Iterator[str]:
        """Of the rows that may have it."""
        field = next((o[1:] for o in token.origins if o.startswith("=")), None)
        if field is None:
            yield next(o for o in reversed(token.origins) if o.startswith("template "))
            return
        name, _, rest = field.removeprefix("script.").partition("[")
        index = int(rest.partition("]")[0]) if rest else None
        if name == "constants":
            path = self.compilation.arranged.constants[index].path
            yield from (each.path for each in self._entries if path in each.constants)
        elif name == "layers":
            yield from self._of_operation(token, self.model.architecture.operations[index])
        elif name == "input":
            (path,) = self._parameters(1, "input_shape")
            for word, function in self._arguments(token):
                yield path if word == "shape" else f"{path}: {word} of {function}"
        elif name in ("loss", "optimizer"):
            path = getattr(self.model, name).path
            for word, function in self._arguments(token):
                yield f"{path}: {word} of {function}"
        elif name == "penalties":
            yield from (path for path in self.rows if path.endswith("_regularizer"))
        elif name == "weights_files":
            yield from (path for path in self.rows if "weights" in path)
        elif name == "alphabet.size":
            yield "general/sequencespace"
        else:
            first = name.partition(".")[0]
            yield from (p for p in self.rows if p.startswith(STATEMENTS.get(first, ())))

    @functools.cached_property
    def _entries(self) -> tuple[Entry, ...]:
        return entries(self.model, self.compilation.source)

    def _parameters(self, number: int, name: str) -> list[str]:
        """The rows of an operation's parameter."""
        wanted = (f"operation {number}", name)
        return [each.path for each in self._entries if (each.group, each.parameter) == wanted]

    def _of_operation(self, token: Token, operation: ir.Operation) -> Iterator[str]:
        path = operation_path(operation)
        if self.model.library.value == PYTORCH:
            # Its arguments are not those of the definition: the statement has a row.
            yield path
            return
        parameters = cell_parameters(operation)
        for word, function in self._arguments(token):
            if word == "name":
                yield path  # its kind and number
            if word in parameters:
                yield from self._parameters(operation.number, parameters[word])
            yield f"{path}: {word} of {function}"

    def _arguments(self, token: Token) -> Iterator[tuple[str, str]]:
        """The keywords whose values hold the token, and the function of each."""
        for function, keyword in self._keywords.get(token.first, ()):
            value = keyword.value
            start, end = (value.lineno, value.col_offset), (value.end_lineno, value.end_col_offset)
            if start <= (token.first, token.column) < end:
                yield keyword.arg, function

    @functools.cached_property
    def _keywords(self) -> dict[int, list[tuple[str, ast.keyword]]]:
        """By each line of their values."""
        found: dict[int, list[tuple[str, ast.keyword]]] = {}
        for node in ast.walk(self.code):
            if isinstance(node, ast.Call):
                for keyword in node.keywords:
                    for line in range(keyword.value.lineno, keyword.value.end_lineno + 1):
                        found.setdefault(line, []).append((ast.unparse(node.func), keyword))
        return found
