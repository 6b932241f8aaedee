"""Makes the Keras files in this folder; they are committed, so this is run once.

    python make.py k3                     Keras 3.15 on TensorFlow 2.21
    python make.py k2                     tf_keras 2.21 on TensorFlow 2.21, in an environment of its own

Each model is trained for a few steps on random sequences, so that no weight keeps its initial value.
`predictions.json` holds what the models give for the sequences of `inputs`.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
import zipfile
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
LENGTH = 24


def inputs(count: int) -> np.ndarray:
    """One-hot sequences (count, 24, 4), the same everywhere."""
    draw = random.Random(7)
    letters = [[draw.randrange(4) for _ in range(LENGTH)] for _ in range(count)]
    return np.eye(4, dtype=np.float32)[letters]


def bidirectional(keras):
    """Sequential, three classes: convolution, batch normalisation, LSTM in both directions."""
    layers = keras.layers
    model = keras.Sequential(
        [
            layers.InputLayer((LENGTH, 4)),
            layers.Conv1D(
                6,
                5,
                padding="same",
                activation="relu",
                kernel_regularizer=keras.regularizers.L2(0.001),
                kernel_initializer=keras.initializers.RandomNormal(stddev=0.3),
            ),
            layers.BatchNormalization(momentum=0.5),
            layers.MaxPooling1D(3),
            layers.Bidirectional(layers.LSTM(3, return_sequences=True), merge_mode="sum"),
            layers.Dropout(0.25),
            layers.Flatten(),
            layers.Dense(4, activation="elu", trainable=False),
            layers.Dense(3),
            layers.Activation("softmax"),
        ],
        name="bidirectional",
    )
    adam = keras.optimizers.Adam(learning_rate=0.02, beta_1=0.8, clipnorm=0.5)
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=0.1)
    model.compile(adam, loss, metrics=["accuracy"])
    return model


def separable(keras):
    """Functional, two labels: a chain of less usual layers."""
    layers = keras.layers
    inputs = keras.Input((LENGTH, 4), name="sequence")
    x = layers.ZeroPadding1D((1, 2))(inputs)
    x = layers.SeparableConv1D(5, 4, depth_multiplier=2, activation="tanh")(x)
    x = layers.LayerNormalization()(x)
    x = layers.PReLU(shared_axes=[1])(x)
    x = layers.AveragePooling1D(2)(x)
    x = layers.LeakyReLU()(x)
    x = layers.GRU(4, return_sequences=True, bias_initializer="ones")(x)
    x = layers.SimpleRNN(3, activation="relu", return_sequences=True)(x)
    x = layers.GlobalAveragePooling1D()(x)
    outputs = layers.Dense(2, name="labels")(x)
    model = keras.Model(inputs, outputs, name="separable")
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(learning_rate=0.05, momentum=0.9, nesterov=True), loss)
    return model


def flat(keras):
    """Functional, of an input that no sequence fits."""
    inputs = keras.Input(shape=(32,))
    model = keras.Model(inputs, keras.layers.Dense(1)(inputs), name="flat")
    model.compile(optimizer="adam", loss="mean_squared_error")
    return model


def trained(model, classes: int):
    if len(model.input_shape) == 3:
        x = inputs(48)
        y = np.eye(classes, dtype=np.float32)[np.arange(48) % classes]
        model.fit(x, y, batch_size=16, epochs=2, verbose=0)
    return model


def archive(model, path: Path) -> None:
    model.save(path)
    with zipfile.ZipFile(path) as packed:
        members = [(name, packed.read(name)) for name in packed.namelist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for member, data in members:
            packed.writestr(zipfile.ZipInfo(member), data, zipfile.ZIP_DEFLATED)


def main(name: str) -> None:
    if name == "k2":
        import tf_keras as keras
    else:
        import keras
    path = HERE / "predictions.json"
    predictions = json.loads(path.read_text("utf-8")) if path.exists() else {}
    for build, classes in ((bidirectional, 3), (separable, 2), (flat, 1)):
        keras.utils.set_random_seed(3)
        model = trained(build(keras), classes)
        stem = f"{name}-{build.__name__}"
        model.save(HERE / f"{stem}.h5")
        if build is not flat:
            text = json.dumps(json.loads(model.to_json()), indent=1) + "\n"
            (HERE / f"{stem}.json").write_text(text, "utf-8")
            predictions[stem] = model.predict(inputs(6), verbose=0).tolist()
        if name == "k2":
            # saved_model.pb holds functions that the compiler does not look at, and is large.
            shutil.rmtree(HERE / stem, ignore_errors=True)
            model.save(HERE / stem, save_format="tf")
            for part in ("saved_model.pb", "fingerprint.pb", "assets"):
                found = HERE / stem / part
                shutil.rmtree(found) if found.is_dir() else found.unlink(missing_ok=True)
    # The same models as archives, packed anew to be small.
    archived = HERE / {"k2": "k2-separable", "k3": "k3-bidirectional"}[name]
    archive(keras.models.load_model(archived.with_suffix(".h5")), archived.with_suffix(".keras"))
    path.write_text(json.dumps(predictions, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
