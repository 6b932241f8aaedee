import math

import torch


class TorchModel(torch.nn.Module):
    def __init__(self):
        super().__init__()
        LENGTH: int = 120
        FILTERS: int = 10
        WIDTH: int = 9

        self.layers = torch.nn.Sequential(
            torch.nn.Conv1d(4, FILTERS, WIDTH, 1, math.floor(WIDTH / 2)),
            torch.nn.ReLU(),
            torch.nn.Dropout(p=0.3),
            torch.nn.Conv1d(FILTERS, FILTERS, WIDTH, 1, math.floor(WIDTH / 2)),
            torch.nn.ReLU(),
            torch.nn.Flatten(),
            torch.nn.Linear(LENGTH * FILTERS, 6),
            torch.nn.ReLU(),
            torch.nn.Dropout(p=0.2),
            torch.nn.Linear(6, 2),
        )

    def forward(self, x):
        return self.layers(x)
