"""Golden accept cases: the compiler's output byte for byte, and what every script must be."""

from __future__ import annotations

import ast
import difflib
import subprocess
import sys

import pytest
from cases import ACCEPT, ALL_CASES, Case

from seqgra_compile.catalog.libraries import LIBRARIES
from seqgra_compile.compiler import compile_bytes

each_case = pytest.mark.parametrize("case", ALL_CASES, ids=lambda case: case.id)


def test_there_are_cases_of_all_libraries_and_spaces():
    assert {case.library for case in ALL_CASES} == set(LIBRARIES)
    assert {case.space for case in ALL_CASES} == {"DNA", "RNA", "protein"}
    assert {case.multi_label for case in ALL_CASES} == {True, False}


@each_case
def test_compiler_writes_the_golden_script(case: Case):
    definition = case.folder / "model.xml"
    compilation = compile_bytes("model.xml", definition.read_bytes(), [case.folder])
    assert compilation.script is not None, [str(found) for found in compilation.diagnostics]
    assert compilation.model_id == case.id, "a case's folder is named after the model's id"
    assert case.script.is_file(), f"{case.script} is missing; tests never write it"
    golden = case.script.read_bytes().decode("utf-8")
    difference = difflib.unified_diff(
        golden.splitlines(), compilation.script.splitlines(), "golden", "compiled", lineterm=""
    )
    assert compilation.script == golden, "\n".join(difference)


@each_case
def test_script_parses_as_python_3_10(case: Case):
    script = case.script.read_text(encoding="utf-8")
    ast.parse(script, feature_version=(3, 10))
    compile(script, case.script, "exec", dont_inherit=True)


@each_case
def test_script_uses_all_that_it_imports(case: Case):
    tree = ast.parse(case.script.read_text(encoding="utf-8"))
    imported = {
        (alias.asname or alias.name).partition(".")[0]
        for node in tree.body
        if isinstance(node, (ast.Import, ast.ImportFrom))
        and getattr(node, "module", None) != "__future__"
        for alias in node.names
    }
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert imported <= used


@each_case
def test_own_lines_are_short(case: Case):
    """What the definition's author wrote may be longer; strings of his cannot be broken."""
    theirs = "".join(
        path.read_text("utf-8") for path in case.folder.rglob("*.py") if path != case.script
    )
    long = [
        line
        for line in case.script.read_text(encoding="utf-8").splitlines()
        if len(line) > 88 and line.strip() not in theirs
    ]
    assert not long


def test_ruff_finds_nothing():
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache"]
    scripts = [str(case.script) for case in ALL_CASES]
    done = subprocess.run([*command, *scripts], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_case_is_complete():
    for folder in ACCEPT.iterdir():
        assert (folder / "model.xml").is_file(), folder
        assert (folder / "train.py").is_file(), folder
        assert (folder / "history.json").is_file(), folder
