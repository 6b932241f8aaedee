class Recurrent(nn.Module):
    """One direction of a recurrent layer, position by position, as Keras defines it.

    PyTorch's own layers have neither its activations nor its dropout, whose masks hold
    for all positions: one mask, or one for each gate.
    """

    gates = 1

    def __init__(
        self,
        inputs,
        units,
        activation,
        recurrent_activation,
        bias,
        dropout,
        recurrent_dropout,
        masks,
    ):
        super().__init__()
        self.weight_ih = nn.Parameter(torch.empty(self.gates * units, inputs))
        self.weight_hh = nn.Parameter(torch.empty(self.gates * units, units))
        self.bias = nn.Parameter(
            torch.zeros(self.bias_shape(units)), requires_grad=bias
        )
        self.activation, self.recurrent_activation = activation, recurrent_activation
        self.dropout, self.recurrent_dropout, self.mask_count = (
            dropout,
            recurrent_dropout,
            masks,
        )

    def bias_shape(self, units: int) -> tuple[int, ...]:
        return (self.gates * units,)

    def masks(self, like: torch.Tensor, rate: float) -> torch.Tensor:
        """mask_count dropout masks, each with the shape of `like`."""
        return F.dropout(
            like.new_ones(self.mask_count, *like.shape), rate, self.training
        )

    def project(
        self, x: torch.Tensor, weight: torch.Tensor, masks: torch.Tensor
    ) -> torch.Tensor:
        """x times the transposed weight; each gate's part has its own mask."""
        parts = zip(masks, weight.chunk(len(masks)))
        return torch.cat([F.linear(x * mask, part) for mask, part in parts], dim=-1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, L, inputs) to the states (B, L, units)."""
        h = x.new_zeros(len(x), self.weight_hh.shape[1])
        projected = self.project(x, self.weight_ih, self.masks(x[:, :1], self.dropout))
        masks, state, states = self.masks(h, self.recurrent_dropout), (h, h), []
        for position in projected.unbind(1):
            state = self.step(position, state, masks)
            states.append(state[0])
        return torch.stack(states, dim=1)
