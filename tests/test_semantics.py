"""What `--semantics` changes in a script, and that the page about it is complete."""

from __future__ import annotations

import random
import re
from pathlib import Path

import numpy as np
import pytest

from seqgra_compile import compiler
from seqgra_compile.catalog.semantics import INTENDED, SEMANTICS, SEQGRA, STREAMING
from seqgra_compile.messages.codes import CODES

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "semantics.md").read_text("utf-8")
MODULE = (ROOT / "examples" / "motifs-module.xml").read_text("utf-8")
KERAS = (ROOT / "examples" / "motifs-tensorflow.xml").read_text("utf-8")


def script(text: str, semantics: str) -> str:
    folders = [ROOT / "examples"]
    compilation = compiler.compile_bytes(
        "model.xml", text.encode(), folders, options=compiler.Options(semantics=semantics)
    )
    assert compilation.script, list(compilation.diagnostics)
    return compilation.script


def with_optimizer(text: str, **values: object) -> str:
    """The definition with another list of hyperparameters in its optimizer."""
    given = "".join(
        f'<hyperparameter name="{name}">{value}</hyperparameter>' for name, value in values.items()
    )
    return re.sub(r"(?s)<optimizer>.*</optimizer>", f"<optimizer>{given}</optimizer>", text)


@pytest.mark.parametrize("code", [code for code in CODES if code.startswith("SG7")])
def test_the_page_has_each_departure(code):
    assert re.search(rf"(?m)^\| {code} \|", PAGE)


@pytest.mark.parametrize("semantics", SEMANTICS)
def test_the_script_says_its_semantics(semantics):
    assert f"`{semantics}`" in PAGE
    header = " ".join(script(MODULE, semantics).partition("import")[0].split())
    assert f"--semantics {semantics} --library " in header


@pytest.mark.parametrize(
    ("text", "always", "streaming"),
    [(MODULE, {"SG708", "SG709"}, {"SG710"}), (KERAS, {"SG708", "SG711"}, {"SG712"})],
    ids=["PyTorch", "TensorFlow"],
)
def test_habits_are_noted_where_a_script_has_them(text: str, always: set[str], streaming: set[str]):
    """Lost examples and miscounted steps come of streaming alone."""
    wanted = {INTENDED: set(), SEQGRA: always, STREAMING: always | streaming}
    for semantics, codes in wanted.items():
        compilation = compiler.compile_bytes(
            "model.xml",
            text.encode(),
            [ROOT / "examples"],
            options=compiler.Options(semantics=semantics, check_only=True),
        )
        found = {each.code for each in compilation.diagnostics}
        assert {code for code in found if "SG708" <= code <= "SG714"} == codes


def test_clipping_is_dropped_as_seqgra_drops_it():
    text = with_optimizer(MODULE, optimizer="Adam", clipnorm=0.5)
    assert "clip_gradients(model)" in script(text, INTENDED)
    for semantics in (SEQGRA, STREAMING):
        dropped = script(text, semantics)
        assert "clip_gradients" not in dropped
        assert "# optimizer/clipnorm (0.5 is dropped by seqgra 0.0.4): None" in dropped


def test_rho_is_dropped_as_seqgra_drops_it():
    text = with_optimizer(KERAS, optimizer="RMSprop", rho=0.5)
    assert "RHO = 0.5  # optimizer/rho\n" in script(text, INTENDED)
    assert "RHO = 0.9  # optimizer/rho (0.5 is dropped by seqgra 0.0.4)\n" in script(text, SEQGRA)


def names(text: str, semantics: str) -> dict:
    """What a script defines: nothing of it runs but its definitions."""
    found = {"__name__": "script"}
    exec(compile(script(text, semantics), semantics, "exec"), found)
    return found


def with_lstm(**values: object) -> str:
    """The TensorFlow example with an LSTM as its first operation."""
    given = "".join(f' {name}="{value}"' for name, value in values.items())
    operation = f'<operation input_shape="(150, 4)" units="4"{given}>LSTM</operation>'
    output = '<operation units="3" activation="softmax">Dense</operation>'
    sequential = f"<sequential>{operation}{output}</sequential>"
    return re.sub(r"(?s)<sequential>.*</sequential>", sequential, KERAS)


def test_an_lstm_without_masks_draws_no_seed_as_in_seqgra():
    """Keras 3 draws one when the layer is made, and all weights after it start otherwise."""
    seed = "            seed=0,\n"
    assert seed not in script(with_lstm(), INTENDED)
    for semantics in (SEQGRA, STREAMING):
        assert seed in script(with_lstm(), semantics)
        assert seed not in script(with_lstm(dropout=0.5), semantics)


def test_stream_order_loses_every_10001st_example():
    pytest.importorskip("torch")
    found = names(MODULE, STREAMING)
    random.seed(5)
    order = found["stream_order"](20_500).tolist()
    assert sorted(set(range(20_500)) - set(order)) == [10_000, 20_001]
    assert len(order) == 20_498
    random.seed(5)
    # By hand: Python's own shuffle of a chunk's positions, chunk after chunk.
    expected = []
    for start, stop in ((0, 10_000), (10_001, 20_001), (20_002, 20_500)):
        chunk = list(range(start, stop))
        random.shuffle(chunk)
        expected += chunk
    assert order == expected


@pytest.mark.parametrize("semantics", SEMANTICS)
def test_unknown_letters(semantics, tmp_path):
    pytest.importorskip("torch")
    path = tmp_path / "training.txt"
    path.write_text("x\ty\nACGTNacgtnRY\tc1\n")
    found = names(MODULE, semantics)
    if semantics == INTENDED:
        with pytest.raises(
            SystemExit, match=r"training.txt:2: found 12 letters \(unknown: b'RY'\)"
        ):
            found["read_set"](path, None)
    else:
        codes, *_ = found["read_set"](path, None)
        assert codes.tolist() == [[0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 4, 4]]


def test_keras_orders_are_those_of_tf_data():
    tf = pytest.importorskip("tensorflow")
    found = names(KERAS, SEQGRA)
    found["set_seed"]()
    orders = found["epoch_orders"](50)
    drawn = [next(orders).tolist() for _ in range(3)]
    tf.random.set_seed(found["SEED"])
    shuffled = tf.data.Dataset.range(50).shuffle(10_000)
    expected = [list(shuffled.as_numpy_iterator()) for _ in range(4)]
    assert drawn == [[int(index) for index in order] for order in expected[1:]]
    assert all(sorted(order) == list(range(50)) for order in drawn)


def test_the_intended_order_depends_on_seed_and_epoch_alone():
    pytest.importorskip("tensorflow")
    found = names(KERAS, INTENDED)
    order = found["epoch_order"](1000, 3)
    assert order.tolist() == np.random.default_rng([found["SEED"], 3]).permutation(1000).tolist()
    assert order.tolist() != found["epoch_order"](1000, 4).tolist()
