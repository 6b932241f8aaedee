import sys

from torch import nn

sys.path.append("../common")
from pooling import Pooled


class MotifNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.pooled = Pooled(labels=3)

    def forward(self, x):
        return self.pooled(x)
