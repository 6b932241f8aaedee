"""`seqgra-audit report`: pages of definitions and of runs."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

import click

from ..compiler import Options
from .auditing import UNKNOWN, compile_and_tell, example, guarded, read_runs
from .console import (
    audit_options,
    complain,
    include_option,
    names_folder,
    print_text,
    put_file,
)


@click.command(
    "report",
    epilog=example(
        "seqgra-audit report model.xml --run models/one --run models/other -o page.html"
    ),
)
@click.argument("definition", metavar="DEFINITION|RUN")
@click.option(
    "--run",
    "runs",
    multiple=True,
    type=click.Path(),
    help="A folder that the script has written, or its receipt.json: the page also shows the results "
    "of this run. Repeatable: several runs are compared.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(),
    help="Write the page to this file, or to this folder as <model id>.html, whole or not at all; "
    "otherwise to standard output.",
)
@include_option
@audit_options
def report_command(
    definition: str,
    runs: tuple[str, ...],
    output: str | None,
    include: tuple[Path, ...],
    options: Options,
) -> None:
    """Make one offline page of a definition, of its runs, or of both.

    A definition is shown beside its script, linked line by line, with its settings, its
    diagnostics and a drawing: the architecture or, for a data definition, sequence logos of its
    elements and the places of its rules. A run is shown with curves, tables, hashes and versions;
    this needs the extra 'plots'. The page needs only a browser and loads nothing from the network.

    DEFINITION is a file, or - for standard input. Give the folder or the receipt of a run instead
    for a page of the run alone.

    Exit status: 0 fine, 1 the definition has errors, which the page shows, 2 wrong usage, or a file
    that cannot be read or written.
    """
    from ..audit.report import report_of_definition, report_of_runs

    def work() -> int:
        if _is_run(definition):
            found = read_runs((definition, *runs))
            if found is None:
                return UNKNOWN
            text = _shown(definition, functools.partial(report_of_runs, found))
            return _page_to(output, definition, found[0].model_id, text) if text else UNKNOWN
        found = read_runs(runs)
        compilation = compile_and_tell(definition, include, options)
        if compilation is None or found is None:
            return UNKNOWN
        text = _shown(definition, lambda: report_of_definition(compilation, found))
        if text is None:
            return UNKNOWN
        status = _page_to(output, definition, compilation.model_id or "report", text)
        return status or int(compilation.diagnostics.failed)

    guarded(definition, work)


def _is_run(name: str) -> bool:
    """Whether this is a run's folder, or a receipt, rather than a definition."""
    if name == "-":
        return False
    if Path(name).is_dir():
        return True
    try:
        with open(name, "rb") as file:
            return file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")
    except OSError:
        return False


def _shown(name: str, make: Callable[[], str]) -> str | None:
    """The page, or None after a complaint."""
    from ..audit.runs.run import RunError

    try:
        return make()
    except RunError as error:
        complain(str(error.path), str(error))
    except ModuleNotFoundError as error:
        complain(name, f"pictures need {error.name}: pip install matplotlib")
    return None


def _page_to(output: str | None, definition: str, name: str, text: str) -> int:
    """The page to where it was asked for; the exit status."""
    if output is None:
        return print_text(text)
    target = Path(output, f"{name}.html") if names_folder(output) else Path(output)
    if definition != "-" and target.exists() and target.samefile(definition):
        return complain(str(target), "this is the definition; it is not overwritten")
    return put_file(target, text)
