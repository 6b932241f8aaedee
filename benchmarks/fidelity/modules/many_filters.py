import torch


class TorchModel(torch.nn.Module):
    """Wide layers: their sums are split among threads."""

    def __init__(self):
        super().__init__()
        self.layers = torch.nn.Sequential(
            torch.nn.Conv1d(4, 128, 19, padding=9),
            torch.nn.BatchNorm1d(128),
            torch.nn.ReLU(),
            torch.nn.MaxPool1d(3),
            torch.nn.Conv1d(128, 96, 11, padding=5),
            torch.nn.BatchNorm1d(96),
            torch.nn.ReLU(),
            torch.nn.MaxPool1d(4),
            torch.nn.Flatten(),
            torch.nn.Linear(960, 256),
            torch.nn.ReLU(),
            torch.nn.Dropout(0.3),
            torch.nn.Linear(256, 2),
        )

    def forward(self, x):
        return self.layers(x)
