"""From any input to a data folder: the steps that all commands share, in order."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..catalog.data import SETS
from ..catalog.sequences import MULTI_CLASS, MULTI_LABEL
from .counts import counted
from .faults import DataError, Fault, Faults, UsageProblem
from .folder import FolderPlan, Written, new_folder, sha256, write_record, write_sets
from .inputs import Input, Raw, check_label, source_names
from .joined import joined
from .negatives import random_stream
from .preparation import Preparation, Rules
from .shuffle import dinucleotide_shuffle
from .spool import Spool

_MANY = 1000  # labels that may well be numbers
FORMAT = 1  # of data.json


@dataclass(frozen=True)
class Request:
    """What every command is told.

    `sets_of` has the set of each id, if a file names them. `shuffled` is the label of shuffled
    negatives, or None without them. `options` are those that decide the bytes, for data.json.
    """

    command: str
    rules: Rules
    multi_label: bool
    seed: int
    shares: tuple[float, float, float] | None
    sets_of: Mapping[str, str] | None
    shuffled: str | None
    labels: tuple[str, ...] | None  # in order; None: those that are found, sorted
    options: Mapping[str, object]
    versions: Mapping[str, str]


@dataclass
class Made:
    """A data folder, and what a definition for it needs."""

    alphabet: str
    length: int
    labels: tuple[str, ...]
    task: str
    written: Written
    dropped: Counter[str]
    changed: Counter[str]
    warnings: list[str]  # about labels and lengths


@dataclass
class Maker:
    """Takes sequences from an input into the folder `target`."""

    request: Request
    inputs: Sequence[Input]  # as `Raw.source` numbers them
    faults: Faults
    dropped: Counter[str]  # by the input; added to
    found: dict[str, None] = field(default_factory=dict)  # labels, in the order of the input
    examples: Counter[int] = field(default_factory=Counter)  # of each input
    warnings: list[str] = field(default_factory=list)

    def make(
        self, raws: Iterable[Raw], target: Path, overwrite: bool, finishing: Callable[[], None]
    ) -> Made:
        """Raises DataError for faults of the input; the folder appears completely or not at all."""
        request = self.request
        self.prepare = Preparation(request.rules, self.faults, self._place)
        with new_folder(target, overwrite) as (folder, scratch):
            spool = Spool(scratch, request.rules.alphabet, request.seed)
            self._spool(raws, spool)
            length = self.prepare.length()
            self._check_some_left()
            labels = self._labels()
            finishing()
            plan = FolderPlan(labels, request.multi_label, request.shares)
            written = write_sets(spool.groups(), folder, plan)
            task = MULTI_LABEL if request.multi_label else MULTI_CLASS
            dropped = self.dropped + self.prepare.dropped + written.dropped
            alphabet = request.rules.alphabet.name
            changed = self.prepare.changed
            self.warnings += filter(None, [self.prepare.cut()])
            made = Made(alphabet, length, labels, task, written, dropped, changed, self.warnings)
            write_record(folder, self._record(made))
        return made

    def _spool(self, raws: Iterable[Raw], spool: Spool) -> None:
        request, names = self.request, source_names(each.path for each in self.inputs)
        for number, raw in enumerate(raws):
            name = names[raw.source]
            sequence = self.prepare(raw)
            if sequence is None:
                continue
            set = raw.set if request.sets_of is None else request.sets_of.get(raw.id)
            if set is None:
                self._without_set(raw)
                continue
            if set == "none":
                self.dropped["examples whose set is none in the file of ids"] += 1
                continue
            if raw.labels not in self.found:
                self._note(raw)
            self.examples[raw.source] += 1
            spool.add(sequence, raw.labels, set, raw.id, name, raw.place, raw.strand)
            if request.shuffled is not None:
                self._add_shuffled(sequence, request.shuffled, raw, set, name, number, spool)

    def _place(self, raw: Raw) -> str:
        return f"{self.inputs[raw.source].path}: {raw.place}"

    def _without_set(self, raw: Raw) -> None:
        help = "add its line: id, tab, training, validation, test or none"
        place = self._place(raw)
        message = f"the id {raw.id[:60]!a} is not in the file of --split-ids"
        self.faults.add("ids that are not in the file of --split-ids", place, message, help)

    def _note(self, raw: Raw) -> None:
        """Remember the labels; check each once."""
        self.found[raw.labels] = None
        place = self._place(raw)
        each = raw.labels.split("|") if self.request.multi_label else [raw.labels]
        for label in filter(None, each):
            try:
                check_label(label)
            except UsageProblem as problem:
                help = "--multi-label, if | separates labels" if "|" in label else problem.help
                self.faults.add("labels that cannot be", place, problem.message, help)

    def _add_shuffled(
        self, sequence: bytes, label: str, raw: Raw, set: str, name: str, number: int, spool: Spool
    ) -> None:
        random = random_stream(self.request.seed, "shuffle", number)
        shuffled = dinucleotide_shuffle(sequence, random)
        if shuffled == sequence:
            self.dropped["shuffled negatives that came out unchanged"] += 1
            return
        origin = f"shuffled:{raw.id}", name, raw.place, raw.strand
        spool.add(shuffled, label, set, *origin)

    def _labels(self) -> tuple[str, ...]:
        """All labels in the definition's order."""
        request = self.request
        if request.labels is not None:
            labels = request.labels
        else:
            found = {
                label
                for labels in self.found
                for label in (labels.split("|") if request.multi_label else [labels])
            }
            labels = tuple(sorted(found - {""}))
            self._check_joined(labels)
        if request.shuffled:
            labels = (*(label for label in labels if label != request.shuffled), request.shuffled)
        examples = sum(self.examples.values())
        if len(labels) > _MANY and len(labels) * 10 > examples:
            message = (
                f"there are {len(labels):,} labels for {examples:,} examples: {labels[0]!a} ..."
            )
            help = "labels are classes; cut measured values into classes first"
            raise DataError(Fault(message, help=help))
        if not request.multi_label and len(labels) < 2:
            what = f"the only label is {labels[0]!a}" if labels else "there is no label"
            help = "name a second class, or make one: --negatives shuffle"
            if request.command == "bed":
                help += ", or --negatives gc"
            raise DataError(Fault(f"{what}; a classifier needs two", help=help))
        if not labels:
            raise DataError(Fault("no example has a label", help="name the classes"))
        return labels

    def _check_some_left(self) -> None:
        dropped = self.dropped + self.prepare.dropped
        if dropped and not self.examples.total():
            details = tuple(f"dropped: {counted(n, what)}" for what, n in sorted(dropped.items()))
            help = "change the options that drop them, such as --length"
            raise DataError(Fault("no example is left", help=help, details=details))

    def _check_joined(self, labels: tuple[str, ...]) -> None:
        """Warn of labels that look like several; refuse them where they cannot be classes."""
        found = joined(labels)
        if found is None:
            return
        several = self.request.multi_label and any("|" in each for each in self.found)
        message = found.message(len(labels))
        option = "--multi-label --separator " + shlex.quote(found.separator)
        holds = "cell"
        if self.request.command != "table":
            holds, option = "header", "--multi-label, with | between them"
        help = f"does a {holds} hold several labels? then {option}"
        if found.twice or (self.request.multi_label and not several):
            raise DataError(Fault(message, help=help))
        self.warnings.append(f"{message}; {help}")

    def _record(self, made: Made) -> dict[str, object]:
        """data.json: a function of only inputs and options."""
        request, written = self.request, made.written
        names = source_names(each.path for each in self.inputs)
        inputs = [
            {
                "file": name,
                "sha256": sha256(each.path),
                "bytes": each.path.stat().st_size,
                "label": each.label or None,
                "set": each.set or None,
                "examples": self.examples[number],
            }
            for number, (name, each) in enumerate(zip(names, self.inputs, strict=True))
        ]
        outputs: dict[str, dict[str, object]] = {}
        for name, digest in written.sha256.items():
            outputs[name] = {"sha256": digest}
            set = name.removesuffix(".txt")
            if set in SETS:
                counts = {label: written.counts[set][label] for label in made.labels}
                outputs[name] |= {"examples": written.examples[set], "labels": counts}
        return {
            "format": FORMAT,
            "command": f"seqgra-data {request.command}",
            "options": dict(request.options),
            "versions": dict(request.versions),
            "sequencespace": made.alphabet,
            "length": made.length,
            "task": made.task,
            "labels": list(made.labels),
            "inputs": inputs,
            "outputs": outputs,
            "dropped": dict(sorted(made.dropped.items())),
            "changed": dict(sorted(made.changed.items())),
            "copies": {
                "merged": written.merged,
                "groups with several labels": written.two_labels,
                "groups in several sets": written.across_sets,
            },
        }
