"""Stage 6: a model to a `Script`, one module a library, imported for the models of that library."""

from __future__ import annotations

from ..catalog.sequences import BAYES, PYTORCH, TENSORFLOW


def _pytorch():
    from .pytorch import arrange

    return arrange


def _keras():
    from .keras import arrange

    return arrange


def _bayes():
    from .bayes import arrange

    return arrange


def simulate():
    from .simulate import arrange

    return arrange


BACKENDS = {PYTORCH: _pytorch, TENSORFLOW: _keras, BAYES: _bayes}
