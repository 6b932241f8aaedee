"""`seqgra-audit export`: a run in a form for archives, model hubs or data set search."""

from __future__ import annotations

from pathlib import Path

import click

from ..audit.export import FORMS, PACKAGES, export_run
from ..audit.export.inputs import ExportError, Inputs
from .auditing import SAME, UNKNOWN, example, guarded, read_runs
from .console import complain

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command(
    "export",
    epilog=example(
        "seqgra-audit export models/motifs --to ro-crate -o crate --script train.py --data data"
    ),
)
@click.argument("run")
@click.option(
    "--to",
    "form",
    type=click.Choice(list(FORMS)),
    required=True,
    help="; ".join(f"{name}: {about}" for name, about in FORMS.items()) + ".",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    help="A new or empty folder; it appears whole or not at all.",
)
@click.option("--definition", type=_FILE, help="The definition of the run, to be included.")
@click.option("--script", type=_FILE, help="The training script of the run, to be included.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The data folder of the run, to be included or described.",
)
@click.option("--license", help="What others may do with the run: an SPDX identifier, such as MIT.")
def export_command(
    run: str,
    form: str,
    output: Path,
    definition: Path | None,
    script: Path | None,
    data: Path | None,
    license: str | None,
) -> None:
    """Export a run: as a Process Run Crate, a model card, or a description of its data.

    RUN is a folder that a script has written, or its receipt.json. Definition, script and data
    must be those of the run: their hashes are compared with its receipt. Each form needs a
    library, which the extra 'export' installs.

    Exit status: 0 fine, 2 the run is damaged or not finished, a file is not from this run, or the
    output exists already.
    """

    def work() -> int:
        found = read_runs([run])
        if found is None:
            return UNKNOWN
        try:
            export_run(found[0], form, output, Inputs(definition, script, data, license))
        except ExportError as error:
            return complain(str(error.path), str(error))
        except ModuleNotFoundError as error:
            missing = error.name or PACKAGES[form]
            return complain(form, f"it needs {missing}: pip install 'seqgra-compile[export]'")
        except OSError as error:
            return complain(str(error.filename or output), error)
        return SAME

    guarded(run, work)
