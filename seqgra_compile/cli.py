"""`seqgra-compile`: the compiler's face."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import click

from . import __version__
from .compiler import Compilation, UnsupportedSemantics, compile_bytes
from .console import complain as _complain
from .console import folders, include_option, library_option, semantics_option, storage_option
from .console import our_bug as _our_bug
from .console import print_text as _print
from .console import read_definition as _read
from .diagnostics import as_text, one_of
from .explanations import CODES, explain

_FAILED = 1


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("definitions", nargs=-1, metavar="DEFINITION...")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Write the script to this file; with several definitions, to this folder as <model id>.py.",
)
@include_option
@semantics_option
@library_option
@storage_option
@click.option("--check", is_flag=True, help="Report diagnostics only; write no script.")
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
    semantics: str,
    library: str | None,
    storage: str,
    check: bool,
    code: str | None,
    kind: str | None,
) -> None:
    """Compile seqgra model definitions (XML) into self-contained training scripts.

    DEFINITION is a file, or - for standard input. The script goes to standard output, or to -o.

    Exit status: 0 fine, 1 a definition has errors, 2 wrong usage, or a file that cannot be read or
    written.
    """
    if code is not None:
        sys.exit(_explain(code))
    if kind is not None:
        sys.exit(_list(kind))
    if not definitions:
        raise click.UsageError("name a definition, or - for standard input")
    if definitions.count("-") > 1:
        raise click.UsageError("standard input can be read only once")
    into_folder = output is not None and (len(definitions) > 1 or os.path.isdir(output))
    if len(definitions) > 1 and not (into_folder or check):
        raise click.UsageError("several definitions need a folder: -o DIR")
    if into_folder and os.path.exists(output) and not os.path.isdir(output):
        raise click.UsageError(f"several definitions need a folder, and '{output}' is none")
    run = _Run(definitions, output, into_folder, include, semantics, library, storage, check)
    sys.exit(max(run.status(name) for name in definitions))


def _explain(code: str) -> int:
    if code.upper() not in CODES:
        raise click.UsageError(f"there is no code '{code}'; codes are SG and three digits")
    return _print(explain(code.upper()) + "\n")


def _list(kind: str) -> int:
    # Imported here: a compilation needs none of it.
    from .reference.entries import KINDS
    from .reference.listing import listing

    if kind not in KINDS:
        raise click.UsageError(f"there is no kind '{kind}'; {one_of(KINDS)}")
    return _print(listing(kind))


@dataclass
class _Run:
    """One call of the command: what was asked for, and what is written already."""

    definitions: tuple[str, ...]
    output: Path | None
    into_folder: bool
    include: tuple[Path, ...]
    semantics: str
    library: str | None
    storage: str
    check: bool
    written: dict[Path, str] = field(default_factory=dict)

    def status(self, name: str) -> int:
        """Compile one definition, report, write; the exit status."""
        try:
            data = _read(name)
        except OSError as error:
            return _complain(name, error)
        try:
            compilation = self.compiled(name, data)
            for diagnostic in compilation.diagnostics:
                click.echo(as_text(diagnostic, compilation.source), err=True)
        except UnsupportedSemantics as error:
            return _complain(name, str(error))
        except Exception as error:  # whatever it is, it is our fault
            return _our_bug(name, error)
        if compilation.diagnostics.failed:
            return _FAILED
        return 0 if self.check else self.put(name, compilation)

    def compiled(self, name: str, data: bytes) -> Compilation:
        where = folders(name, self.include)
        options = self.semantics, self.library, self.storage
        return compile_bytes(name, data, where, self.check, *options)

    def put(self, name: str, compilation: Compilation) -> int:
        """The script to where it was asked for; the exit status."""
        if self.output is None:
            return _print(compilation.script)
        target = self.output
        if self.into_folder:
            target = target / f"{compilation.model_id}.py"
        if target in self.written:
            first = self.written[target]
            return _complain(name, f"'{first}' has the same model id; {target} is already written")
        self.written[target] = name
        try:
            if any(_same(target, definition) for definition in self.definitions):
                return _complain(str(target), "this is a definition; it is not overwritten")
            _write(target, compilation.script)
        except OSError as error:
            return _complain(str(target), error)
        return 0


def _same(target: Path, definition: str) -> bool:
    return definition != "-" and target.exists() and target.samefile(definition)


def _write(target: Path, script: str) -> None:
    """Whole or not at all: to a temporary neighbour first, then renamed."""
    target = Path(os.path.realpath(target))
    if target.exists() and not target.is_file() and not target.is_dir():
        # A device or a pipe takes the text; a file must not take its place.
        target.write_bytes(script.encode())
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
    with _temporary(target) as temporary:
        temporary.write_bytes(script.encode())
        temporary.chmod(mode)
        temporary.replace(target)


@contextlib.contextmanager
def _temporary(target: Path) -> Iterator[Path]:
    """The path of a new file beside the target; removed if it is still there."""
    handle, path = tempfile.mkstemp(dir=target.parent, prefix=".seqgra-compile-")
    os.close(handle)
    try:
        yield Path(path)
    finally:
        Path(path).unlink(missing_ok=True)
