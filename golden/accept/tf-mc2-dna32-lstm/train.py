"""tf-mc2-dna32-lstm: recurrent layers, one after another

Directions joined by concatenation, by sum and by average; one reads backwards.

Compiled by seqgra-compile 0.1.0 from model.xml, SHA-256
c363651772514440bda7ebbefdcefd7b6d74c8fb07f2dd80a8087c7e59513bb7, semantics intended.
Usage:  python train.py DATA_DIR [-o OUTPUT_DIR] [-g GPU] [--threads N]
Reads:  training.txt, validation.txt and, if there, test.txt: a header x, tab, y, then
        in each line a DNA sequence, a tab, its label
Writes: saved_model.keras, model-architecture.json, history.tsv, metrics.json,
        test-y-hat.txt, session-info.txt, last-epoch-completed.txt,
        num-model-parameters.txt"""

# /// script
# requires-python = ">=3.10"
# dependencies = ["keras>=3.5", "numpy", "tensorflow>=2.17"]
# ///

import argparse
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
MODEL_ID = "tf-mc2-dna32-lstm"  # general/@id
# general/task: multi-class classification
# general/sequencespace: DNA
# general/library: TensorFlow
# general/inputencoding (default): 1D
LABELS = ("bound", "unbound")  # general/labels
SEED = 3  # general/seed
# architecture/sequential: 6 operations, in the section Model
SEQUENCE_LENGTH = 32  # architecture/sequential/operation[1]/@input_shape
# loss/loss: categorical_crossentropy
FROM_LOGITS = True  # loss/from_logits
LABEL_SMOOTHING = 0.0  # loss/label_smoothing (default)
# optimizer/optimizer: SGD
LEARNING_RATE = 0.1  # optimizer/learning_rate
MOMENTUM = 0.5  # optimizer/momentum
NESTEROV = True  # optimizer/nesterov
BATCH_SIZE = 20  # trainingprocess/batch_size
EPOCHS = 15  # trainingprocess/epochs
# trainingprocess/early_stopping: False
# trainingprocess/shuffle: True

# ---- Data --------------------------------------------------------------------
CODE_OF = np.full(256, 255, np.uint8)  # of a letter; 255: not in the alphabet
CODE_OF[list(b"ACGTN")] = CODE_OF[list(b"acgtn")] = range(5)


def fail(path: Path, line: int, problem: str):
    sys.exit(f"{path}:{line}: {problem}")


def read_set(path: Path, length: int | None) -> tuple[np.ndarray, np.ndarray]:
    """A file's examples: codes (N, length) uint8, class indices (N,) int64."""
    lines = path.read_bytes().rstrip(b"\r\n").splitlines()
    if len(lines) < 2 or lines[0] != b"x\ty":
        fail(path, 1, "expected the header x, tab, y and examples below it")
    rows = [line.split(b"\t") for line in lines[1:]]
    length = length or len(rows[0][0]) or 1
    index_of = {label.encode(): index for index, label in enumerate(LABELS)}
    for number, row in enumerate(rows, start=2):
        if len(row) != 2:
            fail(path, number, f"expected two columns, x and y, found {len(row)}")
        if len(row[0]) != length:
            fail(path, number, f"expected {length} letters, found {len(row[0])}")
        if row[1] not in index_of:
            fail(path, number, f"unknown label {row[1].decode(errors='replace')!r}")
    letters = np.frombuffer(b"".join(sequence for sequence, _ in rows), np.uint8)
    codes = CODE_OF[letters].reshape(len(rows), length)
    for row, position in np.argwhere(codes == 255)[:1]:
        letter = chr(rows[row][0][position])
        fail(path, row + 2, f"unknown letter {letter!r} at position {position + 1}")
    return codes, np.array([index_of[label] for _, label in rows], np.int64)


def one_hot(codes: tf.Tensor) -> tf.Tensor:
    """Codes (B, L) to (B, L, 4) float32, channels ACGT; N is 0.25 in each."""
    x = tf.one_hot(codes, 4)
    x += 0.25 * tf.cast(codes == 4, tf.float32)[..., None]
    return x


def batches(codes: tf.Tensor, targets: tf.Tensor, order: np.ndarray) -> tf.data.Dataset:
    """Batches in this order of the examples: one-hot sequences, targets (B, labels)."""

    def load(batch: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        x, y = one_hot(tf.gather(codes, batch)), tf.gather(targets, batch)
        return x, tf.one_hot(y, len(LABELS))

    return (
        tf.data.Dataset.from_tensor_slices(order)
        .batch(BATCH_SIZE)
        .map(load)
        .prefetch(1)
    )


# ---- Model -------------------------------------------------------------------
def build_model() -> keras.Model:
    """(32, 4) -> (2,) logits, 1,724 weights."""
    model = keras.Sequential(name=MODEL_ID)
    model.add(keras.Input(shape=(32, 4), dtype="float32"))
    # 1 Conv1D: (32, 4) -> (28, 6), 126 weights
    model.add(
        keras.layers.Conv1D(
            filters=6,
            kernel_size=5,
            strides=1,
            padding="valid",
            data_format="channels_last",
            dilation_rate=1,
            groups=1,
            activation="relu",
            use_bias=True,
            kernel_initializer=keras.initializers.GlorotUniform(seed=None),
            bias_initializer=keras.initializers.Zeros(),
            kernel_regularizer=None,
            bias_regularizer=None,
            activity_regularizer=None,
            trainable=True,
            name="conv1d_1",
        )
    )
    # 2 LSTM: (28, 6) -> (28, 10), 480 weights
    model.add(
        keras.layers.Bidirectional(
            keras.layers.LSTM(
                units=5,
                activation="tanh",
                recurrent_activation="sigmoid",
                use_bias=True,
                kernel_initializer=keras.initializers.GlorotUniform(seed=None),
                recurrent_initializer=keras.initializers.Orthogonal(
                    gain=1.0, seed=None
                ),
                bias_initializer=keras.initializers.Zeros(),
                unit_forget_bias=True,
                kernel_regularizer=None,
                recurrent_regularizer=None,
                bias_regularizer=None,
                activity_regularizer=None,
                dropout=0.0,
                recurrent_dropout=0.0,
                return_sequences=True,
                return_state=False,
                go_backwards=False,
                stateful=False,
                unroll=False,
                implementation=2,
                seed=None,
                trainable=True,
                use_cudnn="auto",
            ),
            merge_mode="concat",
            name="lstm_2",
        )
    )
    # 3 LSTM: (28, 10) -> (28, 4), 480 weights
    model.add(
        keras.layers.Bidirectional(
            keras.layers.LSTM(
                units=4,
                activation="tanh",
                recurrent_activation="sigmoid",
                use_bias=True,
                kernel_initializer=keras.initializers.GlorotUniform(seed=None),
                recurrent_initializer=keras.initializers.Orthogonal(
                    gain=1.0, seed=None
                ),
                bias_initializer=keras.initializers.Zeros(),
                unit_forget_bias=False,
                kernel_regularizer=None,
                recurrent_regularizer=None,
                bias_regularizer=None,
                activity_regularizer=None,
                dropout=0.0,
                recurrent_dropout=0.0,
                return_sequences=True,
                return_state=False,
                go_backwards=False,
                stateful=False,
                unroll=False,
                implementation=2,
                seed=None,
                trainable=True,
                use_cudnn="auto",
            ),
            merge_mode="sum",
            name="lstm_3",
        )
    )
    # 4 LSTM: (28, 4) -> (28, 4), 144 weights
    model.add(
        keras.layers.LSTM(
            units=4,
            activation="tanh",
            recurrent_activation="sigmoid",
            use_bias=True,
            kernel_initializer=keras.initializers.GlorotUniform(seed=None),
            recurrent_initializer=keras.initializers.Orthogonal(gain=1.0, seed=None),
            bias_initializer=keras.initializers.Zeros(),
            unit_forget_bias=True,
            kernel_regularizer=None,
            recurrent_regularizer=None,
            bias_regularizer=None,
            activity_regularizer=None,
            dropout=0.0,
            recurrent_dropout=0.0,
            return_sequences=True,
            return_state=False,
            go_backwards=True,
            stateful=False,
            unroll=False,
            implementation=2,
            seed=None,
            trainable=True,
            use_cudnn="auto",
            name="lstm_4",
        )
    )
    # 5 LSTM: (28, 4) -> (6,), 480 weights
    model.add(
        keras.layers.Bidirectional(
            keras.layers.LSTM(
                units=6,
                activation="tanh",
                recurrent_activation="sigmoid",
                use_bias=False,
                kernel_initializer=keras.initializers.GlorotUniform(seed=None),
                recurrent_initializer=keras.initializers.Orthogonal(
                    gain=1.0, seed=None
                ),
                bias_initializer=keras.initializers.Zeros(),
                unit_forget_bias=True,
                kernel_regularizer=None,
                recurrent_regularizer=None,
                bias_regularizer=None,
                activity_regularizer=None,
                dropout=0.0,
                recurrent_dropout=0.0,
                return_sequences=False,
                return_state=False,
                go_backwards=False,
                stateful=False,
                unroll=False,
                implementation=2,
                seed=None,
                trainable=True,
                use_cudnn="auto",
            ),
            merge_mode="ave",
            name="lstm_5",
        )
    )
    # 6 Dense: (6,) -> (2,), 14 weights
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
    return model


# ---- Loss and optimizer ------------------------------------------------------
def build_loss() -> keras.losses.Loss:
    return keras.losses.CategoricalCrossentropy(
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
    """The order of the n training examples, from the seed and the epoch alone."""
    return np.random.default_rng([SEED, epoch]).permutation(n)


def accuracy(targets: tf.Tensor, scores: tf.Tensor) -> tf.Tensor:
    """1 where the highest score, the first of ties, is the true class's (B,)."""
    correct = tf.argmax(scores, axis=-1) == tf.argmax(targets, axis=-1)
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
    y = targets[:, None] == np.arange(len(LABELS))
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
        y, y_hat = targets.numpy(), keras.ops.softmax(scores).numpy()
        save_predictions(out / "test-y-hat.txt", y, y_hat)
        print("test loss {loss:.4f}  accuracy {accuracy:.4f}".format(**metrics["test"]))
    save_text(out / "metrics.json", json.dumps(metrics, indent=2) + "\n")


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        sys.exit(f"{error.filename}: {error.strerror}")
