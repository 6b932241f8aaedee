"""Damaged and unusual inputs: what is accepted, what is refused and how, and that docs say so."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from odd_inputs import ALL, GOOD, GROUPS, Odd
from run_command import run_data

DOCS = Path(__file__).resolve().parent.parent / "docs" / "your-data.md"
SETS = ("training.txt", "validation.txt", "test.txt")


def _run(odd: Odd, folder: Path):
    for name, data in (GOOD | dict(odd.files)).items():
        (folder / name).write_bytes(data)
    return run_data(*shlex.split(odd.command.replace("\\", "\\\\")), folder=folder)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bytes]]:
    """The sets of the good files, per command."""
    found = {}
    for command in ("fasta", "table", "bed"):
        folder = tmp_path_factory.mktemp(command)
        words = next(odd.command for odd in ALL if odd.command.startswith(command) and odd.same)
        assert _run(Odd("good", "", words), folder).exit_code == 0
        found[command] = {name: (folder / "data" / name).read_bytes() for name in SETS}
    return found


@pytest.mark.parametrize("odd", ALL, ids=lambda odd: odd.name)
def test_odd_input(odd: Odd, tmp_path: Path, good: dict[str, dict[str, bytes]]) -> None:
    result = _run(odd, tmp_path)
    said = (result.stdout + result.stderr).decode()
    assert result.exit_code == odd.status, said
    assert odd.says in said
    assert "Traceback" not in said and "SG901" not in said
    if odd.status:
        assert result.stdout == b""
        assert "help: " in said
        assert sorted(path.name for path in tmp_path.iterdir() if path.suffix != ".fai") == sorted(
            GOOD | dict(odd.files)
        )
    elif odd.same:
        same = {name: (tmp_path / "data" / name).read_bytes() for name in SETS}
        assert same == good[odd.command.split()[0]]


def test_there_are_sixty_of_them() -> None:
    assert len({odd.name for odd in ALL}) == len(ALL) >= 60


def table() -> str:
    """The table of docs/your-data.md."""
    lines = []
    for title, group in GROUPS.items():
        lines += [f"{title}:", "", "| Input | What it is | What happens |", "|---|---|---|"]
        for odd in group:
            if odd.status:
                happens = f"refused, status {odd.status}: {odd.says}"
            else:
                happens = "accepted, the same sets as the plain file" if odd.same else "accepted"
                happens += f": {odd.says}" if odd.says else ""
            cells = (f"`{odd.name}`", odd.what, happens)
            lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
        lines.append("")
    return "\n".join(lines)


def test_the_docs_list_them() -> None:
    text = DOCS.read_text("utf-8")
    match = re.search(r"<!-- odd inputs -->\n\n(.*)<!-- end -->", text, re.DOTALL)
    assert match and match[1] == table()
