"""`seqgra-compile`: the command line of the compiler."""

from __future__ import annotations

import functools
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import click

from .. import __version__
from ..catalog.semantics import PREDICT
from ..compiler import Compilation, Options, UnsupportedOptions, compile_bytes
from ..messages.diagnostics import did_you_mean
from ..messages.writers import Problem
from ..resources import folder
from .console import (
    FAILED,
    FORMATS,
    USAGE,
    Messages,
    folders,
    include_option,
    names_folder,
    print_text,
    put_file,
    read_definition,
    script_options,
)
from .shadows import Neighbours, modules_in, shadowed
from .usage import ReportedCommand

FIRST_DEFINITIONS = {
    "torch": "torch.xml",
    "tensorflow": "tensorflow.xml",
    "bayes": "bayes.xml",
    "data": "data.xml",
}
# An explanation is as wide as the terminal, within these bounds.
_MIN_COLUMNS, _MAX_COLUMNS = 40, 88


_EXAMPLES = """\b
Examples:
  seqgra-compile model.xml -o train.py            compile a definition
  seqgra-compile data.xml -o simulate.py          a data definition
  seqgra-compile model.xml --emit predict -o predict.py       score new sequences
  seqgra-compile models/*.xml -o scripts/         several, each into its own file
  seqgra-compile --check model.xml                only say what is wrong
  seqgra-compile --explain SG203                  explain a message
  seqgra-compile --list Conv1D                    what an operation takes
  seqgra-compile --init torch > model.xml         a first definition
"""


def _complete_codes(_context: click.Context, _option: click.Parameter, word: str) -> list[str]:
    from ..messages.codes import CODES

    return [code for code in CODES if code.startswith(word.upper())]


def _complete_names(_context: click.Context, _option: click.Parameter, word: str) -> list[str]:
    from ..reference.listing import listed_names

    return [name for name in listed_names() if name.lower().startswith(word.lower())]


@click.command(
    cls=ReportedCommand,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=_EXAMPLES,
)
@click.argument("definitions", nargs=-1, metavar="DEFINITION...")
@click.option(
    "-o",
    "--output",
    type=click.Path(),
    help="Write the script to this file. If it is a folder or ends with a slash, or there are "
    "several definitions, write <model id>.py into this folder.",
)
@include_option
@script_options
@click.option("--check", is_flag=True, help="Report diagnostics only; write no script.")
@click.option(
    "--message-format",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How messages are written to standard error: for people, as JSON (one object per line), "
    "as SARIF, or as GitHub's workflow commands.",
)
@click.option(
    "--explain",
    "code",
    metavar="CODE",
    help="Explain a diagnostic code, such as SG203.",
    shell_complete=_complete_codes,
)
@click.option(
    "--list",
    "listed",
    metavar="KIND|NAME",
    help="List what a definition may say, with parameters and defaults: operations, optimizers, "
    "losses, activations, initializers, regularizers, or data (the elements of data definitions); "
    "or describe a single one, such as Conv1D or spacingconstraint.",
    shell_complete=_complete_names,
)
@click.option(
    "--init",
    "first",
    type=click.Choice(tuple(FIRST_DEFINITIONS)),
    is_flag=False,
    flag_value="torch",
    help="Write a commented first definition: a model in PyTorch (torch) or Keras (tensorflow), a "
    "Bayes optimal classifier (bayes), or a data definition (data), which the classifier reads from "
    "data.xml.",
)
@click.version_option(__version__, prog_name="seqgra-compile", message="%(prog)s %(version)s")
def main(
    definitions: tuple[str, ...],
    output: str | None,
    include: tuple[Path, ...],
    options: Options,
    check: bool,
    message_format: str,
    code: str | None,
    listed: str | None,
    first: str | None,
) -> None:
    """Compile seqgra model definitions (XML) into self-contained training scripts.

    A data definition becomes a script that simulates its data.

    DEFINITION is a file, or - for standard input. The script goes to standard output, or to -o.

    Exit status: 0 fine, 1 a definition has errors, 2 wrong usage, or a file that cannot be read or
    written.
    """
    messages = Messages(message_format)
    if code is not None:
        sys.exit(messages.end(_explain(code, messages)))
    if listed is not None:
        sys.exit(messages.end(_list(listed, messages)))
    if first is not None:
        sys.exit(messages.end(_init(first, output, messages)))
    if not definitions:
        raise click.UsageError("name a definition, or - for standard input")
    if definitions.count("-") > 1:
        raise click.UsageError("standard input can be read only once")
    target = None if output is None else Path(output)
    into_folder = output is not None and (len(definitions) > 1 or names_folder(output))
    if len(definitions) > 1 and not (into_folder or check):
        raise click.UsageError("several definitions need a folder: -o DIR")
    if into_folder and target and target.exists() and not target.is_dir():
        raise click.UsageError(f"the scripts need a folder, and '{output}' is a file")
    options = replace(options, check_only=check)
    run = _Run(definitions, target, into_folder, include, options, messages)
    sys.exit(messages.end(run.worst_status()))


def _explain(code: str, messages: Messages) -> int:
    # Imported here, like the imports below: a compilation does not need it.
    from ..messages.codes import CODES, explain

    if code.upper() not in CODES:
        raise click.UsageError(f"there is no code '{code}'; codes are SG and three digits")
    columns = shutil.get_terminal_size((_MAX_COLUMNS, 24)).columns
    width = max(_MIN_COLUMNS, min(columns, _MAX_COLUMNS))
    return print_text(explain(code.upper(), width) + "\n", messages)


def _list(listed: str, messages: Messages) -> int:
    from ..reference.entries import KINDS
    from ..reference.listing import list_text, listed_names

    text = list_text(listed)
    if text is None:
        guess = did_you_mean(listed, listed_names()) or f"kinds are {', '.join(KINDS)}, data"
        raise click.UsageError(f"there is no kind or name '{listed}'; {guess}")
    return print_text(text, messages)


def _init(first: str, output: str | None, messages: Messages) -> int:
    """Write a first definition to standard output, or to a file that does not exist yet."""
    text = folder("templates").joinpath("first", FIRST_DEFINITIONS[first]).read_text("utf-8")
    if output is None:
        return print_text(text, messages)
    target = Path(output, FIRST_DEFINITIONS[first] if names_folder(output) else "")
    if target.exists():
        return messages.complain(str(target), "it exists already, and is not overwritten")
    return put_file(target, text, messages)


class _Run:
    """One call of the command: what was asked for, and what has been written."""

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
        self.found_in: dict[Path, Neighbours] = {}

    def worst_status(self) -> int:
        """Compile all definitions; the highest exit status."""
        return max([self.status(name) for name in self.definitions])

    def status(self, name: str) -> int:
        """Compile one definition, report, write; the exit status."""
        try:
            data = read_definition(name)
        except OSError as error:
            return self.messages.complain(name, error)
        try:
            compilation = compile_bytes(name, data, folders(name, self.include), self.options)
            self.messages.compiled(compilation.source, compilation.diagnostics)
        except UnsupportedOptions as error:
            return self.messages.complain(name, str(error))
        except Exception as error:  # any other exception is a bug in the compiler
            return self.messages.our_bug(name, error)
        if compilation.diagnostics.failed:
            return FAILED
        if compilation.script is None:
            return 0
        return self.put(name, compilation, compilation.script)

    def put(self, name: str, compilation: Compilation, script: str) -> int:
        """Write the script where it was asked for; the exit status."""
        if self.output is None:
            return print_text(script, self.messages)
        target = self.output
        if self.into_folder:
            kind = "-predict" if self.options.emit == PREDICT else ""
            target = target / f"{compilation.model_id}{kind}.py"
        if target in self.written:
            first = self.written[target]
            return self.messages.complain(
                name, f"'{first}' has the same model id; {target} is already written"
            )
        self.written[target] = name
        if self.reports_a_shadow(target, compilation):
            return USAGE
        try:
            if target.exists() and _identity(target) in self.identities:
                return self.messages.complain(
                    str(target), "this is a definition; it is not overwritten"
                )
        except OSError as error:
            return self.messages.complain(str(target), error)
        return put_file(target, script, self.messages)

    def reports_a_shadow(self, target: Path, compilation: Compilation) -> bool:
        """Whether Python would import the script, or a neighbour, in place of a module it needs."""
        architecture = getattr(compilation.model, "architecture", None)
        others = getattr(architecture, "dependencies", ())
        module = shadowed(target.name, others) if target.suffix else None
        if module:
            problem = f"Python would import this file in place of the module '{module}'"
            remedy = (
                "change the id in the definition" if self.into_folder else "choose another name"
            )
            help = f"no script in its folder could start: {remedy}"
            self.messages.problem(Problem(problem, str(target), help=help))
            return True
        name = self.beside(target.parent).in_the_way(others)
        if name:
            module = Path(name).stem
            problem = f"a script could not start here, beside {name}"
            help = f"Python would import it in place of the module '{module}': "
            help += "rename it, or choose another folder"
            self.messages.problem(Problem(problem, str(target), help=help))
        return bool(name)

    def beside(self, folder: Path) -> Neighbours:
        """What Python could import from a folder; found once, before anything is written."""
        if folder not in self.found_in:
            try:
                self.found_in[folder] = Neighbours(modules_in(folder))
            except OSError:
                self.found_in[folder] = Neighbours([])  # writing will report it
        return self.found_in[folder]

    @functools.cached_property
    def identities(self) -> set[tuple[int, int]]:
        """The identities of the definitions' files: none of them is overwritten."""
        paths = (Path(name) for name in self.definitions if name != "-")
        return {_identity(path) for path in paths if path.exists()}


def _identity(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino
