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

How far the outputs of a PyTorch script and a Keras script of the same `<sequential>` architecture are apart, and their
losses and weights in one step of SGD (learning rate 0.3), measured on {count} setups, {batch} sequences each. The Keras
model's weights, moved a little so that no bias is 0, are copied into the PyTorch model. A difference is the largest
one of all values, relative to the largest value where that is above 1; a row holds the largest over all setups in
which the operation occurs. The tests demand at most {tolerance} (`tests/test_parity.py`, all of them with
`pytest -m "long or not long" tests/test_parity.py`).

`python benchmarks/parity.py` wrote this page, on one thread of {machine}, with Python {python},
PyTorch {torch}, TensorFlow {tensorflow}, Keras {keras} and NumPy {numpy}.
"""
RANDOM = """
Where dropout or noise is on, the libraries draw other numbers: those setups count for the outputs alone, which are
compared without it. Setups with a rate of 0 count for all.
"""

# Measured on examples/data with examples/motifs.xml, whose GlobalMaxPool1D follows relu.
TIES = """
## Ties

Where a maximum over all positions (GlobalMaxPool1D and 2D) is there several times, Keras shares the gradient among these
positions, and the scripts for PyTorch give it to the first one: one window of `nn.MaxPool1d` over all positions, which
attribution tools know ([interpret.md](interpret.md)). It was chosen over `amax`, which shares, because both end with
the same weights wherever ties occur in practice:

- Ties at the 0 of relu get no gradient behind relu, in whatever way it is shared. Of 64,000 maxima of 4,000 sequences, 84
  tie at 0 after one epoch, and 4,296 if each bias is lowered by 0.5: all gradients of weights are equal to the last bit.
- Positions tie above 0 where they see the same letters. What one or several equal windows give a kernel is the same sum up
  to rounding: on periodic sequences (860 of 1,600 maxima tie above 0), gradients differ by at most 8e-6 of the
  largest. In sequences without repeats, none of the 64,000 ties above 0.

A difference is left where equal values come from unlike windows at a slope that is not 0, which needs a coincidence in the
last bit. Setups of the table whose maxima tie: *global-max-ties*, *global-max-ties-deep*, *global-max-ties-of-copies*.
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
    small = "A tenth of the filters and units, shorter sequences, no dropout; else as in [examples](../examples):"
    return "\n".join(
        [
            head,
            "## Operations\n",
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
