"""Stage 6: an `ir.Model` to a `Script`, one module a library."""

from . import keras, pytorch

BACKENDS = {"PyTorch": pytorch.arrange, "TensorFlow": keras.arrange}
