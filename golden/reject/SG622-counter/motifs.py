from torch import nn


class MotifNet(nn.Module):
    """Warms up over the first hundred batches."""

    def __init__(self):
        super().__init__()
        self.batches = 0
        self.scores = nn.Linear(4, 3)

    def forward(self, x):
        self.count()
        return self.scores(x.amax(dim=2)) * min(1.0, self.batches / 100)

    def count(self):
        if self.training:
            self.batches += 1
