"""What all commands share: options, reading, writing to standard output, complaints."""

from __future__ import annotations

import contextlib
import functools
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

import click
from click.core import ParameterSource

from .. import __version__
from ..catalog.options import SCRIPT_OPTIONS, ScriptOption
from ..catalog.otherwords import other_library
from ..compiler import Options
from ..messages.diagnostics import Diagnostic
from ..messages.writers import GithubWriter, JsonWriter, Problem, TextWriter, Writer
from ..source import MAX_BYTES, Source

FAILED, USAGE = 1, 2
MAX_SCRIPT = 2**24
FORMATS = ("text", "json", "sarif", "github")
# A function that click calls with the values of its options.
Command = Callable[..., object]

include_option = click.option(
    "-I",
    "--include",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Another folder in which to look for files that a definition names; repeatable.",
)


class _Choice(click.Choice):  # type: ignore[type-arg]  # generic from click 8.2 on
    """A choice that also knows other names of the libraries."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            ours = other_library(str(value))
            if ours in self.choices:
                self.fail(f"{error.message} Its name here is {ours}.", param, ctx)
            raise


def _click_option(row: ScriptOption) -> Callable[[Command], Command]:
    return click.option(
        f"--{row.name}",
        type=_Choice(list(row.choices), case_sensitive=False),
        default=row.default,
        show_default=True,
        help=row.help,
    )


semantics_option = _click_option(SCRIPT_OPTIONS["semantics"])


def script_options(command: Command, without: Sequence[str] = ()) -> Command:
    """Give a command the options that decide the script; it gets them as `options`."""
    rows = [row for row in SCRIPT_OPTIONS.values() if row.name not in without]

    @functools.wraps(command)
    def with_options(**arguments: Any) -> object:
        chosen = {row.name: arguments.pop(row.name) for row in rows}
        return command(options=Options(**chosen), **arguments)

    return with_all([_click_option(row) for row in rows], with_options)


def with_all(options: Sequence[Callable[[Command], Command]], command: Command) -> Command:
    """Add options to a command, in this order in its help."""
    for option in reversed(options):
        command = option(command)
    return command


def audit_options(command: Command) -> Command:
    """The same, with an option that reads them from a script's header; options that are given win."""

    @functools.wraps(command)
    def with_header(options: Options, like: Path | None, **arguments: object) -> object:
        if like is not None:
            context = click.get_current_context()
            found = {
                name: value
                for name, value in _header_options(like).items()
                if context.get_parameter_source(name) is not ParameterSource.COMMANDLINE
            }
            options = replace(options, **found)
        return command(options=options, **arguments)

    return script_options(
        click.option(
            "--like",
            type=click.Path(path_type=Path, exists=True, dir_okay=False),
            metavar="SCRIPT",
            help="Take the options from the first lines of this script, except those given here.",
        )(with_header)
    )


def _header_options(script: Path) -> Mapping[str, Any]:
    from ..backends.header import HeaderError, read_header

    try:
        text = read_bytes(str(script), MAX_SCRIPT).decode("utf-8", "replace")
        return read_header(text.replace("\r\n", "\n").removeprefix("\ufeff")).options
    except OSError as error:
        raise SystemExit(complain(str(script), error)) from error
    except HeaderError as error:
        raise SystemExit(complain(str(script), str(error))) from error


def folders(name: str, include: Iterable[Path]) -> list[Path]:
    """Where to look for files that a definition names: beside it, then in the user's folders."""
    return [Path(".") if name == "-" else Path(name).parent, *include]


class Messages:
    """What a command says on standard error, in one format."""

    def __init__(self, format: str = "text", command: str = "seqgra-compile") -> None:
        self.writer = _writer(format)
        self.command = command
        self.for_people = format == "text"

    def compiled(self, source: Source, diagnostics: Iterable[Diagnostic]) -> None:
        """Write what was found in a definition."""
        say(self.writer.compiled(source, diagnostics))

    def problem(self, problem: Problem) -> None:
        say(self.writer.problem(problem))

    def end(self, status: int) -> int:
        """Write what is left to say; return the exit status."""
        say(self.writer.end(status))
        return status

    def complain(self, name: str, problem: OSError | str) -> int:
        """Say what is wrong with a file or a stream; return the exit status."""
        reason = problem if isinstance(problem, str) else problem.strerror or str(problem)
        self.problem(Problem(reason, name))
        return USAGE

    def our_bug(self, name: str, error: Exception) -> int:
        """Report SG9, with the traceback if it is wanted and messages are for people; return the
        exit status.
        """
        if self.for_people and os.environ.get("SEQGRA_COMPILE_TRACEBACK") == "1":
            import traceback

            traceback.print_exception(error)
        message = f"{type(error).__name__}: {error}".rstrip(": ")
        message = f"{self.command} {__version__} failed: {message}"
        help = "please report this line with the definition"
        self.problem(Problem(message, name, "SG901", help))
        return FAILED


def _writer(format: str) -> Writer:
    if format == "sarif":
        # Imported here: other formats need none of it.
        from ..messages.sarif import SarifWriter

        return SarifWriter()
    if format == "text":
        return TextWriter(is_coloured(sys.stderr))
    return JsonWriter() if format == "json" else GithubWriter()


def is_coloured(stream: TextIO | None) -> bool:
    """Whether text for a stream is coloured: on a terminal, or as NO_COLOR and FORCE_COLOR say."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"


def say(text: str) -> None:
    """Write text, which may contain colours, to standard error."""
    if text:
        click.echo(text, nl=False, err=True, color=True)


def complain(name: str, problem: OSError | str) -> int:
    """Write a message to standard error; return the exit status."""
    return Messages().complain(name, problem)


def our_bug(name: str, error: Exception, command: str = "seqgra-compile") -> int:
    """Report SG9 on standard error, with its traceback if wanted; return the exit status."""
    return Messages(command=command).our_bug(name, error)


def read_definition(name: str) -> bytes:
    """A definition's bytes, at most one more than is compiled."""
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


def print_text(text: str, messages: Messages | None = None) -> int:
    """Write text to standard output; return the exit status."""
    messages = messages or Messages()
    if sys.stdout is None:
        return messages.complain("standard output", "it is closed")
    try:
        left = memoryview(text.encode())
        while left:
            # If unbuffered, as under PYTHONUNBUFFERED, one call may write only a part.
            left = left[sys.stdout.buffer.write(left) :]
        sys.stdout.buffer.flush()
    except OSError as error:
        # The reader is gone: Python must not try to write again when it exits.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return messages.complain("standard output", error)
    return 0


def names_folder(path: str) -> bool:
    """Whether a path is, or can only be, a folder."""
    return os.path.basename(path) in ("", os.curdir, os.pardir) or os.path.isdir(path)


def write_file(target: Path, text: str | bytes) -> None:
    """Write a file completely or not at all: to a temporary neighbour first, which is then renamed."""
    target = Path(os.path.realpath(target))
    data = text.encode() if isinstance(text, str) else text
    if target.exists() and not target.is_file() and not target.is_dir():
        # A device or a pipe gets the text; it must not be replaced by a file.
        target.write_bytes(data)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
    with _temporary(target) as temporary:
        temporary.write_bytes(data)
        temporary.chmod(mode)
        temporary.replace(target)


def put_file(target: Path, text: str, messages: Messages | None = None) -> int:
    """Text to a file, whole or not at all; the exit status."""
    try:
        write_file(target, text)
    except OSError as error:
        return (messages or Messages()).complain(str(target), error)
    return 0


@contextlib.contextmanager
def _temporary(target: Path) -> Iterator[Path]:
    """The path of a new file beside the target; removed if it is still there."""
    import tempfile

    handle, path = tempfile.mkstemp(dir=target.parent, prefix=".seqgra-compile-")
    os.close(handle)
    try:
        yield Path(path)
    finally:
        Path(path).unlink(missing_ok=True)
