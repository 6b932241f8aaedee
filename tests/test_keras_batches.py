"""Batches of a Keras script: every example, in order, one-hot; of one shape where the number allows it."""

from __future__ import annotations

import types
from pathlib import Path

import pytest
from cases import BY_ID

from seqgra_compile.compiler import Options, compile_definition

np = pytest.importorskip("numpy")
tf = pytest.importorskip("tensorflow")

SIZE = 4
ROWS = np.vstack([np.eye(4), np.full(4, 0.25)]).astype(np.float32)  # of A, C, G, T or U, N


def loaded(folder: Path, storage: str) -> types.ModuleType:
    script = types.ModuleType("script")
    text = compile_definition(folder / "model.xml", options=Options(data=storage)).script
    exec(compile(text, "script", "exec", dont_inherit=True), script.__dict__)
    script.BATCH_SIZE = SIZE
    return script


@pytest.mark.parametrize("name", ["tf-mc2-dna32-lstm", "tf-ml3-rna24-lstm-steps"])
@pytest.mark.parametrize("storage", ["memory", "disk"])
@pytest.mark.parametrize("number", [1, 4, 12, 13])
def test_all_examples_in_this_order(name: str, storage: str, number: int):
    case, generator = BY_ID[name], np.random.default_rng(number)
    script = loaded(case.folder, storage)
    codes = generator.integers(0, len(ROWS), (number, case.length), np.uint8)
    if case.multi_label:
        targets = generator.integers(0, 2, (number, len(case.labels)), np.uint8)
    else:
        targets = generator.integers(0, len(case.labels), number)
    order = generator.permutation(number)
    arrays = map(tf.constant, (codes, targets)) if storage == "memory" else (codes, targets)

    found = script.batches(*arrays, order)

    of_label = targets if case.multi_label else np.eye(len(case.labels))[targets]
    sizes = [SIZE] * (number // SIZE) + [number % SIZE] * (number % SIZE > 0)
    assert found.cardinality() == len(sizes)
    assert found.options().autotune.enabled is False
    xs, ys = zip(*found.as_numpy_iterator(), strict=True)
    assert [len(x) for x in xs] == sizes
    assert (np.concatenate(xs) == ROWS[codes[order]]).all()
    assert (np.concatenate(ys) == of_label[order]).all()
    x, y = found.element_spec
    known = None if number % SIZE else SIZE
    assert x.shape.as_list() == [known, case.length, 4]
    assert y.shape.as_list() == [known, len(case.labels)]
