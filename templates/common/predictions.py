def predictions(y: np.ndarray, y_hat: np.ndarray) -> Iterator[list]:
    """Rows of test-y-hat.txt: which labels are true, then what the model gives each."""
    yield [f"{column}_{label}" for column in ("y", "y_hat") for label in LABELS]
    for true, given in zip(y.tolist(), y_hat.tolist()):
        yield true + given
