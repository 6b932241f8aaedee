"""The catalog against the installed libraries: names, defaults, and that nothing is left to chance.

An argument of a library that is neither a parameter of ours nor spelled out in the script stands
in one of the tables below, with the reason.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
from collections.abc import Iterable

import pytest

from seqgra_compile.catalog.activations import ACTIVATIONS
from seqgra_compile.catalog.expressions import Expression, default_expression
from seqgra_compile.catalog.initializers import INITIALIZER, INITIALIZERS
from seqgra_compile.catalog.libraries import FRAMEWORKS, PYTORCH, TENSORFLOW
from seqgra_compile.catalog.losses import LOSSES, usual
from seqgra_compile.catalog.operations import OPERATIONS
from seqgra_compile.catalog.operations.row import unsupported
from seqgra_compile.catalog.optimizers import OPTIMIZERS
from seqgra_compile.catalog.optimizers.row import CLIPPING
from seqgra_compile.catalog.regularizers import REGULARIZER, REGULARIZERS
from seqgra_compile.catalog.sequences import TASKS
from seqgra_compile.compiler import compile_bytes
from seqgra_compile.ir import Value
from seqgra_compile.pycode import call
from seqgra_compile.reference import language
from seqgra_compile.reference.examples import example_definition, example_lines

torch = pytest.importorskip("torch")
pytest.importorskip("tensorflow")
keras = pytest.importorskip("keras")

# Arguments that no script spells out, and why they decide nothing.
KERAS_LAYER = {
    "activity_regularizer": "only layers of weights have one in this language",
    "alpha_constraint": "the language has no constraints, None is none",
    "beta_constraint": "as above",
    "bias_constraint": "as above",
    "depthwise_constraint": "as above",
    "gamma_constraint": "as above",
    "kernel_constraint": "as above",
    "pointwise_constraint": "as above",
    "recurrent_constraint": "as above",
    "autocast": "all is float32",
    "dtype": "all is float32",
    "cell": "of the class below; a layer by name has its own",
    "pool_dimensions": "of the class below",
    "pool_mode": "of the class below",
    "rank": "of the class below",
    "lora_alpha": "no low-rank adaptation unless asked for; unknown to older versions",
    "lora_rank": "as above",
    "quantization_config": "no quantization unless asked for; unknown to older versions",
    "renorm": "no renormalisation unless asked for; unknown to older versions",
    "renorm_clipping": "as above",
    "renorm_momentum": "as above",
    "zero_output_for_mask": "no masks in this language",
}
KERAS_LAYER_WITHOUT_WEIGHTS = KERAS_LAYER | {"trainable": "nothing to freeze"}
KERAS_OPTIMIZER = {
    "ema_momentum": "no averages of the weights: use_ema is spelled out",
    "ema_overwrite_frequency": "as above",
    "gradient_accumulation_steps": "None: each step updates",
    "loss_scale_factor": "None: all is float32",
    "name": "for readers",
}
KERAS_LOSS = {
    "axis": "of sparse_categorical_crossentropy: the last; unknown to older versions",
    "dtype": "all is float32",
    "name": "for readers",
}
KERAS_INITIALIZER = {
    "input_axes": "fans are counted as ever; unknown to older versions",
    "output_axes": "as above",
}
TORCH_MODULE = {
    "device": "moved later",
    "dtype": "all is float32",
    "inplace": "the same values",
    "padding_mode": "zeros, as Keras pads",
    "proj_size": "0: no projection",
    "nonlinearity": "of nn.RNN, spelled out there",
}
_POOL = {
    "ceil_mode": "False: whole windows only",
    "dilation": "1: positions side by side",
    "padding": "0: F.pad comes before it, where the definition pads",
    "return_indices": "False: values only",
    "count_include_pad": "of a padding that it does not have",
    "divisor_override": "the window's size",
}
TORCH_MODULE_OF = {
    **{f"{kind}{rank}D": _POOL for kind in ("MaxPool", "AveragePooling") for rank in (1, 2)},
    **{f"GlobalMaxPool{rank}D": _POOL | {"stride": "there is one window"} for rank in (1, 2)},
    "Conv1DTranspose": {"groups": "1: Keras has no groups here"},
    "SeparableConv1D": {
        "dilation": "of the pointwise half: a window of 1 has none",
        "groups": "as above: it mixes all channels",
        "padding": "as above: none",
        "stride": "as above: 1",
    },
}
TORCH_OPTIMIZER = {
    "capturable": "how it is computed",
    "decoupled_weight_decay": "off, as the name without a W says; unknown to older versions",
    "differentiable": "how it is computed",
    "foreach": "how it is computed",
    "fused": "how it is computed",
    "params": "the model's, given by the script",
}
TORCH_LOSS = {
    "ignore_index": "-100: no label has a negative index",
    "reduce": "gave way to reduction",
    "size_average": "gave way to reduction",
}
# Defaults of ours that are not the library's, and why.
OTHER_DEFAULTS = {
    ("Conv1D", "data_format"): "seqgra's; the library's stands in a file in the user's home",
    ("Conv2D", "data_format"): "as above",
    ("AveragePooling1D", "pool_size"): "as MaxPool1D; Keras has none",
    ("AveragePooling2D", "pool_size"): "as MaxPool2D; Keras has none",
    ("LSTM", "implementation"): "seqgra's; Keras 3 takes it and has no signature for it",
    ("GRU", "implementation"): "as LSTM",
    ("ZeroPadding1D", "padding"): "(1, 1) and 1 are the same",
    (PYTORCH, "Adadelta", "learning_rate"): "seqgra's",
    (TENSORFLOW, "SGD", "learning_rate"): "seqgra's",
    (TENSORFLOW, "Lion", "weight_decay"): "0.0 and None are the same",
}
MISSING = inspect.Parameter.empty


def signature(owner: type) -> dict[str, object]:
    """Arguments and defaults of a class, with those that it hands on to the classes above it."""
    found: dict[str, object] = {}
    for above in owner.__mro__:
        if "__init__" not in vars(above):
            continue
        parameters = list(inspect.signature(above.__init__).parameters.values())[1:]
        named = [p for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
        found = {p.name: p.default for p in named} | found
        if not any(p.kind is p.VAR_KEYWORD for p in parameters):
            break
    return found


def calls(code: str, package: str) -> Iterable[tuple[str, ast.Call]]:
    """Names of a package's members that are called, and the calls."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith(f"{package}."):
            yield ast.unparse(node.func).removeprefix(f"{package}."), node


def check(known: dict[str, object], given: Iterable[str], excused: dict[str, str]) -> None:
    given = set(given)
    assert not given - set(known), "arguments that the library does not have"
    assert not set(known) - given - set(excused), "arguments that are left to the library"


def same(ours: object, theirs: object) -> bool:
    """Whether two defaults are one; Keras names its initializers in snake case."""
    if isinstance(ours, Expression) and isinstance(theirs, str):
        return INITIALIZER.parse(theirs) == ours
    return ours == theirs


# ---- operations ----

each_operation = pytest.mark.parametrize("row", OPERATIONS.values(), ids=lambda row: row.name)


@each_operation
def test_keras_layers(row):
    ((heading, code),) = example_lines(row, TENSORFLOW)
    excused = KERAS_LAYER if heading.endswith(" weights") else KERAS_LAYER_WITHOUT_WEIGHTS
    found = list(calls(code, "keras.layers"))
    assert found
    for name, node in found:
        known = signature(getattr(keras.layers, name))
        given = {keyword.arg for keyword in node.keywords}
        # Every recurrent layer of Keras 3 takes it through **kwargs, for the sake of old models.
        check(known, given - {"implementation"}, excused)
        assert {p.keyword or p.name for p in row.parameters if p.passed} <= given
        for parameter in row.parameters:
            if parameter.passed and not parameter.required:
                theirs = known.get(parameter.keyword or parameter.name, MISSING)
                other = (row.name, parameter.name) in OTHER_DEFAULTS
                assert same(parameter.default, theirs) != other, parameter.name
    # The library accepts the values, too.
    model = keras.Sequential()
    eval(compile(code, row.name, "exec"), {"keras": keras, "model": model})
    assert len(model.layers) == 1


@each_operation
def test_pytorch_modules(row):
    for _, code in example_lines(row, PYTORCH):
        for name, node in calls(code, "nn"):
            owner = getattr(torch.nn, name, None)
            if not isinstance(owner, type) or owner is torch.nn.Parameter:
                continue
            known = signature(owner)
            if issubclass(owner, torch.nn.RNNBase):
                known = signature(torch.nn.RNNBase)
                known.pop("mode")
                known |= {"nonlinearity": "tanh"} if name == "RNN" else {}
            positional = list(known)[: len(node.args)]
            given = [*positional, *(keyword.arg for keyword in node.keywords)]
            check(known, given, TORCH_MODULE | TORCH_MODULE_OF.get(row.name, {}))


@pytest.mark.parametrize("library", FRAMEWORKS)
def test_every_operation_has_a_cell_for_each_library(library: str):
    assert [row.name for row in OPERATIONS.values() if library not in row.lower] == []


@pytest.mark.parametrize("library", FRAMEWORKS)
@pytest.mark.parametrize("task", TASKS)
def test_every_library_has_a_usual_loss_for_each_task(library: str, task: str):
    assert task in LOSSES[usual(library, task)].tasks


@pytest.mark.parametrize("library", FRAMEWORKS)
def test_what_a_library_cannot_say_is_refused_with_the_reason(library: str, monkeypatch):
    reason = "it has no such layer"
    row = OPERATIONS["ReLU"]
    lower = {**row.lower, library: unsupported(reason)}
    monkeypatch.setitem(OPERATIONS, "ReLU", dataclasses.replace(row, lower=lower))
    for other in FRAMEWORKS:
        compilation = compile_bytes("model.xml", example_definition(row, other).encode())
        found = [d.message for d in compilation.diagnostics if d.code == "SG501"]
        assert [reason in message for message in found] == [True] * (other == library)
    page = "\n".join(language._operation(OPERATIONS["ReLU"]))
    assert page.count("```python") == len(FRAMEWORKS) - 1
    assert page.endswith(f"Not in {library}: {reason}.")


def test_bidirectional_layer_of_keras():
    assert set(signature(keras.layers.Bidirectional)) >= {"merge_mode", "layer", "backward_layer"}
    assert (
        inspect.signature(keras.layers.Bidirectional).parameters["merge_mode"].default == "concat"
    )


# ---- losses and optimizers ----


def name_of(row) -> str:
    return f"{row.library}-{row.name}"


USABLE_OPTIMIZERS = [row for row in OPTIMIZERS.values() if not row.refused]
USABLE_LOSSES = [row for row in LOSSES.values() if not row.refused]


@pytest.mark.parametrize("row", USABLE_OPTIMIZERS, ids=name_of)
def test_optimizers(row):
    in_keras = row.library == TENSORFLOW
    owner = getattr(keras.optimizers if in_keras else torch.optim, row.name)
    known = signature(owner)
    clipping = [clip.name for clip in CLIPPING] if in_keras else []
    given = [*(p.keyword or p.name for p in row.parameters), *row.fixed, *clipping]
    check(known, given, KERAS_OPTIMIZER if in_keras else TORCH_OPTIMIZER)
    for parameter in row.parameters:
        theirs = known[parameter.keyword or parameter.name]
        other = (row.library, row.name, parameter.name) in OTHER_DEFAULTS
        assert (parameter.default == theirs) != other, parameter.name
    values = {p.keyword or p.name: p.default for p in row.parameters}
    weights = [] if in_keras else [[torch.nn.Parameter(torch.zeros(1))]]
    assert owner(*weights, **values, **row.fixed)
    assert row.function == ("keras.optimizers." if in_keras else "torch.optim.") + row.name


def loss_text(row) -> str:
    return row.text({p.name: Value(p.default, p.name, None) for p in row.parameters}).text


@pytest.mark.parametrize("row", USABLE_LOSSES, ids=name_of)
def test_losses(row):
    in_keras = row.library == TENSORFLOW
    text = loss_text(row)
    ((name, node),) = calls(text, "keras.losses" if in_keras else "nn")
    owner = getattr(keras.losses if in_keras else torch.nn, name)
    known = signature(owner)
    given = [keyword.arg for keyword in node.keywords]
    check(known, given, KERAS_LOSS if in_keras else TORCH_LOSS)
    assert {p.name: p.default for p in row.parameters} == {
        p.name: known[p.name] for p in row.parameters
    }
    constants = {p.name.upper(): p.default for p in row.parameters}
    assert eval(text, {"keras": keras, "nn": torch.nn} | constants)


DEFINITION = """<seqgramodel>
  <general id="m"><name/><description/><task>{task}</task><sequencespace>RNA</sequencespace>
    <library>{library}</library><labels><pattern max="3"/></labels><seed>1</seed></general>
  <architecture><sequential><operation input_shape="(9, 4)">Flatten</operation>
    <operation units="3">Dense</operation></sequential></architecture>
  <loss><hyperparameter name="loss">{loss}</hyperparameter></loss>
  <optimizer><hyperparameter name="optimizer">{optimizer}</hyperparameter></optimizer>
  <trainingprocess>
    <hyperparameter name="batch_size">8</hyperparameter>
    <hyperparameter name="epochs">1</hyperparameter>
    <hyperparameter name="early_stopping">True</hyperparameter>
    <hyperparameter name="shuffle">True</hyperparameter></trainingprocess>
</seqgramodel>"""


def script(library: str, loss: str, optimizer: str, task: str) -> str:
    text = DEFINITION.format(library=library, loss=loss, optimizer=optimizer, task=task)
    compilation = compile_bytes("m.xml", text.encode())
    assert compilation.script, [found.message for found in compilation.diagnostics]
    return compilation.script


@pytest.mark.parametrize("row", USABLE_OPTIMIZERS, ids=name_of)
def test_every_optimizer_compiles(row):
    loss = next(loss for loss in USABLE_LOSSES if loss.library == row.library)
    text = script(row.library, loss.name, row.name, loss.tasks[0])
    assert f"{row.function}(" in text
    for parameter in row.parameters:
        assert f"{parameter.name.upper()} = " in text


@pytest.mark.parametrize("row", USABLE_LOSSES, ids=name_of)
def test_every_loss_compiles(row):
    for task in row.tasks:
        text = script(row.library, row.name, "Adam", task)
        assert loss_text(row).partition("(")[0] + "(" in text


# ---- activations, initializers, regularizers ----


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations(name):
    assert keras.activations.get(name) is not None


@pytest.mark.parametrize("row", INITIALIZERS.values(), ids=lambda row: row.name)
def test_initializers(row):
    known = signature(getattr(keras.initializers, row.name))
    check(known, [p.name for p in row.parameters], KERAS_INITIALIZER)
    assert {p.name: p.default for p in row.parameters}.items() <= known.items()
    assert INITIALIZER.parse(row.name) == default_expression(row)
    for name in row.aliases:
        assert INITIALIZER.parse(name) == default_expression(row)
        assert isinstance(keras.initializers.get(name), getattr(keras.initializers, row.name))


@pytest.mark.parametrize("row", REGULARIZERS.values(), ids=lambda row: row.name)
def test_regularizers(row):
    known = signature(getattr(keras.regularizers, row.name))
    check(known, [p.name for p in row.parameters], {})
    assert {p.name: p.default for p in row.parameters}.items() <= known.items()
    assert REGULARIZER.parse(call(f"keras.regularizers.{row.name}").text) == default_expression(row)
