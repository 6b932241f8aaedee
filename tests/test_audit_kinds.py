"""Arguments of `seqgra-audit` in the wrong place: what they are, and what is wanted."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_runs import make_run
from mutations import EXAMPLES
from run_command import run_audit

from seqgra_compile.compiler import compile_definition


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A definition, its script, a folder with a run, and a data folder."""
    folder = tmp_path_factory.mktemp("arguments")
    path = EXAMPLES / "motifs.xml"
    (folder / "model.xml").write_bytes(path.read_bytes())
    (folder / "train.py").write_text(compile_definition(path).script, "utf-8")
    make_run(folder / "runs" / "first")
    for name in ("data", "empty"):
        (folder / name).mkdir()
    (folder / "data" / "training.txt").write_text("x\ty\n", "utf-8")
    return folder


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("verify train.py model.xml", "train.py: this is a script; first the definition, then the "
         "script: seqgra-audit verify model.xml train.py"),
        ("verify runs/first model.xml", "runs/first: this is the folder of a run; first the "
         "definition, then the script: seqgra-audit verify model.xml train.py"),
        ("verify model.xml model.xml", "model.xml: this is a definition; first the definition, "),
        ("verify model.xml runs/first/receipt.json", "receipt.json: this is the receipt of a run; "),
        ("settings runs/first/", "runs/first/: this is the folder of a run; give the definition of "
         "the run; for two runs: seqgra-audit compare RUN RUN"),
        ("settings data", "data: this is a data folder; give a definition, such as model.xml"),
        ("settings empty", "empty: this is a folder; give a definition, such as model.xml"),
        ("diff runs/first/receipt.json model.xml", "this is the receipt of a run; give the defini"),
        ("compare model.xml model.xml", "model.xml: this is a definition; give the folder that the "
         "script has written, or its receipt.json; for two definitions: seqgra-audit diff A.xml"),
        ("compare runs runs/first", "runs: this is a folder with several runs; give the runs in it, "
         "runs/*"),
        ("table runs/", "runs/: this is a folder with several runs; give the runs in it, runs/*"),
        ("table train.py", "train.py: this is a script; give the folder that the script has writ"),
        ("report data", "data: this is a data folder; give the folder that the script has written"),
        ("report model.xml --run train.py", "train.py: this is a script; give the folder that the "),
        ("export model.xml --to ro-crate -o crate", "model.xml: this is a definition; give the fol"),
    ],
    ids=lambda value: value.rpartition(" -")[0] or value if value.count(" ") < 6 else "",
)  # fmt: skip
def test_another_thing_than_wanted(words: str, said: str, folder: Path):
    result = run_audit(*words.split(), folder=folder)
    assert (result.exit_code, result.stdout) == (2, b"")
    assert said in result.stderr.decode()
    assert not (folder / "crate").exists()
