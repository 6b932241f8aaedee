"""A Keras training script before rendering."""

from __future__ import annotations

from dataclasses import dataclass

from . import LAYERS, SCORES, TrainingScript
from .deciders import Decider, OfOperation, decided_by, decides


@dataclass(frozen=True, kw_only=True, eq=False)
class KerasScript(TrainingScript):
    """`true_class` and `threshold` are expressions of the accuracy; `activity`: it has penalties.

    `torch_epsilon`: the optimizer adds epsilon at the same place as PyTorch.
    """

    model_name: str = decided_by(Decider.ID)
    input: str = decided_by(Decider.ARCHITECTURE, OfOperation(1))
    one_hot_targets: bool = decided_by(*SCORES)
    true_class: str = decided_by(*SCORES)
    threshold: str = decided_by(*SCORES)
    activity: bool = decided_by(*LAYERS)
    torch_epsilon: bool = decided_by(Decider.OPTIMIZER, Decider.LIBRARY)

    @property
    @decides(Decider.LIBRARY)
    def starts_loudly(self) -> bool:
        return True

    @property
    @decides(Decider.SEMANTICS, Decider.SHUFFLE)
    def imitates_shuffle(self) -> bool:
        return self.imitates and self.shuffle
