import torch


class TorchModel(torch.nn.Module):
    def __init__(self):
        super().__init__()
        LABELS: int = 3

        self.layers = torch.nn.Sequential(
            torch.nn.Conv1d(4, 16, 12),
            torch.nn.BatchNorm1d(16),
            torch.nn.ELU(),
            torch.nn.AvgPool1d(5, stride=3),
            torch.nn.Flatten(),
            torch.nn.Linear(35 * 16, LABELS),
        )

    def forward(self, x):
        return self.layers(x)
