"""Saved Keras models: what a script makes of them gives what the model gave; faults are named."""

from __future__ import annotations

import io
import json
import os
import random
import re
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import h5py
import keras_styles
import pytest
from cases import ACCEPT

from seqgra_compile.compiler import Compilation, Options, compile_bytes
from seqgra_compile.files.keras import h5_file, protobuf
from seqgra_compile.files.keras.contents import RefusedFileError

FILES = Path(__file__).parent / "files" / "keras"
ROOT = Path(__file__).resolve().parent.parent
FORMATS = {
    ".json": "keras-json-architecture-only",
    ".h5": "keras-h5-whole-model",
    ".keras": "keras-h5-whole-model",
    "": "keras-tf-whole-model",
}
SAVED = sorted(
    path.name
    for path in FILES.iterdir()
    if "-" in path.name and "flat" not in path.name and path.suffix in FORMATS
)
WHOLE = [name for name in SAVED if not name.endswith(".json")]
TASKS = {"bidirectional": ("class", 3), "separable": ("label", 2), "flat": ("label", 2)}
LOSSES = {"class": "categorical_crossentropy", "label": "binary_crossentropy"}
DEFINITION = """<seqgramodel>
  <general id="saved-model"><name/><description/>
    <task>multi-{task} classification</task>
    <sequencespace>DNA</sequencespace><library>TensorFlow</library>
    <labels><pattern prefix="c" postfix="" min="1" max="{labels}"/></labels><seed>1</seed>
  </general>
  <architecture><external format="{format}">{path}</external></architecture>
  {sections}
  <trainingprocess>
    <hyperparameter name="batch_size">16</hyperparameter>
    <hyperparameter name="epochs">1</hyperparameter>
    <hyperparameter name="early_stopping">False</hyperparameter>
    <hyperparameter name="shuffle">True</hyperparameter>
  </trainingprocess>
</seqgramodel>
"""
SECTIONS = """<loss><hyperparameter name="loss">{}</hyperparameter></loss>
  <optimizer><hyperparameter name="optimizer">SGD</hyperparameter></optimizer>"""
# Every model is built, given its weights, and asked for the sequences of make.py.
PREDICT = """
import json, runpy, sys
sys.path.insert(0, sys.argv[1])
from make import inputs
found = {}
for script in sys.argv[2:]:
    model = runpy.run_path(script)["build_model"]()
    if script.endswith("torch.py"):
        import torch
        with torch.no_grad():
            found[script] = model.eval()(torch.tensor(inputs(6)).permute(0, 2, 1)).tolist()
    else:
        twin = script.replace(".json.py", ".h5.py")
        if twin != script:
            model.set_weights(runpy.run_path(twin)["build_model"]().get_weights())
        found[script] = model.predict(inputs(6), verbose=0).tolist()
print(json.dumps(found))
"""


def definition(name: str, sections: str | None = None) -> bytes:
    """A definition whose architecture is this file; without sections only where the file has them."""
    path = Path(name)
    task, labels = TASKS[path.stem.partition("-")[2]]
    if sections is None:
        sections = SECTIONS.format(LOSSES[task]) if path.suffix == ".json" else ""
    return DEFINITION.format(
        task=task, labels=labels, format=FORMATS[path.suffix], path=name, sections=sections
    ).encode()


def compiled(name: str, folder: Path = FILES, **options: object) -> Compilation:
    return compile_bytes("model.xml", definition(name), [folder], Options(**options))


def codes(compilation: Compilation) -> list[str]:
    return [found.code for found in compilation.diagnostics]


def changed_json(
    tmp_path: Path, change: Callable[[dict], object], name: str = "k2-bidirectional.json"
) -> Compilation:
    """What the compiler says after a change of a JSON file."""
    model = json.loads((FILES / name).read_text("utf-8"))
    change(model)
    (tmp_path / name).write_text(json.dumps(model), "utf-8")
    return compiled(name, tmp_path)


def layer(model: dict, class_name: str) -> dict:
    """The first layer of a class."""
    return next(row for row in model["config"]["layers"] if row["class_name"] == class_name)


def predicted(folder: Path, scripts: dict[str, str]) -> dict[str, list[list[float]]]:
    """What the models of these scripts give, in a process of their own."""
    (folder / "files").symlink_to(FILES)
    places = {}
    for name, text in scripts.items():
        places[name] = folder / f"{name}.py"
        places[name].write_text(text, "utf-8")
    for path in FILES.iterdir():
        (folder / path.name).symlink_to(path)
    finished = subprocess.run(
        [sys.executable, "-c", PREDICT, FILES, *places.values()],
        env=os.environ | {"OMP_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
    )
    assert finished.returncode == 0, finished.stderr
    found = json.loads(finished.stdout.splitlines()[-1])
    return {name: found[str(place)] for name, place in places.items()}


def distance(one: list[list[float]], other: list[list[float]]) -> float:
    assert len(one) == len(other) > 0
    return max(
        abs(a - b)
        for row, twin in zip(one, other, strict=True)
        for a, b in zip(row, twin, strict=True)
    )


@pytest.fixture(scope="module")
def expected() -> dict[str, list[list[float]]]:
    return json.loads((FILES / "predictions.json").read_text("utf-8"))


# A file of each kind, and that with the weights of the JSON; Keras takes seconds to build a model.
SOON = {"k2-separable", "k2-separable.h5", "k2-separable.json", "k3-bidirectional.keras"}


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(SOON, id="a-kind-each"),
        pytest.param(set(SAVED) - SOON, id="the-others", marks=pytest.mark.long),
    ],
)
def test_keras_scripts_predict_what_the_saved_models_did(names, tmp_path, expected):
    scripts = {name: compiled(name).script for name in sorted(names)}
    assert len(SAVED) == 12 and names < set(SAVED) and all(scripts.values())
    for name, found in predicted(tmp_path, scripts).items():
        assert distance(found, expected[name.partition(".")[0]]) < 1e-6, name


def test_pytorch_scripts_do_too(tmp_path, expected):
    scripts = {
        f"{name}-torch": compiled(name, library="PyTorch").script
        for name in WHOLE
        if "separable" in name
    }
    assert len(scripts) == 4 and all(scripts.values())
    for name, found in predicted(tmp_path, scripts).items():
        stem = re.match(r"k\d-[a-z]+", name)[0]
        assert distance(found, expected[stem]) < 1e-6, name


@pytest.mark.long
def test_script_refuses_another_file(tmp_path):
    script = tmp_path / "train.py"
    script.write_text(compiled("k2-separable.h5").script, "utf-8")
    data = bytearray((FILES / "k2-separable.h5").read_bytes())
    data[-1] ^= 1
    (tmp_path / "k2-separable.h5").write_bytes(data)
    code = "import runpy, sys; runpy.run_path(sys.argv[1])['build_model']()"
    finished = subprocess.run([sys.executable, "-c", code, script], capture_output=True, text=True)
    assert finished.returncode == 1
    assert "k2-separable.h5: changed since compilation; its SHA-256 must be" in finished.stderr


@pytest.mark.parametrize("name", ("k2-bidirectional", "k2-separable.json", "k3-separable.h5"))
def test_compiling_imports_no_framework(name, tmp_path):
    (tmp_path / "model.xml").write_bytes(definition(name))
    code = """
import sys
from seqgra_compile.compiler import compile_definition
assert compile_definition(sys.argv[1], [sys.argv[2]]).script
print(*{name.partition(".")[0] for name in sys.modules})
"""
    command = [sys.executable, "-c", code, tmp_path / "model.xml", FILES]
    finished = subprocess.run(command, capture_output=True, text=True, check=True)
    heavy = {"tensorflow", "keras", "tf_keras", "torch", "numpy", "h5py"}
    assert not heavy & set(finished.stdout.split())


def test_without_h5py_its_absence_is_reported(monkeypatch, tmp_path):
    (tmp_path / "h5py.py").write_text("raise ImportError")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    h5_file._reader.cache_clear()
    compilation = compiled("k2-separable.h5")
    (found,) = compilation.diagnostics
    assert found.code == "SG610" and found.help == "pip install h5py"
    assert compiled("k2-separable").script


def test_one_reader_takes_many_files_until_one_is_damaged():
    good = compiled("k2-separable.h5").script
    reader = h5_file._reader(os.getpid())
    assert compiled("k2-separable.h5").script == good
    assert h5_file._reader(os.getpid()) is reader
    with pytest.raises(RefusedFileError, match="damaged"):
        h5_file.found_in(b"no HDF5")
    assert reader.returncode == 1
    assert compiled("k2-separable.h5").script == good


def test_a_reader_that_takes_too_long_is_ended(monkeypatch):
    h5_file._reader.cache_clear()
    monkeypatch.setattr(h5_file, "_SECONDS", 0.2)
    waits = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    monkeypatch.setattr(h5_file, "_Reader", lambda *a, **k: waits)
    with pytest.raises(RefusedFileError, match="too long"):
        h5_file.found_in(b"anything")
    assert waits.returncode
    h5_file._reader.cache_clear()


# ---- what a file was compiled with ----


@pytest.mark.parametrize("name", [name for name in WHOLE if "bidirectional" in name])
def test_loss_and_optimizer_come_from_the_file(name):
    script = compiled(name).script
    archive = name.endswith(".keras")
    optimizer = "compile_config/optimizer" if archive else "optimizer_config"
    loss = "compile_config/loss" if archive else "training_config/loss"
    rate = re.search(rf"^LEARNING_RATE = (\S+)  # file: {optimizer}/learning_rate$", script, re.M)
    assert float(rate[1]) == pytest.approx(0.02, abs=1e-8)
    assert f"BETA_1 = 0.8  # file: {optimizer}/beta_1\n" in script
    assert f"CLIPNORM = 0.5  # file: {optimizer}/clipnorm\n" in script
    assert f"LABEL_SMOOTHING = 0.1  # file: {loss}/label_smoothing\n" in script
    assert "keras.losses.CategoricalCrossentropy(" in script
    assert "keras.optimizers.Adam(" in script


def test_sections_of_the_definition_are_said_to_have_no_effect():
    data = definition("k2-bidirectional", SECTIONS.format("categorical_crossentropy"))
    compilation = compile_bytes("model.xml", data, [FILES])
    assert codes(compilation) == ["SG703", "SG703"]
    assert compilation.script.replace(
        re.search(r"SHA-256\n(\w+)", compilation.script)[1], ""
    ) == compiled("k2-bidirectional").script.replace(
        re.search(r"SHA-256\n(\w+)", compiled("k2-bidirectional").script)[1], ""
    )


def test_sections_of_the_definition_count_for_json():
    script = compiled("k3-bidirectional.json").script
    assert "keras.optimizers.SGD(" in script
    assert "  # optimizer/learning_rate (default)\n" in script
    assert codes(compiled("k3-bidirectional.json")) == []


def test_state_of_an_optimizer_is_said_to_be_left():
    assert codes(compiled("k2-bidirectional.h5")) == ["SG704"]
    # TensorFlow's own loader leaves it, too.
    assert codes(compiled("k2-bidirectional")) == []


def test_state_of_an_optimizer_that_made_no_step_is_none():
    assert "SG704" not in codes(compiled("k2-flat.h5"))


def with_training(tmp_path: Path, change: Callable[[dict], object]) -> Compilation:
    """What the compiler says after a change of what an .h5 file was compiled with."""
    name = "k2-separable.h5"
    (tmp_path / name).write_bytes((FILES / name).read_bytes())
    with h5py.File(tmp_path / name, "a") as file:
        training = json.loads(file.attrs["training_config"])
        change(training)
        file.attrs["training_config"] = json.dumps(training)
    return compiled(name, tmp_path)


@pytest.mark.parametrize(
    "key, value",
    [
        ("decay", 0.01),
        ("global_clipnorm", 1.0),
        ("use_ema", True),
        ("weight_decay", 0.004),
        ("learning_rate", {"class_name": "CosineDecay", "config": {}}),
        ("nobody_knows", 1),
    ],
)
def test_optimizer_that_no_definition_could_name(tmp_path, key, value):
    found = with_training(
        tmp_path, lambda training: training["optimizer_config"]["config"].update({key: value})
    )
    assert "SG617" in codes(found) and found.script is None


@pytest.mark.parametrize("loss", ("my_loss", None, ["mse", "mse"], {"class_name": "Loss"}, 3))
def test_loss_that_no_definition_could_name(tmp_path, loss):
    found = with_training(tmp_path, lambda training: training.update(loss=loss))
    assert "SG617" in codes(found) and found.script is None


def test_optimizer_of_tensorflow_2_2(tmp_path):
    """Before 2.11 a configuration had fewer keys, and no prefix."""
    config = {"name": "SGD", "learning_rate": 0.1, "decay": 0.0, "momentum": 0.5, "nesterov": False}
    found = with_training(
        tmp_path,
        lambda training: training.update(optimizer_config={"class_name": "SGD", "config": config}),
    )
    assert "LEARNING_RATE = 0.1  # file: optimizer_config/learning_rate\n" in found.script


# ---- layers ----


def without_hashes(compilation: Compilation) -> str:
    """The script from its model on, without what says which file it comes from."""
    return re.sub(r'family = "\w+"', "", compilation.script.partition("# ---- Model")[2])


def test_json_of_tensorflow_2_2(tmp_path):
    """No module, no registered name, no InputLayer; settings that came later are absent."""

    def older(model: dict) -> None:
        layers = model["config"]["layers"]
        shape = layers.pop(0)["config"]["batch_input_shape"]
        layers[0]["config"]["batch_input_shape"] = shape
        for row in layers:
            for key in ("module", "registered_name", "build_config"):
                row.pop(key, None)
            row["config"].pop("groups", None)
        model["keras_version"] = "2.3.0-tf"

    old, new = changed_json(tmp_path, older), compiled("k2-bidirectional.json")
    assert without_hashes(old) == without_hashes(new)


@pytest.mark.parametrize(
    "class_name, key, value",
    [
        ("Conv1D", "kernel_constraint", {"class_name": "NonNeg", "config": {}}),
        ("Conv1D", "dtype", "float16"),
        ("Conv1D", "dtype", {"class_name": "Policy", "config": {"name": "mixed_float16"}}),
        ("Conv1D", "lora_rank", 4),
        ("Conv1D", "from_next_year", 1),
        ("Conv1D", "weights_file", "weights.npy"),
        ("BatchNormalization", "renorm", True),
        ("BatchNormalization", "synchronized", True),
        ("MaxPooling1D", "data_format", "channels_first"),
        ("Dropout", "seed", 0),
        ("Dropout", "noise_shape", [None, 1, 3]),
        ("Flatten", "data_format", "channels_first"),
        ("Bidirectional", "backward_layer", {"class_name": "LSTM", "config": {"units": 5}}),
        ("InputLayer", "dtype", "int32"),
        ("InputLayer", "sparse", True),
    ],
)
def test_setting_that_no_parameter_holds_is_an_error(tmp_path, class_name, key, value):
    found = changed_json(
        tmp_path, lambda model: layer(model, class_name)["config"].update({key: value})
    )
    assert codes(found) == ["SG615"]


@pytest.mark.parametrize(
    "key, value",
    [("stateful", True), ("return_state", True), ("time_major", True), ("go_backwards", True)],
)
def test_setting_of_a_wrapped_layer(tmp_path, key, value):
    def change(model: dict) -> None:
        layer(model, "Bidirectional")["config"]["layer"]["config"][key] = value

    assert codes(changed_json(tmp_path, change)) == ["SG615"]


def test_hard_sigmoid_is_keras_3s(tmp_path):
    def change(model: dict) -> None:
        layer(model, "Conv1D")["config"]["activation"] = "hard_sigmoid"

    assert codes(changed_json(tmp_path, change)) == ["SG615"]
    third = changed_json(tmp_path, change, "k3-bidirectional.json")
    assert 'activation="hard_sigmoid"' in third.script


@pytest.mark.parametrize(
    "value, code",
    [
        ({"class_name": "Fixup", "config": {}}, "SG204"),
        # It fills matrices, and the kernel of a convolution is none.
        ({"class_name": "Identity", "config": {}}, "SG307"),
        ({"class_name": "Constant", "config": {"value": "__import__('os')"}}, "SG204"),
        ({"class_name": "Zeros(), x", "config": {}}, "SG612"),
        ({"class_name": "Mine", "config": {}, "registered_name": "zoo>Mine"}, "SG612"),
        ({"class_name": "Zeros", "config": {}, "module": "zoo"}, "SG612"),
        (None, "SG204"),
        (7, "SG204"),
    ],
)
def test_initializer_that_is_none(tmp_path, value, code):
    found = changed_json(
        tmp_path, lambda model: layer(model, "Conv1D")["config"].update(kernel_initializer=value)
    )
    assert codes(found) == [code]


@pytest.mark.parametrize(
    "change, code",
    [
        (lambda model: layer(model, "Conv1D").update(class_name="Lambda"), "SG613"),
        (lambda model: layer(model, "Conv1D").update(class_name="Embedding"), "SG612"),
        (lambda model: layer(model, "Conv1D").update(class_name="Sequential"), "SG611"),
        (lambda model: layer(model, "Conv1D").update(class_name="TFOpLambda"), "SG612"),
        (lambda model: layer(model, "Conv1D").update(module="keras.src.ops.nn"), "SG612"),
        (lambda model: layer(model, "Conv1D").update(module="my_layers"), "SG612"),
        (lambda model: layer(model, "Conv1D").update(registered_name="zoo>Conv1D"), "SG612"),
        (lambda model: model.update(class_name="MyModel"), "SG612"),
        (lambda model: model["config"].update(layers=[]), "SG611"),
        (lambda model: model["config"].update(layers=model["config"]["layers"][:1]), "SG611"),
        (lambda model: model["config"].update(trainable=False), "SG615"),
    ],
)
def test_model_without_operations(tmp_path, change, code):
    assert codes(changed_json(tmp_path, change)) == [code]


@pytest.mark.parametrize("shape", ([None, None, 4], [32, 24, 4], [None], [None, -1, 4]))
def test_input_shape(tmp_path, shape):
    found = changed_json(
        tmp_path, lambda model: layer(model, "InputLayer")["config"].update(batch_input_shape=shape)
    )
    assert codes(found) in (["SG618"], ["SG611"])


def branch(model: dict) -> None:
    """The last layer looks at the input, too."""
    nodes = model["config"]["layers"][-1]["inbound_nodes"]
    nodes[0].append(["sequence", 0, 0, {}])


@pytest.mark.parametrize(
    "change, code",
    [
        (branch, "SG614"),
        (lambda model: model["config"]["output_layers"].append(["gru", 0, 0]), "SG614"),
        (lambda model: model["config"].update(output_layers=[["gru", 0, 0]]), "SG614"),
        (lambda model: model["config"].update(output_layers=[["gone", 0, 0]]), "SG611"),
        (lambda model: model["config"].update(input_layers=[]), "SG611"),
        (lambda model: layer(model, "GRU")["inbound_nodes"].append([]), "SG614"),
        (
            lambda model: layer(model, "GRU").update(inbound_nodes=[[["labels", 0, 0, {}]]]),
            "SG614",
        ),
        (
            lambda model: layer(model, "GRU")["inbound_nodes"][0][0][3].update(training=False),
            "SG615",
        ),
        (lambda model: layer(model, "GRU")["config"].pop("reset_after"), "SG615"),
    ],
)
def test_model_that_is_no_chain(tmp_path, change, code):
    assert codes(changed_json(tmp_path, change, "k2-separable.json")) == [code]


def test_layer_after_which_a_model_divides_is_named(tmp_path):
    def change(model: dict) -> None:
        layers = model["config"]["layers"]
        second = json.loads(json.dumps(layers[-1]))
        second["name"] = second["config"]["name"] = "others"
        layers.append(second)

    (found,) = changed_json(tmp_path, change, "k2-separable.json").diagnostics
    assert "after layer 'global_average_pooling1d' the model branches" in found.message


def test_call_with_training_is_passed_over_in_keras_3_only_where_keras_3_does(tmp_path):
    def change(model: dict) -> None:
        layer(model, "GRU")["inbound_nodes"][0]["kwargs"]["training"] = True

    assert codes(changed_json(tmp_path, change, "k3-separable.json")) == ["SG615"]


# ---- damage ----


def damaged(data: bytes, draw: random.Random) -> bytes:
    """Cut off, or with a few bytes of its first half changed."""
    if draw.random() < 0.3:
        return data[: draw.randrange(len(data))]
    found = bytearray(data)
    for _ in range(draw.randrange(1, 6)):
        found[draw.randrange(len(found))] = draw.randrange(256)
    return bytes(found)


@pytest.mark.parametrize(
    "name",
    [
        "k3-separable.json",
        "k2-bidirectional.h5",
        "k3-bidirectional.keras",
        "k2-separable/keras_metadata.pb",
        "k2-separable/variables/variables.index",
        "k2-separable/variables/variables.data-00000-of-00001",
    ],
)
def test_damaged_files_never_end_in_a_traceback(name, tmp_path):
    draw = random.Random(name)
    root = name.partition("/")[0]
    for path in [FILES / root, *(FILES / root).rglob("*")]:
        target = tmp_path / path.relative_to(FILES)
        target.mkdir() if path.is_dir() else target.write_bytes(path.read_bytes())
    whole, refused = (FILES / name).read_bytes(), 0
    # Each .h5 file is read in a process of its own.
    rounds = 20 if name.endswith((".h5", ".keras")) else 150
    for _ in range(rounds):
        (tmp_path / name).write_bytes(damaged(whole, draw))
        refused += compiled(root, tmp_path, check_only=True).diagnostics.failed
    assert refused > rounds / 8


@pytest.mark.parametrize("text", ("", "[]", "1", "{", '{"a": NaN}', "[" * 100_000, '{"config": 3}'))
def test_json_that_is_no_model(text, tmp_path):
    (tmp_path / "k2-separable.json").write_text(text, "utf-8")
    assert codes(compiled("k2-separable.json", tmp_path)) in (["SG611"], ["SG619"])


@pytest.mark.parametrize(
    "number, code", [("1e-400", "SG204"), ("1e400", "SG204"), ("0e-400", None), ("1e-300", None)]
)
def test_numbers_in_json_that_python_cannot_hold(tmp_path, number, code):
    text = (FILES / "k2-bidirectional.json").read_text("utf-8")
    changed = text.replace('"momentum": 0.5', f'"momentum": {number}')
    assert changed != text
    (tmp_path / "k2-bidirectional.json").write_text(changed, "utf-8")
    assert codes(compiled("k2-bidirectional.json", tmp_path)) == ([code] if code else [])


def test_a_setting_with_two_values(tmp_path):
    text = (FILES / "k2-bidirectional.json").read_text("utf-8")
    changed = text.replace('"epsilon": 0.001', '"epsilon": 0.1, "epsilon": 0.001')
    (tmp_path / "k2-bidirectional.json").write_text(changed, "utf-8")
    assert codes(compiled("k2-bidirectional.json", tmp_path)) == ["SG611"]


def test_list_form_of_a_sequential(tmp_path):
    """Until Keras 2.2.2 the settings of a Sequential were the list of its layers."""

    def older(model: dict) -> None:
        layers = model["config"]["layers"]
        layers[0]["config"]["batch_input_shape"] = layers.pop(0)["config"]["batch_input_shape"]
        model.update(config=layers, keras_version="2.1.6")

    old, new = changed_json(tmp_path, older), compiled("k2-bidirectional.json")
    assert without_hashes(old) == without_hashes(new)


# ---- archives ----

ARCHIVE = "k3-bidirectional.keras"


def members() -> dict[str, bytes]:
    with zipfile.ZipFile(FILES / ARCHIVE) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def archived(folder: Path, *files: tuple[str, bytes]) -> Compilation:
    """What the compiler says of an archive of these files."""
    with (
        zipfile.ZipFile(folder / ARCHIVE, "w", zipfile.ZIP_DEFLATED) as archive,
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")  # of a name that is there twice
        for name, data in files:
            archive.writestr(name, data)
    return compiled(ARCHIVE, folder, check_only=True)


@pytest.mark.parametrize(
    "name, data, code",
    [
        ("config.json", b" " * 2**26, "SG611"),
        ("model.weights.h5", bytes(2**24), "SG611"),
        ("metadata.json", b"[]", "SG611"),
        ("config.json", b"{", "SG611"),
        ("config.json", b"{}", "SG619"),
        ("metadata.json", b'{"keras_version": "1.2.2"}', "SG619"),
    ],
)
def test_archive_with_another_file_in_it(tmp_path, name, data, code):
    found = archived(tmp_path, *(members() | {name: data}).items())
    assert codes(found) == [code]


def test_archive_names(tmp_path):
    files = members()
    assert codes(archived(tmp_path, *files.items())) == ["SG704"]
    twice = [*files.items(), ("config.json", files["config.json"])]
    assert codes(archived(tmp_path, *twice)) == ["SG611"]
    leaves = [(f"../{name}", data) for name, data in files.items()]
    assert codes(archived(tmp_path, *leaves)) == ["SG619"]
    without = [(name, data) for name, data in files.items() if not name.endswith(".h5")]
    assert codes(archived(tmp_path, *without)) == ["SG619"]


def test_archive_whose_weights_belong_to_another_model(tmp_path):
    files = members()
    with zipfile.ZipFile(FILES / "k2-separable.keras") as archive:
        files["model.weights.h5"] = archive.read("model.weights.h5")
    assert set(codes(archived(tmp_path, *files.items()))) == {"SG616", "SG704"}


def test_links_in_an_archive_lead_nowhere(tmp_path):
    files = members()
    data = io.BytesIO(files["model.weights.h5"])
    with h5py.File(data, "a") as file:
        file.move("layers/dense/vars/0", "spare")
        file["layers/dense/vars/0"] = h5py.SoftLink("/spare")
    files["model.weights.h5"] = data.getvalue()
    assert codes(archived(tmp_path, *files.items())) == ["SG611"]


def test_sgd_by_name_has_the_rate_of_keras(tmp_path):
    files = members()
    model = json.loads(files["config.json"])
    model["compile_config"]["optimizer"] = "sgd"
    files["config.json"] = json.dumps(model).encode()
    archived(tmp_path, *files.items())
    assert "LEARNING_RATE = 0.01 " in compiled(ARCHIVE, tmp_path).script


# ---- the styles in which people save models ----


@pytest.mark.long
def test_files_in_the_styles_in_which_people_save_models(tmp_path):
    """docs/reliability.md has the table; Keras 2 only where its environment was made."""
    pythons = {3: Path(sys.executable), 2: ROOT / ".venv-seqgra-keras" / "bin" / "python"}
    for version, python in pythons.items():
        if python.exists():
            command = [python, keras_styles.__file__, "make", str(version), tmp_path]
            subprocess.run(command, check=True, capture_output=True, timeout=1800)
    results = list(keras_styles.check(tmp_path))
    assert len(results) >= 100
    assert [
        (result.row.title, result.kind, result.version) for result in results if not result.right
    ] == []


def test_values_of_other_types_never_end_in_a_traceback(tmp_path):
    """Every value of a file in turn becomes something else."""
    text = (FILES / "k2-separable.json").read_text("utf-8")
    places = [found.end() for found in re.finditer(r'": ', text)]
    for value in ("null", "[]", "{}", '"x"', "-1", "1e400", "true", "[[]]"):
        for place in random.Random(value).sample(places, 60):
            end = min(i for i in (text.find(",", place), text.find("\n", place)) if i > 0)
            if text[place] in "[{":
                continue
            (tmp_path / "k2-separable.json").write_text(text[:place] + value + text[end:], "utf-8")
            compiled("k2-separable.json", tmp_path, check_only=True)


def test_links_in_an_h5_file_lead_nowhere(tmp_path):
    name, kernel = "k2-separable.h5", "model_weights/labels/labels/kernel:0"
    (tmp_path / "other.h5").write_bytes((FILES / name).read_bytes())
    # Both would be found, and are of the right shape.
    for link in (h5py.ExternalLink(tmp_path / "other.h5", kernel), h5py.SoftLink("/spare")):
        (tmp_path / name).write_bytes((FILES / name).read_bytes())
        with h5py.File(tmp_path / name, "a") as file:
            file.move(kernel, "spare")
            file[kernel] = link
            assert file[kernel].shape == file["spare"].shape
        assert codes(compiled(name, tmp_path)) == ["SG611"]


def test_weights_that_are_not_float32(tmp_path):
    name = "k2-separable.h5"
    (tmp_path / name).write_bytes((FILES / name).read_bytes())
    with h5py.File(tmp_path / name, "a") as file:
        group = file["model_weights/labels/labels"]
        kernel = group["kernel:0"][...].astype("float64")
        del group["kernel:0"]
        group["kernel:0"] = kernel
    assert "SG616" in codes(compiled(name, tmp_path))


def test_metadata_of_tensorflow_2_2_to_2_4(tmp_path):
    """Keras's description then lay in the first object of the graph in saved_model.pb."""

    def field(number: int, data: bytes) -> bytes:
        size, length = len(data), b""
        while size > 0x7F:
            length += bytes([size & 0x7F | 0x80])
            size >>= 7
        return bytes([number << 3 | 2]) + length + bytes([size]) + data

    root = FILES / "k2-separable"
    described = next(
        node
        for node in protobuf.submessages((root / "keras_metadata.pb").read_bytes(), 1)
        if b"_tf_keras_network" in node or b'"class_name": "Functional"' in node
    )
    data = b"".join(protobuf.submessages(described, 5))
    for number in (3, 4, 1, 7, 2):
        data = field(number, data)
    folder = tmp_path / "k2-separable"
    (folder / "variables").mkdir(parents=True)
    (folder / "saved_model.pb").write_bytes(data)
    for path in (root / "variables").iterdir():
        (folder / "variables" / path.name).write_bytes(path.read_bytes())
    assert compiled("k2-separable", tmp_path).script


def test_protobuf_ends_where_the_data_ends():
    for data in (b"\x0a", b"\x0a\x05abc", b"\x08\xff", b"\x09abc", b"\x0f", b"\xff" * 20):
        with pytest.raises(RefusedFileError):
            list(protobuf.fields(data))


def test_weights_read_without_tensorflow_are_those_of_the_h5_file():
    """Names, shapes and values of a SavedModel against the same model's .h5 file."""
    script = (ACCEPT / "tf-ml2-dna24-saved-model" / "train.py").read_text("utf-8")
    found = re.findall(r'\("([a-z_]+)", (\d+), \(([\d, ]+)\)\)', script)
    data = (FILES / "k2-separable/variables/variables.data-00000-of-00001").read_bytes()
    with h5py.File(io.BytesIO((FILES / "k2-separable.h5").read_bytes())) as file:
        weights = file["model_weights"]
        stored = [
            weights[name][weight][...]
            for name in weights.attrs["layer_names"]
            for weight in weights[name].attrs["weight_names"]
        ]
    assert len(found) == len(stored) == 14
    for (_, offset, shape), array in zip(found, stored, strict=True):
        assert tuple(int(size) for size in shape.split(",") if size.strip()) == array.shape
        start = int(offset)
        assert data[start : start + array.nbytes] == array.tobytes()
