"""Embeds a PyTorch module in a script: it is parsed, never run.

Its imports move to the top of the script, code that never runs there is left out, and the rest is
embedded as it is.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import io
import re
import symtable
import tokenize
import warnings
from collections import Counter

from ... import ir
from ...messages.diagnostics import Diagnostics
from ...source import Text
from ..lookup import Folders
from .contract import check_class
from .imports import bindings, check_imports, used
from .report import Report
from .running import MAIN, names_of, never_runs, running
from .state import batch_statistics, note_own_state

_MAX_MODULE = 2**18
# Each operator of a chain such as a.b.c nests one deeper, and Python 3.10 itself crashes on
# expressions that are nested without end.
_MAX_CHAIN = 3000
_INDENT = re.compile(r"^[ \t\f]+(?=\S)", re.MULTILINE)
# As PEP 723 finds it: tools that run the script would take it for the script's own.
_METADATA = re.compile(r"^# /// \S+[ \t]*$", re.MULTILINE)


def read_module(
    external: ir.ExternalModule, folders: Folders, diagnostics: Diagnostics
) -> ir.Module | None:
    """The module as it is embedded, or None after reporting why it cannot be."""
    named = Text(external.path.value, external.path.span)
    found = folders.find(named, _MAX_MODULE, diagnostics)
    if found is None:
        return None
    path, data = found
    report = Report(named.value, named.span, diagnostics)
    with warnings.catch_warnings():
        # Python's warnings about the module are for its author, not for here.
        warnings.simplefilter("ignore")
        text = _decoded(data, report)
        tree = _parsed(text, report) if text is not None else None
        if text is None or tree is None:
            return None
        _check_indents(text, report)
        _check_metadata(text, report)
        runs = running(text)
        names = names_of(runs)
        dependencies = check_imports(runs, names, path.parent, folders.paths, report)
        classes = check_class(runs, names, external.class_name, report)
        per_batch = batch_statistics(runs, names)
        if classes:
            per_batch += note_own_state(runs, names, classes, report)
        parted, imports, future, left_out = _parted(text, tree, report)
        if diagnostics.failed or _parsed(parted, report, " without its imports") is None:
            return None
        code = _formatted(parted, report)
        if code is None:
            return None
        return ir.Module(
            path=named.value,
            sha256=hashlib.sha256(data).hexdigest(),
            class_name=external.class_name.value,
            class_span=external.class_name.span,
            code=code,
            imports=used(imports, code),
            future=future,
            left_out=left_out,
            names=frozenset(_bound_names(code)),
            dependencies=dependencies,
            per_batch=per_batch,
            span=named.span,
        )


def _decoded(data: bytes, report: Report) -> str | None:
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return io.StringIO(data.decode(encoding), newline=None).read()
    except (SyntaxError, UnicodeError, LookupError):
        report.error("SG604", "not a Python source text", "save it as UTF-8")
        return None


def _parsed(text: str, report: Report, state: str = "") -> ast.Module | None:
    """The module's syntax tree; it is also compiled, to find more errors, and the code is
    discarded.

    Without its imports a module can fail only where they depend on the lines around them, as
    by a backslash at a line's end.
    """
    try:
        _check_chains(text)
        tree = ast.parse(text)
        compile(text, report.name, "exec", dont_inherit=True)
        return tree
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        line = getattr(error, "lineno", 0) or 0
        reason = getattr(error, "msg", str(error)) or "nested too deeply"
        way_out = "it must be a Python 3 module"
        if state:
            line, way_out = 0, "leave the lines before and after an import empty"
        report.error("SG604", f"not valid Python{state}: {reason}", way_out, line)
        return None


def _formatted(code: str, report: Report) -> str | None:
    """The code in the script's layout."""
    from .layout import UnformattableError, formatted  # as Black: for modules only

    try:
        return formatted(code)
    except UnformattableError:
        problem = "Python can read this module, but Black, which formats scripts, cannot"
        help = "try `black` on the module itself"
        report.diagnostics.error("SG604", report.span, problem, help)
        return None


def _check_chains(text: str) -> None:
    """Raise RecursionError if there is too much between two commas or ends of statements."""
    counts = [0]
    # The parser reports what cannot be tokenized; NULs make Python 3.12 raise the last of these.
    with contextlib.suppress(tokenize.TokenError, SyntaxError, SystemError):
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            counts[-1] += token.type not in (tokenize.NL, tokenize.COMMENT)
            if counts[-1] > _MAX_CHAIN:
                raise RecursionError("an expression that never ends")
            if token.type == tokenize.NEWLINE or token.string == ",":
                counts[-1] = 0
            elif token.type == tokenize.OP and token.string in "([{":
                counts.append(0)
            elif token.type == tokenize.OP and token.string in ")]}" and len(counts) > 1:
                counts.pop()


def _check_indents(text: str, report: Report) -> None:
    """A form feed on its own line is accepted; within an indent, Black cannot read it."""
    for found in _INDENT.finditer(text):
        if "\f" in found[0] and found[0].strip("\f"):
            report.error(
                "SG604",
                "a form feed within the indentation",
                "give it a line of its own, or delete it",
                text.count("\n", 0, found.start()) + 1,
            )
            return


def _check_metadata(text: str, report: Report) -> None:
    """A script has one such block, its own: a second one could name other packages."""
    found = _METADATA.search(text)
    if found:
        report.error(
            "SG604",
            "a block of script metadata (PEP 723)",
            "delete it: the script lists what the module imports",
            text.count("\n", 0, found.start()) + 1,
        )


def _parted(
    text: str, tree: ast.Module, report: Report
) -> tuple[str, list[ir.Import], tuple[str, ...], tuple[str, ...]]:
    """The code that is embedded, the imports above it, `__future__` features, blocks left out."""
    # As Python counts lines: str.splitlines would also cut at form feeds.
    lines: list[str | None] = list(io.StringIO(text, newline="\n"))
    imports: list[ir.Import] = []
    future: list[str] = []
    left_out = [MAIN]
    # How many statements start or end on a line.
    held = Counter(
        number for node in tree.body for number in {node.lineno, node.end_lineno or node.lineno}
    )
    for node in tree.body:
        block = never_runs(node)
        otherwise = node.orelse if isinstance(node, ast.If) else []
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            future += [alias.name for alias in node.names]
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            imports += bindings(node)
        elif not block:
            continue
        elif block == MAIN and otherwise:
            report.error(
                "SG604",
                "'if __name__ ...' has an else branch",
                "move its content out of the branch",
                node.lineno,
            )
        elif otherwise:
            continue
        else:
            left_out.append(block)
        _cut(node, held, lines, report)
    code = "".join(line for line in lines if line is not None)
    return code.strip("\n") + "\n", imports, tuple(future), tuple(dict.fromkeys(left_out))


def _cut(node: ast.stmt, held: Counter[int], lines: list[str | None], report: Report) -> None:
    """Remove a statement's lines from the text; `held`: the number of statements on each line."""
    end = node.end_lineno or node.lineno
    if held[node.lineno] > 1 or held[end] > 1:
        report.error("SG604", "two statements on one line", "give each its own line", node.lineno)
    for number in range(node.lineno, end + 1):
        lines[number - 1] = None


def _bound_names(code: str) -> set[str]:
    """What the embedded code defines at the script's top level."""
    table = symtable.symtable(code, "module", "exec")
    return {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_assigned() or symbol.is_imported()
    }
