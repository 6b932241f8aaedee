"""`seqgra-audit`: the command line of the auditor."""

from __future__ import annotations

from pathlib import Path

import click

from .. import __version__
from ..compiler import Options, UnsupportedOptions
from ..grammar import Simulation
from ..visible import visible
from .auditexport import export_command
from .auditing import DIFFERENT, SAME, UNKNOWN, compile_correct, example, guarded, tell
from .auditreport import report_command
from .auditruns import compare_command, table_command
from .console import (
    MAX_SCRIPT,
    audit_options,
    complain,
    folders,
    include_option,
    print_text,
    read_bytes,
    read_definition,
)
from .kinds import not_definition_and_script

_EXAMPLES = """\b
Examples:
  seqgra-audit verify model.xml train.py          is this script what the definition says?
  seqgra-audit compare first/ second/             did two runs give the same result?
  seqgra-audit report model.xml -o page.html      definition and script on one page
  seqgra-audit diff --help                        options and an example of a command
"""


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog=_EXAMPLES)
@click.version_option(__version__, prog_name="seqgra-audit", message="%(prog)s %(version)s")
def main() -> None:
    """Audit model and data definitions, the scripts compiled from them, and their runs.

    What is audited is only read, never run.
    """


@main.command("settings", epilog=example("seqgra-audit settings model.xml"))
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
def settings_command(
    definition: str,
    include: tuple[Path, ...],
    options: Options,
    form: str,
) -> None:
    """List every setting that decides the run.

    For each setting: its value and unit, its origin (a place in the definition, a default, an
    option), its lines in the script, and a remark where seqgra does something else.

    DEFINITION is a file, or - for standard input.

    Exit status: 0 fine, 2 the definition has errors or cannot be read.
    """
    from ..audit.ledger.listing import ledger_json, ledger_text

    def work() -> int:
        compilation = compile_correct(definition, include, options)
        if compilation is None:
            return UNKNOWN
        write = ledger_json if form == "json" else ledger_text
        return print_text(write(compilation.settings, compilation.source))

    guarded(definition, work)


for command in (report_command, compare_command, table_command, export_command):
    main.add_command(command)


@main.command("verify", epilog=example("seqgra-audit verify model.xml train.py"))
@click.argument("definition")
@click.argument("script")
@include_option
def verify_command(definition: str, script: str, include: tuple[Path, ...]) -> None:
    """Tell whether SCRIPT is what DEFINITION compiles to.

    The definition is compiled again, with the options that the script's first lines name, and the
    two scripts are compared byte for byte. The verdict says what kind of difference there is: only
    the compiler's version; only the layout (line ends, another version of Black); comments and
    docstrings; or code. The unified diff goes to standard output, the verdict to standard error.

    Both are files; one of the two may be - for standard input.

    Exit status: 0 the same, 1 different, 2 undecided: the script has no header or cannot be read,
    or the definition has errors.
    """
    from ..audit.verify import verify_script
    from ..backends.header import HeaderError

    def work() -> int:
        if definition == script == "-":
            raise click.UsageError("standard input can be read only once")
        wrong = not_definition_and_script(definition, script)
        if wrong is not None:
            complain(*wrong)
            return UNKNOWN
        name = script
        try:
            text = read_bytes(script, MAX_SCRIPT)
            name = definition
            data = read_definition(definition)
            name = script
            found = verify_script(definition, data, folders(definition, include), script, text)
        except OSError as error:
            complain(name, error)
            return UNKNOWN
        except (HeaderError, UnsupportedOptions) as error:
            complain(script, str(error))
            return UNKNOWN
        if found.compilation.script is None:
            tell(found.compilation)
            return UNKNOWN
        for remark in found.remarks:
            click.echo(visible(f"{script}: {remark}"), err=True)
        click.echo(visible(f"{script}: {found.difference.value}"), err=True)
        if not found.diff:
            return SAME
        return print_text(found.diff) or DIFFERENT

    guarded(definition, work)


@main.command("diff", epilog=example("seqgra-audit diff before.xml after.xml"))
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
def diff_command(
    before: str, after: str, include: tuple[Path, ...], options: Options, complete: bool
) -> None:
    """Explain what the change from BEFORE to AFTER means for training.

    It does not compare texts. It says whether the change affects what the model computes, the
    number of weights, the initial weights, the batches, the loss, the optimizer and the length of
    the run, given the same data, machine and versions. Then it lists what differs, operation by
    operation; an activation counts as an operation of its own. In two libraries, losses and
    optimizers are compared as --library matches them. For two data definitions it says which sets
    change. One of the two files may be - for standard input.

    Exit status: 0 no difference for training, 1 a difference, 2 a definition has errors or cannot
    be read.
    """
    from ..audit.changes.diff import compare_definitions, differences_text

    def work() -> int:
        if before == after == "-":
            raise click.UsageError("standard input can be read only once")
        one, other = (compile_correct(name, include, options) for name in (before, after))
        if one is None or other is None:
            return UNKNOWN
        if isinstance(one.model, Simulation) is not isinstance(other.model, Simulation):
            complain(after, "one is a model definition, the other a data definition")
            return UNKNOWN
        comparison = compare_definitions(one, other)
        written = print_text(differences_text(comparison, complete))
        return written or (DIFFERENT if comparison.matters else SAME)

    guarded(f"{before}, {after}", work)


if __name__ == "__main__":
    main()
