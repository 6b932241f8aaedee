class GaussianDropout(nn.Module):
    def __init__(self, stddev: float) -> None:
        super().__init__()
        self.stddev = stddev

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * (1 + self.stddev * torch.randn_like(x)) if self.training else x
