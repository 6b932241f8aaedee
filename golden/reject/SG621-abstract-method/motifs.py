from abc import ABC, abstractmethod

from torch import nn


class MotifNet(nn.Module, ABC):
    def __init__(self):
        super().__init__()
        self.scores = nn.Linear(4, 3)

    @abstractmethod
    def pool(self, x):
        """The strongest match of each motif."""

    def forward(self, x):
        return self.scores(self.pool(x))
