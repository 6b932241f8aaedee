"""`seqgra-data check`: what is wrong with a data folder, and what is dangerous in it."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click

from ..compiler import Compilation, Options, UnsupportedOptions, compile_bytes
from ..datasets.check import check_folder, checked_summary
from ..datasets.expected import expected
from ..datasets.faults import UsageProblem
from ..grammar import Simulation
from ..source import Source
from .console import (
    FAILED,
    Messages,
    folders,
    include_option,
    print_text,
    read_definition,
    semantics_option,
    write_file,
)
from .dataoptions import message_format
from .datarun import COMMAND, reported
from .usage import ReportedCommand


@click.command("check", cls=ReportedCommand, epilog="""\b
Examples:
  seqgra-data check model.xml data/
  seqgra-data check model.xml data/ --plot report.html
""")  # fmt: skip
@click.argument("definition")
@click.argument("folder", type=click.Path(path_type=Path))
@include_option
@semantics_option
@click.option(
    "--plot", type=click.Path(path_type=Path), metavar="FILE",
    help="Also write a page of labels, GC, lengths and letters per position (HTML).",
)  # fmt: skip
@message_format
def check_command(
    definition: str, folder: Path, include: tuple[Path, ...], semantics: str, plot: Path | None,
    message_format: str,
) -> None:  # fmt: skip
    """Report every fault of a data folder, and what is legal but dangerous."""
    messages = Messages(message_format, COMMAND)
    with reported(messages, "plots"):
        _check_order(definition, folder)
        compilation = _compiled(definition, include, semantics)
        model = compilation.model
        if model is None:
            messages.compiled(compilation.source, compilation.diagnostics)
            sys.exit(messages.end(FAILED))
        if isinstance(model, Simulation):
            raise UsageProblem(
                f"{definition}: this is a data definition", "name the model definition"
            )
        if not folder.is_dir():
            what = "is a file" if folder.exists() else "there is no such folder"
            help = "name the folder of training.txt; seqgra-data makes one"
            raise UsageProblem(f"{folder}: {what}", help)
        want = expected(model)
        letters = None
        if plot is not None:
            from ..datasets.plots import Letters, page

            letters = Letters(want.alphabet)
        checked = check_folder(folder, want, letters.add if letters else None)
        # The last line for people counts what is in the folder.
        named = Source(str(folder), b"", "") if messages.for_people else compilation.source
        messages.compiled(named, checked.found)
        if plot is not None and letters is not None:
            write_file(plot, page(checked.sets, letters, want.labels, model.id.value))
        failed = print_text(checked_summary(checked, want.labels), messages)
        sys.exit(messages.end(failed or (FAILED if checked.failed else 0)))


def _check_order(definition: str, folder: Path) -> None:
    """Raise if the definition is a folder: the two were probably swapped."""
    if not Path(definition).is_dir():
        return
    help = "the definition comes first, then the folder"
    if folder.is_file():
        help += ": " + shlex.join(("seqgra-data", "check", str(folder), definition))
    raise UsageProblem(f"{definition}: this is a folder, not a definition", help)


def _compiled(definition: str, include: tuple[Path, ...], semantics: str) -> Compilation:
    try:
        return compile_bytes(
            definition,
            read_definition(definition),
            folders(definition, include),
            Options(semantics=semantics, check_only=True),
        )
    except UnsupportedOptions as error:
        raise UsageProblem(f"{definition}: {error}", "choose other --semantics") from None
