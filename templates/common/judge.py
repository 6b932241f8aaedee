def judge(y: np.ndarray, y_hat: np.ndarray) -> dict:
    """AUROC and AUPRC (average precision) of each label that varies, their means."""
    areas = {"AUROC": {}, "AUPRC": {}}
    for label, true, scores in zip(LABELS, y.T, y_hat.T):
        _, ranks = np.unique(-scores, return_inverse=True)  # 0: the highest score
        hits, misses = np.bincount(ranks, true), np.bincount(ranks, ~true)  # per rank
        found, wrong = hits.cumsum(), misses.cumsum()  # at this rank or better
        if found[-1] and wrong[-1] and not np.isnan(scores).any():
            above = (hits * (wrong[-1] - wrong + misses / 2)).sum() / wrong[-1]
            areas["AUROC"][label] = float(above / found[-1])
            precision = (hits * found / (found + wrong)).sum()
            areas["AUPRC"][label] = float(precision / found[-1])
    means = {f"mean {k}": sum(v.values()) / len(v) for k, v in areas.items() if v}
    return areas | means
