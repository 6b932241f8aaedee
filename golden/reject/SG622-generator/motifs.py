import torch
from torch import nn


class MotifNet(nn.Module):
    """Shifts each batch by a few positions."""

    def __init__(self):
        super().__init__()
        self.generator = torch.Generator().manual_seed(1)
        self.scores = nn.Linear(4, 3)

    def forward(self, x):
        shift = int(torch.randint(4, (1,), generator=self.generator))
        return self.scores(x[:, :, shift:].amax(dim=2))
