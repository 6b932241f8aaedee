"""The Bayes classifier: its scripts, run on small data, and what seqgra 0.0.4 predicted."""

from __future__ import annotations

import json
import math
import random
import re
import subprocess
import sys
import types
from itertools import product
from pathlib import Path

import history
import pytest
from cases import ALL_CASES, SIZES, Case, examples, write_data
from lxml import etree
from run_command import run

from seqgra_compile.compiler import Options, UnsupportedOptions, compile_bytes, compile_definition
from seqgra_compile.messages.diagnostics import diagnostic_text

np = pytest.importorskip("numpy")

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
CORPUS = ROOT.parent / "shared" / "corpus"
ORACLE = ROOT.parent / "shared" / "oracle-boc.json"
CASES = [case for case in ALL_CASES if case.library == "BayesOptimalClassifier"]
SEQGRA, STREAMING = "seqgra-0.0.4", "seqgra-0.0.4-streaming"

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)


# ---- definitions ----


def model_definition(labels: int = 2, space: str = "DNA", task: str = "multi-class") -> str:
    names = "".join(f"<label>c{number}</label>" for number in range(1, labels + 1))
    return f"""<seqgramodel>
<general id="tiny"><name/><description/><task>{task} classification</task>
<sequencespace>{space}</sequencespace><library>BayesOptimalClassifier</library>
<labels>{names}</labels><seed>1</seed></general>
<architecture><external format="data-definition">data.xml</external></architecture>
</seqgramodel>"""


def data_definition(
    conditions: list[str], elements: dict[str, str], space: str = "DNA", task: str = "multi-class"
) -> str:
    sets = "".join(
        f'<set name="{name}"><example samples="1"/></set>'
        for name in ("training", "validation", "test")
    )
    rules = "".join(
        f'<condition id="c{number}"><label/><description/><grammar>{rules}</grammar></condition>'
        for number, rules in enumerate(conditions, start=1)
    )
    motifs = "".join(
        f'<sequenceelement id="{id}">{text}</sequenceelement>' for id, text in elements.items()
    )
    return f"""<seqgradata>
<general id="tiny"><name/><description/><task>{task} classification</task>
<sequencespace>{space}</sequencespace><seed>1</seed></general>
<background><minlength>9</minlength><maxlength>9</maxlength><alphabetdistributions>
<alphabetdistribution><letter probability="1">A</letter></alphabetdistribution>
</alphabetdistributions></background>
<datageneration><sets>{sets}</sets></datageneration>
<conditions>{rules}</conditions><sequenceelements>{motifs}</sequenceelements></seqgradata>"""


def matrix(*positions: dict[str, float]) -> str:
    rows = "".join(
        "<position>"
        + "".join(f'<letter probability="{p}">{letter}</letter>' for letter, p in row.items())
        + "</position>"
        for row in positions
    )
    return f"<matrixbased>{rows}</matrixbased>"


def kmers(**words: float) -> str:
    rows = "".join(f'<kmer probability="{p}">{word}</kmer>' for word, p in words.items())
    return f"<kmerbased>{rows}</kmerbased>"


def rule(*elements: str, position: object = "random", spacing: str = "") -> str:
    refs = "".join(f'<sequenceelementref sid="{element}"/>' for element in elements)
    constraints = f"<spacingconstraints>{spacing}</spacingconstraints>" if spacing else ""
    return (
        f"<rule><position>{position}</position><probability>1</probability>"
        f"<sequenceelementrefs>{refs}</sequenceelementrefs>{constraints}</rule>"
    )


def spaced(first: str, second: str, nearest: int, farthest: int, order: str = "in-order") -> str:
    return (
        f'<spacingconstraint sid1="{first}" sid2="{second}" mindistance="{nearest}" '
        f'maxdistance="{farthest}" order="{order}"/>'
    )


# One position that is mostly one letter: log2 odds of +1 for it and -2 for the others.
def likes(letter: str, alphabet: str = "ACGT") -> str:
    rest = 0.5 / (len(alphabet) - 1)
    return matrix({other: 0.5 if other == letter else rest for other in alphabet})


LOW = math.log2(4 * 0.5 / 3)
HIGH = 1.0


def relative(score: float, low: float, high: float) -> float:
    """seqgra's squeezed score, written down by hand."""

    def root(number: float) -> float:
        return -(abs(number) ** 0.25) if number < 0 else number

    return (root(score) - root(low)) / (high - root(low))


MISS = relative(LOW, LOW, HIGH)
ZERO = relative(0.0, LOW, HIGH)


# ---- running ----


def compiled(folder: Path, model: str, data: str, semantics: str = "intended") -> str:
    (folder / "data.xml").write_text(data, encoding="utf-8")
    compilation = compile_bytes(
        "model.xml", model.encode(), [folder], options=Options(semantics=semantics)
    )
    found = [
        diagnostic_text(diagnostic, compilation.source) for diagnostic in compilation.diagnostics
    ]
    assert compilation.script is not None, "\n".join(found)
    return compilation.script


def predictions(script: str, sequences: list[str]) -> np.ndarray:
    module = types.ModuleType("script")
    exec(compile(script, "script", "exec", dont_inherit=True), module.__dict__)
    codes = module.CODE_OF[np.array([list(sequence.encode()) for sequence in sequences])]
    return module.predict(module.build_model(), codes)


def scores(folder: Path, data: tuple, sequences: list[str], semantics: str = "intended"):
    """What is added up for each label: multi-label predictions are not divided by their sum."""
    conditions, elements = data
    model = model_definition(len(conditions), task="multi-label")
    definition = data_definition(conditions, elements, task="multi-label")
    return predictions(compiled(folder, model, definition, semantics), sequences).tolist()


both = pytest.mark.parametrize("semantics", ["intended", SEQGRA])


# ---- small cases, worked out by hand ----


@both
def test_scores_of_one_letter(tmp_path, semantics):
    found = scores(tmp_path, ([rule("a")], {"a": likes("A")}), ["CCAC", "CCCC", "NNNN"], semantics)
    mean = (HIGH + 3 * LOW) / 4  # N is a quarter of each letter
    assert found == [[1.0], [0.0], [pytest.approx(relative(mean, LOW, HIGH), abs=1e-12)]]


@both
def test_probabilities_close_to_zero(tmp_path, semantics):
    only = matrix({"A": 1, "C": 0, "G": 0, "T": 0}, {"A": 0.5, "C": 0.5, "G": 0, "T": 0})
    never = math.log2(0.0001 * 4)
    low, high = 2 * never, 2.0 + 1.0
    found = scores(tmp_path, ([rule("a")], {"a": only}), ["AC", "AG", "GG"], semantics)
    expected = [relative(score, low, high) for score in (3.0, 2.0 + never, 2 * never)]
    assert [row[0] for row in found] == pytest.approx(expected, abs=1e-12)


@both
def test_an_element_that_likes_any_letter_scores_half(tmp_path, semantics):
    even = matrix(dict.fromkeys("ACGT", 0.25))
    assert scores(tmp_path, ([rule("a")], {"a": even}), ["ACGT"], semantics) == [[0.5]]


# Ten letters, one wide: ten starts. The window's ends are those of semantics.md, section 3.
@both
@pytest.mark.parametrize(
    ("position", "inside"),
    [("random", range(10)), ("start", range(2)), ("end", range(8, 10)), ("center", range(3, 6))]
    + [(5, range(3, 8)), (0, range(3)), (9, range(7, 10)), (30, range(0))],
)
def test_positions(tmp_path, semantics, position, inside):
    sequences = ["C" * place + "A" + "C" * (9 - place) for place in range(10)]
    found = scores(
        tmp_path, ([rule("a", position=position)], {"a": likes("A")}), sequences, semantics
    )
    # Outside of its window an element scores 0, which is more than a miss.
    miss = ZERO if len(inside) < 10 else MISS
    expected = [1.0 if place in inside else miss for place in range(10)]
    assert [row[0] for row in found] == pytest.approx(expected, abs=1e-12)


def pair(nearest: int, farthest: int, order: str = "in-order") -> tuple:
    elements = {"a": likes("A"), "g": likes("G")}
    return [rule("a", "g", spacing=spaced("a", "g", nearest, farthest, order))], elements


@pytest.mark.parametrize("order", ["in-order", "random"])
@pytest.mark.parametrize(("nearest", "farthest"), [(0, 0), (2, 4), (3, 3), (1, 100), (9, 9)])
def test_distances_include_both_ends(tmp_path, order, nearest, farthest):
    """From the end of the first element to the start of the second.

    seqgra 0.0.4 measures from start to start and leaves maxdistance out: it scores 0 where that
    equals mindistance.
    """
    places = [(a, g) for a, g in product(range(8), repeat=2) if a != g]
    sequences = [
        "".join("A" if p == a else "G" if p == g else "C" for p in range(8)) for a, g in places
    ]
    for semantics, last, width in (("intended", farthest, 1), (SEQGRA, farthest - 1, 0)):
        found = scores(tmp_path, pair(nearest, farthest, order), sequences, semantics)
        orders = ["AG", "GA"] if order == "random" else ["AG"]
        legal = [(p, q) for p, q in product(range(8), repeat=2) if nearest <= q - p - width <= last]
        for sequence, (score,) in zip(sequences, found, strict=True):
            hits = [
                (sequence[p] == first) + (sequence[q] == second)
                for first, second in orders
                for p, q in legal
            ]
            assert score == pytest.approx(max(hits, default=0))


def test_the_best_pair_is_found_as_by_trying_all(tmp_path):
    draw = random.Random(5)
    sequences = ["".join(draw.choices("ACGTN", k=23)) for _ in range(40)]
    wide = matrix(*({letter: draw.random() for letter in "ACGT"} for _ in range(3)))
    elements = {"a": wide, "g": likes("G")}
    each = scores(tmp_path, ([rule("a"), rule("g")], elements), sequences)
    for nearest, farthest in [(0, 30), (4, 9), (20, 22), (22, 40), (7, 7)]:
        data = [rule("a", "g", spacing=spaced("a", "g", nearest, farthest))], elements
        script = compiled(
            tmp_path,
            model_definition(1, task="multi-label"),
            data_definition(*data, task="multi-label"),
        )
        module = types.ModuleType("script")
        exec(compile(script, "script", "exec", dont_inherit=True), module.__dict__)
        model = module.build_model()
        codes = module.CODE_OF[np.array([list(sequence.encode()) for sequence in sequences])]
        x = module.one_hot(codes)
        first, second = (module.relative(module.scan(x, model[name]), model[name]) for name in "ag")
        assert np.allclose(first.max(axis=1), [row[0] for row in each])
        for row, found in enumerate(module.label_scores(model, x)[:, 0]):
            sums = [
                first[row, a] + second[row, g]
                for a, g in product(range(first.shape[1]), range(second.shape[1]))
                if nearest <= g - (a + 3) <= farthest  # element a is 3 wide
            ]
            assert found == pytest.approx(max(sums, default=0.0), abs=1e-12)


def test_classes_that_differ_in_a_distance_alone(tmp_path):
    """The same two elements in both classes, 2 to 5 letters or 9 to 12 between them.

    From start to start that is 8 to 11 or 15 to 18 letters: a classifier that takes the numbers of
    the definition for those sees the first class where the second should be.
    """
    draw = random.Random(3)
    elements = {"a": kmers(AACCAA=1), "g": kmers(GTGTGT=1)}
    conditions = [rule("a", "g", spacing=spaced("a", "g", *ends)) for ends in ((2, 5), (9, 12))]
    sequences, classes = [], []
    for number in range(60):
        low = (2, 9)[number % 2]
        placed = "AACCAA" + "C" * draw.randint(low, low + 3) + "GTGTGT"
        before = draw.randint(0, 40 - len(placed))
        sequences.append("T" * before + placed + "T" * (40 - len(placed) - before))
        classes.append(number % 2)
    data = conditions, {name: as_matrix(text) for name, text in elements.items()}
    found = scores(tmp_path, data, sequences)
    assert np.argmax(found, axis=1).tolist() == classes
    before = scores(tmp_path, data, sequences, SEQGRA)
    assert np.mean(np.argmax(before, axis=1) == classes) < 0.6
    # k-mers are measured alike.
    assert (
        np.argmax(scores(tmp_path, (conditions, elements), sequences), axis=1).tolist() == classes
    )


def as_matrix(kmer: str) -> str:
    """A matrix that allows one word only."""
    word = re.search("[ACGT]+(?=</kmer>)", kmer)[0]
    return matrix(*({other: float(other == letter) for other in "ACGT"} for letter in word))


def test_the_end_of_a_pairs_first_element_is_that_of_the_word_found(tmp_path):
    """k-mers of two lengths: 2 letters behind either of them."""
    elements = {"a": kmers(AA=1, GGGGG=1), "t": kmers(TTT=1)}
    data = [rule("a", "t", spacing=spaced("a", "t", 2, 2))], elements
    best, *others = (
        row[0]
        for row in scores(
            tmp_path, data, ["CGGGGGCCTTTC", "CCCCAACCTTTC", "CGGGGGCTTTCC", "CCCAACCCTTTC"]
        )
    )
    # The longer word's best score is the higher one: 5 times 2 bits less 1 to 2 times 2 less 1.
    assert best == pytest.approx(2.0)
    assert others[0] == pytest.approx(1.0 + relative(3.0, *ends_of_score()))
    assert max(others[1:]) < others[0]


def ends_of_score() -> tuple[float, float]:
    """The worst and the best score of the two words above: 2 bits a letter, less 1 for the share."""
    return 5 * math.log2(0.0001 * 4) - 1, 5 * 2.0 - 1


def test_what_stands_before_and_beside_a_pair_counts(tmp_path):
    """seqgra 0.0.4 starts anew at a rule with spacing constraints; rules behind it count there."""
    elements = {"a": likes("A"), "g": likes("G"), "t": likes("T")}
    # AG is a pair from end to start (0 letters) as from start to start (1).
    paired = rule("a", "g", "t", spacing=spaced("a", "g", 0, 3))
    conditions = [rule("t") + paired + rule("g")]
    for semantics, expected in (("intended", [[5.0], [4.0 + 0.0 - 1.0]]), (SEQGRA, [[3.0], [3.0]])):
        found = scores(tmp_path, (conditions, elements), ["AGTC", "AGCC"], semantics)
        assert found == pytest.approx(np.array(expected))


def test_several_constraints_take_the_best_pair(tmp_path):
    spacing = spaced("a", "g", 0, 0) + spaced("a", "g", 2, 3)
    data = [rule("a", "g", spacing=spacing)], {"a": likes("A"), "g": likes("G")}
    found = scores(tmp_path, data, ["AGCCC", "ACCGC", "ACGCC"])
    assert found[:2] == [[2.0], [2.0]] and found[2][0] < 2.0


def test_multi_class_predictions_are_shares(tmp_path):
    elements = {"a": likes("A"), "g": likes("G")}
    data = data_definition([rule("a"), rule("g")], elements)
    found = predictions(compiled(tmp_path, model_definition(), data), ["AACC", "AGCC", "ACNC"])
    n = relative((HIGH + 3 * LOW) / 4, LOW, HIGH)
    assert found == pytest.approx(np.array([[1, 0], [0.5, 0.5], [1 / (1 + n), n / (1 + n)]]))


def test_where_no_label_scores_all_are_alike(tmp_path):
    far = rule("a", "g", spacing=spaced("a", "g", 50, 60))
    data = data_definition([far, far], {"a": likes("A"), "g": likes("G")})
    assert predictions(compiled(tmp_path, model_definition(), data), ["ACGT"]).tolist() == [
        [0.5, 0.5]
    ]
    old = predictions(compiled(tmp_path, model_definition(), data, SEQGRA), ["ACGT"])
    assert np.isnan(old).all()


def test_k_mers(tmp_path):
    """A k-mer is a matrix of its letters plus log2 of its share; the best one counts."""
    elements = {"k": kmers(ACG=0.75, TTCC=0.25)}
    never = math.log2(0.0001 * 4)
    bonus = [math.log2(0.75), math.log2(0.25)]
    low = min(3 * never + bonus[0], 4 * never + bonus[1])
    high = max(3 * 2.0 + bonus[0], 4 * 2.0 + bonus[1])
    exact = [(6.0 + bonus[0]), (8.0 + bonus[1]), 4.0 + never + bonus[0]]
    # The last but one letters of a sequence hold the shorter word, the longer one does not fit.
    sequences = ["AAAAACG", "GTTCCGG", "AAAACTA"]
    found = scores(tmp_path, ([rule("k")], elements), sequences)
    expected = [relative(score, low, high) for score in exact]
    assert [row[0] for row in found] == pytest.approx(expected, abs=1e-12)


def test_one_k_mer_is_a_matrix_of_certain_letters(tmp_path):
    certain = matrix(*({letter: 1.0} for letter in "GATTA"))
    draw = random.Random(3)
    sequences = ["".join(draw.choices("ACGTNacgt", k=30)) for _ in range(20)]
    conditions = [rule("k"), rule("m"), rule("k", position="center"), rule("m", position="center")]
    elements = {"k": kmers(GATTA=0.3), "m": certain}
    for k, m, k_center, m_center in scores(tmp_path, (conditions, elements), sequences):
        assert (k, k_center) == (m, m_center)


@pytest.mark.parametrize(
    ("space", "letters"), [("RNA", "ACGU"), ("protein", "ARNDCEQGHILKMFPSTWYV")]
)
def test_rna_and_proteins_by_the_same_rule(tmp_path, space, letters):
    model = model_definition(1, space, "multi-label")
    data = data_definition([rule("x")], {"x": likes(letters[-1], letters)}, space, "multi-label")
    found = predictions(compiled(tmp_path, model, data), [letters, letters[0] * len(letters)])
    assert found.tolist() == [[1.0], [0.0]]


def test_seqgra_leaves_protein_matrices_empty(tmp_path):
    letters = "ARNDCEQGHILKMFPSTWYV"
    model = model_definition(1, "protein", "multi-label")
    data = data_definition([rule("x")], {"x": likes("V", letters)}, "protein", "multi-label")
    script = compiled(tmp_path, model, data, SEQGRA)
    assert predictions(script, [letters, letters[::-1]]).tolist() == [[0.5], [0.5]]


# ---- scripts as they are run ----


def run_script(script: Path, data: Path, output: Path) -> subprocess.CompletedProcess:
    command = [sys.executable, "-W", "error", script, data, "-o", output]
    return subprocess.run(command, capture_output=True, text=True)


@each_case
def test_golden_script_writes_what_it_says(case: Case, tmp_path):
    data, output = write_data(tmp_path / "data", case), tmp_path / "model"
    done = run_script(case.script, data, output)
    assert done.returncode == 0, done.stderr
    sets = {"test", "validation", "training"}
    assert {path.name for path in output.iterdir()} == {
        "metrics.json",
        "num-model-parameters.txt",
        "receipt.json",
        "session-info.txt",
        *(f"{name}-y-hat.txt" for name in sets),
    }
    counts = (output / "num-model-parameters.txt").read_text().splitlines()
    assert [line.rpartition("\t")[2] for line in counts] == ["0", "0", "0"]
    metrics = json.loads((output / "metrics.json").read_text())
    assert set(metrics) == {"data", "copies", *sets}
    for seed, (name, count) in enumerate(SIZES.items()):
        header, *rows = (output / f"{name}-y-hat.txt").read_text().splitlines()
        size = len(case.labels)
        assert header.split("\t") == [f"{c}_{x}" for c in ("y", "y_hat") for x in case.labels]
        assert len(rows) == count
        right = 0
        for (_, label), row in zip(examples(case, count, seed), rows, strict=True):
            cells = row.split("\t")
            truth = [cell == "True" for cell in cells[:size]]
            y_hat = list(map(float, cells[size:]))
            assert truth == [x in label.split("|") for x in case.labels]
            if case.multi_label:
                right += truth == [value > 0.5 for value in y_hat]
            else:
                assert sum(y_hat) == pytest.approx(1)
                right += truth[y_hat.index(max(y_hat))]
        assert metrics[name]["accuracy"] == right / count
        counted = [sum(row.split("\t")[place] == "True" for row in rows) for place in range(size)]
        assert list(metrics["data"][name]["labels"].values()) == counted
    assert history.check(case, history.of(output)) == []


def test_only_the_test_set_is_needed(tmp_path):
    case = CASES[0]
    data = write_data(tmp_path / "data", case)
    (data / "training.txt").unlink()
    (data / "validation.txt").unlink()
    assert run_script(case.script, data, tmp_path / "model").returncode == 0
    metrics = json.loads((tmp_path / "model" / "metrics.json").read_text())
    assert set(metrics) == {"data", "copies", "test"} and metrics["copies"] == {}
    (data / "test.txt").unlink()
    done = run_script(case.script, data, tmp_path / "other")
    assert done.returncode == 2 and "test.txt: missing. " in done.stderr
    assert not (tmp_path / "other").exists()


def test_output_folder_must_be_empty(tmp_path):
    case = CASES[0]
    data = write_data(tmp_path / "data", case)
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "notes.txt").write_text("mine")
    done = run_script(case.script, data, tmp_path / "model")
    assert done.returncode == 2 and "not empty" in done.stderr
    assert [path.name for path in (tmp_path / "model").iterdir()] == ["notes.txt"]


def test_sequences_shorter_than_an_element_are_refused(tmp_path):
    case = next(case for case in CASES if case.space == "RNA")
    (tmp_path / "test.txt").write_text("x\ty\nACG\tc1\n")
    done = run_script(case.script, tmp_path, tmp_path / "model")
    assert done.returncode == 1 and "test.txt:2: fewer letters than" in done.stderr


def test_seqgra_reports_an_accuracy_of_zero(tmp_path):
    elements = {"a": likes("A"), "g": likes("G")}
    data = data_definition([rule("a"), rule("g")], elements)
    (tmp_path / "test.txt").write_text("x\ty\nACCC\tc1\nCCCG\tc2\n")
    for semantics, accuracy in (("intended", 1.0), (SEQGRA, 0.0)):
        script = tmp_path / f"{semantics}.py"
        script.write_text(compiled(tmp_path, model_definition(), data, semantics))
        assert run_script(script, tmp_path, tmp_path / semantics).returncode == 0
        metrics = json.loads((tmp_path / semantics / "metrics.json").read_text())
        assert metrics["test"]["accuracy"] == accuracy
        assert f"--semantics {semantics} --records full." in " ".join(
            script.read_text().split("\n")
        )


def test_slices_change_no_result(tmp_path):
    case = CASES[0]
    sequences = [sequence for sequence, _ in examples(case, 250, 0)]
    script = case.script.read_text(encoding="utf-8")
    smaller = re.sub(r"^    size = 100", "    size = 7", script, flags=re.MULTILINE)
    assert script != smaller
    assert (predictions(script, sequences) == predictions(smaller, sequences)).all()


def test_example_classifies_its_data(tmp_path):
    script = tmp_path / "train.py"
    compilation = compile_definition(EXAMPLES / "motifs-bayes.xml")
    script.write_text(compilation.script, encoding="utf-8")
    done = run_script(script, EXAMPLES / "data", tmp_path / "model")
    assert done.returncode == 0, done.stderr
    metrics = json.loads((tmp_path / "model" / "metrics.json").read_text())
    assert all(metrics[name]["accuracy"] > 0.9 for name in SIZES)


# ---- compiling ----


def test_semantics_of_training_are_refused():
    with pytest.raises(UnsupportedOptions):
        compile_definition(EXAMPLES / "motifs-bayes.xml", options=Options(semantics=STREAMING))
    done = run("--semantics", STREAMING, "motifs-bayes.xml", folder=EXAMPLES)
    assert (done.exit_code, done.stdout) == (2, b"")
    said = f"BayesOptimalClassifier has no scripts under the semantics {STREAMING}"
    assert done.stderr.decode() == f"motifs-bayes.xml: {said}\n"


def test_there_is_no_such_classifier_in_another_library():
    compilation = compile_definition(
        EXAMPLES / "motifs-bayes.xml", options=Options(library="PyTorch")
    )
    (found,) = compilation.diagnostics
    assert (found.code, compilation.script) == ("SG501", None)
    assert found.message == "an external data definition cannot be compiled for PyTorch"


def test_place_of_a_label_without_condition(tmp_path):
    (tmp_path / "data.xml").write_text(data_definition([rule("a")], {"a": likes("A")}))
    compilation = compile_bytes("model.xml", model_definition().encode(), [tmp_path])
    (found,) = compilation.diagnostics
    assert (found.code, found.source) == ("SG426", None)
    assert compilation.source.place(found.span.start).line == 4


def test_notes_lie_in_the_data_definition(tmp_path):
    data = data_definition([rule("k"), rule("k")], {"k": kmers(ACG=1)})
    (tmp_path / "data.xml").write_text(data)
    compilation = compile_bytes("model.xml", model_definition().encode(), [tmp_path])
    (note,) = [found for found in compilation.diagnostics if found.code == "SG720"]
    assert note.source.file_name == "data.xml"
    assert data[note.span.start : note.span.end] == "k"
    first = diagnostic_text(note, compilation.source).splitlines()[0]
    assert first.startswith(f"{tmp_path / 'data.xml'}:8:")


# ---- the schema ----


def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(ROOT / "schemas" / "data-definition.xsd"))


def data_definitions() -> list[Path]:
    ours = [EXAMPLES / "motifs-grammar.xml", *(case.folder / "data.xml" for case in CASES)]
    return [*ours, *sorted(CORPUS.glob("data-definitions/*.xml"))]


@pytest.mark.parametrize(
    "path", data_definitions(), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_data_definitions_validate(path):
    xsd = schema()
    assert xsd.validate(etree.parse(path)), xsd.error_log


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<position>random", "<position>middle"),
        ('sid="motif-2"', 'sid="motif-3"'),
        ('<condition id="c2">', '<condition id="c1">'),
        ('<set name="test">', '<set name="training">'),
        ('probability="0.60"', 'probability="60"'),
        ("<probability>1.0", "<probability>0"),
        (">A</letter>", ">AA</letter>"),
        ("<sequencespace>DNA", "<sequencespace>dna"),
        ("<matrixbased>", "<matrix>"),
        ("<maxlength>150</maxlength>", ""),
        ('id="motifs-grammar"', 'id="motifs grammar"'),
    ],
)
def test_schema_is_strict(old, new):
    xsd = schema()
    text = (EXAMPLES / "motifs-grammar.xml").read_text(encoding="utf-8")
    changed = text.replace(old, new, 1).replace("</matrixbased>", "</matrix>", "<matrix>" in new)
    assert changed != text
    assert not xsd.validate(etree.fromstring(changed.encode()).getroottree())


# ---- seqgra 0.0.4 ----


def oracle_cases() -> list[dict]:
    return json.loads(ORACLE.read_text())["cases"] if ORACLE.is_file() else []


def oracle_sequences(count: int, seed: int) -> list[str]:
    """The recipe of the recorded predictions."""
    draw = random.Random(seed)
    sequences = []
    for number in range(count):
        letters = ["ACGT"[int(draw.random() * 4)] for _ in range(1000)]
        if number % 10 == 0:
            letters[::97] = "N" * len(letters[::97])
        sequences.append("".join(letters))
    return sequences


@pytest.mark.parametrize("case", oracle_cases(), ids=lambda case: case["tag"])
def test_predictions_are_those_of_seqgra(case, tmp_path):
    model = (CORPUS / "model-definitions" / f"{case['model_definition']}.xml").read_text()
    data = (CORPUS / "data-definitions" / f"{case['data_definition']}.xml").read_text()
    position = case["tag"].removeprefix("homer-pos-")
    if position != case["tag"]:
        data = data.replace("<position>random<", f"<position>{position}<")
    if case["tag"] == "spacing-equal-distances":
        data = data.replace(
            *(
                'mindistance="{}" maxdistance="{}"'.format(*bounds)
                for bounds in ((500, 1000), (50, 50))
            )
        )
    model = re.sub(r'(data-definition">)[^<]*', r"\1data.xml", model)
    script = compiled(tmp_path, model, data, SEQGRA)
    found = predictions(script, oracle_sequences(case["n"], case["seed"]))
    assert np.abs(found - np.array(case["predictions"])).max() < 1e-9


@pytest.mark.skipif(not CORPUS.is_dir(), reason="seqgra's own definitions are not here")
@pytest.mark.parametrize(
    "path", sorted(CORPUS.glob("model-definitions/boc-*.xml")), ids=lambda p: p.stem
)
def test_missing_data_definitions_of_seqgra(path):
    """They name data definitions under an old path: the nearest existing one is told."""
    compilation = compile_definition(path, [CORPUS])
    (found,) = compilation.diagnostics
    assert found.code == "SG601"
    assert "the nearest existing file is 'data-definitions/mc" in found.help
