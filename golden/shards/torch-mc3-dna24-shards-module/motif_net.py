"""Motifs under dropout; a layer of its own for noise from NumPy."""

import numpy as np
import torch
from torch import nn


class Noise(nn.Module):
    def forward(self, x):
        if not self.training:
            return x
        return x * torch.from_numpy(np.random.normal(1, 0.1, x.shape)).to(x)


class MotifNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.motifs = nn.Conv1d(4, 8, 5)
        self.noise = Noise()
        self.drop = nn.Dropout(0.2)
        self.unused = nn.Linear(2, 2)
        self.head = nn.Linear(8, 3)

    def forward(self, x):
        x = torch.relu(self.motifs(x)).amax(dim=2)
        return self.head(self.drop(self.noise(x)))
