class GRUResetBefore(Recurrent):
    """The reset gate acts before the product with the recurrent weights."""

    gates = 3

    def step(self, x, state, masks):
        h = state[0]
        xz, xr, xh = (x + self.bias).chunk(3, dim=1)
        masked = (h * masks).expand(
            3, -1, -1
        )  # as z, r and the candidate see the state
        wz, wr, wh = self.weight_hh.chunk(3)
        z = self.recurrent_activation(xz + F.linear(masked[0], wz))
        r = self.recurrent_activation(xr + F.linear(masked[1], wr))
        h = z * h + (1 - z) * self.activation(xh + F.linear(r * masked[2], wh))
        return h, h
