"""tf-ml3-rna24-lstm-steps: an LSTM with other activations

Ends with \"\""three quotes\"\""

Compiled by seqgra-compile 0.1.0 from model.xml, SHA-256
9b1c29387b3cb4e82c7716851f86911d4078e9f2294eea41e05cd843a7db18a7, with
--semantics intended --library TensorFlow --emit predict.
Usage:  python predict.py MODEL_DIR [FILE] [--scan STEP] [-g GPU] [--threads N]
Reads:  saved_model.keras and receipt.json in MODEL_DIR; RNA sequences from FILE or
        standard input: FASTA, a table with a column x or sequence and perhaps id, or
        one sequence per line; plain, or compressed by gzip, bzip2 or xz
Writes: to standard output id, the model's value for each label, and the predicted
        labels, joined by |; with --scan also start, counted from 0, and end of each
        window"""

# /// script
# requires-python = ">=3.10"
# dependencies = ["keras>=3.8", "numpy", "tensorflow>=2.17"]
# ///

import argparse
import bz2
import gzip
import itertools
import json
import lzma
import os
import sys
import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # errors only
stderr = os.dup(2)  # where TensorFlow prints a greeting
os.dup2(os.open(os.devnull, os.O_WRONLY), 2)

try:
    import keras
    import numpy as np
    import tensorflow as tf

    tf.config.list_physical_devices("GPU")  # prints a second greeting
except ModuleNotFoundError as error:
    sys.exit(f"{error}. To install: pip install keras numpy tensorflow")
finally:
    os.dup2(stderr, 2)
if [int(part) for part in keras.__version__.split(".")[:2]] < [3, 8]:
    sys.exit(f"Keras {keras.__version__}: this script needs 3.8 or later")
if [int(part) for part in tf.__version__.split(".")[:2]] < [2, 17]:
    sys.exit(f"TensorFlow {tf.__version__}: this script needs 2.17 or later")

# ---- Definition --------------------------------------------------------------
MODEL_ID = "tf-ml3-rna24-lstm-steps"  # general/@id
# general/task: multi-label classification
# general/sequencespace: RNA
# general/library: TensorFlow
# general/inputencoding (default): 1D
LABELS = ("A/B", "naïve", "標識")  # general/labels
SEED = 5  # general/seed
# architecture/sequential: 3 operations, in the section Model
SEQUENCE_LENGTH = 24  # architecture/sequential/operation[1]/@input_shape
# loss/loss: binary_crossentropy
FROM_LOGITS = False  # loss/from_logits (default)
LABEL_SMOOTHING = 0.05  # loss/label_smoothing
# optimizer/optimizer: Adam
LEARNING_RATE = 0.001  # optimizer/learning_rate (default)
BETA_1 = 0.9  # optimizer/beta_1 (default)
BETA_2 = 0.999  # optimizer/beta_2 (default)
EPSILON = 1e-07  # optimizer/epsilon (default)
AMSGRAD = False  # optimizer/amsgrad (default)
CLIPVALUE = 0.5  # optimizer/clipvalue
BATCH_SIZE = 13  # trainingprocess/batch_size
EPOCHS = 12  # trainingprocess/epochs
# trainingprocess/early_stopping: True
PATIENCE = 10  # trainingprocess/early_stopping_patience (default)
# trainingprocess/shuffle: True


# ---- Data --------------------------------------------------------------------
CODE_OF = np.full(256, 255, np.uint8)  # by letter; 255: not in the alphabet
CODE_OF[list(b"ACGUN")] = CODE_OF[list(b"acgun")] = range(5)

UNPACK = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\0": lzma.open}


def refuse(place: str, problem: object) -> NoReturn:
    print(f"{place}: {problem}", file=sys.stderr)
    sys.exit(2)


def read_lines(path: str) -> Iterator[tuple[int, bytes]]:
    """Each line that is not blank, with its number, from a file or standard input."""
    try:
        with sys.stdin.buffer if path == "-" else open(path, "rb") as file:
            start = file.peek(6)
            forms = [form for magic, form in UNPACK.items() if start.startswith(magic)]
            lines = forms[0](file) if forms else file
            for number, line in enumerate(lines, start=1):
                if text := line.rstrip(b"\r\n"):
                    yield number, text
    except (EOFError, OSError, lzma.LZMAError, zlib.error) as error:
        refuse(path, getattr(error, "strerror", None) or error)


def read_sequences(path: str) -> Iterator[tuple[int, bytes, bytes]]:
    """The line, id and letters of each sequence; the id is empty if there is none.

    A file that begins with > is FASTA. One whose first line names a column x or sequence is
    a table, which may also have a column id. Any other has one sequence per line.
    """
    lines = read_lines(path)
    start, first = next(lines, (0, b"x"))  # an empty file is like a table without rows
    if first.startswith(b">"):
        parts = []
        for number, line in itertools.chain(lines, [(0, b">")]):
            if not line.startswith(b">"):
                parts.append(line)
                continue
            yield start, b"".join(first[1:].split()[:1]), b"".join(parts)
            start, first, parts = number, line, []
        return
    columns = first.split(b"\t")
    if b"x" not in columns and b"sequence" not in columns:
        if len(columns) > 1 or b"," in first:
            refuse(f"{path}:{start}", "needs tabs and a header with x or sequence")
        lines, columns = itertools.chain([(start, first)], lines), [b"x"]
    x = columns.index(b"x" if b"x" in columns else b"sequence")
    for number, line in lines:
        cells = line.split(b"\t")
        if len(cells) != len(columns):
            refuse(f"{path}:{number}", f"columns: {len(cells)}, need {len(columns)}")
        yield number, dict(zip(columns, cells)).get(b"id", b""), cells[x]


def read_examples(path: str, length: int, step: int | None) -> Iterator[tuple]:
    """For each row of the output: its first cells, and the codes to score."""
    count = 0
    for count, (line, name, letters) in enumerate(read_sequences(path), start=1):
        name = name.decode("utf-8", "backslashreplace") or count
        place, codes = f"{path}:{line}: {name}", letters.translate(CODE_OF)
        found = f"length {len(codes)}, need {length}"
        if len(codes) < length:
            refuse(place, f"{found}; add N on both sides, as seqgra-data --pad N does")
        if len(codes) > length and not step:
            refuse(place, f"{found}; --scan STEP scores windows of longer sequences")
        bad = codes.find(255)
        if bad != -1:
            found = f"letter {bad + 1} is {chr(letters[bad])!a}"
            remedy = "write T as U, and ambiguous letters as N"
            refuse(place, f"{found}, need one of ACGUN; {remedy}")
        for start in range(0, len(codes) - length + 1, step or length):
            stop = start + length
            yield (name, start, stop) if step else (name,), codes[start:stop]
    if not count:
        refuse(path, "no sequences")


def batches(examples: Iterator[tuple]) -> Iterator[tuple[tuple, np.ndarray]]:
    """The examples in batches, as train.py tests them; codes (B, length) uint8."""
    rows = 0
    try:
        while batch := list(itertools.islice(examples, BATCH_SIZE)):
            places, codes = zip(*batch)
            codes = np.frombuffer(bytearray().join(codes), np.uint8)
            yield places, codes.reshape(len(places), -1)
            rows += len(places)
    except SystemExit:  # earlier rows have been written already
        if rows:
            print(f"stopped after {rows} rows of output", file=sys.stderr)
        raise


def one_hot(codes: tf.Tensor) -> tf.Tensor:
    """Codes (B, L) to (B, L, 4) float32, channels ACGU; N is 0.25 in each."""
    x = tf.one_hot(codes, 4)
    x += 0.25 * tf.cast(codes == 4, tf.float32)[..., None]
    return x


# ---- Model -------------------------------------------------------------------
def divide_by_examples(regularizer: type) -> None:
    """Divide the penalty on an activity by the batch size, as Keras 3.14 does.

    Penalties on weights stay as they are.
    """
    whole = getattr(regularizer.__call__, "whole", regularizer.__call__)

    def mean(self: keras.Regularizer, x: tf.Tensor | keras.Variable) -> tf.Tensor:
        if isinstance(x, keras.Variable):  # a weight
            return whole(self, x)
        return whole(self, x) / tf.cast(tf.shape(x)[0], x.dtype)

    mean.whole = whole  # for another script in the same process
    regularizer.__call__ = mean


if [int(part) for part in keras.__version__.split(".")[:2]] < [3, 14]:
    divide_by_examples(keras.regularizers.L1)
    divide_by_examples(keras.regularizers.L2)
    divide_by_examples(keras.regularizers.L1L2)


def build_model() -> keras.Model:
    """(24, 4) -> (3,) probabilities, 575 weights."""
    model = keras.Sequential(name=MODEL_ID)
    model.add(keras.Input(shape=(24, 4), dtype="float32"))
    # 1 LSTM: (24, 4) -> (24, 5), 400 weights
    model.add(
        keras.layers.Bidirectional(
            keras.layers.LSTM(
                units=5,
                activation="softsign",
                recurrent_activation="hard_sigmoid",
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
            merge_mode="mul",
            name="lstm_1",
        )
    )
    # 2 LSTM: (24, 5) -> (4,), 160 weights
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
            kernel_regularizer=keras.regularizers.L1L2(l1=0.0001, l2=0.001),
            recurrent_regularizer=None,
            bias_regularizer=None,
            activity_regularizer=keras.regularizers.L2(l2=0.01),
            dropout=0.2,
            recurrent_dropout=0.1,
            return_sequences=False,
            return_state=False,
            go_backwards=False,
            stateful=False,
            unroll=False,
            implementation=1,
            seed=None,
            trainable=True,
            use_cudnn="auto",
            name="lstm_2",
        )
    )
    # 3 Dense: (4,) -> (3,), 15 weights
    model.add(
        keras.layers.Dense(
            units=3,
            activation="sigmoid",
            use_bias=True,
            kernel_initializer=keras.initializers.GlorotUniform(seed=None),
            bias_initializer=keras.initializers.Zeros(),
            kernel_regularizer=None,
            bias_regularizer=None,
            activity_regularizer=None,
            trainable=True,
            name="dense_3",
        )
    )
    return model


# ---- Main --------------------------------------------------------------------
def parse_arguments(gpus: int) -> argparse.Namespace:
    form = argparse.RawDescriptionHelpFormatter
    about = (__doc__ or "").rpartition("\n\n")[2]  # from "Compiled by" on
    about += f"\n\nExample: python predict.py models/{MODEL_ID} new.fa.gz > scores.tsv"
    parser = argparse.ArgumentParser(description=about, formatter_class=form)
    add = parser.add_argument
    add("model_dir", type=Path, help="folder that train.py has written")
    add("file", nargs="?", default="-", help="sequences; default: standard input")
    add("--scan", type=int, metavar="STEP", help="score a window every STEP letters")
    gpu = 0 if gpus else -1
    add("-g", "--gpu", type=int, choices=range(-1, gpus), default=gpu, help="-1: CPU")
    add("--threads", type=int, help="CPU threads; default: the library's choice")
    arguments = parser.parse_args()
    if not arguments.model_dir.is_dir():
        problem = "not a folder; the folder that train.py has written comes first"
        parser.error(f"{arguments.model_dir}: {problem}")
    for name in ("scan", "threads"):
        value = getattr(arguments, name)
        if value is not None and value < 1:
            parser.error(f"--{name} takes a number of at least 1")
    if arguments.file == "-" and sys.stdin.isatty():
        print("reading the terminal, up to the end of input", file=sys.stderr)
    return arguments


def count_cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count()


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


def check_receipt(path: Path) -> None:
    """Refuse a run of another definition; seed, id, name and description may differ."""
    definition = "9b1c29387b3cb4e82c7716851f86911d4078e9f2294eea41e05cd843a7db18a7"
    family = "e75e8e650e858617b20f1ec4fdd43a1c39e06579dc7f924d48dc2a9ddcdf5214"
    if path.with_name("checkpoint").exists():
        problem = "the run has not finished; its weights are of the best epoch so far"
        print(f"warning: {path.parent}: {problem}", file=sys.stderr)
    try:
        run = json.loads(path.read_bytes())
        found, source, versions = run["family"], run["definition"], [*run["versions"]]
    except (OSError, ValueError, LookupError, TypeError):
        problem = "unreadable" if path.exists() else "missing"
        problem += ", so the definition cannot be compared"
        print(f"warning: {path}: {problem}", file=sys.stderr)
        return
    if found == family:
        return
    if "PyTorch" in versions:
        remedy = "compile its definition with --emit predict --library PyTorch"
        refuse(str(path), f"of a run in PyTorch; {remedy}")
    if source == definition:
        difference = "other --semantics, or other files that it names"
        refuse(str(path), f"of this definition with {difference}; compile both alike")
    refuse(str(path), "of another definition; compile predict.py from that one")


def load_model(path: Path) -> keras.Model:
    model = build_model()
    try:
        path.open("rb").close()  # Keras does not say why it failed
        model.load_weights(path)
    except OSError:
        raise
    except Exception as error:  # damaged files and other models raise many kinds
        problem = f"not the weights of this model ({type(error).__name__})"
        raise OSError(0, problem, str(path)) from error
    model.compile(jit_compile=False)  # as in train.py
    return model


def predict(model: keras.Model, codes: np.ndarray) -> np.ndarray:
    """The model's value for each label (B, labels) float32."""
    scores = model.predict_on_batch(one_hot(codes))
    return scores


def write_scores(places: tuple, y_hat: np.ndarray) -> None:
    """Write rows: place, each label's probability, the labels above 0.5."""
    for place, row, above in zip(places, y_hat.tolist(), y_hat > 0.5):
        print(*place, *row, "|".join(itertools.compress(LABELS, above)), sep="\t")


def main() -> None:
    arguments = parse_arguments(len(tf.config.list_physical_devices("GPU")))
    choose_device(arguments.gpu, arguments.threads or count_cores())
    check_receipt(arguments.model_dir / "receipt.json")
    model = load_model(arguments.model_dir / "saved_model.keras")
    examples = read_examples(arguments.file, SEQUENCE_LENGTH, arguments.scan)
    columns = ("id", "start", "end") if arguments.scan else ("id",)
    print(*columns, *LABELS, "predicted", sep="\t")
    for places, codes in batches(examples):
        write_scores(places, predict(model, codes))


if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):  # what a console cannot show is escaped
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("stopped")
    except OSError as error:
        problem = f"{error.filename or 'writing'}: {error.strerror or error}"
        print(problem, file=sys.stderr)
        sys.exit(2)
