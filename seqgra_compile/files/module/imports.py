"""A module's imports: what a standalone script can import, and which packages it needs."""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ... import ir
from .report import Report
from .running import Names

# Independent of the compiler's own Python: these are or were part of the standard library.
STANDARD = sys.stdlib_module_names | {"tomllib", "distutils", "imp", "asyncore", "cgi", "pipes"}
_PROVIDED = {"torch", "numpy"}
_BY_NAME = {"importlib.import_module", "__import__", "builtins.__import__"}
_LOADERS = {
    "importlib.util.spec_from_file_location",
    "importlib.machinery.SourceFileLoader",
    "imp.load_source",
    "runpy.run_path",
}
_FAILURES = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
_WAY_OUT = "copy what it needs into the module, or install that code as a package"


@dataclass(frozen=True)
class Imported:
    """A module that runs an import of `name`; `optional`: it also works without it."""

    name: str
    line: int
    optional: bool

    @property
    def root(self) -> str:
        return self.name.partition(".")[0]


def check_imports(
    tree: ast.Module, names: Names, folder: Path, roots: Iterable[Path], report: Report
) -> tuple[str, ...]:
    """Refuse what a standalone script could not import; return the packages that it needs.

    `folder` holds the module, `roots` are the folders in which the definition's files are looked
    for. Packages beyond PyTorch and NumPy, by their import names.
    """
    _check_forms(tree, names, report)
    found = list(_imported(tree, names))
    changed = _search_path_changed(tree, names)
    siblings = {each.root for each in found if _is_beside(each, folder, roots)}
    for root, line in dict.fromkeys((each.root, each.line) for each in found):
        if root in siblings:
            _sibling(root, line, report)
    others = {each.root for each in found} - STANDARD - _PROVIDED - siblings
    for root in sorted(others) if changed else ():
        line = min(each.line for each in found if each.root == root)
        report.error(
            "SG607",
            f"imports '{root}', perhaps from a folder that line {changed} adds to sys.path",
            f"copy what it needs into the module; if '{root}' is an installed package, "
            "delete the change of sys.path",
            line,
        )
    needed = {each.root for each in found if not each.optional}
    for root in sorted(others) if not changed else ():
        _note(root, root in needed, report)
    return tuple(sorted(others & needed))


def _note(root: str, is_needed: bool, report: Report) -> None:
    if is_needed:
        message = f"'{report.name}' imports '{root}': the script lists it among its dependencies"
        help = "the package may have another name than its import"
    else:
        message = f"'{report.name}' imports '{root}' only if it is installed"
        help = "the script does not list it among its dependencies: runs may differ with it"
    report.diagnostics.note("SG608", report.span, message, help)


def _check_forms(tree: ast.Module, names: Names, report: Report) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            if node.level:
                _sibling("." * node.level + (node.module or ""), node.lineno, report)
            elif any(alias.name == "*" for alias in node.names):
                report.error(
                    "SG607",
                    f"'from {node.module} import *' hides which names it imports",
                    "write each name that the module uses",
                    node.lineno,
                )
        elif isinstance(node, ast.Call) and names.origin(node.func) in _LOADERS:
            report.error("SG607", "loads another Python file", _WAY_OUT, node.lineno)


def _sibling(name: str, line: int, report: Report) -> None:
    report.error(
        "SG607",
        f"imports '{name}', a file of its own folder, which the script would not find",
        _WAY_OUT,
        line,
    )


def _imported(tree: ast.Module, names: Names) -> Iterator[Imported]:
    optional = set(_optional(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Imported(alias.name, node.lineno, node in optional)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                yield Imported(f"{node.module}.{alias.name}", node.lineno, node in optional)
        elif isinstance(node, ast.Call) and names.origin(node.func) in _BY_NAME and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value:
                yield Imported(first.value, node.lineno, node in optional)


def _optional(tree: ast.Module) -> Iterator[ast.AST]:
    """What runs under a `try` that continues without the package."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Try) and any(map(_goes_on, node.handlers)):
            for statement in node.body:
                yield from ast.walk(statement)


def _goes_on(handler: ast.ExceptHandler) -> bool:
    """Whether it catches a failed import and neither raises nor imports something instead."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    caught = any(kind is None or getattr(kind, "id", None) in _FAILURES for kind in kinds)
    return caught and not any(
        isinstance(node, ast.Raise) for line in handler.body for node in ast.walk(line)
    )


def _search_path_changed(tree: ast.Module, names: Names) -> int:
    """The first line that affects where imports are searched, or 0."""
    lines = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, (ast.Attribute, ast.Name))
        and names.origin(node) in {"sys.path", "sys.meta_path", "sys.path_hooks", "site.addsitedir"}
    ]
    return min(lines, default=0)


def _is_beside(imported: Imported, folder: Path, roots: Iterable[Path]) -> bool:
    """Whether Python finds it for the module, but not for a script elsewhere."""
    if _lies_in(imported.name, folder):
        return True
    if imported.root in STANDARD | _PROVIDED:
        return False
    return any(_lies_in(imported.name, place) for place in _between(folder, roots))


def _between(folder: Path, roots: Iterable[Path]) -> list[Path]:
    """The folders above the module's own, up to the one in which its path starts, and the others."""
    places = list(roots)
    for root in places[:]:
        if folder.is_relative_to(root):
            places += folder.parents[: len(folder.relative_to(root).parts)]
    return places


def _lies_in(name: str, folder: Path) -> bool:
    for part in name.split("."):
        try:
            beside = set(os.listdir(folder))
        except OSError:
            return False
        if f"{part}.py" in beside:
            return True
        if part not in beside:
            return False
        folder = folder / part
        if any(folder.glob("*.py")):
            return True
    return False


def bindings(node: ast.Import | ast.ImportFrom) -> list[ir.Import]:
    if isinstance(node, ast.Import):
        return [ir.Import(alias.name, None, alias.asname) for alias in node.names]
    return [ir.Import(node.module or "", alias.name, alias.asname) for alias in node.names]


def used(imports: list[ir.Import], code: str) -> tuple[ir.Import, ...]:
    """Without imports of the standard library that the code never mentions.

    Text also counts: a name in a string or a type comment may be looked up at run time.
    """
    names: set[str] = set(re.findall(r"\w+", " ".join(re.findall(r"# *type: *(.*)", code))))
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names.update(re.findall(r"\w+", node.value))
    return tuple(
        bound
        for bound in imports
        if bound.binds in names or bound.module.partition(".")[0] not in STANDARD
    )
