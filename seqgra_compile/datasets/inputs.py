"""The files that a command is given: their classes and sets, and their names in messages and
records.
"""

from __future__ import annotations

import stat
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ..messages.diagnostics import nearest
from .faults import UsageProblem

Progress = Callable[[int, int], None]  # how much is read, and how much there is
FASTA_ENDS = (".fa", ".fasta", ".fna", ".faa", ".ffn", ".frn", ".fas", ".fq", ".fastq")
COMPRESSED_ENDS = (".gz", ".bgz", ".xz", ".bz2", ".zst")


@dataclass(frozen=True)
class Input:
    """A file, with its class and its set if the command line gives them."""

    path: Path
    label: str = ""
    set: str = ""


class Raw(NamedTuple):  # made millions of times
    """A sequence as an input has it: `source` is the input's number, `labels` are joined by |."""

    sequence: bytes
    labels: str
    id: str
    source: int
    place: str
    strand: str = ""
    set: str = ""


def with_classes(
    arguments: Iterable[str], set: str = "", ends: tuple[str, ...] = ()
) -> list[Input]:
    """Inputs written as CLASS=FILE, or a folder of files and folders named after classes.

    `ends` are the suffixes of files in folders; without any, folders are refused.
    """
    found: list[Input] = []
    for argument in arguments:
        label, equals, name = argument.partition("=")
        if not equals and ends and Path(argument).is_dir():
            found += _in_folder(Path(argument), set, ends)
        elif not equals:
            help = f"write CLASS=FILE, such as c1={argument}"
            raise UsageProblem(f"'{argument}': its class is missing", help)
        elif not name:
            raise UsageProblem(f"'{argument}': the file is missing", f"write {label}=FILE")
        else:
            check_label(label)
            found.append(Input(existing_file(Path(name)), label, set))
    return _once(found)


def without_classes(
    arguments: Iterable[str], set: str = "", ends: tuple[str, ...] = ()
) -> list[Input]:
    """Inputs written as FILE or as a folder of files, whose records have their own labels."""
    found: list[Input] = []
    for argument in arguments:
        path = Path(argument)
        if ends and path.is_dir():
            found += (Input(existing_file(each), "", set) for each in _files(path, ends))
        else:
            found.append(Input(existing_file(path), "", set))
    return _once(found)


def _in_folder(folder: Path, set: str, ends: tuple[str, ...]) -> Iterator[Input]:
    """Each file CLASS.fa and each file of a folder CLASS."""
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            yield from (Input(existing_file(each), path.name, set) for each in _files(path, ends))
        elif is_named(path, ends):
            label = path.name
            for end in (*COMPRESSED_ENDS, *ends):
                label = label.removesuffix(end)
            yield Input(existing_file(path), label, set)


def _files(folder: Path, ends: tuple[str, ...]) -> list[Path]:
    found = sorted(path for path in folder.iterdir() if path.is_file() and is_named(path, ends))
    if not found:
        help = "name the files themselves" if any(folder.iterdir()) else None
        raise UsageProblem(f"{folder}: no file in it ends with {', '.join(ends[:3])} ...", help)
    return found


def is_named(path: Path, ends: tuple[str, ...]) -> bool:
    name = path.name.lower()
    for end in COMPRESSED_ENDS:
        name = name.removesuffix(end)
    return name.endswith(ends)


def check_label(label: str) -> None:
    """Refuse a class whose name cannot be in column y or in a definition."""
    if not label:
        raise UsageProblem("a class has no name", "write CLASS=FILE, such as c1=positives.fa")
    if label != label.strip() or "|" in label or not label.isprintable():
        help = "use letters, digits and punctuation except |, without spaces at the ends"
        raise UsageProblem(f"{label!a} cannot be the name of a class", help)


def existing_file(path: Path) -> Path:
    """The path, if it is a file that can be read twice."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise UsageProblem(f"{path}: no such file", _neighbour(path)) from None
    except OSError as error:
        raise UsageProblem(f"{path}: {error.strerror}", "correct the path") from None
    if stat.S_ISDIR(mode):
        raise UsageProblem(f"{path}: this is a folder", "name the files in it")
    if not stat.S_ISREG(mode):
        help = "inputs are read twice, for their SHA-256 and their content: save it to a file first"
        raise UsageProblem(f"{path}: this is not a file on disk", help)
    return path


def _neighbour(path: Path) -> str:
    """A remedy for a missing path: the file that is meant, if a similar one exists."""
    try:
        names = sorted(each.name for each in path.parent.iterdir())
    except OSError:
        return f"the folder {path.parent} does not exist either"
    for name in names:
        if any(path.name + end == name or name + end == path.name for end in COMPRESSED_ENDS):
            return f"{path.parent / name} is there"
    near = nearest(path.name, names)
    return (
        f"did you mean {path.parent / near}?"
        if near
        else f"is it in another folder than {path.parent}?"
    )


def _once(inputs: list[Input]) -> list[Input]:
    counts = Counter((each.path.resolve(), each.label) for each in inputs)
    for (path, label), count in counts.items():
        if count > 1:
            name = f"{label}={path.name}" if label else path.name
            raise UsageProblem(f"{name}: is given {count} times", "name each file once")
    return inputs


def source_names(paths: Iterable[Path]) -> list[str]:
    """The last part of each path, or as many parts as tell them apart; no path of this machine."""
    paths = [Path(*path.parts[1:]) if path.is_absolute() else path for path in paths]
    names = []
    for path in paths:
        for count in range(1, len(path.parts) + 1):
            name = "/".join(path.parts[-count:])
            others = (other for other in paths if other != path)
            if not any("/".join(other.parts[-count:]) == name for other in others):
                break
        names.append(name)
    return names
