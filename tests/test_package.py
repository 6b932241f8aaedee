"""The package as others get it: wheel, sdist, installed elsewhere, light to import."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

import seqgra_compile
from seqgra_compile.compiler import compile_definition

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted(
    path for path in (ROOT / "examples").glob("*.xml") if "<seqgramodel" in path.read_text("utf-8")
)
HEAVY = ("h5py", "keras", "numpy", "tensorflow", "torch")


def run(*command: object, cwd: Path = ROOT, **environment: str) -> bytes:
    """Standard output of a command that must end well."""
    finished = subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr.decode()
    return finished.stdout


def build(root: Path, kind: str, folder: Path) -> Path:
    run(sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", folder, cwd=root)
    (made,) = folder.iterdir()
    return made


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    return build(ROOT, "wheel", tmp_path_factory.mktemp("wheel"))


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def files(folder: str, pattern: str) -> set[str]:
    """Names of a folder's files as they stand in the wheel."""
    prefix = "" if folder == "seqgra_compile" else "seqgra_compile/"
    return {
        prefix + path.relative_to(ROOT).as_posix()
        for path in (ROOT / folder).rglob(pattern)
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_wheel_holds_code_templates_and_schemas_and_nothing_else(wheel):
    names = {name for name in contents(wheel) if ".dist-info/" not in name}
    expected = (
        files("seqgra_compile", "*.py")
        | files("seqgra_compile", "*.md")
        | files("seqgra_compile", "py.typed")
        | files("templates", "*")
        | files("schemas", "*")
    )
    assert names == expected
    assert "seqgra_compile/templates/script.py.j2" in names
    assert "seqgra_compile/messages/codes/SG305.md" in names


def test_sdist_makes_the_same_wheel(wheel, tmp_path):
    sdist = build(ROOT, "sdist", tmp_path / "sdist")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
        archive.extractall(tmp_path, filter="data")
    assert {"Makefile", "constraints.txt", "examples/motifs.xml", "tests/test_package.py"} <= names
    root = tmp_path / f"seqgra_compile-{seqgra_compile.__version__}"
    assert contents(build(root, "wheel", tmp_path / "wheel")) == contents(wheel)


def test_installed_wheel_compiles_from_any_folder(wheel, tmp_path):
    target, elsewhere = tmp_path / "installed", tmp_path / "else where"
    elsewhere.mkdir()
    run(
        *(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"),
        *("--target", target, wheel),
    )
    code = "import seqgra_compile; print(seqgra_compile.__file__)"
    found = run(sys.executable, "-c", code, cwd=elsewhere, PYTHONPATH=str(target))
    assert Path(found.decode().strip()).parent == target / "seqgra_compile"
    for example in EXAMPLES:
        script = run(
            *(sys.executable, "-m", "seqgra_compile", example),
            cwd=elsewhere,
            PYTHONPATH=str(target),
        )
        assert script.decode() == compile_definition(example).script


def test_compiling_imports_no_framework():
    assert EXAMPLES
    code = """
import json, sys
from seqgra_compile.commands.compile import main
try:
    main(sys.argv[1:])
finally:
    print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})), file=sys.stderr)
"""
    for example in EXAMPLES:
        finished = subprocess.run(
            [sys.executable, "-c", code, example], cwd=ROOT, capture_output=True, check=True
        )
        assert finished.stdout
        assert not set(HEAVY) & set(json.loads(finished.stderr.splitlines()[-1]))


def test_version_is_that_of_the_package():
    said = run(sys.executable, "-m", "seqgra_compile", "--version")
    assert said.decode() == f"seqgra-compile {seqgra_compile.__version__}\n"


def test_one_tensorflow_at_most():
    """tensorflow and tensorflow-cpu hold the same files: the second one breaks the first."""
    found = []
    for name in ("tensorflow", "tensorflow-cpu"):
        try:
            found.append(distribution(name).name)
        except PackageNotFoundError:
            continue
    assert len(found) == 1, found
