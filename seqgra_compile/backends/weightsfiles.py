"""Files of initial weights: the reader that a script needs, and the expressions that call it."""

from __future__ import annotations

from dataclasses import dataclass

from .. import ir
from ..catalog.semantics import PREDICT
from ..ir import Import
from ..pycode import Code, call, laid_out, literal, prefixed
from ..script import LoadedWeights


@dataclass(frozen=True)
class Reader:
    """A template that defines `read_weights`, and what it imports."""

    template: str
    imports: tuple[Import, ...]
    packages: tuple[str, ...] = ()


_NPY = Reader("common/weights_files.py", (Import("hashlib"), Import("io")))
_READERS = {
    "h5": Reader(
        "common/weights_h5.py", (Import("hashlib"), Import("io"), Import("h5py")), ("h5py",)
    ),
    "archive": Reader(
        "common/weights_archive.py",
        (Import("hashlib"), Import("io"), Import("zipfile"), Import("h5py")),
        ("h5py",),
    ),
    "saved_model": Reader("common/weights_saved_model.py", (Import("hashlib"), Import("math"))),
}


def reader(model: ir.Model) -> Reader | None:
    """The reader of an architecture's initial weights, or None if they are drawn or not needed."""
    architecture = model.architecture
    if model.emit == PREDICT or not isinstance(architecture, ir.Sequential):
        return None
    if architecture.file and architecture.file.weights:
        return _READERS[architecture.file.form]
    return _NPY if any(operation.weights_file for operation in architecture.operations) else None


def open_statement(architecture: ir.Network | ir.Module) -> tuple[LoadedWeights, ...]:
    """The statement that opens the file with all weights, if there is one."""
    if not isinstance(architecture, ir.Sequential) or not architecture.file:
        return ()
    weights = architecture.file.weights
    if not weights:
        return ()
    return (
        load_statement(prefixed("file = ", call("open_weights", weights.path, weights.sha256))),
    )


def load_statement(statement: Code, operation: ir.Layer | None = None) -> LoadedWeights:
    """A statement of `build_model`, if the operation has its own file."""
    own = operation.number if operation and operation.weights_file else None
    return LoadedWeights(laid_out(statement, 4), own)


def has_weights(operation: ir.Layer) -> bool:
    """Whether an operation starts with weights from a file."""
    return bool(operation.weights_file or operation.stored)


def read_call(operation: ir.Layer) -> Code:
    """The operation's weights as a list of arrays in Keras's layout."""
    if operation.weights_file:
        return call("read_weights", operation.weights_file.path, operation.weights_file.sha256)
    stored = [(weight, operation.stored[weight.name].place) for weight in operation.weights]
    if any(isinstance(place, str) for _, place in stored):
        group = Code(f"file[{literal(operation.saved.group if operation.saved else None)}]")
        return call("read_weights", group, *(place for _, place in stored))
    variables = [(weight.name, offset, weight.shape) for weight, offset in stored]
    return call("read_weights", Code("file"), *variables)
