import torch


class TorchModel(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = torch.nn.Sequential(
            torch.nn.Conv2d(20, 12, (1, 6)),
            torch.nn.ReLU(),
            torch.nn.Dropout2d(0.2),
            torch.nn.AdaptiveMaxPool2d(1),
            torch.nn.Flatten(),
            torch.nn.Linear(12, 2),
        )

    def forward(self, x):
        return self.layers(x)
