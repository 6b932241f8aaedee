"""How a loss or an optimizer of one library is expressed in another.

Measured: 20 steps apart by less than 1e-6 in float32. A row without a counterpart has no exact one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Counterpart:
    """A row of the other library.

    `arguments`: its parameters, each out of one or several of the original; `parts`: parameters that
    are a part of a tuple of the original, which is named with the part's number; `fixed`: values that
    it also needs; `only`: parameters of the original that must have this value. `other_epsilon`: Keras
    adds epsilon before it corrects the second moment, PyTorch after it; the script does as the
    original.
    """

    name: str
    arguments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parts: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    fixed: Mapping[str, object] = field(default_factory=dict)
    only: Mapping[str, object] = field(default_factory=dict)
    other_epsilon: bool = False


def alike(*names: str) -> dict[str, tuple[str, ...]]:
    """Parameters that have the same name in both."""
    return {name: (name,) for name in names}
