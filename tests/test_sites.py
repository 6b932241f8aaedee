"""golden/reject reaches every place in the compiler that names a diagnostic code."""

from __future__ import annotations

import ast
import functools
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType

import pytest
from run_command import options, run

ROOT = Path(__file__).resolve().parent.parent
PACKAGE, REJECT = ROOT / "seqgra_compile", ROOT / "golden" / "reject"
# What no definition brings about, or only on another machine: the place, and what tests it.
ELSEWHERE = {
    ("commands.console", "our_bug", "SG901"): "tests/test_cli.py breaks the compiler",
    ("files.keras.h5_file", "found_in", "SG610"): "tests/test_keras_files.py takes h5py away",
    ("files.lookup", "find", "SG603"): "words of the system; tests/test_hostile.py",
    ("files.lookup", "_read", "SG602"): "takes a link; tests/test_hostile.py",
    ("files.lookup", "_read", "SG603"): "takes a large file; tests/test_hostile.py",
    ("messages.diagnostics", "_add", "SG105"): "1,000 reports; tests/test_attacks.py",
    ("passes.checks", "_check_support", "SG501"): "no row lacks a cell; tests/test_catalog.py",
    ("reading.analyzer", "architecture", "SG105"): "5,000 operations; tests/test_attacks.py",
    ("reading.decoding", "read_source", "SG105"): "16 MiB; tests/test_hostile.py",
}


@dataclass(frozen=True)
class Site:
    """A code in a function: the lines of the innermost call around it."""

    module: str
    function: str
    code: str
    first: int
    last: int

    @property
    def name(self) -> tuple[str, str, str]:
        return self.module, self.function, self.code


def sites(path: Path) -> Iterator[Site]:
    module = path.relative_to(PACKAGE).with_suffix("").as_posix().replace("/", ".")
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from _sites_in(node, node, module, node.name)


def _sites_in(node: ast.AST, around: ast.AST, module: str, function: str) -> Iterator[Site]:
    """Codes below a node; `around` is the innermost call or statement that it is in."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        if isinstance(child, ast.Constant) and re.fullmatch(r"SG\d{3}", str(child.value)):
            yield Site(module, function, child.value, around.lineno, around.end_lineno)
        inner = child if isinstance(child, (ast.Call, ast.stmt)) else around
        if isinstance(child, (ast.If, ast.For, ast.While, ast.With, ast.Try)):
            # Of a block, its head alone.
            inner = around
        yield from _sites_in(child, inner, module, function)


@functools.cache
def all_sites() -> tuple[Site, ...]:
    """SG8 is about folders of data, which have cases in golden/check."""
    return tuple(
        site
        for path in sorted(PACKAGE.rglob("*.py"))
        for site in sites(path)
        if not site.code.startswith("SG8")
    )


class Lines:
    """Lines of the package that run, in the functions that hold a site."""

    def __init__(self) -> None:
        self.found: set[tuple[str, int]] = set()
        self.watched: dict[CodeType, str | None] = {}
        lines: dict[str, list[Site]] = {}
        for site in all_sites():
            lines.setdefault(site.module, []).append(site)
        self.sites = lines

    def module(self, code: CodeType) -> str | None:
        """The module of a function in which there is a site, or None."""
        if code not in self.watched:
            path = Path(code.co_filename)
            name = None
            if path.is_relative_to(PACKAGE):
                name = path.relative_to(PACKAGE).with_suffix("").as_posix().replace("/", ".")
                within = {line for *_, line in code.co_lines() if line}
                held = self.sites.get(name, [])
                if not any(within & set(range(site.first, site.last + 1)) for site in held):
                    name = None
            self.watched[code] = name
        return self.watched[code]

    def called(self, frame: FrameType, event: str, argument: object) -> object:
        module = self.module(frame.f_code)
        if module is None:
            return None

        def line(frame: FrameType, event: str, argument: object) -> object:
            if event == "line":
                self.found.add((module, frame.f_lineno))
            return line

        return line


@pytest.fixture(scope="module")
def lines() -> set[tuple[str, int]]:
    """What runs while all golden reject cases are compiled."""
    lines = Lines()
    before = sys.gettrace()
    sys.settrace(lines.called)
    try:
        for case in sorted(REJECT.iterdir()):
            run(*options(case), "--check", "model.xml", folder=case)
    finally:
        sys.settrace(before)
    return lines.found


@pytest.mark.long
def test_every_site_has_a_case(lines: set[tuple[str, int]]) -> None:
    missed = [
        site
        for site in all_sites()
        if not any((site.module, line) in lines for line in range(site.first, site.last + 1))
    ]
    without = [site for site in missed if site.name not in ELSEWHERE]
    assert not without, "\n".join(f"{s.module}:{s.first} {s.function} {s.code}" for s in without)
    assert {site.name for site in missed} == set(ELSEWHERE), "reached by now: delete it here"


def test_the_sites_are_found() -> None:
    assert len(all_sites()) > 150
    assert {site.code for site in all_sites()} > {"SG101", "SG307", "SG501", "SG609", "SG618"}
