"""What the commands of the auditor share: compiling a definition, its diagnostics, exit statuses."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..compiler import Compilation, Options, UnsupportedOptions, compile_bytes
from ..messages.writers import TextWriter
from ..visible import visible
from .console import complain, folders, is_coloured, our_bug, read_definition, say
from .kinds import not_a_definition, not_a_run

if TYPE_CHECKING:
    from ..audit.runs.run import Run

SAME, DIFFERENT, UNKNOWN = 0, 1, 2  # 2: no answer is possible


def example(command: str) -> str:
    return f"\b\nExample:\n  {command}"


def compile_correct(name: str, include: tuple[Path, ...], options: Options) -> Compilation | None:
    """A compilation without errors, its diagnostics printed, or None after a complaint."""
    compilation = compile_and_tell(name, include, options)
    return None if compilation is None or compilation.diagnostics.failed else compilation


def compile_and_tell(name: str, include: tuple[Path, ...], options: Options) -> Compilation | None:
    """A compilation, its diagnostics printed, or None after a complaint."""
    try:
        data = read_definition(name)
        script = _origin(data)
        if script is not None:
            complain(name, f"this is a script; name its definition, {script}, with --like {name}")
            return None
        wrong = not_a_definition(name)
        if wrong is not None:
            complain(name, wrong)
            return None
        compilation = compile_bytes(name, data, folders(name, include), options)
    except OSError as error:
        complain(name, not_a_definition(name) or error)
        return None
    except UnsupportedOptions as error:
        complain(name, str(error))
        return None
    tell(compilation)
    return compilation


def read_runs(names: Sequence[str]) -> list[Run] | None:
    """Runs from their folders or receipts, or None after a complaint for each that is damaged."""
    from ..audit.runs.run import HISTORY, RECEIPT, RunError, read_run

    found, damaged = [], False
    for name in names:
        path = Path(name)
        beside = path.name == RECEIPT and path.with_name(HISTORY).exists()
        try:
            found.append(read_run(path.parent if beside else path))
        except RunError as error:
            wrong = not_a_run(name)
            place, problem = (name, wrong) if wrong else (str(error.path), str(error))
            damaged = bool(complain(place, problem))
        except OSError as error:
            damaged = bool(complain(name, error))
    return None if damaged else found


def _origin(data: bytes) -> str | None:
    """The file from which a script was compiled; None for any other file."""
    if data[:3] not in (b'"""', b"#!/"):
        return None
    from ..backends.header import HeaderError, read_header

    try:
        return visible(read_header(data.decode("utf-8", "replace").replace("\r\n", "\n")).file)
    except HeaderError:
        return None


def tell(compilation: Compilation) -> None:
    say(TextWriter(is_coloured(sys.stderr)).compiled(compilation.source, compilation.diagnostics))


def guarded(name: str, work: Callable[[], int]) -> None:
    """Exit with the status of the work; an unexpected exception is reported as a bug."""
    try:
        status = work()
    except click.ClickException:
        raise
    except Exception as error:
        our_bug(name, error, "seqgra-audit")
        status = UNKNOWN
    sys.exit(status)
