"""tf-ml2-dna40-conv2d-weights: initial weights from files

Under 2D encoding C:\\new\\table is an image of height 1.

Compiled by seqgra-compile 0.1.0 from model.xml, SHA-256
6c9ef1fe3e889eb7d4382a3ee89fca1f08130098e6576c98fe3f970060e91df1, semantics intended.
Usage:  python train.py DATA_DIR [-o OUTPUT_DIR] [-g GPU] [--threads N]
Reads:  training.txt, validation.txt and, if there, test.txt: a header x, tab, y, then
        in each line a DNA sequence, a tab, its labels, joined by |
Writes: saved_model.keras, model-architecture.json, history.tsv, metrics.json,
        test-y-hat.txt, session-info.txt, last-epoch-completed.txt,
        num-model-parameters.txt"""

# /// script
# requires-python = ">=3.10"
# dependencies = ["keras>=3.5", "numpy", "tensorflow>=2.17"]
# ///

import argparse
import hashlib
import io
import json
import math
import os
import sys
import warnings
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # as quiet as it can be

import keras
import numpy as np
import tensorflow as tf

# ---- Definition --------------------------------------------------------------
MODEL_ID = "tf-ml2-dna40-conv2d-weights"  # general/@id
# general/task: multi-label classification
# general/sequencespace: DNA
# general/library: TensorFlow
# general/inputencoding: 2D
LABELS = ("left", "right")  # general/labels
SEED = 42  # general/seed
# architecture/sequential: 6 operations, in the section Model
SEQUENCE_LENGTH = 40  # architecture/sequential/operation[1]/@input_shape
# loss/loss: binary_crossentropy
FROM_LOGITS = True  # loss/from_logits
LABEL_SMOOTHING = 0.0  # loss/label_smoothing (default)
# optimizer/optimizer: SGD
LEARNING_RATE = 0.01  # optimizer/learning_rate
MOMENTUM = 0.9  # optimizer/momentum
NESTEROV = False  # optimizer/nesterov (default)
BATCH_SIZE = 24  # trainingprocess/batch_size
EPOCHS = 8  # trainingprocess/epochs
# trainingprocess/early_stopping: False
# trainingprocess/shuffle: False

# ---- Data --------------------------------------------------------------------
CODE_OF = np.full(256, 255, np.uint8)  # of a letter; 255: not in the alphabet
CODE_OF[list(b"ACGTN")] = CODE_OF[list(b"acgtn")] = range(5)


def fail(path: Path, line: int, problem: str):
    sys.exit(f"{path}:{line}: {problem}")


def read_set(path: Path, length: int | None) -> tuple[np.ndarray, np.ndarray]:
    """A file's examples: codes (N, length) uint8, 0 or 1 (N, labels) float32."""
    lines = path.read_bytes().rstrip(b"\r\n").splitlines()
    if len(lines) < 2 or lines[0] != b"x\ty":
        fail(path, 1, "expected the header x, tab, y and examples below it")
    rows = [line.split(b"\t") for line in lines[1:]]
    length = length or len(rows[0][0]) or 1
    index_of = {label.encode(): index for index, label in enumerate(LABELS)}
    targets = np.zeros((len(rows), len(LABELS)), np.float32)
    for number, row in enumerate(rows, start=2):
        if len(row) != 2:
            fail(path, number, f"expected two columns, x and y, found {len(row)}")
        if len(row[0]) != length:
            fail(path, number, f"expected {length} letters, found {len(row[0])}")
        for label in row[1].split(b"|") if row[1] else []:
            if label not in index_of:
                fail(path, number, f"unknown label {label.decode(errors='replace')!r}")
            targets[number - 2, index_of[label]] = 1
    letters = np.frombuffer(b"".join(sequence for sequence, _ in rows), np.uint8)
    codes = CODE_OF[letters].reshape(len(rows), length)
    for row, position in np.argwhere(codes == 255)[:1]:
        letter = chr(rows[row][0][position])
        fail(path, row + 2, f"unknown letter {letter!r} at position {position + 1}")
    return codes, targets


def one_hot(codes: tf.Tensor) -> tf.Tensor:
    """Codes (B, L) to (B, 1, L, 4) float32, channels ACGT; N is 0.25 in each."""
    x = tf.one_hot(codes, 4)
    x += 0.25 * tf.cast(codes == 4, tf.float32)[..., None]
    return x[:, None, :, :]


def batches(codes: tf.Tensor, targets: tf.Tensor, order: np.ndarray) -> tf.data.Dataset:
    """Batches in this order of the examples: one-hot sequences, targets (B, labels)."""

    def load(batch: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        x, y = one_hot(tf.gather(codes, batch)), tf.gather(targets, batch)
        return x, y

    return (
        tf.data.Dataset.from_tensor_slices(order)
        .batch(BATCH_SIZE)
        .map(load)
        .prefetch(1)
    )


# ---- Model -------------------------------------------------------------------
def read_weights(name: str, sha256: str) -> list[np.ndarray]:
    """The arrays in a .npy file beside this script, if it is the one compiled in."""
    path = Path(__file__).parent / name
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        sys.exit(f"{path}: its SHA-256 is not {sha256}, that of the file compiled in")
    # Arrays of several shapes are a pickle: this one was inspected by the compiler.
    return list(np.load(io.BytesIO(data), allow_pickle=True))


def set_weights(layer: keras.layers.Layer, arrays: list[np.ndarray]) -> None:
    """Give a layer its initial weights, if they fit."""
    shapes = [tuple(weight.shape) for weight in layer.weights]
    if [np.shape(array) for array in arrays] != shapes:
        sys.exit(f"the weights file of {layer.name} must hold arrays of {shapes}")
    layer.set_weights(arrays)


def build_model() -> keras.Model:
    """(1, 40, 4) -> (2,) logits, 326 weights."""
    model = keras.Sequential(name=MODEL_ID)
    model.add(keras.Input(shape=(1, 40, 4), dtype="float32"))
    # 1 Conv2D: (1, 40, 4) -> (1, 20, 6), 192 weights
    model.add(
        keras.layers.Conv2D(
            filters=6,
            kernel_size=(1, 8),
            strides=(1, 2),
            padding="same",
            data_format="channels_last",
            dilation_rate=(1, 1),
            groups=1,
            activation="relu",
            use_bias=False,
            kernel_initializer=keras.initializers.GlorotUniform(seed=None),
            bias_initializer=keras.initializers.Zeros(),
            kernel_regularizer=None,
            bias_regularizer=None,
            activity_regularizer=None,
            trainable=True,
            name="conv2d_1",
        )
    )
    # 2 Conv2D: (1, 20, 6) -> (1, 16, 4), 76 weights
    model.add(
        keras.layers.Conv2D(
            filters=4,
            kernel_size=(1, 3),
            strides=(1, 1),
            padding="valid",
            data_format="channels_last",
            dilation_rate=(1, 2),
            groups=1,
            activation="gelu",
            use_bias=True,
            kernel_initializer=keras.initializers.RandomNormal(
                mean=0.0, stddev=0.2, seed=5
            ),
            bias_initializer=keras.initializers.Zeros(),
            kernel_regularizer=None,
            bias_regularizer=None,
            activity_regularizer=None,
            trainable=False,
            name="conv2d_2",
        )
    )
    # 3 Reshape: (1, 16, 4) -> (16, 4)
    model.add(keras.layers.Reshape(target_shape=(-1, 4), name="reshape_3"))
    # 4 GlobalMaxPool1D: (16, 4) -> (4,)
    model.add(
        keras.layers.GlobalMaxPooling1D(
            data_format="channels_last", keepdims=False, name="globalmaxpool1d_4"
        )
    )
    # 5 Dense: (4,) -> (8,), 40 weights
    model.add(
        keras.layers.Dense(
            units=8,
            activation="selu",
            use_bias=True,
            kernel_initializer=keras.initializers.LecunUniform(seed=None),
            bias_initializer=keras.initializers.Constant(value=0.1),
            kernel_regularizer=None,
            bias_regularizer=keras.regularizers.L1(l1=0.01),
            activity_regularizer=keras.regularizers.L1(l1=0.001),
            trainable=True,
            name="dense_5",
        )
    )
    # 6 Dense: (8,) -> (2,), 18 weights
    model.add(
        keras.layers.Dense(
            units=2,
            activation=None,
            use_bias=True,
            kernel_initializer=keras.initializers.GlorotUniform(seed=None),
            bias_initializer=keras.initializers.Zeros(),
            kernel_regularizer=None,
            bias_regularizer=None,
            activity_regularizer=None,
            trainable=True,
            name="dense_6",
        )
    )
    set_weights(
        model.get_layer("conv2d_1"),
        read_weights(
            "first-kernel.npy",
            "5dd590c16119d2e1136b5447ede63cac7607e44afda6edb2548ab2043f0d37a8",
        ),
    )
    set_weights(
        model.get_layer("dense_5"),
        read_weights(
            "dense.npy",
            "2df1e2fd3217b7bc4bbb97f3dbd8ead15bcb7ed05595db390a9ab9bed337bf35",
        ),
    )
    return model


# ---- Loss and optimizer ------------------------------------------------------
def build_loss() -> keras.losses.Loss:
    return keras.losses.BinaryCrossentropy(
        from_logits=FROM_LOGITS,
        label_smoothing=LABEL_SMOOTHING,
        axis=-1,
        reduction="sum_over_batch_size",
    )


def build_optimizer() -> keras.optimizers.Optimizer:
    return keras.optimizers.SGD(
        learning_rate=LEARNING_RATE,
        momentum=MOMENTUM,
        nesterov=NESTEROV,
        clipnorm=None,
        clipvalue=None,
        global_clipnorm=None,
        use_ema=False,
        weight_decay=None,
    )


# ---- Training ----------------------------------------------------------------
def epoch_order(n: int, epoch: int) -> np.ndarray:
    """The order of the n training examples: that of the file."""
    return np.arange(n)


def accuracy(targets: tf.Tensor, scores: tf.Tensor) -> tf.Tensor:
    """1 where all labels of an example are right, at a probability of 0.5 (B,)."""
    correct = tf.reduce_all((scores > 0.0) == (targets == 1), axis=-1)
    return tf.cast(correct, tf.float32)


def train(model: keras.Model, sets: dict, out: Path) -> dict:
    """Leave the weights of the epoch with the lowest validation loss in a file."""
    best = {"epoch": 0, "loss": math.inf}
    history = "epoch\ttraining_loss\tvalidation_loss\tvalidation_accuracy\n"
    training, validation = sets["training"], sets["validation"]
    for epoch in range(1, EPOCHS + 1):
        logs = model.fit(
            batches(*training, epoch_order(len(training[0]), epoch)),
            initial_epoch=epoch - 1,
            epochs=epoch,
            validation_data=batches(*validation, np.arange(len(validation[0]))),
            shuffle=False,  # the order is ready
            verbose=1 if sys.stdout.isatty() else 0,
        ).history
        trained, loss, score = (
            logs[key][0] for key in ("loss", "val_loss", "val_accuracy")
        )
        losses = f"training loss {trained:.4f}  validation loss {loss:.4f}"
        print(f"epoch {epoch}/{EPOCHS}  {losses}  accuracy {score:.4f}", flush=True)
        if loss < best["loss"]:
            best = {"epoch": epoch, "loss": loss, "accuracy": score}
            save(out / "saved_model.keras", model.save)
        history += f"{epoch}\t{trained}\t{loss}\t{score}\n"
        save_text(out / "history.tsv", history)
        save_text(out / "last-epoch-completed.txt", f"{epoch}\n")
    if not best["epoch"]:
        sys.exit("the validation loss never was a number: look at the learning rate")
    return best


# ---- Main --------------------------------------------------------------------
def save(path: Path, write) -> None:
    """Let write make a neighbour, then rename it: a file appears whole or never."""
    partial = path.with_name(f"partial-{path.name}")
    write(partial)
    partial.replace(path)


def save_text(path: Path, text: str) -> None:
    save(path, lambda partial: partial.write_text(text, encoding="utf-8"))


def save_predictions(path: Path, targets: np.ndarray, y_hat: np.ndarray) -> None:
    """A row an example: whether each label is true, then its predicted probability."""
    y = targets == 1
    header = [f"{column}_{label}" for column in ("y", "y_hat") for label in LABELS]
    rows = [header, *(a + b for a, b in zip(y.tolist(), y_hat.tolist()))]
    save_text(path, "".join("\t".join(map(str, row)) + "\n" for row in rows))


def describe(model: keras.Model, device: str, out: Path) -> None:
    """Write the numbers of weights, and what else the result depends on."""
    total = model.count_params()
    trained = sum(math.prod(weight.shape) for weight in model.trainable_weights)
    counts = {"trainable": trained, "non-trainable": total - trained, "all": total}
    lines = [f"number of {kind} parameters\t{n}\n" for kind, n in counts.items()]
    save_text(out / "num-model-parameters.txt", "".join(lines))
    threads = tf.config.threading.get_intra_op_parallelism_threads() or os.cpu_count()
    save_text(
        out / "session-info.txt",
        f"seqgra-compile version: 0.1.0\nTensorFlow version: {tf.__version__}\n"
        f"Keras version: {keras.__version__}\nNumPy version: {np.__version__}\n"
        f"Python version: {sys.version}\ndevice: {device}\nthreads: {threads}\n",
    )
    save_text(out / "model-architecture.json", model.to_json())
    print(f"{MODEL_ID}: {total:,} weights, {device}, {threads} threads")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=f"Train {MODEL_ID}.")
    add = parser.add_argument
    add("data_dir", type=Path, help="folder of training.txt, validation.txt, test.txt")
    add("-o", "--output-dir", type=Path, default=Path("models", MODEL_ID))
    add("-g", "--gpu", type=int, help="id; default: 0 if there is one; -1: the CPU")
    add("--threads", type=int, help="on the CPU; default: the library's choice")
    return parser.parse_args()


def set_seed() -> None:
    keras.utils.set_random_seed(SEED)  # Python's, NumPy's and TensorFlow's generators


def choose_device(gpu: int | None, threads: int | None) -> str:
    """Same bits on the same machine, versions and threads; across them, no promise."""
    gpus = tf.config.list_physical_devices("GPU")
    gpu = min(len(gpus), 1) - 1 if gpu is None else gpu
    if not -1 <= gpu < len(gpus):
        sys.exit(f"there is no GPU {gpu}, of {len(gpus)} in all; -g -1 takes the CPU")
    if threads is not None and threads < 1:
        sys.exit("--threads takes a number of at least 1")
    if threads:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
    tf.config.set_visible_devices([] if gpu == -1 else gpus[gpu], "GPU")
    if gpu != -1:
        tf.config.experimental.set_memory_growth(gpus[gpu], True)
        tf.config.experimental.enable_op_determinism()  # the CPU needs it not
    # Full float32 on GPUs.
    tf.config.experimental.enable_tensor_float_32_execution(False)
    # Keras 3 trips over NumPy 2 when it saves.
    warnings.filterwarnings("ignore", category=DeprecationWarning, module="keras")
    keras.config.set_floatx("float32")  # these three can be set in the home folder, too
    keras.config.set_epsilon(1e-07)
    keras.config.set_image_data_format("channels_last")
    return "cpu" if gpu == -1 else f"gpu:{gpu}"


def main() -> None:
    arguments = parse_arguments()
    device = choose_device(arguments.gpu, arguments.threads)
    data_dir, out = arguments.data_dir, arguments.output_dir
    if out.exists() and any(out.iterdir()):
        sys.exit(f"{out}: not empty; name another folder with -o")
    sets, length = {}, SEQUENCE_LENGTH
    for name in ("training", "validation", "test"):
        path = data_dir / f"{name}.txt"
        if name != "test" or path.exists():
            sets[name] = [tf.constant(x) for x in read_set(path, length)]
    out.mkdir(parents=True, exist_ok=True)

    set_seed()
    model = build_model()
    optimizer, loss_function = build_optimizer(), build_loss()
    model.compile(optimizer, loss_function, metrics=[accuracy], jit_compile=False)
    describe(model, device, out)
    set_seed()  # again, as seqgra does: the draws that built the model do not count
    metrics = {"best": train(model, sets, out)}

    model.load_weights(out / "saved_model.keras")
    if "test" in sets:
        codes, targets = sets["test"]
        in_order = batches(codes, targets, np.arange(len(codes)))
        metrics["test"] = model.evaluate(in_order, verbose=0, return_dict=True)
        scores = model.predict(in_order, verbose=0)
        y, y_hat = targets.numpy(), keras.ops.sigmoid(scores).numpy()
        save_predictions(out / "test-y-hat.txt", y, y_hat)
        print("test loss {loss:.4f}  accuracy {accuracy:.4f}".format(**metrics["test"]))
    save_text(out / "metrics.json", json.dumps(metrics, indent=2) + "\n")


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        sys.exit(f"{error.filename}: {error.strerror}")
