"""What the scripts of all libraries have in common."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .. import __version__, ir
from ..catalog.libraries import FRAMEWORKS
from ..catalog.losses import LOSSES, Scores
from ..catalog.optimizers import OPTIMIZERS
from ..catalog.semantics import DISK, FULL, PREDICT, SEMANTICS, WHOLE
from ..catalog.sequences import MULTI_CLASS, SEQUENCE_SPACES, SequenceSpace
from ..catalog.structure import EXTERNAL, SEQUENTIAL
from ..ir import Import, Value
from ..pycode import (
    Code,
    assignment,
    call,
    code,
    comment,
    fits,
    laid_out,
    literal,
    prefixed,
    spaced,
)
from ..script import AlphabetCodes, Constant, Section
from ..source import Source
from . import header, weightsfiles
from .family import family

STANDARD = frozenset(sys.stdlib_module_names)
_BODY = 4  # columns before the statements of a function
IMPORTS = (
    Import("argparse"),
    Import("hashlib"),
    Import("json"),
    Import("os"),
    Import("sys"),
    Import("pathlib", "Path"),
    Import("numpy", None, "np"),
)
RECORDS_IMPORTS = (
    Import("platform"),
    Import("sqlite3"),
    Import("time"),
)
DISK_IMPORTS = (Import("collections.abc", "Iterator"), Import("tempfile"))
SHARDS_IMPORTS = (
    Import("datetime"),
    Import("signal"),
    Import("torch.distributed", None, "dist"),
)
PREDICT_IMPORTS = (
    Import("argparse"),
    Import("bz2"),
    Import("gzip"),
    Import("itertools"),
    Import("json"),
    Import("lzma"),
    Import("sys"),
    Import("zlib"),
    Import("collections.abc", "Iterator"),
    Import("pathlib", "Path"),
    Import("typing", "NoReturn"),
    Import("numpy", None, "np"),
)


@dataclass(frozen=True)
class Oldest:
    """The oldest version of a library with which a script works."""

    package: str
    module: str
    library: str
    version: tuple[int, int]

    @property
    def requirement(self) -> str:
        """For the script's dependencies: keras>=3.8."""
        return f"{self.package}>={self._text}"

    @property
    def check(self) -> tuple[str, str]:
        """Two lines after the imports, which end a script under an older version."""
        version = f"{self.module}.__version__"
        return (
            f'if [int(part) for part in {version}.split(".")[:2]] < {list(self.version)}:',
            f'    sys.exit(f"{self.library} {{{version}}}: this script needs {self._text} or later")',
        )

    @property
    def _text(self) -> str:
        return ".".join(map(str, self.version))


def sections(folder: str, model: ir.General) -> tuple[Section, ...]:
    """The same sections in the same order for every library."""
    if model.emit == PREDICT:
        return (
            Section("Definition", "common/definition.py.j2"),
            Section("Data", "predict/data.py.j2"),
            Section("Model", f"{folder}/model.py.j2"),
            Section("Main", f"predict/{folder}.py.j2"),
        )
    processes = (Section("Processes", f"{folder}/processes.py.j2"),)
    found = (
        Section("Definition", "common/definition.py.j2"),
        Section("Data", f"{folder}/data.py.j2"),
        Section("Model", f"{folder}/model.py.j2"),
        Section("Loss and optimizer", f"{folder}/loss_and_optimizer.py.j2"),
        *(processes if model.shards != WHOLE else ()),
        Section("Training", f"{folder}/training.py.j2"),
        Section("Main", f"{folder}/main.py.j2"),
    )
    records = Section("Records", f"{folder}/records.py.j2")
    return (*found, records) if model.records == FULL else found


def imports(model: ir.General, own: Iterable[Import]) -> tuple[Import, ...]:
    """What a script imports: its own needs, and those of its data and records."""
    if model.emit == PREDICT:
        return tuple(own)
    return (
        *own,
        *(DISK_IMPORTS if model.data == DISK else ()),
        *(RECORDS_IMPORTS if model.records == FULL else ()),
        *(SHARDS_IMPORTS if model.shards != WHOLE else ()),
    )


def shared_fields(
    model: ir.Model,
    source: Source,
    folder: str,
    weights: str,
    shape: str,
) -> dict[str, Any]:
    """The fields of `TrainingScript` that all libraries fill in the same way.

    `folder` holds the templates; `weights` names the files of weights; `shape` is that of a one-hot
    batch, with a hole for the number of channels.
    """
    reader = weightsfiles.reader(model)
    return {
        "docstring": header.header(model, source, weights),
        "sections": sections(folder, model),
        "constants": constants(model),
        "version": __version__,
        "definition_sha256": literal(source.sha256),
        "family": literal(family(model)),
        "alphabet": alphabet(model),
        "on_disk": model.data == DISK,
        "records": model.records == FULL and model.emit != PREDICT,
        "shards": model.shards != WHOLE,
        "trains": True,
        "other_libraries": tuple(name for name in FRAMEWORKS if name != model.library.value),
        "length_from_data": not header.has_length(model),
        "one_hot": f"{folder}/one_hot.py.j2",
        "cut": str(LOSSES[model.loss.name].threshold),
        "one_hot_doc": one_hot_doc(model, shape.format(alphabet(model).size)),
        "targets_doc": targets_doc(model),
        "model_doc": model_doc(model),
        "multi_class": model.task.value == MULTI_CLASS,
        "two_dimensional": model.input_encoding.value == "2D",
        "shuffle": model.training.shuffle.value,
        "early_stopping": model.training.early_stopping.value,
        "imitates": SEMANTICS[model.semantics].imitates,
        "streams": SEMANTICS[model.semantics].streams,
        "loss": returned(LOSSES[model.loss.name].text(model.loss.arguments)),
        "weights_reader": reader.template if reader else None,
    }


def scores(model: ir.Model) -> Scores:
    """What the model hands to its loss."""
    return LOSSES[model.loss.name].scores(model.loss.arguments)


def alphabet(model: ir.General) -> AlphabetCodes:
    space = SEQUENCE_SPACES[model.sequence_space.value]
    codes = space.alphabet + (space.unknown or "")
    return AlphabetCodes(
        space=space.name,
        size=len(space.alphabet),
        letters=codes,
        codes=f'b"{codes}"',
        lower=f'b"{codes.lower()}"' if space.folds_case else "",
        code_count=len(codes),
        has_unknown=space.unknown is not None,
        unknown=len(space.alphabet),
        share=literal(1 / len(space.alphabet)),
        lenient=SEMANTICS[model.semantics].imitates and space.unknown is not None,
        complement=_complement(space),
        known=f'b"{codes}{codes.lower() if space.folds_case else ""}"',
        remedy=space.remedy,
    )


def _complement(space: SequenceSpace) -> str:
    """For each code, the code of the letter on the opposite strand; empty if there is none."""
    if not space.paired:
        return ""
    codes = [space.alphabet.index(letter) for letter in space.paired]
    return str([*codes, *([len(codes)] if space.unknown else [])])


def one_hot_doc(model: ir.General, shape: str, dtype: str = "float32") -> str:
    space = SEQUENCE_SPACES[model.sequence_space.value]
    text = f"Codes (B, L) to {shape} {dtype}, channels {space.alphabet}"
    if space.unknown:
        text += f"; {space.unknown} is {1 / len(space.alphabet)} in each"
    return text + "."


def general(model: ir.General) -> tuple[Constant, ...]:
    """The general section up to the labels."""
    remarks: tuple[Value[str], ...] = (
        model.task,
        model.sequence_space,
        model.library,
        model.input_encoding,
    )
    return (
        constant("MODEL_ID", model.id),
        *map(remark, remarks),
        _named("LABELS", _labels(model), _origin(model.labels), model.labels.path),
    )


def constants(model: ir.Model) -> tuple[Constant, ...]:
    """Each value of the definition once, in the order of the XML."""
    fixed = [
        *general(model),
        constant("SEED", model.seed),
        *_architecture(model.architecture),
        Constant("", model.loss.name, model.loss.path, model.loss.path),
        *(constant(name.upper(), value) for name, value in model.loss.arguments.items()),
        Constant("", model.optimizer.name, model.optimizer.path, model.optimizer.path),
        *(constant(name.upper(), value) for name, value in model.optimizer.arguments.items()),
    ]
    for name in ("clipnorm", "clipvalue"):
        clip: Value[Any] = getattr(model.optimizer, name)
        if clip.value is not None:
            fixed.append(constant(name.upper(), clip))
        elif not clip.is_default:
            fixed.append(remark(clip))
    training = model.training
    fixed += [
        constant("BATCH_SIZE", training.batch_size),
        constant("EPOCHS", training.epochs),
        remark(training.early_stopping),
    ]
    if training.early_stopping.value:
        fixed.append(constant("PATIENCE", training.patience))
    fixed.append(remark(training.shuffle))
    if isinstance(model.architecture, ir.Sequential):
        shape = model.architecture.operations[0].arguments["input_shape"]
        length = _named("SEQUENCE_LENGTH", shape.value[-2], shape.path, shape.path)
        fixed.insert(fixed.index(_architecture(model.architecture)[-1]) + 1, length)
    if model.shards != WHOLE:
        fixed.append(
            Constant("SHARDS", literal(model.shards), "--shards: parts of a batch", "--shards")
        )
    return tuple(fixed)


def _origin(value: Value[Any]) -> str:
    note = f" ({value.note})" if value.note else ""
    return value.path + note + (" (default)" if value.is_default else "")


def constant(name: str, value: Value[Any]) -> Constant:
    return _named(name, value.value, _origin(value), value.path)


def _named(name: str, value: object, remark: str, path: str) -> Constant:
    """A constant with its comment after it, or above it if the line would be too long."""
    before, made = f"{name} = ", code(value)
    if fits(prefixed(before, made), 0, remark):
        return Constant(name, made.text, remark, path)
    return Constant(name, assignment(name, made).removeprefix(before), remark, path, above=True)


def remark(value: Value[Any]) -> Constant:
    """A value that decided what the script looks like, of which only a comment remains."""
    return Constant("", str(value.value), _origin(value), value.path)


def _labels(model: ir.General) -> Code:
    pattern = model.label_pattern
    if pattern is None:
        return code(model.labels.value)
    parts = [literal(pattern.prefix)] if pattern.prefix else []
    parts += ["str(n)", *([literal(pattern.postfix)] if pattern.postfix else [])]
    terms = [Code(parts[0]), *(Code(f"+ {part}") for part in parts[1:])]
    numbers = (pattern.first, pattern.last + 1) if pattern.first else (pattern.last + 1,)
    return call("tuple", spaced(spaced(*terms), Code(f"for n in {call('range', *numbers)}")))


def _architecture(architecture: ir.Network | ir.Module) -> tuple[Constant, ...]:
    if isinstance(architecture, ir.Module):
        name = f"class {architecture.class_name} of {comment(architecture.path)}"
        return (Constant("", f"{name}, in the section Model", EXTERNAL, EXTERNAL),)
    count = len(architecture.operations)
    text = f"{count} operation{'' if count == 1 else 's'}, in the section Model"
    if architecture.file is None:
        return (Constant("", text, SEQUENTIAL, SEQUENTIAL),)
    return (
        Constant("", comment(architecture.file.path), EXTERNAL, EXTERNAL),
        Constant("", architecture.file.sha256, "its SHA-256", EXTERNAL),
        Constant("", text, "written out here", EXTERNAL),
    )


def returned(value: Code) -> str:
    """What a function of the script returns, on the only line after its head."""
    before = "return "
    return laid_out(prefixed(before, value), _BODY).removeprefix(before)


def optimizer_text(model: ir.Model, *positional: object, **clipping: object) -> str:
    """The optimizer's call: hyperparameters are constants, the library's other arguments are fixed."""
    row = OPTIMIZERS[model.library.value, model.optimizer.name]
    arguments = {
        parameter.keyword or parameter.name: Code(parameter.name.upper())
        for parameter in row.parameters
    }
    return returned(call(row.function, *positional, **arguments, **clipping, **row.fixed))


def heading(operation: ir.Layer) -> str:
    """Number, name, shapes and weights of an operation."""
    count = operation.weight_count
    weights = f", {count:,} weights" if count else ""
    return (
        f"{operation.number} {operation.name}: {operation.input_shape} -> "
        f"{operation.output_shape}{weights}"
    )


def targets_doc(model: ir.General) -> str:
    if model.task.value == MULTI_CLASS:
        return "class indices (N,) int64"
    return "0 or 1 (N, labels) uint8"


def model_doc(model: ir.Model) -> str:
    architecture = model.architecture
    if isinstance(architecture, ir.Module):
        return ""
    count = architecture.weight_count
    last = architecture.operations[-1].output_shape
    return f"{architecture.input_shape} -> {last} {scores(model).value}, {count:,} weights."
