"""Protocol buffers, read without a schema: field numbers and values."""

from __future__ import annotations

from collections.abc import Iterator

from .contents import damaged

_VARINT, _EIGHT_BYTES, _BYTES, _FOUR_BYTES = 0, 1, 2, 5
_FIXED = {_EIGHT_BYTES: 8, _FOUR_BYTES: 4}


def varint(data: bytes, start: int) -> tuple[int, int]:
    """A varint and the offset after it. Raises `RefusedFileError` at the end of the data."""
    value, shift = 0, 0
    for end in range(start, min(start + 10, len(data))):
        value |= (data[end] & 0x7F) << shift
        if data[end] < 0x80:
            return value, end + 1
        shift += 7
    raise damaged("a number in it is cut off")


def cut(data: bytes, start: int, size: int) -> bytes:
    """`size` bytes. Raises `RefusedFileError` if they are missing."""
    if not 0 <= start <= start + size <= len(data):
        raise damaged("it ends too early")
    return data[start : start + size]


def fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The number and value of each field of a message."""
    place = 0
    while place < len(message):
        tag, place = varint(message, place)
        kind = tag & 7
        value: int | bytes
        if kind == _VARINT:
            value, place = varint(message, place)
        elif kind == _BYTES:
            size, place = varint(message, place)
            value = cut(message, place, size)
            place += size
        elif kind in _FIXED:
            value = cut(message, place, _FIXED[kind])
            place += _FIXED[kind]
        else:
            raise damaged("a field in it is of no known kind")
        yield tag >> 3, value


def submessages(message: bytes, number: int) -> list[bytes]:
    """All messages (or strings) with one field number."""
    values = [value for field, value in fields(message) if field == number]
    found = [value for value in values if isinstance(value, bytes)]
    if len(found) < len(values):
        raise damaged("a field in it is of another kind")
    return found


def numbers(message: bytes) -> dict[int, int]:
    """The last number of each field that holds one."""
    return {field: value for field, value in fields(message) if isinstance(value, int)}
