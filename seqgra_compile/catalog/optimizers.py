"""Optimizers: the parameters of each, and how each library says it. Defaults are seqgra's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ..ir import LIBRARY_DEFAULT, SEQGRA_DEFAULT, Arguments
from .counterparts import Counterpart, alike
from .parameters import Boolean, Choice, Fault, Integer, Parameter, Real, Reals
from .sequences import PYTORCH, TENSORFLOW


@dataclass(frozen=True)
class OptimizerRow:
    """One row.

    `fixed` holds the library's other arguments, which no definition can set. `closure`: a step
    evaluates the loss several times; `full_batch`: it is made for the gradient of all examples.
    `refused`: why no script can use it; `fault` finds a value that the others do not allow.
    `counterparts` are its equals, by library.
    `known`: seqgra 0.0.4 trains with it, `replaced`: with these values of these parameters;
    `otherwise`: how a script's steps differ from seqgra's Keras 2.
    """

    name: str
    library: str
    function: str
    about: str
    parameters: tuple[Parameter, ...]
    fixed: Mapping[str, object] = field(default_factory=dict)
    closure: bool = False
    full_batch: bool = False
    refused: str | None = None
    fault: Callable[[Arguments], Fault | None] = lambda arguments: None
    counterparts: Mapping[str, Counterpart] = field(default_factory=dict)
    known: bool = False
    replaced: Mapping[str, object] = field(default_factory=dict)
    otherwise: str | None = None

    @property
    def defaults(self) -> str:
        """Whose the parameters' defaults are."""
        return SEQGRA_DEFAULT if self.known else LIBRARY_DEFAULT


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

_NO_DECAY = {"weight_decay": 0.0}


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
    keras: Counterpart | None = None,
    **flags: object,
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


def _nesterov(arguments: Arguments) -> Fault | None:
    plain = arguments["momentum"].value and not arguments["dampening"].value
    if plain or not arguments["nesterov"].value:
        return None
    return Fault(
        "nesterov",
        "Nesterov momentum needs a momentum above 0 and a dampening of 0",
        "PyTorch refuses any other combination",
    )


_PYTORCH = (
    _torch(
        "Adadelta",
        "adaptive steps without a global one",
        _rate(0.001),
        Parameter("rho", _FRACTION, 0.9, "decay of the squared gradients"),
        _eps(1e-06),
        _decay(0.0),
        known=True,
        keras=Counterpart(
            "Adadelta", {**alike("learning_rate", "rho"), "epsilon": ("eps",)}, only=_NO_DECAY
        ),
    ),
    _torch(
        "Adagrad",
        "steps that shrink with all past gradients",
        _rate(0.01),
        Parameter("lr_decay", _NOT_NEGATIVE, 0.0, "decay of the step size"),
        _decay(0.0),
        Parameter("initial_accumulator_value", _NOT_NEGATIVE, 0.0, "start of the sum of squares"),
        _eps(1e-10),
        known=True,
    ),
    _torch(
        "Adam",
        "adaptive moments",
        _rate(0.001),
        _BETAS,
        _eps(1e-08),
        _decay(0.0),
        _AMSGRAD,
        known=True,
    ),
    _torch(
        "AdamW",
        "Adam with decoupled weight decay",
        _rate(0.001),
        _BETAS,
        _eps(1e-08),
        _decay(0.01, "decay of the weights, apart from the gradient"),
        _AMSGRAD,
        known=True,
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
        known=True,
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
        Parameter("alpha", _FRACTION, 0.99, "decay of the squared gradients"),
        _eps(1e-08),
        _decay(0.0),
        _MOMENTUM,
        _CENTERED,
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
        _MOMENTUM,
        Parameter("dampening", _FRACTION, 0.0, "share of the gradient left out of the momentum"),
        _decay(0.0),
        _NESTEROV,
        known=True,
        fault=_nesterov,
        keras=Counterpart(
            "SGD",
            alike("learning_rate", "momentum", "nesterov"),
            only={**_NO_DECAY, "dampening": 0.0},
        ),
    ),
)

_KERAS_RATE = Parameter("learning_rate", _NOT_NEGATIVE, 0.001, "step size")
_EPSILON = Parameter("epsilon", _NOT_NEGATIVE, 1e-07, "added to the denominator")
_BETA_1 = Parameter("beta_1", _FRACTION, 0.9, "decay of the first moment")
_BETA_2 = Parameter("beta_2", _FRACTION, 0.999, "decay of the second moment")
_ACCUMULATOR = Parameter(
    "initial_accumulator_value", _NOT_NEGATIVE, 0.1, "start of the sum of squares"
)
_ADAM = {"learning_rate": ("learning_rate",), "betas": ("beta_1", "beta_2"), "eps": ("epsilon",)}
_DECOUPLED = "decay of the weights, apart from the gradient"


def _rho(default: float) -> Parameter:
    return Parameter("rho", _FRACTION, default, "decay of the squared gradients")


def _keras(
    name: str,
    about: str,
    *parameters: Parameter,
    torch: Counterpart | None = None,
    **flags: object,
) -> OptimizerRow:
    fixed: dict[str, object] = {"global_clipnorm": None, "use_ema": False}
    if not any(parameter.name == "weight_decay" for parameter in parameters):
        fixed["weight_decay"] = None
    return OptimizerRow(
        name,
        TENSORFLOW,
        f"keras.optimizers.{name}",
        about,
        (_KERAS_RATE, *parameters),
        fixed,
        counterparts={PYTORCH: torch} if torch else {},
        **flags,
    )


_TENSORFLOW = (
    _keras(
        "SGD",
        "stochastic gradient descent",
        _MOMENTUM,
        _NESTEROV,
        known=True,
        torch=Counterpart("SGD", alike("learning_rate", "momentum", "nesterov")),
    ),
    _keras(
        "Adam",
        "adaptive moments",
        _BETA_1,
        _BETA_2,
        _EPSILON,
        _AMSGRAD,
        known=True,
        torch=Counterpart("Adam", {**_ADAM, **alike("amsgrad")}, keras_epsilon=True),
    ),
    _keras(
        "Adamax",
        "Adam with the maximum norm",
        _BETA_1,
        _BETA_2,
        _EPSILON,
        known=True,
        torch=Counterpart("Adamax", _ADAM),
    ),
    _keras(
        "Nadam",
        "Adam with Nesterov momentum",
        _BETA_1,
        _BETA_2,
        _EPSILON,
        known=True,
        torch=Counterpart("NAdam", _ADAM, fixed={"momentum_decay": 1.0}, keras_epsilon=True),
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
        otherwise="Keras 2 squares a gradient in another order and rounds otherwise",
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
        _MOMENTUM,
        _EPSILON,
        _CENTERED,
        known=True,
        otherwise="Keras 2 multiplies in another order and rounds otherwise",
        replaced={"rho": 0.9},
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
        known=True,
    ),
    _keras(
        "AdamW",
        "Adam with decoupled weight decay",
        _BETA_1,
        _BETA_2,
        _EPSILON,
        _AMSGRAD,
        _decay(0.004, _DECOUPLED),
        torch=Counterpart(
            "AdamW", {**_ADAM, **alike("amsgrad", "weight_decay")}, keras_epsilon=True
        ),
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


def find(library: str, name: str) -> OptimizerRow | None:
    """An optimizer of a library by its name, in any case."""
    return _BY_FOLDED_NAME.get((library, name.strip().lower()))


def names(library: str) -> list[str]:
    return [row.name for row in OPTIMIZERS.values() if row.library == library]
