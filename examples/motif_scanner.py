"""A convolution scans the sequence; its best match anywhere decides."""

import torch
from torch import nn


class MotifScanner(nn.Module):
    """One-hot DNA (B, 4, 150) to three logits (B, 3)."""

    def __init__(self, filters: int = 16, width: int = 13) -> None:
        super().__init__()
        self.scan = nn.Conv1d(4, filters, width)
        self.match = nn.ReLU()
        self.best = nn.MaxPool1d(150 - width + 1)
        self.decide = nn.Linear(filters, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        matches = self.match(self.scan(x))  # (B, filters, 138)
        return self.decide(self.best(matches).flatten(1))
