class SimpleRNN(Recurrent):
    def step(self, x, state, masks):
        h = self.activation(
            x + self.bias + self.project(state[0], self.weight_hh, masks)
        )
        return h, h
