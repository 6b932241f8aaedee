"""A model's weights as one number, and the layout that the number leaves out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

import numpy as np


def digest(arrays: Iterable[np.ndarray]) -> str:
    """SHA-256 of all arrays in their order, as little-endian float32 in C order."""
    sha256 = hashlib.sha256()
    for array in arrays:
        sha256.update(np.ascontiguousarray(array, "<f4").tobytes())
    return sha256.hexdigest()


def state_digest(state: Mapping) -> str:
    """The digest of a PyTorch state: its tensors in the order of their names."""
    return digest(state[name].detach().cpu().numpy() for name in sorted(state))


def state_layout(state: Mapping) -> dict[str, tuple[str, list[int]]]:
    """Type and shape of each tensor of a PyTorch state, by name."""
    return {name: (str(tensor.dtype), list(tensor.shape)) for name, tensor in state.items()}
