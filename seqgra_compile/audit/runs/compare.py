"""Compare two receipts of runs: identical, within a tolerance, or different, and where first."""

from __future__ import annotations

import enum
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ...visible import visible
from .kinship import in_two_libraries, relation
from .receipt import is_number

# What a run was asked to do, and what it ran with, in the order of comparison.
_ASKED = ("settings", "data", "definition", "script", "family", "sources")
_WITH = ("versions", "device", "threads")
# The only block that is not compared: when and where the run was.
_CIRCUMSTANCES = "circumstances"
_MAX_SHOWN = 80
_SETTING = "settings "
_NOTHING = "nothing"  # where the other has something


class Verdict(enum.Enum):
    IDENTICAL = "identical"
    WITHIN = "within tolerance"
    DIFFERENT = "different"


@dataclass(frozen=True)
class Found:
    """A value that differs: its place, and its value in the two receipts. `close`: within
    tolerance.
    """

    path: str
    one: object
    other: object
    close: bool = False

    def __str__(self) -> str:
        line = f"{self.path}: {_shown(self.one)} and {_shown(self.other)}"
        if math.isfinite(self.distance):
            line += f", {self.distance:.3g} apart"
        return visible(line)

    @property
    def distance(self) -> float:
        if not (is_number(self.one) and is_number(self.other)):
            return math.inf
        try:
            return abs(float(self.one) - float(self.other))
        except OverflowError:
            return math.inf


@dataclass(frozen=True)
class RunComparison:
    """`relation`: how the two definitions are related, as `kinship` says it. `renamed` are the
    settings in `asked` that only one of two libraries has.
    """

    verdict: Verdict
    relation: tuple[str, ...]
    asked: tuple[Found, ...]
    renamed: tuple[Found, ...]
    done_with: tuple[Found, ...]
    epochs: tuple[Found, ...]
    results: tuple[Found, ...]


def compare_runs(
    one: Mapping[str, Any], other: Mapping[str, Any], tolerance: float = 0.0
) -> RunComparison:
    """Compare everything except the circumstances.

    The tolerance applies to the results of a run: its epochs, its best epoch, its test set. Two
    numbers may differ by this much, absolutely or relative to the larger one. With a tolerance,
    the hash of the weights may also differ, and so may versions, device and threads. What the run
    was asked to do must be the same.
    """
    rest = [
        {k: v for k, v in each.items() if k not in (*_ASKED, *_WITH, "epochs", _CIRCUMSTANCES)}
        for each in (one, other)
    ]
    parts = [_differences(_some(one, names), _some(other, names)) for names in (_ASKED, _WITH)]
    asked, done_with = map(tuple, parts)
    renamed = tuple(filter(_is_renamed, asked)) if in_two_libraries(one, other) else ()
    epochs = tuple(_epochs(one.get("epochs", []), other.get("epochs", []), tolerance))
    results = tuple(_differences(rest[0], rest[1], tolerance=tolerance))
    if not (asked or done_with or epochs or results):
        verdict = Verdict.IDENTICAL
    else:
        close = tolerance > 0 and not asked
        close = close and all(found.close or _is_hash(found) for found in (*epochs, *results))
        verdict = Verdict.WITHIN if close else Verdict.DIFFERENT
    return RunComparison(verdict, relation(one, other), asked, renamed, done_with, epochs, results)


def _some(receipt: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, object]:
    return {name: receipt[name] for name in names if name in receipt}


def _is_renamed(found: Found) -> bool:
    return found.path.startswith(_SETTING) and _NOTHING in (found.one, found.other)


def _is_hash(found: Found) -> bool:
    return found.path.startswith("weights")


def _epochs(one: list[Any], other: list[Any], tolerance: float) -> Iterator[Found]:
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
                yield Found(below, one.get(name, _NOTHING), other.get(name, _NOTHING))
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
    if not (is_number(one) and is_number(other)):
        return False
    try:
        return math.isclose(one, other, rel_tol=tolerance, abs_tol=tolerance)
    except OverflowError:
        return False


def comparison_text(comparison: RunComparison) -> str:
    """For people: the verdict, then what differs, beginning with the first epoch."""
    lines = [comparison.verdict.value, *(f"  {line}" for line in comparison.relation)]
    asked = [found for found in comparison.asked if found not in comparison.renamed]
    if asked and asked[0].path.startswith(_SETTING):
        found = replace(asked[0], path=asked[0].path.removeprefix(_SETTING))
        lines.append(f"  first setting that differs: {found}")
        asked = asked[1:]
    lines += _named_otherwise(comparison.renamed)
    lines += [f"  asked for: {found}" for found in asked]
    lines += [f"  run with: {found}" for found in comparison.done_with]
    if comparison.epochs:
        lines.append(f"  first epoch that differs: {comparison.epochs[0]}")
        lines += _spread(comparison.epochs)
    lines += [f"  result: {each}" for each in comparison.results]
    return "\n".join(lines) + "\n"


def _named_otherwise(renamed: Sequence[Found]) -> Iterator[str]:
    """One line for the settings that only one of two libraries has."""
    if renamed:
        sides = [
            [found for found in renamed if found.other == _NOTHING],
            [found for found in renamed if found.one == _NOTHING],
        ]
        names = [", ".join(found.path.removeprefix(_SETTING) for found in side) for side in sides]
        yield visible(f"  settings of one library only: {' and '.join(filter(None, names))}")


def _spread(epochs: tuple[Found, ...]) -> Iterator[str]:
    numbers = [f for f in epochs if f.path.startswith("epoch ") and is_number(f.one)]
    numbers = [f for f in numbers if is_number(f.other) and not math.isnan(f.distance)]
    if len(numbers) > 1:
        largest = max(numbers, key=lambda found: found.distance)
        yield f"  largest of {len(numbers):,} differences: {largest}"
    if epochs[-1].path == "number of epochs" and len(epochs) > 1:
        yield f"  {epochs[-1]}"


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= _MAX_SHOWN else text[:_MAX_SHOWN] + "..."
