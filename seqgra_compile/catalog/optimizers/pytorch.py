"""PyTorch's optimizers. Defaults are seqgra's."""

from __future__ import annotations

from typing import Any

from ...ir import Arguments
from ..counterparts import Counterpart, alike
from ..libraries import PYTORCH, TENSORFLOW
from ..parameters import Choice, Conflict, Integer, Parameter, Real, Reals
from .row import AMSGRAD, CENTERED, FRACTION, MOMENTUM, NESTEROV, NOT_NEGATIVE, OptimizerRow, decay

_BETAS = Parameter("betas", Reals((FRACTION, FRACTION)), (0.9, 0.999), "decay of the two moments")
_LAMBD = Parameter("lambd", NOT_NEGATIVE, 0.0001, "decay of the weights")
_LBFGS_NUMBERS = (
    Parameter("max_iter", Integer(1), 20, "at most this many iterations per step"),
    Parameter(
        "max_eval",
        Integer(1),
        None,
        "at most this many evaluations per step; 5/4 max_iter if absent",
    ),
    Parameter("tolerance_grad", NOT_NEGATIVE, 1e-07, "the gradient at which a step ends"),
    Parameter("tolerance_change", NOT_NEGATIVE, 1e-09, "the change at which a step ends"),
    Parameter("history_size", Integer(1), 100, "updates that are remembered"),
    Parameter("line_search_fn", Choice(("strong_wolfe",)), None, "how the step size is found"),
)

_NO_DECAY = {"weight_decay": 0.0}
_ADAM = {"learning_rate": ("learning_rate",), "epsilon": ("eps",)}
_PARTS = {"beta_1": ("betas", 0), "beta_2": ("betas", 1)}


def _rate(default: float) -> Parameter:
    return Parameter("learning_rate", NOT_NEGATIVE, default, "step size", "lr")


def _eps(default: float) -> Parameter:
    return Parameter("eps", NOT_NEGATIVE, default, "added to the denominator")


def _torch(
    name: str,
    about: str,
    *parameters: Parameter,
    maximize: bool = True,
    keras: Counterpart | None = None,
    **flags: Any,
) -> OptimizerRow:
    fixed = {"maximize": False} if maximize else {}
    counterparts = {TENSORFLOW: keras} if keras else {}
    return OptimizerRow(
        name,
        PYTORCH,
        f"torch.optim.{name}",
        about,
        parameters,
        fixed,
        counterparts=counterparts,
        **flags,
    )


def _nesterov(arguments: Arguments) -> Conflict | None:
    plain = arguments["momentum"].value and not arguments["dampening"].value
    if plain or not arguments["nesterov"].value:
        return None
    return Conflict(
        "nesterov",
        "Nesterov momentum needs a momentum above 0 and a dampening of 0",
        "PyTorch refuses any other combination",
    )


ROWS = (
    _torch(
        "Adadelta",
        "adaptive steps without a global one",
        _rate(0.001),
        Parameter("rho", FRACTION, 0.9, "decay of the squared gradients"),
        _eps(1e-06),
        decay(0.0),
        known=True,
        keras=Counterpart(
            "Adadelta", {**alike("learning_rate", "rho"), "epsilon": ("eps",)}, only=_NO_DECAY
        ),
    ),
    _torch(
        "Adagrad",
        "steps that shrink with all past gradients",
        _rate(0.01),
        Parameter("lr_decay", NOT_NEGATIVE, 0.0, "decay of the step size"),
        decay(0.0),
        Parameter(
            "initial_accumulator_value", NOT_NEGATIVE, 0.0, "initial value of the sum of squares"
        ),
        _eps(1e-10),
        known=True,
    ),
    _torch(
        "Adam",
        "adaptive moments",
        _rate(0.001),
        _BETAS,
        _eps(1e-08),
        decay(0.0),
        AMSGRAD,
        known=True,
        keras=Counterpart(
            "Adam", {**_ADAM, **alike("amsgrad")}, _PARTS, only=_NO_DECAY, other_epsilon=True
        ),
    ),
    _torch(
        "AdamW",
        "Adam with decoupled weight decay",
        _rate(0.001),
        _BETAS,
        _eps(1e-08),
        decay(0.01, "weight decay, decoupled from the gradient"),
        AMSGRAD,
        known=True,
        keras=Counterpart(
            "AdamW", {**_ADAM, **alike("amsgrad", "weight_decay")}, _PARTS, other_epsilon=True
        ),
    ),
    _torch(
        "SparseAdam",
        "Adam for sparse gradients",
        _rate(0.001),
        _BETAS,
        _eps(1e-08),
        refused="it accepts only sparse gradients, which no model of one-hot sequences has",
    ),
    _torch(
        "Adamax",
        "Adam with the maximum norm",
        _rate(0.002),
        _BETAS,
        _eps(1e-08),
        decay(0.0),
        known=True,
        keras=Counterpart("Adamax", _ADAM, _PARTS, only={**_NO_DECAY, "eps": 1e-08}),
    ),
    _torch(
        "NAdam",
        "Adam with Nesterov momentum",
        _rate(0.002),
        _BETAS,
        _eps(1e-08),
        decay(0.0),
        Parameter("momentum_decay", NOT_NEGATIVE, 0.004, "decay of the momentum"),
    ),
    _torch("RAdam", "rectified Adam", _rate(0.001), _BETAS, _eps(1e-08), decay(0.0)),
    _torch(
        "ASGD",
        "stochastic gradient descent with averaged steps",
        _rate(0.01),
        _LAMBD,
        Parameter("alpha", NOT_NEGATIVE, 0.75, "power of the decay of the step size"),
        Parameter("t0", NOT_NEGATIVE, 1000000.0, "step at which averaging starts"),
        decay(0.0),
        known=True,
    ),
    _torch(
        "LBFGS",
        "quasi-Newton steps; each evaluates the loss of its batch several times",
        _rate(1.0),
        *_LBFGS_NUMBERS,
        maximize=False,
        closure=True,
        full_batch=True,
    ),
    _torch(
        "RMSprop",
        "steps divided by a running root mean square of the gradient",
        _rate(0.01),
        Parameter("alpha", FRACTION, 0.99, "decay of the squared gradients"),
        _eps(1e-08),
        decay(0.0),
        MOMENTUM,
        CENTERED,
        known=True,
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
        known=True,
        full_batch=True,
    ),
    _torch(
        "SGD",
        "stochastic gradient descent",
        _rate(0.001),
        MOMENTUM,
        Parameter("dampening", FRACTION, 0.0, "fraction of the gradient left out of the momentum"),
        decay(0.0),
        NESTEROV,
        known=True,
        fault=_nesterov,
        keras=Counterpart(
            "SGD",
            alike("learning_rate", "momentum", "nesterov"),
            only={**_NO_DECAY, "dampening": 0.0},
        ),
    ),
)
