def judge(y: np.ndarray, y_hat: np.ndarray) -> dict:
    """AUROC and AUPRC (average precision) of each label that varies."""
    areas = {"AUROC": {}, "AUPRC": {}}
    for label, true, scores in zip(LABELS, y.T, y_hat.T):
        positive, negative = np.sort(scores[true]), np.sort(scores[~true])
        if len(positive) and len(negative):
            below = np.searchsorted(negative, positive)  # negatives below each positive
            tied = np.searchsorted(negative, positive, "right") - below
            found = len(positive) - np.searchsorted(positive, positive)
            precision = found / (found + len(negative) - below)  # at its threshold
            areas["AUROC"][label] = float((below + tied / 2).mean() / len(negative))
            areas["AUPRC"][label] = float(precision.mean())
    means = {f"mean {k}": sum(v.values()) / len(v) for k, v in areas.items() if v}
    return means | areas
