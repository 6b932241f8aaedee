"""`--library`: the same training in the other library, step by step, or SG501."""

from __future__ import annotations

import numpy as np
import pytest
from click.testing import CliRunner
from setup_scripts import DEFINITION, HYPERPARAMETER
from test_parity import BATCH, as_torch, farthest

from seqgra_compile import compiler
from seqgra_compile.audit.changes.diff import compare_definitions
from seqgra_compile.audit.changes.effect import SAME
from seqgra_compile.catalog.losses import LOSSES
from seqgra_compile.catalog.operations.layers import TorchWeight
from seqgra_compile.catalog.optimizers import OPTIMIZERS
from seqgra_compile.commands.compile import main

torch = pytest.importorskip("torch")
pytest.importorskip("tensorflow")

LENGTH, STEPS = 13, 20
TOLERANCE = 2e-5
OPERATIONS = """
<operation input_shape="(13, 4)" filters="5" kernel_size="3" activation="tanh">Conv1D</operation>
<operation>Flatten</operation>
<operation units="3" activation="{}">Dense</operation>
"""
# The last activation that a loss expects, and settings other than the defaults.
ACTIVATION = {
    "categorical_crossentropy": "softmax",
    "sparse_categorical_crossentropy": "softmax",
    "binary_crossentropy": "sigmoid",
    "NLLLoss": "log_softmax",
}
SETTINGS = {
    "SGD": {"learning_rate": 0.1, "momentum": 0.8, "nesterov": True},
    "Adam": {"learning_rate": 0.01, "amsgrad": True},
    "Adadelta": {"learning_rate": 0.5, "rho": 0.8},
    "AdamW": {"learning_rate": 0.01, "weight_decay": 0.05},
}


def definition(library: str, loss: str, optimizer: str, settings: dict[str, object]) -> bytes:
    text = DEFINITION.format(
        library=library,
        encoding="1D",
        operations=OPERATIONS.format(ACTIVATION.get(loss, "linear")),
        loss=loss,
        from_logits="",
        clip="",
    )
    if "binary" in loss or "BCE" in loss:
        text = text.replace("multi-class", "multi-label")
    given = "".join(HYPERPARAMETER.format(*item) for item in settings.items())
    start, end = text.index('<hyperparameter name="optimizer">'), text.index("</optimizer>")
    return (
        text[:start] + HYPERPARAMETER.format("optimizer", optimizer) + given + text[end:]
    ).encode()


def scripts(data: bytes, *libraries: str) -> dict[str, dict]:
    """What the scripts of both libraries define, or that of one."""
    found = {}
    for library in libraries or ("PyTorch", "TensorFlow"):
        compilation = compiler.compile_bytes(
            "model.xml", data, options=compiler.Options(library=library)
        )
        assert compilation.script, list(compilation.diagnostics)
        names = {"__name__": "script"}
        exec(compile(compilation.script, library, "exec"), names)
        found[library] = names
    return found


def train_both(names: dict[str, dict], library: str, loss: str) -> float:
    """The largest difference between the weights of two scripts after some steps."""
    ours, theirs = names["PyTorch"], names["TensorFlow"]
    theirs["set_seed"]()
    torch_model, keras_model = ours["build_model"](), theirs["build_model"]()
    places = [
        ("conv1d_1", 0, torch_model.conv1d_1.weight, (2, 1, 0)),
        ("conv1d_1", 1, torch_model.conv1d_1.bias, (0,)),
        ("dense_3", 0, torch_model.dense_3.weight, (1, 0)),
        ("dense_3", 1, torch_model.dense_3.bias, (0,)),
    ]
    places = [(*where, TorchWeight("", "", axes)) for *where, axes in places]
    for identifier, number, tensor, place in places:
        values = as_torch(keras_model, identifier, number, tensor, place)
        tensor.data.copy_(torch.from_numpy(values.copy()))
    generator = np.random.default_rng(7)
    codes = generator.integers(0, 4, (BATCH, LENGTH), dtype=np.uint8)
    classes = generator.integers(0, 3, BATCH)
    labels = np.eye(3, dtype=np.float32)[classes]
    torch_y, keras_y = torch.from_numpy(classes), labels
    if "binary" in loss or "BCE" in loss:
        torch_y = torch.from_numpy(labels)
    if "sparse" in loss and library == "TensorFlow":
        keras_y = classes
    loss_function, optimizer = ours["build_loss"](), ours["build_optimizer"](torch_model)
    keras_model.compile(theirs["build_optimizer"](), theirs["build_loss"]())
    torch_x, keras_x = ours["one_hot"](torch.from_numpy(codes)), theirs["one_hot"](codes)
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss_function(torch_model(torch_x), torch_y).backward()
        if "adapt_epsilon" in ours:
            ours["adapt_epsilon"](optimizer)
        optimizer.step()
        keras_model.train_on_batch(keras_x, keras_y)
    return max(
        farthest(as_torch(keras_model, identifier, number, tensor, place), tensor.detach().numpy())
        for identifier, number, tensor, place in places
    )


@pytest.mark.parametrize(
    "row", [key for key, row in OPTIMIZERS.items() if row.counterparts], ids="-".join
)
def test_same_steps_of_each_optimizer(row):
    library, optimizer = row
    loss = "CrossEntropyLoss" if library == "PyTorch" else "categorical_crossentropy"
    settings = SETTINGS.get(optimizer, {})
    if library == "PyTorch" and optimizer == "Adam":
        settings = {**settings, "betas": "(0.8, 0.99)"}
    for epsilon in {"eps", "epsilon"} & {each.name for each in OPTIMIZERS[row].parameters}:
        # Large enough to matter: a step that adds it elsewhere goes astray.
        if optimizer != "Adamax":
            settings = {**settings, epsilon: 1e-3}
    if optimizer != "AdamW":
        settings = {key: value for key, value in settings.items() if key != "weight_decay"}
    data = definition(library, loss, optimizer, settings)
    assert train_both(scripts(data), library, loss) <= TOLERANCE


@pytest.mark.parametrize("loss", [name for name, row in LOSSES.items() if row.counterparts])
def test_same_steps_of_each_loss(loss):
    library = "PyTorch" if loss.endswith("Loss") else "TensorFlow"
    data = definition(library, loss, "SGD", {"learning_rate": 0.1})
    assert train_both(scripts(data), library, loss) <= TOLERANCE


# PyTorch's optimizer, Keras's, and whether they make the same steps.
PAIRS = [
    (("Adam", {}), ("Adam", {"epsilon": 1e-3, "beta_1": 0.1}), False),
    (("Adam", {"eps": 1e-3}), ("Adam", {"epsilon": 1e-3}), False),
    (("Adam", {"eps": 0}), ("Adam", {"epsilon": 0}), True),
    (("Adam", {"eps": 0}), ("Adam", {"epsilon": 0, "clipnorm": 0.01}), False),
    (("AdamW", {}), ("AdamW", {}), False),
    (("SGD", {"momentum": 0.9}), ("SGD", {"momentum": 0.9}), True),
    (("Adadelta", {}), ("Adadelta", {}), False),
    (("NAdam", {"eps": 1e-7, "momentum_decay": 1}), ("Nadam", {}), True),
    (("RMSprop", {}), ("RMSprop", {}), False),
]


@pytest.mark.long
@pytest.mark.parametrize("one, other, same", PAIRS)
def test_what_is_called_the_same_makes_the_same_steps(one, other, same):
    """What `seqgra-audit diff` says of the optimizers and losses of two definitions."""
    losses = {"PyTorch": "CrossEntropyLoss", "TensorFlow": "categorical_crossentropy"}
    names, compilations = {}, []
    for (library, loss), (name, settings) in zip(losses.items(), (one, other), strict=True):
        data = definition(library, loss, name, {"learning_rate": 0.02, **settings})
        names |= scripts(data, library)
        compilations.append(compiler.compile_bytes("model.xml", data))
    found = compare_definitions(*compilations).effects
    verdicts = {effect.topic: effect.verdict for effect in found}
    assert verdicts["loss"] == SAME
    assert (verdicts["optimizer"] == SAME) is same
    assert (train_both(names, "TensorFlow", losses["TensorFlow"]) <= TOLERANCE) is same


@pytest.mark.parametrize(
    ("library", "loss", "optimizer", "settings", "words"),
    [
        ("TensorFlow", "categorical_crossentropy", "RMSprop", {}, "RMSprop has no exact"),
        ("TensorFlow", "poisson", "SGD", {}, "poisson has no exact"),
        ("PyTorch", "CrossEntropyLoss", "RMSprop", {}, "RMSprop has no exact"),
        ("PyTorch", "CrossEntropyLoss", "Adam", {"weight_decay": 0.1}, "weight_decay=0.1"),
        ("PyTorch", "CrossEntropyLoss", "SGD", {"weight_decay": 0.1}, "weight_decay=0.1"),
        ("PyTorch", "CrossEntropyLoss", "Adamax", {"weight_decay": 0.1}, "weight_decay=0.1"),
        ("PyTorch", "CrossEntropyLoss", "Adamax", {"eps": 0.001}, "eps=0.001"),
        ("TensorFlow", "categorical_crossentropy", "Adamax", {"epsilon": 0.001}, "epsilon=0.001"),
        ("PyTorch", "CrossEntropyLoss", "Adadelta", {"weight_decay": 0.1}, "weight_decay=0.1"),
        ("PyTorch", "CrossEntropyLoss", "SGD", {"dampening": 0.1}, "dampening=0.1"),
        ("TensorFlow", "huber", "SGD", {}, None),
        ("TensorFlow", "categorical_crossentropy", "SGD", {"nesterov": True}, "Nesterov"),
    ],
)
def test_what_has_no_counterpart(library, loss, optimizer, settings, words):
    data = definition(library, loss, optimizer, settings)
    other = "PyTorch" if library == "TensorFlow" else "TensorFlow"
    compilation = compiler.compile_bytes(
        "model.xml", data, options=compiler.Options(check_only=True, library=other)
    )
    errors = [found for found in compilation.diagnostics if found.code == "SG501"]
    if words is None:
        assert not errors
    else:
        assert any(words in error.message for error in errors)


@pytest.mark.parametrize(
    ("loss", "setting", "value"),
    [("binary_crossentropy", "label_smoothing", 0.1), ("huber", "delta", 2.0)],
)
def test_settings_of_losses_that_pytorch_lacks(loss, setting, value):
    data = definition("TensorFlow", loss, "SGD", {}).decode()
    data = data.replace("</loss>", HYPERPARAMETER.format(setting, value) + "</loss>")
    compilation = compiler.compile_bytes(
        "model.xml", data.encode(), options=compiler.Options(check_only=True, library="PyTorch")
    )
    found = [each.message for each in compilation.diagnostics if each.code == "SG501"]
    assert found == [f"{setting}={value} has no exact counterpart in PyTorch"]


def test_the_command_takes_the_library(tmp_path):
    path = tmp_path / "model.xml"
    path.write_bytes(definition("TensorFlow", "categorical_crossentropy", "Adam", {}))
    result = CliRunner().invoke(main, [str(path), "--library", "pytorch"])
    assert result.exit_code == 0
    assert "import torch" in result.stdout and "import keras" not in result.stdout
    assert "general/library (TensorFlow in the definition): PyTorch" in result.stdout
