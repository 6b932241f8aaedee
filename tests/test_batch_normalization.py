"""PyTorch scripts' batch normalization against Keras's rule, worked out by hand in NumPy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
TEMPLATE = Path(__file__).resolve().parents[1] / "templates" / "pytorch" / "batch_normalization.py"
MOMENTUM, EPS = 0.9, 0.001


def layer(channels: int):
    names = {"nn": torch.nn, "torch": torch}
    exec("from __future__ import annotations\n" + TEMPLATE.read_text("utf-8"), names)
    return names["BatchNormalization"](channels, momentum=MOMENTUM, eps=EPS)


# The last batch of a training set may hold one example, which PyTorch itself refuses behind Dense.
@pytest.mark.parametrize("shape", [(1, 5), (2, 5), (4, 5), (1, 5, 1), (1, 5, 3), (4, 5, 3)])
def test_training(shape: tuple[int, ...]):
    x = np.random.default_rng(1).normal(2, 3, shape).astype(np.float32)
    axes = (0, *range(2, len(shape)))
    mean, variance = x.mean(axes), x.var(axes)
    module = layer(shape[1])
    found = module(torch.from_numpy(x))
    across = [1, -1] + [1] * (len(shape) - 2)
    expected = (x - mean.reshape(across)) / np.sqrt(variance.reshape(across) + EPS)
    assert found.shape == shape
    np.testing.assert_allclose(found.detach().numpy(), expected, atol=1e-5)
    kept = {"running_mean": (1 - MOMENTUM) * mean, "running_var": MOMENTUM + 0.1 * variance}
    for name, value in kept.items():
        np.testing.assert_allclose(getattr(module, name).numpy(), value, rtol=1e-5, atol=1e-6)


def test_evaluation_of_one_example():
    module = layer(5).eval()
    x = torch.arange(5.0)[None]
    np.testing.assert_allclose(module(x).detach().numpy(), x / np.sqrt(1 + EPS), rtol=1e-6)
    assert (module.running_mean == 0).all() and (module.running_var == 1).all()


def test_gradients_of_one_example():
    """Its output is beta, whatever it is."""
    module, x = layer(5), torch.arange(5.0)[None].requires_grad_()
    module(x).sum().backward()
    assert (x.grad == 0).all() and (module.bias.grad == 1).all()
