"""Pictures of one run or several: epochs, curves, calibration, scores.

With several runs, each is a thin line and their mean a thick one. A label has the same colour in
all pictures. If there are more labels than colours, all labels are thin and grey.
"""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from ...visible import visible
from ..runs.run import Run
from . import measures
from .measures import Curve
from .page import Picture
from .svg import INK, SERIES, SOFT, drawn

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

_SIZE = (4.6, 3.4)  # inches
_SMALL = (3.0, 2.1)
Dash = str | tuple[int, tuple[int, ...]]
_DASHES: tuple[Dash, ...] = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)))
_STEPS = 20  # of a histogram
_MOST = 60  # curves of labels in one picture
_WIDEST = 18  # letters of a label in a legend


@dataclass(frozen=True)
class Predicted:
    """A run's predictions for its test set: truth and scores of (examples, labels)."""

    labels: tuple[str, ...]
    truth: np.ndarray
    scores: np.ndarray


def predicted(run: Run) -> Predicted | None:
    """None if the folder has no predictions, or no example; raises `RunError`."""
    import numpy as np

    found = run.predictions
    if found is None or not found.y:
        return None
    return Predicted(found.labels, np.array(found.y, bool), np.array(found.y_hat, float))


def short(label: str) -> str:
    text = visible(label)
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "\N{HORIZONTAL ELLIPSIS}"


# ---- epochs ----


def epochs(runs: Sequence[Run]) -> list[Picture]:
    """Losses in one picture, the other measures of each epoch in another."""
    trained = [(run, run.best_epoch) for run in runs if run.history and run.best_epoch is not None]
    names = list(dict.fromkeys(name for run, _ in trained for name in run.history[0]))
    losses = [name for name in names if name.endswith("loss")]
    others = [name for name in names if name != "epoch" and name not in losses]
    return [
        _epochs(key, title, trained, columns)
        for key, title, columns in (
            ("losses", "Loss", losses),
            ("measures", "Accuracy", others),
        )
        if columns
    ]


def _epochs(
    key: str, title: str, trained: Sequence[tuple[Run, int]], columns: Sequence[str]
) -> Picture:
    runs, kept = [run for run, _ in trained], [epoch for _, epoch in trained]

    def draw(axes: Axes) -> None:
        for column, colour, dash in zip(columns, itertools.cycle(SERIES), itertools.cycle(_DASHES)):
            name = column.replace("_", " ")
            rows = [[row[column] for row in run.history if column in row] for run in runs]
            thin = len(runs) > 1
            for row in rows:
                _line(axes, range(1, len(row) + 1), row, colour, dash, thin, "" if thin else name)
            if thin:
                shared = min(map(len, rows))
                means = [
                    statistics.fmean(values)
                    for values in zip(*(row[:shared] for row in rows), strict=True)
                ]
                _line(axes, range(1, shared + 1), means, colour, dash, False, f"{name}, mean")
            if column.startswith("validation"):
                for epoch, row in zip(kept, rows, strict=True):
                    axes.plot([epoch], [row[epoch - 1]], "o", ms=5, color=colour)
        if len(runs) == 1:
            axes.axvline(kept[0], color=SOFT, linewidth=0.8, linestyle=(0, (3, 3)))
        axes.set_xlabel("epoch")
        axes.set_ylabel(title.lower())
        axes.locator_params(axis="x", integer=True)
        axes.legend()

    chosen = ", ".join(map(str, kept))
    if len(runs) == 1:
        lasted = len(runs[0].history)
        caption = f"The dot marks epoch {chosen} of {lasted}, whose weights were kept."
    else:
        caption = f"Dots mark the epochs whose weights were kept: {chosen}. "
        caption += "A thick line is the mean, up to the end of the shortest run."
    about = f"Lines over epochs: {', '.join(column.replace('_', ' ') for column in columns)}. "
    about += _ends(runs[0].history, kept[0], columns)
    return _picture(key, f"{title} over epochs", caption, about, draw)


def _ends(history: Sequence[Mapping[str, float]], epoch: int, columns: Sequence[str]) -> str:
    """For those who cannot see the lines: the first, the kept and the last value of the first run."""
    kept = history[epoch - 1]
    return " ".join(
        f"{column.replace('_', ' ')} is {history[0][column]:.4g} after the first epoch, "
        f"{kept[column]:.4g} after the kept one, {history[-1][column]:.4g} after the last."
        for column in columns
        if column in history[0]
    )


# ---- curves ----


def curves(found: Sequence[Predicted]) -> list[Picture]:
    """ROC and precision-recall curves of each label and on average."""
    ranked = {
        label: [
            (each.truth[:, number], each.scores[:, number])
            for each in found
            if measures.can_be_ranked(each.truth[:, number], each.scores[:, number])
        ]
        for number, label in enumerate(found[0].labels)
    }
    ranked = {label: pairs for label, pairs in ranked.items() if len(pairs) == len(found)}
    if not ranked:
        return []
    kinds = (
        (
            "roc",
            "ROC",
            "false positive rate",
            "true positive rate",
            measures.roc,
            measures.mean_roc,
        ),
        (
            "precision-recall",
            "Precision and recall",
            "recall",
            "precision",
            measures.precision_recall,
            measures.mean_precision_recall,
        ),
    )
    return [_curves(*kind, ranked, len(found)) for kind in kinds]


def _curves(
    key: str,
    title: str,
    x: str,
    y: str,
    measure: Callable[[np.ndarray, np.ndarray], Curve],
    mean: Callable[[list[Curve]], Curve],
    ranked: Mapping[str, list[tuple[np.ndarray, np.ndarray]]],
    runs: int,
) -> Picture:
    found = {label: [measure(*pair) for pair in pairs] for label, pairs in ranked.items()}
    by_run = [mean([of_label[n] for of_label in found.values()]) for n in range(runs)]
    areas = {label: [curve.area for curve in of_label] for label, of_label in found.items()}
    few = len(found) <= len(SERIES)

    def draw(axes: Axes) -> None:
        if key == "roc":
            axes.plot([0, 1], [0, 1], color=SOFT, linewidth=0.8, linestyle=(0, (1, 2)))
        for number, (label, of_label) in enumerate(itertools.islice(found.items(), _MOST)):
            colour, dash = (SERIES[number], _DASHES[number]) if few else (SOFT, "-")
            name = f"{short(label)}  {spread(areas[label])}" if few else ""
            thin = runs > 1 or not few
            for curve in of_label:
                _line(axes, *measures.thinned(curve), colour, dash, thin, "" if thin else name)
            if few and runs > 1:
                middle = mean(of_label)
                _line(axes, middle.x, middle.y, colour, dash, False, name)
        if len(found) > 1:
            middle = mean(by_run)
            label = f"mean of labels  {spread([curve.area for curve in by_run])}"
            axes.plot(middle.x, middle.y, color=INK, linewidth=2.2, label=label)
        axes.set(xlabel=x, ylabel=y, xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal")
        axes.legend(loc="lower right" if key == "roc" else "lower left")

    shown = f" {_MOST} of {len(found)} labels are drawn." if len(found) > _MOST else ""
    of_curve = "Area below each curve" if key == "roc" else "Average precision"
    if not few:
        of_runs = f" of each of {runs} runs" if runs > 1 else ""
        caption = f"Thin: each label{of_runs}; thick: the mean. {of_curve}: in the table."
    else:
        of_runs = f" Thin: each of {runs} runs; thick: their mean." if runs > 1 else ""
        caption = f"{of_curve} in the legend.{of_runs}"
    told = [f"{visible(label)} {spread(values)}" for label, values in areas.items()][:_MOST]
    about = f"{y} over {x}; areas: {', '.join(told)}."
    return _picture(key, title, caption + shown, about, draw)


def spread(values: Sequence[float], digits: int = 3) -> str:
    """A mean and, of several, the standard deviation."""
    mean = f"{statistics.fmean(values):.{digits}f}"
    if len(values) == 1:
        return mean
    return f"{mean} \N{PLUS-MINUS SIGN} {statistics.stdev(values):.{digits}f}"


def extent(values: Sequence[float], digits: int = 3) -> str:
    """The smallest and the largest value."""
    ends = [f"{value:.{digits}f}" for value in (min(values), max(values))]
    return " to ".join(dict.fromkeys(ends))


# ---- calibration and scores ----


def are_probabilities(found: Sequence[Predicted]) -> bool:
    return all(bool(((each.scores >= 0) & (each.scores <= 1)).all()) for each in found)


def calibrations(found: Sequence[Predicted]) -> list[Picture]:
    """How often examples with a given probability are true; none if scores are not probabilities."""
    if not are_probabilities(found):
        return []
    labels = found[0].labels
    few = len(labels) <= len(SERIES)

    def draw(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color=SOFT, linewidth=0.8, linestyle=(0, (1, 2)))
        columns = range(len(labels)) if few else ()
        for number in columns:
            pairs = [(each.truth[:, number], each.scores[:, number]) for each in found]
            _calibration(axes, pairs, SERIES[number], _DASHES[number], short(labels[number]))
        if not few:
            pairs = [(each.truth.ravel(), each.scores.ravel()) for each in found]
            _calibration(axes, pairs, INK, "-", "all labels together")
        axes.set(xlabel="predicted probability", ylabel="fraction that is true", aspect="equal")
        axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
        axes.legend(loc="upper left")

    caption = f"Examples in {measures.BINS} bins by probability; empty bins have no dot. "
    caption += "On the diagonal, seven of ten examples with the score 0.7 are true."
    if len(found) > 1:
        caption += " Dots: each run; lines: all runs together."
    about = "Fraction of true examples over predicted probability, for each label."
    return [_picture("calibration", "Calibration", caption, about, draw)]


def _calibration(
    axes: Axes, pairs: Sequence[tuple[np.ndarray, np.ndarray]], colour: str, dash: Dash, name: str
) -> None:
    import numpy as np

    for truth, scores in pairs:
        each = measures.calibration(truth, scores)
        axes.plot(each.score, each.share, "o", color=colour, ms=3)
    together = measures.calibration(*(np.concatenate(part) for part in zip(*pairs, strict=True)))
    _line(axes, together.score, together.share, colour, dash, False, name)


def histograms(found: Sequence[Predicted]) -> list[Picture]:
    """Scores of each label, for examples that have it and for those that do not."""
    import numpy as np

    labels = found[0].labels
    truth = np.concatenate([each.truth for each in found])
    scores = np.concatenate([each.scores for each in found])
    if not np.isfinite(scores).all():
        return []
    low, high = (0.0, 1.0) if are_probabilities(found) else (scores.min(), scores.max())
    edges = np.linspace(low, high if high > low else low + 1, _STEPS + 1)
    most = sorted(range(len(labels)), key=lambda number: -int(truth[:, number].sum()))
    return [
        _histogram(number, labels[number], truth[:, number], scores[:, number], edges)
        for number in sorted(most[: len(SERIES)])
    ]


def _histogram(
    number: int, label: str, truth: np.ndarray, scores: np.ndarray, edges: np.ndarray
) -> Picture:
    import numpy as np

    shares = [np.histogram(scores[kind], edges)[0] / max(1, kind.sum()) for kind in (truth, ~truth)]

    def draw(axes: Axes) -> None:
        axes.stairs(shares[1], edges, color=SOFT, fill=True, alpha=0.45, label="others")
        axes.stairs(shares[0], edges, color=SERIES[0], linewidth=1.4, label=short(label))
        axes.set(xlabel=f"score of {short(label)}", ylabel="fraction of examples")
        axes.set_ylim(0, 1.25 * max(max(each) for each in shares) or 1)  # the legend has room
        axes.legend(loc="upper center", ncols=2)

    counts = [int(truth.sum()), int((~truth).sum())]
    medians = [
        f"{np.median(scores[kind]):.3g}" if kind.any() else "none" for kind in (truth, ~truth)
    ]
    about = f"Histogram of the scores of {visible(label)}: of {counts[0]:,} examples that have it, "
    about += f"median {medians[0]}, and of {counts[1]:,} others, median {medians[1]}."
    caption = f"{counts[0]:,} examples with the label, {counts[1]:,} others."
    return _picture(f"scores-{number}", visible(label), caption, about, draw, _SMALL)


# ---- what they share ----


def _line(
    axes: Axes,
    x: ArrayLike,
    y: ArrayLike,
    colour: str,
    dash: Dash,
    thin: bool,
    name: str,
) -> None:
    width, alpha = (0.7, 0.55) if thin else (1.6, 1)
    axes.plot(
        x, y, color=colour, linestyle=dash, linewidth=width, alpha=alpha, label=name or "_nothing"
    )


def _picture(
    key: str,
    title: str,
    caption: str,
    about: str,
    draw: Callable[[Axes], None],
    size: tuple[float, float] = _SIZE,
) -> Picture:
    return Picture(title, caption, Markup(drawn(f"picture-{key}", size, draw, title, about)))
