"""Keras files in the styles in which people save models, by real Keras 2 and 3, and what becomes of each.

    python tests/support/keras_styles.py make 2 FOLDER    in an environment with tf_keras
    python tests/support/keras_styles.py make 3 FOLDER    in this one
    python tests/support/keras_styles.py check FOLDER     compiles all and compares predictions
    python tests/support/keras_styles.py table FOLDER     the same, as the table of docs/reliability.md

A style is a function that makes a model and the files that are saved of it. Each model gets weights
that no initializer draws, and what it gives for the sequences of `inputs` is written beside its
files. A file that can be compiled must give a script whose model gives the same; any other must be
refused with the code that the style expects.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

LENGTH, LABELS, COUNT = 12, 2, 5
TOLERANCE = 1e-6
H5, ARCHIVE, FOLDER, JSON = "h5", "keras", "SavedModel", "JSON"
FORMATS = {
    H5: "keras-h5-whole-model",
    ARCHIVE: "keras-h5-whole-model",
    FOLDER: "keras-tf-whole-model",
    JSON: "keras-json-architecture-only",
}
ENDINGS = {H5: ".h5", ARCHIVE: ".keras", FOLDER: "", JSON: ".json"}
WHOLE, ALL = (H5, ARCHIVE, FOLDER), (H5, ARCHIVE, FOLDER, JSON)
COMPILED = "compiled"


@dataclass(frozen=True)
class Style:
    """`make` builds the model; `save` writes other files than Keras's own: path and model.

    `expected` is "compiled" or the code of the refusal; `keras` are the versions that can do it.
    """

    title: str
    make: Callable
    files: tuple[str, ...] = ALL
    expected: str = COMPILED
    keras: tuple[int, ...] = (2, 3)
    save: Callable | None = None
    encoding: str = "1D"

    @property
    def name(self) -> str:
        return self.make.__name__


STYLES: list[Style] = []


def style(title: str, *files: str, **options: object) -> Callable:
    """Enter a function among the styles."""

    def enter(make: Callable) -> Callable:
        STYLES.append(Style(title, make, files or ALL, **options))
        return make

    return enter


def compiled(model, optimizer: object = "adam", loss: object = "categorical_crossentropy"):
    model.compile(optimizer, loss, metrics=["accuracy"])
    return model


def head(keras) -> list:
    """Layers that end a model."""
    layers = keras.layers
    return [layers.GlobalMaxPooling1D(), layers.Dense(LABELS, activation="softmax")]


def functional(keras, *middle, shape: tuple = (LENGTH, 4), **options: object):
    """A Functional chain from these layers."""
    start = x = keras.Input(shape, **options)
    for layer in (*middle, *head(keras)):
        x = layer(x)
    return keras.Model(start, x)


def conv(keras, **options: object):
    return keras.layers.Conv1D(3, 3, **{"activation": "relu"} | options)


# ---- how a model is made ----


@style("Sequential with an InputLayer")
def input_layer(keras):
    return keras.Sequential([keras.layers.InputLayer((LENGTH, 4)), conv(keras), *head(keras)])


@style("Sequential with `keras.Input`")
def keras_input(keras):
    return compiled(keras.Sequential([keras.Input((LENGTH, 4)), conv(keras), *head(keras)]))


@style("Sequential with `input_shape` in its first layer")
def input_shape(keras):
    return compiled(keras.Sequential([conv(keras, input_shape=(LENGTH, 4)), *head(keras)]))


@style("Sequential with `batch_input_shape`", keras=(2,))
def batch_input_shape(keras):
    return keras.Sequential([conv(keras, batch_input_shape=(None, LENGTH, 4)), *head(keras)])


@style("Sequential by `add`, then `build`")
def added_and_built(keras):
    model = keras.Sequential(name="motifs")
    for layer in (conv(keras), *head(keras)):
        model.add(layer)
    model.build((None, LENGTH, 4))
    return model


@style("Sequential that its training built", H5, ARCHIVE, FOLDER)
def built_by_training(keras):
    return trained(compiled(keras.Sequential([conv(keras), *head(keras)])))


@style("Sequential that was never built", JSON, expected="SG618")
def never_built(keras):
    return keras.Sequential([conv(keras), *head(keras)])


@style("Functional chain")
def functional_chain(keras):
    return compiled(functional(keras, conv(keras), keras.layers.MaxPooling1D(2), conv(keras)))


@style("Functional chain with a name for the input", ARCHIVE, H5)
def named_input(keras):
    return functional(keras, conv(keras), name="one_hot")


@style("layers of one class many times, with Keras's own names")
def many_of_a_class(keras):
    middle = [conv(keras, padding="same") for _ in range(3)]
    return functional(keras, *middle, keras.layers.BatchNormalization(), *middle_dense(keras))


def middle_dense(keras) -> list:
    return [keras.layers.Dense(4, activation="elu"), keras.layers.Dense(3)]


@style("names with `/`", keras=(2,))
def slash(keras):
    layers = [conv(keras, name="block/conv"), keras.layers.BatchNormalization(name="block/norm")]
    return compiled(functional(keras, *layers, conv(keras, name="block/conv/deep")))


@style("names with spaces and `:`", keras=(3,))
def spaces(keras):
    return compiled(functional(keras, conv(keras, name="first conv: motifs"), conv(keras)))


@style("names in Unicode", keras=(3,))
def unicode(keras):
    return compiled(functional(keras, conv(keras, name="Faltung ä β"), conv(keras, name="卷积")))


@style("names with dots and dashes")
def dots(keras):
    return functional(keras, conv(keras, name="conv-1.a"), conv(keras, name="conv.1"))


@style("a Sequential within a Sequential")
def nested(keras):
    inner = keras.Sequential([conv(keras, name="a"), keras.layers.BatchNormalization()])
    return keras.Sequential([keras.Input((LENGTH, 4)), inner, conv(keras, name="b"), *head(keras)])


@style("a Functional within a Functional")
def nested_functional(keras):
    start = keras.Input((LENGTH, 4))
    body = keras.Model(start, conv(keras, name="b")(conv(keras, name="a")(start)), name="body")
    return compiled(functional(keras, body, conv(keras, name="c")))


@style("a Functional within a Sequential", H5, ARCHIVE, JSON)
def functional_in_sequential(keras):
    start = keras.Input((LENGTH, 4))
    body = keras.Model(start, conv(keras)(start))
    return keras.Sequential([body, *head(keras)])


# ---- layers ----


@style("batch normalization without scale and center")
def norms(keras):
    norm = keras.layers.BatchNormalization
    return functional(keras, conv(keras), norm(scale=False), norm(center=False), norm())


@style("layers without bias")
def no_bias(keras):
    return functional(keras, conv(keras, use_bias=False), keras.layers.Dense(3, use_bias=False))


@style("activation layers")
def activations(keras):
    layers = keras.layers
    middle = (layers.ReLU(), layers.LeakyReLU(), layers.ELU(), layers.PReLU())
    return functional(keras, conv(keras), *middle, layers.Activation("tanh"), layers.Softmax())


@style("separable and depthwise convolutions")
def separable(keras):
    layers = keras.layers
    return functional(
        keras, layers.SeparableConv1D(3, 3, depth_multiplier=2), layers.DepthwiseConv1D(3)
    )


@style("recurrent layers")
def recurrent(keras):
    layers = keras.layers
    kinds = (layers.LSTM, layers.GRU, layers.SimpleRNN)
    return functional(keras, *(kind(3, return_sequences=True) for kind in kinds))


@style("Bidirectional")
def bidirectional(keras):
    layers = keras.layers
    both = layers.Bidirectional(layers.LSTM(2, return_sequences=True))
    other = layers.Bidirectional(layers.GRU(2, return_sequences=True), merge_mode="sum")
    return compiled(functional(keras, conv(keras), both, other))


@style("dropout and noise")
def noise(keras):
    layers = keras.layers
    middle = (layers.Dropout(0.2), layers.SpatialDropout1D(0.2), layers.GaussianNoise(0.1))
    return functional(keras, conv(keras), *middle)


@style("two-dimensional convolutions", encoding="2D")
def two_dimensional(keras):
    layers = keras.layers
    start = keras.Input((1, LENGTH, 4))
    x = layers.Conv2D(3, (1, 3), activation="relu")(start)
    x = layers.Flatten()(layers.MaxPooling2D((1, 2))(x))
    return keras.Model(start, layers.Dense(LABELS, activation="softmax")(x))


@style("regularizers and initializers as objects")
def objects(keras):
    options = {
        "kernel_initializer": keras.initializers.HeNormal(),
        "bias_initializer": keras.initializers.Constant(0.1),
        "kernel_regularizer": keras.regularizers.L1L2(0.01, 0.02),
    }
    return functional(keras, conv(keras, **options), conv(keras, kernel_initializer="he_uniform"))


@style("frozen layers")
def frozen_layers(keras):
    return functional(keras, conv(keras, trainable=False), keras.layers.BatchNormalization())


@style("a model frozen as a whole", ARCHIVE, H5, JSON, expected="SG615", keras=(3,))
def frozen(keras):
    model = functional(keras, conv(keras))
    model.trainable = False
    return model


@style("a kernel constraint", expected="SG615")
def constraint(keras):
    return functional(keras, conv(keras, kernel_constraint=keras.constraints.MaxNorm(2)))


@style("mixed precision", expected="SG615")
def mixed_precision(keras):
    return functional(keras, conv(keras, dtype="mixed_float16"))


@style("float64", expected="SG615")
def float64(keras):
    return functional(keras, conv(keras, dtype="float64"), keras.layers.ReLU(dtype="float64"))


@style("`hard_sigmoid`, which Keras 3 changed", expected="SG615", keras=(2,))
def hard_sigmoid_2(keras):
    return functional(keras, conv(keras, activation="hard_sigmoid"))


@style("`hard_sigmoid` of Keras 3", keras=(3,))
def hard_sigmoid_3(keras):
    return functional(keras, conv(keras, activation="hard_sigmoid"))


@style("Masking", expected="SG612")
def masking(keras):
    return functional(keras, keras.layers.Masking(), conv(keras))


@style("TimeDistributed", expected="SG612")
def time_distributed(keras):
    return functional(keras, keras.layers.TimeDistributed(keras.layers.Dense(3)))


@style("a Lambda layer", H5, ARCHIVE, JSON, expected="SG613")
def lambda_layer(keras):
    return functional(keras, keras.layers.Lambda(lambda x: x * 2), conv(keras))


def applied(function: str) -> Callable:
    def apply(x):
        import tensorflow as tf

        return tf.nn.relu(x) if function == "relu" else x * 2.0 if function == "*" else x[:, 2:]

    return apply


@style("`tf.nn.relu(x)` between layers", expected="SG612", keras=(2,))
def tensorflow_function(keras):
    return functional(keras, conv(keras), applied("relu"))


@style("`keras.ops.relu(x)` between layers", expected="SG612", keras=(3,))
def keras_function(keras):
    return functional(keras, conv(keras), keras.ops.relu)


@style("`keras.ops.softmax(x)` between layers", ARCHIVE, JSON, expected="SG612", keras=(3,))
def keras_softmax(keras):
    return functional(keras, conv(keras), keras.ops.softmax)


@style("the same in HDF5, where Keras itself takes it for a layer", H5, keras=(3,))
def keras_softmax_h5(keras):
    return functional(keras, conv(keras), keras.ops.softmax)


@style("`x * 2` between layers", expected="SG612")
def arithmetic(keras):
    return functional(keras, conv(keras), applied("*"))


@style("`x[:, 2:]` between layers", expected="SG612")
def slicing(keras):
    return functional(keras, conv(keras), applied("[]"))


@style("a skip connection", expected="SG614")
def skip(keras):
    start = keras.Input((LENGTH, 4))
    x = keras.layers.Add()([start, keras.layers.Dense(4)(start)])
    for layer in head(keras):
        x = layer(x)
    return keras.Model(start, x)


@style("two outputs", expected="SG614")
def two_outputs(keras):
    start = keras.Input((LENGTH, 4))
    x = keras.layers.GlobalMaxPooling1D()(start)
    return keras.Model(start, [keras.layers.Dense(1)(x), keras.layers.Dense(1)(x)])


@style("a layer that is used twice", expected="SG614")
def shared(keras):
    start = keras.Input((LENGTH, 4))
    layer = keras.layers.Dense(4)
    x = layer(layer(start))
    for other in head(keras):
        x = other(x)
    return keras.Model(start, x)


@style("an open length", expected="SG618")
def open_length(keras):
    return functional(keras, conv(keras), shape=(None, 4))


@style("a fixed batch size", expected="SG618")
def batch_size(keras):
    return functional(keras, conv(keras), batch_size=COUNT)


def unconverted(function: Callable) -> Callable:
    """A method that TensorFlow does not rewrite, which fails for classes in functions."""
    import tensorflow as tf

    return tf.autograph.experimental.do_not_convert(function)


@style("a subclass of Model", ARCHIVE, FOLDER, expected="SG612")
def subclass(keras):
    class MotifNet(keras.Model):
        def __init__(self, **options: object) -> None:
            super().__init__(**options)
            self.dense = keras.layers.Dense(LABELS)

        @unconverted
        def call(self, x, training=False):
            return self.dense(x[:, 0])

    model = MotifNet()
    model(inputs())
    return model


@style("a layer of one's own", H5, ARCHIVE, JSON, expected="SG612")
def custom_layer(keras):
    class Scale(keras.layers.Layer):
        @unconverted
        def call(self, x, training=False):
            return x * 2

    return functional(keras, Scale(), conv(keras))


# ---- what it was compiled with ----


def chain(keras):
    return functional(keras, conv(keras))


@style("trained, with the state of its optimizer", *WHOLE)
def trained_model(keras):
    return trained(compiled(chain(keras), keras.optimizers.Adam(0.01)))


@style('compile("sgd", ...)', *WHOLE)
def sgd(keras):
    return compiled(chain(keras), "sgd")


@style("loss and optimizer as objects, three metrics", *WHOLE)
def compiled_objects(keras):
    model = chain(keras)
    model.compile(
        keras.optimizers.RMSprop(0.002, momentum=0.5, clipnorm=1.0),
        keras.losses.CategoricalCrossentropy(label_smoothing=0.1),
        metrics=["accuracy", keras.metrics.AUC(), keras.metrics.Precision()],
    )
    return model


@style("loss as a function of Keras", *WHOLE)
def loss_function(keras):
    return compiled(chain(keras), loss=keras.losses.categorical_crossentropy)


@style("a weighted loss", *WHOLE, expected="SG617")
def weighted_loss(keras):
    model = chain(keras)
    model.compile("adam", "categorical_crossentropy", loss_weights=[0.5])
    return model


@style("a learning rate that follows a schedule", *WHOLE, expected="SG617")
def schedule(keras):
    return compiled(
        chain(keras), keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.01, 100))
    )


@style("AdamW", *WHOLE)
def adamw(keras):
    return compiled(chain(keras), keras.optimizers.AdamW(0.01))


@style("averaged weights (`use_ema`)", *WHOLE, expected="SG617")
def averaged(keras):
    return compiled(chain(keras), keras.optimizers.Adam(use_ema=True))


@style("a loss of one's own", H5, ARCHIVE, expected="SG617")
def own_loss(keras):
    def my_loss(truth, scores):
        return keras.losses.categorical_crossentropy(truth, scores)

    return compiled(chain(keras), loss=my_loss)


def after_h5(model, path: Path, kind: str) -> None:
    model.save(path.with_name(f"first-{path.stem}.h5"))
    model.save(path)


@style(
    "saved as HDF5 first, by which Keras 3 loses the optimizer",
    ARCHIVE,
    expected="SG617",
    keras=(3,),
    save=after_h5,
)
def optimizer_lost(keras):
    return compiled(chain(keras))


def without_optimizer(model, path: Path, kind: str) -> None:
    model.save(path, include_optimizer=False)


@style("saved with `include_optimizer=False`", H5, save=without_optimizer)
def no_optimizer(keras):
    return compiled(chain(keras), "sgd")


# ---- other files than whole models ----


def as_weights(model, path: Path, kind: str) -> None:
    written = path.with_name(f"{path.stem}.weights.h5")
    model.save_weights(written)
    written.rename(path)


@style("weights alone", H5, expected="SG619", save=as_weights)
def weights_alone(keras):
    return chain(keras)


def as_checkpoint(model, path: Path, kind: str) -> None:
    model.save_weights(path / "weights", save_format="tf")


@style("a checkpoint of weights", FOLDER, expected="SG619", keras=(2,), save=as_checkpoint)
def checkpoint(keras):
    return chain(keras)


def exported(model, path: Path, kind: str) -> None:
    model.export(str(path))


@style("`model.export()`", FOLDER, expected="SG619", save=exported)
def export(keras):
    return chain(keras)


def by_tensorflow(model, path: Path, kind: str) -> None:
    import tensorflow as tf

    tf.saved_model.save(model, str(path))


@style("`tf.saved_model.save()`", FOLDER, expected="SG619", keras=(2,), save=by_tensorflow)
def tensorflow_saved(keras):
    return chain(keras)


def as_config(model, path: Path, kind: str) -> None:
    path.write_text(json.dumps(model.get_config(), default=str), "utf-8")


@style("`model.get_config()`", JSON, expected="SG619", save=as_config)
def get_config(keras):
    return chain(keras)


def dumped_twice(model, path: Path, kind: str) -> None:
    path.write_text(json.dumps(model.to_json()), "utf-8")


@style("`json.dump(model.to_json(), file)`", JSON, save=dumped_twice)
def json_in_json(keras):
    return chain(keras)


def compressed(model, path: Path, kind: str) -> None:
    model.save(path)
    compress(path)


def compress(path: Path) -> None:
    """The archive packed anew, as tools and people do."""
    with zipfile.ZipFile(path) as archive:
        members = [(name, archive.read(name)) for name in sorted(archive.namelist())]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)


@style("an archive that was unpacked and packed again", ARCHIVE, save=compressed)
def packed_anew(keras):
    return compiled(chain(keras))


def unpacked(model, path: Path, kind: str) -> None:
    model.save(path.with_suffix(".keras"))
    with zipfile.ZipFile(path.with_suffix(".keras")) as archive:
        archive.extractall(path)
    path.with_suffix(".keras").unlink()


@style("an archive that was unpacked", FOLDER, expected="SG619", save=unpacked)
def unpacked_archive(keras):
    return chain(keras)


def as_list(model, path: Path, kind: str) -> None:
    """The form of Keras 2.0 to 2.2.2: the settings of a Sequential were the list of its layers."""
    found = json.loads(model.to_json())
    layers = [row for row in found["config"]["layers"] if row["class_name"] != "InputLayer"]
    layers[0]["config"]["batch_input_shape"] = [None, LENGTH, 4]
    rows = [{key: row[key] for key in ("class_name", "config")} for row in layers]
    old = {"class_name": "Sequential", "config": rows, "keras_version": "2.1.6"}
    path.write_text(json.dumps(old), "utf-8")


@style("the list form of Keras 2.1 (rewritten)", JSON, keras=(2,), save=as_list)
def list_form(keras):
    return keras.Sequential([conv(keras, input_shape=(LENGTH, 4)), *head(keras)])


def as_other(kind: str) -> Callable:
    """A file under the name of another kind."""

    def save(model, path: Path, wanted: str) -> None:
        written = path.with_name(f"other-{path.stem}{ENDINGS[kind]}")
        _save(model, written, kind)
        written.rename(path)

    return save


@style("HDF5 given as JSON", JSON, expected="SG619", save=as_other(H5))
def h5_as_json(keras):
    return chain(keras)


@style("JSON given as HDF5", H5, expected="SG619", save=as_other(JSON))
def json_as_h5(keras):
    return chain(keras)


@style("an archive given as SavedModel", FOLDER, expected="SG619", save=as_other(ARCHIVE))
def archive_as_folder(keras):
    return chain(keras)


@style("a SavedModel given as HDF5", H5, expected="SG619", keras=(2,), save=as_other(FOLDER))
def folder_as_h5(keras):
    return chain(keras)


# ---- making ----


def inputs(two_dimensional: bool = False):
    """One-hot sequences, the same everywhere: (COUNT, LENGTH, 4) or (COUNT, 1, LENGTH, 4)."""
    import numpy as np

    draw = random.Random(11)
    letters = [[draw.randrange(4) for _ in range(LENGTH)] for _ in range(COUNT)]
    found = np.eye(4, dtype=np.float32)[letters]
    return found[:, None] if two_dimensional else found


def trained(model):
    import numpy as np

    model.fit(inputs(), np.eye(LABELS)[np.arange(COUNT) % LABELS], epochs=1, verbose=0)
    return model


def varied(model):
    """The model with weights that no initializer draws; variances stay positive."""
    import numpy as np

    draw = np.random.default_rng(5)
    weights = model.get_weights()
    model.set_weights([draw.uniform(0.1, 0.6, weight.shape) for weight in weights])
    return model


def _save(model, path: Path, kind: str) -> None:
    if kind == JSON:
        path.write_text(model.to_json(), "utf-8")
    elif kind == FOLDER:
        model.save(path, save_format="tf")
    else:
        model.save(path)


def make(version: int, folder: Path) -> None:
    """All files of one version of Keras that are not there yet, and all models' predictions."""
    if version == 2:
        import tf_keras as keras
    else:
        import keras
    warnings.simplefilter("ignore")
    folder.mkdir(parents=True, exist_ok=True)
    predictions: dict[str, list] = {}
    for row in STYLES:
        if version not in row.keras:
            continue
        keras.utils.set_random_seed(1)
        # Saving changes a model of Keras 3: each file has its own.
        for kind in kinds(row, version):
            model = row.make(keras)
            if row.expected == COMPILED:
                varied(model)
                found = model(inputs(row.encoding == "2D"), training=False)
                predictions[row.name] = found.numpy().tolist()
            path = folder / file_name(row, kind, version)
            if not path.exists():
                (row.save or _save)(model, path, kind)
        print(row.title, flush=True)
    (folder / f"predictions-{version}.json").write_text(json.dumps(predictions), "utf-8")


def kinds(row: Style, version: int) -> list[str]:
    """Keras 3 writes no SavedModel that describes its layers, but can export one."""
    return [kind for kind in row.files if version == 2 or kind != FOLDER or row.save]


def file_name(row: Style, kind: str, version: int) -> str:
    return f"{row.name}-{version}-{kind}{ENDINGS[kind]}"


# ---- checking ----

DEFINITION = """<seqgramodel>
  <general id="style"><name/><description/><task>multi-class classification</task>
    <sequencespace>DNA</sequencespace><library>TensorFlow</library><inputencoding>{encoding}</inputencoding>
    <labels><pattern prefix="c" postfix="" min="1" max="{labels}"/></labels><seed>1</seed>
  </general>
  <architecture><external format="{format}">{path}</external></architecture>
  <loss><hyperparameter name="loss">categorical_crossentropy</hyperparameter></loss>
  <optimizer><hyperparameter name="optimizer">Adam</hyperparameter></optimizer>
  <trainingprocess>
    <hyperparameter name="batch_size">4</hyperparameter>
    <hyperparameter name="epochs">1</hyperparameter>
    <hyperparameter name="early_stopping">False</hyperparameter>
    <hyperparameter name="shuffle">True</hyperparameter>
  </trainingprocess>
</seqgramodel>
"""
# Models of scripts beside the files; one read from JSON takes the weights that were given to all.
PREDICT = """
import json, runpy, sys
sys.path.insert(0, sys.argv[1])
from keras_styles import inputs, varied
found = {}
for script in sys.argv[2:]:
    model = runpy.run_path(script)["build_model"]()
    if "-JSON" in script:
        varied(model)
    found[script] = model(inputs("two_dimensional" in script), training=False).numpy().tolist()
print(json.dumps(found))
"""


@dataclass(frozen=True)
class Result:
    """What became of one file: the codes of its errors, and how far predictions are off, or neither."""

    row: Style
    kind: str
    version: int
    codes: tuple[str, ...] = ()
    distance: float | None = None

    @property
    def right(self) -> bool:
        if self.row.expected == COMPILED:
            return self.distance is not None and self.distance < TOLERANCE
        return set(self.codes) == {self.row.expected}


def check(folder: Path) -> Iterator[Result]:
    """Compile each file of a folder that `make` filled, and compare the models' predictions."""
    from seqgra_compile.compiler import compile_bytes
    from seqgra_compile.messages.diagnostics import Severity

    scripts = {}
    for version in (2, 3):
        expected = folder / f"predictions-{version}.json"
        if not expected.exists():
            continue
        predictions = json.loads(expected.read_text("utf-8"))
        for row in STYLES:
            for kind in kinds(row, version) if version in row.keras else ():
                name = file_name(row, kind, version)
                text = DEFINITION.format(
                    encoding=row.encoding, labels=LABELS, format=FORMATS[kind], path=name
                )
                done = compile_bytes("model.xml", text.encode(), [folder])
                if done.script is None or row.expected != COMPILED:
                    errors = [
                        found.code for found in done.diagnostics if found.severity is Severity.ERROR
                    ]
                    yield Result(row, kind, version, tuple(errors))
                else:
                    script = folder / f"{row.name}-{version}-{kind}.py"
                    script.write_text(done.script, "utf-8")
                    scripts[script] = (row, kind, version, predictions[row.name])
    found = _predicted(list(scripts))
    for script, (row, kind, version, expected) in scripts.items():
        pairs = zip(sum(found[str(script)], []), sum(expected, []), strict=True)
        distance = max(abs(one - other) for one, other in pairs)
        yield Result(row, kind, version, distance=distance)


def _predicted(scripts: list[Path]) -> dict[str, list]:
    if not scripts:
        return {}
    command = [sys.executable, "-c", PREDICT, str(Path(__file__).parent), *map(str, scripts)]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return json.loads(done.stdout.splitlines()[-1])


def table(results: list[Result]) -> str:
    """Markdown: a line per style, with what happens to the files of either Keras."""
    lines = ["| Style | Keras 2 | Keras 3 | Ends with |", "|---|---|---|---|"]
    for row in STYLES:
        own = [result for result in results if result.row is row]
        files = [
            ", ".join(result.kind for result in own if result.version == version) or "-"
            for version in (2, 3)
        ]
        wrong = [result for result in own if not result.right]
        end = _end(row, own) if not wrong else f"WRONG: {[_words(result) for result in wrong]}"
        lines.append(f"| {row.title} | {files[0]} | {files[1]} | {end} |")
    return "\n".join(lines)


def _end(row: Style, results: list[Result]) -> str:
    if row.expected != COMPILED:
        return row.expected
    distance = max((result.distance for result in results), default=0.0)
    return (
        f"compiled; predictions differ by at most {distance:.0e}" if distance else "compiled; equal"
    )


def _words(result: Result) -> str:
    return f"{result.kind} of Keras {result.version}: {result.codes or result.distance}"


def main(command: str, *words: str) -> int:
    if command == "make":
        make(int(words[0]), Path(words[1]))
        return 0
    results = sorted(
        check(Path(words[0]).resolve()),
        key=lambda result: (STYLES.index(result.row), result.version, result.kind),
    )
    wrong = [result for result in results if not result.right]
    if command == "table":
        print(table(results))
    for result in wrong:
        print(f"{result.row.name}: {_words(result)}", file=sys.stderr)
    print(f"{len(results)} files, {len(wrong)} not as expected", file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
