from torch import nn


class MotifNet(nn.Module):
    def __init__(self, labels=3):
        super().__init__()
        self.convolution = nn.Conv1d(4, 16, 11)
        self.scores = nn.Linear(16, labels)

    def forward(self, x, mask):
        return self.scores(self.convolution(x * mask).amax(dim=2))
