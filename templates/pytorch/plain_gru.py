class PlainGRU(nn.Module):
    """Keras's, one direction: the reset gate acts after the recurrent product."""

    def __init__(self, inputs: int, units: int) -> None:
        super().__init__()
        self.weight_ih = nn.Parameter(torch.empty(3 * units, inputs))  # gates z, r, h
        self.weight_hh = nn.Parameter(torch.empty(3 * units, units))
        self.bias = nn.Parameter(torch.zeros(2, 3 * units))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, L, inputs) to the states (B, L, units)."""
        h, states = x.new_zeros(len(x), self.weight_hh.shape[1]), []
        for now in F.linear(x, self.weight_ih, self.bias[0]).unbind(1):
            xz, xr, xh = now.chunk(3, dim=1)
            hz, hr, hh = F.linear(h, self.weight_hh, self.bias[1]).chunk(3, dim=1)
            z, r = torch.sigmoid(xz + hz), torch.sigmoid(xr + hr)
            h = z * h + (1 - z) * torch.tanh(xh + r * hh)
            states.append(h)
        return torch.stack(states, dim=1)
