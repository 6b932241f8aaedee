"""A model to a `Script`: one module for each library, imported for its models alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..catalog.libraries import BAYES, PYTORCH, TENSORFLOW
from ..ir import SIMULATOR
from ..messages.diagnostics import Diagnostics
from ..source import Source

if TYPE_CHECKING:
    from ..datadefinition.arranged import SimulateScript
    from ..script import Script

# Each takes the model that its library has.
Arrange = Callable[[Any, Source, Diagnostics], "Script | SimulateScript | None"]


def _pytorch() -> Arrange:
    from .pytorch import arrange

    return arrange


def _keras() -> Arrange:
    from .keras import arrange

    return arrange


def _bayes() -> Arrange:
    from .bayes import arrange

    return arrange


def _simulate() -> Arrange:
    from .simulate import arrange

    return arrange


BACKENDS = {PYTORCH: _pytorch, TENSORFLOW: _keras, BAYES: _bayes, SIMULATOR: _simulate}
