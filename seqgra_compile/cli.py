"""`seqgra-compile`: the compiler's face."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import click

from . import __version__
from .compiler import Compilation, compile_bytes
from .diagnostics import as_text
from .explanations import CODES, explain

_FAILED, _USAGE = 1, 2


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("definitions", nargs=-1, metavar="DEFINITION...")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Write the script to this file; with several definitions, to this folder as <model id>.py.",
)
@click.option(
    "-I",
    "--include",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Another folder in which to look for files that a definition names; repeatable.",
)
@click.option("--check", is_flag=True, help="Report diagnostics only; write no script.")
@click.option("--explain", "code", metavar="CODE", help="Explain a diagnostic code, such as SG203.")
@click.version_option(__version__, prog_name="seqgra-compile", message="%(prog)s %(version)s")
def main(
    definitions: tuple[str, ...],
    output: Path | None,
    include: tuple[Path, ...],
    check: bool,
    code: str | None,
) -> None:
    """Compile seqgra model definitions (XML) into self-contained training scripts.

    DEFINITION is a file, or - for standard input. The script goes to standard output, or to -o.

    Exit status: 0 fine, 1 a definition has errors, 2 wrong usage, or a file that cannot be read or
    written.
    """
    if code is not None:
        _explain(code)
        return
    if not definitions:
        raise click.UsageError("name a definition, or - for standard input")
    into_folder = output is not None and (len(definitions) > 1 or output.is_dir())
    if len(definitions) > 1 and not (into_folder or check):
        raise click.UsageError("several definitions need a folder: -o DIR")
    if definitions.count("-") > 1:
        raise click.UsageError("standard input can be read only once")
    status = 0
    written: dict[Path, str] = {}
    for name in definitions:
        status = max(status, _one(name, output, into_folder, include, check, written))
    sys.exit(status)


def _explain(code: str) -> None:
    if code.upper() not in CODES:
        raise click.UsageError(f"there is no code '{code}'; codes are SG and three digits")
    click.echo(explain(code.upper()))


def _one(
    name: str,
    output: Path | None,
    into_folder: bool,
    include: Iterable[Path],
    check: bool,
    written: dict[Path, str],
) -> int:
    """Compile one definition, report, write; the exit status."""
    try:
        compilation = _compile(name, include, check)
    except OSError as error:
        click.echo(f"{name}: {error.strerror or error}", err=True)
        return _USAGE
    for diagnostic in compilation.diagnostics:
        click.echo(as_text(diagnostic, compilation.source), err=True)
    if compilation.diagnostics.failed:
        return _FAILED
    if check:
        return 0
    if output is None:
        sys.stdout.buffer.write(compilation.script.encode())
        sys.stdout.buffer.flush()
        return 0
    target = output / f"{compilation.model_id}.py" if into_folder else output
    if target in written:
        message = f"{name}: '{written[target]}' has the same model id; {target} is already written"
        click.echo(message, err=True)
        return _USAGE
    written[target] = name
    try:
        _write(target, compilation.script)
    except OSError as error:
        click.echo(f"{target}: {error.strerror or error}", err=True)
        return _USAGE
    return 0


def _compile(name: str, include: Iterable[Path], check: bool) -> Compilation:
    if name == "-":
        return compile_bytes("-", sys.stdin.buffer.read(), [Path("."), *include], check)
    path = Path(name)
    return compile_bytes(name, path.read_bytes(), [path.parent, *include], check)


def _write(target: Path, script: str) -> None:
    """Whole or not at all: to a temporary neighbour first, then renamed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
    with tempfile.NamedTemporaryFile(
        "wb", dir=target.parent, prefix=f".{target.name}.", delete=False
    ) as file:
        temporary = Path(file.name)
        try:
            file.write(script.encode())
            file.close()
            temporary.chmod(mode)
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
