"""Reads a run's receipt (receipt.json): JSON of the right shape."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeGuard

MAX_RECEIPT = 2**26
_REQUIRED: Mapping[str, tuple[type, ...]] = {
    "definition": (dict, str),
    "script": (dict, str),
    "settings": (dict,),
    "data": (dict,),
    "versions": (dict,),
    "device": (str,),
    "threads": (int,),
}
_KINDS = {dict: "an object", str: "a string", int: "a whole number", list: "a list"}


# A JSON object, whose content is checked where it is used.
Receipt = dict[str, Any]


class ReceiptError(ValueError):
    """What is wrong with a receipt."""


def read_receipt(data: bytes) -> Receipt:
    """A receipt of the right shape; raises `ReceiptError`."""
    receipt = read_object(data)
    for name, kinds in _REQUIRED.items():
        if name not in receipt:
            raise ReceiptError(f"the receipt is incomplete: '{name}' is missing")
        if type(receipt[name]) not in kinds:
            raise ReceiptError(f"'{name}' must be {' or '.join(_KINDS[kind] for kind in kinds)}")
    _check_epochs(receipt.get("epochs", []))
    return receipt


def read_object(data: bytes) -> Receipt:
    """A JSON object without repeated names; raises `ReceiptError`."""
    try:
        found = json.loads(data.decode("utf-8"), object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        if isinstance(error, ReceiptError):
            raise
        raise ReceiptError("it is not JSON") from error
    if not isinstance(found, dict):
        raise ReceiptError("it is not a receipt: its outermost value is not an object")
    return found


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether a JSON value is a number; true and false are not."""
    return type(value) in (int, float)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ReceiptError(f"'{twice}' occurs twice")
    return found


def _check_epochs(epochs: object) -> None:
    if not isinstance(epochs, list):
        raise ReceiptError("'epochs' must be a list")
    for number, row in enumerate(epochs, start=1):
        if not isinstance(row, dict) or not all(map(is_number, row.values())):
            raise ReceiptError(f"epoch {number} must be an object of numbers")
        if row.get("epoch", number) != number:
            raise ReceiptError(f"epoch {number} calls itself {row['epoch']}")
