"""The training process and the formats of external architectures."""

from __future__ import annotations

from dataclasses import dataclass

from .libraries import BAYES, PYTORCH, TENSORFLOW
from .parameters import Boolean, Integer, Parameter

TRAINING = (
    Parameter("batch_size", Integer(1), about="examples per step"),
    Parameter("epochs", Integer(1), about="largest number of passes over the training set"),
    Parameter("early_stopping", Boolean(), about="stop once the validation loss no longer falls"),
    Parameter(
        "early_stopping_patience",
        Integer(1),
        10,
        "epochs without a lower validation loss before training stops",
    ),
    Parameter("shuffle", Boolean(), about="a new order of the training examples in each epoch"),
)


@dataclass(frozen=True)
class Format:
    """A format of `<external>`: the library that reads it, and whether it needs a class name.

    `compiled`: such a file may hold a loss and an optimizer, which then count.
    """

    name: str
    library: str
    about: str
    class_name: bool = False
    compiled: bool = False


_FORMATS = (
    Format("pytorch-module", PYTORCH, "a Python file with the model's class", class_name=True),
    Format("keras-tf-whole-model", TENSORFLOW, "the folder of a saved model", compiled=True),
    Format(
        "keras-h5-whole-model", TENSORFLOW, "a saved model as HDF5 or .keras file", compiled=True
    ),
    Format("keras-json-architecture-only", TENSORFLOW, "a JSON file of the layers"),
    Format("data-definition", BAYES, "the data definition whose rules the classifier knows"),
)
FORMATS = {row.name: row for row in _FORMATS}
