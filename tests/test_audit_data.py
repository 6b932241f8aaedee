"""seqgra-audit on data definitions: the ledger's lines, and what a difference means for each set."""

from __future__ import annotations

import difflib
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
import random_data
from click.testing import CliRunner

from seqgra_compile.audit.changes.diff import compare_definitions
from seqgra_compile.commands.audit import main
from seqgra_compile.compiler import Compilation, Options, compile_bytes

GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "simulate"
CASES = sorted(path for path in GOLDEN.iterdir() if path.is_dir())
SETS = ("training", "validation", "test")


def compiled(text: str, semantics: str = "intended") -> Compilation:
    found = compile_bytes("data.xml", text.encode(), options=Options(semantics=semantics))
    assert found.script is not None, [each.message for each in found.diagnostics]
    return found


# ---- settings ----

# Of each mutation: a pattern, what takes its place, and the settings that it changes.
MUTATIONS = (
    (r"<seed>\d+<", "<seed>77<", "general/seed"),
    (r'id="random-(\d+)"', r'id="other-\1"', "general/@id"),
    (r"<name>n<", "<name>m<", "general/name"),
    (r"<description>d<", "<description>e<", "general/description"),
    (r"<minlength>\d+<", "<minlength>39<", "background/minlength"),
    (r"<maxlength>\d+<", "<maxlength>99<", "background/maxlength"),
    (r'samples="\d+"', 'samples="1"', "datageneration/sets/set training"),
    (r"<position>random<", "<position>start<", "conditions/condition"),
    (r"<mode>sequential<", "<mode>mutually exclusive<", "/mode"),
    (r'mindistance="\d+"', 'mindistance="0"', "conditions/condition"),
    (r'labels="\w+"', 'labels="zz"', "datageneration/postprocessing/operation"),
    (r'(<position>|<kmerbased>)<(letter|kmer) probability="[\d.]+"', None, "sequenceelement"),
)


def mutated(text: str, pattern: str, other: str | None) -> str | None:
    """The text with the first match changed, or None if it has none, or has it already."""
    match = re.search(pattern, text)
    if match is None:
        return None
    new = match.expand(other) if other else re.sub(r'"[\d.]+"', '"0.875"', match[0])
    return None if new == match[0] else text[: match.start()] + new + text[match.end() :]


def changed_lines(before: str, after: str) -> set[int]:
    """Lines of `before` that are others in `after`, or beside which there are more."""
    matcher = difflib.SequenceMatcher(None, before.split("\n"), after.split("\n"), autojunk=False)
    found: set[int] = set()
    for tag, first, last, _, _ in matcher.get_opcodes():
        if tag != "equal":
            found.update(range(first + 1, last + 1))
    return found


@pytest.mark.parametrize("seed", range(6))
def test_what_a_setting_changes_are_its_lines(seed):
    text = random_data.definition(seed)
    before = compiled(text)
    checked = 0
    for pattern, other, path in MUTATIONS:
        new = mutated(text, pattern, other)
        if new is None:
            continue
        after = compile_bytes("data.xml", new.encode())
        if after.script is None:
            continue  # it no longer fits
        rows = [row for row in before.settings if path in row.path]
        lines = {line for row in rows for line in (*row.lines, *row.derived)}
        moved = changed_lines(before.script, after.script)
        imports = {n for n, line in enumerate(before.script.split("\n"), 1) if "import" in line}
        assert moved - lines - imports == set(), (pattern, path)
        checked += 1
    assert checked >= 7


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_line_of_the_definition_is_of_a_setting(case):
    found = compiled((case / "data.xml").read_text("utf-8"))
    lines = found.script.split("\n")
    first, last = (
        next(n for n, line in enumerate(lines, 1) if line.startswith(f"# ---- {name}"))
        for name in ("Definition", "Draw")
    )
    known = {n for row in found.settings for n in (*row.lines, *row.derived)}
    left = [n for n in range(first + 1, last) if n not in known and lines[n - 1].strip()]
    table = re.compile(r"# |[A-Z_]+ = [{\[]|[}\]]| +\($")
    assert [lines[n - 1] for n in left if not table.match(lines[n - 1])] == []


def test_origins_and_departures():
    text = random_data.definition(45).replace("<mode>sequential</mode>", "")
    rows = {row.path: row for row in compiled(text).settings}
    assert "default of seqgra" in {rows[path].origin for path in rows if path.endswith("/mode")}
    assert any("SG732" in row.remark for row in rows.values())


# ---- diff ----


def simulated(script: str, folder: Path) -> dict[str, bytes]:
    folder.mkdir()
    (folder / "simulate.py").write_text(script, encoding="utf-8")
    command = [sys.executable, "simulate.py", "-o", "data"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return {path.name: path.read_bytes() for path in (folder / "data").glob("*.txt")}


def small(draw: random.Random) -> str:
    """A definition with one set for each condition, so that few sets depend on it."""
    text = random_data.definition(draw.choice([1, 2, 6, 9]))
    return re.sub(r"<postprocessing>.*</postprocessing>", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("seed", range(6))
def test_sets_that_stay_the_same(seed, tmp_path):
    """What diff says of each set is what the two scripts write."""
    draw = random.Random(seed)
    text = small(draw)
    places = list(re.finditer(r'samples="(\d+)"', text))
    place = draw.choice(places)
    new = text[: place.start(1)] + str(int(place[1]) + 1) + text[place.end(1) :]
    pair = compiled(text), compiled(new)
    verdicts = {effect.topic: effect.verdict for effect in compare_definitions(*pair).effects}
    files = [simulated(each.script, tmp_path / str(n)) for n, each in enumerate(pair)]
    for name in SETS:
        same = files[0][f"{name}.txt"] == files[1][f"{name}.txt"]
        assert (verdicts[f"set {name}"] == "the same") == same


def audit(*arguments: str, folder: Path):
    command = [str(folder / each) if each.endswith(".xml") else each for each in arguments]
    return CliRunner().invoke(main, command)


def test_verdicts_and_status(tmp_path):
    text = random_data.definition(1)
    for name, old, new in (
        ("a", "", ""),
        ("b", "</name>", " or so</name>"),
        ("c", "<seed>1<", "<seed>2<"),
    ):
        (tmp_path / f"{name}.xml").write_text(text.replace(old, new) if old else text)
    (tmp_path / "c.xml").write_text(re.sub(r"<seed>\d+<", "<seed>5<", text))
    same, idle, other = (
        audit("diff", "a.xml", name, folder=tmp_path) for name in ("a.xml", "b.xml", "c.xml")
    )
    assert (same.exit_code, idle.exit_code, other.exit_code) == (0, 0, 1)
    assert same.stdout.startswith("No difference: the two are the same, byte for byte.")
    assert idle.stdout.startswith("No difference for the data: the two differ only in what has")
    assert other.stdout.startswith("The two simulate different data.")
    assert "general/seed: " in other.stdout


def test_a_model_and_data_are_not_compared(tmp_path):
    (tmp_path / "data.xml").write_text(random_data.definition(1))
    model = GOLDEN.parent.parent / "examples" / "motifs.xml"
    (tmp_path / "model.xml").write_bytes(model.read_bytes())
    done = audit("diff", "data.xml", "model.xml", folder=tmp_path)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "one is a model definition, the other a data definition" in done.stderr


def test_verify(tmp_path):
    text = random_data.definition(24)  # with shuffles that keep k-mers
    (tmp_path / "data.xml").write_text(text)
    for semantics in ("intended", "seqgra-0.0.4"):
        script = tmp_path / "simulate.py"
        script.write_text(compiled(text, semantics).script, encoding="utf-8")
        command = ["verify", str(tmp_path / "data.xml"), str(script)]
        assert CliRunner().invoke(main, command).exit_code == 0
        script.write_text(script.read_text().replace("<= probability", "< probability"))
        script.write_text(script.read_text().replace("<= rule[1]", "< rule[1]"))
        assert CliRunner().invoke(main, command).exit_code == 1
