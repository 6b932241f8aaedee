import math
from collections import OrderedDict

import torch
from torch import nn
from torch.nn import functional

RESIDUES, LENGTH = 20, 40


def pooled(length, *windows):
    """What is left of a length after pooling with these windows."""
    for window in windows:
        length = math.ceil(length / window)
    return length


class Folds(nn.Module):
    def __init__(self, filters=12, classes=4):
        super().__init__()
        self.layers = nn.Sequential(
            OrderedDict(
                embedding=nn.Conv1d(RESIDUES, filters, 1),
                conv=nn.Conv1d(filters, filters, 5, padding="same"),
                act=nn.GELU(),
                pool=nn.MaxPool1d(4, ceil_mode=True),
            )
        )
        self.out = nn.Linear(filters * pooled(LENGTH, 4), classes)

    def forward(self, x: torch.Tensor):
        x = self.layers(x).flatten(1)
        x = functional.dropout(x, 0.2, self.training)
        return self.out(x)
