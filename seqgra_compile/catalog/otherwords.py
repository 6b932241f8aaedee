"""Other names, from PyTorch, Keras and users, for the terms of this language.

Only for messages: a definition with one of these names is still refused.
"""

from __future__ import annotations

from collections.abc import Container

from .libraries import BAYES, PYTORCH, TENSORFLOW

# PyTorch's modules and older or longer names of Keras's layers, without regard to case.
_OPERATIONS = {
    "linear": "Dense",
    "lazylinear": "Dense",
    "fullyconnected": "Dense",
    "fc": "Dense",
    "batchnorm": "BatchNormalization",
    "batchnorm1d": "BatchNormalization",
    "batchnorm2d": "BatchNormalization",
    "layernorm": "LayerNormalization",
    "convtranspose1d": "Conv1DTranspose",
    "adaptivemaxpool1d": "GlobalMaxPool1D",
    "adaptivemaxpool2d": "GlobalMaxPool2D",
    "adaptiveavgpool1d": "GlobalAveragePooling1D",
    "adaptiveavgpool2d": "GlobalAveragePooling2D",
    "dropout1d": "SpatialDropout1D",
    "rnn": "SimpleRNN",
    "zeropad1d": "ZeroPadding1D",
    "constantpad1d": "ZeroPadding1D",
    "upsample": "UpSampling1D",
    "view": "Reshape",
    "unflatten": "Reshape",
}
# Modules that are activations here.
_ACTIVATIONS = {
    "celu": "celu",
    "gelu": "gelu",
    "hardsigmoid": "hard_sigmoid",
    "hardswish": "hard_silu",
    "logsoftmax": "log_softmax",
    "mish": "mish",
    "relu6": "relu6",
    "selu": "selu",
    "sigmoid": "sigmoid",
    "silu": "silu",
    "softplus": "softplus",
    "softsign": "softsign",
    "swish": "swish",
    "tanh": "tanh",
}
# Layers with several inputs, or with a path around others, which no chain of operations can
# express.
_BRANCHING = frozenset(
    """
    add average attention additiveattention concatenate groupqueryattention lambda maximum minimum
    multiheadattention multiply residual residualblock resblock skip skipconnection subtract
    timedistributed transformer transformerblock transformerdecoder transformerencoder
    transformerencoderlayer
    """.split()
)
_MODULE = (
    "operations form one chain: write branches, attention and skip connections as a PyTorch module, "
    'and name it in <external format="pytorch-module" classname="...">module.py</external>'
)
# By the parameter's other name: the first one that the operation or optimizer has is meant.
_PARAMETERS = {
    "act": ("activation",),
    "activation_fn": ("activation",),
    "beta1": ("beta_1", "betas"),
    "beta2": ("beta_2", "betas"),
    "beta_1": ("betas",),
    "beta_2": ("betas",),
    "betas": ("beta_1",),
    "bias": ("use_bias",),
    "decay": ("weight_decay", "lr_decay"),
    "dilation": ("dilation_rate",),
    "dim": ("axis",),
    "dropout": ("rate",),
    "eps": ("epsilon",),
    "epsilon": ("eps",),
    "etaminus": ("etas",),
    "hidden_dim": ("units",),
    "hidden_size": ("units",),
    "learningrate": ("learning_rate",),
    "lr": ("learning_rate",),
    "n_filters": ("filters",),
    "negative_slope": ("alpha",),
    "nonlinearity": ("activation",),
    "num_filters": ("filters",),
    "num_units": ("units",),
    "out_channels": ("filters",),
    "out_features": ("units",),
    "p": ("rate",),
    "prob": ("rate",),
    "shape": ("target_shape",),
    "step_size": ("learning_rate",),
    "stride": ("strides",),
    "width": ("kernel_size", "pool_size"),
}
_KNOWN_FROM_SHAPES = frozenset(
    "in_channels in_features input_dim input_size normalized_shape num_features".split()
)
_LIBRARIES = {
    "bayes": BAYES,
    "keras": TENSORFLOW,
    "keras3": TENSORFLOW,
    "numpy": BAYES,
    "tf": TENSORFLOW,
    "tf.keras": TENSORFLOW,
    "torch": PYTORCH,
}
_EMBEDDINGS = frozenset(("embedding", "embeddingbag", "onehot", "one_hot"))
_ENCODED = "delete it: the first operation gets each letter as a one-hot vector"


def other_library(word: str) -> str | None:
    """The library that is meant by another name; None if nothing is known."""
    return _LIBRARIES.get(word.strip().lower())


def operation_hint(word: str) -> str | None:
    """The name of an unknown operation here, or why there is none; None if nothing is known."""
    name = word.strip().rpartition(".")[2].lower()
    if name in _BRANCHING:
        return _MODULE
    if name in _EMBEDDINGS:
        return _ENCODED
    if name in _ACTIVATIONS:
        return f'write <operation activation="{_ACTIVATIONS[name]}">Activation</operation>'
    ours = _OPERATIONS.get(name)
    return ours and f"its name here is '{ours}'"


def parameter(word: str, known: Container[str]) -> str | None:
    """The parameter that is meant by another name; None if nothing is known."""
    others = _PARAMETERS.get(word.strip().lower(), ())
    return next((other for other in others if other in known), None)


def parameter_hint(word: str, known: Container[str]) -> str | None:
    """The name of an unknown parameter here; None if nothing is known."""
    if word.strip().lower() in _KNOWN_FROM_SHAPES:
        return "delete it: the compiler computes it from the shape of the input"
    ours = parameter(word, known)
    return ours and f"its name here is '{ours}'"
