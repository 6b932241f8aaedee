"""Optimizers: the parameters of each, and how each library says it. Defaults are seqgra's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..ir import LIBRARY_DEFAULT, SEQGRA_DEFAULT
from .parameters import Boolean, Choice, Integer, Parameter, Real, Reals
from .semantics import KNOWN_OPTIMIZERS
from .sequences import PYTORCH, TENSORFLOW


@dataclass(frozen=True)
class Optimizer:
    """One row.

    `fixed` holds the library's other arguments, which no definition can set. `closure`: a step
    evaluates the loss several times. `refused` is the reason why no script can use it.
    """

    name: str
    library: str
    function: str
    about: str
    parameters: tuple[Parameter, ...]
    fixed: Mapping[str, object] = field(default_factory=dict)
    closure: bool = False
    refused: str | None = None

    @property
    def defaults(self) -> str:
        """Whose the parameters' defaults are."""
        known = self.name in KNOWN_OPTIMIZERS[self.library]
        return SEQGRA_DEFAULT if known else LIBRARY_DEFAULT


_FRACTION = Real(minimum=0, below=1)
_NOT_NEGATIVE = Real(minimum=0)

CLIPPING = (
    Parameter(
        "clipnorm", Real(above=0), None, "each gradient is scaled down to at most this L2 norm"
    ),
    Parameter("clipvalue", Real(above=0), None, "each gradient's elements are cut off at +- this"),
)
_AMSGRAD = Parameter("amsgrad", Boolean(), False, "use the largest second moment so far")
_CENTERED = Parameter("centered", Boolean(), False, "divide by the variance of the gradient")
_NESTEROV = Parameter("nesterov", Boolean(), False, "Nesterov momentum")
_MOMENTUM = Parameter("momentum", _FRACTION, 0.0, "share of the last step that is kept")
_BETAS = Parameter("betas", Reals((_FRACTION, _FRACTION)), (0.9, 0.999), "decay of the two moments")
_LAMBD = Parameter("lambd", _NOT_NEGATIVE, 0.0001, "decay of the weights")
_LBFGS_NUMBERS = (
    Parameter("max_iter", Integer(1), 20, "iterations a step, at most"),
    Parameter("max_eval", Integer(1), None, "evaluations a step; 5/4 max_iter if absent"),
    Parameter("tolerance_grad", _NOT_NEGATIVE, 1e-07, "the gradient at which a step ends"),
    Parameter("tolerance_change", _NOT_NEGATIVE, 1e-09, "the change at which a step ends"),
    Parameter("history_size", Integer(1), 100, "updates that are remembered"),
    Parameter("line_search_fn", Choice(("strong_wolfe",)), None, "how the step size is found"),
)


def _rate(default: float) -> Parameter:
    return Parameter("learning_rate", _NOT_NEGATIVE, default, "step size", "lr")


def _eps(default: float) -> Parameter:
    return Parameter("eps", _NOT_NEGATIVE, default, "added to the denominator")


def _decay(default: float, about: str = "L2 penalty on all weights") -> Parameter:
    return Parameter("weight_decay", _NOT_NEGATIVE, default, about)


def _torch(
    name: str,
    about: str,
    *parameters: Parameter,
    maximize: bool = True,
    closure: bool = False,
    refused: str | None = None,
) -> Optimizer:
    fixed = {"maximize": False} if maximize else {}
    function = f"torch.optim.{name}"
    return Optimizer(name, PYTORCH, function, about, parameters, fixed, closure, refused)


_PYTORCH = (
    _torch(
        "Adadelta",
        "adaptive steps without a global one",
        _rate(0.001),
        Parameter("rho", _FRACTION, 0.9, "decay of the squared gradients"),
        _eps(1e-06),
        _decay(0.0),
    ),
    _torch(
        "Adagrad",
        "steps that shrink with all past gradients",
        _rate(0.01),
        Parameter("lr_decay", _NOT_NEGATIVE, 0.0, "decay of the step size"),
        _decay(0.0),
        Parameter("initial_accumulator_value", _NOT_NEGATIVE, 0.0, "start of the sum of squares"),
        _eps(1e-10),
    ),
    _torch("Adam", "adaptive moments", _rate(0.001), _BETAS, _eps(1e-08), _decay(0.0), _AMSGRAD),
    _torch(
        "AdamW",
        "Adam with decoupled weight decay",
        _rate(0.001),
        _BETAS,
        _eps(1e-08),
        _decay(0.01, "decay of the weights, apart from the gradient"),
        _AMSGRAD,
    ),
    _torch(
        "SparseAdam",
        "Adam for sparse gradients",
        _rate(0.001),
        _BETAS,
        _eps(1e-08),
        refused="it takes sparse gradients only, and no model of one-hot sequences has any",
    ),
    _torch(
        "Adamax",
        "Adam with the maximum norm",
        _rate(0.002),
        _BETAS,
        _eps(1e-08),
        _decay(0.0),
    ),
    _torch(
        "NAdam",
        "Adam with Nesterov momentum",
        _rate(0.002),
        _BETAS,
        _eps(1e-08),
        _decay(0.0),
        Parameter("momentum_decay", _NOT_NEGATIVE, 0.004, "decay of the momentum"),
    ),
    _torch("RAdam", "rectified Adam", _rate(0.001), _BETAS, _eps(1e-08), _decay(0.0)),
    _torch(
        "ASGD",
        "stochastic gradient descent with averaged steps",
        _rate(0.01),
        _LAMBD,
        Parameter("alpha", _NOT_NEGATIVE, 0.75, "power of the decay of the step size"),
        Parameter("t0", _NOT_NEGATIVE, 1000000.0, "step at which averaging starts"),
        _decay(0.0),
    ),
    _torch(
        "LBFGS",
        "quasi-Newton steps; each evaluates the loss of its batch several times",
        _rate(1.0),
        *_LBFGS_NUMBERS,
        maximize=False,
        closure=True,
    ),
    _torch(
        "RMSprop",
        "steps divided by a running root mean square of the gradient",
        _rate(0.01),
        Parameter("alpha", _FRACTION, 0.99, "decay of the squared gradients"),
        _eps(1e-08),
        _decay(0.0),
        _MOMENTUM,
        _CENTERED,
    ),
    _torch(
        "Rprop",
        "steps from the signs of the gradients",
        _rate(0.01),
        Parameter(
            "etas",
            Reals((Real(above=0, below=1), Real(above=1))),
            (0.5, 1.2),
            "factors that shrink and grow a step",
        ),
        Parameter(
            "step_sizes",
            Reals((Real(above=0), Real(above=0))),
            (1e-06, 50.0),
            "smallest and largest step",
        ),
    ),
    _torch(
        "SGD",
        "stochastic gradient descent",
        _rate(0.001),
        _MOMENTUM,
        Parameter("dampening", _FRACTION, 0.0, "share of the gradient left out of the momentum"),
        _decay(0.0),
        _NESTEROV,
    ),
)

_KERAS_RATE = Parameter("learning_rate", _NOT_NEGATIVE, 0.001, "step size")
_EPSILON = Parameter("epsilon", _NOT_NEGATIVE, 1e-07, "added to the denominator")
_BETA_1 = Parameter("beta_1", _FRACTION, 0.9, "decay of the first moment")
_BETA_2 = Parameter("beta_2", _FRACTION, 0.999, "decay of the second moment")
_ACCUMULATOR = Parameter(
    "initial_accumulator_value", _NOT_NEGATIVE, 0.1, "start of the sum of squares"
)
_DECOUPLED = "decay of the weights, apart from the gradient"


def _rho(default: float) -> Parameter:
    return Parameter("rho", _FRACTION, default, "decay of the squared gradients")


def _keras(name: str, about: str, *parameters: Parameter) -> Optimizer:
    fixed: dict[str, object] = {"global_clipnorm": None, "use_ema": False}
    if not any(parameter.name == "weight_decay" for parameter in parameters):
        fixed["weight_decay"] = None
    return Optimizer(
        name, TENSORFLOW, f"keras.optimizers.{name}", about, (_KERAS_RATE, *parameters), fixed
    )


_TENSORFLOW = (
    _keras("SGD", "stochastic gradient descent", _MOMENTUM, _NESTEROV),
    _keras("Adam", "adaptive moments", _BETA_1, _BETA_2, _EPSILON, _AMSGRAD),
    _keras("Adamax", "Adam with the maximum norm", _BETA_1, _BETA_2, _EPSILON),
    _keras("Nadam", "Adam with Nesterov momentum", _BETA_1, _BETA_2, _EPSILON),
    _keras("Adadelta", "adaptive steps without a global one", _rho(0.95), _EPSILON),
    _keras("Adagrad", "steps that shrink with all past gradients", _ACCUMULATOR, _EPSILON),
    _keras(
        "RMSprop",
        "steps divided by a running root mean square of the gradient",
        _rho(0.9),
        _MOMENTUM,
        _EPSILON,
        _CENTERED,
    ),
    _keras(
        "Ftrl",
        "follow the regularized leader",
        Parameter("learning_rate_power", Real(maximum=0), -0.5, "power of the step size's decay"),
        _ACCUMULATOR,
        Parameter("l1_regularization_strength", _NOT_NEGATIVE, 0.0, "L1 penalty"),
        Parameter("l2_regularization_strength", _NOT_NEGATIVE, 0.0, "L2 penalty"),
        Parameter("l2_shrinkage_regularization_strength", _NOT_NEGATIVE, 0.0, "L2 shrinkage"),
        Parameter("beta", _NOT_NEGATIVE, 0.0, "added to the denominator"),
    ),
    _keras(
        "AdamW",
        "Adam with decoupled weight decay",
        _BETA_1,
        _BETA_2,
        _EPSILON,
        _AMSGRAD,
        _decay(0.004, _DECOUPLED),
    ),
    _keras(
        "Lion",
        "steps from the sign of the momentum",
        _BETA_1,
        Parameter("beta_2", _FRACTION, 0.99, "decay of the momentum"),
        _decay(0.0, _DECOUPLED),
    ),
)
OPTIMIZERS = {(row.library, row.name): row for row in (*_PYTORCH, *_TENSORFLOW)}
_BY_FOLDED_NAME = {(library, name.lower()): row for (library, name), row in OPTIMIZERS.items()}


def find(library: str, name: str) -> Optimizer | None:
    """An optimizer of a library by its name, in any case."""
    return _BY_FOLDED_NAME.get((library, name.strip().lower()))


def names(library: str) -> list[str]:
    return [row.name for row in OPTIMIZERS.values() if row.library == library]
