import torch


class MotifNet:
    def __init__(self):
        self.weights = torch.zeros(4, 3, requires_grad=True)

    def forward(self, x):
        return x.amax(dim=2) @ self.weights
