"""A script's header, written and read: from what it was compiled, by which version, with which options.

The docstring also has free text of the definition's author, who may imitate a header. But this
text has no blank line, so all of it comes before the last paragraph, except the file name. After
that name come the hash, the options and the usage, none of which is free text.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

from .. import __version__, ir
from ..catalog.options import SCRIPT_OPTIONS
from ..catalog.semantics import FULL, PREDICT, WHOLE
from ..catalog.sequences import MULTI_CLASS
from ..pycode import docstring
from ..source import Source

_COMPILED = re.compile(
    r"Compiled by seqgra-compile (?P<version>\S+) from\s(?P<file>.+),\sSHA-256"
    r"\s(?P<sha256>[0-9a-f]{64}), with\s(?P<options>--semantics \S+(?:\s--[a-z]+ \S+)*)\."
    r"\sUsage:  ",
    re.DOTALL,
)
_WITHOUT = "it is not a compiled script: it does not begin with a docstring"
_SILENT = "its docstring does not say what it was compiled from"


# ---- written ----


def header(model: ir.Model, source: Source, weights: str) -> str:
    """The docstring: what the script is, from what, how to run it, what it reads and writes."""
    if model.emit == PREDICT:
        return predict_header(model, source, f"{weights.partition(',')[0]} and receipt.json")
    return docstring(
        [
            *title(model, source),
            *_usage(model),
            f"Reads:  training.txt, validation.txt and, if present, test.txt: {columns(model)}",
            f"Writes: {weights}, history.tsv, metrics.json, test-y-hat.txt"
            + (
                ", receipt.json, session-info.txt, last-epoch-completed.txt, "
                "num-model-parameters.txt"
                if model.records == FULL
                else ""
            ),
        ]
    )


def _usage(model: ir.Model) -> Iterator[str]:
    start = "python" if model.shards == WHOLE else "torchrun --nproc-per-node N"
    resume = " [--resume]" if model.records == FULL else ""
    yield f"Usage:  {start} train.py DATA_DIR [-o OUTPUT_DIR] [-g GPU] [--threads N]{resume}"


def predict_header(model: ir.General, source: Source, files: str) -> str:
    """The same for a script that scores sequences with the `files` of a run."""
    space, trains = model.sequence_space.value, isinstance(model, ir.Model)
    names = "label" if model.task.value == MULTI_CLASS else "labels, joined by |"
    length = "" if has_length(model) else " [--length N]"
    device = " [-g GPU] [--threads N]" if trains else ""
    return docstring(
        [
            *title(model, source),
            f"Usage:  python predict.py MODEL_DIR [FILE] [--scan STEP]{length}{device}",
            f"Reads:  {files} in MODEL_DIR; {space} sequences from FILE or standard input: FASTA, a "
            "table with a column x or sequence and perhaps id, or one sequence per line; plain, or "
            "compressed by gzip, bzip2 or xz",
            "Writes: to standard output id, the model's value for each label, and the predicted "
            f"{names}; with --scan also start, counted from 0, and end of each window",
        ]
    )


def has_length(model: ir.General) -> bool:
    """Whether the definition gives the length of the sequences."""
    return isinstance(model, ir.Model) and isinstance(model.architecture, ir.Sequential)


def title(model: ir.General, source: Source) -> tuple[str, ...]:
    """The docstring's first lines: id, name and description, and what was compiled."""
    name = f": {model.name.value}" if model.name.value else ""
    return (
        model.id.value + name,
        "",
        *((model.description.value, "") if model.description.value else ()),
        f"Compiled by seqgra-compile {__version__} from {source.file_name}, SHA-256",
        f"{source.sha256}, with",
        *f"{options(model)}.".split("\n"),
    )


def options(model: ir.General) -> str:
    """The options with which the compiler writes this script again."""
    found = [f"--semantics {model.semantics}"]
    trains = isinstance(model, ir.Model)
    found += [f"--library {model.library.value}"] if trains else []
    if model.emit == PREDICT:
        return " ".join([*found, f"--emit {model.emit}"])
    found += [f"--data {model.data}"] if trains else []
    shards = "" if model.shards == WHOLE else f"\n--shards {model.shards}"
    return " ".join([*found, f"--records {model.records}"]) + shards


def columns(model: ir.General) -> str:
    """The format of the data files."""
    labels = "label" if model.task.value == MULTI_CLASS else "labels, joined by |"
    sequence = f"{_article(model.sequence_space.value)} sequence"
    return f"a header x, tab, y, then on each line {sequence}, a tab, its {labels}"


def _article(noun: str) -> str:
    return ("an " if noun == "RNA" else "a ") + noun


# ---- read ----


class HeaderError(ValueError):
    """A text without our header; the message says why."""


@dataclass(frozen=True)
class Header:
    """`options`: names and values, as a command line has them; `first`, `last`: lines of the script."""

    version: str
    file: str
    sha256: str
    options: dict[str, str]
    first: int
    last: int


def read_header(text: str) -> Header:
    """The header of a script; raises `HeaderError`."""
    docstring, line = _docstring(text)
    lines = [each.rstrip() for each in docstring.rstrip().split("\n")]
    start = len(lines) - next((n for n, each in enumerate(reversed(lines)) if not each), 0)
    found = _COMPILED.match("\n".join(lines[start:]))
    if found is None:
        raise HeaderError(_SILENT)
    words = found["options"].split()
    options = {name[2:]: value for name, value in zip(words[::2], words[1::2], strict=True)}
    for name, value in options.items():
        if name not in SCRIPT_OPTIONS or value not in SCRIPT_OPTIONS[name].choices:
            raise HeaderError(
                f"it was compiled with --{name} {value}, which this version does not know"
            )
    first = line + start
    return Header(
        found["version"],
        " ".join(found["file"].split()),
        found["sha256"],
        options,
        first,
        first + found[0].count("\n") - 1,
    )


def _docstring(text: str) -> tuple[str, int]:
    """A script's docstring and its line."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        # The broken part may be further down.
        return _first_string(text)
    docstring = ast.get_docstring(tree, clean=False)
    if docstring is None:
        raise HeaderError(_WITHOUT)
    return docstring, tree.body[0].lineno


def _first_string(text: str) -> tuple[str, int]:
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.STRING:
                return str(ast.literal_eval(token.string)), token.start[0]
            if token.type not in (tokenize.COMMENT, tokenize.NL):
                break
    except (SyntaxError, ValueError, tokenize.TokenError, MemoryError, RecursionError):
        pass
    raise HeaderError(_WITHOUT)
