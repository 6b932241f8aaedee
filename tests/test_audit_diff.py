"""What a change means for training: the rules, and models that are built to hold them to it."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

import pytest
from cases import ACCEPT
from mutations import DEFINITIONS, EXAMPLES, body, compiled, mutations
from run_command import run_audit

from seqgra_compile import ir
from seqgra_compile.audit.changes.diff import Comparison, compare_definitions, differences_text
from seqgra_compile.audit.changes.effect import SAME
from seqgra_compile.audit.ledger.setting import shown_apart
from seqgra_compile.compiler import Compilation, compile_definition

TEXT = (EXAMPLES / "motifs.xml").read_text("utf-8")
KERAS = (EXAMPLES / "motifs-tensorflow.xml").read_text("utf-8")
DROPOUT = '<operation rate="0.2">Dropout</operation>'
GLOBAL = "<operation>GlobalMaxPool1D</operation>"
WITH_DROPOUT = TEXT.replace(GLOBAL, DROPOUT + GLOBAL)
WITH_NOISE = TEXT.replace(GLOBAL, '<operation stddev="0.2">GaussianNoise</operation>' + GLOBAL)


def compile_text(text: str, **options: str) -> Compilation:
    compilation = compiled(text.encode(), EXAMPLES, **options)
    assert compilation.script, [found.message for found in compilation.diagnostics]
    return compilation


def between(one: str, other: str, **options: str) -> Comparison:
    return compare_definitions(compile_text(one, **options), compile_text(other, **options))


def verdicts(comparison: Comparison) -> dict[str, str]:
    return {effect.topic: effect.verdict for effect in comparison.effects}


def changes(comparison: Comparison) -> dict[str, str]:
    return {found.topic: found.verdict for found in comparison.effects if found.verdict != SAME}


def replaced(*pairs: str, text: str = TEXT) -> str:
    for before, after in zip(pairs[::2], pairs[1::2], strict=True):
        assert before in text
        text = text.replace(before, after)
    return text


# ---- no difference ----


@pytest.mark.parametrize(
    "other, verdict",
    [
        (TEXT, "No difference: the two are the same, byte for byte.\n"),
        (TEXT.replace("\n", "\r\n"), "No difference for training: the same settings, written"),
        (
            replaced("<name>motif scanner", "<name>x"),
            "No difference for training: the two differ only in what has no effect",
        ),
        (
            replaced("Tells which", "Says which"),
            "No difference for training: the two differ only in what has no effect",
        ),
        (
            replaced('id="motifs"', 'id="other"'),
            "No difference for training: the two differ only in what has no effect",
        ),
        (replaced('units="3"', 'units="3" use_bias="True"'), "No difference for training: the"),
        (replaced("<inputencoding>1D</inputencoding>", ""), "No difference for training: the sam"),
        (replaced("relu", "relu"), "No difference"),
    ],
    ids=range(8),
)
def test_no_difference(other: str, verdict: str):
    comparison = between(TEXT, other)
    assert not comparison.matters and not changes(comparison)
    assert differences_text(comparison).startswith(verdict)


def test_a_parameter_without_effect():
    one = replaced(GLOBAL, '<operation units="4">LSTM</operation>')
    other = replaced('units="4"', 'units="4" merge_mode="sum" unroll="True"', text=one)
    comparison = between(one, other)
    assert not comparison.matters
    assert [change.path.rpartition("@")[2] for change in comparison.changes] == [
        "unroll",
        "merge_mode",
    ]


def test_patience_without_early_stopping():
    one = replaced('early_stopping">True', 'early_stopping">False')
    other = replaced('patience">4', 'patience">9', text=one)
    assert not between(one, other).matters
    assert between(TEXT, replaced('patience">4', 'patience">9')).matters


def test_a_module_under_another_name(tmp_path):
    text = (EXAMPLES / "motifs-module.xml").read_text("utf-8")
    module = (EXAMPLES / "motif_scanner.py").read_bytes()
    (tmp_path / "other.py").write_bytes(module)
    (tmp_path / "motif_scanner.py").write_bytes(module)
    other = compiled(text.replace("motif_scanner.py", "other.py").encode(), tmp_path)
    one = compiled(text.encode(), tmp_path)
    assert not compare_definitions(one, other).matters
    (tmp_path / "other.py").write_bytes(module + b"\nX = 1\n")
    other = compiled(text.replace("motif_scanner.py", "other.py").encode(), tmp_path)
    comparison = compare_definitions(one, other)
    assert comparison.matters
    assert changes(comparison)["initial weights"] == "not known: depends on a module"


# ---- effects ----


@pytest.mark.parametrize(
    "pairs, wanted",
    [
        (("0.005", "0.01"), {"optimizer": "learning_rate 0.005 -> 0.01"}),
        (
            ("<seed>1", "<seed>2"),
            {"initial weights": "different", "batches": "order of the examples: different"},
        ),
        (
            ('filters="16"', 'filters="32"'),
            {
                "computation": "steps: 1 changed",
                "number of weights": "899 -> 1,795",
                "initial weights": "different",
            },
        ),
        (
            ('epochs">20', 'epochs">30'),
            {
                "length of the run": "longer, 20 -> 30 epochs: by itself, the first 20 stay as "
                "they are"
            },
        ),
        (
            ('epochs">20', 'epochs">1'),
            {
                "length of the run": "shorter, 20 -> 1 epoch: by itself, the first one stays as it is"
            },
        ),
        (('patience">4', 'patience">5'), {"length of the run": "it waits 4 -> 5 epochs for a bet"}),
        (('shuffle">True', 'shuffle">False'), {"batches": "in the order of the file"}),
        (
            ('batch_size">32', 'batch_size">64'),
            {"batches": "32 -> 64 examples per step; order of the examples: the same"},
        ),
        (
            (">Adam<", ">AdamW<"),
            {"optimizer": "different: Adam (learning_rate 0.005) -> AdamW (learning_rate 0.005)"},
        ),
        ((">CrossEntropyLoss<", ">MSELoss<"), {"loss": "different: CrossEntropyLoss -> MSELoss"}),
        (
            ('units="3"', 'units="3" kernel_regularizer="L2(0.1)"'),
            {"loss": "different penalties on weights or results"},
        ),
        (("<label>c1", "<label>c0"), {"what the model sees": "different labels: c1 -> c0"}),
        (
            (">c1<", ">x<", ">c2<", ">c1<", ">x<", ">c2<"),
            {"what the model sees": "labels in another order"},
        ),
        (
            ("(150, 4)", "(151, 4)"),
            {"what the model sees": "sequences of 150 -> 151 letters"},
        ),
        (('activation="relu"', 'activation="elu"'), {"computation": "steps: 1 changed"}),
        (
            ('kernel_size="13"', 'kernel_size="13" padding="same"'),
            {"computation": "steps: 1 changed"},
        ),
        (
            ("0.005", "0.3", "0.3<", "0.30000000000000004<"),
            {"optimizer": "learning_rate 0.005 -> 0.3"},
        ),
        (
            ('units="3"', 'units="3" kernel_initializer="HeNormal()"'),
            {"initial weights": "different"},
        ),
        (
            (GLOBAL, DROPOUT + GLOBAL),
            {
                "computation": "steps: 1 added",
                "batches": "order of the examples: the same in the first epoch; different in later "
                "ones, because the noise is drawn differently",
            },
        ),
    ],
    ids=lambda value: value[0][:20] if isinstance(value, tuple) else "",
)
def test_effects(pairs: tuple[str, ...], wanted: dict[str, str]):
    comparison = between(TEXT, replaced(*pairs))
    assert comparison.matters
    found = changes(comparison)
    assert found.keys() == wanted.keys()
    assert all(found[topic].startswith(verdict) for topic, verdict in wanted.items())


def test_operations_are_matched():
    """One that is put in moves the others: they are not reported."""
    comparison = between(TEXT, WITH_DROPOUT)
    assert {change.path.partition("/@")[0] for change in comparison.changes} == {
        "architecture/sequential/operation[2]"
    }
    assert all(change.before == "-" for change in comparison.changes)
    back = between(WITH_DROPOUT, TEXT)
    assert {change.path.partition("/@")[0] for change in back.changes} == {
        "architecture/sequential/operation[2]"
    }
    assert all(change.after == "-" for change in back.changes)


# ---- what the models compute, step by step ----


def told(comparison: Comparison) -> list[tuple[str, str, str]]:
    return [(*pair.numbers, str(pair)) for pair in comparison.aligned if not pair.same]


def test_steps():
    comparison = between(TEXT, replaced('activation="relu"', 'activation="gelu"'))
    assert told(comparison) == [("1", "1", "activation relu -> gelu")]
    comparison = between(TEXT, replaced('activation="relu"', ""))
    assert told(comparison) == [("1", "-", "removed: relu")]
    comparison = between(WITH_DROPOUT, replaced('"0.2"', '"0.5"', text=WITH_DROPOUT))
    assert told(comparison) == [("2", "2", "Dropout: rate 0.2 -> 0.5")]
    assert told(between(WITH_DROPOUT, TEXT)) == [("2", "-", "removed: Dropout (rate 0.2)")]
    comparison = between(WITH_DROPOUT, WITH_NOISE)
    assert told(comparison) == [("2", "2", "Dropout (rate 0.2) -> GaussianNoise (stddev 0.2)")]


@pytest.mark.parametrize("name", ["ReLU", 'Activation" activation="relu'])
def test_an_activation_is_a_step_wherever_it_is_written(name: str):
    """As an operation or as a parameter of the one before, the model computes the same."""
    written = f"<operation>{name}</operation>"
    if "activation" in name:
        written = '<operation activation="relu">Activation</operation>'
    other = replaced(' activation="relu"', "", GLOBAL, written + GLOBAL)
    comparison = between(TEXT, other)
    assert verdicts(comparison)["computation"] == SAME and not told(comparison)
    assert not comparison.matters
    assert differences_text(comparison).startswith(
        "No difference for training: the two differ only in what has no effect"
    )
    # As soon as anything else differs, it counts.
    assert between(TEXT, other.replace("0.005", "0.006")).matters


def test_initial_weights_and_penalties_are_beside_the_steps():
    other = replaced(
        'units="3"', 'units="3" kernel_regularizer="L2(1e-5)"', "13", '13" padding="same'
    )
    other = replaced(
        'kernel_size="13"', 'kernel_size="13" kernel_regularizer="L2(1e-5)"', text=other
    )
    comparison = between(TEXT, other)
    assert told(comparison) == [("1", "1", "Conv1D: padding valid -> same")]
    assert comparison.beside == {
        "kernel_regularizer none -> L2(l2=1e-05)": [("1", "1"), ("3", "3")]
    }
    assert "  1  1  kernel_regularizer none -> L2(l2=1e-05); also 3\n" in differences_text(
        comparison
    )


def test_frozen_weights_have_no_penalty():
    one = replaced('units="3"', 'units="3" kernel_regularizer="L2(1e-5)"')
    other = replaced('units="3"', 'units="3" trainable="False"', text=one)
    assert verdicts(between(one, other))["loss"] == "different penalties on weights or results"
    plain = replaced('units="3"', 'units="3" trainable="False"')
    assert verdicts(between(TEXT, plain))["loss"] == SAME


def test_the_last_layers_are_one_anothers():
    dense = '<operation units="9">Dense</operation>'
    comparison = between(replaced(GLOBAL, GLOBAL + dense), replaced('units="3"', 'units="3"'))
    assert told(comparison) == [("3", "-", "removed: Dense (units 9)")]


@pytest.mark.parametrize(
    "values, wanted",
    [
        ((0.1, 0.2), ("0.1", "0.2")),
        ((1 / 3, 0.5), ("0.3333", "0.5")),
        ((0.1 + 0.2, 0.3), ("0.30000000000000004", "0.3")),
        ((0.123456, 0.123457), ("0.123456", "0.123457")),
        (((0.9, 0.999), (0.9, 0.99)), ("(0.9, 0.999)", "(0.9, 0.99)")),
        ((1, 1.0), ("1", "1.0")),
    ],
)
def test_digits_that_matter(values: tuple[object, object], wanted: tuple[str, str]):
    assert shown_apart(*values) == wanted


def test_two_architectures_fit_one_screen():
    text = differences_text(
        compare_definitions(
            *(compile_definition(EXAMPLES / f"{name}.xml") for name in ("basset", "deepsea"))
        )
    )
    lines = text.splitlines()
    assert len(lines) <= 33 and max(map(len, lines)) <= 80
    assert "  17-21      -  removed: Dropout (rate 0.3), Dense (units 1000)," in lines
    assert "     22     11  Dense: units 8 -> 5" in lines


def test_in_keras_dropout_takes_a_seed_from_the_weights_behind_it():
    other = replaced(GLOBAL, DROPOUT + GLOBAL, text=KERAS)
    assert verdicts(between(KERAS, other))["initial weights"] == "different"
    assert verdicts(between(KERAS, other))["batches"] == SAME
    assert verdicts(between(TEXT, WITH_DROPOUT))["initial weights"] == SAME


@pytest.mark.parametrize(
    "noise",
    [
        '<operation rate="0.2">Dropout</operation>',
        '<operation rate="0.2">SpatialDropout1D</operation>',
        '<operation stddev="0.2">GaussianNoise</operation>',
        '<operation rate="0.2">GaussianDropout</operation>',
        '<operation rate="0.2">AlphaDropout</operation>',
    ],
)
def test_every_layer_of_noise_draws(noise: str):
    before = '<operation units="16">Dense</operation>'
    one, other = (replaced(GLOBAL, more + GLOBAL + before) for more in ("", noise))
    assert verdicts(between(one, other))["batches"].startswith("order of the examples: the same in")
    assert verdicts(between(one, other))["initial weights"] == SAME
    one, other = (text.replace(">PyTorch<", ">TensorFlow<") for text in (one, other))
    one, other = (
        replaced(">CrossEntropyLoss<", ">categorical_crossentropy<", text=text)
        for text in (one, other)
    )
    assert verdicts(between(one, other))["initial weights"] == "different"


def test_in_keras_an_initializer_draws_though_no_weight_uses_it():
    """Held to Keras itself in tests/test_audit_keras.py; in PyTorch nothing is made for it."""
    for text, wanted in ((KERAS, "different"), (TEXT, SAME)):
        one = replaced('kernel_size="13"', 'kernel_size="13" use_bias="False"', text=text)
        more = 'use_bias="False" bias_initializer="HeNormal()"'
        other = replaced('use_bias="False"', more, text=one)
        assert verdicts(between(one, other))["initial weights"] == wanted
        last = replaced('units="3"', 'units="3" use_bias="False"', text=text)
        other = replaced('use_bias="False"', more, text=last)
        assert verdicts(between(last, other))["initial weights"] == SAME


MODULE = (EXAMPLES / "motifs-module.xml").read_text("utf-8")


@pytest.mark.parametrize("text", [MODULE, KERAS], ids=["PyTorch", "TensorFlow"])
def test_from_files_and_in_memory(text: str):
    made = [compile_text(text, semantics=f"seqgra-0.0.4{mode}") for mode in ("", "-streaming")]
    told = verdicts(compare_definitions(*made))
    if text is KERAS:
        # Both take TensorFlow's orders, and all examples.
        assert (told["batches"], told["what the model sees"]) == (SAME, SAME)
        assert "a step too many" in told["optimizer"]
    else:
        assert told["batches"] == "order of the examples: different"
        assert told["what the model sees"] == "lost examples as the semantics have it"
        assert told["optimizer"] == SAME


# ---- whatever is changed ----


@pytest.mark.parametrize(
    "path",
    [EXAMPLES / "motifs.xml", ACCEPT / "boc-mc2-rna30-pairs" / "model.xml"],
    ids=lambda path: path.parent.name,
)
def test_every_change_is_seen(path: Path):
    """Whoever says that nothing changes must have two scripts that compute the same."""
    base = compile_definition(path)
    for setting, candidates in mutations(path):
        other = next(
            filter(lambda each: each.script, (compiled(c, path.parent) for c in candidates)), None
        )
        if other is None:
            continue
        comparison = compare_definitions(base, other)
        harmless = setting in ("general/@id", "general/name", "general/description")
        # The seed of a classifier that draws nothing stands in a comment.
        harmless = harmless or (setting == "general/seed" and not isinstance(base.model, ir.Model))
        if body(base) != body(other) and not harmless:
            assert comparison.matters, setting
        if not comparison.matters:
            assert not changes(comparison)


@pytest.mark.long
@pytest.mark.parametrize("path", DEFINITIONS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_definition_is_like_itself(path: Path):
    base = compile_definition(path)
    assert not compare_definitions(base, compile_definition(path)).changes


# ---- held to it: models that are built and trained ----

PAIRS = {
    "seed": (TEXT, replaced("<seed>1", "<seed>2")),
    "rate": (TEXT, replaced("0.005", "0.01")),
    "filters": (TEXT, replaced('filters="16"', 'filters="8"')),
    "padding": (TEXT, replaced('kernel_size="13"', 'kernel_size="13" padding="same"')),
    "strides": (TEXT, replaced('kernel_size="13"', 'kernel_size="13" strides="2"')),
    "initializer": (TEXT, replaced('units="3"', 'units="3" kernel_initializer="HeNormal()"')),
    "constant": (TEXT, replaced('units="3"', 'units="3" bias_initializer="Ones()"')),
    "own-seed": (
        replaced('units="3"', 'units="3" kernel_initializer="HeNormal(seed=1)"'),
        replaced('units="3"', 'units="3" kernel_initializer="HeNormal(seed=2)"'),
    ),
    "dropout": (TEXT, WITH_DROPOUT),
    "dropout-rate": (WITH_DROPOUT, replaced('"0.2"', '"0.5"', text=WITH_DROPOUT)),
    "dropout-zero": (TEXT, replaced('"0.2"', '"0"', text=WITH_DROPOUT)),
    "noise": (TEXT, WITH_NOISE),
    "noise-stddev": (WITH_NOISE, replaced('"0.2"', '"0.5"', text=WITH_NOISE)),
    "noise-of-another-kind": (
        WITH_NOISE,
        replaced('stddev="0.2">GaussianNoise', 'rate="0.2">GaussianDropout', text=WITH_NOISE),
    ),
    "dropout-batch": (WITH_DROPOUT, replaced('size">32', 'size">16', text=WITH_DROPOUT)),
    "batch": (TEXT, replaced('batch_size">32', 'batch_size">16')),
    "shuffle": (TEXT, replaced('shuffle">True', 'shuffle">False')),
    "optimizer": (WITH_DROPOUT, replaced(">Adam<", ">SGD<", text=WITH_DROPOUT)),
    "trainable": (TEXT, replaced('units="3"', 'units="3" trainable="False"')),
    "bias": (TEXT, replaced('units="3"', 'units="3" use_bias="False"')),
}


def data(folder: Path) -> Path:
    """Some examples of the data that the definitions are made for."""
    target = folder / "data"
    target.mkdir()
    for name, count in (("training", 60), ("validation", 20)):
        lines = (EXAMPLES / "data" / f"{name}.txt").read_text("utf-8").splitlines()
        (target / f"{name}.txt").write_text("\n".join(lines[: count + 1]) + "\n", "utf-8")
    return target


def run(
    text: str, folder: Path, monkeypatch, **options: str
) -> tuple[dict[str, bytes], list[list[bytes]]]:
    """A script's initial weights, and for each of two epochs the examples in their order."""
    import torch

    text = replaced('epochs">20', 'epochs">2', text=text)
    names: dict[str, object] = {"__name__": "script", "__file__": str(folder / "train.py")}
    script = compile_text(text, **options).script
    (folder / "train.py").write_text(script, "utf-8")
    exec(compile(script, "train.py", "exec"), names)
    one_hot, build, orders, weights = names["one_hot"], names["build_model"], [], {}

    def seen(codes):
        if torch.is_grad_enabled():
            orders.extend(row.numpy().tobytes() for row in codes)
        return one_hot(codes)

    def built():
        model = build()
        weights.update({k: v.numpy().tobytes() for k, v in model.state_dict().items()})
        return model

    names.update(one_hot=seen, build_model=built)
    words = [str(folder / "data"), "-o", str(folder / "out"), "-g", "-1", "--threads", "1"]
    monkeypatch.setattr(sys, "argv", ["train.py", *words])
    names["main"]()
    return weights, [orders[:60], orders[60:120]]


@pytest.mark.long
@pytest.mark.parametrize("name", PAIRS)
def test_effects_are_true(name: str, tmp_path, monkeypatch):
    one, other = PAIRS[name]
    told = verdicts(between(one, other))
    results = []
    for number, text in enumerate((one, other)):
        folder = tmp_path / str(number)
        folder.mkdir()
        data(folder)
        results.append(run(text, folder, monkeypatch))
    (weights, orders), (other_weights, other_orders) = results
    assert len(orders[0]) == len(orders[1]) == 60
    same_weights = list(weights.values()) == list(other_weights.values())
    assert same_weights is (told["initial weights"] == SAME)
    first, second = orders[0] == other_orders[0], orders[1] == other_orders[1]
    verdict = told["batches"].rpartition("; order of the examples: ")[2]
    verdict = verdict.removeprefix("order of the examples: ")
    if verdict == SAME:
        assert (first, second) == (True, True)
    elif verdict.startswith("the same in the first epoch; different"):
        assert (first, second) == (True, False)
    elif verdict.startswith("the same in the first epoch"):
        assert first
    else:
        assert (first, second) == (False, False)


@pytest.mark.long
def test_orders_of_the_semantics(tmp_path, monkeypatch):
    """A script of a module draws as seqgra does, whatever the semantics, but for streaming."""
    names = ("intended", "seqgra-0.0.4", "seqgra-0.0.4-streaming")
    found = {}
    for name in names:
        (tmp_path / name).mkdir()
        data(tmp_path / name)
        found[name] = run(MODULE, tmp_path / name, monkeypatch, semantics=name)[1]
    for one, other in itertools.combinations(names, 2):
        made = [compile_text(MODULE, semantics=name) for name in (one, other)]
        told = verdicts(compare_definitions(*made))["batches"]
        assert (told == SAME) is (found[one] == found[other]), (one, other, told)


# ---- the command ----


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_command(tmp_path):
    one, other = write(tmp_path, "a.xml", TEXT), write(tmp_path, "b.xml", WITH_DROPOUT)
    assert run_audit("diff", one, one).exit_code == 0
    result = run_audit("diff", one, other)
    assert result.exit_code == 1
    assert result.stdout.startswith(b"The two train differently.\n")
    assert b"examples/motifs.xml" not in result.stdout
    listed = run_audit("diff", one, other, "--all").stdout.decode()
    assert listed.count(f"    - -> {other}:") == 2 and "operation[2]/@rate: - -> 0.2" in listed
    assert run_audit("diff", "-", other, stdin=TEXT.encode()).exit_code == 1
    assert run_audit("diff", "-", "-").exit_code == 2
    broken = write(tmp_path, "c.xml", TEXT.replace("filters=", "filtres="))
    result = run_audit("diff", one, broken)
    assert (result.exit_code, result.stdout) == (2, b"") and b"SG203" in result.stderr
    assert run_audit("diff", one, tmp_path / "none.xml").exit_code == 2


def test_hostile_text(tmp_path):
    other = replaced("motif scanner", "\u202ea&#10;b\N{ZERO WIDTH SPACE}", "c1", "\u2028c")
    result = run_audit("diff", write(tmp_path, "a.xml", TEXT), write(tmp_path, "b.xml", other))
    assert result.exit_code == 1
    assert all(line.isprintable() for line in result.stdout.decode().split("\n"))


def test_two_libraries():
    comparison = compare_definitions(compile_text(TEXT), compile_text(KERAS))
    assert verdicts(comparison)["initial weights"] == "different"
    assert comparison.matters
    other = compile_definition(EXAMPLES / "motifs-bayes.xml")
    assert compare_definitions(compile_text(TEXT), other).matters
