def areas(y: np.ndarray, scores: np.ndarray) -> dict:
    """AUROC and AUPRC (average precision) of each label that varies, and their means.

    AUROC is the share of pairs of a true and a false example in which the true one has
    the higher score; a tie counts as half a pair.
    """
    found = {"AUROC": {}, "AUPRC": {}}
    for label, true, column in zip(LABELS, y.T, scores.T):
        _, ranks = np.unique(-column, return_inverse=True)  # 0: the highest score
        hits, misses = np.bincount(ranks, true), np.bincount(ranks, ~true)  # per rank
        above, wrong = hits.cumsum(), misses.cumsum()  # at this rank or better
        if above[-1] and wrong[-1] and not np.isnan(column).any():
            pairs = (hits * (wrong[-1] - wrong + misses / 2)).sum()
            found["AUROC"][label] = float(pairs / wrong[-1] / above[-1])
            precision = (hits * above / (above + wrong)).sum()
            found["AUPRC"][label] = float(precision / above[-1])
    means = {f"mean {k}": sum(v.values()) / len(v) for k, v in found.items() if v}
    return found | means
