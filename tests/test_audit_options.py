"""The options that decide a script: every command that compiles takes them, or reads them from a script."""

from __future__ import annotations

from pathlib import Path

import pytest
from mutations import EXAMPLES
from run_command import run, run_audit

from seqgra_compile.catalog.options import SCRIPT_OPTIONS
from seqgra_compile.commands import audit, compile
from seqgra_compile.compiler import Options

MOTIFS = EXAMPLES / "motifs-tensorflow.xml"


def test_every_command_takes_every_option():
    fields = {name: value.default for name, value in Options.__dataclass_fields__.items()}
    assert fields.keys() == {*SCRIPT_OPTIONS, "check_only"}
    commands = [
        compile.main,
        *(audit.main.commands[name] for name in ("settings", "report", "diff")),
    ]
    for command in commands:
        taken = {option.name: option.default for option in command.params}
        assert {name: fields[name] for name in SCRIPT_OPTIONS}.items() <= taken.items()


@pytest.fixture(scope="module")
def script(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("script") / "train.py"
    path.write_bytes(run(MOTIFS, "--data", "disk", "--semantics", "seqgra-0.0.4").stdout)
    return path


def test_options_of_a_script(script):
    for command in (["settings", MOTIFS], ["report", MOTIFS], ["diff", MOTIFS, MOTIFS]):
        options = ["--data", "disk", "--semantics", "seqgra-0.0.4"]
        like, given = run_audit(*command, "--like", script), run_audit(*command, *options)
        assert like == given and given != run_audit(*command)
        both = run_audit(*command, "--like", script, "--semantics", "intended")
        assert both == run_audit(*command, "--data", "disk")


def test_a_script_without_header(tmp_path):
    other = tmp_path / "other.py"
    other.write_text("print(1)\n")
    result = run_audit("settings", MOTIFS, "--like", other)
    assert (result.exit_code, result.stdout) == (2, b"")
    assert result.stderr.startswith(bytes(other)) and b"not a compiled script" in result.stderr


def test_a_script_in_place_of_its_definition(script):
    result = run_audit("settings", script)
    assert (result.exit_code, result.stdout) == (2, b"")
    assert b"name its definition, motifs-tensorflow.xml, with --like" in result.stderr
