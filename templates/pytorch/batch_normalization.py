class BatchNormalization(nn.BatchNorm1d):
    """Keras's: momentum is the share that stays, running_var the biased variance."""

    def __init__(self, channels: int, momentum: float, eps: float) -> None:
        super().__init__(channels, eps, 1 - momentum)  # gamma 1, beta 0, mean 0, var 1

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        kept = (1 - self.momentum) * self.running_var
        pair = x if x.numel() > x.shape[1] else torch.cat([x, x])  # one value: twice
        x = super().forward(pair)[: len(x)]
        if self.training:  # take n / (n - 1) back: PyTorch's variance is unbiased
            self.running_var.data -= (self.running_var - kept) * x.shape[1] / x.numel()
        return x
