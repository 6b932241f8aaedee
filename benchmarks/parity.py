"""How far the two libraries are apart, operation by operation: writes docs/parity.md.

Needs what the tests need. Each setup of tests/support/setups.py is compiled for PyTorch and for TensorFlow;
both models get the same weights and the same sequences. One thread; takes a few minutes.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = os.environ["TF_NUM_INTRAOP_THREADS"] = "1"
ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "parity.md"
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "support")]

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
import torch  # noqa: E402
from setups import SETUPS, Setup, architectures  # noqa: E402
from test_parity import BATCH, TOLERANCE, Difference, differences  # noqa: E402

from seqgra_compile import compiler  # noqa: E402
from seqgra_compile.catalog.operations import OPERATIONS  # noqa: E402

HEAD = """<!-- Made by benchmarks/parity.py: do not edit. -->

# One definition in both libraries

For those who move a model between PyTorch and Keras, or who compare results from both. `--library` compiles an architecture of
operations for the other library:

```sh
seqgra-compile model.xml --library TensorFlow -o train.py
```

From the same weights, both scripts compute the same scores, losses and steps up to rounding, as the tables show. Whole runs
differ: from the same seed, each library draws its own initial weights, order of examples and dropout masks.

## Operations

Each setup is a `<sequential>` architecture that is compiled for both libraries. The weights of the Keras model, changed a
little so that no bias is 0, are copied into the PyTorch model. Then the outputs of both are compared for {batch} sequences, and
their losses and weights in one step of SGD (learning rate 0.3), in {count} setups. A difference is the largest one of all
values; it is relative where the largest value is above 1. A row shows the largest difference in all setups that contain the
operation. The tests allow at most {tolerance} (`tests/test_parity.py`; all of them with
`pytest -m "long or not long" tests/test_parity.py`).

`python benchmarks/parity.py` has written this page, on one thread of {machine}, with Python {python},
PyTorch {torch}, TensorFlow {tensorflow}, Keras {keras} and NumPy {numpy}.
"""
RANDOM = """
Where dropout or noise is on, the libraries draw different random numbers. Such setups count only for the outputs, which are
compared without dropout and noise. Setups with a rate of 0 count in all columns.
"""

# Measured on examples/data with examples/motifs.xml, whose GlobalMaxPool1D follows relu.
TIES = """
## Ties

The maximum over all positions (GlobalMaxPool1D and 2D) may occur at several positions. Keras then shares the gradient among
these positions, and the scripts for PyTorch give it to the first one: they use one window of `nn.MaxPool1d` over all
positions, which attribution tools know ([interpret.md](interpret.md)). `amax` would share the gradient, but these tools do not
know it. The choice makes no difference in practice, because both end with the same weights wherever ties occur:

- Ties at the 0 of a relu get no gradient from the relu, however it is shared. Of 64,000 maxima in 4,000 sequences, 84 tie
  at 0 after one epoch, and 4,296 if each bias is lowered by 0.5. All gradients of weights are equal to the last bit.
- Ties above 0 occur where two windows have the same letters. Whether one or several equal windows give the gradient to a
  kernel, the sum is the same up to rounding. In periodic sequences, where 860 of 1,600 maxima tie above 0, gradients differ
  by at most 8e-6 of the largest one. In sequences without repeats, none of the 64,000 maxima ties above 0.

A difference remains if equal values come from windows with different letters where the slope is not 0. This needs a
coincidence in the last bit. The setups of the table whose maxima tie are *global-max-ties*, *global-max-ties-deep* and
*global-max-ties-of-copies*.
"""


def machine() -> str:
    """The processor's name, where the system says it."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def measured() -> list[tuple[Setup, Difference]]:
    compiler.format_script = lambda pieces: "".join(
        text for text, _ in pieces
    )  # how it is laid out does not matter here
    found = []
    for number, setup in enumerate(SETUPS, start=1):
        print(f"\r{number}/{len(SETUPS)} {setup.name:60.60}", end="", file=sys.stderr)
        with tempfile.TemporaryDirectory() as folder:
            found.append((setup, differences(setup, Path(folder))))
        keras.backend.clear_session()
    print(file=sys.stderr)
    return found


def row(name: str, found: list[Difference]) -> str:
    steps = [each for each in found if each.weights is not None]
    outputs = np.max([each.outputs for each in found])
    loss, weights = (
        np.max([getattr(each, part) for each in steps]) for part in ("loss", "weights")
    )
    return f"| {name} | {len(found)} | {outputs:.1e} | {loss:.1e} | {weights:.1e} |"


def table(first: str, rows: Iterable[str]) -> str:
    head = f"| {first} | Setups | Outputs | Loss | Weights after a step |"
    return "\n".join([head, "|---|---|---|---|---|", *rows])


def page(found: list[tuple[Setup, Difference]]) -> str:
    head = HEAD.format(
        count=len(found),
        batch=BATCH,
        tolerance=TOLERANCE,
        machine=machine(),
        python=platform.python_version(),
        torch=torch.__version__,
        tensorflow=tf.__version__,
        keras=keras.__version__,
        numpy=np.__version__,
    )
    whole = {setup.name for setup in architectures()}
    operations = []
    for name in OPERATIONS:
        using = [
            difference
            for setup, difference in found
            if setup.name not in whole
            and name in {operation.partition(" ")[0] for operation in setup.operations}
        ]
        operations.append(row(name, using))
    models = [row(setup.name, [each]) for setup, each in found if setup.name in whole]
    small = "These are the models of [examples](../examples) with a tenth of the filters and units, shorter sequences and no dropout:"
    return "\n".join(
        [
            head,
            table("Operation", operations),
            RANDOM,
            TIES.lstrip("\n"),
            f"## Whole models\n\n{small}\n",
            table("Model", models),
            "",
        ]
    )


if __name__ == "__main__":
    torch.set_num_threads(1)
    PAGE.write_text(page(measured()), "utf-8")
