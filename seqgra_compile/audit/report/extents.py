"""How far left and right each element of a rule may lie."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from ...grammar import Rule, Spacing

_MOST = 6  # the most constraints of which all combinations are tried
Starts = dict[str, int]


def extents(rule: Rule, widths: dict[str, int], length: int) -> dict[str, tuple[int, int]]:
    """For each element in a sequence of this length: its first letter, from 0, and the place after
    its last.
    """
    found = {}
    for name in rule.alone:
        first, last = _starts(rule.position, length, widths[name])
        found[name] = first, last + widths[name]
    for chain in rule.chains:
        places = [*_placed(rule, chain, widths, length)]
        for name in dict.fromkeys(name for spacing in chain for name in spacing.names):
            # For an element that is paired with itself, both places count.
            ends = [end for place in places for key, end in place if key == name]
            found[name] = min(first for first, _ in ends), max(last for _, last in ends)
    return found


def _starts(position: str | int, length: int, width: int) -> tuple[int, int]:
    """The first and the last letter at which an element of this width may start."""
    if position == "random":
        return 0, length - width
    fixed = {
        "start": 0,
        "end": length - width,
        "center": int(length / 2 - width / 2),
    }
    start = position - 1 if isinstance(position, int) else fixed[position]
    return start, start


def _placed(
    rule: Rule, chain: tuple[Spacing, ...], widths: dict[str, int], length: int
) -> Iterator[list[tuple[str, tuple[int, int]]]]:
    """The outermost places, for each combination of shortest and longest distances and of orders."""
    before = rule.position if isinstance(rule.position, int) else 0
    names = [name for spacing in chain for name in spacing.names]
    letters = sum(widths[name] for name in dict.fromkeys(names))
    if len(chain) == 1 and chain[0].first == chain[0].second:
        letters *= 2
    room = length - before - letters - sum(spacing.minimum for spacing in chain)
    choices = []
    for number, spacing in enumerate(chain):
        farthest = spacing.maximum if number < _MOST else spacing.minimum
        orders = (False, True) if spacing.any_order and number < _MOST else (False,)
        choices.append([*itertools.product({spacing.minimum, farthest}, orders)])
    for chosen in itertools.product(*choices):
        begin, end, parts = _block(chain, chosen, widths, room)
        for start in _starts(rule.position, length, end - begin):
            offset = start - begin
            yield [(name, (offset + at, offset + at + widths[name])) for name, at in parts]


def _block(
    chain: tuple[Spacing, ...],
    chosen: tuple[tuple[int, bool], ...],
    widths: dict[str, int],
    room: int,
) -> tuple[int, int, list[tuple[str, int]]]:
    """The places of a chain's elements relative to its first one, and the ends of the chain."""
    starts: Starts = {chain[0].first: 0}
    parts = [(chain[0].first, 0)]
    for spacing, (farthest, swaps) in zip(chain, chosen, strict=True):
        distance = min(farthest, spacing.minimum + room)
        room -= distance - spacing.minimum
        left, right = reversed(spacing.names) if swaps else spacing.names
        if left in starts:
            name, start = right, starts[left] + widths[left] + distance
        else:
            name, start = left, starts[right] - distance - widths[left]
        starts.setdefault(name, start)
        parts.append((name, start))
    begin = min(start for _, start in parts)
    end = max(start + widths[name] for name, start in parts)
    return begin, end, parts
