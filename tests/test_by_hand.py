"""What scripts compute, held to numbers worked out by hand."""

from __future__ import annotations

import math
import re
from types import ModuleType

import numpy as np
import pytest
from setup_scripts import imported

from seqgra_compile.catalog.activations import ACTIVATIONS
from seqgra_compile.catalog.initializers import INITIALIZER, initializer, torch_initializer
from seqgra_compile.catalog.operations.row import same_padding
from seqgra_compile.compiler import compile_bytes

torch = pytest.importorskip("torch")

DEFINITION = """<seqgramodel>
  <general id="by-hand"><name/><description/><task>{task} classification</task>
    <sequencespace>DNA</sequencespace><library>{library}</library>
    <labels><pattern max="{labels}"/></labels><seed>1</seed></general>
  <architecture><sequential>{operations}</sequential></architecture>
  <loss><hyperparameter name="loss">{loss}</hyperparameter></loss>
  <optimizer><hyperparameter name="optimizer">SGD</hyperparameter></optimizer>
  <trainingprocess>
    <hyperparameter name="batch_size">8</hyperparameter>
    <hyperparameter name="epochs">1</hyperparameter>
    <hyperparameter name="early_stopping">False</hyperparameter>
    <hyperparameter name="shuffle">False</hyperparameter>
  </trainingprocess>
</seqgramodel>"""
LOGITS = 'binary_crossentropy</hyperparameter><hyperparameter name="from_logits">True'
DENSE = '<operation input_shape="(9, 4)">Flatten</operation><operation units="3">Dense</operation>'


def definition(library: str, task: str, loss: str, operations: str = DENSE, labels: int = 3):
    return DEFINITION.format(
        library=library, task=task, loss=loss, operations=operations, labels=labels
    ).encode()


def script(library: str, task: str, loss: str) -> str:
    compilation = compile_bytes("model.xml", definition(library, task, loss))
    assert compilation.script, list(compilation.diagnostics)
    return compilation.script


def layers(operations: str, labels: int, folder) -> ModuleType:
    data = definition("PyTorch", "multi-label", "BCEWithLogitsLoss", operations, labels)
    return imported(data, folder / "train.py")


# ---- losses ----


@pytest.mark.parametrize("loss", ["CrossEntropyLoss", "NLLLoss", "KLDivLoss"])
def test_three_losses_of_classes_are_one(loss: str, tmp_path):
    """The mean over examples of -log p of the true class: here p is 1/2 and 1/8."""
    scores = torch.tensor([[0.5, 0.25, 0.25], [0.5, 0.125, 0.375]]).log()
    module = imported(definition("PyTorch", "multi-class", loss), tmp_path / "train.py")
    found = module.build_loss()(scores, torch.tensor([0, 1]))
    assert found.item() == pytest.approx((math.log(2) + math.log(8)) / 2)


@pytest.mark.parametrize(
    ("loss", "wanted"),
    [
        ("hinge", 0.0),
        ("squared_hinge", 0.0),
        ("mean_squared_error", 0.5),
        ("binary_crossentropy", 0.5),
        (LOGITS, 0.0),  # of which the sigmoid is 0.5
    ],
    ids=["hinge", "squared-hinge", "squares", "probabilities", "logits"],
)
def test_a_label_is_predicted_where_its_loss_is_the_smaller(loss: str, wanted: float):
    """A hinge is max(0, 1 - score) of a true label, max(0, 1 + score) of a false one."""
    found = re.findall(r"\(scores > (\S+)\) == ", script("TensorFlow", "multi-label", loss))
    assert list(map(float, found)) == [wanted]


@pytest.mark.parametrize(
    ("loss", "activation"),
    [("CrossEntropyLoss", "linear"), ("NLLLoss", "log_softmax"), ("KLDivLoss", "log_softmax")],
)
def test_what_is_written_of_classes_are_shares(loss: str, activation: str, tmp_path):
    """Whatever the loss takes: exp of a score, and all of an example add up to 1."""
    operations = DENSE.replace('units="3"', f'units="3" activation="{activation}"')
    data = definition("PyTorch", "multi-class", loss, operations)
    module = imported(data, tmp_path / "predict.py", emit="predict")
    model, codes = module.build_model().eval(), torch.zeros(2, 9, dtype=torch.uint8)
    found = module.predict(model, codes)
    wanted = model(module.one_hot(codes)).exp()
    wanted = wanted / wanted.sum(dim=1, keepdim=True)
    assert found == pytest.approx(wanted.detach().numpy(), abs=1e-6)


# ---- data ----


def test_the_opposite_strand_of_an_unknown_letter_is_unknown(tmp_path):
    """NAC read from the other strand is GTN; GTA is another sequence."""
    module = imported(definition("PyTorch", "multi-class", "CrossEntropyLoss"), tmp_path / "t.py")
    code = {letter: number for number, letter in enumerate("ACGTN")}
    sets = {
        name: (np.array([[code[letter] for letter in sequence]], np.uint8), None)
        for name, sequence in (("training", "NAC"), ("validation", "GTN"), ("test", "GTA"))
    }
    found = module.find_copies(sets)
    assert found["validation in training"] == 1 and sum(found.values()) == 1


def test_blank_lines_of_an_input_count(tmp_path):
    data = definition("PyTorch", "multi-class", "CrossEntropyLoss")
    module = imported(data, tmp_path / "predict.py", emit="predict")
    (tmp_path / "new.txt").write_bytes(b"ACGT\n\r\nGG\n")
    assert [*module.read_lines(str(tmp_path / "new.txt"))] == [(1, b"ACGT"), (3, b"GG")]


# ---- training ----


def trained(losses: list[float], patience: int, folder) -> tuple[int, int]:
    """How many epochs a script trains, and which of them it keeps, if these are its losses."""
    data = definition("PyTorch", "multi-class", "CrossEntropyLoss").decode()
    early = '<hyperparameter name="early_stopping">{}</hyperparameter>'
    data = data.replace(early.format(False), early.format(True))
    module = imported(data.encode(), folder / "train.py", records="none")
    module.EPOCHS, module.PATIENCE = len(losses), patience
    left = iter(losses)
    module.train_epoch = lambda *_: 1.0
    module.evaluate = lambda *_: (next(left), 0.5, None)
    model, run = torch.nn.Linear(1, 1), {"epochs": []}
    none = [None, None]
    best = module.train(model, None, None, {"training": none, "validation": none}, folder, run)
    return len(run["epochs"]), best["epoch"]


def test_when_training_ends_and_what_it_keeps(tmp_path):
    """Two epochs without a lower loss end it; of two with the same the first is kept."""
    assert trained([3.0, 2.0, 2.0, 2.5, 1.0], 2, tmp_path) == (4, 2)
    assert trained([3.0, 3.5, 2.0, 2.0, 1.0], 2, tmp_path) == (5, 5)


def test_each_example_counts_alike_in_the_loss_of_an_epoch(tmp_path):
    """Batches of 8 and 2, whose mean losses are log 3 and, as the scores are equal, log 3 + 1."""
    data = definition("PyTorch", "multi-class", "CrossEntropyLoss")
    module = imported(data, tmp_path / "train.py")
    model = module.Model()
    for parameter in model.parameters():
        torch.nn.init.zeros_(parameter)
    codes, targets = torch.zeros(10, 9, dtype=torch.uint8), torch.zeros(10, dtype=torch.int64)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)

    def loss_fn(scores: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.cross_entropy(scores, y) + (len(y) == 2)

    found = module.train_epoch(model, loss_fn, optimizer, codes, targets, "epoch 1")
    assert found == pytest.approx(math.log(3) + 2 / 10)
    found, accuracy, _ = module.evaluate(model, loss_fn, codes, targets, torch.float64)
    assert (found, accuracy) == (pytest.approx(math.log(3) + 2 / 10), 1.0)


def test_several_labels_are_right_only_together(tmp_path):
    module = imported(definition("PyTorch", "multi-label", "BCEWithLogitsLoss"), tmp_path / "t.py")
    scores = torch.tensor([[1.0, -1, -1], [1, 1, -1], [-1, -1, -1]])
    targets = torch.tensor([[1, 0, 0], [1, 0, 0], [0, 0, 1]], dtype=torch.uint8)
    model = torch.nn.Identity()
    module.one_hot = lambda codes: scores
    found = module.evaluate(model, module.build_loss(), torch.zeros(3), targets, torch.float64)
    assert found[1] == pytest.approx(1 / 3)


def test_parts_of_a_batch_have_noise_of_their_own(tmp_path):
    """Decided by the step and the part, and apart from the generator of the run."""
    dropout = '<operation input_shape="(9, 4)" rate="0.5">Dropout</operation>'
    operations = dropout + DENSE.replace(' input_shape="(9, 4)"', "")
    data = definition("PyTorch", "multi-class", "CrossEntropyLoss", operations)
    module = imported(data, tmp_path / "train.py", shards="2")
    model, seen = module.build_model().train(), []

    def loss_fn(scores: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        seen.append(scores.tolist())
        return scores.sum() * 0 + len(y)

    codes, targets = torch.zeros(3, 9, dtype=torch.uint8), torch.zeros(3, dtype=torch.int64)
    state = torch.get_rng_state()
    # Parts of 2 and 1 examples, whose means are 2 and 1.
    for step in (1, 2, 1):
        loss = module.set_gradients(model, loss_fn, codes, targets, torch.arange(3), step)
        assert loss.item() == pytest.approx((2 * 2 + 1 * 1) / 3)
    assert torch.equal(torch.get_rng_state(), state)
    one, other, *_ = seen
    assert one[0] != other[0] and seen[:2] != seen[2:4] and seen[:2] == seen[4:]


# ---- layers ----

NOISE = {
    'stddev="0.2">GaussianNoise': 0.2,
    'rate="0.3">GaussianDropout': math.sqrt(0.3 / 0.7),
    'rate="0.3">Dropout': math.sqrt(0.3 / 0.7),  # 0 or 1 / 0.7
}


@pytest.mark.parametrize(
    ("length", "window", "stride", "wanted"),
    [(10, 3, 1, (1, 1)), (10, 4, 1, (1, 2)), (10, 3, 2, (0, 1)), (10, 2, 2, (0, 0))],
)
def test_zeros_around_a_window(length: int, window: int, stride: int, wanted: tuple[int, int]):
    """`same` gives ceil(length / stride) windows; the odd zero goes to the right."""
    assert same_padding(length, window, stride) == wanted


@pytest.mark.parametrize("noise", NOISE)
def test_spread_of_noise(noise: str, tmp_path):
    """Of what becomes of a 1."""
    operations = (
        f'<operation input_shape="(9, 4)" {noise}</operation><operation>Flatten</operation>'
    )
    module = layers(operations, 36, tmp_path)
    torch.manual_seed(1)
    values = module.Model().train()(torch.ones(5000, 4, 9))
    assert values.mean().item() == pytest.approx(1, abs=0.01)
    assert values.std().item() == pytest.approx(NOISE[noise], rel=0.02)


# The standard deviations of a kernel of 64 inputs and 256 outputs.
SPREADS = {
    "Glorot": math.sqrt(2 / (64 + 256)),
    "He": math.sqrt(2 / 64),
    "Lecun": math.sqrt(1 / 64),
}


@pytest.mark.parametrize("kind", ["Uniform", "Normal"])
@pytest.mark.parametrize("name", SPREADS)
def test_spread_of_initial_weights(name: str, kind: str):
    """Uniform up to sqrt(3) standard deviations; normal, drawn again beyond 2 of the uncut one."""
    tensor = torch.empty(256, 64)
    torch.manual_seed(1)
    statement = torch_initializer("tensor", initializer(name + kind), (64, 256), (1, 0))
    exec(str(statement), {"nn": torch.nn, "tensor": tensor})
    spread = SPREADS[name]
    most = math.sqrt(3) if kind == "Uniform" else 2 / 0.8796
    assert tensor.std().item() == pytest.approx(spread, rel=0.02)
    assert 0.98 * most * spread < tensor.abs().max().item() <= 1.0001 * most * spread


def test_an_initializer_with_a_seed_of_its_own_repeats_itself():
    filled = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        tensor = torch.empty(8, 8)
        value = INITIALIZER.parse("HeNormal(seed=3)")
        statement = torch_initializer("tensor", value, (8, 8), (1, 0))
        exec(str(statement), {"nn": torch.nn, "tensor": tensor, "torch": torch})
        filled.append(tensor)
    assert torch.equal(*filled)


@pytest.mark.parametrize(
    ("name", "x", "wanted"),
    [
        ("leaky_relu", -1, -0.2),
        ("elu", -1, math.exp(-1) - 1),
        ("celu", -1, math.exp(-1) - 1),
        ("gelu", 1, (1 + math.erf(1 / math.sqrt(2))) / 2),
        ("hard_sigmoid", 1, 4 / 6),
        ("hard_silu", 1, 4 / 6),
        ("silu", 1, 1 / (1 + math.exp(-1))),
        ("mish", 1, math.tanh(math.log(1 + math.e))),
        ("softsign", -1, -0.5),
        ("softplus", 0, math.log(2)),
        ("relu6", 7, 6),
    ],
)
def test_values_of_activations(name: str, x: float, wanted: float):
    module = eval(str(ACTIVATIONS[name].module(1)), {"nn": torch.nn})
    assert module(torch.tensor(float(x))).item() == pytest.approx(wanted, rel=1e-6)
