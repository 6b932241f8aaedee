"""What `diff` says of two definitions for two libraries, in which names and defaults differ."""

from __future__ import annotations

import itertools

import pytest
from mutations import EXAMPLES, compiled
from run_command import run_audit
from test_audit_diff import KERAS, TEXT, between, changes, compile_text, replaced, told

from seqgra_compile import ir
from seqgra_compile.audit.changes.diff import compare_definitions
from seqgra_compile.audit.changes.effect import SAME
from seqgra_compile.audit.changes.effects import aligned, effects

RATE = '<hyperparameter name="learning_rate">0.005</hyperparameter>'
HYPERPARAMETER = '<hyperparameter name="{}">{}</hyperparameter>'


def model(text: str) -> ir.Model:
    return compiled(text.encode(), EXAMPLES, check_only=True).model


def verdict_on(topic: str, one: ir.Model, other: ir.Model) -> str:
    return next(each.verdict for each in effects(one, other) if each.topic == topic)


def fitted(text: str, optimizer: str, **settings: object) -> str:
    """The definition with this optimizer."""
    given = "".join(HYPERPARAMETER.format(*item) for item in settings.items())
    return replaced(">Adam<", f">{optimizer}<", RATE, RATE + given, text=text)


def lost(text: str, loss: str, last: str = "", **settings: object) -> str:
    """The definition with this loss, and this activation at its end."""
    name = "categorical_crossentropy" if text is KERAS else "CrossEntropyLoss"
    end = f"</hyperparameter>\n    {''.join(HYPERPARAMETER.format(*i) for i in settings.items())}"
    text = replaced(f"{name}</hyperparameter>", f"{loss}{end}", text=text)
    text = text.replace('units="3" activation="softmax"', 'units="3"')
    return replaced('units="3"', f'units="3" activation="{last}"', text=text) if last else text


EPSILON = "epsilon is added after -> before the bias of the second moment is corrected"


@pytest.mark.parametrize(
    "one, other, wanted",
    [
        # PyTorch's defaults beside Keras's.
        (("Adam", {}), ("Adam", {}), f"epsilon 1e-08 -> 1e-07; {EPSILON}"),
        (
            ("Adam", {}),
            ("Adam", {"epsilon": 1e-3, "beta_1": 0.1}),
            f"beta_1 0.9 -> 0.1; epsilon 1e-08 -> 0.001; {EPSILON}",
        ),
        (("Adam", {"eps": 1e-7}), ("Adam", {}), EPSILON),
        (("Adam", {"eps": 0}), ("Adam", {"epsilon": 0}), SAME),
        (
            ("Adam", {"weight_decay": 0.1, "eps": 0}),
            ("Adam", {"epsilon": 0}),
            "weight_decay 0.1 -> 0.0",
        ),
        (
            ("Adam", {"eps": 0}),
            ("Adam", {"epsilon": 0, "clipnorm": 1}),
            "clipnorm none -> 1.0",
        ),
        (
            ("AdamW", {"eps": 0}),
            ("AdamW", {"epsilon": 0}),
            "weight_decay 0.01 -> 0.004",
        ),
        (("Adam", {}), ("SGD", {}), "different: Adam (learning_rate 0.005) -> SGD (learning_ra"),
        (("SGD", {"momentum": 0.9}), ("SGD", {"momentum": 0.9}), SAME),
        (("SGD", {"dampening": 0.1}), ("SGD", {}), "dampening 0.1 -> 0.0"),
        (("Adadelta", {}), ("Adadelta", {}), "rho 0.9 -> 0.95; epsilon 1e-06 -> 1e-07"),
        (("NAdam", {}), ("Nadam", {}), "eps 1e-08 -> 1e-07; momentum_decay 0.004 -> 1.0"),
        (
            ("NAdam", {"eps": 1e-7, "momentum_decay": 1}),
            ("Nadam", {}),
            SAME,
        ),
        # Neither has a counterpart, though both have the name.
        (
            ("RMSprop", {"momentum": 0.5}),
            ("RMSprop", {}),
            "not known: RMSprop has no exact counterpart in TensorFlow; momentum 0.5 -> 0.0",
        ),
    ],
    ids=lambda value: "" if isinstance(value, str) else f"{value[0]}-{'-'.join(value[1])}",
)
def test_optimizers(one: tuple[str, dict], other: tuple[str, dict], wanted: str):
    models = model(fitted(TEXT, one[0], **one[1])), model(fitted(KERAS, other[0], **other[1]))
    verdict = verdict_on("optimizer", *models)
    assert verdict == wanted or (wanted.startswith("different") and verdict.startswith(wanted))
    back = verdict_on("optimizer", *models[::-1])
    assert (back == SAME) is (wanted == SAME) and back.count(";") == wanted.count(";")


def test_the_command_lists_only_what_it_compared_as_the_same(tmp_path):
    one, other = (tmp_path / f"{name}.xml" for name in "ab")
    one.write_text(TEXT, "utf-8")
    other.write_text(fitted(KERAS, "Adam", epsilon=1e-3, beta_1=0.1), "utf-8")
    told = run_audit("diff", one, other).stdout.decode()
    assert "  optimizer        beta_1 0.9 -> 0.1; epsilon 1e-08 -> 0.001; epsilon is added" in told
    same = told.partition("\n  the same ")[2].partition("\n\n")[0]
    assert "loss" in same and "optimizer" not in same


@pytest.mark.parametrize(
    "one, other, wanted, steps",
    [
        (TEXT, KERAS, SAME, 0),
        (TEXT, lost(KERAS, "categorical_crossentropy", from_logits=True), SAME, 0),
        (TEXT, lost(KERAS, "sparse_categorical_crossentropy", "softmax"), SAME, 0),
        (lost(TEXT, "NLLLoss", "log_softmax"), KERAS, SAME, 0),
        (
            TEXT,
            lost(KERAS, "categorical_crossentropy", "softmax", label_smoothing=0.1),
            "label_smoothing 0.0 -> 0.1",
            0,
        ),
        (lost(TEXT, "MSELoss"), lost(KERAS, "mse"), SAME, 0),
        (lost(TEXT, "SmoothL1Loss"), lost(KERAS, "huber", delta=2), "delta 1.0 -> 2.0", 0),
        (lost(TEXT, "MSELoss"), KERAS, "different: MSELoss -> categorical_crossentropy", 1),
        (
            lost(TEXT, "KLDivLoss", "log_softmax"),
            lost(KERAS, "kl_divergence", "softmax"),
            "not known: KLDivLoss has no exact counterpart in TensorFlow",
            1,
        ),
    ],
    ids=range(9),
)
def test_losses(one: str, other: str, wanted: str, steps: int):
    pair = model(one), model(other)
    for models in (pair, pair[::-1]):
        verdict = verdict_on("loss", *models)
        assert verdict == wanted if models is pair else (verdict == SAME) is (wanted == SAME)
        assert sum(not each.same for each in aligned(*models)) == steps


def test_the_optimizer_of_one_library_in_the_other():
    """With `--library`, both are Adam with one epsilon, which is added in two ways unless it is 0."""
    keras = lost(KERAS, "categorical_crossentropy", from_logits=True)
    for library, epsilon in (("TensorFlow", 1e-7), ("PyTorch", 1e-7), ("PyTorch", 0)):
        definitions = fitted(TEXT, "Adam", eps=epsilon), fitted(keras, "Adam", epsilon=epsilon)
        comparison = between(*definitions, library=library)
        assert changes(comparison) == ({"optimizer": EPSILON} if epsilon else {})
        assert comparison.matters is bool(epsilon)


@pytest.mark.parametrize("text", [TEXT, KERAS], ids=["PyTorch", "TensorFlow"])
def test_one_definition_in_both_libraries(text: str):
    """All that `--library` keeps is the same: it is checked step by step in test_retarget.py."""
    recurrent = '<operation units="4" dropout="0.1">LSTM</operation>'
    text = replaced("<operation>GlobalMaxPool1D</operation>", recurrent, text=text)
    both = [compile_text(text, library=library) for library in ("PyTorch", "TensorFlow")]
    for pair in itertools.permutations(both):
        comparison = compare_definitions(*pair)
        assert not told(comparison)
        assert changes(comparison) == {
            "computation": "the same steps, in another library",
            "initial weights": "different",
            "batches": "order of the examples: different",
        }


def test_initial_weights_that_no_seed_of_the_run_decides():
    """An initializer's own seed gives other numbers in the other library; a constant does not."""

    def filled(text: str, kernel: str) -> str:
        given = f'kernel_initializer="{kernel}" use_bias="False"'
        return replaced('units="3"', f'units="3" {given}', 'kernel_size="13"',
                        f'kernel_size="13" {given}', text=text)  # fmt: skip

    for one, other, wanted in (
        ("Ones()", "Ones()", SAME),
        ("Ones()", "Constant(value=1)", "different"),
        ("HeNormal(seed=1)", "HeNormal(seed=1)", "different"),
    ):
        models = model(filled(TEXT, one)), model(filled(KERAS, other))
        assert verdict_on("initial weights", *models) == wanted


def test_only_one_library_keeps_a_loss_that_is_not_a_number():
    files = [f"{EXAMPLES}/{name}.xml" for name in ("motifs-module", "motifs-tensorflow")]
    kept = b"one of the two keeps a first validation loss"
    assert kept in run_audit("diff", *files, "--semantics", "seqgra-0.0.4").stdout
    assert kept not in run_audit("diff", *files).stdout


def test_a_penalty_on_probabilities_is_none_on_logits():
    penalty = 'activity_regularizer="L2(0.1)"'
    one = model(replaced('units="3"', f'units="3" {penalty}', text=TEXT))
    other = model(replaced('units="3"', f'units="3" {penalty}', text=KERAS))
    assert verdict_on("loss", one, other) != SAME
