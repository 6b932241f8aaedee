"""File names that Python would import in place of a module that scripts need.

Python looks for modules in the script's own folder first: a script named `torch.py` is what
`import torch` finds, in this script and in each other one of the folder.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

# What PyTorch, Keras, TensorFlow, NumPy, tqdm and h5py import, themselves included. Keras imports
# pandas, scikit-learn and Matplotlib where they are installed.
IMPORTED = frozenset(
    """
    PIL absl astunparse backports certifi charset_normalizer clang cloudpickle cycler dateutil dill
    filelock flatbuffers fontTools fsspec functorch gast google grpc h5py idna jinja2 joblib keras
    kiwisolver libclang markdown markdown_it markupsafe matplotlib mdurl ml_dtypes mpl_toolkits mpmath
    namex narwhals networkx numpy nvidia opt_einsum optree packaging pandas pkg_resources pygments
    pyparsing requests rich scipy setuptools six sklearn sympy tensorboard tensorflow termcolor
    threadpoolctl torch torchgen tqdm triton typing_extensions urllib3 werkzeug wheel wrapt
    """.split()
)
# Parts of the standard library that no library imports: a neighbour of this name does no harm.
_HARMLESS = frozenset(
    ("antigravity", "idlelib", "lib2to3", "test", "this", "tkinter", "turtledemo")
)
_SUFFIXES = (".py", ".pyw")


def modules_in(folder: Path) -> list[str]:
    """The names of files and packages in a folder that Python could import."""
    if not folder.is_dir():
        return []
    return sorted(
        each.name
        for each in folder.iterdir()
        if each.suffix in _SUFFIXES or (not each.suffix and (each / "__init__.py").is_file())
    )


def shadowed(name: str, others: Iterable[str] = ()) -> str | None:
    """The module in place of which such a file would be imported; `others` are needed as well."""
    path = Path(name)
    if path.suffix not in (*_SUFFIXES, ""):
        return None
    standard = sys.stdlib_module_names - _HARMLESS
    needed = path.stem in IMPORTED or path.stem in standard or path.stem in others
    return path.stem if needed else None


class Neighbours:
    """Files and packages in a folder, looked through once for all scripts that are put there."""

    def __init__(self, names: Iterable[str]) -> None:
        names = list(names)
        self.named = {Path(name).stem: name for name in reversed(names)}
        self.first = next(filter(shadowed, names), None)

    def in_the_way(self, others: Iterable[str]) -> str | None:
        """One that Python would import in place of what every script needs, or of `others`."""
        return self.first or next((self.named[name] for name in others if name in self.named), None)
