"""The models and sizes that epochs are measured with, and who takes part."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_OWN, _EXAMPLES = Path(__file__).parent / "definitions", ROOT / "examples"
PYTORCH, TENSORFLOW = "PyTorch", "TensorFlow"

# Who trains, by the name of the function in torch_contenders or keras_contenders.
FLOOR, SCRIPT = "floor", "script"
AGAIN = "_again"  # behind a name: the same once more, in another process
IN_MEMORY, FILE = UPSTREAM = "seqgra_in_memory", "seqgra_file"
TITLES = {
    FLOOR: "floor: batches made before",
    SCRIPT: "**the script**",
    "script_not_deterministic": "the script, deterministic algorithms off",
    "loader_of_tensors": "own loop, DataLoader of one-hot tensors",
    "loader_of_sequences": "own loop, DataLoader that encodes each example",
    IN_MEMORY: "seqgra 0.0.4, in memory",
    FILE: "seqgra 0.0.4, from files (its default)",
    "fit_in_order": "floor: `fit` on one-hot arrays, shuffled before",
    "script_autotuned": "the script, with tf.data's autotuning",
    "fit_shuffled": "`fit` on one-hot arrays, as is its default",
    "fit_generator": "`fit` on tf.data: generator, cache, shuffle, batch",
}


@dataclass(frozen=True)
class Case:
    """`sizes`: examples in training and validation. `upstream`: seqgra can train this model.

    `limit`: the target for the script's training pass, as a multiple of the floor's.
    """

    name: str
    definition: Path
    labels: tuple[str, ...]
    length: int
    sizes: tuple[int, int]
    limit: float = 1.05
    several: bool = False  # several labels an example
    upstream: bool = True
    library: str = PYTORCH

    @property
    def title(self) -> str:
        return f"{self.name}, {self.library}: {self.sizes[0]:,} x {self.length:,} bp"

    def contenders(self, device: str, twice: bool = False) -> list[str]:
        """In the order of their turns; the floor is first. `twice`: that and the script, two of each."""
        if self.library == TENSORFLOW:
            names = ["fit_in_order", SCRIPT, "script_autotuned", "fit_shuffled", "fit_generator"]
        else:
            names = [FLOOR, SCRIPT, "loader_of_tensors", "loader_of_sequences"]
        if twice:
            return names[:2] + [name + AGAIN for name in names[:2]]
        if device == "cuda":
            return [FLOOR, SCRIPT, "script_not_deterministic", "loader_of_tensors"]
        return names + [*UPSTREAM] * self.upstream

    def as_json(self) -> dict:
        return {**asdict(self), "definition": str(self.definition)}

    @classmethod
    def from_json(cls, fields: dict) -> Case:
        tuples = {name: tuple(fields[name]) for name in ("labels", "sizes")}
        return cls(**{**fields, **tuples, "definition": Path(fields["definition"])})


_TWO, _TEN = ("c1", "c2"), tuple(f"c{number}" for number in range(1, 11))
_CELL_TYPES = tuple(f"cell-type-{number}" for number in range(1, 9))
_CHROMATIN = ("DNase", "CTCF", "POLR2A", "H3K4me3", "H3K27ac")
SMALLEST = Case("smallest", _OWN / "smallest.xml", _TWO, 150, (5000, 500), 1.3)
_CONV10 = Case("conv10", _OWN / "conv10.xml", _TEN, 1000, (20000, 2000))
_BASSET = Case("basset", _EXAMPLES / "basset.xml", _CELL_TYPES, 1000, (256, 64), several=True)
# seqgra's PyTorch learner knows no regularizers, which this definition has.
_DEEPSEA = Case(
    "deepsea", _EXAMPLES / "deepsea.xml", _CHROMATIN, 1000, (256, 64), several=True, upstream=False
)


def _in_keras(case: Case, **changes) -> Case:
    return replace(case, library=TENSORFLOW, limit=1.1, **changes)


CASES = {
    PYTORCH: (SMALLEST, _CONV10, _BASSET, _DEEPSEA),
    TENSORFLOW: (
        _in_keras(SMALLEST, definition=_OWN / "smallest-keras.xml"),
        _in_keras(_CONV10, definition=_OWN / "conv10-keras.xml"),
        # Basset's RMSprop is PyTorch's. seqgra's Keras learner knows no ReLU as an operation.
        _in_keras(_DEEPSEA, upstream=False),
    ),
}
