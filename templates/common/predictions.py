def predictions(y: np.ndarray, y_hat: np.ndarray) -> list[list]:
    """For each example: which labels are true, then the model's value for each."""
    header = [f"{column}_{label}" for column in ("y", "y_hat") for label in LABELS]
    return [header, *(true + given for true, given in zip(y.tolist(), y_hat.tolist()))]
