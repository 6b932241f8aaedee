import torch
from torch import nn


class Detector(nn.Module):
    def __init__(self, filters: int, width: int):
        super().__init__()
        self.convolution = nn.Conv1d(4, filters, width, padding="same")
        self.pool = nn.AdaptiveMaxPool1d(3)

    def forward(self, x):
        return self.pool(torch.relu(self.convolution(x)))


class FiveClasses(nn.Module):
    """Detectors of two widths side by side, pooled to three positions each."""

    def __init__(self):
        super().__init__()
        self.narrow = Detector(10, 7)
        self.wide = Detector(10, 15)
        self.dense = nn.Linear(60, 5)

    def forward(self, x):
        x = torch.cat([self.narrow(x), self.wide(x)], dim=1)
        return self.dense(x.flatten(start_dim=1))
