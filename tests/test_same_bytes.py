"""The same definition gives the same bytes, whatever surrounds the compiler."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cases import BY_ID, Case
from mutations import DEFINITIONS

ROOT = Path(__file__).resolve().parent.parent
# Text of many scripts, an embedded module in a folder, files of weights.
CHOSEN = tuple(
    BY_ID[name]
    for name in (
        "torch-ml3-rna24-lstm-steps",
        "torch-mc4-protein40-conv",
        "tf-ml2-dna40-conv2d-weights",
    )
)
SURROUNDINGS = {
    "hash-seed-1": {"PYTHONHASHSEED": "1"},
    "hash-seed-4711": {"PYTHONHASHSEED": "4711"},
    "locale-c": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "locale-c-utf-8": {"LC_ALL": "C.UTF-8"},
    "locale-german": {"LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de"},
    "locale-turkish": {"LC_ALL": "tr_TR.UTF-8"},
    "no-utf-8-mode": {"PYTHONUTF8": "0", "PYTHONIOENCODING": "latin-1"},
    "time-zone": {"TZ": "Pacific/Kiritimati"},
    "narrow-terminal": {"COLUMNS": "20", "TERM": "dumb"},
    "another-home": {"HOME": "/", "USER": "somebody", "HOSTNAME": "elsewhere"},
}
OTHER_PYTHONS = ("python3.10", "python3.11", "python3.12", "python3.13", "python3.14")


def compiled(
    definition: Path | str,
    folder: Path,
    python: str = sys.executable,
    environment: dict[str, str] | None = None,
    *options: str,
) -> bytes:
    done = subprocess.run(
        [python, "-m", "seqgra_compile", str(definition), *options],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | (environment or {}),
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout


@pytest.mark.parametrize("name", SURROUNDINGS)
def test_environment(name: str):
    case = CHOSEN[0]
    given = compiled("model.xml", case.folder, environment=SURROUNDINGS[name])
    assert given == case.script.read_bytes()


@pytest.mark.long
@pytest.mark.parametrize("name", SURROUNDINGS)
@pytest.mark.parametrize("case", CHOSEN[1:], ids=lambda case: case.id)
def test_environment_and_other_definitions(name: str, case: Case):
    given = compiled("model.xml", case.folder, environment=SURROUNDINGS[name])
    assert given == case.script.read_bytes()


def places(case: Case, folder: Path) -> Iterator[tuple[Path | str, Path]]:
    """Ways to name the same definition, and folders from which it is named so."""
    copy = shutil.copytree(case.folder, folder / "a folder" / "näher")
    yield case.folder / "model.xml", folder
    yield f"{case.folder.name}/model.xml", case.folder.parent
    yield "./model.xml", case.folder
    yield copy / "model.xml", folder
    yield "../näher/model.xml", copy


def test_folders(tmp_path):
    case = CHOSEN[1]
    for definition, folder in places(case, tmp_path):
        assert compiled(definition, folder) == case.script.read_bytes()


def test_output_files_hold_the_same_bytes(tmp_path):
    case = CHOSEN[2]
    target = tmp_path / "out" / "script.py"
    assert compiled("model.xml", case.folder, sys.executable, None, "-o", str(target)) == b""
    assert target.read_bytes() == case.script.read_bytes()
    assert [path.name for path in target.parent.iterdir()] == ["script.py"]


def test_scripts_do_not_name_this_machine():
    words = (str(ROOT), str(Path.home()) + os.sep, os.uname().nodename)
    for case in BY_ID.values():
        script = case.script.read_text("utf-8")
        assert not [word for word in words if word in script]


AUDITED = """
import hashlib, sys
from seqgra_compile.audit.ledger.listing import ledger_json, ledger_text
from seqgra_compile.audit.report import report_of_definition
from seqgra_compile.compiler import compile_definition

for path in sys.argv[1:]:
    made = compile_definition(path)
    texts = [f(made.settings, made.source) for f in (ledger_json, ledger_text)]
    for text in (made.script, *texts, report_of_definition(made)):
        print(path, hashlib.sha256(text.encode()).hexdigest())
"""


@pytest.mark.long
@pytest.mark.parametrize("python", OTHER_PYTHONS)
def test_other_versions_of_python(python: str):
    """Scripts, ledgers and reports, where one is installed together with what they need."""
    probe = [python, "-c", "import black, click, jinja2, lxml; print(black.__version__)"]
    try:
        found = subprocess.run(probe, capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip(f"no {python}")
    if found.returncode:
        pytest.skip(f"{python} lacks what the compiler needs")
    for case in BY_ID.values():
        assert compiled("model.xml", case.folder, python) == case.script.read_bytes()
    hashes = [
        subprocess.run(
            [each, "-c", AUDITED, *(str(path) for path in DEFINITIONS)],
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
        ).stdout
        for each in (sys.executable, python)
    ]
    assert hashes[0] == hashes[1]
