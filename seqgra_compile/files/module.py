"""Stage 3: the files that a definition names, read as text or bytes. Reports SG6.

A PyTorch module is parsed, never run. Its imports move to the top of the script, its `__main__`
block stays out, the rest is embedded as it is.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import io
import os
import re
import symtable
import sys
import tokenize
import warnings
from collections import Counter
from dataclasses import replace
from pathlib import Path

from .. import ir
from ..catalog.operations.row import COMMON
from ..messages.diagnostics import Diagnostics, quoted, suggest
from ..pycode import is_name
from ..source import Text
from .lookup import Folders

_MAX_MODULE = 2**18
# Each operator of a chain such as a.b.c nests one deeper, and Python 3.10 itself crashes on
# expressions that are nested without end.
_MAX_CHAIN = 3000
_MAX_WEIGHTS = 2**31
# Whatever Python runs the compiler: these were or are part of the standard library.
_STANDARD = sys.stdlib_module_names | {"tomllib", "distutils", "imp", "asyncore", "cgi", "pipes"}
_INDENT = re.compile(r"^[ \t\f]+(?=\S)", re.MULTILINE)
# As PEP 723 finds it: whatever runs the script would take it for the script's own.
_METADATA = re.compile(r"^# /// \S+[ \t]*$", re.MULTILINE)
_PROVIDED = {"torch", "numpy"}


def embed(model: ir.Model, folders: Folders, diagnostics: Diagnostics) -> ir.Model | None:
    """The model with its files read, or None if one is missing or unfit."""
    architecture = model.architecture
    if isinstance(architecture, ir.External):
        module = _Embedding(architecture, diagnostics).module(folders)
        return module and replace(model, architecture=module)
    done = tuple(
        _with_weights(operation, folders, diagnostics) for operation in architecture.operations
    )
    if diagnostics.failed:
        return None
    return replace(model, architecture=replace(architecture, operations=done))


def _with_weights(
    operation: ir.Operation, folders: Folders, diagnostics: Diagnostics
) -> ir.Operation:
    """The operation with the hash of its weights file, if it names one."""
    named = operation.arguments[COMMON[2].name]
    if named.value is None:
        return operation
    found = folders.find(Text(named.value, named.span), _MAX_WEIGHTS, diagnostics)
    if found is None:
        return operation
    from .npy import WeightsRefused, check_npy

    _, data = found
    try:
        check_npy(data)
    except WeightsRefused as error:
        diagnostics.error(
            "SG609",
            named.span,
            f"{quoted(named.value)}: {error}",
            "save the weights anew, with numpy.save",
        )
    file = ir.WeightsFile(named.value, hashlib.sha256(data).hexdigest())
    return replace(operation, weights_file=file)


class _Embedding:
    """One PyTorch module on its way into a script."""

    def __init__(self, external: ir.External, diagnostics: Diagnostics) -> None:
        self.external = external
        self.diagnostics = diagnostics
        self.name = external.path.value

    def error(self, code: str, message: str, help: str | None = None, line: int = 0) -> None:
        place = f"{self.name}:{line}: " if line else f"'{self.name}': "
        self.diagnostics.error(code, self.external.path.span, place + message, help)

    def module(self, folders: Folders) -> ir.Module | None:
        """The module as it is embedded, or None if it cannot be."""
        with warnings.catch_warnings():
            # What Python thinks of the module's style is for its author to see, elsewhere.
            warnings.simplefilter("ignore")
            return self.read(folders)

    def read(self, folders: Folders) -> ir.Module | None:
        named = Text(self.external.path.value, self.external.path.span)
        found = folders.find(named, _MAX_MODULE, self.diagnostics)
        if found is None:
            return None
        path, data = found
        text = self.decoded(data)
        tree = self.parsed(text) if text is not None else None
        if tree is None:
            return None
        self.check_indents(text)
        self.check_metadata(text)
        self.check_class(tree)
        self.check_imports(tree, path.parent)
        code, imports, future = self.parted(text, tree)
        if self.diagnostics.failed or self.parsed(code, " without its imports") is None:
            return None
        laid_out = self.laid_out(code)
        if laid_out is None:
            return None
        names = _bound_names(code)
        return ir.Module(
            path=self.name,
            sha256=hashlib.sha256(data).hexdigest(),
            class_name=self.external.class_name.value,
            class_span=self.external.class_name.span,
            code=laid_out,
            imports=_used(imports, code),
            future=future,
            names=frozenset(names),
            dependencies=self.dependencies(tree),
            span=self.external.path.span,
        )

    def decoded(self, data: bytes) -> str | None:
        try:
            encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
            return io.StringIO(data.decode(encoding), newline=None).read()
        except (SyntaxError, UnicodeError, LookupError):
            self.error("SG604", "not a Python source text", "save it as UTF-8")
            return None

    def parsed(self, text: str, state: str = "") -> ast.Module | None:
        """The module's syntax tree; it is compiled besides, and thrown away: that finds more.

        Without its imports a module can fail only where they hang on what stands around them, as
        by a backslash at a line's end.
        """
        try:
            _check_chains(text)
            tree = ast.parse(text)
            compile(text, self.name, "exec", dont_inherit=True)
            return tree
        except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
            line = getattr(error, "lineno", 0) or 0
            reason = getattr(error, "msg", str(error)) or "nested too deeply"
            way_out = "a model is a Python 3 module"
            if state:
                line, way_out = 0, "leave the lines before and behind an import empty"
            self.error("SG604", f"not valid Python{state}: {reason}", way_out, line)
            return None

    def laid_out(self, code: str) -> str | None:
        """The code in the script's layout."""
        from .layout import UnformattableError, laid_out  # as Black: for modules only

        try:
            return laid_out(code)
        except UnformattableError:
            problem = "Python reads this module, and Black, which lays scripts out, does not"
            help = "does `black` format the module itself?"
            self.diagnostics.error("SG604", self.external.path.span, problem, help)
            return None

    def check_indents(self, text: str) -> None:
        """A form feed on its own line is an old habit; within an indent, Black cannot read it."""
        for found in _INDENT.finditer(text):
            if "\f" in found[0] and found[0].strip("\f"):
                self.error(
                    "SG604",
                    "a form feed within the indentation",
                    "give it a line of its own, or delete it",
                    text.count("\n", 0, found.start()) + 1,
                )
                return

    def check_metadata(self, text: str) -> None:
        """A script has one such block, its own: a second one could name other packages."""
        found = _METADATA.search(text)
        if found:
            self.error(
                "SG604",
                "a block of script metadata (PEP 723)",
                "delete it: the script lists what the module imports",
                text.count("\n", 0, found.start()) + 1,
            )

    def check_class(self, tree: ast.Module) -> None:
        wanted = self.external.class_name
        classes = [node.name for node in tree.body if isinstance(node, ast.ClassDef)]
        if wanted.value not in classes or not is_name(wanted.value):
            self.diagnostics.error(
                "SG605",
                wanted.span,
                f"'{self.name}' defines no class {quoted(wanted.value)} at its top level",
                suggest(wanted.value, classes) if classes else "it defines no class at all",
            )

    def check_imports(self, tree: ast.Module, folder: Path) -> None:
        """Refuse what a script on its own could not import."""
        try:
            beside = set(os.listdir(folder))
        except OSError:
            beside = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                if node.level:
                    self.sibling("." * node.level + (node.module or ""), node.lineno)
                elif any(alias.name == "*" for alias in node.names):
                    self.error(
                        "SG607",
                        f"'from {node.module} import *' hides which names it brings",
                        "write each name that the module uses",
                        node.lineno,
                    )
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                for root in _roots(node):
                    package = root in beside and any((folder / root).glob("*.py"))
                    if package or f"{root}.py" in beside:
                        self.sibling(root, node.lineno)

    def sibling(self, name: str, line: int) -> None:
        self.error(
            "SG607",
            f"imports '{name}', a file of its own folder, which the script would not find",
            "copy what it needs into the module, or install that code as a package",
            line,
        )

    def parted(self, text: str, tree: ast.Module) -> tuple[str, list[ir.Import], tuple[str, ...]]:
        """The code that is embedded, the imports above it and the `__future__` features."""
        # As Python counts lines: str.splitlines would also cut at form feeds.
        lines: list[str | None] = io.StringIO(text, newline="\n").readlines()
        imports: list[ir.Import] = []
        future: list[str] = []
        # How many statements start or end on a line.
        held = Counter(
            number for node in tree.body for number in {node.lineno, node.end_lineno or node.lineno}
        )
        for node in tree.body:
            if isinstance(node, ast.ImportFrom) and node.module == "__future__":
                future += [alias.name for alias in node.names]
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                imports += _bindings(node)
            elif not _is_main(node):
                continue
            elif node.orelse:
                self.error(
                    "SG604",
                    "'if __name__ ...' has an else branch",
                    "move what it holds out of the branch",
                    node.lineno,
                )
            self.cut(node, held, lines)
        code = "".join(line for line in lines if line is not None)
        return code.strip("\n") + "\n", imports, tuple(future)

    def cut(self, node: ast.stmt, held: Counter[int], lines: list[str | None]) -> None:
        """Take a statement's lines out of the text; `held`: how many statements a line bounds."""
        taken = range(node.lineno, node.end_lineno + 1)
        if held[node.lineno] > 1 or held[node.end_lineno] > 1:
            self.error("SG604", "two statements on one line", "give each its own line", node.lineno)
        for number in taken:
            lines[number - 1] = None

    def dependencies(self, tree: ast.Module) -> tuple[str, ...]:
        """Packages beyond PyTorch and NumPy that the module imports, by their import names."""
        roots = {
            root
            for node in ast.walk(tree)
            if isinstance(node, (ast.Import, ast.ImportFrom))
            for root in _roots(node)
        }
        others = sorted(roots - _STANDARD - _PROVIDED)
        for name in others:
            self.diagnostics.note(
                "SG608",
                self.external.path.span,
                f"'{self.name}' imports '{name}': the script lists it among its dependencies",
                "the package may have another name than its import",
            )
        return tuple(others)


def _check_chains(text: str) -> None:
    """Raise RecursionError where too much stands between two commas or ends of statements."""
    counts = [0]
    # What cannot be read as tokens is for the parser to report; NULs make Python 3.12 raise the last.
    with contextlib.suppress(tokenize.TokenError, SyntaxError, SystemError):
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            counts[-1] += token.type not in (tokenize.NL, tokenize.COMMENT)
            if counts[-1] > _MAX_CHAIN:
                raise RecursionError("an expression without end")
            if token.type == tokenize.NEWLINE or token.string == ",":
                counts[-1] = 0
            elif token.type == tokenize.OP and token.string in "([{":
                counts.append(0)
            elif token.type == tokenize.OP and token.string in ")]}" and len(counts) > 1:
                counts.pop()


def _roots(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module.partition(".")[0]] if node.module and not node.level else []
    return [alias.name.partition(".")[0] for alias in node.names]


def _bindings(node: ast.Import | ast.ImportFrom) -> list[ir.Import]:
    if isinstance(node, ast.Import):
        return [ir.Import(alias.name, None, alias.asname) for alias in node.names]
    return [ir.Import(node.module or "", alias.name, alias.asname) for alias in node.names]


def _is_main(node: ast.stmt) -> bool:
    if not isinstance(node, ast.If) or not isinstance(node.test, ast.Compare):
        return False
    sides = (node.test.left, *node.test.comparators)
    return any(isinstance(side, ast.Name) and side.id == "__name__" for side in sides) and any(
        isinstance(side, ast.Constant) and side.value == "__main__" for side in sides
    )


def _bound_names(code: str) -> set[str]:
    """What the embedded code defines at the script's top level."""
    table = symtable.symtable(code, "module", "exec")
    return {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_assigned() or symbol.is_imported()
    }


def _used(imports: list[ir.Import], code: str) -> tuple[ir.Import, ...]:
    """Without imports of the standard library that the code never mentions."""
    names = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    return tuple(
        bound
        for bound in imports
        if bound.binds in names or bound.module.partition(".")[0] not in _STANDARD
    )
