"""The options that the commands of `seqgra-data` share, and the values that they stand for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from ..datasets.alphabet import ALPHABETS
from ..datasets.faults import DataError, Fault, UsageProblem
from ..datasets.inputs import existing_file
from ..datasets.preparation import AMBIGUOUS, CROPS, PADS
from .console import FORMATS, Command, with_all
from .usage import ReportedCommand


class SeveralValues(ReportedCommand):
    """A command whose --validation and --test take all words up to the next option or CLASS=FILE.

    `seqgra-data bed ... --test chr8 chr9` is read as `--test chr8 --test chr9`. A word with an
    equals sign belongs to such an option only in `fasta`, where sets are files of classes.
    """

    takes_several: tuple[str, ...] = ("--validation", "--test")
    classes_too = False

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, self.spread(args))

    def spread(self, args: Sequence[str]) -> list[str]:
        words: list[str] = []
        option, values = None, 0
        for word in args:
            if word in self.takes_several:
                option, values = word, 0
                continue
            if word.startswith("-") and word != "-":
                option = self._ended(option, values, words)
            elif option and self.is_value(word):
                words += [option, word]
                values += 1
                continue
            words.append(word)
        self._ended(option, values, words)
        return words

    def is_value(self, word: str) -> bool:
        """Whether a word after such an option is another value of it."""
        return "=" not in word or self.classes_too

    @staticmethod
    def _ended(option: str | None, values: int, words: list[str]) -> None:
        if option and not values:
            words.append(option)  # click says that a value is missing


class Fraction(click.types.FloatParamType):
    """A number; one with a decimal comma is shown as it must be written."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        if isinstance(value, str) and re.fullmatch(r"\d*,\d+", value):
            self.fail(f"{value!r}: write {value.replace(',', '.')}", param, ctx)
        number: float = super().convert(value, param, ctx)
        return number


class SeveralFiles(SeveralValues):
    """As above, where the values may be CLASS=FILE."""

    classes_too = True


def shared(command: Command) -> Command:
    """Decorate a command that makes a data folder."""
    return with_all(_OPTIONS, command)


_EXISTING = click.Path(path_type=Path)
message_format = click.option(
    "--message-format",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How messages are written to standard error.",
)
_OPTIONS = (
    click.option(
        "-o", "--output", required=True, type=_EXISTING, metavar="DIR",
        help="The data folder to make; it must not exist yet.",
    ),
    click.option(
        "--overwrite", is_flag=True,
        help="Replace an existing data folder; a definition is never replaced.",
    ),
    click.option(
        "--alphabet", type=click.Choice(list(ALPHABETS), case_sensitive=False), default="DNA",
        show_default=True, metavar="DNA|RNA|protein", help="The sequence space.",
    ),
    click.option(
        "--length", type=click.IntRange(1), metavar="L",
        help="Bring all sequences to L letters: longer ones are cropped, --pad decides about shorter "
        "ones; without it, all must have the same length.",
    ),
    click.option(
        "--crop", type=click.Choice(CROPS), default="center", show_default=True,
        help="Which part of a longer sequence is kept.",
    ),
    click.option(
        "--pad", type=click.Choice(PADS), default="refuse", show_default=True,
        help="What happens to shorter sequences: padded with N (not protein), dropped and counted, or "
        "an error.",
    ),
    click.option(
        "--ambiguous", type=click.Choice(AMBIGUOUS), default="refuse", show_default=True,
        help="What happens to IUPAC letters that stand for several bases or residues, after cropping: "
        "an error, written as N (not protein), or the sequence is dropped.",
    ),
    click.option(
        "--multi-label", is_flag=True,
        help="An example may have several labels, or none.",
    ),
    click.option(
        "--split", type=Fraction(), nargs=3, metavar="TRAINING VALIDATION TEST",
        help="Fractions or percents of the examples, drawn at random within each label; copies of a sequence "
        "stay in the same set.",
    ),
    click.option(
        "--split-ids", type=_EXISTING, metavar="FILE",
        help="A table of two columns: id, and training, validation, test or none.",
    ),
    click.option(
        "--seed", type=click.IntRange(0, 2**32 - 1), default=1, show_default=True,
        help="Decides the split, the order of the examples, and the negatives.",
    ),
    click.option(
        "--negative-label", metavar="NAME",
        help="The label of --negatives.  [default: background; with --multi-label: none]",
    ),
    click.option(
        "--write-definition", "definition", type=_EXISTING, metavar="FILE",
        help="Also write a first model definition for these data; an existing file is left as it is.",
    ),
    message_format,
)  # fmt: skip


def check_chromosomes(chosen: Mapping[str, Any]) -> None:
    """Raise if chromosomes decide on the sets and none is for validation."""
    if not chosen["validation"]:
        raise UsageProblem("no chromosome is for validation", "--validation chr7 --test chr8 chr9")


def check_bed(chosen: Mapping[str, Any]) -> None:
    """Raise if options of `bed` exclude one another."""
    if chosen["alphabet"] != "DNA":
        raise UsageProblem("--alphabet: a genome is DNA", "leave the option out")
    if chosen["test"] and not chosen["validation"]:
        check_chromosomes(chosen)
    if chosen["validation"] and (chosen["split"] or chosen["split_ids"]):
        raise UsageProblem("--validation and --test determine all sets", "leave --split out")
    if chosen["bins"] and not chosen["multi_label"]:
        raise UsageProblem("--bins: a bin may have several labels", "add --multi-label")
    if chosen["bins"] and chosen["stranded"]:
        raise UsageProblem("--bins: bins have no strand", "leave --stranded out")
    if chosen["negatives"] == "gc" and not (chosen["length"] or chosen["bins"]):
        raise UsageProblem("--negatives gc needs windows of one length", "add --length L")


def fractions(split: tuple[float, float, float] | None) -> tuple[float, float, float] | None:
    """Fractions of 1, from those or from percents."""
    if split is None:
        return None
    whole = 100 if sum(split) > 2 else 1
    if min(split) < 0 or abs(sum(split) - whole) > 1e-6 * whole:
        message = "--split: " + " ".join(f"{part:g}" for part in split)
        help = "three fractions whose sum is 1, such as 0.8 0.1 0.1, or percents, such as 80 10 10"
        raise UsageProblem(f"{message} is {sum(split):g} in all", help)
    training, validation, test = split
    return training / whole, validation / whole, test / whole


def sets_of_ids(path: Path | None) -> dict[str, str] | None:
    """The set of each id, from a table of two columns with or without a header."""
    if path is None:
        return None
    sets: dict[str, str] = {}
    faults = []
    names = ("training", "validation", "test", "none")
    with existing_file(path).open(encoding="utf-8-sig", errors="replace") as file:
        for number, line in enumerate(file, 1):
            cells = [cell.strip() for cell in line.rstrip("\r\n").split("\t")]
            if not any(cells) or (number == 1 and cells[1:] == ["set"]):
                continue
            if len(cells) != 2 or cells[1] not in names:
                help = f"an id, a tab, and one of: {', '.join(names)}"
                faults.append(Fault(f"is {line.strip()[:50]!a}", f"{path}:{number}", help))
            elif sets.setdefault(cells[0], cells[1]) != cells[1]:
                message = f"the id {cells[0][:50]!a} is in two sets"
                faults.append(Fault(message, f"{path}:{number}", "name each id once"))
    if faults:
        raise DataError(*faults[:5])
    return sets
