"""`seqgra-audit`: the auditor's face."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import click

from .. import __version__
from ..compiler import Compilation, Options, UnsupportedSemantics, compile_bytes
from ..grammar import Simulation
from ..messages.writers import TextWriter
from ..visible import visible
from .console import (
    MAX_SCRIPT,
    audit_options,
    complain,
    folders,
    include_option,
    is_coloured,
    names_folder,
    our_bug,
    print_text,
    read_bytes,
    read_definition,
    say,
    write_file,
)

_SAME, _DIFFERENT, _UNKNOWN = 0, 1, 2  # what keeps an audit from an answer is 2


def _example(command: str) -> str:
    return f"\b\nExample:\n  {command}"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="seqgra-audit", message="%(prog)s %(version)s")
def main() -> None:
    """Audit model and data definitions, the scripts compiled from them, and their runs.

    Nothing that is audited is ever run.
    """


def _compiled(name: str, include: tuple[Path, ...], options: Options) -> Compilation | None:
    """A compilation without errors, its diagnostics printed, or None after a complaint."""
    compilation = _reported(name, include, options)
    return None if compilation is None or compilation.diagnostics.failed else compilation


def _reported(name: str, include: tuple[Path, ...], options: Options) -> Compilation | None:
    """A compilation, its diagnostics printed, or None after a complaint."""
    try:
        data = read_definition(name)
        compilation = compile_bytes(name, data, folders(name, include), options)
    except OSError as error:
        complain(name, error)
        return None
    except UnsupportedSemantics as error:
        complain(name, str(error))
        return None
    _report(compilation)
    return compilation


def _report(compilation: Compilation) -> None:
    say(TextWriter(is_coloured(sys.stderr)).compiled(compilation.source, compilation.diagnostics))


def _guarded(name: str, work) -> None:
    """Exit with the status that the work gives; what it trips over is our fault."""
    try:
        status = work()
    except click.ClickException:
        raise
    except Exception as error:
        our_bug(name, error, "seqgra-audit")
        status = _UNKNOWN
    sys.exit(status)


@main.command(epilog=_example("seqgra-audit settings model.xml"))
@click.argument("definition")
@include_option
@audit_options
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="A table to read, or JSON, which also has the lines that follow from a setting.",
)
def settings(
    definition: str,
    include: tuple[Path, ...],
    options: Options,
    form: str,
) -> None:
    """List every setting that decides the run.

    For each: its value and unit, where it comes from (a place in the definition, a default, an
    option), the lines of the script that say it, and a remark where seqgra does otherwise.

    DEFINITION is a file, or - for standard input.

    Exit status: 0 fine, 2 the definition has errors or cannot be read.
    """
    from ..audit.ledger.listing import as_json
    from ..audit.ledger.listing import as_text as table

    def work() -> int:
        compilation = _compiled(definition, include, options)
        if compilation is None:
            return _UNKNOWN
        write = as_json if form == "json" else table
        return print_text(write(compilation.settings, compilation.source))

    _guarded(definition, work)


@main.command(epilog=_example("seqgra-audit report model.xml -o page.html"))
@click.argument("definition")
@click.option(
    "-o",
    "--output",
    type=click.Path(),
    help="Write the page to this file, or to this folder as <model id>.html, whole or not at all; "
    "otherwise to standard output.",
)
@include_option
@audit_options
def report(
    definition: str,
    output: str | None,
    include: tuple[Path, ...],
    options: Options,
) -> None:
    """Make one offline page: definition and script side by side, linked line by line.

    The page also holds the ledger, the diagnostics, and a drawing: the architecture, or of a data
    definition its elements as sequence logos and where its rules place them. It needs
    nothing but a browser, and asks the network for nothing.

    DEFINITION is a file, or - for standard input.

    Exit status: 0 fine, 1 the definition has errors, which the page shows, 2 wrong usage, or a file
    that cannot be read or written.
    """
    from ..audit.report import report as page

    def work() -> int:
        compilation = _reported(definition, include, options)
        if compilation is None:
            return _UNKNOWN
        text = page(compilation)
        if output is None:
            status = print_text(text)
        else:
            status = _put_page(output, definition, compilation.model_id or "report", text)
        return status or int(compilation.diagnostics.failed)

    _guarded(definition, work)


def _put_page(output: str, definition: str, name: str, text: str) -> int:
    target = Path(output, f"{name}.html") if names_folder(output) else Path(output)
    if _is(target, definition):
        return complain(str(target), "this is the definition; it is not overwritten")
    return _put(target, text)


def _is(output: Path, definition: str) -> bool:
    return definition != "-" and output.exists() and output.samefile(definition)


def _put(output: Path, text: str) -> int:
    try:
        write_file(output, text)
    except OSError as error:
        return complain(str(output), error)
    return 0


@main.command(epilog=_example("seqgra-audit verify model.xml train.py"))
@click.argument("definition")
@click.argument("script")
@include_option
def verify(definition: str, script: str, include: tuple[Path, ...]) -> None:
    """Tell whether SCRIPT is what DEFINITION compiles to.

    The definition is compiled again, under the options that the script's first lines name, and
    compared byte for byte. A difference is told apart: the compiler's version alone; the layout
    alone (line ends, another Black); comments and docstrings; the code. The unified diff goes to
    standard output, the verdict to standard error.

    Both are files; one of the two may be - for standard input.

    Exit status: 0 the same, 1 different, 2 it cannot be told: the script has no header or cannot be
    read, or the definition has errors.
    """
    from ..audit.verify import verify as verified
    from ..backends.header import HeaderError

    def work() -> int:
        if definition == script == "-":
            raise click.UsageError("standard input can be read only once")
        name = script
        try:
            text = read_bytes(script, MAX_SCRIPT)
            name = definition
            data = read_definition(definition)
            name = script
            found = verified(definition, data, folders(definition, include), script, text)
        except OSError as error:
            complain(name, error)
            return _UNKNOWN
        except (HeaderError, UnsupportedSemantics) as error:
            complain(script, str(error))
            return _UNKNOWN
        if found.compilation.script is None:
            _report(found.compilation)
            return _UNKNOWN
        for remark in found.remarks:
            click.echo(visible(f"{script}: {remark}"), err=True)
        click.echo(visible(f"{script}: {found.difference.value}"), err=True)
        if not found.diff:
            return _SAME
        return print_text(found.diff) or _DIFFERENT

    _guarded(definition, work)


@main.command(epilog=_example("seqgra-audit diff before.xml after.xml"))
@click.argument("before")
@click.argument("after")
@include_option
@audit_options
@click.option(
    "--all",
    "complete",
    is_flag=True,
    help="Also list every setting that differs, with its places in the two definitions.",
)
def diff(
    before: str, after: str, include: tuple[Path, ...], options: Options, complete: bool
) -> None:
    """Tell what the change from BEFORE to AFTER means for training.

    Both are model definitions, or both data definitions, of which it tells which sets change; one of
    the two may be - for standard input. What is told is not
    which characters moved: what the model computes, numbers of weights, initial weights, batches,
    loss, optimizer and length of the run, on the same data, machine and versions; then operation by
    operation what differs, an activation counted as a step of its own.

    Exit status: 0 no difference for training, 1 a difference, 2 a definition has errors or cannot
    be read.
    """
    from ..audit.diff import as_text as text
    from ..audit.diff import compare as compared

    def work() -> int:
        if before == after == "-":
            raise click.UsageError("standard input can be read only once")
        pair = [_compiled(name, include, options) for name in (before, after)]
        if None in pair:
            return _UNKNOWN
        if len({isinstance(each.model, Simulation) for each in pair}) == 2:
            complain(after, "of the two, one is a model definition and one a data definition")
            return _UNKNOWN
        comparison = compared(*pair)
        written = print_text(text(comparison, complete))
        return written or (_DIFFERENT if comparison.matters else _SAME)

    _guarded(f"{before}, {after}", work)


@main.command(
    epilog=_example("seqgra-audit compare one/receipt.json other/receipt.json --tolerance 1e-6")
)
@click.argument("one")
@click.argument("other")
@click.option(
    "--tolerance",
    type=click.FloatRange(min=0),
    default=0.0,
    help="How far apart losses and other results may be, absolutely or as a share of the larger "
    "one; 0 if not given.",
)
def compare(one: str, other: str, tolerance: float) -> None:
    """Compare the receipts (receipt.json) of two runs.

    All is compared but the block 'circumstances': what the run was asked to do, what it was done
    with, its epochs and results. Printed are the verdict and what differs, first the first setting
    and the first epoch.

    A tolerance is for results: under it, versions, device, threads and the hash of the weights may
    differ, but not what the run was asked to do.

    Exit status: 0 identical, or within the tolerance that was asked for; 1 different; 2 a receipt
    is damaged or cannot be read.
    """
    from ..audit.compare import Verdict
    from ..audit.compare import as_text as text
    from ..audit.compare import compare as compared
    from ..audit.receipt import MAX_RECEIPT, ReceiptError, read_receipt

    def work() -> int:
        if not math.isfinite(tolerance):
            raise click.UsageError("a tolerance is a number")
        if one == other == "-":
            raise click.UsageError("standard input can be read only once")
        receipts = []
        for name in (one, other):
            try:
                receipts.append(read_receipt(read_bytes(name, MAX_RECEIPT)))
            except OSError as error:
                complain(name, error)
            except ReceiptError as error:
                complain(name, str(error))
        if len(receipts) < 2:
            return _UNKNOWN
        comparison = compared(*receipts, tolerance)
        differs = comparison.verdict is Verdict.DIFFERENT
        return print_text(text(comparison)) or (_DIFFERENT if differs else _SAME)

    _guarded(f"{one}, {other}", work)


if __name__ == "__main__":
    main()
