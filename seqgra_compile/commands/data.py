"""`seqgra-data`: make a data folder from a user's own sequences, or check one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .. import __version__
from ..datasets.faults import UsageProblem
from ..datasets.inputs import FASTA_ENDS, Input, with_classes, without_classes
from .console import Messages
from .datacheck import check_command
from .dataoptions import SeveralFiles, SeveralValues, check_bed, check_chromosomes, shared
from .datarun import (
    COMMAND,
    Job,
    given_sets,
    labels_of,
    make,
    negative_label,
    reported,
    shuffled,
    stopped_by_term,
)

_EXAMPLES = """\b
Examples:
  seqgra-data fasta bound=bound.fa.gz unbound=unbound.fa -o data/ --split 0.8 0.1 0.1
  seqgra-data check model.xml data/               what is wrong with a data folder
  seqgra-data bed --help                          options and examples of a command
"""


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog=_EXAMPLES)
@click.version_option(__version__, prog_name=COMMAND, message="%(prog)s %(version)s")
def main() -> None:
    """Make a data folder from your own sequences, or check one.

    A data folder holds training.txt, validation.txt and test.txt in the form that training scripts
    read.

    Exit status: 0 fine, 1 the data have errors, 2 wrong usage, or a file that cannot be read or
    written.
    """


@main.command("fasta", cls=SeveralFiles, epilog="""\b
Examples:
  seqgra-data fasta c1=positives.fa.gz c2=negatives.fa -o data/ --split 0.8 0.1 0.1
  seqgra-data fasta bound=peaks.fa --negatives shuffle -o data/ --split 0.8 0.1 0.1
  seqgra-data fasta all.fa --label-from header --pattern 'class=(\\S+)' -o data/ --split 0.8 0.1 0.1
""")  # fmt: skip
@click.argument("inputs", nargs=-1, required=True, metavar="CLASS=FILE...")
@shared
@click.option(
    "--label-from", type=click.Choice(("file", "header")), default="file", show_default=True,
    help="Where the labels are: in CLASS=FILE, or in the headers of the FILEs, given without a class.",
)  # fmt: skip
@click.option("--pattern", metavar="REGEX", help="Its first (group) is the label in a header.")
@click.option(
    "--validation", multiple=True, metavar="INPUT...",
    help="The files (CLASS=FILE) or the folder of the validation set, used as they are; "
    "with --by-chromosome, its chromosomes.",
)  # fmt: skip
@click.option("--test", multiple=True, metavar="INPUT...", help="The same for the test set.")
@click.option(
    "--by-chromosome", is_flag=True,
    help="--validation and --test name chromosomes; headers give them as chr1:100-200.",
)  # fmt: skip
@click.option(
    "--negatives", type=click.Choice(("shuffle",)),
    help="Add a dinucleotide-preserving shuffle of each sequence.",
)  # fmt: skip
def fasta_command(inputs: tuple[str, ...], **chosen: Any) -> None:
    """Make a data folder from FASTA or FASTQ files (plain, gzip, bgzip, xz, bzip2)."""
    from ..datasets.fasta import Headers, header_pattern, read_fasta
    from ..datasets.regions import chromosome_sets

    with reported(Messages(chosen["message_format"], COMMAND)), stopped_by_term():
        import dnaio

        by_header = chosen["label_from"] == "header"
        if chosen["pattern"] and not by_header:
            raise UsageProblem("--pattern is for headers", "add --label-from header")
        pattern = header_pattern(chosen["pattern"]) if by_header else None
        read = without_classes if by_header else with_classes
        sets = None
        if chosen["by_chromosome"]:
            if chosen["split"] or chosen["split_ids"]:
                raise UsageProblem("--by-chromosome determines all sets", "leave out --split")
            sets = chromosome_sets(chosen["validation"], chosen["test"])
            check_chromosomes(chosen)
            given: list[Input] = []
            others, shares = "", None
        else:
            given, others, shares = given_sets(
                chosen, lambda words, set: read(words, set, FASTA_ENDS)
            )
        found = [*read(inputs, others, FASTA_ENDS), *given]
        job = Job(
            "fasta", found, shares, None if by_header else labels_of(found), shuffled(chosen),
            {"dnaio": dnaio.__version__},
            {
                name: chosen[name]
                for name in ("label_from", "pattern", "by_chromosome", "negatives")
            }
            | ({"negative_label": negative_label(chosen)} if chosen["negatives"] else {})
            | ({name: chosen[name] for name in ("validation", "test")} if sets else {}),
        )  # fmt: skip
        headers = Headers(pattern, sets)
        make(
            job,
            lambda faults, _, progress: read_fasta(found, headers, faults, progress),
            chosen,
            "reading",
        )


@main.command("bed", cls=SeveralValues, epilog="""\b
Examples:
  seqgra-data bed c1=peaks.bed.gz c2=other.narrowPeak --genome hg38.fa -o data/ \\
      --length 1000 --validation chr7 --test chr8 chr9
  seqgra-data bed bound=peaks.bed --genome hg38.fa -o data/ --length 500 --negatives gc \\
      --validation chr7 --test chr8 chr9
  seqgra-data bed A=a.bed B=b.bed --genome hg38.fa -o data/ --multi-label --bins 200 \\
      --length 1000 --validation chr7 --test chr8 chr9
""")  # fmt: skip
@click.argument("inputs", nargs=-1, required=True, metavar="CLASS=FILE...")
@shared
@click.option(
    "--genome", required=True, type=click.Path(path_type=Path), metavar="FILE",
    help="The genome in FASTA, plain or bgzip.",
)  # fmt: skip
@click.option(
    "--index", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="The folder of the genome's index (.fai).  [default: beside the genome]",
)  # fmt: skip
@click.option(
    "--center", type=click.Choice(("middle", "summit")), default="middle", show_default=True,
    help="Where windows are centred: the middle of a region, or its summit (narrowPeak).",
)  # fmt: skip
@click.option(
    "--stranded", is_flag=True, help="Regions on the strand - give the reverse complement."
)
@click.option(
    "--bins", type=click.IntRange(1), metavar="B",
    help="Take bins of B letters of the genome as examples, with the labels of the regions that "
    "cover them; each window is centred on its bin. Needs --multi-label.",
)  # fmt: skip
@click.option(
    "--overlap", type=click.FloatRange(0, 1, min_open=True), default=0.5, show_default=True,
    help="With --multi-label: the fraction of a window (or bin) that regions of a class must cover.",
)  # fmt: skip
@click.option(
    "--rename", metavar="add-chr|remove-chr|FILE",
    help="How chromosomes get the genome's names; FILE has two columns, old and new name.",
)  # fmt: skip
@click.option(
    "--unknown-chromosomes", type=click.Choice(("refuse", "drop")), default="refuse",
    show_default=True, help="What happens to regions on chromosomes that the genome lacks.",
)  # fmt: skip
@click.option(
    "--validation",
    multiple=True,
    metavar="CHROMOSOME...",
    help="Chromosomes of the validation set.",
)
@click.option("--test", multiple=True, metavar="CHROMOSOME...", help="Chromosomes of the test set.")
@click.option(
    "--negatives", type=click.Choice(("shuffle", "gc")),
    help="Add a negative for each window: its dinucleotide-preserving shuffle, or a window of the same "
    "chromosome with the same GC content, outside all regions.",
)  # fmt: skip
def bed_command(inputs: tuple[str, ...], **chosen: Any) -> None:
    """Make a data folder from BED or narrowPeak files and a genome."""
    from ..datasets.bed import renaming
    from ..datasets.genome import opened_genome
    from ..datasets.regions import Negatives, RegionReader, chromosome_sets
    from ..datasets.windows import WindowRequest

    with reported(Messages(chosen["message_format"], COMMAND)), stopped_by_term():
        import numpy
        import pyfaidx

        check_bed(chosen)
        found = with_classes(inputs)
        sets, shares = None, None
        if chosen["validation"]:
            sets = chromosome_sets(chosen["validation"], chosen["test"])
        else:
            _, _, shares = given_sets(chosen, lambda words, set: [])
        labels = labels_of(found)
        by_gc = chosen["negatives"] == "gc"
        negatives = Negatives(negative_label(chosen), chosen["seed"]) if by_gc else None
        if negatives and negatives.label and negatives.label not in labels:
            labels = (*labels, negatives.label)
        request = WindowRequest(
            chosen["length"], chosen["center"] == "summit", chosen["stranded"],
            chosen["multi_label"], chosen["bins"], chosen["overlap"], chosen["pad"] == "N",
        )  # fmt: skip
        names = (
            "center", "stranded", "bins", "overlap", "unknown_chromosomes", "validation", "test",
            "negatives",
        )  # fmt: skip
        with opened_genome(chosen["genome"], chosen["index"]) as genome:
            renamed = renaming(chosen["rename"], genome.lengths)
            job = Job(
                "bed", [*found, Input(chosen["genome"])], shares, labels, shuffled(chosen),
                {"pyfaidx": pyfaidx.__version__, "numpy": numpy.__version__},
                {name: chosen[name] for name in names}
                | ({"rename": renamed} if renamed else {})
                | ({"negative_label": negative_label(chosen)} if chosen["negatives"] else {}),
                _OVERLAPS if shares else None,
            )  # fmt: skip
            make(
                job,
                lambda faults, dropped, progress: RegionReader(
                    found, genome, labels, request, renamed,
                    chosen["unknown_chromosomes"] == "drop", sets, negatives, faults, progress,
                    dropped,
                ),
                chosen,
                "fetching windows",
            )  # fmt: skip


_OVERLAPS = (
    "overlapping windows may be in different sets; chromosomes keep them apart: "
    "--validation chr7 --test chr8 chr9"
)


@main.command("table", epilog="""\b
Examples:
  seqgra-data table measurements.tsv.gz --sequence seq --label class -o data/ --split 0.8 0.1 0.1
  seqgra-data table all.csv --sequence seq --label class --split-column fold -o data/
  seqgra-data table clip.tsv --sequence seq --label proteins --multi-label --separator , -o data/ \\
      --split 0.8 0.1 0.1
""", cls=SeveralValues)  # fmt: skip
@click.argument("inputs", nargs=-1, required=True, metavar="FILE...")
@shared
@click.option("--sequence", required=True, metavar="COLUMN", help="The column of sequences.")
@click.option(
    "--label", required=True, multiple=True, metavar="COLUMN",
    help="The column of labels; with --multi-label, several columns of 0 and 1 may also be labels.",
)  # fmt: skip
@click.option("--id", metavar="COLUMN", help="The column of names.  [default: line numbers]")
@click.option(
    "--separator", default="|", show_default=True, metavar="TEXT",
    help="With --multi-label: what separates labels in a cell, such as , or ';'.",
)  # fmt: skip
@click.option(
    "--delimiter", type=click.Choice(("tab", "comma", "semicolon")),
    help="What separates cells.  [default: found from the header]",
)  # fmt: skip
@click.option(
    "--split-column", metavar="COLUMN", help="The column of sets (training, validation or test)."
)
@click.option(
    "--chromosome", metavar="COLUMN",
    help="The column of chromosomes; --validation and --test then name chromosomes.",
)  # fmt: skip
@click.option(
    "--validation", multiple=True, metavar="FILE...",
    help="Tables of the validation set, used as they are; with --chromosome, its chromosomes.",
)  # fmt: skip
@click.option("--test", multiple=True, metavar="FILE...", help="The same for the test set.")
@click.option(
    "--negatives", type=click.Choice(("shuffle",)),
    help="Add a dinucleotide-preserving shuffle of each sequence.",
)  # fmt: skip
def data_table_command(inputs: tuple[str, ...], **chosen: Any) -> None:
    """Make a data folder from CSV or TSV files (plain, gzip, xz, bzip2)."""
    from ..datasets.regions import chromosome_sets
    from ..datasets.table import Columns, check_columns, read_table

    with reported(Messages(chosen["message_format"], COMMAND)), stopped_by_term():
        sets, others, shares = None, "", None
        given: list[Input] = []
        alone = chosen["split_column"] or chosen["chromosome"]
        if alone and (chosen["split"] or chosen["split_ids"]):
            raise UsageProblem("--split-column determines all sets", "leave out --split")
        if chosen["split_column"] and (chosen["validation"] or chosen["test"]):
            raise UsageProblem("--split-column determines all sets", "leave out the others")
        if chosen["chromosome"]:
            check_chromosomes(chosen)
            sets = chromosome_sets(chosen["validation"], chosen["test"])
        elif not chosen["split_column"]:
            given, others, shares = given_sets(chosen, without_classes)
        labels, several = chosen["label"], len(chosen["label"]) > 1
        if several and not chosen["multi_label"]:
            raise UsageProblem("several --label need --multi-label", "add --multi-label")
        separator = chosen["separator"] if chosen["multi_label"] and not several else None
        columns = Columns(
            chosen["sequence"], labels, chosen["id"], chosen["split_column"],
            chosen["chromosome"], separator, sets,
        )  # fmt: skip
        check_columns(columns)
        found = [*without_classes(inputs, others), *given]
        names = (
            "sequence", "label", "id", "separator", "delimiter", "split_column", "chromosome",
            "negatives",
        )  # fmt: skip
        job = Job(
            "table", found, shares, labels if several else None, shuffled(chosen), {},
            {name: chosen[name] for name in names}
            | ({"negative_label": negative_label(chosen)} if chosen["negatives"] else {})
            | ({name: chosen[name] for name in ("validation", "test")} if sets else {}),
        )  # fmt: skip
        delimiter = chosen["delimiter"]
        make(
            job,
            lambda faults, _, progress: read_table(found, columns, delimiter, faults, progress),
            chosen,
            "reading",
        )


main.add_command(check_command)
