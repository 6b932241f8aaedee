import torch


class TorchModel(torch.nn.Module):
    """Motif detectors, the best match of each, two dense layers."""

    def __init__(self):
        super().__init__()
        WIDTH: int = 11
        FILTERS: int = 12

        self.detect = torch.nn.Sequential(
            torch.nn.Conv1d(4, FILTERS, WIDTH, padding=WIDTH // 2),
            torch.nn.ReLU(),
        )
        self.decide = torch.nn.Sequential(
            torch.nn.Linear(FILTERS, 8),
            torch.nn.ReLU(),
            torch.nn.Linear(8, 2),
        )

    def forward(self, x):
        x = self.detect(x)
        x, _ = torch.max(x, dim=2)
        return self.decide(x)
