def checked(scores, count: int) -> torch.Tensor:
    """The scores, if they have one row per example and one column per label."""
    wanted = (count, len(LABELS))
    if not isinstance(scores, torch.Tensor) or scores.shape != wanted:
        found = getattr(scores, "shape", None)
        found = f"a {type(scores).__name__}" if found is None else tuple(found)
        sys.exit(f"batch of {count}: the model gives {found}, not a tensor {wanted}")
    return scores
