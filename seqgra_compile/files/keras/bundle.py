"""TensorFlow's bundles of variables: where each tensor lies in the data file.

`variables.index` is a table in LevelDB's format, whose values are protocol buffers; one entry
holds the graph of objects, which says which variable belongs to which object.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ... import ir
from .contents import RefusedFileError, damaged, not_float32
from .kinds import INDEX_END
from .protobuf import cut, numbers, submessages, varint

_FOOTER = 48  # bytes
_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"
_FLOAT32, _STRING = 1, 7
_MAX_KEY = 2**12
# Parts of a layer that hold its variables, and the catalog's prefixes of their names.
_PARTS = {"cell": "", "forward_layer": "forward_", "backward_layer": "backward_"}


@dataclass(frozen=True)
class _Tensor:
    dtype: int
    shape: ir.Shape
    offset: int
    size: int


@dataclass(frozen=True)
class _Node:
    """An object: its parts by name, and its variable's key, if it is one."""

    children: dict[str, int]
    key: str | None


class Bundle:
    """The variables of one model. `index` and `data` are the two files' bytes."""

    def __init__(self, index: bytes, data: bytes) -> None:
        self.data = data
        self.tensors = {key: _tensor(entry) for key, entry in _table(index) if key}
        self.nodes = self.graph()

    def graph(self) -> list[_Node]:
        found = self.tensors.get(_GRAPH)
        if found is None or found.dtype != _STRING:
            raise damaged("its variables are not named")
        raw = cut(self.data, found.offset, found.size)
        size, start = varint(raw, 0)
        # The text comes after four bytes of checksum.
        nodes = submessages(cut(raw, start + 4, size), 1)
        return [_node(node) for node in nodes]

    def stored(self, positions: tuple[int, ...]) -> dict[str | int, ir.StoredWeight]:
        """The weights of a layer by the catalog's names; all positions except the last are those of
        models.
        """
        number = 0
        for position in positions:
            children = self.node(number).children
            if f"layer-{position}" not in children:
                raise damaged(f"it has no variables of layer {position}")
            number = children[f"layer-{position}"]
        return dict(self.variables(number, "", 0))

    def variables(
        self, number: int, prefix: str, depth: int
    ) -> Iterator[tuple[str, ir.StoredWeight]]:
        node = self.node(number)
        for name, child in node.children.items():
            key = self.node(child).key
            if key is not None:
                yield prefix + name, self.weight(key)
            elif name in _PARTS and depth < 2:
                yield from self.variables(child, prefix + _PARTS[name], depth + 1)

    def node(self, number: int) -> _Node:
        if not 0 <= number < len(self.nodes):
            raise damaged("its graph of objects is incomplete")
        return self.nodes[number]

    def weight(self, key: str) -> ir.StoredWeight:
        tensor = self.tensors.get(key)
        if tensor is None:
            raise damaged("a variable is missing")
        if tensor.dtype != _FLOAT32:
            raise not_float32()
        weight = ir.StoredWeight(tensor.shape, tensor.offset)
        if weight.count * 4 != tensor.size:
            raise damaged("the size of a variable does not fit its shape")
        cut(self.data, tensor.offset, tensor.size)
        return weight


def _node(message: bytes) -> _Node:
    children = {}
    for child in submessages(message, 1):
        for name in submessages(child, 2):
            children[_text(name)] = numbers(child).get(1, 0)
    keys = [
        _text(key)
        for attribute in submessages(message, 2)
        if _text(b"".join(submessages(attribute, 1))) == "VARIABLE_VALUE"
        for key in submessages(attribute, 3)
    ]
    return _Node(children, keys[0] if keys else None)


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise damaged("a name in it is not UTF-8") from None


def _tensor(entry: bytes) -> _Tensor:
    if submessages(entry, 7):
        raise RefusedFileError(
            "SG616", "a variable is cut into slices", "save the model on one device"
        )
    if numbers(entry).get(3, 0):
        raise _sharded()
    shapes = submessages(entry, 2)
    sizes = submessages(shapes[0], 2) if shapes else []
    shape = tuple(numbers(size).get(1, 0) for size in sizes)
    found = numbers(entry)
    return _Tensor(found.get(1, 0), shape, found.get(4, 0), found.get(5, 0))


def _sharded() -> RefusedFileError:
    return RefusedFileError(
        "SG616", "its variables lie in several files", "save the model on one device"
    )


def _table(index: bytes) -> Iterator[tuple[str, bytes]]:
    """Keys and values of a table; the header, under the empty key, is checked on the way."""
    footer = index[-_FOOTER:]
    if len(footer) < _FOOTER or not footer.endswith(INDEX_END):
        raise damaged("variables.index is not an index")
    _, place = _handle(footer, 0)
    (start, size), _ = _handle(footer, place)
    end = 0
    for _, handle in _block(index, start, size):
        (start, size), _ = _handle(handle, 0)
        if start < end:
            raise damaged("blocks of variables.index overlap")
        end = start + size
        for key, value in _block(index, start, size):
            if not key and numbers(value).get(1, 1) != 1:
                raise _sharded()
            yield _text(key), value


def _handle(data: bytes, place: int) -> tuple[tuple[int, int], int]:
    """Where a block starts and how long it is."""
    start, place = varint(data, place)
    size, place = varint(data, place)
    return (start, size), place


def _block(index: bytes, start: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Entries of a block: each key shares its beginning with the one before."""
    if cut(index, start + size, 1) != b"\0":
        raise damaged("variables.index is compressed")
    block = cut(index, start, size)
    restarts = int.from_bytes(cut(block, size - 4, 4), "little")
    end, place, key = size - 4 - 4 * restarts, 0, b""
    while place < end:
        shared, place = varint(block, place)
        own, place = varint(block, place)
        length, place = varint(block, place)
        key = key[:shared] + cut(block, place, own)
        if len(key) > _MAX_KEY:
            raise damaged("a name in variables.index has no end")
        place += own
        yield key, cut(block, place, length)
        place += length
