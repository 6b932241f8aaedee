import torch


class TorchModel(torch.nn.Module):
    def __init__(self):
        super().__init__()
        FILTERS: int = 10

        self.convolutions = torch.nn.Sequential(
            torch.nn.Conv1d(4, FILTERS, 11, padding=5),
            torch.nn.BatchNorm1d(FILTERS),
            torch.nn.ReLU(),
            torch.nn.MaxPool1d(4),
            torch.nn.Conv1d(FILTERS, FILTERS, 5, padding=2, bias=False),
            torch.nn.BatchNorm1d(FILTERS, eps=1e-03, momentum=0.4),
            torch.nn.ReLU(),
        )
        self.dense = torch.nn.Sequential(
            torch.nn.AdaptiveMaxPool1d(1),
            torch.nn.Flatten(),
            torch.nn.Linear(FILTERS, 8),
            torch.nn.BatchNorm1d(8),
            torch.nn.ReLU(),
            torch.nn.Linear(8, 2),
        )

    def forward(self, x):
        return self.dense(self.convolutions(x))
