"""What a case is, of either library: one definition, the data and the threads it is trained with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from data import SETS, DataSet
from run import Run

IN_MEMORY, FILE = "in-memory", "file"
# The mode of seqgra that each semantics equals.
MODES = {
    "intended": IN_MEMORY,
    "seqgra-0.0.4": IN_MEMORY,
    "seqgra-0.0.4-streaming": FILE,
}
ADAM = {"optimizer": "Adam", "learning_rate": "0.001"}


@dataclass(frozen=True)
class Case:
    """`model` names an architecture of the library's; `training` are hyperparameters beside the
    defaults below.

    `mode` is given only where it is not that of the semantics. `stops`: early stopping must fire.
    `differs`: the checks that must fail, and `because` of what.
    """

    library: ClassVar[str]
    checks: ClassVar[tuple[str, ...]]  # columns of the table
    rounded: ClassVar[tuple[str, ...]] = ()  # those that may hold although weights differ

    name: str
    model: str
    data: str
    optimizer: Mapping[str, str] = field(default_factory=lambda: ADAM)
    training: Mapping[str, str] = field(default_factory=dict)
    threads: int = 1
    encoding: str = "1D"
    seed: int = 1
    semantics: str = "intended"
    mode: str = ""
    stops: bool = False
    differs: tuple[str, ...] = ()
    because: str = ""

    @property
    def model_id(self) -> str:
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower())

    @property
    def data_set(self) -> DataSet:
        return SETS[self.data]

    @property
    def upstream_mode(self) -> str:
        return self.mode or MODES[self.semantics]

    @property
    def training_process(self) -> dict[str, str]:
        defaults = {"batch_size": "32", "epochs": "3", "early_stopping": "True", "shuffle": "True"}
        return {**defaults, **self.training}

    def as_expected(self, checks: Mapping[str, bool]) -> bool:
        """Whether all that must be equal is equal, and all that must differ differs."""
        rounded = self.rounded if self.differs else ()
        judged = checks.keys() - set(rounded)
        return all(checks[name] != (name in self.differs) for name in judged)

    def stopped_as_told(self, run: Run) -> bool:
        return (len(run.losses) < int(self.training_process["epochs"])) == self.stops
