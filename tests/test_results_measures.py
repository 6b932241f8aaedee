"""Curves, areas and counts on the page of a run, held to scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics
from sklearn.calibration import calibration_curve

from seqgra_compile.audit.results import measures


def drawn(seed: int, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Truth and scores of some examples."""
    random = np.random.default_rng(seed)
    truth = random.random(300) < 0.2
    scores = np.clip(random.normal(0.3 + 0.3 * truth, 0.2), 0, 1)
    if kind == "ties":
        scores = np.round(scores, 1)
    if kind == "constant":
        scores = np.full(300, 0.25)
    if kind == "perfect":
        scores = truth * 0.5 + 0.25
    if kind == "beyond":  # such as a Bayes classifier's
        scores = np.where(truth, -np.inf, scores * 1e300)
    return truth, scores


each = pytest.mark.parametrize("kind", ["plain", "ties", "constant", "perfect", "beyond"])


def finite(scores: np.ndarray) -> np.ndarray:
    """scikit-learn takes no infinite scores; ranks are the same."""
    return np.where(np.isinf(scores), -1.0, scores)


@each
def test_roc(kind: str):
    truth, scores = drawn(1, kind)
    curve = measures.roc(truth, scores)
    x, y, _ = metrics.roc_curve(truth, finite(scores))
    assert np.array_equal(curve.x, x) and np.array_equal(curve.y, y)
    assert curve.area == pytest.approx(metrics.roc_auc_score(truth, finite(scores)), abs=1e-12)


@each
def test_precision_recall(kind: str):
    truth, scores = drawn(2, kind)
    curve = measures.precision_recall(truth, scores)
    precision, recall, _ = metrics.precision_recall_curve(truth, finite(scores))
    assert np.array_equal(curve.x, recall[::-1]) and np.array_equal(curve.y, precision[::-1])
    wanted = metrics.average_precision_score(truth, finite(scores))
    assert curve.area == pytest.approx(wanted, abs=1e-12)


def test_a_picture_needs_few_points():
    random = np.random.default_rng(9)
    truth = random.random(30_000) < 0.3
    curve = measures.precision_recall(truth, random.random(30_000) + 0.4 * truth)
    x, y = measures.thinned(curve)
    assert len(x) < 3 * measures.CELLS < len(curve.x)
    assert (x[0], y[0], x[-1], y[-1]) == (curve.x[0], curve.y[0], curve.x[-1], curve.y[-1])
    # No point is farther than a cell from one that is drawn.
    for at in range(0, len(curve.x), 50):
        distances = np.maximum(np.abs(x - curve.x[at]), np.abs(y - curve.y[at]))
        assert distances.min() <= 1.001 / measures.CELLS


def test_means_of_curves():
    """Where all curves are one, the mean is that one; the areas are averaged."""
    pairs = [drawn(seed, "plain") for seed in (3, 4)]
    for measure, mean in (
        (measures.roc, measures.mean_roc),
        (measures.precision_recall, measures.mean_precision_recall),
    ):
        one, other = (measure(*pair) for pair in pairs)
        assert mean([one, other]).area == pytest.approx((one.area + other.area) / 2)
        both = mean([one, one])
        assert np.all(np.diff(both.x) >= 0) and both.x[0] == 0 and both.x[-1] == 1
        below = np.sum(np.diff(both.x) * both.y[1:])
        assert below == pytest.approx(one.area, abs=0.02)


def test_mean_over_labels_is_that_of_scikit_learn():
    random = np.random.default_rng(5)
    truth = np.eye(3, dtype=bool)[random.integers(0, 3, 400)]
    scores = random.dirichlet(np.ones(3), 400) + truth * 0.3
    curves = [measures.roc(truth[:, k], scores[:, k]) for k in range(3)]
    wanted = metrics.roc_auc_score(truth, scores, average="macro")
    assert measures.mean_roc(curves).area == pytest.approx(wanted, abs=1e-12)
    curves = [measures.precision_recall(truth[:, k], scores[:, k]) for k in range(3)]
    wanted = metrics.average_precision_score(truth, scores, average="macro")
    assert measures.mean_precision_recall(curves).area == pytest.approx(wanted, abs=1e-12)
    wanted = metrics.confusion_matrix(truth.argmax(axis=1), scores.argmax(axis=1))
    assert np.array_equal(measures.confusion(truth, scores), wanted)


@pytest.mark.parametrize("kind", ["plain", "ties", "constant", "perfect"])
def test_calibration(kind: str):
    truth, scores = drawn(6, kind)
    found = measures.calibration(truth, scores)
    share, score = calibration_curve(truth, scores, n_bins=measures.BINS)
    assert np.allclose(found.share, share) and np.allclose(found.score, score)
    assert found.examples.sum() == len(truth)


@pytest.mark.parametrize("kind", ["plain", "ties", "constant", "perfect"])
def test_detection(kind: str):
    truth, scores = drawn(7, kind)
    predicted = scores > measures.THRESHOLD
    found = measures.detection(truth, predicted)
    names = ("precision", "recall", "f1", "true")
    precision, recall, f1, true = (
        metrics.precision_recall_fscore_support(
            truth, predicted, average=None, labels=[True], zero_division=np.nan
        )[number][0]
        for number in range(4)
    )
    wanted = dict(zip(names, (precision, recall, f1, true), strict=True))
    for name, value in wanted.items():
        assert getattr(found, name) == pytest.approx(value, nan_ok=True), name


def test_what_cannot_be_ranked():
    truth, scores = drawn(8, "plain")
    assert measures.can_be_ranked(truth, scores)
    assert not measures.can_be_ranked(truth & False, scores)
    assert not measures.can_be_ranked(truth | True, scores)
    scores[3] = np.nan
    assert not measures.can_be_ranked(truth, scores)
