"""A data folder: the three files, ids.tsv and data.json, written completely or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..catalog.data import SETS
from .faults import DataError, Fault, UsageProblem
from .split import Fractions
from .spool import Example

HEADER = b"x\ty\n"
IDS_HEADER = b"id\tsource\tplace\tstrand\tset\tline\n"
_CHUNK = 2**20
_SHOWN = 3  # groups with several labels whose place is given, and labels of each
# What a data folder may hold for --overwrite to replace it.
OURS = {"training.txt", "validation.txt", "test.txt", "ids.tsv", "data.json"}


def sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(_CHUNK):
            digest.update(part)
    return digest.hexdigest()


@dataclass(frozen=True)
class FolderPlan:
    """How examples become lines.

    `labels` are in the definition's order; with `multi_label`, copies of a sequence become one
    line with the labels of all. `shares` are the fractions by which examples without a set are
    split.
    """

    labels: tuple[str, ...]
    multi_label: bool
    shares: tuple[float, float, float] | None


@dataclass
class Written:
    """What is in the folder: examples per set and label, and what a user should know about copies."""

    labels: tuple[str, ...]
    examples: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SETS, 0))
    counts: dict[str, Counter[str]] = field(
        default_factory=lambda: {name: Counter() for name in SETS}
    )
    dropped: Counter[str] = field(default_factory=Counter)
    merged: int = 0  # examples that are in the line of another one
    two_labels: int = 0  # groups of copies with different labels
    conflicts: list[str] = field(default_factory=list)  # where the first of these groups are
    across_sets: int = 0  # groups of copies that are in several sets
    sha256: dict[str, str] = field(default_factory=dict)

    @property
    def sets(self) -> list[str]:
        return [name for name in SETS if self.examples[name]]


def write_sets(groups: Iterable[list[Example]], folder: Path, plan: FolderPlan) -> Written:
    """Write the files of the sets, and the source of each line."""
    written = Written(plan.labels)
    fractions = Fractions(plan.shares) if plan.shares else None
    rank = {label: number for number, label in enumerate(plan.labels)}
    with contextlib.ExitStack() as stack:
        texts, ids = (
            {
                name: stack.enter_context((folder / f"{name}{end}").open("wb", _CHUNK))
                for name in SETS
            }
            for end in (".txt", ".ids")
        )
        for file in texts.values():
            file.write(HEADER)
        columns: dict[str, Counter[str]] = {name: Counter() for name in SETS}  # columns y
        for group in groups:
            for name, examples in _placed(group, fractions, plan, written):
                column = _labels(examples, rank, plan)
                texts[name].write(b"%b\t%b\n" % (examples[0].sequence, column.encode()))
                columns[name][column] += 1
                written.examples[name] += 1
                end = b"\t%b\t%d\n" % (name.encode(), written.examples[name] + 1)
                for example in examples:
                    ids[name].write(example.origin + end)
    for name, counts in columns.items():
        for column, count in counts.items():
            for label in _each(column, plan):
                written.counts[name][label] += count
    _join_ids(folder)
    for name in SETS:
        if not written.examples[name]:
            (folder / f"{name}.txt").unlink()
    _check(written)
    for path in sorted(folder.iterdir()):
        written.sha256[path.name] = sha256(path)
    return written


def _each(labels: str, plan: FolderPlan) -> list[str]:
    """The labels in a column y."""
    if not plan.multi_label:
        return [labels]
    return labels.split("|") if labels else []


def _labels(examples: Sequence[Example], rank: dict[str, int], plan: FolderPlan) -> str:
    if not plan.multi_label:
        return examples[0].labels
    found = {label for example in examples for label in _each(example.labels, plan)}
    return "|".join(sorted(found, key=rank.__getitem__))


def _placed(
    group: list[Example], fractions: Fractions | None, plan: FolderPlan, written: Written
) -> list[tuple[str, list[Example]]]:
    """The lines of a group of copies: the set of each, and its examples."""
    if len(group) == 1:
        return [(group[0].set or _chosen(group, fractions, plan), group)]
    if len({example.labels for example in group}) > 1 and not plan.multi_label:
        written.two_labels += 1
        if len(written.conflicts) < _SHOWN:
            written.conflicts.append(_conflict(group))
    free = sum(not example.set for example in group)
    if 0 < free < len(group):  # given sets stay as they are
        written.dropped["copies of an example in a given set"] += free
        group = [example for example in group if example.set]
    choice = "" if free < len(group) else _chosen(group, fractions, plan)
    lines: dict[tuple[str, object], list[Example]] = {}
    for number, example in enumerate(group):
        key = example.sequence if plan.multi_label else number
        lines.setdefault((example.set or choice, key), []).append(example)
    if len({name for name, _ in lines}) > 1:
        written.across_sets += 1
    written.merged += len(group) - len(lines)
    return [(name, examples) for (name, _), examples in lines.items()]


def _conflict(group: list[Example]) -> str:
    """Where each label of a group of copies is first."""
    first = {example.labels: example for example in reversed(group)}
    places = []
    for label, example in sorted(first.items())[:_SHOWN]:
        _, source, place, _ = example.origin.decode().split("\t")
        places.append(f"{source} {place} ({label})")
    return ", ".join(places)


def _chosen(group: list[Example], fractions: Fractions | None, plan: FolderPlan) -> str:
    """The set of a group without one; examples without any label are also a stratum."""
    if fractions is None:
        raise ValueError("an example has no set, and there are no fractions to decide")
    return fractions.choose([label for each in group for label in _each(each.labels, plan) or [""]])


def _join_ids(folder: Path) -> None:
    with (folder / "ids.tsv").open("wb") as file:
        file.write(IDS_HEADER)
        for name in SETS:
            part = folder / f"{name}.ids"
            with part.open("rb") as other:
                shutil.copyfileobj(other, file, _CHUNK)
            part.unlink()


def _check(written: Written) -> None:
    for name in ("training", "validation"):
        if not written.examples[name]:
            total = sum(written.examples.values())
            raise DataError(
                Fault(
                    f"none of the {total:,} examples is in the {name} set; scripts need one",
                    help="more examples, other fractions (--split), or other chromosomes or ids",
                )
            )


def write_record(folder: Path, record: Mapping[str, object]) -> None:
    """data.json: what the folder was made from."""
    text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
    (folder / "data.json").write_text(text, "utf-8")


@contextlib.contextmanager
def new_folder(target: Path, overwrite: bool) -> Iterator[tuple[Path, Path]]:
    """A folder that replaces the target if the block succeeds, and a folder for temporary files.

    Both are in a hidden folder beside the target, which is always removed.
    """
    check_target(target, overwrite)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".seqgra-data-") as temporary:
        new, scratch = Path(temporary, "new"), Path(temporary, "scratch")
        new.mkdir()
        yield new, scratch
        old = Path(temporary, "old")
        try:
            if target.exists():
                target.rename(old)
            new.rename(target)
        except BaseException:  # also if a signal arrives between the two
            if old.exists() and not target.exists():
                old.rename(target)
            raise


def check_target(target: Path, overwrite: bool) -> None:
    """Refuse a target that is not empty, unless it is a data folder that may be replaced."""
    if not target.exists():
        return
    if not target.is_dir():
        raise UsageProblem(f"-o {target}: this is a file", "name a folder that does not exist yet")
    found = [path.name for path in target.iterdir()]
    if not found:
        return
    if not overwrite:
        help = "name another folder, or replace it with --overwrite"
        raise UsageProblem(f"-o {target}: the folder is not empty", help)
    others = [name for name in sorted(found) if name not in OURS and not name.endswith(".cache")]
    if others:
        help = "name another folder, or move that file away"
        message = f"-o {target}: holds {others[0]}, which does not belong to a data folder"
        raise UsageProblem(message, help)
