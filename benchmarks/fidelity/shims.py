"""Names that seqgra 0.0.4 imports and that NumPy, SciPy or setuptools dropped since.

None of them takes part in training: they are asked for when seqgra is imported, when it finds its
schema, and when it writes its own version to a file.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import sys
import types
from pathlib import Path

import numpy as np
import scipy


def install() -> None:
    """Put the missing names in place; those that are there stay as they are."""
    for module, name, value in (
        (np, "bool", np.bool_),
        (np, "float_", np.float64),
        (scipy, "interp", np.interp),
    ):
        if not hasattr(module, name):
            setattr(module, name, value)
    if "pkg_resources" in sys.modules:
        return
    if importlib.util.find_spec("pkg_resources") is None:
        sys.modules["pkg_resources"] = _pkg_resources()


def _pkg_resources() -> types.ModuleType:
    """The two functions of pkg_resources that seqgra calls."""
    module = types.ModuleType("pkg_resources")
    module.require = lambda package: [importlib.metadata.distribution(package)]
    module.resource_filename = lambda package, name: str(
        Path(importlib.util.find_spec(package).origin).with_name(name)
    )
    return module
