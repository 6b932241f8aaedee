import runpy

from torch import nn

layers = runpy.run_path("layers.py")


class MotifNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.pooled = layers["Pooled"](labels=3)

    def forward(self, x):
        return self.pooled(x)
