def write_predictions(path: Path, y: np.ndarray, y_hat: np.ndarray) -> None:
    """For each example: which labels are true, then the model's value for each."""
    header = [f"{column}_{label}" for column in ("y", "y_hat") for label in LABELS]
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        print(*header, sep="\t", file=file)
        for true, given in zip(y.tolist(), y_hat.tolist()):
            print(*true, *given, sep="\t", file=file)
