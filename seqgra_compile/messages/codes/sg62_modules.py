"""SG62: what a script asks of a PyTorch module."""

from __future__ import annotations

from .row import Explanation

MODULES = {
    "SG620": Explanation(
        "an argument that the script does not give",
        """
        The script makes the model by calling the class without arguments, and scores a batch by
        calling the model with one tensor: one-hot sequences of the shape (examples, letters,
        positions). An argument of `__init__` without a default, or a second one of `forward`,
        would end the run before it begins.

            def __init__(self, sequence_length, n_targets):

        Write the defaults into the module, or derive a class that gives the values:

            class MotifNet150(MotifNet):
                def __init__(self):
                    super().__init__(sequence_length=150, n_targets=2)
        """,
    ),
    "SG621": Explanation(
        "a class that is no working PyTorch module",
        """
        classname has to name a class that derives from torch.nn.Module, directly or not, calls
        super().__init__() in its own `__init__`, and has a `forward` that returns the scores.
        What a class inherits from another package is not looked into.

            class MotifNet:
                def predict(self, x):

        Correct the class, or name another one:

            class MotifNet(nn.Module):
                def forward(self, x):
        """,
    ),
    "SG622": Explanation(
        "state that a resumed run starts anew",
        """
        A note, not an error. --resume restores what the model's state_dict holds: parameters and
        buffers. An attribute that `forward` changes, or a generator of random numbers of the
        module's own, is not among them, so a resumed run may not equal an uninterrupted one.

            self.step += 1              in forward

        Keep a number or tensor in a buffer and change it in place; give the state of anything else
        to `get_extra_state` and `set_extra_state`.

            self.register_buffer("step", torch.tensor(0))       in __init__
        """,
    ),
}
