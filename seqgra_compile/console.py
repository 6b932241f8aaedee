"""What both commands share: options, reading, writing to standard output, complaints."""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path

import click

from . import __version__
from .catalog.semantics import INTENDED, SEMANTICS
from .catalog.sequences import PYTORCH, TENSORFLOW
from .catalog.storage import MEMORY, STORAGES
from .pycode import visible
from .xmltree import MAX_BYTES

FAILED, USAGE = 1, 2

include_option = click.option(
    "-I",
    "--include",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Another folder in which to look for files that a definition names; repeatable.",
)
semantics_option = click.option(
    "--semantics",
    type=click.Choice(list(SEMANTICS)),
    default=INTENDED,
    show_default=True,
    help="; ".join(f"{name}: {about}" for name, about in SEMANTICS.items()) + ".",
)
library_option = click.option(
    "--library",
    type=click.Choice((PYTORCH, TENSORFLOW), case_sensitive=False),
    help="Compile an embedded architecture for this library, not for the definition's own.",
)
storage_option = click.option(
    "--data",
    "storage",
    type=click.Choice(list(STORAGES)),
    default=MEMORY,
    show_default=True,
    help="How the script holds its data. "
    + "; ".join(f"{name}: {about}" for name, about in STORAGES.items())
    + ".",
)


def folders(name: str, include: Iterable[Path]) -> list[Path]:
    """Where files that a definition names are looked for: beside it, then where the user says."""
    return [Path(".") if name == "-" else Path(name).parent, *include]


def complain(name: str, problem: OSError | str) -> int:
    """A sentence on standard error; the exit status."""
    reason = problem if isinstance(problem, str) else problem.strerror or str(problem)
    click.echo(visible(f"{name}: {reason}"), err=True)
    return USAGE


def our_bug(name: str, error: Exception, command: str = "seqgra-compile") -> int:
    """SG9 on standard error, its traceback if it is wanted; the exit status."""
    if os.environ.get("SEQGRA_COMPILE_TRACEBACK") == "1":
        traceback.print_exception(error)
    message = f"{type(error).__name__}: {error}".rstrip(": ")
    line = f"{name}: error[SG901]: {command} {__version__} failed: {message}"
    click.echo(visible(line), err=True)
    click.echo("  help: please report this line with the definition", err=True)
    return FAILED


def read_definition(name: str) -> bytes:
    """A definition's bytes, one more than the most that is compiled."""
    return _read(name, MAX_BYTES + 1)


def read_bytes(name: str, limit: int) -> bytes:
    """A file's bytes; raises OSError if there are more."""
    data = _read(name, limit + 1)
    if len(data) > limit:
        raise OSError(f"it holds more than {limit:,} bytes")
    return data


def _read(name: str, limit: int) -> bytes:
    if name != "-":
        with open(name, "rb") as file:
            return file.read(limit)
    if sys.stdin is None:
        raise OSError("standard input is closed")
    return sys.stdin.buffer.read(limit)


def print_text(text: str) -> int:
    """Text to standard output; the exit status."""
    if sys.stdout is None:
        return complain("standard output", "it is closed")
    try:
        left = memoryview(text.encode())
        while left:
            # Unbuffered, as under PYTHONUNBUFFERED, one call may write a part only.
            left = left[sys.stdout.buffer.write(left) :]
        sys.stdout.buffer.flush()
    except OSError as error:
        # Nobody reads on: Python must not try once more when it ends.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return complain("standard output", error)
    return 0
