"""simulate.py: scripts of data definitions, run on small data.

golden/simulate/*/seqgra.json holds the SHA-256 of what seqgra 0.0.4 itself made of data.xml;
benchmarks/simulation.py --record writes it, and compares many more definitions.
"""

from __future__ import annotations

import collections
import ctypes
import hashlib
import itertools
import json
import os
import platform
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import random_data

from seqgra_compile.compiler import (
    Options,
    UnsupportedOptions,
    compile_bytes,
    compile_definition,
)

pytest.importorskip("numpy")
black = pytest.importorskip("black")

GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "simulate"
CASES = sorted(path for path in GOLDEN.iterdir() if path.is_dir())
EXAMPLES = GOLDEN.parent.parent / "examples"
SEQGRA = "seqgra-0.0.4"
SETS = ("training", "validation", "test")

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def compiled(data: str | bytes, semantics: str = "intended") -> str:
    data = data if isinstance(data, bytes) else data.encode()
    compilation = compile_bytes("data.xml", data, options=Options(semantics=semantics))
    assert compilation.script is not None, [each.message for each in compilation.diagnostics]
    return compilation.script


def run(script: str, folder: Path, name: str = "data") -> subprocess.CompletedProcess:
    (folder / "simulate.py").write_text(script, encoding="utf-8")
    command = [sys.executable, "-W", "error", "simulate.py", "-o", name]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def simulated(script: str, folder: Path, name: str = "data") -> dict[str, bytes]:
    done = run(script, folder, name)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return {path.name: path.read_bytes() for path in sorted((folder / name).iterdir())}


def rows(text: bytes) -> list[tuple[str, str]]:
    _, *lines = text.decode().splitlines()
    return [tuple(line.split("\t")) for line in lines]


@each_case
def test_text_of_the_script(case: Path):
    script = compiled((case / "data.xml").read_bytes())
    assert script == (case / "simulate.py").read_text("utf-8"), "make golden writes it anew"
    assert black.format_str(script, mode=black.Mode()) == script


@pytest.mark.parametrize(
    "path", [GOLDEN / "mc24-dna100-alike" / "data.xml", EXAMPLES / "motifs-grammar.xml"]
)
def test_lines_besides_matrices(path: Path):
    """Lines of code where nothing is shuffled; the largest published one has 198."""
    script = compile_definition(path).script
    tables = re.compile(r"^(MATRICES|KMERS) = {\n.*?^}\n", re.MULTILINE | re.DOTALL)
    lines = [line.strip() for line in tables.sub("", script).splitlines()]
    assert sum(bool(line) and not line.startswith("#") for line in lines) <= 200


@each_case
@pytest.mark.parametrize("semantics", ["intended", SEQGRA])
def test_bytes_of_seqgra(case: Path, semantics: str, tmp_path: Path):
    files = simulated(compiled((case / "data.xml").read_bytes(), semantics), tmp_path)
    expected = json.loads((case / "seqgra.json").read_text())
    found = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    receipt = json.loads(files.pop("simulation.json"))
    del found["simulation.json"]
    assert found == expected
    assert receipt["files"] == expected
    data = (case / "data.xml").read_bytes()
    assert receipt["definition"] == hashlib.sha256(data).hexdigest()
    script = (tmp_path / "simulate.py").read_bytes()
    assert receipt["script"] == hashlib.sha256(script).hexdigest()
    for name, counts in receipt["counts"].items():
        labels = [label for _, label in rows(files[f"{name}.txt"])]
        assert counts == {label: labels.count(label) for label in labels}


# ---- by hand ----

RULE = """<rule><position>{position}</position><probability>1</probability>
<sequenceelementrefs>{elements}</sequenceelementrefs>{pairs}</rule>"""


def definition(rules: str, operations: str = "") -> str:
    """Sequences of 30 times A; the elements are CC, GGG and T."""
    sets = "".join(
        f'<set name="{name}"><example samples="40"><conditionref cid="c1"/></example></set>'
        for name in SETS
    )
    post = f"<postprocessing>{operations}</postprocessing>" if operations else ""
    return f"""<seqgradata><general id="tiny"><name/><description/>
<task>multi-class classification</task><sequencespace>DNA</sequencespace><seed>3</seed></general>
<background><minlength>30</minlength><maxlength>30</maxlength><alphabetdistributions>
<alphabetdistribution><letter probability="1">A</letter></alphabetdistribution>
</alphabetdistributions></background>
<datageneration><sets>{sets}</sets>{post}</datageneration>
<conditions><condition id="c1"><label/><description/><grammar>{rules}</grammar></condition>
</conditions><sequenceelements>
<sequenceelement id="c"><kmerbased><kmer probability="1">CC</kmer></kmerbased></sequenceelement>
<sequenceelement id="g"><kmerbased><kmer probability="1">GGG</kmer></kmerbased></sequenceelement>
<sequenceelement id="t"><kmerbased><kmer probability="1">T</kmer></kmerbased></sequenceelement>
</sequenceelements></seqgradata>"""


def rule(*elements: str, position: object = "random", pairs: str = "") -> str:
    refs = "".join(f'<sequenceelementref sid="{name}"/>' for name in elements)
    pairs = f"<spacingconstraints>{pairs}</spacingconstraints>" if pairs else ""
    return RULE.format(position=position, elements=refs, pairs=pairs)


def pair(nearest: int, farthest: int, order: str = "in-order") -> str:
    return (
        f'<spacingconstraint sid1="c" sid2="g" mindistance="{nearest}" maxdistance="{farthest}" '
        f'order="{order}"/>'
    )


def sequences(rules: str, folder: Path, operations: str = "", semantics: str = "intended"):
    files = simulated(compiled(definition(rules, operations), semantics), folder)
    return [x for x, _ in rows(files["training.txt"])]


@pytest.mark.parametrize(
    ("position", "start"), [("start", 0), ("end", 27), ("center", 13), (1, 0), (8, 7), (28, 27)]
)
def test_positions(tmp_path, position, start):
    for x in sequences(rule("g", position=position), tmp_path):
        assert x == "A" * start + "GGG" + "A" * (27 - start)


def test_a_random_position_is_anywhere(tmp_path):
    found = {x.index("GGG") for x in sequences(rule("g"), tmp_path)}
    assert len(found) > 15 and found <= set(range(28))


@pytest.mark.parametrize("order", ["in-order", "random"])
def test_distances_are_the_letters_between(tmp_path, order):
    found = set()
    for x in sequences(rule("c", "g", pairs=pair(2, 4, order)), tmp_path):
        match = re.fullmatch("A*(CC)(A{2,4})(GGG)A*|A*(GGG)(A{2,4})(CC)A*", x)
        found.add((match[1] is not None, len(match[2] or match[5])))
    orders = {True} if order == "in-order" else {True, False}
    assert found == {(first, distance) for first in orders for distance in (2, 3, 4)}


def test_an_annotation_marks_elements(tmp_path):
    files = simulated(compiled(definition(rule("c", "g", pairs=pair(0, 9)))), tmp_path)
    for (x, _), (annotation, _) in zip(
        rows(files["test.txt"]), rows(files["test-annotation.txt"]), strict=True
    ):
        assert annotation == x.translate(str.maketrans("ACG", "_GG"))


def test_an_element_named_twice_is_placed_twice(tmp_path):
    rules = rule("g", "g")
    twice = sum(x.count("GGG") > 1 or "GGGG" in x for x in sequences(rules, tmp_path))
    assert twice > 30
    (tmp_path / "once").mkdir()
    assert {x.count("G") for x in sequences(rules, tmp_path / "once", semantics=SEQGRA)} == {3}


def constraint(first: str, second: str, nearest: int, farthest: int, order: str = "in-order"):
    return (
        f'<spacingconstraint sid1="{first}" sid2="{second}" mindistance="{nearest}" '
        f'maxdistance="{farthest}" order="{order}"/>'
    )


def test_constraints_that_share_an_element(tmp_path):
    """T between C and G, at its distances from both."""
    pairs = constraint("c", "t", 1, 3) + constraint("t", "g", 2, 4, "random")
    found = set()
    for x in sequences(rule("g", "c", "t", pairs=pairs), tmp_path):
        ordered = re.fullmatch("A*CC(A{1,3})T(A{2,4})GGGA*", x)
        swapped = re.search("CC(.{1,3})T", x) and re.search("GGG(.{2,4})T", x)
        overwritten = x.count("C") < 2 or "T" not in x or x.count("G") < 3
        assert ordered or swapped or overwritten
        found.add("ordered" if ordered else "swapped")
    assert found == {"ordered", "swapped"}


@pytest.mark.parametrize("position", ["start", "end", "center", 5])
def test_a_chain_lies_at_its_position(tmp_path, position):
    pairs = constraint("c", "t", 2, 2) + constraint("t", "g", 1, 1)
    block = "CCAATAGGG"
    start = {"start": 0, "end": 21, "center": 10, 5: 4}[position]
    for x in sequences(rule("c", "t", "g", position=position, pairs=pairs), tmp_path):
        assert x == "A" * start + block + "A" * (21 - start)


def test_constraints_take_mentions_in_turn(tmp_path):
    """Two pairs, each with a T of its own, and no third one."""
    pairs = constraint("c", "t", 1, 1) + constraint("t", "g", 1, 1)
    found = sequences(rule("c", "t", "t", "g", pairs=pairs), tmp_path)
    assert {x.count("T") for x in found} <= {0, 1, 2}
    # In few of them one pair overwrites a part of the other.
    assert sum("CCAT" in x and "TAGGG" in x for x in found) > 15


def test_an_element_paired_with_itself(tmp_path):
    """Named twice, it is placed twice, as a pair; named once, too, as in seqgra."""
    pairs = constraint("g", "g", 2, 5)
    for number, names in enumerate((["g", "g"], ["g"])):
        folder = tmp_path / str(number)
        folder.mkdir()
        for x in sequences(rule(*names, pairs=pairs), folder):
            assert re.fullmatch("A*GGGA{2,5}GGGA*", x)


@pytest.mark.parametrize("seed", [0, 1, 7, 2**31 - 1, 2**31, 2**32 - 1])
def test_numbers_of_glibc(seed):
    """Those of this machine's C library, where it is glibc."""
    if platform.libc_ver()[0] != "glibc":
        pytest.skip("needs glibc")
    text = (GOLDEN.parent.parent / "templates" / "simulate" / "shuffle.py.j2").read_text("utf-8")
    names = {"collections": collections, "itertools": itertools, "Iterator": Iterator}
    exec(text[text.index("def glibc_rand") : text.index("# For shuffles")], names)
    library = ctypes.CDLL(None)
    library.srand(ctypes.c_uint(seed))
    drawn = itertools.islice(names["glibc_rand"](seed), 500)
    assert list(drawn) == [library.rand() for _ in range(500)]


def operation(attributes: str) -> str:
    return f"<operation {attributes}>kmer-frequency-preserving-shuffle</operation>"


def test_k_counts_wherever_it_is(tmp_path):
    """Pairs of letters are kept with k = 2; with single letters GGG hardly ever survives."""
    late, early = (operation(text) for text in ('labels="s" k="2"', 'k="2" labels="s"'))
    found = {}
    for name, post, semantics in (
        ("late", late, "intended"),
        ("early", early, "intended"),
        ("seqgra", early, SEQGRA),
    ):
        (tmp_path / name).mkdir()
        found[name] = sequences(rule("g"), tmp_path / name, post, semantics)[40:]
    assert found["early"] == found["late"]
    assert all("GGG" in x for x in found["late"])
    assert sum("GGG" in x for x in found["seqgra"]) < 20


def test_a_second_operation_shuffles_the_examples(tmp_path):
    post = operation('labels="s" k="1"') + operation('labels="t" k="1"')
    for semantics, counts in (
        ("intended", {"c1": 40, "s": 40, "t": 40}),
        (SEQGRA, {"c1": 40, "s": 40, "t": 80}),
    ):
        (tmp_path / semantics).mkdir()
        files = simulated(compiled(definition(rule("g"), post), semantics), tmp_path / semantics)
        labels = [label for _, label in rows(files["test.txt"])]
        assert {label: labels.count(label) for label in labels} == counts


@pytest.mark.parametrize("seed", range(0, 40, 5))
def test_random_definitions_compile_to_black_form(seed):
    for semantics in ("intended", SEQGRA):
        script = compiled(random_data.definition(seed), semantics)
        assert black.format_str(script, mode=black.Mode()) == script


# ---- files ----


def test_all_sets_or_none(tmp_path):
    script = compiled(definition(rule("g")))
    broken = script.replace('"test": [(40, "c1")]', '"test": [(40, "c9")]')
    assert broken != script
    assert run(broken, tmp_path).returncode == 1
    assert [path.name for path in tmp_path.iterdir()] == ["simulate.py"]


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_script_leaves_nothing(number: int, tmp_path):
    data = (EXAMPLES / "motifs-grammar.xml").read_text("utf-8")
    script = compiled(re.sub(r'samples="\d+"', 'samples="1000000"', data))
    (tmp_path / "simulate.py").write_text(script, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "simulate.py"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        # Where the tests run in the background, a shell may have told them to ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    while not [*tmp_path.glob("data/.simulate-*/data/training.txt")]:
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(number)
    _, err = process.communicate()
    assert (process.returncode, err) == (1, "stopped\n")
    assert not [*(tmp_path / "data").iterdir()]


def test_what_a_killed_script_has_left_is_named(tmp_path):
    script = compiled(definition(rule("g")))
    left, other = (tmp_path / f".simulate-{name}-x1" for name in ("data", "others"))
    left.mkdir()
    other.mkdir()
    done = run(script, tmp_path)
    assert done.returncode == 0
    assert done.stderr == ".simulate-data-x1 is from a killed or running run\n"
    assert left.exists() and other.exists() and (tmp_path / "data" / "test.txt").exists()


def test_a_folder_with_files_is_refused(tmp_path):
    script = compiled(definition(rule("g")))
    before = simulated(script, tmp_path)
    again = run(script, tmp_path)
    assert (again.returncode, again.stdout) == (2, "")
    assert again.stderr.startswith("data: ")
    assert {path.name: path.read_bytes() for path in (tmp_path / "data").iterdir()} == before


def test_an_empty_folder_is_taken(tmp_path):
    (tmp_path / "data").mkdir()
    files = simulated(compiled(definition(rule("g"))), tmp_path)
    assert len(files) == 7
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["data", "simulate.py"]


def test_the_last_lines_count_conditions(tmp_path):
    done = run(compiled(definition(rule("g"))), tmp_path)
    assert done.stdout.splitlines() == [
        line for name in SETS for line in (f"data/{name}.txt: 40 examples", "  40 c1")
    ]


@pytest.mark.parametrize(
    "options",
    [
        {"semantics": "seqgra-0.0.4-streaming"},
        {"library": "PyTorch"},
        {"data": "disk"},
        {"records": "none"},
    ],
)
def test_options_of_models_are_refused(options):
    with pytest.raises(UnsupportedOptions):
        compile_bytes("data.xml", definition(rule("g")).encode(), options=Options(**options))


@pytest.mark.long
def test_a_trained_model_comes_close_to_the_optimum(tmp_path):
    """Three standard errors of an accuracy of 0.93 on 999 sequences are 0.024."""
    pytest.importorskip("torch")
    accuracy = {}
    for name in ("motifs-grammar", "motifs", "motifs-bayes"):
        script = tmp_path / f"{name}.py"
        script.write_text(compile_definition(EXAMPLES / f"{name}.xml").script, encoding="utf-8")
        inputs = [] if name == "motifs-grammar" else ["data"]
        out = "data" if name == "motifs-grammar" else name
        command = [sys.executable, script.name, *inputs, "-o", out]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
        if inputs:
            metrics = json.loads((tmp_path / name / "metrics.json").read_text())
            accuracy[name] = metrics["test"]["accuracy"]
    page = (EXAMPLES.parent / "docs" / "simulate.md").read_text("utf-8")
    for name, row in (("motifs", "the trained model"), ("motifs-bayes", "the Bayes classifier")):
        told = re.search(rf"\| {row} \| ([\d.]+) \|", page)[1]
        assert abs(accuracy[name] - float(told)) < 0.01  # other versions, other last digits
    assert accuracy["motifs-bayes"] > 0.9
    assert abs(accuracy["motifs"] - accuracy["motifs-bayes"]) < 0.03
