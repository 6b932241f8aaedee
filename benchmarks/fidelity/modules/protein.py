import torch


class TorchModel(torch.nn.Module):
    def __init__(self):
        super().__init__()
        AMINO_ACIDS: int = 20
        FILTERS: int = 12

        self.layers = torch.nn.Sequential(
            torch.nn.Conv1d(AMINO_ACIDS, FILTERS, 6),
            torch.nn.LeakyReLU(0.1),
            torch.nn.Dropout(0.1),
            torch.nn.AdaptiveMaxPool1d(1),
            torch.nn.Flatten(),
            torch.nn.Linear(FILTERS, 2),
        )

    def forward(self, x):
        return self.layers(x)
