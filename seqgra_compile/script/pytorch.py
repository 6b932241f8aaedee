"""A PyTorch training script before rendering."""

from __future__ import annotations

from dataclasses import dataclass

from . import LAYERS, SCORES, TrainingScript
from .deciders import Decider, Group, OfOperation, Part, decided_by, decides


@dataclass(frozen=True)
class Penalty:
    """A term of the loss; `number` is its operation's and `role` its weights', if it has one."""

    text: str
    number: int | None = None
    role: str = ""

    @property
    def group(self) -> Group | None:
        return None if self.number is None else OfOperation(self.number, Part.PENALTY)


@dataclass(frozen=True)
class EmbeddedModule:
    """An external PyTorch module."""

    heading: str
    code: str


@dataclass(frozen=True, kw_only=True, eq=False)
class PyTorchScript(TrainingScript):
    """`fragments` are templates of classes that the model needs; `draws`: it draws as seqgra does.

    `scores` is the expression for the scores of a batch `x`.
    """

    module: EmbeddedModule | None = decided_by(Decider.ARCHITECTURE)
    build_model: str = decided_by(Decider.ARCHITECTURE)
    fragments: tuple[str, ...] = decided_by(*LAYERS)
    penalties: tuple[Penalty, ...] = decided_by(*LAYERS)
    activity: bool = decided_by(*LAYERS)
    clips_norm: bool = decided_by(Decider.CLIPNORM)
    clips_value: bool = decided_by(Decider.CLIPVALUE)
    closure: bool = decided_by(Decider.OPTIMIZER)
    keras_epsilon: bool = decided_by(Decider.OPTIMIZER, Decider.LIBRARY)
    one_hot_targets: bool = decided_by(*SCORES)
    predicted: str = decided_by(*SCORES)
    scores: str = decided_by(Decider.ARCHITECTURE)
    draws: bool = decided_by(Decider.SEMANTICS, Decider.ARCHITECTURE)

    @property
    @decides(Decider.ARCHITECTURE)
    def embeds(self) -> bool:
        return self.module is not None

    @property
    @decides(Decider.ARCHITECTURE, Decider.SHARDS)
    def checks_normalization(self) -> bool:
        """Whether it looks for batch normalization in a module, and for a batch of one example."""
        return self.embeds and not self.shards

    @property
    @decides(Decider.ARCHITECTURE, Decider.SHARDS)
    def checks_parts(self) -> bool:
        """Whether it looks for batch normalization in a module that computes parts of a batch."""
        return self.embeds and self.shards

    @property
    @decides(Decider.LIBRARY)
    def has_cpu_build(self) -> bool:
        return True

    @property
    @decides(Decider.CLIPNORM, Decider.CLIPVALUE)
    def clips(self) -> bool:
        return self.clips_norm or self.clips_value

    @property
    @decides(Decider.SEMANTICS, Decider.EARLY_STOPPING)
    def waits_as_seqgra(self) -> bool:
        return self.early_stopping and self.imitates

    @property
    @decides(Decider.SEMANTICS, Decider.ARCHITECTURE, Decider.SHUFFLE)
    def draws_order(self) -> bool:
        return self.draws and self.shuffle
