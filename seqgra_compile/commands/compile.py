"""`seqgra-compile`: the compiler's face."""

from __future__ import annotations

import contextlib
import functools
import itertools
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import click

from .. import __version__
from ..compiler import Compilation, Options, UnsupportedSemantics, compile_bytes
from ..messages.diagnostics import one_of
from ..messages.writers import Problem
from .console import (
    FORMATS,
    USAGE,
    Messages,
    folders,
    include_option,
    print_text,
    script_options,
    write_file,
)
from .console import read_definition as _read
from .parallel import Ahead

_FAILED = 1
# So many definitions pay for processes that compile or check them: each takes some 10 or 3 ms.
_MANY, _MANY_CHECKS = 24, 200


class _Command(click.Command):
    """A command that reports wrong usage, too, in the format that was asked for."""

    def make_context(self, info_name: str | None, args: list[str], *rest, **extra) -> click.Context:
        with _reported(_asked_for(args)):
            return super().make_context(info_name, args, *rest, **extra)

    def invoke(self, ctx: click.Context) -> object:
        with _reported(ctx.params["message_format"]):
            return super().invoke(ctx)


@contextlib.contextmanager
def _reported(format: str) -> Iterator[None]:
    try:
        yield
    except click.UsageError as error:
        if format == "text":
            raise
        messages = Messages(format)
        hint = error.ctx and f"see {error.ctx.command_path} --help"
        messages.problem(Problem(error.format_message(), help=hint))
        sys.exit(messages.end(USAGE))


def _asked_for(args: Sequence[str]) -> str:
    """The message format in arguments that are not parsed yet."""
    words = list(itertools.takewhile(lambda word: word != "--", args))
    found = "text"
    for word, after in itertools.zip_longest(words, words[1:], fillvalue=""):
        name, equals, value = word.partition("=")
        if name == "--message-format":
            found = value if equals else after
    return found if found in FORMATS else "text"


@click.command(cls=_Command, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("definitions", nargs=-1, metavar="DEFINITION...")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Write the script to this file; with several definitions, to this folder as <model id>.py.",
)
@include_option
@script_options
@click.option("--check", is_flag=True, help="Report diagnostics only; write no script.")
@click.option(
    "--message-format",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How messages are written to standard error: for people, as JSON (an object a line), "
    "as SARIF, or as GitHub's workflow commands.",
)
@click.option("--explain", "code", metavar="CODE", help="Explain a diagnostic code, such as SG203.")
@click.option(
    "--list",
    "kind",
    metavar="KIND",
    help="List what a definition may say, with parameters and defaults: operations, optimizers, "
    "losses, activations, initializers or regularizers.",
)
@click.version_option(__version__, prog_name="seqgra-compile", message="%(prog)s %(version)s")
def main(
    definitions: tuple[str, ...],
    output: Path | None,
    include: tuple[Path, ...],
    options: Options,
    check: bool,
    message_format: str,
    code: str | None,
    kind: str | None,
) -> None:
    """Compile seqgra model definitions (XML) into self-contained training scripts.

    DEFINITION is a file, or - for standard input. The script goes to standard output, or to -o.

    Exit status: 0 fine, 1 a definition has errors, 2 wrong usage, or a file that cannot be read or
    written.
    """
    messages = Messages(message_format)
    if code is not None:
        sys.exit(messages.end(_explain(code, messages)))
    if kind is not None:
        sys.exit(messages.end(_list(kind, messages)))
    if not definitions:
        raise click.UsageError("name a definition, or - for standard input")
    if definitions.count("-") > 1:
        raise click.UsageError("standard input can be read only once")
    into_folder = output is not None and (len(definitions) > 1 or os.path.isdir(output))
    if len(definitions) > 1 and not (into_folder or check):
        raise click.UsageError("several definitions need a folder: -o DIR")
    if into_folder and os.path.exists(output) and not os.path.isdir(output):
        raise click.UsageError(f"several definitions need a folder, and '{output}' is none")
    options = replace(options, check_only=check)
    run = _Run(definitions, output, into_folder, include, options, messages)
    sys.exit(messages.end(run.worst_status()))


def _explain(code: str, messages: Messages) -> int:
    # Imported here, as all that follows: a compilation needs none of it.
    from ..messages.codes import CODES, explain

    if code.upper() not in CODES:
        raise click.UsageError(f"there is no code '{code}'; codes are SG and three digits")
    return print_text(explain(code.upper()) + "\n", messages)


def _list(kind: str, messages: Messages) -> int:
    from ..reference.entries import KINDS
    from ..reference.listing import listing

    if kind not in KINDS:
        raise click.UsageError(f"there is no kind '{kind}'; {one_of(KINDS)}")
    return print_text(listing(kind), messages)


class _Run:
    """One call of the command: what was asked for, and what is written already."""

    def __init__(
        self,
        definitions: tuple[str, ...],
        output: Path | None,
        into_folder: bool,
        include: tuple[Path, ...],
        options: Options,
        messages: Messages,
    ) -> None:
        self.definitions, self.output, self.into_folder = definitions, output, into_folder
        self.include, self.options, self.messages = include, options, messages
        self.written: dict[Path, str] = {}

    def worst_status(self) -> int:
        """Compile all definitions; the first one imports what the processes for the others need."""
        first, *others = self.definitions
        work = functools.partial(_compile_file, self.include, self.options)
        worst = self.status(first)
        files = [name for name in others if name != "-"]
        with Ahead(work, files, _MANY_CHECKS if self.options.check_only else _MANY) as ahead:
            return max([worst, *(self.status(name, ahead) for name in others)])

    def status(self, name: str, ahead: Ahead[Compilation] | None = None) -> int:
        """Compile one definition, unless that is done, report, write; the exit status."""
        try:
            data = _read(name)
        except OSError as error:
            return self.messages.complain(name, error)
        try:
            done = ahead and ahead.result(name)
            compilation = done if done and done.source.data == data else self.compiled(name, data)
            self.messages.compiled(compilation.source, compilation.diagnostics)
        except UnsupportedSemantics as error:
            return self.messages.complain(name, str(error))
        except Exception as error:  # whatever it is, it is our fault
            return self.messages.our_bug(name, error)
        if compilation.diagnostics.failed:
            return _FAILED
        return 0 if self.options.check_only else self.put(name, compilation)

    def compiled(self, name: str, data: bytes) -> Compilation:
        return _compile(self.include, self.options, name, data)

    def put(self, name: str, compilation: Compilation) -> int:
        """The script to where it was asked for; the exit status."""
        if self.output is None:
            return print_text(compilation.script, self.messages)
        target = self.output
        if self.into_folder:
            target = target / f"{compilation.model_id}.py"
        if target in self.written:
            first = self.written[target]
            return self.messages.complain(
                name, f"'{first}' has the same model id; {target} is already written"
            )
        self.written[target] = name
        try:
            if target.exists() and any(_same(target, each) for each in self.definitions):
                return self.messages.complain(
                    str(target), "this is a definition; it is not overwritten"
                )
            write_file(target, compilation.script)
        except OSError as error:
            return self.messages.complain(str(target), error)
        return 0


def _compile_file(include: tuple[Path, ...], options: Options, name: str) -> Compilation:
    return _compile(include, options, name, _read(name))


def _compile(include: tuple[Path, ...], options: Options, name: str, data: bytes) -> Compilation:
    return compile_bytes(name, data, folders(name, include), options)


def _same(target: Path, definition: str) -> bool:
    return definition != "-" and target.exists() and target.samefile(definition)
