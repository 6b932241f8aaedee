"""The libraries that scripts are written for: how they differ, apart from their rows elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from .semantics import INTENDED, SEQGRA, STREAMING
from .sequences import MULTI_CLASS, MULTI_LABEL

PYTORCH = "PyTorch"
TENSORFLOW = "TensorFlow"
BAYES = "BayesOptimalClassifier"


@dataclass(frozen=True)
class LibraryRow:
    """One row.

    `learner` begins the names of seqgra's classes for it; `external` is what an external architecture
    of it is; `hub`, if any, what the Hugging Face Hub calls it. It has scripts under these `semantics`. `trains`: a model is trained. `one_generator`: the order of the examples and the noise of
    layers are drawn by one generator, so that one moves the other. `no_shards`: why a batch cannot be
    computed in parts by several processes. `names_parameters`: an
    operation is one call that names its parameters, in which each can be found. `epsilon_comes`: when
    Adam adds epsilon, before or after it corrects the bias of the second moment.

    The rest is what seqgra 0.0.4 does with it: `dropped` are the settings of an optimizer that it
    ignores; `embedded`: it trains embedded architectures; `other_masks`: why a script cannot draw its
    masks; `keeps_nan`: a first validation loss that is not a number stays the best; `shuffles_buffer`:
    10,000 examples at a time; `first_label_only`: its accuracy asks for the first true label. Where it
    streams its data, `loses_examples`: every 10,001st, and `own_order`: the order is drawn in another
    way; `counts_on`: the optimizer counts one step too many after an epoch.
    """

    name: str
    learner: str
    external: str
    semantics: tuple[str, ...] = (INTENDED,)
    trains: bool = True
    one_generator: bool = False
    no_shards: str | None = None
    hub: str | None = None
    names_parameters: bool = False
    epsilon_comes: str = ""
    dropped: tuple[str, ...] = ()
    embedded: bool = True
    other_masks: str | None = None
    keeps_nan: bool = False
    shuffles_buffer: bool = False
    first_label_only: bool = False
    loses_examples: bool = False
    own_order: bool = False
    counts_on: bool = False


_ROWS = (
    LibraryRow(
        PYTORCH,
        "Torch",
        "PyTorch module",
        semantics=(INTENDED, SEQGRA, STREAMING),
        hub="pytorch",
        epsilon_comes="after",
        one_generator=True,
        dropped=("clipnorm", "clipvalue"),
        embedded=False,
        keeps_nan=True,
        loses_examples=True,
        own_order=True,
    ),
    LibraryRow(
        TENSORFLOW,
        "Keras",
        "Keras file",
        semantics=(INTENDED, SEQGRA, STREAMING),
        hub="keras",
        epsilon_comes="before",
        no_shards="Keras 3 cannot train with TensorFlow in several processes",
        names_parameters=True,
        other_masks="Keras 3 draws other masks",
        shuffles_buffer=True,
        first_label_only=True,
        counts_on=True,
    ),
    LibraryRow(
        BAYES, "BayesOptimal", "data definition", semantics=(INTENDED, SEQGRA), trains=False
    ),
)
LIBRARIES = {row.name: row for row in _ROWS}
FRAMEWORKS = tuple(row.name for row in _ROWS if row.trains)

_TASKS = {MULTI_CLASS: "MultiClass", MULTI_LABEL: "MultiLabel"}


def implementation(library: str, sequence_space: str, task: str) -> str:
    """The learner that seqgra would use for a library, sequence space and task."""
    space = sequence_space[0].upper() + sequence_space[1:]
    return f"{LIBRARIES[library].learner}{space}{_TASKS[task]}ClassificationLearner"
