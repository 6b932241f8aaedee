"""One embedded definition is one model in both libraries.

Each setup is compiled for PyTorch and for TensorFlow, and the Keras model's weights are copied into
the PyTorch model, by the catalog's own account of where they live. Outputs must agree, and so must
the weights after a step of SGD.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from types import ModuleType

import numpy as np
import pytest
from cases import inferred
from setup_scripts import definition, loaded, stir
from setups import SETUPS, Setup

from seqgra_compile.backends.pytorch import lower_all
from seqgra_compile.catalog.operations import OPERATIONS
from seqgra_compile.catalog.operations.layers import TorchLayer, TorchWeight

torch = pytest.importorskip("torch")
pytest.importorskip("tensorflow")

TOLERANCE = 1e-5
BATCH = 7

Placed = list[tuple[str, int, object, TorchWeight]]


def placed(setup: Setup, folder, model) -> Placed:
    """Each weight: its Keras layer, its place there, the PyTorch tensor, and how that holds it."""
    data = definition(setup, "PyTorch")
    architecture = inferred("model.xml", data, folder).architecture
    places = []
    for operation, layer, _ in lower_all(architecture):
        assert isinstance(layer, TorchLayer)
        numbers = {weight.name: number for number, weight in enumerate(operation.weights)}
        assert {place.name for place in layer.weights} == set(numbers)
        for place in layer.weights:
            tensor = operator.attrgetter(place.attribute)(model)
            places.append((operation.identifier, numbers[place.name], tensor, place))
    return places


def as_torch(keras_model, identifier: str, number: int, tensor, place: TorchWeight) -> np.ndarray:
    """A Keras weight in the layout of the PyTorch tensor."""
    values = keras_model.get_layer(identifier).get_weights()[number]
    values = values if place.row is None else values[place.row]
    values = values.transpose(place.axes).reshape(tuple(tensor.shape))
    gates = np.split(values, len(place.gates) or 1)
    return np.concatenate([gates[gate] for gate in place.gates]) if place.gates else values


def farthest(a, b) -> float:
    a, b = np.asarray(a), np.asarray(b)
    assert a.shape == b.shape
    return float(np.abs(a - b).max() / max(1.0, np.abs(a).max()))


def torch_step(module: ModuleType, model, x, y) -> float:
    model.train()
    loss_function, optimizer = module.build_loss(), module.build_optimizer(model)
    optimizer.zero_grad()
    loss = loss_function(model(x), torch.from_numpy(y))
    if hasattr(module, "penalty"):
        loss = loss + module.penalty(model)
    loss.backward()
    if hasattr(module, "clip_gradients"):
        module.clip_gradients(model)
    optimizer.step()
    return loss.item()


def keras_step(module: ModuleType, model, x, y) -> float:
    model.compile(module.build_optimizer(), module.build_loss(), run_eagerly=True)
    return float(model.train_on_batch(x, np.eye(3, dtype=np.float32)[y]))


def sampled() -> list:
    """The first setup of each operation, every fourth and whole models; the others take long."""
    parameters, seen = [], set()
    for number, setup in enumerate(SETUPS):
        used = {operation.partition(" ")[0] for operation in setup.operations}
        short = used - seen or number % 4 == 0 or setup.length > Setup.length
        marks = [] if short else [pytest.mark.long]
        parameters.append(pytest.param(setup, id=setup.name, marks=marks))
        seen |= used
    return parameters


@dataclass(frozen=True)
class Difference:
    """The largest differences between the libraries, relative where values are above 1.

    Loss and weights are those of a step of SGD: None where dropout is random. `moved`: the step.
    """

    outputs: float
    loss: float | None = None
    weights: float | None = None
    moved: float | None = None


def differences(setup: Setup, folder) -> Difference:
    """Both models of a setup, with the same weights, on the same sequences."""
    ours, theirs = (loaded(setup, library, folder) for library in ("PyTorch", "TensorFlow"))
    theirs.set_seed()
    torch_model, keras_model = ours.build_model(), theirs.build_model()
    stir(keras_model)
    places = placed(setup, folder, torch_model)
    for identifier, number, tensor, place in places:
        values = as_torch(keras_model, identifier, number, tensor, place)
        tensor.data.copy_(torch.from_numpy(values.copy()))
    copied = sum(tensor.numel() for _, _, tensor, _ in places)
    assert copied == keras_model.count_params()

    generator = np.random.default_rng(3)
    codes = generator.integers(0, 5, (BATCH, setup.length), dtype=np.uint8)
    y = generator.integers(0, 3, BATCH)
    torch_x, keras_x = ours.one_hot(torch.from_numpy(codes)), theirs.one_hot(codes)
    torch_model.eval()
    with torch.no_grad():
        scores = torch_model(torch_x).numpy()
    outputs = farthest(keras_model(keras_x, training=False), scores)
    if setup.random:
        return Difference(outputs)

    before = [tensor.detach().clone().numpy() for _, _, tensor, _ in places]
    loss = torch_step(ours, torch_model, torch_x, y)
    loss = farthest(keras_step(theirs, keras_model, keras_x, y), loss)
    after = [tensor.detach().numpy() for _, _, tensor, _ in places]
    weights = [
        farthest(as_torch(keras_model, identifier, number, tensor, place), values)
        for (identifier, number, tensor, place), values in zip(places, after, strict=True)
    ]
    moved = [farthest(a, b) for a, b in zip(before, after, strict=True)]
    # NumPy's maximum does not pass over a NaN.
    return Difference(outputs, loss, float(np.max(weights)), float(np.max(moved)))


@pytest.mark.parametrize("setup", sampled())
def test_one_model_in_both_libraries(setup: Setup, tmp_path):
    found = differences(setup, tmp_path)
    assert found.outputs <= TOLERANCE
    if not setup.random:
        assert found.loss <= TOLERANCE
        assert found.weights <= TOLERANCE
        assert found.moved > 1e-3


def test_every_operation_has_a_setup():
    used = {operation.partition(" ")[0] for setup in SETUPS for operation in setup.operations}
    assert set(OPERATIONS) <= used


def test_names_of_setups_differ():
    assert len({setup.name for setup in SETUPS}) == len(SETUPS)
