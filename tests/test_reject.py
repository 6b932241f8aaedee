"""golden/reject: each fault, and the exact words for it.

A case is a folder `<code>-<slug>` with a model.xml, the files that it names, stderr.txt, and, if it
needs any, options.txt.
`make golden` writes stderr.txt anew; the tests never do.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from run_command import options, run

from seqgra_compile.messages.codes import CODES, explain

REJECT = Path(__file__).resolve().parent.parent / "golden" / "reject"
PACKAGE = Path(__file__).resolve().parent.parent / "seqgra_compile"
FOLDER = PACKAGE / "messages" / "codes"
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
    text = "\n".join(path.read_text("utf-8") for path in sorted(PACKAGE.rglob("*.py")))
    assert set(re.findall(r"SG\d{3}", text)) <= set(CODES)
    reported = set(re.findall(r'"(SG\d{3})"', text))
    assert reported - INTERNAL == set(CODES) - INTERNAL


@pytest.mark.parametrize("code", CODES)
def test_explanation(code: str) -> None:
    """A title, what and why, an example, how to fix it; of Markdown, what --explain can show."""
    text = (FOLDER / f"{code}.md").read_text("utf-8")
    assert text.startswith(f"# {code}: {CODES[code].title}\n\n") and text.endswith("\n")
    assert max(map(len, text.splitlines())) <= 100
    headings = re.findall("^#+ .*", text, re.M)[1:]
    assert headings[0] == "## Example"
    assert headings[1:] in (["## How to fix it"], ["## What to do"])
    what, example, fix = re.split("\n## .*\n\n", CODES[code].text)
    assert what and re.fullmatch("```(xml|python|text)\n[^`]+\n```\n", example) and fix
    words = re.sub("(?s)```.*?```", "", text)
    assert not re.search(r"[*<>&\[\]]|^[-+] |__", re.sub("`[^`]*`", "", words), re.M), "mark code"


@pytest.mark.parametrize("width", [40, 60, 88])
def test_explanations_in_a_terminal(width: int) -> None:
    for code in CODES:
        _check_shown(code, explain(code, width), width)


def _check_shown(code: str, shown: str, width: int) -> None:
    title = f"{code}: {CODES[code].title}"
    assert " ".join(shown.partition("\n\n")[0].split("\n")) == title
    assert "`" not in shown and "\n#" not in shown and "\n\n\n" not in shown
    text = (FOLDER / f"{code}.md").read_text("utf-8")
    examples = "".join(re.findall("(?s)```[a-z]+\n(.*?)```", text)).splitlines()
    lines = shown.splitlines()
    assert [line[4:] for line in lines if line.startswith("    ")] == examples
    assert all(len(line) <= width or " " not in line for line in lines if line[:4].strip())
    # All words of the file are there, in its order.
    marks = re.compile("^(```.*|#+) ?|`", re.M)
    words = re.sub("^## (.*)$", r"\1:", text, flags=re.M)
    assert shown.split() == marks.sub("", words).split()


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
