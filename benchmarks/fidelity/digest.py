"""A model's weights as one number, and the layout that the number leaves out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import torch


def digest(state: Mapping[str, torch.Tensor]) -> str:
    """SHA-256 of all tensors in the order of their names, as little-endian float32 in C order."""
    sha256 = hashlib.sha256()
    for name in sorted(state):
        values = state[name].detach().cpu().to(torch.float32).contiguous()
        sha256.update(values.numpy().astype("<f4").tobytes())
    return sha256.hexdigest()


def layout(state: Mapping[str, torch.Tensor]) -> dict[str, tuple[str, list[int]]]:
    """Type and shape of each tensor, by name."""
    return {name: (str(tensor.dtype), list(tensor.shape)) for name, tensor in state.items()}
