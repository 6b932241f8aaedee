class LSTM(nn.Module):
    """One direction of Keras's LSTM, position by position.

    nn.LSTM knows neither other activations nor dropout with one mask for all positions.
    """

    def __init__(
        self, inputs, units, activation, recurrent_activation, bias, dropout, recurrent_dropout
    ):
        super().__init__()
        self.weight_ih = nn.Parameter(torch.empty(4 * units, inputs))
        self.weight_hh = nn.Parameter(torch.empty(4 * units, units))
        self.bias = nn.Parameter(torch.zeros(4 * units), requires_grad=bias)
        self.activation, self.recurrent_activation = activation, recurrent_activation
        self.dropout, self.recurrent_dropout = dropout, recurrent_dropout

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, L, inputs) to the states (B, L, units)."""
        h = c = x.new_zeros(len(x), self.weight_hh.shape[1])
        x = x * F.dropout(torch.ones_like(x[:, :1]), self.dropout, self.training)
        mask = F.dropout(torch.ones_like(h), self.recurrent_dropout, self.training)
        states = []
        for step in F.linear(x, self.weight_ih, self.bias).unbind(1):
            gates = step + F.linear(h * mask, self.weight_hh)
            i, f, g, o = gates.chunk(4, dim=1)
            i, f, o = map(self.recurrent_activation, (i, f, o))
            c = f * c + i * self.activation(g)
            h = o * self.activation(c)
            states.append(h)
        return torch.stack(states, dim=1)
