"""Optimizers: the parameters of each, and how each library says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .parameters import Boolean, Parameter, Real, Reals
from .sequences import PYTORCH, TENSORFLOW


@dataclass(frozen=True)
class Optimizer:
    """One row: `fixed` holds the library's other arguments, which no definition can set."""

    name: str
    library: str
    function: str
    about: str
    parameters: tuple[Parameter, ...]
    fixed: Mapping[str, object] = field(default_factory=dict)


_FRACTION = Real(minimum=0, below=1)
_NOT_NEGATIVE = Real(minimum=0)

CLIPPING = (
    Parameter(
        "clipnorm", Real(above=0), None, "each gradient is scaled down to at most this L2 norm"
    ),
    Parameter(
        "clipvalue", Real(above=0), None, "each gradient's elements are cut off at +- this"
    ),
)


def _learning_rate(default: float, keyword: str | None) -> Parameter:
    return Parameter("learning_rate", _NOT_NEGATIVE, default, "step size", keyword)


_WEIGHT_DECAY = Parameter("weight_decay", _NOT_NEGATIVE, 0.0, "L2 penalty on all weights")
_ADAM = Parameter("amsgrad", Boolean(), False, "use the largest second moment so far")
_NESTEROV = Parameter("nesterov", Boolean(), False, "Nesterov momentum")
_MOMENTUM = Parameter("momentum", _FRACTION, 0.0, "share of the last step that is kept")

_ROWS = (
    Optimizer(
        "Adam",
        PYTORCH,
        "torch.optim.Adam",
        "adaptive moments",
        (
            _learning_rate(0.001, "lr"),
            Parameter(
                "betas", Reals((_FRACTION, _FRACTION)), (0.9, 0.999), "decay of the two moments"
            ),
            Parameter("eps", _NOT_NEGATIVE, 1e-08, "added to the denominator"),
            _WEIGHT_DECAY,
            _ADAM,
        ),
        {"maximize": False},
    ),
    Optimizer(
        "SGD",
        PYTORCH,
        "torch.optim.SGD",
        "stochastic gradient descent",
        (
            _learning_rate(0.001, "lr"),
            _MOMENTUM,
            Parameter("dampening", _FRACTION, 0.0, "share of the gradient left out of the momentum"),
            _WEIGHT_DECAY,
            _NESTEROV,
        ),
        {"maximize": False},
    ),
    Optimizer(
        "Adam",
        TENSORFLOW,
        "keras.optimizers.Adam",
        "adaptive moments",
        (
            _learning_rate(0.001, None),
            Parameter("beta_1", _FRACTION, 0.9, "decay of the first moment"),
            Parameter("beta_2", _FRACTION, 0.999, "decay of the second moment"),
            Parameter("epsilon", _NOT_NEGATIVE, 1e-07, "added to the denominator"),
            _ADAM,
        ),
        {"weight_decay": None, "global_clipnorm": None, "use_ema": False},
    ),
    Optimizer(
        "SGD",
        TENSORFLOW,
        "keras.optimizers.SGD",
        "stochastic gradient descent",
        (_learning_rate(0.001, None), _MOMENTUM, _NESTEROV),
        {"weight_decay": None, "global_clipnorm": None, "use_ema": False},
    ),
)
OPTIMIZERS = {(row.library, row.name): row for row in _ROWS}
_BY_FOLDED_NAME = {(row.library, row.name.lower()): row for row in _ROWS}


def find(library: str, name: str) -> Optimizer | None:
    """An optimizer of a library by its name, in any case."""
    return _BY_FOLDED_NAME.get((library, name.strip().lower()))


def names(library: str) -> list[str]:
    return [row.name for row in _ROWS if row.library == library]
