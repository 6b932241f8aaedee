import torch
from torch import nn


class MotifNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.steps = 0
        self.motifs = nn.Conv1d(4, 8, 5)
        self.norm = nn.BatchNorm1d(8)
        self.head = nn.Linear(8, 3)

    def forward(self, x):
        self.steps += 1
        return self.head(torch.relu(self.norm(self.motifs(x))).amax(dim=2))
