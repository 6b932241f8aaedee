class BatchNormalization(nn.Module):
    """Keras's batch normalisation of axis 1.

    Unlike nn.BatchNorm it keeps the biased variance, and a frozen layer does not follow
    the data.
    """

    def __init__(self, channels, momentum, epsilon, center, scale, trainable):
        super().__init__()
        self.momentum, self.epsilon, self.trainable = momentum, epsilon, trainable
        self.weight = nn.Parameter(torch.ones(channels), requires_grad=scale)
        self.bias = nn.Parameter(torch.zeros(channels), requires_grad=center)
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        affine, epsilon = (self.weight, self.bias), self.epsilon
        if not (self.training and self.trainable):
            return F.batch_norm(
                x, self.running_mean, self.running_var, *affine, training=False, eps=epsilon
            )
        # At a momentum of 1 these become the batch's own mean and unbiased variance.
        mean, variance = torch.zeros_like(self.bias), torch.ones_like(self.bias)
        x = F.batch_norm(x, mean, variance, *affine, training=True, momentum=1.0, eps=epsilon)
        count = x.numel() / x.shape[1]
        self.running_mean.lerp_(mean, 1 - self.momentum)
        self.running_var.lerp_(variance * (count - 1) / count, 1 - self.momentum)
        return x
