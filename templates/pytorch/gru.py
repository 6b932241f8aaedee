class GRU(Recurrent):
    """The reset gate acts after the recurrent product, which has its own bias."""

    gates = 3

    def bias_shape(self, units: int) -> tuple[int, ...]:
        return 2, 3 * units

    def step(self, x, state, masks):
        h = state[0]
        xz, xr, xh = (x + self.bias[0]).chunk(3, dim=1)
        hz, hr, hh = (self.project(h, self.weight_hh, masks) + self.bias[1]).chunk(
            3, dim=1
        )
        z, r = self.recurrent_activation(xz + hz), self.recurrent_activation(xr + hr)
        h = z * h + (1 - z) * self.activation(xh + r * hh)
        return h, h
