"""The machine and versions that figures come from."""

from __future__ import annotations

import os
import platform
import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from .cases import PYTORCH
from .conductor import Settings

_PACKAGES = {
    True: ("torch", "numpy", "seqgra", "pytorch-ignite"),
    False: ("tensorflow-cpu", "keras", "numpy", "seqgra", "tf_keras"),
}


def describe(library: str, settings: Settings) -> str:
    cpuinfo = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*: (.*)", cpuinfo.read_text()) if cpuinfo.exists() else None
    processor = found.group(1) if found else platform.processor()
    versions = ", ".join(filter(None, map(_version, _PACKAGES[library == PYTORCH])))
    return (
        f"{processor}, {os.cpu_count()} cores, {settings.threads} used, device {settings.device}; "
        f"Python {platform.python_version()}, {versions}; "
        f"{settings.rounds} rounds, {settings.clock} time"
        f"{', freed memory kept' if settings.keep_memory else ''}"
    )


def _version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return ""
