"""What scripts make of data files: of clean ones, unusual ones and damaged ones."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import re
import shutil
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import bad_data
import pytest
from bad_data import Bad
from cases import ACCEPT, ALL_CASES, Case, text
from runs import run

from seqgra_compile.compiler import Options, compile_definition

np = pytest.importorskip("numpy")

DNA = {
    "PyTorch": "torch-mc3-dna60-conv-bn-do",
    "TensorFlow": "tf-mc2-dna32-lstm",
    "Bayes": "boc-mc4-dna60-positions-pairs",
}
LABELS, PROTEIN = "torch-ml3-rna24-lstm-steps", "torch-mc4-protein40-conv"
LIBRARIES = [*DNA]
CASES = {case.id: case for case in ALL_CASES}
each_library = pytest.mark.parametrize("library", LIBRARIES)
KERAS_IS_SLOW = pytest.mark.long  # to start; it reads as the others do


def taken_by(case: Case) -> tuple[Bad, ...]:
    if case.library == "TensorFlow":
        return bad_data.TAKEN[:1]  # the other libraries' scripts read alike, and start sooner
    nucleotides = () if case.space == "protein" else bad_data.TAKEN_NUCLEOTIDES
    labels = bad_data.TAKEN_LABELS if case.multi_label else bad_data.TAKEN_ONE_LABEL
    return (*bad_data.TAKEN, *nucleotides, *labels)


def refused_by(case: Case) -> tuple[Bad, ...]:
    if case.space == "protein":
        return bad_data.REFUSED_PROTEIN
    if case.multi_label:
        return bad_data.REFUSED_LABELS
    return (*bad_data.refused(case.length), *bad_data.REFUSED_DNA, *bad_data.REFUSED_CLASSES)


def script_of(case: Case, folder: Path, **options: str) -> Path:
    """The case's script, compiled now, for one epoch; in a folder with the files that it reads."""
    shutil.copytree(case.folder, folder)
    compilation = compile_definition(folder / "model.xml", options=Options(**options))
    script = folder / "train.py"
    script.write_text(re.sub(r"(?m)^EPOCHS = \d+", "EPOCHS = 1", compilation.script), "utf-8")
    return script


def first_file(case: Case) -> str:
    """The file that the case's script reads first."""
    return "test.txt" if case.library.startswith("Bayes") else "training.txt"


def data_folder(folder: Path, case: Case, data: bytes) -> Path:
    """A data set of clean files but for the first one, which has these bytes."""
    folder.mkdir(parents=True)
    for name in ("training.txt", "validation.txt", "test.txt"):
        (folder / name).write_bytes(text(bad_data.clean(case)))
    (folder / first_file(case)).write_bytes(data)
    return folder


def command(case: Case, script: Path, data: Path, output: Path) -> list[str]:
    device = [] if case.library.startswith("Bayes") else ["-g", "-1", "--threads", "1"]
    return [*map(str, (script, data, "-o", output)), *device]


def run_all(folder: Path, queue: Sequence[list[str]]) -> list[tuple[int, str]]:
    """Exit statuses and complaints of scripts that are run in one process."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "queue.json").write_text(json.dumps(list(queue)), "utf-8")
    runner = Path(__file__).with_name("support") / "refusals.py"
    status, _, err = run([runner, folder / "queue.json", folder / "results.json"], queue[0][0])
    assert status == 0, err
    return [tuple(pair) for pair in json.loads((folder / "results.json").read_text("utf-8"))]


@dataclass(frozen=True)
class Outcome:
    path: Path
    output: Path
    status: int
    said: str


def outcomes(folder: Path, case: Case, files: Sequence[Bad], **options: str) -> dict[str, Outcome]:
    script, pairs = script_of(case, folder / "script", **options), bad_data.clean(case)
    places, queue = [], []
    for bad in (Bad("clean", text, None), *files):
        data = data_folder(folder / "data" / bad.name, case, bad.make(pairs))
        output = folder / "output" / bad.name
        places.append((data / first_file(case), output))
        queue.append(command(case, script, data, output))
    found = run_all(folder, queue)
    names = ["clean", *(bad.name for bad in files)]
    return {
        name: Outcome(*place, *result)
        for name, place, result in zip(names, places, found, strict=True)
    }


def check(bad: Bad, found: dict[str, Outcome]) -> None:
    outcome = found[bad.name]
    if bad.says is not None:
        start, *others = bad.says.split(" ... ")
        assert outcome.said.startswith(f"{outcome.path}:{start}")
        assert all(part in outcome.said for part in others)
        assert len(outcome.said) < 700
        if ", need x, tab, y." in outcome.said:
            assert "seqgra-data fasta c1=FILE c2=FILE -o DIR --split 0.8 0.1 0.1\n" in outcome.said
        elif bad.says != bad_data.NO_EXAMPLE:
            assert f"\n{outcome.path}: lines to correct: 1; the definition needs " in outcome.said
        assert outcome.status == 1
        assert not outcome.output.exists(), "a refusal writes nothing"
        return
    assert (outcome.status, found["clean"].status) == (0, 0), outcome.said
    for name in ("history.tsv", "test-y-hat.txt") if bad.same else ():
        clean = found["clean"].output / name
        if clean.exists():
            assert (outcome.output / name).read_bytes() == clean.read_bytes()


@pytest.fixture(scope="module")
def of_case(tmp_path_factory) -> Callable[[str], dict[str, Outcome]]:
    """What a case's script made of all of its files, run once."""
    known: dict[str, dict[str, Outcome]] = {}

    def look_up(name: str) -> dict[str, Outcome]:
        if name not in known:
            case = CASES[name]
            files = (*taken_by(case), *refused_by(case))
            known[name] = outcomes(tmp_path_factory.mktemp(name), case, files)
        return known[name]

    return look_up


CORPUS = [
    pytest.param(name, bad, marks=KERAS_IS_SLOW if name == DNA["TensorFlow"] else ())
    for name in (*DNA.values(), LABELS, PROTEIN)
    for bad in (*taken_by(CASES[name]), *refused_by(CASES[name]))
]


@pytest.mark.parametrize(
    ("name", "bad"), CORPUS, ids=lambda value: value if isinstance(value, str) else value.name
)
def test_each_file_is_taken_or_refused(name: str, bad: Bad, of_case):
    check(bad, of_case(name))


def test_the_corpus_is_large_and_named_once():
    for library in LIBRARIES:
        case = CASES[DNA[library]]
        names = [bad.name for bad in (*taken_by(case), *refused_by(case))]
        assert len(set(names)) == len(names) >= 60


# ---- files that are not there ----


def absent(path: Path) -> None:
    path.unlink()


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def dangling(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.with_name("nowhere"))


def locked(path: Path) -> None:
    path.chmod(0)


SPOILS = (
    (absent, "missing. Commands that make data files:"),
    (folder, "Is a directory"),
    (dangling, "missing. Commands that make data files:"),
    (locked, "Permission denied"),
)


def test_files_that_cannot_be_read(tmp_path):
    """A sentence and exit status 2, whichever of the files it is; a test set may be missing."""
    case = CASES[DNA["PyTorch"]]
    script, expected, queue = script_of(case, tmp_path / "script"), [], []
    output = tmp_path / "output"
    for spoil, reason in SPOILS:
        for name in ("training.txt", "validation.txt", "test.txt"):
            if name == "test.txt" and spoil in (absent, dangling):
                continue
            if spoil is locked and os.geteuid() == 0:
                continue  # root reads it all the same
            data = data_folder(tmp_path / spoil.__name__ / name, case, text(bad_data.clean(case)))
            spoil(data / name)
            expected.append((2, f"{data / name}: {reason}\n"))
            queue.append(command(case, script, data, output))
    for name in ("validation.txt", "test.txt"):  # read before training, too
        data = data_folder(tmp_path / "bad" / name, case, text(bad_data.clean(case)))
        (data / name).write_bytes(text([*bad_data.clean(case), ("ACGT", "")]))
        expected.append((1, f"{data / name}:{bad_data.cut(4)}"))
        queue.append(command(case, script, data, output))
    nowhere = tmp_path / "nowhere"
    expected.append((2, f"{nowhere / 'training.txt'}: no such folder. "))
    queue.append(command(case, script, nowhere, output))
    for (status, said), (right, words) in zip(run_all(tmp_path, queue), expected, strict=True):
        assert status == right and words in said
    assert not output.exists()


# ---- what clean files become ----


@functools.cache
def compiled(path: Path, **options: str) -> str:
    return compile_definition(path, options=Options(**options)).script


def reader(case: Case, **options: str) -> dict[str, object]:
    """The names that a script's Data section defines, without its one-hot code."""
    script = compiled(case.folder / "model.xml", **options)
    section = re.search(r"(?s)\n# -{4} Data -+\n(.*?)\n\n\ndef one_hot", script)[1]
    imports = "import hashlib, json, os, sys, tempfile\n"
    imports += "from pathlib import Path\nimport numpy as np\n"
    # The class of a script with its data on disk names PyTorch, which reading does not need.
    names: dict[str, object] = {"LABELS": case.labels, "torch": types.SimpleNamespace(Tensor=tuple)}
    exec(
        compile("from __future__ import annotations\n" + imports + section, "data", "exec"),
        names,
    )
    return names


@pytest.mark.parametrize("name", [*DNA.values(), LABELS, PROTEIN])
def test_codes_and_targets(name: str, tmp_path):
    """Letter by letter and label by label, in the slow way."""
    case = CASES[name]
    pairs, path = bad_data.clean(case), tmp_path / "data.txt"
    path.write_bytes(text(pairs))
    letters = {"DNA": "ACGTN", "RNA": "ACGUN", "protein": bad_data.PROTEIN}[case.space]
    codes, targets, digest = reader(case)["read_set"](path, case.length)
    assert digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert codes.dtype == np.uint8 and codes.flags.writeable
    assert codes.tolist() == [[letters.index(letter.upper()) for letter in x] for x, _ in pairs]
    if case.multi_label:
        expected = [[int(label in y.split("|")) for label in case.labels] for _, y in pairs]
        assert targets.dtype == np.uint8
    else:
        expected = [case.labels.index(y) for _, y in pairs]
        assert targets.dtype == np.int64
    assert targets.tolist() == expected


def test_only_seqgras_semantics_take_any_letter(tmp_path):
    """They do so in DNA and RNA, but what parts columns and lines is no letter there, either."""
    case = CASES[DNA["PyTorch"]]
    read_set = reader(case, semantics="seqgra-0.0.4")["read_set"]
    (x, y), *_ = bad_data.clean(case)
    path = tmp_path / "data.txt"
    path.write_bytes(text([("R?" + x[2:], y)]))
    assert read_set(path, case.length)[0][0, :3].tolist()[:2] == [4, 4]
    for mark, said in ("\t", "found 5 letters, a tab"), ("\r", r"found 60 letters .*b'\\r'"):
        path.write_bytes(text([(x, y), (x[:5] + mark + x[6:], y)]))
        with pytest.raises(SystemExit, match=f":3: {said}"):
            read_set(path, case.length)


def test_the_definitions_of_any_length_take_that_of_the_first_line(tmp_path):
    case = CASES[DNA["Bayes"]]
    read_set, path = reader(case)["read_set"], tmp_path / "data.txt"
    path.write_bytes(text([("ACGT", case.labels[0]), ("ACG", case.labels[0])]))
    with pytest.raises(SystemExit, match=":3: found 3 letters, a tab"):
        read_set(path, None)
    path.write_bytes(text([("ACGT", case.labels[0])]))
    assert read_set(path, None)[0].tolist() == [[0, 1, 2, 3]]
    path.write_bytes(b"x\ty\nACGT c\n")
    with pytest.raises(SystemExit, match=r":2: found 6 letters \(unknown: b' '\), no tab"):
        read_set(path, None)


def test_the_corpus_is_in_the_documentation():
    """Every file of the corpus has its row, and there is no other row."""
    page = (ACCEPT.parent.parent / "docs" / "data.md").read_text("utf-8")
    documented = set(re.findall(r"^\| `([\w-]+)` \|", page, flags=re.MULTILINE))
    assert documented == {row.values[1].name for row in CORPUS}


# ---- many bad lines, missing files, warnings ----


def test_every_bad_line_is_counted_and_the_first_twenty_shown(tmp_path):
    case, path = CASES[DNA["PyTorch"]], tmp_path / "data.txt"
    (x, y), *_ = bad_data.clean(case)
    pairs = [(x, y)] * 3
    wanted = []
    for number in range(25):
        row, length, other, rest = (
            ((x[1:], y), case.length - 1, "", y),
            ((x[:-1] + "R", y), case.length, "R", y),
            ((x, "e\u0301"), case.length, "", "e\\xcc\\x81"),
            ((x, y + "\t2"), case.length, "", y + "\\t2"),
            ((x + "A", "none"), case.length + 1, "", "none"),
        )[number % 5]
        pairs += [row, (x, y)]
        unknown = f" (unknown: b'{other}')" if other else ""
        found = f"found {length} letters{unknown}, a tab, b'{rest}'"
        wanted.append(f"{path}:{5 + 2 * number}: {found}")
    path.write_bytes(text(pairs))
    with pytest.raises(SystemExit) as caught:
        reader(case)["read_set"](path, case.length)
    need = f"{case.length} letters of ACGTN, a tab, one of {case.labels}"
    *shown, last = str(caught.value).split("\n")
    assert (
        shown == wanted[:20]
        and last == f"{path}: lines to correct: 25; the definition needs {need}"
    )


def test_what_makes_the_files_that_are_missing(tmp_path):
    """Also where there is one file in place of a folder; without a test set there is a warning."""
    case = CASES[DNA["PyTorch"]]
    script, clean = script_of(case, tmp_path / "script"), text(bad_data.clean(case))
    queue, expected = [], []
    for name, other in (
        ("training.txt", "training.txt.gz"),
        ("training.txt", "training.fa"),
        ("validation.txt", "validation.csv"),
        ("test.txt", "test.txt.gz"),
    ):
        data = data_folder(tmp_path / other, case, clean)
        (data / name).rename(data / other)
        queue.append(command(case, script, data, tmp_path / "output" / other))
        said = f"{data / name}: missing. Commands that make data files:\n"
        expected.append((2, said))
    expected[-1] = (0, f"warning: {data / 'test.txt'} is missing: nothing is tested\n")
    sequences = tmp_path / "sequences.fa"
    sequences.write_text(">a\nACGT\n")
    queue.append(command(case, script, sequences, tmp_path / "output" / "sequences"))
    expected.append((2, f"{sequences / 'training.txt'}: no such folder. Commands "))
    for (status, said), (right, words) in zip(run_all(tmp_path, queue), expected, strict=True):
        assert status == right and words in said


@pytest.mark.parametrize("case", CASES.values(), ids=lambda case: case.id)
def test_the_commands_are_for_the_alphabet_of_the_script(case):
    remedy = reader(case)["REMEDY"]
    space = next(name for name in ("DNA", "RNA", "protein") if f"-{name.lower()}" in case.id)
    assert ("seqgra-data bed" in remedy) is (space == "DNA")
    wanted = {"DNA": []}.get(space, [space])
    assert re.findall(r"--alphabet (\w+)", remedy) == wanted


@pytest.mark.parametrize(
    "name",
    [
        *(name for library, name in DNA.items() if library != "TensorFlow"),
        pytest.param(DNA["TensorFlow"], marks=KERAS_IS_SLOW),
        LABELS,
    ],
)
@pytest.mark.parametrize("shuffle", [True, False])
def test_warnings_of_labels(name: str, shuffle: bool, tmp_path):
    """On standard error: a label that a set lacks; a sorted training set that is not shuffled."""
    case = CASES[name]
    trains = not case.library.startswith("Bayes")
    folder = tmp_path / "script"
    shutil.copytree(case.folder, folder)
    model = folder / "model.xml"
    xml, found = re.subn(r'("shuffle">)\w+', rf"\g<1>{shuffle}", model.read_text("utf-8"))
    assert found == trains
    model.write_text(xml, "utf-8")
    script = folder / "train.py"
    made = compile_definition(model).script
    script.write_text(re.sub(r"(?m)^EPOCHS = \d+", "EPOCHS = 1", made), "utf-8")
    pairs = [pair for pair in bad_data.clean(case) if "|" not in pair[1] and pair[1]]
    pairs = [(x, case.labels[index % 2]) for index, (x, _) in enumerate(2 * pairs + pairs)]
    queue = []
    for place, training in ("mixed", pairs), ("sorted", sorted(pairs, key=lambda pair: pair[1])):
        data = data_folder(tmp_path / place, case, text(bad_data.clean(case)))
        for each in ("training", "validation"):
            (data / f"{each}.txt").write_bytes(text(training))
        queue.append(command(case, script, data, tmp_path / "output" / place))
    lacking = ", ".join(case.labels[2:7])
    for place, (status, said) in zip(("mixed", "sorted"), run_all(tmp_path, queue), strict=True):
        assert status == 0, said
        assert (f"warning: training.txt has no example of {lacking}\n" in said) == bool(lacking)
        warning = "warning: training.txt is sorted by label, and is not shuffled\n"
        assert (warning in said) == (trains and not shuffle and place == "sorted")
