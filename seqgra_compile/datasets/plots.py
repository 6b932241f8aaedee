"""A page of figures for a data folder: labels, GC content, lengths, letters per position."""

from __future__ import annotations

import html
import io
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .alphabet import Alphabet
from .statistics import PERCENT, SetStatistics

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes

    from .excerpt import Line

_HELD = 2**12  # sequences whose letters are counted at a time
_LABELS = 20  # with a bar, the most frequent ones
_CURVES = 8
_STEP = 4  # percent of GC per step of a curve
_STYLE = (
    "body{font:15px/1.5 sans-serif;max-width:60em;margin:2em auto}svg{max-width:100%;height:auto}"
)


class Letters:
    """Counts the letters at each position of the training set."""

    def __init__(self, alphabet: Alphabet) -> None:
        self.alphabet = alphabet
        self.counts: np.ndarray | None = None  # (letters, positions)
        self._held: list[bytes] = []

    def add(self, sequence: bytes, column: str, line: Line) -> None:
        self._held.append(sequence)
        if len(self._held) == _HELD:
            self.finish()

    def finish(self) -> None:
        import numpy as np

        if not self._held:
            return
        table = np.frombuffer(b"".join(self._held), np.uint8).reshape(len(self._held), -1)
        letters = self.alphabet.accepted
        counts = np.stack([(table == letter).sum(axis=0) for letter in letters])
        self.counts = counts if self.counts is None else self.counts + counts
        self._held.clear()


def page(
    sets: Mapping[str, SetStatistics], letters: Letters, labels: Sequence[str], title: str
) -> str:
    """One HTML page without scripts or links; the same bytes for the same data and versions."""
    letters.finish()
    parts = [f"<h1>{html.escape(title)}: the data</h1>"]
    if not any(found.examples for found in sets.values()):
        parts.append("<p>No example could be read.</p>")
    else:
        parts += ["<h2>Examples per label</h2>", _drawn(lambda axes: _labels(axes, sets, labels))]
        first = next(found for found in sets.values() if found.examples)
        if first.has_gc:
            parts += [
                "<h2>GC content per label</h2>",
                _drawn(lambda axes: _gc(axes, first, labels)),
            ]
        parts += ["<h2>Lengths</h2>", _lengths(sets)]
        counts = letters.counts
        if counts is not None:
            names = letters.alphabet.accepted.decode()
            parts += ["<h2>Letters per position, training set</h2>"]
            parts += [_drawn(lambda axes: _letters(axes, names, counts))]
    head = f'<meta charset="utf-8"><title>{html.escape(title)}</title><style>{_STYLE}</style>'
    body = "\n".join(parts)
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head><body>\n{body}\n</body></html>\n'


def _drawn(draw: Callable[[Axes], None]) -> str:
    """A figure as SVG."""
    import matplotlib

    style: dict[Any, object] = {
        "svg.hashsalt": "seqgra-data",
        "svg.fonttype": "none",
        "text.parse_math": False,
    }
    with matplotlib.rc_context(style):
        from matplotlib.figure import Figure

        figure = Figure(figsize=(9, 3.2), layout="constrained")
        draw(figure.subplots())
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    svg = text.getvalue()
    return svg[svg.index("<svg") :]


def _labels(axes: Axes, sets: Mapping[str, SetStatistics], labels: Sequence[str]) -> None:
    totals = {label: sum(found.labels[label] for found in sets.values()) for label in labels}
    shown = sorted(labels, key=lambda label: -totals[label])[:_LABELS]
    width = 0.8 / len(sets)
    for number, (name, found) in enumerate(sets.items()):
        places = [at + number * width for at in range(len(shown))]
        axes.bar(places, [found.labels[label] for label in shown], width, label=name)
    middle = (len(sets) - 1) * width / 2
    names = [label[:20] for label in shown]
    axes.set_xticks([at + middle for at in range(len(shown))], names, rotation=30, ha="right")
    axes.set_ylabel("examples")
    axes.legend()


def _gc(axes: Axes, found: SetStatistics, labels: Sequence[str]) -> None:
    shown = sorted((each for each in labels if each in found.gc), key=lambda x: -found.labels[x])
    for label in shown[:_CURVES]:
        counts = found.gc[label]
        steps = [sum(counts[at : at + _STEP]) for at in range(0, PERCENT, _STEP)]
        total = sum(counts) or 1
        edges = range(0, PERCENT + _STEP, _STEP)
        axes.stairs([count / total for count in steps], edges, label=label[:30])
    axes.set_xlabel("GC content, percent")
    axes.set_ylabel("fraction of examples")
    axes.legend()


def _lengths(sets: Mapping[str, SetStatistics]) -> str:
    rows = []
    for name, found in sets.items():
        counts = ", ".join(f"{n:,} of {length:,}" for length, n in found.lengths.most_common(5))
        rows.append(f"<tr><td>{name}</td><td>{counts or 'none'}</td></tr>")
    return f"<table>{''.join(rows)}</table>"


def _letters(axes: Axes, letters: str, counts: np.ndarray) -> None:
    shares = counts / counts.sum(axis=0)
    positions = range(1, shares.shape[1] + 1)
    for letter, row in zip(letters, shares, strict=True):
        axes.plot(positions, row, label=letter, linewidth=1)
    axes.set_xlabel("position")
    axes.set_ylabel("share")
    axes.legend(ncols=5, fontsize="small")
