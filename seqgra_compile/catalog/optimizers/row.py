"""A row of the optimizers table, and the parameters that the optimizers of both libraries have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ...ir import LIBRARY_DEFAULT, SEQGRA_DEFAULT, Arguments
from ..counterparts import Counterpart
from ..parameters import Boolean, Conflict, Parameter, Real


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
    fault: Callable[[Arguments], Conflict | None] = lambda arguments: None
    counterparts: Mapping[str, Counterpart] = field(default_factory=dict)
    known: bool = False
    replaced: Mapping[str, object] = field(default_factory=dict)
    otherwise: str | None = None

    @property
    def defaults(self) -> str:
        """Where the defaults of the parameters come from."""
        return SEQGRA_DEFAULT if self.known else LIBRARY_DEFAULT


FRACTION = Real(minimum=0, below=1)
NOT_NEGATIVE = Real(minimum=0)

CLIPPING = (
    Parameter(
        "clipnorm", Real(above=0), None, "each gradient is scaled down to at most this L2 norm"
    ),
    Parameter("clipvalue", Real(above=0), None, "each gradient's elements are cut off at +- this"),
)
AMSGRAD = Parameter("amsgrad", Boolean(), False, "use the largest second moment so far")
CENTERED = Parameter("centered", Boolean(), False, "divide by the variance of the gradient")
NESTEROV = Parameter("nesterov", Boolean(), False, "Nesterov momentum")
MOMENTUM = Parameter("momentum", FRACTION, 0.0, "fraction of the last step that is kept")


def decay(default: float, about: str = "L2 penalty on all weights") -> Parameter:
    return Parameter("weight_decay", NOT_NEGATIVE, default, about)
