class FrozenBatchNormalization(nn.BatchNorm1d):
    """As in Keras if not trainable: its statistics do not change, even in training."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        kept = self.running_mean, self.running_var, self.weight, self.bias
        return F.batch_norm(x, *kept, training=False, eps=self.eps)
