"""Every initializer gives every kind of weight the same distribution, at the same scale, in both libraries.

One model of all kinds of weights is compiled for both; each weight is one sample of each library's
draws. Samples are compared by a Kolmogorov-Smirnov test and by their spread, what is orthogonal by
its singular values, and what is not random by itself. Seeds are fixed: a result repeats.
"""

from __future__ import annotations

import numpy as np
import pytest
from setups import Setup

from seqgra_compile.catalog.initializers import INITIALIZER, INITIALIZERS
from seqgra_compile.catalog.operations.layers import TorchWeight

torch = pytest.importorskip("torch")
pytest.importorskip("tensorflow")
from setup_scripts import loaded  # noqa: E402
from test_parity import placed  # noqa: E402

# Operations, and the number of axes of each weight that has an initializer.
KERNEL_AND_BIAS = {"kernel": 2, "recurrent": 2, "bias": 1}
KINDS = (
    ('Dense units="32"', {"kernel": 2, "bias": 1}),
    ('Conv1D filters="64" kernel_size="5" padding="same"', {"kernel": 3, "bias": 1}),
    ('Conv1D filters="32" kernel_size="3" padding="same" groups="4"', {"kernel": 3, "bias": 1}),
    ('Conv1DTranspose filters="64" kernel_size="4" padding="same"', {"kernel": 3, "bias": 1}),
    ('DepthwiseConv1D kernel_size="8" depth_multiplier="4"', {"depthwise": 3, "bias": 1}),
    (
        'SeparableConv1D filters="40" kernel_size="5" padding="same"',
        {"depthwise": 3, "pointwise": 3, "bias": 1},
    ),
    ("PReLU", {"alpha": 2}),
    ('Reshape target_shape="(6, 8, 5)"', {}),
    ('Conv2D filters="32" kernel_size="(3, 2)" padding="same"', {"kernel": 4, "bias": 1}),
    ("PReLU", {"alpha": 3}),
    ('Reshape target_shape="(6, 256)"', {}),
    (
        'LSTM units="24" bidirectional="True" return_sequences="True" unit_forget_bias="False"',
        KERNEL_AND_BIAS,
    ),
    (
        'LSTM units="24" activation="softsign" return_sequences="True" unit_forget_bias="False"',
        KERNEL_AND_BIAS,
    ),
    ('GRU units="24" return_sequences="True"', KERNEL_AND_BIAS | {"bias": 2}),
    ('GRU units="24" return_sequences="True" reset_after="False"', KERNEL_AND_BIAS),
    ('SimpleRNN units="24" return_sequences="True"', KERNEL_AND_BIAS),
    ("BatchNormalization", {"gamma": 1, "beta": 1}),
    ("LayerNormalization", {"gamma": 1, "beta": 1}),
    ("Flatten", {}),
    ('Dense units="50"', {"kernel": 2, "bias": 1}),
)
SCALINGS = tuple(
    f"VarianceScaling(scale=2.5, mode='{mode}', distribution='{distribution}')"
    for mode in ("fan_in", "fan_out", "fan_avg")
    for distribution in ("truncated_normal", "untruncated_normal", "uniform")
)
CALLS = (
    *INITIALIZERS,
    "Constant(-0.3)",
    "RandomNormal(mean=1.0, stddev=0.3)",
    "RandomUniform(minval=-0.2, maxval=0.7)",
    "TruncatedNormal(mean=1.0, stddev=0.3)",
    "Orthogonal(gain=2.0)",
    "Orthogonal(seed=3)",
    "GlorotNormal(seed=3)",
    "Identity(gain=0.7)",
    *SCALINGS,
)
LAST = f"dense_{len(KINDS) + 1}"  # which every setup ends with
SHORT = ("Orthogonal", "HeNormal", "GlorotUniform")
# Two samples of n and m values of one distribution exceed it once in 100,000 times.
CRITICAL = 2.47


def setup(call: str) -> Setup:
    """The model with this initializer for all weights that it can fill."""
    ranks = INITIALIZERS[INITIALIZER.parse(call).name].ranks
    operations = []
    for operation, weights in KINDS:
        if call.startswith("Identity(gain") and "bidirectional" in operation:
            weights = {}  # refused: Keras forgets the gain there
        names = [f'{role}_initializer="{call}"' for role, rank in weights.items() if rank in ranks]
        operations.append(" ".join([operation, *names]))
    return Setup("initializers", tuple(operations))


def drawn(call: str, folder) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Initial weights of Keras and PyTorch, in Keras's layout, of those that it fills."""
    one = setup(call)
    theirs, ours = (loaded(one, library, folder) for library in ("TensorFlow", "PyTorch"))
    theirs.set_seed()
    torch.manual_seed(1)
    keras_model, torch_model = theirs.build_model(), ours.build_model()
    ranks = INITIALIZERS[INITIALIZER.parse(call).name].ranks
    found = {}
    for identifier, number, tensor, place in placed(one, folder, torch_model):
        if identifier == LAST:
            continue
        values = keras_model.get_layer(identifier).get_weights()[number]
        is_statistic = identifier.startswith("batch") and number > 1
        if values.ndim not in ranks or is_statistic:
            continue
        held = values if place.row is None else values[place.row]
        ours_here = as_keras(tensor.detach().numpy(), place, held.shape)
        row = "" if place.row is None else f" row {place.row}"
        found[f"{identifier} {number}{row} {held.shape}"] = held, ours_here
    return found


def as_keras(tensor: np.ndarray, place: TorchWeight, shape: tuple[int, ...]) -> np.ndarray:
    """A PyTorch tensor in the layout of the Keras weight that it is, or is a row of."""
    gates = np.split(tensor, len(place.gates) or 1)
    ordered = np.concatenate(
        [gates[at] for at in np.argsort(place.gates)] if place.gates else gates
    )
    return ordered.reshape([shape[axis] for axis in place.axes]).transpose(np.argsort(place.axes))


def statistic(a: np.ndarray, b: np.ndarray) -> float:
    """Kolmogorov's and Smirnov's, times the root of the samples' size."""
    a, b = np.sort(a.ravel()), np.sort(b.ravel())
    at = np.concatenate([a, b])
    distance = np.abs(
        np.searchsorted(a, at, "right") / a.size - np.searchsorted(b, at, "right") / b.size
    )
    return distance.max() * np.sqrt(a.size * b.size / (a.size + b.size))


def spectrum(values: np.ndarray) -> np.ndarray:
    """Singular values of a kernel as a matrix (all other axes, the last one)."""
    return np.linalg.svd(values.reshape(-1, values.shape[-1]), compute_uv=False)


@pytest.mark.parametrize(
    "call", [pytest.param(c, marks=[] if c in SHORT else [pytest.mark.long]) for c in CALLS]
)
def test_one_distribution_in_both_libraries(call: str, tmp_path):
    found = drawn(call, tmp_path)
    assert found
    for name, (theirs, ours) in found.items():
        assert theirs.shape == ours.shape, name
        if INITIALIZER.parse(call).name in ("Zeros", "Ones", "Constant", "Identity"):
            assert (theirs == ours).all(), name
            continue
        assert statistic(theirs, ours) < CRITICAL, name
        # The ratio of two samples' spreads varies by about 1 / sqrt(n).
        assert abs(np.log(theirs.std() / ours.std())) < 5 / np.sqrt(theirs.size), name
        if call.startswith("Orthogonal"):
            assert np.allclose(spectrum(theirs), spectrum(ours), atol=1e-4), name


def test_every_initializer_is_tried():
    assert {INITIALIZER.parse(call).name for call in CALLS} == set(INITIALIZERS)
