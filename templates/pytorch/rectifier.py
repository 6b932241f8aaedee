class Rectifier(nn.Module):
    """x from the threshold up, at most the maximum; below the threshold, a line."""

    def __init__(self, maximum: float | None, slope: float, threshold: float) -> None:
        super().__init__()
        self.maximum, self.slope, self.threshold = maximum, slope, threshold

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        below = self.slope * (x - self.threshold)
        x = torch.where(x >= self.threshold, x, below)
        return x if self.maximum is None else x.clamp(max=self.maximum)
