"""Definitions drawn at random: they compile, their scripts run, and both libraries agree."""

from __future__ import annotations

import operator

import numpy as np
import pytest
from cases import inferred
from random_definitions import NORMALISING, Drawn, draw
from test_parity import as_torch, farthest, stir

from seqgra_compile import compiler
from seqgra_compile.backends.pytorch import lower_all
from seqgra_compile.catalog.libraries import PYTORCH, TENSORFLOW
from seqgra_compile.catalog.sequences import SEQUENCE_SPACES

torch = pytest.importorskip("torch")
tf = pytest.importorskip("tensorflow")

TOLERANCE = 1e-4
EXAMPLES = 6
FEW, MANY = 12, 200


def script(data: bytes, library: str | None = None) -> dict | None:
    """What a definition's script defines, or None where the other library has no counterpart."""
    compilation = compiler.compile_bytes(
        "model.xml", data, options=compiler.Options(library=library)
    )
    if compilation.script is None:
        found = [f"{each.code}: {each.message}" for each in compilation.diagnostics]
        assert library and any(each.startswith("SG501") for each in found), (found, data)
        return None
    names = {"__name__": "script"}
    exec(compile(compilation.script, "train.py", "exec"), names)
    return names


def data_of(drawn: Drawn) -> tuple[np.ndarray, np.ndarray]:
    """Codes of sequences and targets, as read_set gives them."""
    generator = np.random.default_rng(5)
    space = SEQUENCE_SPACES[drawn.space]
    letters = len(space.alphabet) + (space.unknown is not None)
    codes = generator.integers(0, letters, (EXAMPLES, drawn.length), dtype=np.uint8)
    if drawn.multi_class:
        return codes, generator.integers(0, drawn.labels, EXAMPLES)
    return codes, generator.integers(0, 2, (EXAMPLES, drawn.labels), dtype=np.uint8)


def train_torch(names: dict, model, codes: np.ndarray, targets: np.ndarray) -> None:
    loss, optimizer = names["build_loss"](), names["build_optimizer"](model)
    both = torch.from_numpy(codes), torch.from_numpy(targets)
    names["train_epoch"](model, loss, optimizer, *both, "epoch")
    names["evaluate"](model, loss, *both, torch.float64)


def train_keras(names: dict, model, codes: np.ndarray, targets: np.ndarray) -> None:
    model.compile(
        names["build_optimizer"](),
        names["build_loss"](),
        metrics=[names["accuracy"]],
        run_eagerly=True,
    )
    order = names["epoch_order"](len(codes), 1)
    for x, y in names["batches"](tf.constant(codes), tf.constant(targets), order):
        model.train_on_batch(x, y)


def check(
    ours: dict, theirs: dict, architecture, drawn: Drawn, same_outputs: bool, same_steps: bool
) -> None:
    """Outputs of the same weights, then an epoch in both libraries and the weights after it."""
    theirs["set_seed"]()
    torch_model, keras_model = ours["build_model"](), theirs["build_model"]()
    stir(keras_model)
    places = []
    for operation, layer, _ in lower_all(architecture):
        numbers = {weight.name: number for number, weight in enumerate(operation.weights)}
        for place in layer.weights:
            tensor = operator.attrgetter(place.attribute)(torch_model)
            places.append((operation.identifier, numbers[place.name], tensor, place))
    for identifier, number, tensor, place in places:
        values = as_torch(keras_model, identifier, number, tensor, place)
        tensor.data.copy_(torch.from_numpy(values.copy()))
    codes, targets = data_of(drawn)
    torch_model.eval()
    with torch.no_grad():
        outputs = torch_model(ours["one_hot"](torch.from_numpy(codes))).numpy()
    expected = np.asarray(keras_model(theirs["one_hot"](tf.constant(codes)), training=False))
    finite = bool(np.isfinite(expected).all())
    assert finite == np.isfinite(outputs).all()
    if not finite:  # gates without a bound may overflow
        return
    if same_outputs:
        assert farthest(expected, outputs) <= TOLERANCE

    train_torch(ours, torch_model, codes, targets)
    train_keras(theirs, keras_model, codes, targets)
    for identifier, number, tensor, place in places if same_steps else ():
        values = as_torch(keras_model, identifier, number, tensor, place)
        difference = farthest(values, tensor.detach().numpy())
        assert difference <= TOLERANCE, f"{identifier}, weight {number}: {difference}"


def seeds() -> list:
    few, many = range(FEW), range(FEW, FEW + MANY)
    return [*few, *(pytest.param(seed, marks=pytest.mark.long) for seed in many)]


@pytest.mark.parametrize("seed", seeds())
def test_drawn_definition(seed: int, tmp_path):
    drawn = draw(seed)
    own = {library: script(data) for library, data in drawn.texts.items()}
    data = drawn.texts[PYTORCH]
    architecture = inferred("model.xml", data, tmp_path).architecture
    check(own[PYTORCH], own[TENSORFLOW], architecture, drawn, True, False)
    for library, other in ((PYTORCH, TENSORFLOW), (TENSORFLOW, PYTORCH)):
        translated = script(drawn.texts[library], other)
        if translated:
            both = {library: own[library], other: translated}
            # The counterpart of a loss may apply the last activation itself.
            outputs = drawn.last not in NORMALISING
            steps = drawn.optimizers[library] == "SGD" and not (drawn.random or drawn.shuffle)
            check(both[PYTORCH], both[TENSORFLOW], architecture, drawn, outputs, steps)


def test_the_same_seed_draws_the_same_definition():
    assert draw(3) == draw(3)
    assert draw(3) != draw(4)
