"""What a change means for training in Keras: models that are built and trained, held to the rules."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from test_audit_diff import DROPOUT, GLOBAL, KERAS, compile_text, data, replaced, verdicts

from seqgra_compile.audit.changes.diff import compare_definitions
from seqgra_compile.audit.changes.effect import SAME
from seqgra_compile.audit.changes.effects import weight_count


def changed(*pairs: str, text: str = KERAS) -> str:
    return replaced(*pairs, text=text)


LSTM = '<operation units="5">LSTM</operation>'
CONV = 'kernel_size="13" activation="relu"'
WITH_DROPOUT = changed(GLOBAL, DROPOUT + GLOBAL)
WITH_LSTM = changed(GLOBAL, '<operation pool_size="15">MaxPool1D</operation>' + LSTM)
UNBIASED = changed(CONV, CONV + ' use_bias="False"')
OWN_SEEDS = changed(
    CONV,
    CONV + ' kernel_initializer="HeNormal(seed=1)"',
    'units="3"',
    'units="3" kernel_initializer="HeNormal(seed=2)"',
)
NOISE = '<operation stddev="0.1">GaussianNoise</operation>'
NORMALIZED = (
    '<operation center="False" gamma_initializer="RandomNormal()">BatchNormalization</operation>'
)
OTHER_BETA = 'beta_initializer="RandomNormal()"'
UNITS = 'units="5"'
BOTH_WAYS = ' bidirectional="True" use_bias="False"'
OTHER_BIAS = ' bias_initializer="RandomNormal()"'
PAIRS = {
    "seed": (KERAS, changed("<seed>1", "<seed>2")),
    "own-seeds-seed": (OWN_SEEDS, changed("<seed>1", "<seed>2", text=OWN_SEEDS)),
    "own-seed": (OWN_SEEDS, changed("seed=2", "seed=3", text=OWN_SEEDS)),
    "no-own-seed": (OWN_SEEDS, changed("HeNormal(seed=1)", "HeNormal()", text=OWN_SEEDS)),
    "rate": (KERAS, changed("0.005", "0.01")),
    "filters": (KERAS, changed('filters="16"', 'filters="8"')),
    "padding": (KERAS, changed(CONV, CONV + ' padding="same"')),
    "strides": (KERAS, changed(CONV, CONV + ' strides="2"')),
    "activation": (KERAS, changed('"relu"', '"elu"')),
    "initializer": (KERAS, changed('units="3"', 'units="3" kernel_initializer="HeNormal()"')),
    "constant": (KERAS, changed('units="3"', 'units="3" bias_initializer="Ones()"')),
    "penalty": (KERAS, changed('units="3"', 'units="3" kernel_regularizer="L2(0.1)"')),
    "trainable": (KERAS, changed('units="3"', 'units="3" trainable="False"')),
    "no-bias": (KERAS, UNBIASED),
    "no-last-bias": (KERAS, changed('units="3"', 'units="3" use_bias="False"')),
    "unused-initializer": (
        UNBIASED,
        changed(CONV, CONV + ' bias_initializer="HeNormal()"', text=UNBIASED),
    ),
    "unused-last-initializer": (
        changed('units="3"', 'units="3" use_bias="False"'),
        changed('units="3"', 'units="3" use_bias="False" bias_initializer="HeNormal()"'),
    ),
    "unused-constant": (
        UNBIASED,
        changed(CONV, CONV + ' bias_initializer="Ones()"', text=UNBIASED),
    ),
    "unused-normalization": (
        changed(GLOBAL, NORMALIZED + GLOBAL),
        changed(GLOBAL, NORMALIZED.replace("center", OTHER_BETA + " center") + GLOBAL),
    ),
    "unused-both-ways": (
        changed(UNITS, UNITS + BOTH_WAYS, text=WITH_LSTM),
        changed(UNITS, UNITS + BOTH_WAYS + OTHER_BIAS, text=WITH_LSTM),
    ),
    "unused-one-way": (
        changed(UNITS, UNITS + ' use_bias="False"', text=WITH_LSTM),
        changed(UNITS, UNITS + ' use_bias="False"' + OTHER_BIAS, text=WITH_LSTM),
    ),
    "dropout": (KERAS, WITH_DROPOUT),
    "dropout-rate": (WITH_DROPOUT, changed('"0.2"', '"0.5"', text=WITH_DROPOUT)),
    "dropout-zero": (KERAS, changed('"0.2"', '"0"', text=WITH_DROPOUT)),
    "dropout-batch": (WITH_DROPOUT, changed('size">32', 'size">16', text=WITH_DROPOUT)),
    "dropout-kind": (WITH_DROPOUT, changed(DROPOUT, NOISE, text=WITH_DROPOUT)),
    "dropout-twice": (WITH_DROPOUT, changed(DROPOUT, 2 * DROPOUT, text=WITH_DROPOUT)),
    "batch-normalization": (
        KERAS,
        changed(GLOBAL, "<operation>BatchNormalization</operation>" + GLOBAL),
    ),
    "lstm-dropout": (WITH_LSTM, changed('units="5"', 'units="5" dropout="0.5"', text=WITH_LSTM)),
    "lstm-forget": (
        WITH_LSTM,
        changed('units="5"', 'units="5" unit_forget_bias="False"', text=WITH_LSTM),
    ),
    "lstm-bias": (WITH_LSTM, changed('units="5"', 'units="5" use_bias="False"', text=WITH_LSTM)),
    "lstm-both-ways": (
        WITH_LSTM,
        changed('units="5"', 'units="5" bidirectional="True"', text=WITH_LSTM),
    ),
    "lstm-merged": (
        changed('units="5"', 'units="5" bidirectional="True" merge_mode="sum"', text=WITH_LSTM),
        changed('units="5"', 'units="5" bidirectional="True" merge_mode="mul"', text=WITH_LSTM),
    ),
    "gru": (WITH_LSTM, changed(">LSTM<", ">GRU<", text=WITH_LSTM)),
    "batch": (KERAS, changed('batch_size">32', 'batch_size">16')),
    "shuffle": (KERAS, changed('shuffle">True', 'shuffle">False')),
    "optimizer": (WITH_DROPOUT, changed(">Adam<", ">SGD<", text=WITH_DROPOUT)),
}
SEMANTICS = ("intended", "seqgra-0.0.4", "seqgra-0.0.4-streaming")
Run = tuple[int, list[bytes], list[list[bytes]], list[int], int]


def run(script: str, folder: Path, monkeypatch) -> Run:
    """The number of weights, and these at the start; two epochs' examples; the sizes of batches.

    Last, by how many the optimizer has counted more steps than there were.
    """
    names: dict[str, object] = {"__name__": "script", "__file__": str(folder / "train.py")}
    (folder / "train.py").write_text(script, "utf-8")
    exec(compile(script, "train.py", "exec"), names)
    build, epochs, weights, sizes, counts, ahead = names["build_model"], [], [], [], [], []

    def built():
        model = build()
        fit = model.fit

        def seen(batches, **options):
            epochs.append([])
            for x, _ in batches:
                sizes.append(len(x))
                epochs[-1] += (row.tobytes() for row in x.numpy())
            result = fit(batches, **options)
            ahead.append(int(model.optimizer.iterations) - len(sizes))
            return result

        model.fit = seen
        weights.extend(weight.numpy().tobytes() for weight in model.weights)
        counts.append(model.count_params())
        return model

    # TensorFlow's devices and threads are chosen once in a process.
    names.update(build_model=built, choose_device=lambda gpu, threads: "cpu")
    words = [str(folder / "data"), "-o", str(folder / "out"), "-g", "-1"]
    monkeypatch.setattr(sys, "argv", ["train.py", *words])
    names["main"]()
    assert [len(each) for each in epochs] == [60, 60]
    return counts[0], weights, epochs, sizes, ahead[-1]


def check(one: str, other: str, semantics: tuple[str, str], tmp_path: Path, monkeypatch) -> None:
    pytest.importorskip("tensorflow")
    texts = [changed('epochs">20', 'epochs">2', text=text) for text in (one, other)]
    made = [compile_text(text, semantics=name) for text, name in zip(texts, semantics, strict=True)]
    told = verdicts(compare_definitions(*made))
    results = []
    for number, compilation in enumerate(made):
        folder = tmp_path / str(number)
        folder.mkdir()
        data(folder)
        results.append(run(compilation.script, folder, monkeypatch))
        assert results[-1][0] == weight_count(compilation.model)
    counts, weights, epochs, sizes, steps = zip(*results, strict=True)
    assert (counts[0] == counts[1]) is (told["number of weights"] == SAME)
    if counts[0] != counts[1]:
        assert told["number of weights"] == f"{counts[0]:,} -> {counts[1]:,}"
    assert (weights[0] == weights[1]) is (told["initial weights"] == SAME)
    assert (steps[0] == steps[1]) is ("counts a step too many" not in told["optimizer"])
    same = [first == second for first, second in zip(*epochs, strict=True)]
    verdict = told["batches"]
    assert (sizes[0] == sizes[1]) is ("examples per step" not in verdict)
    unlike = verdict.endswith("order of the examples: different") or "shuffle" in verdict
    unlike = unlike or "in the order of the file" in verdict
    assert same == ([False, False] if unlike else [True, True]), verdict


@pytest.mark.long
@pytest.mark.parametrize("name", PAIRS)
def test_effects_are_true(name: str, tmp_path, monkeypatch):
    check(*PAIRS[name], ("intended", "intended"), tmp_path, monkeypatch)


@pytest.mark.long
@pytest.mark.parametrize("name", ["seed", "dropout", "lstm-dropout", "optimizer", "shuffle"])
@pytest.mark.parametrize("semantics", SEMANTICS[1:])
def test_effects_are_true_as_in_seqgra(name: str, semantics: str, tmp_path, monkeypatch):
    check(*PAIRS[name], (semantics, semantics), tmp_path, monkeypatch)


@pytest.mark.long
@pytest.mark.parametrize("text", [KERAS, WITH_LSTM], ids=["motifs", "lstm"])
@pytest.mark.parametrize("semantics", [SEMANTICS[:2], SEMANTICS[::2], SEMANTICS[1:]])
@pytest.mark.parametrize("shuffle", ["True", "False"])
def test_semantics_are_told_apart(text: str, semantics: tuple, shuffle: str, tmp_path, monkeypatch):
    text = changed('shuffle">True', f'shuffle">{shuffle}', text=text)
    check(text, text, semantics, tmp_path, monkeypatch)
