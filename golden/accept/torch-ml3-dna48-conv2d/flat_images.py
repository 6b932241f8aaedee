# Two-dimensional convolutions over sequences that are images of height 1.

import torch.nn as nn


class FlatImages(nn.Module):
    """(B, 4, 1, 48) to logits (B, 3)."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(4, 6, kernel_size=(1, 8)),
            nn.ReLU(),
            nn.MaxPool2d((1, 4)),
            nn.Conv2d(6, 6, kernel_size=(1, 3), padding=(0, 1), groups=2),
            nn.ELU(),
        )
        self.head = nn.Linear(6 * 10, 3)

    def forward(self, x):
        return self.head(self.features(x).flatten(start_dim=1))
