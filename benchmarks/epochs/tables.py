"""Turns as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from .cases import AGAIN, SCRIPT, TITLES, Case


def of_case(case: Case, turns: dict[str, Sequence[dict[str, float]]]) -> str:
    floor = next(iter(turns))
    header = (
        "",
        "training pass",
        "/ floor's",
        "in the kernel",
        "whole epoch",
        "/ script's",
        "peak memory",
    )
    rows = []
    for name, own in turns.items():
        rows.append(
            (
                TITLES[name.removesuffix(AGAIN)] + ", once more" * name.endswith(AGAIN),
                _seconds(own, "pass"),
                _ratio(own, turns[floor], "pass"),
                f"{median(turn['pass kernel'] / turn['pass'] for turn in own):.0%}",
                _seconds(own, "epoch"),
                _ratio(own, turns[SCRIPT], "epoch"),
                f"{own[-1]['peak']:,.0f} MiB",
            )
        )
    aim = f"Target: a training pass of the script takes at most {case.limit} times the floor's."
    return f"**{case.title}**\n\n{_table(header, rows)}\n\n{aim}"


def of_curve(cases: Sequence[Case], turns: Sequence[Sequence[dict[str, float]]]) -> str:
    header = ("examples", "training pass", "per example", "peak memory")
    rows = []
    for case, own in zip(cases, turns, strict=True):
        size = case.sizes[0]
        cost = [1e6 * turn["pass"] / size for turn in own]
        spread = f"{median(cost):.1f} µs [{min(cost):.1f}, {max(cost):.1f}]"
        rows.append((f"{size:,}", _seconds(own, "pass"), spread, f"{own[-1]['peak']:,.0f} MiB"))
    return f"**The script, {cases[0].name}, {cases[0].library}**\n\n{_table(header, rows)}"


def _seconds(turns: Sequence[dict[str, float]], key: str) -> str:
    return f"{median(turn[key] for turn in turns):.3f} s"


def _ratio(turns: Sequence[dict], others: Sequence[dict], key: str) -> str:
    """Of turns of the same round."""
    if turns is others:
        return "1"
    ratios = [turn[key] / other[key] for turn, other in zip(turns, others, strict=True)]
    return f"{median(ratios):.2f} [{min(ratios):.2f}, {max(ratios):.2f}]"


def _table(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [header, ("---", *["---:"] * (len(header) - 1)), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
