"""Stage 6: a model to a `Script`, one module a library."""

from ..catalog.sequences import BAYES, PYTORCH, TENSORFLOW
from . import bayes, keras, pytorch

BACKENDS = {PYTORCH: pytorch.arrange, TENSORFLOW: keras.arrange, BAYES: bayes.arrange}
