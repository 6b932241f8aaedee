import torch


class TorchModel(torch.nn.Module):
    """One score a label, for labels that may hold together."""

    def __init__(self, labels: int = 2):
        super().__init__()
        self.layers = torch.nn.Sequential(
            torch.nn.Conv1d(4, 12, 11, padding=5),
            torch.nn.ReLU(),
            torch.nn.Dropout(0.25),
            torch.nn.AdaptiveMaxPool1d(2),
            torch.nn.Flatten(),
            torch.nn.Linear(24, labels),
        )

    def forward(self, x):
        return self.layers(x)
