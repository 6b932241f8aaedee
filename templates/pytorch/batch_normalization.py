class BatchNormalization(nn.BatchNorm1d):
    """As in Keras: momentum is the share kept, running_var is the biased variance."""

    def __init__(self, channels: int, momentum: float, eps: float) -> None:
        super().__init__(channels, eps, 1 - momentum)  # gamma 1, beta 0, mean 0, var 1

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        kept = (1 - self.momentum) * self.running_var
        is_single = x.numel() == x.shape[1]  # one value per channel: PyTorch needs two
        y = super().forward(torch.cat([x, x]) if is_single else x)[: len(x)]
        if self.training:  # of n values PyTorch takes n / (n - 1) times the variance
            self.running_var.data -= (self.running_var - kept) * x.shape[1] / x.numel()
        return y
