"""golden/reject: each fault, and the exact words for it.

A case is a folder `<code>-<slug>` with a model.xml, the files that it names, stderr.txt, and, if it
needs any, options.txt.
`make golden` writes stderr.txt anew; the tests never do.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest
from run_command import options, run

from seqgra_compile.messages.codes import CODES, explain
from seqgra_compile.messages.diagnostics import Diagnostics
from seqgra_compile.source import Span

REJECT = Path(__file__).resolve().parent.parent / "golden" / "reject"
PACKAGE = Path(__file__).resolve().parent.parent / "seqgra_compile"
CASES = sorted(path for path in REJECT.iterdir() if path.is_dir())
# No definition can bring these about; tests/test_cli.py does.
INTERNAL = {"SG901"}
# Only where h5py is not installed; tests/test_keras_files.py takes it away.
ELSEWHERE = {"SG610"}

FIRST = re.compile(r"^(.+?):(\d+):(\d+): (error|warning|note)\[(SG\d{3})\]: (.+)$")


def _codes(text: str) -> dict[str, set[str]]:
    """The severities with which each code occurs."""
    found: dict[str, set[str]] = {}
    for line in text.splitlines():
        match = FIRST.match(line)
        if match:
            found.setdefault(match[5], set()).add(match[4])
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Path) -> None:
    expected = (case / "stderr.txt").read_bytes()
    before = sorted(case.rglob("*"))
    result = run(*options(case), "--check", "model.xml", folder=case)
    assert result.stderr.decode() == expected.decode()
    assert result.stdout == b""
    severities = set().union(*_codes(expected.decode()).values())
    assert result.exit_code == (1 if "error" in severities else 0)
    assert sorted(case.rglob("*")) == before


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_name_of_the_case(case: Path) -> None:
    match = re.fullmatch(r"(SG\d{3})-[a-z0-9]+(-[a-z0-9]+)*", case.name)
    assert match
    assert match[1] in _codes((case / "stderr.txt").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_without_check_the_same_is_said(case: Path) -> None:
    """And nothing is written unless there is no error."""
    result = run(*options(case), "model.xml", folder=case)
    assert result.stderr == (case / "stderr.txt").read_bytes()
    assert bool(result.stdout) == (result.exit_code == 0)


def test_every_code_has_a_case() -> None:
    shown = {case.name.partition("-")[0] for case in CASES}
    # Those of data folders have cases in golden/check.
    others = {code for code in CODES if code.startswith("SG8")}
    assert shown == set(CODES) - INTERNAL - ELSEWHERE - others


def test_every_code_is_used_and_explained() -> None:
    text = "\n".join(
        path.read_text("utf-8")
        for path in sorted(PACKAGE.rglob("*.py"))
        if "codes" not in path.parts
    )
    assert set(re.findall(r"SG\d{3}", text)) <= set(CODES)
    reported = set(re.findall(r'"(SG\d{3})"', text))
    assert reported - INTERNAL == set(CODES) - INTERNAL


@pytest.mark.parametrize("code", CODES)
def test_explanation(code: str) -> None:
    lines = textwrap.dedent(CODES[code].text).strip().splitlines()
    assert 4 <= len([line for line in lines if line]) <= 12
    assert any(line.startswith("    ") for line in lines), "an example is missing"
    assert explain(code).startswith(f"{code}: {CODES[code].title}\n\n")
    assert max(map(len, explain(code).splitlines())) <= 88


def test_carets_stand_below_their_place() -> None:
    """The column of the first line and the carets say the same, where both can be counted."""
    counted = 0
    for case in CASES:
        lines = (case / "stderr.txt").read_text("utf-8").splitlines()
        for above, line, marks in zip(lines, lines[1:], lines[2:], strict=False):
            match = FIRST.match(above)
            if match and line.isascii() and "| ..." not in line and "|" in line:
                start = line.index("| ") + 2
                assert marks.index("^") - start + 1 == int(match[3]), case.name
                counted += 1
    assert counted > 100


def test_a_code_without_a_row_is_refused() -> None:
    with pytest.raises(KeyError, match="SG999"):
        Diagnostics().error("SG999", Span(0, 0), "no such code")
