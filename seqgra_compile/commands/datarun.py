"""How a command of `seqgra-data` runs: progress, the folder, the summary, and errors."""

from __future__ import annotations

import contextlib
import re
import shlex
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .. import __version__
from ..datasets.alphabet import ALPHABETS
from ..datasets.definition import first_definition
from ..datasets.faults import DataError, Fault, Faults, UsageProblem
from ..datasets.folder import check_target, sha256
from ..datasets.inputs import Input, Progress, Raw
from ..datasets.make import Made, Maker, Request
from ..datasets.preparation import Rules
from ..datasets.summary import summary
from ..messages.writers import Problem
from .console import FAILED, USAGE, Messages, print_text, write_file
from .dataoptions import fractions, sets_of_ids
from .usage import missing_quotes

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

COMMAND = "seqgra-data"
_INTERRUPTED = 130


class TerminalProgress:
    """A progress bar on standard error, if that is a terminal."""

    def __init__(self, what: str) -> None:
        self.what, self.done = what, 0
        self.bar: ProgressBar[int] | None = None

    def __call__(self, done: int, total: int) -> None:
        if not sys.stderr.isatty():
            return
        if self.bar is None:
            self.bar = click.progressbar(length=max(total, 1), label=self.what, file=sys.stderr)
        self.bar.update(done - self.done)
        self.done = done

    def finish(self) -> None:
        """Everything has been read; the rest takes about as long as the reading."""
        if self.bar is not None:
            self.bar.update((self.bar.length or 0) - self.done)
            self.close()
            click.echo("writing ...", err=True)

    def close(self) -> None:
        """Leave the terminal as it was, wherever the bar stopped."""
        if self.bar is not None:
            self.bar.render_finish()
            self.bar = None


@contextlib.contextmanager
def reported(messages: Messages, extra: str = "data") -> Iterator[None]:
    """Every unsuccessful end of a command: its message, and the exit status.

    `extra` brings the packages that the command needs.
    """
    try:
        yield
    except DataError as error:
        for fault in error.faults:
            _say(messages, fault)
        sys.exit(messages.end(FAILED))
    except UsageProblem as problem:
        messages.problem(Problem(problem.message, help=missing_quotes() or problem.help))
        sys.exit(messages.end(USAGE))
    except ModuleNotFoundError as error:
        help = f"pip install 'seqgra-compile[{extra}]'"
        messages.problem(Problem(f"this command needs {error.name}", help=help))
        sys.exit(messages.end(USAGE))
    except OSError as error:
        name = error.filename if isinstance(error.filename, str) else COMMAND
        sys.exit(messages.end(messages.complain(name, error)))
    except KeyboardInterrupt:
        messages.problem(Problem("interrupted; nothing was written"))
        sys.exit(messages.end(_INTERRUPTED))
    except Exception as error:
        sys.exit(messages.end(messages.our_bug(COMMAND, error)))


def _say(messages: Messages, fault: Fault) -> None:
    messages.problem(Problem(fault.message, fault.place, help=fault.help, details=fault.details))


@contextlib.contextmanager
def stopped_by_term() -> Iterator[None]:
    """SIGTERM ends a command as Ctrl-C does: its temporary folder is removed."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@dataclass(frozen=True)
class Job:
    """What a command makes of its options before anything is read."""

    command: str
    inputs: Sequence[Input]
    shares: tuple[float, float, float] | None
    labels: tuple[str, ...] | None
    shuffled: str | None
    versions: Mapping[str, str]
    options: Mapping[str, object]  # those of this command alone
    warning: str | None = None  # of these options, for the summary


def make(
    job: Job,
    raws: Callable[[Faults, Counter[str], Progress], Iterable[Raw]],
    chosen: Mapping[str, Any],
    what: str,
) -> None:
    """Make the folder and say what is in it; `chosen` are the shared options."""
    target, overwrite = chosen["output"], chosen["overwrite"]
    check_target(target, overwrite)
    definition = chosen["definition"]
    if definition is not None and (definition.is_dir() or definition.resolve() == target.resolve()):
        message = f"--write-definition {definition}: this is a folder"
        raise UsageProblem(message, "name a file, such as model.xml")
    rules = Rules(
        ALPHABETS[chosen["alphabet"]],
        chosen["length"],
        chosen["crop"],
        chosen["pad"],
        chosen["ambiguous"],
    )
    ids = chosen["split_ids"]
    request = Request(
        job.command,
        rules,
        chosen["multi_label"],
        chosen["seed"],
        job.shares,
        sets_of_ids(ids),
        job.shuffled,
        job.labels,
        _decisive(chosen, job.options) | {"split_ids": ids and sha256(ids)},
        {COMMAND: __version__, **job.versions},
    )
    faults, progress = Faults(), TerminalProgress(what)
    dropped: Counter[str] = Counter()
    maker = Maker(request, job.inputs, faults, dropped)
    try:
        made = maker.make(raws(faults, dropped, progress), target, overwrite, progress.finish)
    finally:
        progress.close()
    kept = definition is not None and not _put_definition(definition, made)
    messages = Messages(chosen["message_format"], COMMAND)
    text = summary(made, f"{target}/", definition, kept, job.warning) + _next(target, definition)
    sys.exit(messages.end(print_text(text, messages)))


def _put_definition(path: Path, made: Made) -> bool:
    """Write a first definition; False if another file is there, which may hold someone's work."""
    id = re.sub(r"[^A-Za-z0-9_-]+", "-", path.stem) or "model"
    text = first_definition(made, id)
    if path.is_file():
        return path.read_bytes() == text.encode()
    write_file(path, text)
    return True


def _decisive(chosen: Mapping[str, Any], others: Mapping[str, object]) -> dict[str, object]:
    """The options that decide the folder's bytes: no path of this machine is among them."""
    names = ("alphabet", "length", "crop", "pad", "ambiguous", "multi_label", "split", "seed")
    values = {name: chosen[name] for name in names} | dict(others)
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in values.items()
    }


def _next(target: Path, definition: Path | None) -> str:
    model, folder = (shlex.quote(str(path)) for path in (definition or "model.xml", target))
    return (
        "\nNext:\n"
        f"  seqgra-data check {model} {folder}\n"
        f"  seqgra-compile {model} -o train.py\n"
        f"  python train.py {folder} -o results\n"
    )


def labels_of(inputs: Sequence[Input]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.label for each in inputs))


def negative_label(chosen: Mapping[str, Any]) -> str:
    label: str | None = chosen["negative_label"]
    if label is None:
        label = "" if chosen["multi_label"] else "background"
    if not label and not chosen["multi_label"]:
        raise UsageProblem("--negative-label: is empty", "negatives are a class of their own")
    return label


def shuffled(chosen: Mapping[str, Any]) -> str | None:
    return negative_label(chosen) if chosen["negatives"] == "shuffle" else None


def given_sets(
    chosen: Mapping[str, Any], read: Callable[[Sequence[str], str], list[Input]]
) -> tuple[list[Input], str, tuple[float, float, float] | None]:
    """Inputs of given sets, the set of all others (empty: by fractions), and the fractions."""
    validation = read(chosen["validation"], "validation")
    given = validation + read(chosen["test"], "test")
    shares = fractions(chosen["split"])
    if chosen["split_ids"] is not None:
        if given or shares:
            raise UsageProblem("--split-ids alone determines all sets", "leave the others out")
        return [], "", None
    if shares is None and not validation:
        if given:
            help = "--validation FILE, or --split 0.9 0.1 0 for the examples beside the test set"
            raise UsageProblem("--test alone leaves no validation set", help)
        message = "nothing says which examples are for training, validation and test"
        help = "--split 0.8 0.1 0.1, --validation and --test, or --split-ids FILE"
        raise UsageProblem(message, help)
    return given, "" if shares else "training", shares
