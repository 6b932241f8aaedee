def judge(y: np.ndarray, y_hat: np.ndarray) -> dict:
    """AUROC and AUPRC (average precision) of each label that varies, their means."""
    areas = {"AUROC": {}, "AUPRC": {}}
    for label, true, scores in zip(LABELS, y.T, y_hat.T):
        _, ranks = np.unique(-scores, return_inverse=True)  # 0: the best score's
        hits, misses = np.bincount(ranks, true), np.bincount(ranks, ~true)  # per rank
        found, wrong = hits.cumsum(), misses.cumsum()  # down to it
        if found[-1] and wrong[-1]:
            above = (hits * (wrong[-1] - wrong + misses / 2)).sum() / wrong[-1]
            areas["AUROC"][label] = float(above / found[-1])
            precision = (hits * found / (found + wrong)).sum()
            areas["AUPRC"][label] = float(precision / found[-1])
    means = {f"mean {k}": sum(v.values()) / len(v) for k, v in areas.items() if v}
    return areas | means
