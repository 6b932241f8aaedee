"""torch-ml3-dna48-conv2d: 2D encoding: Bob's "flat" images, 1 x 48

A backslash \\n, a quote at the end "

Compiled by seqgra-compile 0.1.0 from model.xml, SHA-256
87a750a04250f7f1468b3c9b09014e48121dbdf42771d6fd558934d4d1c0f66a, with
--semantics intended --library PyTorch --emit predict.
Usage:  python predict.py MODEL_DIR [FILE] [--scan STEP] [--length N] [-g GPU]
        [--threads N]
Reads:  saved_model.pth and receipt.json in MODEL_DIR; DNA sequences from FILE or
        standard input: FASTA, a table with a column x or sequence and perhaps id, or
        one sequence per line; plain, or compressed by gzip, bzip2 or xz
Writes: to standard output id, the model's value for each label, and the predicted
        labels, joined by |; with --scan also start, counted from 0, and end of each
        window"""

# /// script
# requires-python = ">=3.10"
# dependencies = ["numpy", "torch>=2.4"]
# ///

import argparse
import bz2
import gzip
import itertools
import json
import lzma
import os
import sys
import traceback
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

try:
    import numpy as np
    import torch
    from torch import nn
except ModuleNotFoundError as error:
    print("Without CUDA: uv pip install --torch-backend cpu torch", file=sys.stderr)
    sys.exit(f"{error}. To install: pip install numpy torch")
if [int(part) for part in torch.__version__.split(".")[:2]] < [2, 4]:
    sys.exit(f"PyTorch {torch.__version__}: this script needs 2.4 or later")

# ---- Definition --------------------------------------------------------------
MODEL_ID = "torch-ml3-dna48-conv2d"  # general/@id
# general/task: multi-label classification
# general/sequencespace: DNA
# general/library: PyTorch
# general/inputencoding: 2D
LABELS = ("CTCF", 'a "quoted" label', "back\\slash")  # general/labels
SEED = 0  # general/seed
# architecture/external: class FlatImages of flat_images.py, in the section Model
# loss/loss: BCEWithLogitsLoss
# optimizer/optimizer: SGD
LEARNING_RATE = 0.05  # optimizer/learning_rate
MOMENTUM = 0.9  # optimizer/momentum
DAMPENING = 0.0  # optimizer/dampening (default)
WEIGHT_DECAY = 0.0001  # optimizer/weight_decay
NESTEROV = True  # optimizer/nesterov
CLIPVALUE = 0.1  # optimizer/clipvalue
BATCH_SIZE = 10  # trainingprocess/batch_size
EPOCHS = 5  # trainingprocess/epochs
# trainingprocess/early_stopping: False
# trainingprocess/shuffle: False


# ---- Data --------------------------------------------------------------------
CODE_OF = np.full(256, 255, np.uint8)  # by letter; 255: not in the alphabet
CODE_OF[list(b"ACGTN")] = CODE_OF[list(b"acgtn")] = range(5)

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


def read_examples(path: str, length: int | None, step: int | None) -> Iterator[tuple]:
    """For each row of the output: its first cells, and the codes to score.

    If no length is given, it is that of the first sequence.
    """
    count = 0
    for count, (line, name, letters) in enumerate(read_sequences(path), start=1):
        name = name.decode("utf-8", "backslashreplace") or count
        place, codes = f"{path}:{line}: {name}", letters.translate(CODE_OF)
        length = length or len(codes) or 1
        found = f"length {len(codes)}, need {length}"
        if len(codes) < length:
            refuse(place, f"{found}; add N on both sides, as seqgra-data --pad N does")
        if len(codes) > length and not step:
            refuse(place, f"{found}; --scan STEP scores windows of longer sequences")
        bad = codes.find(255)
        if bad != -1:
            found = f"letter {bad + 1} is {chr(letters[bad])!a}"
            remedy = "write U as T, and ambiguous letters as N"
            refuse(place, f"{found}, need one of ACGTN; {remedy}")
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


def one_hot(codes: torch.Tensor) -> torch.Tensor:
    """Codes (B, L) to (B, 4, 1, L) float32, channels ACGT; N is 0.25 in each."""
    table = torch.eye(4, 5, device=codes.device)  # a column for each code
    table[:, 4] = 0.25
    x = table.index_select(1, codes.flatten().int()).view(4, *codes.shape)
    return x.transpose(0, 1).contiguous()[:, :, None, :]


# ---- Model -------------------------------------------------------------------
# flat_images.py, SHA-256
# babe6ec33aa21108377c727d35725aba2fa9e88b74021f1be6687078bd9a9e69,
# formatted by Black, its imports at the top, without a block for __main__:
# Two-dimensional convolutions over sequences that are images of height 1.


class FlatImages(nn.Module):
    """(B, 4, 1, 48) to logits (B, 3)."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(4, 6, kernel_size=(1, 8)),
            nn.ReLU(),
            nn.MaxPool2d((1, 4)),
            nn.Conv2d(6, 6, kernel_size=(1, 3), padding=(0, 1), groups=2),
            nn.ELU(),
        )
        self.head = nn.Linear(6 * 10, 3)

    def forward(self, x):
        return self.head(self.features(x).flatten(start_dim=1))


def build_model() -> nn.Module:
    return FlatImages()


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
    add("--length", type=int, help="window length; default: that of the first sequence")
    gpu = 0 if gpus else -1
    add("-g", "--gpu", type=int, choices=range(-1, gpus), default=gpu, help="-1: CPU")
    add("--threads", type=int, help="CPU threads; default: the library's choice")
    arguments = parser.parse_args()
    if not arguments.model_dir.is_dir():
        problem = "not a folder; the folder that train.py has written comes first"
        parser.error(f"{arguments.model_dir}: {problem}")
    for name in ("scan", "length", "threads"):
        value = getattr(arguments, name)
        if value is not None and value < 1:
            parser.error(f"--{name} takes a number of at least 1")
    if arguments.scan and not arguments.length:
        parser.error("--scan needs --length, which the definition does not name")
    if arguments.file == "-" and sys.stdin.isatty():
        print("reading the terminal, up to the end of input", file=sys.stderr)
    return arguments


def choose_device(gpu: int, threads: int | None) -> torch.device:
    """The GPU with this number, or the CPU for -1. Results become repeatable: the same
    bits on one machine, with the same versions and number of threads.
    """
    torch.set_num_threads(threads or torch.get_num_threads())
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # read when CUDA starts
    torch.use_deterministic_algorithms(gpu != -1, warn_only=True)
    torch.utils.deterministic.fill_uninitialized_memory = False  # would only cost time
    torch.empty(8_000_000)  # freed at once: glibc then keeps freed blocks for reuse
    torch.backends.cudnn.benchmark = torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.allow_tf32 = False  # TF32 has 10 mantissa bits, not 23
    return torch.device("cpu" if gpu == -1 else f"cuda:{gpu}")


def check_receipt(path: Path) -> None:
    """Refuse a run of another definition; seed, id, name and description may differ."""
    definition = "87a750a04250f7f1468b3c9b09014e48121dbdf42771d6fd558934d4d1c0f66a"
    family = "94be7032d03fb50f6baed23180e0890bbda71849ee02e5081aee693cccf53bf3"
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
    if "TensorFlow" in versions:
        remedy = "compile its definition with --emit predict --library TensorFlow"
        refuse(str(path), f"of a run in TensorFlow; {remedy}")
    if source == definition:
        difference = "other --semantics, or other files that it names"
        refuse(str(path), f"of this definition with {difference}; compile both alike")
    refuse(str(path), "of another definition; compile predict.py from that one")


def load_model(path: Path) -> nn.Module:
    model = build_model()
    try:
        model.load_state_dict(torch.load(path, "cpu", weights_only=True))
    except OSError:
        raise
    except Exception as error:  # damaged files and other models raise many kinds
        problem = f"not the weights of this model ({type(error).__name__})"
        raise OSError(0, problem, str(path)) from error
    return model.eval()


def checked(scores, count: int) -> torch.Tensor:
    """The scores, if they have one row per example and one column per label."""
    wanted = (count, len(LABELS))
    if not isinstance(scores, torch.Tensor) or scores.shape != wanted:
        found = getattr(scores, "shape", None)
        found = f"a {type(scores).__name__}" if found is None else tuple(found)
        sys.exit(f"batch of {count}: the model gives {found}, not a tensor {wanted}")
    return scores


@torch.no_grad()
def predict(model: nn.Module, codes: torch.Tensor) -> np.ndarray:
    """The model's value for each label (B, labels) float64."""
    x = one_hot(codes)
    scores = checked(model(x), len(x))
    return scores.sigmoid().double().cpu().numpy()


def write_scores(places: tuple, y_hat: np.ndarray) -> None:
    """Write rows: place, each label's probability, the labels above 0.5."""
    for place, row, above in zip(places, y_hat.tolist(), y_hat > 0.5):
        print(*place, *row, "|".join(itertools.compress(LABELS, above)), sep="\t")


def main() -> None:
    arguments = parse_arguments(torch.cuda.device_count())
    device = choose_device(arguments.gpu, arguments.threads)
    check_receipt(arguments.model_dir / "receipt.json")
    model = load_model(arguments.model_dir / "saved_model.pth").to(device)
    examples = read_examples(arguments.file, arguments.length, arguments.scan)
    columns = ("id", "start", "end") if arguments.scan else ("id",)
    print(*columns, *LABELS, "predicted", sep="\t")
    for places, codes in batches(examples):
        write_scores(places, predict(model, torch.from_numpy(codes).to(device)))


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
    except Exception as error:
        traceback.print_exc()
        calls = traceback.extract_tb(error.__traceback__)
        steps = [call.name for call in calls if call.filename == __file__]
        place = f"this script was in {', '.join(steps[1:])} when the error was raised"
        raise SystemExit(place) from error
