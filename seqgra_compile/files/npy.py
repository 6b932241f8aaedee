"""NumPy files of weights: checked without NumPy, and without running their content.

`np.save` of a list of arrays of several shapes writes a pickle, and a pickle can run code when it
is loaded. A script loads it only if it is, byte for byte, the file that was checked here.
"""

from __future__ import annotations

import io
import pickle
import pickletools

_MAGIC = b"\x93NUMPY"
# Everything that NumPy itself needs to rebuild arrays.
_ALLOWED = {
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("_codecs", "encode"),
}
# Operations of a pickle whose argument decides how much memory is allocated at once.
_SIZED = {"PUT", "BINPUT", "LONG_BINPUT", "FRAME"}


class WeightsRefused(ValueError):
    """Not a file of weights, or one that refers to more than arrays."""


class _Inert:
    """Stands in for whatever NumPy would create; accepts everything, does nothing."""

    def __new__(cls, *arguments: object) -> _Inert:
        return object.__new__(cls)

    def __setstate__(self, state: object) -> None:
        pass


class _Reader(pickle.Unpickler):
    """Reads a pickle without NumPy: allowed names are inert, any other name ends the reading."""

    def find_class(self, module: str, name: str) -> type:
        if (module, name) not in _ALLOWED:
            raise WeightsRefused(f"it would call '{module}.{name}' when it is loaded")
        return _Inert


def _check_sizes(data: bytes) -> None:
    """Refuse a pickle that asks for more memory than it has bytes."""
    for operation, argument, _ in pickletools.genops(data):
        if operation.name in _SIZED and isinstance(argument, int) and argument > len(data):
            raise WeightsRefused("it would take more memory than the file is large")


def check_npy(data: bytes) -> None:
    """Raise `WeightsRefused` unless loading the file can only create arrays."""
    if not data.startswith(_MAGIC) or len(data) < 12:
        raise WeightsRefused("not a .npy file")
    size = 2 if data[6] == 1 else 4
    start = 8 + size + int.from_bytes(data[8 : 8 + size], "little")
    if b"O" not in data[8 + size : start]:
        return
    try:
        _check_sizes(data[start:])
        _Reader(io.BytesIO(data[start:])).load()
    except WeightsRefused:
        raise
    except Exception:  # a damaged pickle raises many kinds
        raise WeightsRefused("a damaged .npy file") from None
