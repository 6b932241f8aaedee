class LSTM(Recurrent):
    gates = 4

    def step(self, x, state, masks):
        h, c = state
        gates = x + self.bias + self.project(h, self.weight_hh, masks)
        i, f, g, o = gates.chunk(4, dim=1)
        i, f, o = map(self.recurrent_activation, (i, f, o))
        c = f * c + i * self.activation(g)
        return o * self.activation(c), c
