"""`seqgra-audit table` and `compare`: several runs."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import click

from .auditing import DIFFERENT, SAME, UNKNOWN, example, guarded, read_runs
from .console import complain, print_text, put_file, read_bytes
from .kinds import not_a_run

_FORMS = ("tsv", "csv", "md", "tex", "html")


@click.command(
    "table",
    epilog=example("seqgra-audit table models/* --columns model,LEARNING_RATE,n,test.accuracy"),
)
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False),
    help="Write the table to this file, in the form of its suffix: .tsv, .csv, .md, .tex or .html. "
    "Without it, the table goes to standard output as TSV.",
)
@click.option(
    "--per",
    type=click.Choice(("definition", "run")),
    default="definition",
    show_default=True,
    help="One row per definition, with mean and standard deviation over its runs, or one row per "
    "run. Definitions that differ only in id, name, description and seed count as one.",
)
@click.option(
    "--columns",
    default="",
    metavar="NAME,...",
    help="The columns: folder, model, library, family, data, n, epochs, seconds, settings such as SEED, and paths "
    "into receipt.json such as test.accuracy. Default: what differs between the runs, and the results.",
)
@click.option(
    "--by",
    default="",
    metavar="NAME,...",
    help="Put runs of a definition on different data into one row if these columns are equal: "
    "data.training.examples gives means over the seeds of simulated data and, in HTML, learning curves.",
)
def table_command(
    runs: tuple[str, ...], output: str | None, per: str, columns: str, by: str
) -> None:
    """Make a table of runs, to read or to print in a paper.

    RUN is a folder that a script has written, or its receipt.json. TSV and CSV give all digits,
    and mean and standard deviation in separate columns; the other forms round to the digits that
    matter.

    Exit status: 0 fine, 2 a run is damaged, not finished or of another task, or a column is unknown.
    """
    from ..audit.results.tableforms import table_text
    from ..audit.runs.run import UnlikeRuns
    from ..audit.runs.table import UnknownColumn, table_of_runs

    def work() -> int:
        form = "tsv" if output is None else Path(output).suffix.removeprefix(".").lower()
        if form not in _FORMS:
            raise click.UsageError(f"'{output}' must end with .{', .'.join(_FORMS)}")
        found = read_runs(runs)
        if found is None:
            return UNKNOWN
        try:
            text = table_text(table_of_runs(found, per, _names(columns), _names(by)), form)
        except UnlikeRuns as error:
            return complain(str(error.path), str(error))
        except ModuleNotFoundError as error:
            return complain(
                str(output), f"learning curves need {error.name}: pip install matplotlib"
            )
        except UnknownColumn as error:
            raise click.UsageError(str(error)) from error
        return print_text(text) if output is None else put_file(Path(output), text)

    guarded(", ".join(runs), work)


def _names(words: str) -> list[str]:
    return [name.strip() for name in words.split(",") if name.strip()]


@click.command(
    "compare", epilog=example("seqgra-audit compare models/one models/other --tolerance 1e-6")
)
@click.argument("one")
@click.argument("other")
@click.option(
    "--tolerance",
    type=click.FloatRange(min=0),
    default=0.0,
    help="How far apart losses and other results may be, absolutely or relative to the larger one.  "
    "[default: 0]",
)
def compare_command(one: str, other: str, tolerance: float) -> None:
    """Compare two runs: their folders, or their receipts (receipt.json).

    It compares what the runs were asked to do, what they ran with, their epochs and their results;
    it leaves out the block 'circumstances'. It prints the verdict, whether the runs are of different
    definitions or libraries, then what differs, beginning with the first setting and epoch.

    A tolerance applies to results. With one, versions, device, threads and the hash of the weights
    may differ, but not what the runs were asked to do.

    Exit status: 0 identical, or within the tolerance that was asked for; 1 different; 2 a run is
    damaged or cannot be read.
    """
    from ..audit.runs.compare import Verdict, compare_runs, comparison_text

    def work() -> int:
        if not math.isfinite(tolerance):
            raise click.UsageError("a tolerance is a finite number")
        if one == other == "-":
            raise click.UsageError("standard input can be read only once")
        first, second = _receipt(one), _receipt(other)
        if first is None or second is None:
            return UNKNOWN
        comparison = compare_runs(first, second, tolerance)
        differs = comparison.verdict is Verdict.DIFFERENT
        return print_text(comparison_text(comparison)) or (DIFFERENT if differs else SAME)

    guarded(f"{one}, {other}", work)


def _receipt(name: str) -> dict[str, Any] | None:
    """The receipt in a run's folder or in a file, or None after a complaint."""
    from ..audit.runs.receipt import MAX_RECEIPT, ReceiptError, read_receipt

    if name != "-" and Path(name).is_dir():
        runs = read_runs([name])
        return dict(runs[0].receipt) if runs else None
    try:
        return read_receipt(read_bytes(name, MAX_RECEIPT))
    except OSError as error:
        complain(name, error)
    except ReceiptError as error:
        complain(name, not_a_run(name) or str(error))
    return None
