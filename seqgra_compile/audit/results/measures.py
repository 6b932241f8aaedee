"""The quality of a model's predictions: curves, areas and counts, in NumPy.

Truth is a column of booleans and scores are a column of floats, with one value per example. The
tests compare every function with scikit-learn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

THRESHOLD = 0.5  # of a probability, above which a label of several is predicted
BINS = 10
CELLS = 400  # of a picture, along each axis
GRID = 201  # points at which curves are averaged


@dataclass(frozen=True)
class Curve:
    """A line from left to right, and the area below it."""

    x: np.ndarray
    y: np.ndarray
    area: float


@dataclass(frozen=True)
class Calibration:
    """Bins of equal width, if they have examples: mean score, fraction of true ones, number of
    examples.
    """

    score: np.ndarray
    share: np.ndarray
    examples: np.ndarray


def _steps(truth: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """True and false positives with each score as a threshold, the highest first."""
    import numpy as np

    order = np.argsort(scores, kind="stable")[::-1]
    ordered = scores[order]
    last = np.append(np.flatnonzero(ordered[1:] != ordered[:-1]), len(ordered) - 1)
    true = np.cumsum(truth[order])[last]
    return true, 1 + last - true


def can_be_ranked(truth: np.ndarray, scores: np.ndarray) -> bool:
    """Curves need examples of both kinds, and scores that are numbers."""
    import numpy as np

    return bool(0 < truth.sum() < len(truth) and not np.isnan(scores).any())


def roc(truth: np.ndarray, scores: np.ndarray) -> Curve:
    """False positive rate, true positive rate."""
    import numpy as np

    true, false = _steps(truth, scores)
    turns = (np.diff(true, n=2) != 0) | (np.diff(false, n=2) != 0)
    corners = np.concatenate([[True], turns, [True]])[: len(true)]
    x, y = (np.append(0, counts[corners]) / counts[-1] for counts in (false, true))
    return Curve(x, y, float(np.sum(np.diff(x) * (y[1:] + y[:-1]) / 2)))


def precision_recall(truth: np.ndarray, scores: np.ndarray) -> Curve:
    """Recall and precision; the area is the average precision, the sum over the steps."""
    import numpy as np

    true, false = _steps(truth, scores)
    recall, precision = true / true[-1], true / (true + false)
    area = float(np.sum(np.diff(recall, prepend=0.0) * precision))
    return Curve(np.append(0.0, recall), np.append(1.0, precision), area)


def thinned(curve: Curve) -> tuple[np.ndarray, np.ndarray]:
    """A curve's points without those that a picture cannot tell apart."""
    import numpy as np

    cells = np.round(CELLS * np.stack([curve.x, curve.y])).astype(int)
    kept = np.append(True, (np.diff(cells) != 0).any(axis=0))
    kept[-1] = True
    return curve.x[kept], curve.y[kept]


def mean_roc(curves: list[Curve]) -> Curve:
    """The mean of true positive rates, at false positive rates from 0 to 1; the mean of the areas."""
    import numpy as np

    x = np.linspace(0, 1, GRID)
    y = np.mean([np.interp(x, curve.x, curve.y) for curve in curves], axis=0)
    return Curve(np.append(0.0, x), np.append(0.0, y), float(np.mean([c.area for c in curves])))


def mean_precision_recall(curves: list[Curve]) -> Curve:
    """The mean of precisions, at recalls from 0 to 1; the mean of the areas.

    The precision at a recall is that of the first threshold that reaches it.
    """
    import numpy as np

    x = np.linspace(0, 1, GRID)
    found = []
    for curve in curves:
        first = np.searchsorted(curve.x, x[1:] - 1e-12)
        found.append(np.append(curve.y[min(1, len(curve.y) - 1)], curve.y[first]))
    return Curve(x, np.mean(found, axis=0), float(np.mean([c.area for c in curves])))


def calibration(truth: np.ndarray, scores: np.ndarray) -> Calibration:
    """For probabilities: how often examples with a given probability are true."""
    import numpy as np

    inner = np.linspace(0, 1, BINS + 1)[1:-1]
    bins = np.searchsorted(inner, scores)
    counts = np.bincount(bins, minlength=BINS)
    there = counts > 0
    score = np.bincount(bins, weights=scores, minlength=BINS)[there] / counts[there]
    share = np.bincount(bins, weights=truth, minlength=BINS)[there] / counts[there]
    return Calibration(score, share, counts[there])


def confusion(truth: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """From (examples, labels) of multi-class tasks: counts by true label and by highest score."""
    import numpy as np

    labels = truth.shape[1]
    pairs = truth.argmax(axis=1) * labels + scores.argmax(axis=1)
    return np.bincount(pairs, minlength=labels * labels).reshape(labels, labels)


@dataclass(frozen=True)
class Detection:
    """How well a label is told from the rest; NaN if it was never predicted, or never true."""

    true: int
    predicted: int
    precision: float
    recall: float
    f1: float


def detection(truth: np.ndarray, predicted: np.ndarray) -> Detection:
    hits, true, said = (int(x.sum()) for x in (truth & predicted, truth, predicted))
    nan = float("nan")
    return Detection(
        true,
        said,
        hits / said if said else nan,
        hits / true if true else nan,
        2 * hits / (true + said) if true + said else nan,
    )
