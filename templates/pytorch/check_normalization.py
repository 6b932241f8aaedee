def check_normalization(model: nn.Module, count: int) -> None:
    """Batch normalization fails on a batch of one example: say so at the start."""
    first = min(BATCH_SIZE, count)

    def check(layer: nn.Module, inputs: tuple) -> None:
        x = inputs[0]
        if layer.training and x.numel() == first * x.shape[1]:  # one value per channel
            left = f"of {count} training examples, batches of {BATCH_SIZE} leave 1"
            sys.exit(f"{left}, on which {type(layer).__name__} cannot train: drop one")

    if (count - 1) % BATCH_SIZE == 0:
        for layer in model.modules():
            if isinstance(layer, nn.modules.batchnorm._BatchNorm):
                layer.register_forward_pre_hook(check)
