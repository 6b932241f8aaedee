import torch


class TorchModel(torch.nn.Module):
    """The sequence as an image of height 1."""

    def __init__(self):
        super().__init__()
        FILTERS: int = 16

        self.convolutions = torch.nn.Sequential(
            torch.nn.Conv2d(4, FILTERS, kernel_size=(1, 9)),
            torch.nn.ReLU(),
            torch.nn.MaxPool2d(kernel_size=(1, 4), stride=(1, 4)),
            torch.nn.Dropout(p=0.2),
            torch.nn.Conv2d(FILTERS, 24, kernel_size=(1, 5)),
            torch.nn.BatchNorm2d(24),
            torch.nn.ReLU(),
            torch.nn.MaxPool2d(kernel_size=(1, 4), stride=(1, 4)),
        )
        self.dense = torch.nn.Linear(24 * 6, 2)

    def forward(self, x):
        x = self.convolutions(x)
        return self.dense(torch.flatten(x, 1))
