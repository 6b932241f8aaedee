"""Keras's optimizers. Defaults are seqgra's."""

from __future__ import annotations

from typing import Any

from ..counterparts import Counterpart, alike
from ..libraries import PYTORCH, TENSORFLOW
from ..parameters import Parameter, Real
from .row import AMSGRAD, CENTERED, FRACTION, MOMENTUM, NESTEROV, NOT_NEGATIVE, OptimizerRow, decay

_RATE = Parameter("learning_rate", NOT_NEGATIVE, 0.001, "step size")
_EPSILON = Parameter("epsilon", NOT_NEGATIVE, 1e-07, "added to the denominator")
_BETA_1 = Parameter("beta_1", FRACTION, 0.9, "decay of the first moment")
_BETA_2 = Parameter("beta_2", FRACTION, 0.999, "decay of the second moment")
_ACCUMULATOR = Parameter(
    "initial_accumulator_value", NOT_NEGATIVE, 0.1, "initial value of the sum of squares"
)
_ADAM = {"learning_rate": ("learning_rate",), "betas": ("beta_1", "beta_2"), "eps": ("epsilon",)}
_DECOUPLED = "weight decay, decoupled from the gradient"


def _rho(default: float) -> Parameter:
    return Parameter("rho", FRACTION, default, "decay of the squared gradients")


def _keras(
    name: str,
    about: str,
    *parameters: Parameter,
    torch: Counterpart | None = None,
    **flags: Any,
) -> OptimizerRow:
    fixed: dict[str, object] = {"global_clipnorm": None, "use_ema": False}
    if not any(parameter.name == "weight_decay" for parameter in parameters):
        fixed["weight_decay"] = None
    return OptimizerRow(
        name,
        TENSORFLOW,
        f"keras.optimizers.{name}",
        about,
        (_RATE, *parameters),
        fixed,
        counterparts={PYTORCH: torch} if torch else {},
        **flags,
    )


ROWS = (
    _keras(
        "SGD",
        "stochastic gradient descent",
        MOMENTUM,
        NESTEROV,
        known=True,
        torch=Counterpart("SGD", alike("learning_rate", "momentum", "nesterov")),
    ),
    _keras(
        "Adam",
        "adaptive moments",
        _BETA_1,
        _BETA_2,
        _EPSILON,
        AMSGRAD,
        known=True,
        torch=Counterpart("Adam", {**_ADAM, **alike("amsgrad")}, other_epsilon=True),
    ),
    _keras(
        "Adamax",
        "Adam with the maximum norm",
        _BETA_1,
        _BETA_2,
        _EPSILON,
        known=True,
        # In PyTorch a larger epsilon counts: it is within the maximum, and decays with it.
        torch=Counterpart("Adamax", _ADAM, only={"epsilon": 1e-07}),
    ),
    _keras(
        "Nadam",
        "Adam with Nesterov momentum",
        _BETA_1,
        _BETA_2,
        _EPSILON,
        known=True,
        torch=Counterpart("NAdam", _ADAM, fixed={"momentum_decay": 1.0}),
        otherwise="from the second step on, Keras 2 takes the decay of the momentum once more for each "
        "array of weights",
    ),
    _keras(
        "Adadelta",
        "adaptive steps without a global one",
        _rho(0.95),
        _EPSILON,
        known=True,
        torch=Counterpart("Adadelta", {**alike("learning_rate", "rho"), "eps": ("epsilon",)}),
        otherwise="Keras 2 squares a gradient in another order and rounds differently",
    ),
    _keras(
        "Adagrad",
        "steps that shrink with all past gradients",
        _ACCUMULATOR,
        _EPSILON,
        known=True,
    ),
    _keras(
        "RMSprop",
        "steps divided by a running root mean square of the gradient",
        _rho(0.9),
        MOMENTUM,
        _EPSILON,
        CENTERED,
        known=True,
        otherwise="Keras 2 multiplies in another order and rounds differently",
        replaced={"rho": 0.9},
    ),
    _keras(
        "Ftrl",
        "follow the regularized leader",
        Parameter("learning_rate_power", Real(maximum=0), -0.5, "power of the step size's decay"),
        _ACCUMULATOR,
        Parameter("l1_regularization_strength", NOT_NEGATIVE, 0.0, "L1 penalty"),
        Parameter("l2_regularization_strength", NOT_NEGATIVE, 0.0, "L2 penalty"),
        Parameter("l2_shrinkage_regularization_strength", NOT_NEGATIVE, 0.0, "L2 shrinkage"),
        Parameter("beta", NOT_NEGATIVE, 0.0, "added to the denominator"),
        known=True,
    ),
    _keras(
        "AdamW",
        "Adam with decoupled weight decay",
        _BETA_1,
        _BETA_2,
        _EPSILON,
        AMSGRAD,
        decay(0.004, _DECOUPLED),
        torch=Counterpart(
            "AdamW", {**_ADAM, **alike("amsgrad", "weight_decay")}, other_epsilon=True
        ),
    ),
    _keras(
        "Lion",
        "steps from the sign of the momentum",
        _BETA_1,
        Parameter("beta_2", FRACTION, 0.99, "decay of the momentum"),
        decay(0.0, _DECOUPLED),
    ),
)
