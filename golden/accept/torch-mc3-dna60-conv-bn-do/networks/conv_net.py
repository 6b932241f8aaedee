"""One convolutional block and a small classifier for sequences of 60 nucleotides."""
from __future__ import annotations

import torch
import torch.nn as nn
import torch.nn.functional as F

WIDTH = 9


class Block(nn.Module):
    """Convolution, batch normalization, ReLU, pooling: (B, C, L) to (B, filters, L // 3)."""

    def __init__(self, channels: int, filters: int) -> None:
        super().__init__()
        self.conv = nn.Conv1d(channels, filters, WIDTH, padding=WIDTH // 2)
        self.norm = nn.BatchNorm1d(filters)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.max_pool1d(F.relu(self.norm(self.conv(x))), 3)


class ConvNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = Block(4, 8)
        self.dropout = nn.Dropout(p=0.25)
        self.fc = nn.Linear(8*20, 3)

    def forward(self, x):
        x = self.dropout(self.block(x))
        return self.fc(x.view(x.size(0), -1))


if __name__ == '__main__':
    net = ConvNet()
    print(net(torch.zeros(2, 4, 60)).shape)
