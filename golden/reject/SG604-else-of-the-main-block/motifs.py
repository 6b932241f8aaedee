"""A small convolutional network: motif detectors, then their strongest matches."""

import torch
from torch import nn


class MotifNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.detect = nn.Conv1d(4, 16, kernel_size=11)
        self.decide = nn.Linear(16, 3)

    def forward(self, x):
        x = torch.relu(self.detect(x))
        return self.decide(x.amax(dim=2))


if __name__ == "__main__":
    print(MotifNet())
else:
    torch.set_num_threads(1)
