import torch


class TorchModel(torch.nn.Module):
    """A convolution, then a bidirectional LSTM over the pooled positions."""

    def __init__(self):
        super().__init__()
        self.convolution = torch.nn.Conv1d(4, 16, 9, padding=4)
        self.pool = torch.nn.MaxPool1d(6)
        self.dropout = torch.nn.Dropout(0.2)
        self.lstm = torch.nn.LSTM(16, 8, batch_first=True, bidirectional=True)
        self.dense = torch.nn.Linear(20 * 16, 2)

    def forward(self, x):
        x = self.dropout(self.pool(torch.relu(self.convolution(x))))
        x, _ = self.lstm(x.permute(0, 2, 1))
        return self.dense(x.flatten(1))
