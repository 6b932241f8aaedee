def checked(scores, count: int) -> torch.Tensor:
    """The model's scores of so many examples: a row each, a number for each label."""
    wanted = (count, len(LABELS))
    if not isinstance(scores, torch.Tensor) or scores.shape != wanted:
        found = getattr(scores, "shape", None)
        found = f"a {type(scores).__name__}" if found is None else tuple(found)
        sys.exit(f"batch of {count}: the model gives {found}, not a tensor {wanted}")
    return scores
