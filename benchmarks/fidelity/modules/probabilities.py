import torch


class TorchModel(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = torch.nn.Sequential(
            torch.nn.Conv1d(4, 12, 9, padding=4),
            torch.nn.ReLU(),
            torch.nn.Dropout(0.1),
            torch.nn.AdaptiveMaxPool1d(2),
            torch.nn.Flatten(),
            torch.nn.Linear(24, 2),
            torch.nn.Sigmoid(),
        )

    def forward(self, x):
        return self.layers(x)
