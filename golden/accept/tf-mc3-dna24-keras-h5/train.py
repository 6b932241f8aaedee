"""tf-mc3-dna24-keras-h5: layers, weights, loss and optimizer of an HDF5 file

written by Keras 2

Compiled by seqgra-compile 0.1.0 from model.xml, SHA-256
f27a5aa21e8de1dca936a50b65edd6396d003bb5930ff46b8bd28eb4a44a4a83, with
--semantics intended --library TensorFlow --data memory --records full.
Usage:  python train.py DATA_DIR [-o OUTPUT_DIR] [-g GPU] [--threads N] [--resume]
Reads:  training.txt, validation.txt and, if present, test.txt: a header x, tab, y, then
        on each line a DNA sequence, a tab, its label
Writes: saved_model.keras, model-architecture.json, history.tsv, metrics.json,
        test-y-hat.txt, receipt.json, session-info.txt, last-epoch-completed.txt,
        num-model-parameters.txt"""

# /// script
# requires-python = ">=3.10"
# dependencies = ["h5py", "keras>=3.8", "numpy", "tensorflow>=2.17"]
# ///

import argparse
import hashlib
import io
import json
import math
import os
import platform
import sqlite3
import sys
import time
import warnings
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # errors only
stderr = os.dup(2)  # where TensorFlow prints a greeting
os.dup2(os.open(os.devnull, os.O_WRONLY), 2)

try:
    import h5py
    import keras
    import numpy as np
    import tensorflow as tf

    tf.config.list_physical_devices("GPU")  # prints a second greeting
except ModuleNotFoundError as error:
    sys.exit(f"{error}. To install: pip install keras numpy tensorflow h5py")
finally:
    os.dup2(stderr, 2)
if [int(part) for part in keras.__version__.split(".")[:2]] < [3, 8]:
    sys.exit(f"Keras {keras.__version__}: this script needs 3.8 or later")
if [int(part) for part in tf.__version__.split(".")[:2]] < [2, 17]:
    sys.exit(f"TensorFlow {tf.__version__}: this script needs 2.17 or later")

# ---- Definition --------------------------------------------------------------
MODEL_ID = "tf-mc3-dna24-keras-h5"  # general/@id
# general/task: multi-class classification
# general/sequencespace: DNA
# general/library: TensorFlow
# general/inputencoding (default): 1D
LABELS = ("ctcf", "egr1", "zbtb33")  # general/labels
SEED = 5  # general/seed
# architecture/external: networks/bidirectional.h5
# its SHA-256: ac5781a7bd52c6255b58a9e454ba9ceba77305fcbc7a441ae3b77ed1fed67587
# written out here: 9 operations, in the section Model
SEQUENCE_LENGTH = 24  # file: layers[0]/batch_input_shape
# file: training_config/loss: categorical_crossentropy
FROM_LOGITS = False  # file: training_config/loss/from_logits
LABEL_SMOOTHING = 0.1  # file: training_config/loss/label_smoothing
# file: optimizer_config/class_name: Adam
LEARNING_RATE = 0.019999999552965164  # file: optimizer_config/learning_rate
BETA_1 = 0.8  # file: optimizer_config/beta_1
BETA_2 = 0.999  # file: optimizer_config/beta_2
EPSILON = 1e-07  # file: optimizer_config/epsilon
AMSGRAD = False  # file: optimizer_config/amsgrad
CLIPNORM = 0.5  # file: optimizer_config/clipnorm
BATCH_SIZE = 16  # trainingprocess/batch_size
EPOCHS = 6  # trainingprocess/epochs
# trainingprocess/early_stopping: True
PATIENCE = 10  # trainingprocess/early_stopping_patience (default)
# trainingprocess/shuffle: True


# ---- Data --------------------------------------------------------------------
CODE_OF = np.full(256, 255, np.uint8)  # by letter; 255: not in the alphabet
CODE_OF[list(b"ACGTN")] = CODE_OF[list(b"acgtn")] = range(5)
REMEDY = """Commands that make data files:
  gzip:  gunzip FILE.gz
  FASTA: seqgra-data fasta c1=FILE c2=FILE -o DIR --split 0.8 0.1 0.1
  BED:   seqgra-data bed c1=FILE --genome FILE -o DIR --length L --split 0.8 0.1 0.1
  table: seqgra-data table FILE --sequence x --label y -o DIR --split 0.8 0.1 0.1"""


def read_set(path: Path, length: int) -> tuple[np.ndarray, np.ndarray, str]:
    """Codes (N, length) uint8, class indices (N,) int64; the file's SHA-256."""
    index_of = {label.encode(): index for index, label in enumerate(LABELS)}
    codes, targets, bad = bytearray(), [], []
    with path.open("rb") as file:
        header = file.readline(100)
        if header.rstrip(b"\r\n") != b"x\ty":
            sys.exit(f"{path}:1: found {header[:20]!r}, need x, tab, y. {REMEDY}")
        digest = hashlib.sha256(header)
        for number, line in enumerate(file, start=2):
            digest.update(line)
            sequence, tab, label = line.rstrip(b"\r\n").partition(b"\t")
            x = sequence.translate(CODE_OF)
            if tab and len(x) == length and 255 not in x and label in index_of:
                codes += x
                targets.append(index_of[label])
            elif line.strip(b"\r\n"):
                other = sequence.translate(None, b"ACGTNacgtn")[:20]
                seen = f"{len(x)} letters" + (f" (unknown: {other!r})" if other else "")
                rest = f"a tab, {label[:50]!r}" if tab else "no tab"
                bad.append(f"{path}:{number}: found {seen}, {rest}")
    if bad or not codes:
        need = f"{length} letters of ACGTN, a tab, one of {LABELS[:10]}"
        what = f"lines to correct: {len(bad)}" if bad else "no examples"
        sys.exit("\n".join([*bad[:20], f"{path}: {what}; the definition needs {need}"]))
    codes = np.frombuffer(codes, np.uint8).reshape(len(targets), -1)
    return codes, np.array(targets, np.int64), digest.hexdigest()


def one_hot(codes: tf.Tensor) -> tf.Tensor:
    """Codes (B, L) to (B, L, 4) float32, channels ACGT; N is 0.25 in each."""
    x = tf.one_hot(codes, 4)
    x += 0.25 * tf.cast(codes == 4, tf.float32)[..., None]
    return x


def batches(codes: tf.Tensor, targets: tf.Tensor, order: np.ndarray) -> tf.data.Dataset:
    """Batches of the examples in this order: one-hot sequences, targets (B, labels)."""

    def load(batch: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        x, y = one_hot(tf.gather(codes, batch)), tf.gather(targets, batch)
        return x, tf.one_hot(y, len(LABELS))

    options = tf.data.Options()
    options.autotune.enabled = False  # its thread can double an epoch's time
    whole = len(order) % BATCH_SIZE == 0  # then all batches have one shape: faster
    return (
        tf.data.Dataset.from_tensor_slices(order)
        .batch(BATCH_SIZE, drop_remainder=whole)
        .map(load)
        .prefetch(1)
        .with_options(options)
    )


# ---- Model -------------------------------------------------------------------
def open_weights(name: str, sha256: str) -> h5py.Group:
    """Weights in a file beside this script, if unchanged since compilation."""
    path = Path(__file__).parent / name
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        sys.exit(f"{path}: changed since compilation; its SHA-256 must be {sha256}")
    return h5py.File(io.BytesIO(data), "r")["model_weights"]


def read_weights(layer: h5py.Group, *paths: str) -> list[np.ndarray]:
    return [layer[path][...] for path in paths]


def set_weights(layer: keras.layers.Layer, arrays: list[np.ndarray]) -> None:
    """Give a layer its initial weights, if they fit."""
    shapes = [tuple(weight.shape) for weight in layer.weights]
    if [np.shape(array) for array in arrays] != shapes:
        sys.exit(f"the weights file of {layer.name} must hold arrays of {shapes}")
    layer.set_weights(arrays)


def build_model() -> keras.Model:
    """(24, 4) -> (3,) probabilities, 505 weights."""
    model = keras.Sequential(name=MODEL_ID)
    model.add(keras.Input(shape=(24, 4), dtype="float32"))
    # 1 Conv1D: (24, 4) -> (24, 6), 126 weights
    model.add(
        keras.layers.Conv1D(
            filters=6,
            kernel_size=5,
            strides=1,
            padding="same",
            data_format="channels_last",
            dilation_rate=1,
            groups=1,
            activation="relu",
            use_bias=True,
            kernel_initializer=keras.initializers.RandomNormal(
                mean=0.0, stddev=0.3, seed=None
            ),
            bias_initializer=keras.initializers.Zeros(),
            kernel_regularizer=keras.regularizers.L2(l2=0.0010000000474974513),
            bias_regularizer=None,
            activity_regularizer=None,
            trainable=True,
            name="conv1d_1",
        )
    )
    # 2 BatchNormalization: (24, 6) -> (24, 6), 24 weights
    model.add(
        keras.layers.BatchNormalization(
            axis=2,
            momentum=0.5,
            epsilon=0.001,
            center=True,
            scale=True,
            beta_initializer=keras.initializers.Zeros(),
            gamma_initializer=keras.initializers.Ones(),
            moving_mean_initializer=keras.initializers.Zeros(),
            moving_variance_initializer=keras.initializers.Ones(),
            beta_regularizer=None,
            gamma_regularizer=None,
            synchronized=False,
            trainable=True,
            name="batchnormalization_2",
        )
    )
    # 3 MaxPool1D: (24, 6) -> (8, 6)
    model.add(
        keras.layers.MaxPooling1D(
            pool_size=3,
            strides=3,
            padding="valid",
            data_format="channels_last",
            name="maxpool1d_3",
        )
    )
    # 4 LSTM: (8, 6) -> (8, 3), 240 weights
    model.add(
        keras.layers.Bidirectional(
            keras.layers.LSTM(
                units=3,
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
            merge_mode="sum",
            name="lstm_4",
        )
    )
    # 5 Dropout: (8, 3) -> (8, 3)
    model.add(
        keras.layers.Dropout(rate=0.25, noise_shape=None, seed=None, name="dropout_5")
    )
    # 6 Flatten: (8, 3) -> (24,)
    model.add(keras.layers.Flatten(data_format="channels_last", name="flatten_6"))
    # 7 Dense: (24,) -> (4,), 100 weights
    model.add(
        keras.layers.Dense(
            units=4,
            activation="elu",
            use_bias=True,
            kernel_initializer=keras.initializers.GlorotUniform(seed=None),
            bias_initializer=keras.initializers.Zeros(),
            kernel_regularizer=None,
            bias_regularizer=None,
            activity_regularizer=None,
            trainable=False,
            name="dense_7",
        )
    )
    # 8 Dense: (4,) -> (3,), 15 weights
    model.add(
        keras.layers.Dense(
            units=3,
            activation="linear",
            use_bias=True,
            kernel_initializer=keras.initializers.GlorotUniform(seed=None),
            bias_initializer=keras.initializers.Zeros(),
            kernel_regularizer=None,
            bias_regularizer=None,
            activity_regularizer=None,
            trainable=True,
            name="dense_8",
        )
    )
    # 9 Activation: (3,) -> (3,)
    model.add(keras.layers.Activation(activation="softmax", name="activation_9"))
    file = open_weights(
        "networks/bidirectional.h5",
        "ac5781a7bd52c6255b58a9e454ba9ceba77305fcbc7a441ae3b77ed1fed67587",
    )
    set_weights(
        model.get_layer("conv1d_1"),
        read_weights(file["conv1d"], "conv1d/kernel:0", "conv1d/bias:0"),
    )
    set_weights(
        model.get_layer("batchnormalization_2"),
        read_weights(
            file["batch_normalization"],
            "batch_normalization/gamma:0",
            "batch_normalization/beta:0",
            "batch_normalization/moving_mean:0",
            "batch_normalization/moving_variance:0",
        ),
    )
    set_weights(
        model.get_layer("lstm_4"),
        read_weights(
            file["bidirectional"],
            "bidirectional/forward_lstm/lstm_cell/kernel:0",
            "bidirectional/forward_lstm/lstm_cell/recurrent_kernel:0",
            "bidirectional/forward_lstm/lstm_cell/bias:0",
            "bidirectional/backward_lstm/lstm_cell/kernel:0",
            "bidirectional/backward_lstm/lstm_cell/recurrent_kernel:0",
            "bidirectional/backward_lstm/lstm_cell/bias:0",
        ),
    )
    set_weights(
        model.get_layer("dense_7"),
        read_weights(file["dense"], "dense/kernel:0", "dense/bias:0"),
    )
    set_weights(
        model.get_layer("dense_8"),
        read_weights(file["dense_1"], "dense_1/kernel:0", "dense_1/bias:0"),
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
    return keras.optimizers.Adam(
        learning_rate=LEARNING_RATE,
        beta_1=BETA_1,
        beta_2=BETA_2,
        epsilon=EPSILON,
        amsgrad=AMSGRAD,
        clipnorm=CLIPNORM,
        clipvalue=None,
        global_clipnorm=None,
        use_ema=False,
        weight_decay=None,
    )


# ---- Training ----------------------------------------------------------------
def epoch_order(n: int, epoch: int) -> np.ndarray:
    """The order of the n training examples, which depends only on seed and epoch."""
    return np.random.default_rng([SEED, epoch]).permutation(n)


def accuracy(targets: tf.Tensor, scores: tf.Tensor) -> tf.Tensor:
    """(B,): 1 if the true class has the best score (of equals, the first), else 0."""
    correct = tf.argmax(scores, axis=-1) == tf.argmax(targets, axis=-1)
    return tf.cast(correct, tf.float32)


def train(model: keras.Model, sets: dict, out: Path, run: dict) -> dict:
    """Save the weights of the epoch with the lowest validation loss; return its row.

    After PATIENCE epochs without a lower validation loss, training ends.
    """
    training, validation = sets["training"], sets["validation"]
    in_order = batches(*validation, np.arange(len(validation[0])))
    epochs = run["epochs"]  # not empty if a run is resumed
    start = {"epoch": 0, "validation_loss": np.inf}
    best = min(epochs, key=lambda row: row["validation_loss"], default=start)
    for epoch in range(len(epochs) + 1, EPOCHS + 1):
        epochs_since_best = len(epochs) - best["epoch"]
        if epochs_since_best == PATIENCE:
            break
        begun, title = time.monotonic(), f"epoch {epoch}/{EPOCHS}"
        order = epoch_order(len(training[0]), epoch)
        logs = model.fit(
            batches(*training, order),
            initial_epoch=epoch - 1,
            epochs=epoch,
            validation_data=in_order,
            shuffle=False,  # the order is given
            verbose=1 if sys.stdout.isatty() else 0,
        ).history
        names = ("loss", "val_loss", "val_accuracy")
        mean, loss, score = (logs[name][0] for name in names)
        if not (math.isfinite(mean) and math.isfinite(loss)):
            sys.exit(f"{title}: loss not finite; lower the learning rate?")
        row = {"epoch": epoch, "training_loss": mean, "validation_loss": loss}
        row["validation_accuracy"] = score
        epochs.append(row)
        if loss < best["validation_loss"]:
            best = row
            save_model(model, out / "saved_model.keras")
        save_epoch(out, run, model)
        losses = f"training loss {mean:.4f}  validation loss {loss:.4f}"
        seconds = f"{time.monotonic() - begun:.1f} s"
        ending = f"accuracy {score:.4f}  best {best['epoch']}  {seconds}"
        print(f"{title}  {losses}  {ending}", flush=True)
    return best


# ---- Main --------------------------------------------------------------------
def parse_arguments(gpus: int) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").rpartition("\n\n")[2],  # from "Compiled by" on
        epilog="Example: python train.py data -o results/first -g -1",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add, out = parser.add_argument, Path("models", MODEL_ID)
    add("data_dir", type=Path, help="folder of training.txt, validation.txt, test.txt")
    add("-o", "--output-dir", type=Path, default=out, help="a new or empty folder")
    gpu = 0 if gpus else -1
    add("-g", "--gpu", type=int, choices=range(-1, gpus), default=gpu, help="-1: CPU")
    add("--threads", type=int, help="CPU threads; default: the library's choice")
    add("--resume", action="store_true", help="continue a run that was stopped")
    arguments = parser.parse_args()
    if arguments.threads is not None and arguments.threads < 1:
        parser.error("--threads must be at least 1")
    return arguments


def count_cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count()


def set_seed() -> None:
    keras.utils.set_random_seed(SEED)  # Python's, NumPy's and TensorFlow's generators


def choose_device(gpu: int, threads: int) -> str:
    """Choose the GPU with this number, or the CPU for -1; make results repeatable.

    They are bit-identical only on one machine, with the same versions and threads.
    """
    gpus = tf.config.list_physical_devices("GPU")
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    tf.config.set_visible_devices([] if gpu == -1 else gpus[gpu], "GPU")
    if gpu != -1:
        tf.config.experimental.set_memory_growth(gpus[gpu], True)
        tf.config.experimental.enable_op_determinism()  # not needed on the CPU
    tf.config.experimental.enable_tensor_float_32_execution(False)  # full float32
    # Keras 3 makes NumPy 2 warn when it saves a model.
    warnings.filterwarnings("ignore", category=DeprecationWarning, module="keras")
    keras.config.set_floatx("float32")  # ~/.keras/keras.json could say otherwise
    keras.config.set_epsilon(1e-07)
    keras.config.set_image_data_format("channels_last")
    details = tf.config.experimental.get_device_details
    return "cpu" if gpu == -1 else f"gpu:{gpu} {details(gpus[gpu])['device_name']}"


def read_sets(data_dir: Path, run: dict) -> dict[str, tuple]:
    """The sets' codes and targets; the test set may be missing."""
    sets, what = {}, "missing" if data_dir.is_dir() else "no such folder"
    for name in ("training", "validation", "test"):
        path = data_dir / f"{name}.txt"
        if not path.exists():
            if name != "test":
                raise FileNotFoundError(0, f"{what}. {REMEDY}", str(path))
            print(f"warning: {path} is missing: nothing is tested", file=sys.stderr)
            continue
        codes, targets, digest = read_set(path, SEQUENCE_LENGTH)
        sets[name] = codes, targets
        counts = np.bincount(targets, minlength=len(LABELS))
        labels = dict(zip(LABELS, counts.tolist()))
        run["data"][name] = {"sha256": digest, "examples": len(codes), "labels": labels}
        some = ", ".join(f"{label!r} {n:,}" for label, n in [*labels.items()][:8])
        print(f"{name}: examples {len(codes):,}; {some}{', ...' * (len(labels) > 8)}")
    return sets


def main() -> None:
    arguments = parse_arguments(len(tf.config.list_physical_devices("GPU")))
    threads, out = arguments.threads or count_cores(), arguments.output_dir
    device = choose_device(arguments.gpu, threads)
    run = {"data": {}, "epochs": []}
    print(f"{MODEL_ID}: device {device}, threads {threads}, output {out}")
    add_origin(run, device, threads, TensorFlow=tf.__version__, Keras=keras.__version__)
    sets = read_sets(arguments.data_dir, run)
    add_sources(arguments.data_dir, run)
    lock = open_folder(out, arguments.resume, run)
    results = {"copies": find_copies(sets)}
    warn(run, results["copies"])
    with tf.device("CPU:0"):  # where batches are made
        for name, arrays in sets.items():
            sets[name] = [tf.constant(array) for array in arrays]

    set_seed()
    model = build_model()
    optimizer, loss_fn = build_optimizer(), build_loss()
    model.compile(
        optimizer,
        loss_fn,
        metrics=[accuracy],
        steps_per_execution=10,  # batches per call of TensorFlow: faster, same weights
        jit_compile=False,
    )
    optimizer.build(model.trainable_variables)
    set_seed()  # again, as seqgra does, so that building the model shifts no later draw
    resume(out, run, model)
    results["best"] = train(model, sets, out, run)
    finish(model, sets, out, run, results, lock)


# ---- Records -----------------------------------------------------------------
# The code below decides no weight: it saves, resumes, tests and reports the training.
BEGUN = time.monotonic()  # start; resume() moves it back by the seconds run before


def save(path: Path, *rows, data: bytes | memoryview = b"") -> None:
    """Write bytes, or rows of text; the file appears whole or not at all."""
    partial = Path(f"{path}.partial")
    try:
        with partial.open("wb") as file:
            file.write(data)
            file.writelines(("\t".join(map(str, row)) + "\n").encode() for row in rows)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)  # a partial file may fill the disk
        error.filename = str(path)  # the error of a full disk names no file
        raise


def save_model(model: keras.Model, path: Path) -> None:
    """Like save; Keras itself writes only to a path, whose suffix must be .keras."""
    partial = path.with_name("partial.keras")
    try:
        model.save(partial)
        save(path, data=partial.read_bytes())
    except OSError as error:
        error.filename = str(path)
        raise
    finally:
        partial.unlink(missing_ok=True)


def warn(run: dict, copies: dict) -> None:
    """Warn, on standard error, of what is allowed but often a mistake."""
    found = [f"copied examples, {pair}: {n:,}" for pair, n in copies.items() if n]
    for name, data in run["data"].items():
        missing = [label for label, count in data["labels"].items() if not count]
        if missing:
            found.append(f"{name}.txt has no example of {', '.join(missing[:5])}")
    for each in found:
        print(f"warning: {each}", file=sys.stderr)


def open_folder(out: Path, resume: bool, run: dict) -> sqlite3.Connection:
    """Refuse a folder with other files; lock it for as long as this process lives."""
    out.mkdir(parents=True, exist_ok=True)
    found = files_in(out)
    if resume and "receipt.json" in found and "checkpoint" not in found:
        check_same_run(run, (out / "receipt.json").read_bytes(), out / "receipt.json")
        print(f"{out}: this run is complete")
        sys.exit(0)
    if found and not (resume and "checkpoint" in found):
        problem = "not empty; --resume continues a stopped run, -o names another folder"
        raise FileExistsError(0, problem, str(out))
    # An empty database: SQLite locks a file on every system, until the process ends.
    try:
        lock = sqlite3.connect(out / "lock", timeout=0)
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        if "I/O" not in str(error) and "protocol" not in str(error):
            reason = "another run is using it" if "locked" in str(error) else "bad lock"
            raise BlockingIOError(0, f"{reason} ({error})", str(out)) from error
        problem = f"cannot be locked ({error}): do not start another run in it"
        print(f"warning: {out} {problem}", file=sys.stderr)
    if files_in(out) != found:
        raise BlockingIOError(0, "another run has just changed it", str(out))
    return lock


def files_in(out: Path) -> set[str]:
    """Names of files, without the lock and what a killed run left unfinished."""
    names = {name for name in os.listdir(out) if not name.endswith(".partial")}
    return names - {"lock", "lock-journal"}


def check_same_run(run: dict, record: str | bytes, path: Path) -> list[dict]:
    """The finished epochs of a stopped run, if it is the same run as this one."""
    try:
        begun = json.loads(record)
        other = [name for name in run if run[name] != begun[name] and name != "epochs"]
    except (ValueError, LookupError, TypeError):
        raise OSError(0, "unreadable; name another folder with -o", str(path)) from None
    if other:
        ran = f"its run (threads {begun['threads']}, device {begun['device']})"
        remedy = "give the same, or name another folder with -o"
        problem = f"{ran} differs in {', '.join(other)}; {remedy}"
        raise FileExistsError(0, problem, str(path))
    return begun["epochs"]


def add_origin(run: dict, device: str, threads: int, **versions: str) -> None:
    """Record what decides the result besides the data; --resume requires the same."""
    try:
        script = Path(__file__).read_bytes()
    except (NameError, FileNotFoundError):  # from standard input, or in a notebook
        sys.exit("save this script as a file and run that: the receipt holds its hash")
    names = """
        MODEL_ID LABELS SEED SEQUENCE_LENGTH FROM_LOGITS LABEL_SMOOTHING LEARNING_RATE
        BETA_1 BETA_2 EPSILON AMSGRAD CLIPNORM BATCH_SIZE EPOCHS PATIENCE
    """
    definition = "f27a5aa21e8de1dca936a50b65edd6396d003bb5930ff46b8bd28eb4a44a4a83"
    family = "b6c0575ec477d64f49330ba2f6c6f34842377130ad06c639a77d505376fb5f24"
    run |= {"definition": definition, "script": hashlib.sha256(script).hexdigest()}
    run["family"] = family  # the same if only id, name, description or seed differ
    run["settings"] = {name: repr(globals()[name]) for name in names.split()}
    run["versions"] = {"seqgra-compile": "0.1.0", **versions}
    run["versions"] |= {"NumPy": np.__version__, "Python": platform.python_version()}
    run |= {"device": device, "threads": threads}


def add_sources(data_dir: Path, run: dict) -> None:
    """Add the records that seqgra-data and simulate.py leave beside their data."""
    run["sources"] = {}
    for path in (data_dir / "data.json", data_dir / "simulation.json"):
        if path.exists():
            try:
                record = json.loads(path.read_bytes())
            except ValueError:  # edited by hand
                record = None
            fits = all(part["sha256"] in str(record) for part in run["data"].values())
            run["sources"][path.name] = record if fits else "of other data"
            if not fits:
                print(f"warning: {path} describes other data", file=sys.stderr)


def find_copies(sets: dict[str, tuple]) -> dict[str, int]:
    """How many examples of each set are also in an earlier one, on either strand."""
    complement = np.array([3, 2, 1, 0, 4], np.uint8)  # of each code
    # A sequence's hash() is fixed within a process and has 64 bits: two sets of a
    # million different sequences have a value in common in 1 of 18 million runs.
    hashes, copies = {}, {}
    for name, (codes, _) in sets.items():
        strands = ((bytes(x), bytes(complement[x[::-1]])) for x in codes)
        hashes[name] = np.fromiter((hash(min(both)) for both in strands), np.int64)
        for earlier in [*hashes][:-1]:
            count = np.isin(hashes[name], hashes[earlier]).sum().item()
            copies[f"{name} in {earlier}"] = count
    return copies


def state_of(model: keras.Model) -> list[keras.Variable]:
    """All that fit changes: weights, the optimizer's state, the seeds of dropout."""
    return [*model.variables, *model.optimizer.variables]


def save_epoch(out: Path, run: dict, model: keras.Model) -> None:
    """Save the history so far, and a checkpoint: all that the next epoch depends on."""
    epochs, memory = run["epochs"], io.BytesIO()
    if epochs:
        save(out / "history.tsv", epochs[0].keys(), *(row.values() for row in epochs))
    arrays = [variable.numpy() for variable in state_of(model)]
    seconds = time.monotonic() - BEGUN
    np.savez(memory, *arrays, run=json.dumps(run), seconds=seconds)
    save(out / "checkpoint", data=memory.getbuffer())


def resume(out: Path, run: dict, model: keras.Model) -> None:
    """Restore the checkpoint; a new run saves one first, to test saving and loading."""
    global BEGUN
    path = out / "checkpoint"
    if not path.exists():
        save_epoch(out, run, model)
    try:
        with np.load(path, allow_pickle=False) as file:
            stored = dict(file)
        record, seconds = stored["run"].item(), float(stored["seconds"])
    except Exception as error:  # a damaged file raises errors of many kinds
        problem = f"unreadable ({type(error).__name__}); name another folder with -o"
        raise OSError(0, problem, str(path)) from error
    run["epochs"] = check_same_run(run, record, path)
    BEGUN = time.monotonic() - seconds
    for number, variable in enumerate(state_of(model)):
        variable.assign(stored[f"arr_{number}"])
    if run["epochs"]:
        print(f"continues after epoch {len(run['epochs'])}")


def areas(y: np.ndarray, scores: np.ndarray) -> dict:
    """AUROC and AUPRC (average precision) of each label that varies, and their means.

    AUROC is the share of pairs of a true and a false example in which the true one has
    the higher score; a tie counts as half a pair.
    """
    found = {"AUROC": {}, "AUPRC": {}}
    for label, true, column in zip(LABELS, y.T, scores.T):
        _, ranks = np.unique(-column, return_inverse=True)  # 0: the highest score
        hits, misses = np.bincount(ranks, true), np.bincount(ranks, ~true)  # per rank
        above, wrong = hits.cumsum(), misses.cumsum()  # at this rank or better
        if above[-1] and wrong[-1] and not np.isnan(column).any():
            pairs = (hits * (wrong[-1] - wrong + misses / 2)).sum()
            found["AUROC"][label] = float(pairs / wrong[-1] / above[-1])
            precision = (hits * above / (above + wrong)).sum()
            found["AUPRC"][label] = float(precision / above[-1])
    means = {f"mean {k}": sum(v.values()) / len(v) for k, v in found.items() if v}
    return found | means


def count_weights(model: keras.Model) -> dict:
    """Numbers of weights; the SHA-256 of all values, one array after another."""
    total = model.count_params()
    trained = sum(math.prod(weight.shape) for weight in model.trainable_weights)
    data = b"".join(weight.numpy().tobytes() for weight in model.weights)
    digest = hashlib.sha256(data).hexdigest()
    return {"count": total, "trainable": trained, "sha256": digest}


def predictions(y: np.ndarray, y_hat: np.ndarray) -> list[list]:
    """For each example: which labels are true, then the model's value for each."""
    header = [f"{column}_{label}" for column in ("y", "y_hat") for label in LABELS]
    return [header, *(true + given for true, given in zip(y.tolist(), y_hat.tolist()))]


def write_results(out: Path, run: dict, results: dict) -> None:
    """Write what seqgra's own programs read, the figures, and the receipt."""
    total, trained = results["weights"]["count"], results["weights"]["trainable"]
    counts = {"trainable": trained, "non-trainable": total - trained, "all": total}
    save(out / "last-epoch-completed.txt", [len(run["epochs"])])
    counts = [(f"number of {kind} parameters", count) for kind, count in counts.items()]
    save(out / "num-model-parameters.txt", *counts)
    session = run["versions"] | {"device": run["device"], "threads": run["threads"]}
    save(out / "session-info.txt", *session.items())
    metrics = {"data": run["data"]} | results
    save(out / "metrics.json", [json.dumps(metrics, indent=2)])
    circumstances = {"host": platform.node(), "time": time.ctime()}
    circumstances["seconds"] = round(time.monotonic() - BEGUN, 1)
    receipt = run | results | {"circumstances": circumstances}
    save(out / "receipt.json", [json.dumps(receipt, indent=2)])


def say_end(run: dict, results: dict, out: Path) -> None:
    count, best = len(run["epochs"]), results["best"]["epoch"]
    reason = "" if count == EPOCHS else f": {PATIENCE} without a lower validation loss"
    print(f"epochs {count}/{EPOCHS}, best {best}{reason}; files in {out}")
    for title, found in results.items():
        fractions = [name for name in found if isinstance(found[name], float)]
        figures = ", ".join(f"{name} {found[name]:.4f}" for name in fractions)
        if figures:
            print(f"{title}: {figures}".replace("_", " "))
    print(f"seconds {time.monotonic() - BEGUN:.1f}")


def finish(model, sets: dict, out: Path, run: dict, results: dict, lock) -> None:
    """Test the weights of the best epoch; write the results, and print them."""
    model.load_weights(out / "saved_model.keras")
    results["weights"] = count_weights(model)
    save(out / "model-architecture.json", [model.to_json()])
    if "test" in sets:
        codes, targets = sets["test"]
        in_order = batches(codes, targets, np.arange(len(codes)))
        found = model.evaluate(in_order, verbose=0, return_dict=True)
        model.steps_per_execution = 1  # predict would hold that many batches at once
        scores = model.predict(in_order, verbose=0)
        y = np.array(targets[:])[:, None] == np.arange(len(LABELS))
        results["test"] = areas(y, scores)
        results["test"] |= {name: found[name] for name in ("loss", "accuracy")}
        y_hat = scores
        save(out / "test-y-hat.txt", *predictions(y, y_hat))
    write_results(out, run, results)
    (out / "checkpoint").unlink()  # last of all: until then, --resume can continue
    lock.close()
    (out / "lock").unlink()
    say_end(run, results, out)


if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):  # what a console cannot show is escaped
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("stopped; the same command with --resume continues")
    except OSError as error:
        problem = f"{error.filename or 'writing'}: {error.strerror or error}"
        print(problem, file=sys.stderr)
        sys.exit(2)
