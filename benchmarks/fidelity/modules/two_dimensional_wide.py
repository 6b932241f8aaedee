import torch


class TorchModel(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = torch.nn.Sequential(
            torch.nn.Conv2d(4, 128, (1, 15), padding=(0, 7)),
            torch.nn.ReLU(),
            torch.nn.MaxPool2d((1, 6)),
            torch.nn.Conv2d(128, 64, (1, 7), padding=(0, 3)),
            torch.nn.ReLU(),
            torch.nn.AvgPool2d((1, 5)),
            torch.nn.Flatten(),
            torch.nn.Linear(256, 64),
            torch.nn.ReLU(),
            torch.nn.Linear(64, 2),
        )

    def forward(self, x):
        return self.layers(x)
