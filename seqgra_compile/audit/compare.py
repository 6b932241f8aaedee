"""Two receipts of runs: identical, within a tolerance, or different, and where first."""

from __future__ import annotations

import enum
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ..visible import visible

MAX_RECEIPT = 2**26
# What a run was asked to do, and what it was done with: in this order they are compared.
_ASKED = ("settings", "data", "definition", "script", "family", "sources")
_WITH = ("versions", "device", "threads")
_REQUIRED = {
    "definition": (dict, str),
    "script": (dict, str),
    "settings": (dict,),
    "data": (dict,),
    "versions": (dict,),
    "device": (str,),
    "threads": (int,),
}
# The one block that is not compared: when and where it was.
_CIRCUMSTANCES = "circumstances"
_KINDS = {dict: "an object", str: "a string", int: "a whole number", list: "a list"}
_MAX_SHOWN = 80


class ReceiptError(ValueError):
    """What is wrong with a receipt."""


class Verdict(enum.Enum):
    IDENTICAL = "identical"
    WITHIN = "within tolerance"
    DIFFERENT = "different"


@dataclass(frozen=True)
class Found:
    """A value that differs: where, and what the two receipts say. `close`: within tolerance."""

    path: str
    one: object
    other: object
    close: bool = False

    def __str__(self) -> str:
        line = f"{self.path}: {_shown(self.one)} and {_shown(self.other)}"
        if _is_number(self.one) and _is_number(self.other) and math.isfinite(self.distance):
            line += f", {self.distance:.3g} apart"
        return visible(line)

    @property
    def distance(self) -> float:
        try:
            return abs(float(self.one) - float(self.other))
        except OverflowError:
            return math.inf


@dataclass(frozen=True)
class Comparison:
    verdict: Verdict
    asked: tuple[Found, ...]
    done_with: tuple[Found, ...]
    epochs: tuple[Found, ...]
    results: tuple[Found, ...]


def read_receipt(data: bytes) -> dict[str, object]:
    """A receipt whose shape is right; raises `ReceiptError`."""
    try:
        receipt = json.loads(data.decode("utf-8"), object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        if isinstance(error, ReceiptError):
            raise
        raise ReceiptError("it is no JSON text") from error
    if not isinstance(receipt, dict):
        raise ReceiptError("it is no receipt: its outermost value is no object")
    for name, kinds in _REQUIRED.items():
        if name not in receipt:
            raise ReceiptError(f"it is no whole receipt: '{name}' is missing")
        if type(receipt[name]) not in kinds:
            raise ReceiptError(f"'{name}' must be {' or '.join(_KINDS[kind] for kind in kinds)}")
    _check_epochs(receipt.get("epochs", []))
    return receipt


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ReceiptError(f"'{twice}' stands in it twice")
    return found


def _check_epochs(epochs: object) -> None:
    if not isinstance(epochs, list):
        raise ReceiptError("'epochs' must be a list")
    for number, row in enumerate(epochs, start=1):
        if not isinstance(row, dict) or not all(map(_is_number, row.values())):
            raise ReceiptError(f"epoch {number} must be an object of numbers")
        if row.get("epoch", number) != number:
            raise ReceiptError(f"epoch {number} calls itself {row['epoch']}")


def _is_number(value: object) -> bool:
    return type(value) in (int, float)


def compare(one: dict, other: dict, tolerance: float = 0.0) -> Comparison:
    """Everything but the circumstances.

    The tolerance is for what a run came to: its epochs, its best epoch, its test set. A number is
    within it if the two are at most so far apart, or that share of the larger one. The hash of the
    weights, which tells nothing of the distance, may then differ; so may versions, device and
    threads, for which a tolerance is asked. Whatever the run was asked to do must be the same.
    """
    rest = [
        {k: v for k, v in each.items() if k not in (*_ASKED, *_WITH, "epochs", _CIRCUMSTANCES)}
        for each in (one, other)
    ]
    parts = [_differences(_some(one, names), _some(other, names)) for names in (_ASKED, _WITH)]
    asked, done_with = map(tuple, parts)
    epochs = tuple(_epochs(one.get("epochs", []), other.get("epochs", []), tolerance))
    results = tuple(_differences(*rest, tolerance=tolerance))
    if not (asked or done_with or epochs or results):
        verdict = Verdict.IDENTICAL
    else:
        close = tolerance > 0 and not asked
        close = close and all(found.close or _is_hash(found) for found in (*epochs, *results))
        verdict = Verdict.WITHIN if close else Verdict.DIFFERENT
    return Comparison(verdict, asked, done_with, epochs, results)


def _some(receipt: dict, names: tuple[str, ...]) -> dict[str, object]:
    return {name: receipt[name] for name in names if name in receipt}


def _is_hash(found: Found) -> bool:
    return found.path.startswith("weights")


def _epochs(one: list, other: list, tolerance: float) -> Iterator[Found]:
    for number, (first, second) in enumerate(zip(one, other, strict=False), start=1):
        yield from _differences(first, second, f"epoch {number}", tolerance)
    if len(one) != len(other):
        yield Found("number of epochs", len(one), len(other))


def _differences(
    one: object, other: object, path: str = "", tolerance: float = 0.0
) -> Iterator[Found]:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for name in {**one, **other}:
            below = f"{path} {name}".lstrip()
            if name in one and name in other:
                yield from _differences(one[name], other[name], below, tolerance)
            else:
                yield Found(below, one.get(name, "nothing"), other.get(name, "nothing"))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, pair in enumerate(zip(one, other, strict=True), start=1):
            yield from _differences(*pair, f"{path} {number}", tolerance)
    elif not _same(one, other):
        yield Found(path, one, other, _close(one, other, tolerance))


def _same(one: object, other: object) -> bool:
    if type(one) is not type(other):
        return False
    return one == other or (one != one and other != other)


def _close(one: object, other: object, tolerance: float) -> bool:
    if not (_is_number(one) and _is_number(other)):
        return False
    try:
        return math.isclose(one, other, rel_tol=tolerance, abs_tol=tolerance)
    except OverflowError:
        return False


def as_text(comparison: Comparison) -> str:
    """For a reader: the verdict, then what differs, the first epoch first."""
    lines = [comparison.verdict.value]
    first = comparison.asked[:1]
    if first and first[0].path.startswith("settings "):
        found = replace(first[0], path=first[0].path.removeprefix("settings "))
        lines.append(f"  first setting that differs: {found}")
        first = ()
    lines += [f"  asked for: {found}" for found in (*first, *comparison.asked[1:])]
    lines += [f"  done with: {found}" for found in comparison.done_with]
    if comparison.epochs:
        lines.append(f"  first epoch that differs: {comparison.epochs[0]}")
        lines += _spread(comparison.epochs)
    lines += [f"  result: {each}" for each in comparison.results]
    return "\n".join(lines) + "\n"


def _spread(epochs: tuple[Found, ...]) -> Iterator[str]:
    numbers = [f for f in epochs if f.path.startswith("epoch ") and _is_number(f.one)]
    numbers = [f for f in numbers if _is_number(f.other) and not math.isnan(f.distance)]
    if len(numbers) > 1:
        largest = max(numbers, key=lambda found: found.distance)
        yield f"  largest of {len(numbers):,} differences: {largest}"
    if epochs[-1].path == "number of epochs" and len(epochs) > 1:
        yield f"  {epochs[-1]}"


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= _MAX_SHOWN else text[:_MAX_SHOWN] + "..."
