"""tf-mc3-dna24-keras-h5: layers, weights, loss and optimizer of an HDF5 file

written by Keras 2

Compiled by seqgra-compile 0.1.0 from model.xml, SHA-256
f27a5aa21e8de1dca936a50b65edd6396d003bb5930ff46b8bd28eb4a44a4a83, with
--semantics intended --library TensorFlow --data memory.
Usage:  python train.py DATA_DIR [-o OUTPUT_DIR] [-g GPU] [--threads N] [--resume]
Reads:  training.txt, validation.txt and, if there, test.txt: a header x, tab, y, then
        in each line a DNA sequence, a tab, its label
Writes: saved_model.keras, model-architecture.json, history.tsv, metrics.json,
        receipt.json, test-y-hat.txt, session-info.txt, last-epoch-completed.txt,
        num-model-parameters.txt"""

# /// script
# requires-python = ">=3.10"
# dependencies = ["h5py", "keras>=3.8", "numpy", "tensorflow>=2.17"]
# ///

import argparse
import collections
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
from collections.abc import Iterator
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # errors only

import h5py
import keras
import numpy as np
import tensorflow as tf

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
CODE_OF = np.full(256, 255, np.uint8)  # of a letter; 255: not in the alphabet
CODE_OF[list(b"ACGTN")] = CODE_OF[list(b"acgtn")] = range(5)


def explain_header(line: bytes) -> str:
    """What a file is that begins with this line, and how to make a data file of it."""
    kinds = {
        b"\x1f\x8b": "compressed by gzip; decompress it: gunzip FILE.gz",
        b"PK\x03\x04": "a zip archive; unpack it: unzip FILE",
        b">": "FASTA; convert it: seqgra-data fasta c1=a.fa c2=b.fa -o data/",
        b"chr": "BED; convert it: seqgra-data bed c1=a.bed --genome g.fa -o data/",
        b"\xff\xfe": "UTF-16; convert it: iconv -f utf-16 -t utf-8 FILE",
        b"\xef\xbb\xbf": "text with a byte order mark; save it as UTF-8 without one",
        b"x\ty\r": "text with \\r at line ends; convert it: tr '\\r' '\\n' < FILE",
    }
    for start, kind in kinds.items():
        if line.startswith(start):
            return f"this is {kind}"
    table = "seqgra-data table FILE --sequence COLUMN --label COLUMN -o data/"
    return f"found {line[:20]!r}, need x, tab, y; convert other tables: {table}"


def explain(line: bytes, length: int) -> str:
    """What is wrong with an example's line."""
    columns = line.count(b"\t") + 1
    sequence, _, label = line.partition(b"\t")
    letter = sequence.translate(CODE_OF).find(255)
    if columns != 2:
        return f"columns: {columns}, need 2: a sequence, a tab, its label"
    if len(sequence) != length:
        return f"length {len(sequence)}, need {length}"
    if letter != -1:
        found = chr(sequence[letter])
        return f"letter {letter + 1} is {found!a}, need one of ACGTN"
    name = label.decode(errors="surrogateescape")
    return f"no label {name[:50]!a} in the definition"


def read_examples(path: Path, length: int, digest) -> Iterator[tuple]:
    """The codes and the class index of each example; digest takes in all bytes.

    Blank lines are skipped. Bad lines end the run, once all of them are known.
    """
    index_of = {label.encode(): index for index, label in enumerate(LABELS)}
    lengths, bad, problems = collections.Counter(), 0, []
    with path.open("rb") as file:
        line = file.readline(100)
        digest.update(line)
        if line.rstrip(b"\r\n") != b"x\ty":
            sys.exit(f"{path}:1: {explain_header(line)}")
        for number, line in enumerate(file, start=2):
            digest.update(line)
            line = line.rstrip(b"\r\n")
            if not line:
                continue
            sequence, tab, label = line.partition(b"\t")
            x = sequence.translate(CODE_OF)
            lengths[len(x)] += 1
            if tab and len(x) == length and 255 not in x and label in index_of:
                yield x, index_of[label]
            else:
                bad += 1
                if bad <= 20:
                    problems.append(f"{path}:{number}: {explain(line, length)}")
    if not lengths:
        sys.exit(f"{path}: no example below the header")
    if bad:
        found = ", ".join(f"{n} ({count}x)" for n, count in lengths.most_common(5))
        labels = ", ".join(map(repr, LABELS[:10])) + ", ..." * (len(LABELS) > 10)
        problems.append(f"{path}: bad lines: {bad}, shown: {len(problems)}")
        problems.append(f"  lengths found: {found}; the definition's labels: {labels}")
        sys.exit("\n".join(problems))


def read_set(path: Path, length: int) -> tuple[np.ndarray, np.ndarray, str]:
    """Codes (N, length) uint8, class indices (N,) int64; the file's SHA-256."""
    codes, targets, digest = bytearray(), [], hashlib.sha256()
    for x, y in read_examples(path, length, digest):
        codes += x
        targets.append(y)
    codes = np.frombuffer(codes, np.uint8).reshape(len(targets), -1)
    return codes, np.array(targets, np.int64), digest.hexdigest()


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
    """Weights in a file beside this script, if it is the one compiled in."""
    path = Path(__file__).parent / name
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        sys.exit(f"{path}: its SHA-256 is not {sha256}, that of the file compiled in")
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
    """The order of the n training examples, from the seed and the epoch alone."""
    return np.random.default_rng([SEED, epoch]).permutation(n)


def accuracy(targets: tf.Tensor, scores: tf.Tensor) -> tf.Tensor:
    """1 where the highest score, the first of ties, is the true class's (B,)."""
    correct = tf.argmax(scores, axis=-1) == tf.argmax(targets, axis=-1)
    return tf.cast(correct, tf.float32)


def train(model: keras.Model, sets: dict, out: Path, run: dict) -> dict:
    """Save the weights of the epoch with the lowest validation loss; return its row."""
    training, validation, epochs = sets["training"], sets["validation"], run["epochs"]
    in_order = batches(*validation, np.arange(len(validation[0])))
    while True:
        save_checkpoint(out, run, model)
        best = min(epochs, key=lambda row: row["validation_loss"], default={"epoch": 0})
        if epochs[-1:] == [best]:
            save_model(model, out / "saved_model.keras")
        if len(epochs) == EPOCHS or len(epochs) - best["epoch"] == PATIENCE:
            return best
        epoch = len(epochs) + 1
        title = f"epoch {epoch}/{EPOCHS}"
        order = epoch_order(len(training[0]), epoch)
        logs = model.fit(
            batches(*training, order),
            initial_epoch=epoch - 1,
            epochs=epoch,
            validation_data=in_order,
            shuffle=False,  # the order is ready
            verbose=1 if sys.stdout.isatty() else 0,
        ).history
        names = ("loss", "val_loss", "val_accuracy")
        mean, loss, score = (logs[name][0] for name in names)
        if not (math.isfinite(mean) and math.isfinite(loss)):
            sys.exit(f"{title}: loss not finite; lower the learning rate?")
        row = {"epoch": epoch, "training_loss": mean, "validation_loss": loss}
        epochs.append(row | {"validation_accuracy": score})
        losses = f"training loss {mean:.4f}  validation loss {loss:.4f}"
        print(f"{title}  {losses}  accuracy {score:.4f}", flush=True)


# ---- Records -----------------------------------------------------------------
def save(path: Path, *rows, data: bytes | memoryview = b"") -> None:
    """Rows of text, or bytes: the file appears complete or not at all."""
    with open(f"{path}.partial", "wb") as file:
        file.write(data)
        file.writelines(("\t".join(map(str, row)) + "\n").encode() for row in rows)
        file.flush()
        os.fsync(file.fileno())
    os.replace(file.name, path)


def open_folder(out: Path, resume: bool, run: dict) -> sqlite3.Connection:
    """Refuse a folder with other files; lock it for as long as this process lives."""
    out.mkdir(parents=True, exist_ok=True)
    ignored = {"lock", "lock-journal", "checkpoint.partial"}
    found = set(os.listdir(out)) - ignored
    if resume and "receipt.json" in found and "checkpoint" not in found:
        go_on(run, (out / "receipt.json").read_bytes(), out / "receipt.json")
        print(f"{out}: this run is complete")
        sys.exit(0)
    if found and not (resume and "checkpoint" in found):
        problem = "not empty; --resume goes on with a stopped run, -o names another"
        raise FileExistsError(0, problem, str(out))
    try:
        lock = sqlite3.connect(out / "lock", timeout=0)
        lock.execute("BEGIN EXCLUSIVE")
        if set(os.listdir(out)) - ignored != found:  # by a run that ended just now
            raise sqlite3.OperationalError("has just changed it")
    except sqlite3.Error as error:
        raise BlockingIOError(0, f"another run is using it, or {error}", str(out))
    return lock


def go_on(run: dict, record: str | bytes, path: Path) -> None:
    """Take over the epochs of a run that was begun, if it is this very one."""
    try:
        begun = json.loads(record)
        run["epochs"] = begun["epochs"]
        other = [name for name in run if run[name] != begun[name]]
    except (ValueError, LookupError, TypeError) as error:
        raise OSError(0, "unreadable; -o names another folder", str(path)) from error
    if other:
        raise FileExistsError(0, f"of a run with another {', '.join(other)}", str(path))


def begin(device: str, threads: int, **versions: str) -> dict:
    """The head of receipt.json: what decides the result, besides the data."""
    definition = "f27a5aa21e8de1dca936a50b65edd6396d003bb5930ff46b8bd28eb4a44a4a83"
    script = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    own = ((name, value) for name, value in globals().items() if name.isupper())
    settings = {k: repr(v) for k, v in own if isinstance(v, (int, float, str, tuple))}
    versions = {"seqgra-compile": "0.1.0"} | versions
    versions |= {"NumPy": np.__version__, "Python": platform.python_version()}
    run = {"definition": definition, "script": script, "settings": settings}
    run |= {"versions": versions, "device": device, "threads": threads}
    return run | {"data": {}, "epochs": []}


def save_model(model: keras.Model, path: Path) -> None:
    """As save does: Keras itself writes to a path only, whose suffix must be .keras."""
    partial = path.with_name("partial.keras")
    model.save(partial)
    save(path, data=partial.read_bytes())
    partial.unlink()


def state_of(model: keras.Model) -> list[keras.Variable]:
    """All that fit changes: weights, the optimizer's numbers, the seeds of dropout."""
    return [*model.variables, *model.optimizer.variables]


def save_checkpoint(out: Path, run: dict, model: keras.Model) -> None:
    """All that the next epoch depends on; and the losses so far, to read."""
    arrays = [variable.numpy() for variable in state_of(model)]
    file = io.BytesIO()
    np.savez(file, *arrays, run=json.dumps(run))
    save(out / "checkpoint", data=file.getbuffer())
    epochs = run["epochs"]
    rows = [row.values() for row in epochs]
    save(out / "history.tsv", *epochs[:1], *rows)  # a row's names, then all values
    save(out / "last-epoch-completed.txt", [len(epochs)])


def load_checkpoint(path: Path, run: dict, model: keras.Model) -> None:
    """Go on as if the run had never been stopped, if it is this very one."""
    try:
        with np.load(path, allow_pickle=False) as file:
            stored = dict(file)
        record = stored["run"].item()
    except Exception as error:  # a damaged file: there are many kinds
        problem = f"unreadable ({type(error).__name__}); name another folder with -o"
        raise OSError(0, problem, str(path)) from error
    go_on(run, record, path)
    for number, variable in enumerate(state_of(model)):
        variable.assign(stored[f"arr_{number}"])


def find_copies(sets: dict[str, tuple]) -> dict[str, int]:
    """How many examples of each set are also in an earlier one, on either strand."""
    complement = np.array([3, 2, 1, 0, 4], np.uint8)  # of each code
    # A sequence's hash() is fixed within a process and has 64 bits: two sets of a
    # million different sequences have a value in common in 1 of 18 million runs.
    hashes, copies = {}, {}
    for name, (codes, _) in sets.items():
        strands = ((bytes(x), bytes(complement[x[::-1]])) for x in codes)
        of_set = np.fromiter((hash(min(both)) for both in strands), np.int64)
        for earlier, known in hashes.items():
            count = np.isin(of_set, known).sum().item()
            copies[f"{name} in {earlier}"] = count
            if count:
                warning = f"{name} examples that are also in {earlier}: {count}"
                print(f"warning: {warning}", file=sys.stderr)
        hashes[name] = of_set
    return copies


def judge(y: np.ndarray, y_hat: np.ndarray) -> dict:
    """AUROC and AUPRC (average precision) of each label that varies, their means."""
    areas = {"AUROC": {}, "AUPRC": {}}
    for label, true, scores in zip(LABELS, y.T, y_hat.T):
        _, ranks = np.unique(-scores, return_inverse=True)  # 0: the highest score
        hits, misses = np.bincount(ranks, true), np.bincount(ranks, ~true)  # per rank
        found, wrong = hits.cumsum(), misses.cumsum()  # at this rank or better
        if found[-1] and wrong[-1] and not np.isnan(scores).any():
            above = (hits * (wrong[-1] - wrong + misses / 2)).sum() / wrong[-1]
            areas["AUROC"][label] = float(above / found[-1])
            precision = (hits * found / (found + wrong)).sum()
            areas["AUPRC"][label] = float(precision / found[-1])
    means = {f"mean {k}": sum(v.values()) / len(v) for k, v in areas.items() if v}
    return areas | means


def test(model: keras.Model, codes, targets, out: Path) -> dict:
    """What the model is worth on the test set; a row an example in test-y-hat.txt."""
    in_order = batches(codes, targets, np.arange(len(codes)))
    result = model.evaluate(in_order, verbose=0, return_dict=True)
    model.steps_per_execution = 1  # predict would hold that many batches at once
    scores = model.predict(in_order, verbose=0)
    y = np.array(targets[:])[:, None] == np.arange(len(LABELS))
    y_hat = scores
    header = [f"{column}_{label}" for column in ("y", "y_hat") for label in LABELS]
    rows = (a + b for a, b in zip(y.tolist(), y_hat.tolist()))
    save(out / "test-y-hat.txt", header, *rows)
    return judge(y, y_hat) | {name: result[name] for name in ("loss", "accuracy")}


def count_weights(model: keras.Model, out: Path) -> dict:
    """Numbers of weights; the SHA-256 of all values, one array after the other."""
    total = model.count_params()
    trained = sum(math.prod(weight.shape) for weight in model.trainable_weights)
    counts = {"trainable": trained, "non-trainable": total - trained, "all": total}
    rows = [(f"number of {kind} parameters", count) for kind, count in counts.items()]
    save(out / "num-model-parameters.txt", *rows)
    values = b"".join(weight.numpy().tobytes() for weight in model.weights)
    return {"count": total, "sha256": hashlib.sha256(values).hexdigest()}


def finish(run: dict, results: dict, out: Path, lock: sqlite3.Connection) -> None:
    """metrics.json: the results; receipt.json: also all that they depend on."""
    rows = run["versions"] | {"device": run["device"], "threads": run["threads"]}
    save(out / "session-info.txt", *rows.items())
    metrics = {"data": run["data"]} | results
    save(out / "metrics.json", [json.dumps(metrics, indent=2)])
    circumstances = {"host": platform.node(), "time": time.ctime()}
    receipt = run | results | {"circumstances": circumstances}
    save(out / "receipt.json", [json.dumps(receipt, indent=2)])
    (out / "checkpoint").unlink()
    lock.close()
    (out / "lock").unlink()
    for name, part in metrics.items():
        for key, value in part.items():
            print(f"{name} {key}: {value}")


# ---- Main --------------------------------------------------------------------
def parse_arguments(gpus: int) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=f"Train into models/{MODEL_ID}.")
    add = parser.add_argument
    add("data_dir", type=Path, help="folder of training.txt, validation.txt, test.txt")
    add("-o", "--output-dir", type=Path, default=Path("models", MODEL_ID))
    add("-g", "--gpu", type=int, default=min(gpus, 1) - 1, help="id; -1: the CPU")
    add("--threads", type=int, help="on the CPU; default: the library's choice")
    add("--resume", action="store_true", help="go on with a run that was stopped")
    arguments = parser.parse_args()
    if not -1 <= arguments.gpu < gpus:
        parser.error(f"there is no GPU {arguments.gpu}, of {gpus}; -g -1: the CPU")
    if arguments.threads is not None and arguments.threads < 1:
        parser.error("--threads takes a number of at least 1")
    return arguments


def count_cores() -> int:
    """Those that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count()


def set_seed() -> None:
    keras.utils.set_random_seed(SEED)  # Python's, NumPy's and TensorFlow's generators


def choose_device(gpu: int, threads: int) -> str:
    """Bit-identical only on one machine, with the same versions and threads."""
    gpus = tf.config.list_physical_devices("GPU")
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    tf.config.set_visible_devices([] if gpu == -1 else gpus[gpu], "GPU")
    if gpu != -1:
        tf.config.experimental.set_memory_growth(gpus[gpu], True)
        tf.config.experimental.enable_op_determinism()  # not needed on the CPU
    tf.config.experimental.enable_tensor_float_32_execution(False)  # full float32
    # Keras 3 trips over NumPy 2 when it saves.
    warnings.filterwarnings("ignore", category=DeprecationWarning, module="keras")
    keras.config.set_floatx("float32")  # ~/.keras/keras.json could say otherwise
    keras.config.set_epsilon(1e-07)
    keras.config.set_image_data_format("channels_last")
    details = tf.config.experimental.get_device_details
    return "cpu" if gpu == -1 else f"gpu:{gpu} {details(gpus[gpu])['device_name']}"


def neighbour(path: Path) -> str:
    """The file that is there in place of a missing one, and what to do with it."""
    for other in sorted(path.parent.glob(f"{path.stem}.*")):
        if other.is_file():
            fix = "gunzip it" if other.suffix == ".gz" else "convert it: seqgra-data"
            return f", but there is {other.name}; {fix}"
    return ""


def read_sets(data_dir: Path, run: dict) -> dict[str, tuple]:
    """The sets' codes and targets; the test set may be missing."""
    sets, length = {}, SEQUENCE_LENGTH
    for name in ("training", "validation", "test"):
        path = data_dir / f"{name}.txt"
        if not path.exists():
            other = neighbour(path)
            if name != "test":
                problem = f"No such file or directory{other}"
                raise FileNotFoundError(0, problem, str(path))
            if other:
                print(f"warning: {path} is missing{other}", file=sys.stderr)
            continue
        codes, targets, digest = read_set(path, length)
        sets[name] = codes, targets
        counts = np.bincount(targets, minlength=len(LABELS))
        run["data"][name] = {"sha256": digest, "examples": len(codes)}
        run["data"][name]["labels"] = dict(zip(LABELS, counts.tolist()))
        missing = [repr(LABELS[index]) for index in np.flatnonzero(counts == 0)]
        if missing:
            some = ", ".join(missing[:5]) + ", ..." * (len(missing) > 5)
            print(f"warning: {path} has no example of {some}", file=sys.stderr)
    return sets


def main() -> None:
    arguments = parse_arguments(len(tf.config.list_physical_devices("GPU")))
    threads = arguments.threads or count_cores()
    device = choose_device(arguments.gpu, threads)
    versions = {"TensorFlow": tf.__version__, "Keras": keras.__version__}
    out, run = arguments.output_dir, begin(device, threads, **versions)
    sets = read_sets(arguments.data_dir, run)
    lock = open_folder(out, arguments.resume, run)
    copies = find_copies(sets)
    with tf.device("CPU:0"):  # batches are made there
        for name, arrays in sets.items():
            sets[name] = [tf.constant(array) for array in arrays]

    set_seed()
    model = build_model()
    optimizer, loss_fn = build_optimizer(), build_loss()
    model.compile(
        optimizer,
        loss_fn,
        metrics=[accuracy],
        steps_per_execution=10,  # batches a call of TensorFlow: faster, same weights
        jit_compile=False,
    )
    optimizer.build(model.trainable_variables)
    set_seed()  # again, as seqgra does: training draws the same, however it was built
    if (out / "checkpoint").exists():
        load_checkpoint(out / "checkpoint", run, model)
    print(f"{MODEL_ID}: {device}, {threads} threads")
    best = train(model, sets, out, run)

    model.load_weights(out / "saved_model.keras")
    save(out / "model-architecture.json", data=model.to_json().encode())
    results = {"copies": copies, "weights": count_weights(model, out), "best": best}
    if "test" in sets:
        results["test"] = test(model, *sets["test"], out)
    finish(run, results, out, lock)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("stopped; the same command with --resume goes on")
    except OSError as error:
        print(f"{error.filename or 'writing'}: {error.strerror}", file=sys.stderr)
        sys.exit(2)
