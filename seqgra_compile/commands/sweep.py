"""`seqgra-sweep`: many runs as a folder of scripts and a workflow."""

from __future__ import annotations

import functools
import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from .. import __version__, ir
from ..catalog.semantics import SEQGRA, SIMULATED
from ..compiler import Compilation, Options, UnsupportedOptions, compile_bytes
from ..grammar import BayesModel, Simulation
from ..messages.writers import Problem
from ..sweep.folder import known_runs, to_write
from ..sweep.grid import SweepRun, read_seeds, read_sizes
from ..sweep.plan import DataFolders, Simulated, SweepRequest, named_folders, planned
from ..sweep.problem import DefinitionError, SweepError
from ..sweep.variants import DataOriginal, ModelOriginal
from .console import (
    FAILED,
    USAGE,
    Messages,
    folders,
    include_option,
    print_text,
    read_definition,
    script_options,
    write_file,
)
from .dataoptions import SeveralValues, message_format

COMMAND = "seqgra-sweep"
_EXAMPLES = """\b
Examples:
  seqgra-sweep basset.xml deepsea.xml --seeds 1-5 --data-dir data/ -o sweep/
  seqgra-sweep model.xml --simulate data.xml --sizes 10000 20000 --data-seeds 1-3 -o sweep/
  seqgra-sweep model.xml --data-dir data/ --sizes 0.05 0.2 1.0 --data-seeds 1-3 --grid -o sweep/
"""


# Runs of a sweep train, can be resumed and have receipts.
_script_options = functools.partial(script_options, without=("records", "emit"))


class _SeveralWords(SeveralValues):
    """A command some of whose options take all words up to the next option or definition."""

    takes_several = ("--seeds", "--sizes", "--data-seeds", "--data-dir")

    def is_value(self, word: str) -> bool:
        return not word.endswith(".xml")


@click.command(
    cls=_SeveralWords,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=_EXAMPLES,
)
@click.argument("definitions", nargs=-1, required=True, metavar="DEFINITION...")
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), metavar="DIR",
    help="A new folder for the sweep, or one to which more is added.",
)  # fmt: skip
@click.option(
    "--seeds", multiple=True, default=("1-3",), show_default=True, metavar="SEED...",
    help="Seeds of the models, such as 1-5 or 1 2 7.",
)  # fmt: skip
@click.option(
    "--simulate", metavar="DATA_DEFINITION", help="Simulate the data from this definition."
)
@click.option(
    "--data-dir", multiple=True, type=click.Path(path_type=Path), metavar="DIR...",
    help="Use these data folders instead, with training.txt, validation.txt and test.txt.",
)  # fmt: skip
@click.option(
    "--sizes", multiple=True, metavar="SIZE...",
    help="Numbers of training examples; for --data-dir also fractions of them, such as 0.05.  "
    "[default: as in the definition, or all]",
)  # fmt: skip
@click.option(
    "--data-seeds", multiple=True, metavar="SEED...",
    help="Seeds of the simulation, or of the draw from --data-dir.  "
    "[default: the definition's; 1]",
)  # fmt: skip
@click.option(
    "--test-seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True, metavar="SEED",
    help="The seed of the simulated test set, which all runs share.",
)  # fmt: skip
@click.option(
    "--grid", is_flag=True,
    help="Train every model seed on every data seed, not the first on the first and so on.",
)  # fmt: skip
@include_option
@_script_options
@message_format
@click.version_option(__version__, prog_name=COMMAND, message="%(prog)s %(version)s")
def main(
    definitions: tuple[str, ...], output: Path, include: tuple[Path, ...], options: Options,
    message_format: str, **chosen: object,
) -> None:  # fmt: skip
    """Write a sweep over models, seeds and data as a folder that Snakemake runs.

    The folder holds your definitions with other seeds and sizes, their scripts, a Snakefile, and
    the same commands as a list for sh. Nothing is run. A sweep that exists already keeps what it
    has, and gets what is new.

    DEFINITION is a model definition. Simulated data also get a Bayes optimal classifier.

    Exit status: 0 fine, 1 a definition has errors, 2 wrong usage, or a file or folder that cannot
    be read or written.
    """
    messages = Messages(message_format, COMMAND)
    try:
        status = _sweep(definitions, output, include, options, chosen, messages)
    except SweepError as error:
        messages.problem(Problem(error.message, error.place, help=error.help))
        status = FAILED if isinstance(error, DefinitionError) else USAGE
    except OSError as error:
        status = messages.complain(str(error.filename or output), error)
    except Exception as error:  # whatever it is, it is our fault
        status = messages.our_bug(COMMAND, error)
    sys.exit(messages.end(status))


def _sweep(
    names: Sequence[str],
    output: Path,
    include: Sequence[Path],
    options: Options,
    chosen: Mapping[str, Any],
    messages: Messages,
) -> int:
    _check(names, chosen)
    seeds = read_seeds(chosen["seeds"], "--seeds")
    data_seeds = read_seeds(chosen["data_seeds"], "--data-seeds")
    simulated = chosen["simulate"]
    sizes = read_sizes(chosen["sizes"], shares=not simulated)
    given = named_folders(chosen["data_dir"], _paths_within(output, chosen["data_dir"]))
    known = known_runs(output)
    read = [_read_model(name, include, options, messages) for name in names]
    data: Simulated | DataFolders | None = DataFolders(given, sizes, data_seeds)
    if simulated:
        definition = _read_data(simulated, include, options, messages)
        data = None
        if definition:
            data = Simulated(definition, sizes, data_seeds, chosen["test_seed"])
    models = [model for model in read if model]
    if data is None or len(models) < len(read):
        return FAILED
    if all(model.is_bayes for model in models):
        raise SweepError("nothing in these definitions is trained", names[0], "add a model")
    plan = planned(SweepRequest(models, seeds, data, chosen["grid"]), known)
    runs, files = to_write(output, plan, known)
    for path, content in files.items():
        write_file(path, content)
    if plan.note:
        messages.problem(Problem(f"no Bayes optimal classifier: {plan.note}", simulated))
    return print_text(_summary(output, runs, known), messages)


def _check(names: Sequence[str], chosen: Mapping[str, Any]) -> None:
    """Options that do not fit together."""
    if "-" in names or chosen["simulate"] == "-":
        raise SweepError("a sweep reads files, not standard input", "-", "save it to a file")
    if bool(chosen["simulate"]) == bool(chosen["data_dir"]):
        help = "either --simulate data.xml, or --data-dir DIR"
        raise SweepError("a sweep has data of one kind", COMMAND, help)
    if chosen["data_dir"] and chosen["data_seeds"] and not chosen["sizes"]:
        help = "leave them out, or say with --sizes how much is drawn"
        raise SweepError("nothing is drawn from folders as they are", "--data-seeds", help)


def _paths_within(output: Path, given: Sequence[Path]) -> list[str]:
    """Paths as the sweep writes them: relative to its folder if they were given relatively."""
    return [
        os.fspath(path) if path.is_absolute() else os.path.relpath(path, output) for path in given
    ]


def _read_model(
    name: str, include: Sequence[Path], options: Options, messages: Messages
) -> ModelOriginal | None:
    """A model definition, or None after reporting its errors.

    A Bayes classifier is not asked how it holds its data, nor for another library.
    """
    plain = _without_training(options)
    looked_in, found = _compiled(name, include, plain)
    if isinstance(found.model, Simulation):
        raise SweepError("this is a data definition", name, f"--simulate {name}")
    if not isinstance(found.model, BayesModel):
        looked_in, found = _compiled(name, include, options)
        plain = options
    messages.compiled(found.source, found.diagnostics)
    if not isinstance(found.model, ir.General):
        return None
    return ModelOriginal(found.source, found.model, looked_in, plain)


def _read_data(
    name: str, include: Sequence[Path], options: Options, messages: Messages
) -> DataOriginal | None:
    """A data definition, or None after reporting its errors."""
    plain = _without_training(options)
    looked_in, found = _compiled(name, include, plain)
    if isinstance(found.model, ir.General):
        raise SweepError("this is a model definition", name, "--simulate takes a data definition")
    messages.compiled(found.source, found.diagnostics)
    if found.model is None:
        return None
    return DataOriginal(found.source, found.model, looked_in, plain)


def _without_training(options: Options) -> Options:
    """What of them is for data definitions and Bayes classifiers."""
    semantics = options.semantics
    return Options(semantics=semantics if semantics in SIMULATED else SEQGRA)


def _compiled(
    name: str, include: Sequence[Path], options: Options
) -> tuple[tuple[Path, ...], Compilation]:
    """The folders in which files were searched, and the result."""
    looked_in = tuple(folders(name, include))
    try:
        return looked_in, compile_bytes(name, read_definition(name), looked_in, options)
    except OSError as error:
        raise SweepError(error.strerror or str(error), name) from error
    except UnsupportedOptions as error:
        raise SweepError(str(error), name) from error


def _summary(output: Path, runs: Sequence[SweepRun], known: Sequence[SweepRun]) -> str:
    """What the sweep has, and what to do next."""
    trained = [run for run in runs if run.model_seed]
    counts = (
        ("runs", len(trained)),
        ("models", len({run.architecture for run in trained})),
        ("model seeds", len({run.model_seed for run in trained})),
        ("data sets", len({run.data for run in trained})),
        ("Bayes classifiers", len(runs) - len(trained)),
    )
    new = f", new: {len(set(runs) - set(known))}" if known else ""
    return (
        f"{output}: {', '.join(f'{name} {count}' for name, count in counts)}{new}\n"
        f"next: cd {shlex.quote(str(output))} && snakemake --cores 2, or sh commands.sh\n"
    )
