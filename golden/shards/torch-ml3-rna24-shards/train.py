"""torch-ml3-rna24-shards: Parts of a batch

Compiled by seqgra-compile 0.1.0 from model.xml, SHA-256
32cc4b1aa1ffdb275833c2168cca4446132cdaaa782eab185991b0ddfd498cfb, with
--semantics intended --library PyTorch --data memory --records full
--shards 4.
Usage:  torchrun --nproc-per-node N train.py DATA_DIR [-o OUTPUT_DIR] [-g GPU]
        [--threads N] [--resume]
Reads:  training.txt, validation.txt and, if there, test.txt: a header x, tab, y, then
        in each line an RNA sequence, a tab, its labels, joined by |
Writes: saved_model.pth, history.tsv, metrics.json, test-y-hat.txt, receipt.json,
        session-info.txt, last-epoch-completed.txt, num-model-parameters.txt"""

# /// script
# requires-python = ">=3.10"
# dependencies = ["numpy", "torch>=2.4", "tqdm"]
# ///

import argparse
import collections
import datetime
import hashlib
import io
import json
import os
import platform
import signal
import sqlite3
import sys
import time
from collections.abc import Iterator
from pathlib import Path

try:
    import numpy as np
    import torch
    import torch.distributed as dist
    from torch import nn
    from tqdm import tqdm
except ModuleNotFoundError as error:
    print("PyTorch without CUDA: uv pip install --torch-backend cpu torch")
    sys.exit(f"{error}. All that is needed: pip install numpy torch tqdm")
if [int(part) for part in torch.__version__.split(".")[:2]] < [2, 4]:
    sys.exit(f"PyTorch {torch.__version__}: this script needs 2.4 or later")

# ---- Definition --------------------------------------------------------------
MODEL_ID = "torch-ml3-rna24-shards"  # general/@id
# general/task: multi-label classification
# general/sequencespace: RNA
# general/library: PyTorch
# general/inputencoding (default): 1D
LABELS = ("c1", "c2", "c3")  # general/labels
SEED = 7  # general/seed
# architecture/sequential: 4 operations, in the section Model
SEQUENCE_LENGTH = 24  # architecture/sequential/operation[1]/@input_shape
# loss/loss: BCEWithLogitsLoss
# optimizer/optimizer: Adam
LEARNING_RATE = 0.01  # optimizer/learning_rate
BETAS = (0.9, 0.999)  # optimizer/betas (default)
EPS = 1e-08  # optimizer/eps (default)
WEIGHT_DECAY = 0.0  # optimizer/weight_decay (default)
AMSGRAD = False  # optimizer/amsgrad (default)
CLIPNORM = 0.5  # optimizer/clipnorm
BATCH_SIZE = 18  # trainingprocess/batch_size
EPOCHS = 20  # trainingprocess/epochs
# trainingprocess/early_stopping: True
PATIENCE = 10  # trainingprocess/early_stopping_patience (default)
# trainingprocess/shuffle: True
SHARDS = 4  # --shards: parts of a batch


# ---- Data --------------------------------------------------------------------
CODE_OF = np.full(256, 255, np.uint8)  # of a letter; 255: not in the alphabet
CODE_OF[list(b"ACGUN")] = CODE_OF[list(b"acgun")] = range(5)


def read_examples(path: Path, length: int, digest) -> Iterator[tuple]:
    """The codes and the labels, 0 or 1, of each example; digest takes in all bytes.

    Blank lines are skipped. At the first bad line, refuse ends the run.
    """
    index_of = {label.encode(): index for index, label in enumerate(LABELS)}
    count = 0
    with path.open("rb") as file:
        header = file.readline(100)
        digest.update(header)
        if header.rstrip(b"\r\n") != b"x\ty":
            refuse(path, length)
        for line in file:
            digest.update(line)
            sequence, tab, label = line.rstrip(b"\r\n").partition(b"\t")
            x = sequence.translate(CODE_OF)
            names = set(label.split(b"|")) if label else set()
            if tab and len(x) == length and 255 not in x and names <= index_of.keys():
                y = bytearray(len(LABELS))
                for name in names:
                    y[index_of[name]] = 1
                yield x, y
                count += 1
            elif line.strip(b"\r\n"):
                refuse(path, length)
    if not count:
        refuse(path, length)


def read_set(path: Path, length: int) -> tuple[np.ndarray, np.ndarray, str]:
    """Codes (N, length) uint8, 0 or 1 (N, labels) uint8; the file's SHA-256."""
    codes, targets, digest = bytearray(), bytearray(), hashlib.sha256()
    for x, y in read_examples(path, length, digest):
        codes += x
        targets += y
    targets = np.frombuffer(targets, np.uint8).reshape(-1, len(LABELS))
    codes = np.frombuffer(codes, np.uint8).reshape(len(targets), -1)
    return codes, targets, digest.hexdigest()


def one_hot(codes: torch.Tensor) -> torch.Tensor:
    """Codes (B, L) to (B, 4, L) float32, channels ACGU; N is 0.25 in each."""
    table = torch.eye(4, 5, device=codes.device)  # a column for each code
    table[:, 4] = 0.25
    x = table.index_select(1, codes.flatten().int()).view(4, *codes.shape)
    return x.transpose(0, 1).contiguous()


# ---- Model -------------------------------------------------------------------
class Model(nn.Module):
    """(24, 4) -> (3,) logits, 549 weights."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1d_1 = nn.Conv1d(
            4, 8, 5, stride=1, padding=0, dilation=1, groups=1, bias=True
        )
        nn.init.xavier_uniform_(self.conv1d_1.weight, gain=1.0)
        nn.init.zeros_(self.conv1d_1.bias)
        self.conv1d_1_relu = nn.ReLU()
        self.dropout_2 = nn.Dropout(p=0.2)
        self.lstm_3 = nn.LSTM(
            8,
            6,
            num_layers=1,
            bias=True,
            batch_first=True,
            dropout=0.0,
            bidirectional=False,
        )
        nn.init.xavier_uniform_(self.lstm_3.weight_ih_l0, gain=1.0)
        nn.init.orthogonal_(self.lstm_3.weight_hh_l0, gain=1.0)
        nn.init.zeros_(self.lstm_3.bias_ih_l0)
        nn.init.ones_(self.lstm_3.bias_ih_l0.data[6:12])  # forget gate
        nn.init.zeros_(self.lstm_3.bias_hh_l0)  # Keras has one bias
        self.lstm_3.bias_hh_l0.requires_grad_(False)
        self.dense_4 = nn.Linear(6, 3, bias=True)
        nn.init.xavier_uniform_(self.dense_4.weight, gain=1.0)
        nn.init.zeros_(self.dense_4.bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.activity_penalty = 0.0
        x = self.conv1d_1_relu(self.conv1d_1(x))  # -> (20, 8), 168 weights
        self.activity_penalty += (0.0001 * x.abs().sum()) / len(x)
        x = self.dropout_2(x)  # -> (20, 8)
        x = x.permute(0, 2, 1)  # to (B, length, channels)
        x = self.lstm_3(x)[0][:, -1]  # -> (6,), 360 weights
        return self.dense_4(x)  # -> (3,), 21 weights


def build_model() -> nn.Module:
    return Model()


# ---- Loss and optimizer ------------------------------------------------------
def build_loss() -> nn.Module:
    return nn.BCEWithLogitsLoss(weight=None, reduction="mean", pos_weight=None)


def build_optimizer(model: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.Adam(
        model.parameters(),
        lr=LEARNING_RATE,
        betas=BETAS,
        eps=EPS,
        weight_decay=WEIGHT_DECAY,
        amsgrad=AMSGRAD,
        maximize=False,
    )


def clip_gradients(model: nn.Module) -> None:
    """Scale each parameter's gradient down to an L2 norm of at most CLIPNORM."""
    for parameter in model.parameters():
        if parameter.grad is not None:
            norm = parameter.grad.norm()
            parameter.grad.mul_(CLIPNORM / norm.clamp(min=CLIPNORM))


def penalty(model: nn.Module) -> torch.Tensor:
    """The regularizers' terms: Keras adds them to every loss, in validation too."""
    return sum(
        [
            0.001 * model.conv1d_1.weight.square().sum(),
            model.activity_penalty,
        ]
    )


# ---- Processes ---------------------------------------------------------------
# A batch is computed in SHARDS parts, by one process or by those that torchrun starts.
# Process 0 does all else. For each batch it trains on, it sends codes, targets, step and
# weights, and gets from each process the sum of its parts' losses and gradients. Sums are
# one binary tree over the parts, and the random numbers of a part begin with SEED, step
# and part: the number of processes decides no bit.
RANK = int(os.environ.get("RANK", "0"))
PROCESSES = int(os.environ.get("WORLD_SIZE", "1"))


def together(collective, *arguments) -> None:
    """Call a function of torch.distributed, as all processes do, if there are several."""
    try:
        if PROCESSES > 1:
            collective(*arguments)
    except RuntimeError as error:
        sys.exit(f"process {RANK}: another process has ended ({type(error).__name__})")


def join(device: torch.device) -> None:
    """In process 0, return; in others, compute their parts until it sends None."""
    if SHARDS % PROCESSES:
        sys.exit(RANK or f"{PROCESSES} processes cannot share {SHARDS} parts equally")
    together(dist.init_process_group, None, None, datetime.timedelta(days=1))
    if RANK:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # process 0 says that it stops
        torch.manual_seed(SEED)
        model, loss_fn, box = build_model().to(device).train(), build_loss(), [None]
        while True:
            together(dist.broadcast_object_list, box)
            if box[0] is None:
                sys.exit()
            codes, targets, *step = box[0]
            set_gradients(model, loss_fn, codes.to(device), targets.to(device), *step)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C


def tree_sum(count: int, term, first: int = 0) -> torch.Tensor:
    """The sum of terms from the first on: that of one half and that of the other."""
    if count == 1:
        return term(first)
    half = count // 2
    return tree_sum(half, term, first) + tree_sum(half, term, first + half)


def set_gradients(model, loss_fn, codes, targets, *step: int) -> torch.Tensor:
    """A batch's mean loss, whose gradients the weights get."""
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    if PROCESSES > 1 and not RANK:
        together(dist.broadcast_object_list, [(codes.cpu(), targets.cpu(), *step)])
    for weight in weights:
        together(dist.broadcast, weight.data, 0)
    xs, ys = codes.tensor_split(SHARDS), targets.tensor_split(SHARDS)
    sizes, size = [weight.numel() for weight in weights], SHARDS // PROCESSES

    def of_part(part: int) -> torch.Tensor:
        """Its share of the loss and of each gradient, in a row."""
        if not len(xs[part]):  # the last batch may have fewer examples than parts
            return weights[0].new_zeros(1 + sum(sizes))
        seed = np.random.SeedSequence([SEED, *step, part]).generate_state(1).item()
        for generator in (torch.default_generator, *torch.cuda.default_generators):
            generator.manual_seed(seed)
        x, y = one_hot(xs[part]), ys[part].float()
        mean = loss_fn(model(x), y) + penalty(model)
        loss = mean * (len(x) / len(codes))
        gradients = torch.autograd.grad(loss, weights, materialize_grads=True)
        return torch.cat([value.detach().flatten() for value in (loss, *gradients)])

    with torch.random.fork_rng([codes.device] if codes.is_cuda else []):
        total = tree_sum(size, of_part, RANK * size)
    sums = [total, *(torch.empty_like(total) for _ in range(1, PROCESSES))]
    together(dist.gather, total, None if RANK else sums)
    loss, *gradients = tree_sum(PROCESSES, sums.__getitem__).split([1, *sizes])
    for weight, gradient in zip(weights, gradients):
        weight.grad = gradient.view_as(weight).to(weight.dtype)
    return loss[0]


# ---- Training ----------------------------------------------------------------
def train_epoch(model, loss_fn, optimizer, codes, targets, title, epoch) -> float:
    """One pass over the training set; its mean loss."""
    model.train()
    order = torch.randperm(len(codes)).to(codes.device)
    batches = order.split(BATCH_SIZE)
    losses = torch.zeros(len(batches), device=codes.device)
    for number, batch in enumerate(tqdm(batches, title, leave=False, disable=None)):
        x, y = codes[batch], targets[batch]
        loss = set_gradients(model, loss_fn, x, y, epoch, number)
        clip_gradients(model)
        optimizer.step()
        losses[number] = loss.detach() * len(batch)
    return losses.sum().item() / len(order)


@torch.no_grad()
def evaluate(model, loss_fn, codes, targets, dtype):
    """Mean loss; accuracy, all labels right; scores (N, labels). No dropout."""
    model.eval()
    # As seqgra adds losses: in float32 for validation, in float64 for a test.
    total, scores = torch.zeros((), dtype=dtype, device=codes.device), []
    for x, y in zip(codes.split(BATCH_SIZE), targets.split(BATCH_SIZE)):
        x = one_hot(x)
        scores.append(model(x))
        loss = loss_fn(scores[-1], y.float()) + penalty(model)
        total += loss.to(dtype) * len(y)
    scores = torch.cat(scores)
    correct = ((scores.sigmoid() > 0.5) == (targets[:] == 1)).all(dim=1)
    return total.item() / len(codes), correct.sum().item() / len(codes), scores


def train(model, loss_fn, optimizer, sets: dict, out: Path, run: dict) -> dict:
    """Train for EPOCHS epochs, or until PATIENCE epochs bring no lower validation loss.

    Save the weights of the epoch with the lowest validation loss; return its row of the
    history. Save and print the losses of each epoch.
    """
    epochs = run["epochs"]  # if the run is resumed, those before it was stopped
    start = {"epoch": 0, "validation_loss": np.inf}
    best = min([start, *epochs], key=lambda row: row["validation_loss"])
    for epoch in range(len(epochs) + 1, EPOCHS + 1):
        epochs_since_best = len(epochs) - best["epoch"]
        if epochs_since_best == PATIENCE:
            break
        begun, title = time.monotonic(), f"epoch {epoch}/{EPOCHS}"
        mean = train_epoch(model, loss_fn, optimizer, *sets["training"], title, epoch)
        loss, accuracy, _ = evaluate(model, loss_fn, *sets["validation"], torch.float32)
        if not np.isfinite(mean + loss):
            sys.exit(f"{title}: loss not finite; lower the learning rate?")
        row = {"epoch": epoch, "training_loss": mean, "validation_loss": loss}
        row["validation_accuracy"] = accuracy
        epochs.append(row)
        is_best = loss < best["validation_loss"]
        if is_best:
            best = row
            save(out / "saved_model.pth", data=packed(model.state_dict()))
        save_epoch(out, run, model, optimizer)
        losses = f"training loss {mean:.4f}  validation loss {loss:.4f}"
        seconds = f"{time.monotonic() - begun:.1f} s"
        ending = f"accuracy {accuracy:.4f}  best {best['epoch']}  {seconds}"
        print(f"{title}  {losses}  {ending}", flush=True)
    return best


# ---- Main --------------------------------------------------------------------
def parse_arguments(gpus: int) -> argparse.Namespace:
    form = argparse.RawDescriptionHelpFormatter
    about = (__doc__ or "").rpartition("\n\n")[2]  # from "Compiled by" on
    about += "\n\nExample: torchrun --nproc-per-node 2 train.py data -o results/first"
    parser = argparse.ArgumentParser(description=about, formatter_class=form)
    add, gpu = parser.add_argument, os.environ.get("LOCAL_RANK", "0") if gpus else "-1"
    add("data_dir", type=Path, help="folder of training.txt, validation.txt, test.txt")
    out = Path("models", MODEL_ID)
    add("-o", "--output-dir", type=Path, default=out, help="a new or empty folder")
    add("-g", "--gpu", type=int, choices=range(-1, gpus), default=gpu, help="-1: CPU")
    add("--threads", type=int, default=1, help="of each process on the CPU; default: 1")
    add("--resume", action="store_true", help="continue a run that was stopped")
    arguments = parser.parse_args()
    if arguments.threads is not None and arguments.threads < 1:
        parser.error("--threads takes a number of at least 1")
    return arguments


def choose_device(gpu: int, threads: int | None) -> torch.device:
    """The GPU of this number, or the CPU for -1, told to repeat its results.

    They are bit-identical only on one machine, with the same versions and threads.
    """
    torch.set_num_threads(threads or torch.get_num_threads())
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # read when CUDA starts
    torch.use_deterministic_algorithms(gpu != -1, warn_only=True)
    torch.utils.deterministic.fill_uninitialized_memory = False  # would only cost time
    torch.backends.cudnn.benchmark = torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.allow_tf32 = False  # TF32 would round to 10 bits
    return torch.device("cpu" if gpu == -1 else f"cuda:{gpu}")


def read_sets(data_dir: Path, run: dict) -> dict[str, tuple]:
    """The sets' codes and targets; the test set may be missing."""
    sets, length = {}, SEQUENCE_LENGTH
    for name in ("training", "validation", "test"):
        path = data_dir / f"{name}.txt"
        if name == "test" and not path.exists():
            continue
        codes, targets, digest = read_set(path, length)
        sets[name] = codes, targets
        counts = targets.sum(axis=0, dtype=int)
        run["data"][name] = {"sha256": digest, "examples": len(codes)}
        run["data"][name]["labels"] = dict(zip(LABELS, counts.tolist()))
    return sets


def main() -> None:
    arguments = parse_arguments(torch.cuda.device_count())
    device = choose_device(arguments.gpu, arguments.threads)
    join(device)  # all processes but the first end in there
    out, run = arguments.output_dir, {"data": {}, "epochs": []}
    kind = f" {torch.cuda.get_device_name(device)}" if device.type == "cuda" else ""
    run |= {"device": f"{device}{kind}", "threads": torch.get_num_threads()}
    add_origin(run, PyTorch=torch.__version__)
    look_for_files(arguments.data_dir)
    sets = read_sets(arguments.data_dir, run)
    lock = open_folder(out, arguments.resume, run)
    warn_of_labels(run)
    results = {"copies": find_copies(sets)}
    say_start(run, out)
    for name, arrays in sets.items():
        sets[name] = [torch.from_numpy(array).to(device) for array in arrays]

    torch.manual_seed(SEED)
    model = build_model().to(device)
    loss_fn, optimizer = build_loss(), build_optimizer(model)
    torch.manual_seed(SEED)  # again: training draws the same, however it was built
    resume(out, run, model, optimizer)
    results["best"] = train(model, loss_fn, optimizer, sets, out, run)
    finish(model, loss_fn, sets, out, run, results, lock)
    together(dist.broadcast_object_list, [None])  # the others end


# ---- Records -----------------------------------------------------------------
# Nothing below decides a weight. It keeps, resumes, tests and reports what is trained.
BEGUN = time.monotonic()


def save(path: Path, *rows, data: bytes | memoryview = b"") -> None:
    """Bytes, or rows of text: the file appears whole or not at all."""
    partial = Path(f"{path}.partial")
    try:
        with partial.open("wb") as file:
            file.write(data)
            file.writelines(("\t".join(map(str, row)) + "\n").encode() for row in rows)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)  # it may fill the disk
        error.filename = str(path)  # a full disk does not name it
        raise


def packed(state: object) -> memoryview:
    memory = io.BytesIO()
    torch.save(state, memory)  # straight to a full disk, it hides the reason
    return memory.getbuffer()


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
    """What is wrong with an example's line; nothing if it is right."""
    columns = line.count(b"\t") + 1
    sequence, _, label = line.partition(b"\t")
    letter = sequence.translate(CODE_OF).find(255)
    if columns != 2:
        return f"columns: {columns}, need 2: a sequence, a tab, its labels"
    if len(sequence) != length:
        return f"length {len(sequence)}, need {length}"
    if letter != -1:
        found = chr(sequence[letter])
        return f"letter {letter + 1} is {found!a}, need one of ACGUN"
    names = label.decode(errors="surrogateescape").split("|") if label else []
    unknown = [name for name in names if name not in LABELS]
    return f"no label {unknown[0][:50]!a} in the definition" if unknown else ""


def refuse(path: Path, length: int) -> None:
    """End the run with what is wrong in a file: it is read once more, to the end."""
    lengths, bad, problems = collections.Counter(), 0, []
    with path.open("rb") as file:
        header = file.readline(100)
        if header.rstrip(b"\r\n") != b"x\ty":
            sys.exit(f"{path}:1: {explain_header(header)}")
        for number, line in enumerate(file, start=2):
            line = line.rstrip(b"\r\n")
            if not line:
                continue
            found = len(line.partition(b"\t")[0])
            lengths[found] += 1
            problem = explain(line, length)
            bad += problem != ""
            if problem and bad <= 20:
                problems.append(f"{path}:{number}: {problem}")
    if not lengths:
        sys.exit(f"{path}: no example below the header")
    found = ", ".join(f"{n} ({count}x)" for n, count in lengths.most_common(5))
    labels = ", ".join(map(repr, LABELS[:10])) + ", ..." * (len(LABELS) > 10)
    problems.append(f"{path}: bad lines: {bad}, shown: {len(problems)}")
    problems.append(f"  lengths found: {found}; the definition's labels: {labels}")
    sys.exit("\n".join(problems))


def look_for_files(data_dir: Path) -> None:
    """Name the file that is there in place of a missing one, and what to do with it."""
    for name in ("training", "validation", "test"):
        path, hint = data_dir / f"{name}.txt", ""
        if path.exists():
            continue
        for other in filter(Path.is_file, sorted(data_dir.glob(f"{name}.*"))):
            is_packed = other.suffix == ".gz"
            fix = "gunzip it" if is_packed else "convert it: seqgra-data"
            hint = f", but there is {other.name}; {fix}"
        if name != "test":
            problem = f"No such file or directory{hint}"
            raise FileNotFoundError(0, problem, str(path))
        if hint:
            print(f"warning: {path} is missing{hint}", file=sys.stderr)


def warn_of_labels(run: dict) -> None:
    """Of labels that a set lacks."""
    for name, data in run["data"].items():
        missing = [repr(label) for label, count in data["labels"].items() if not count]
        if missing:
            some = ", ".join(missing[:5]) + ", ..." * (len(missing) > 5)
            print(f"warning: {name}.txt has no example of {some}", file=sys.stderr)


def open_folder(out: Path, resume: bool, run: dict) -> sqlite3.Connection:
    """Refuse a folder with other files; lock it for as long as this process lives."""
    out.mkdir(parents=True, exist_ok=True)
    found = files_in(out)
    if resume and "receipt.json" in found and "checkpoint" not in found:
        check_same_run(run, (out / "receipt.json").read_bytes(), out / "receipt.json")
        print(f"{out}: this run is complete")
        together(dist.broadcast_object_list, [None])  # the others end
        sys.exit(0)
    if found and not (resume and "checkpoint" in found):
        problem = "not empty; --resume continues a stopped run, -o names another folder"
        raise FileExistsError(0, problem, str(out))
    # An empty database: SQLite locks a file on every system, until the process ends.
    lock = sqlite3.connect(out / "lock", timeout=0)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        if "locked" in str(error):
            raise BlockingIOError(0, "another run is using it", str(out)) from error
        if "I/O" not in str(error) and "protocol" not in str(error):
            raise OSError(0, f"cannot be locked: {error}", str(out / "lock")) from error
        problem = f"cannot be locked ({error}): start no second run in it"
        print(f"warning: {out} {problem}", file=sys.stderr)
    if files_in(out) != found:
        raise BlockingIOError(0, "another run has just changed it", str(out))
    return lock


def files_in(out: Path) -> set[str]:
    """Without the lock, and what a kill has left of a file."""
    names = {name for name in os.listdir(out) if not name.endswith(".partial")}
    return names - {"lock", "lock-journal"}


def check_same_run(run: dict, record: str | bytes, path: Path) -> list[dict]:
    """The epochs of a run that was begun, if it is this very one."""
    try:
        begun = json.loads(record)
        epochs, names = begun["epochs"], [name for name in run if name != "epochs"]
        other = [name for name in names if run[name] != begun[name]]
    except (ValueError, LookupError, TypeError) as error:
        problem = "unreadable; name another folder with -o"
        raise OSError(0, problem, str(path)) from error
    if other:
        problem = f"of a run with another {', '.join(other)}"
        raise FileExistsError(0, problem, str(path))
    return epochs


def add_origin(run: dict, **versions: str) -> None:
    """What decides the result, besides data, device and threads."""
    try:
        script = Path(__file__).read_bytes()
    except (NameError, FileNotFoundError):  # from standard input, or in a notebook
        sys.exit("save this script to a file and run that: a receipt holds its hash")
    names = """
        MODEL_ID LABELS SEED SEQUENCE_LENGTH LEARNING_RATE BETAS EPS WEIGHT_DECAY
        AMSGRAD CLIPNORM BATCH_SIZE EPOCHS PATIENCE SHARDS
    """
    versions = {"seqgra-compile": "0.1.0"} | versions
    versions |= {"NumPy": np.__version__, "Python": platform.python_version()}
    definition = "32cc4b1aa1ffdb275833c2168cca4446132cdaaa782eab185991b0ddfd498cfb"
    run |= {"definition": definition, "script": hashlib.sha256(script).hexdigest()}
    run["settings"] = {name: repr(globals()[name]) for name in names.split()}
    run["versions"] = versions


def find_copies(sets: dict[str, tuple]) -> dict[str, int]:
    """How many examples of each set are also in an earlier one."""
    # A sequence's hash() is fixed within a process and has 64 bits: two sets of a
    # million different sequences have a value in common in 1 of 18 million runs.
    hashes, copies = {}, {}
    for name, (codes, _) in sets.items():
        of_set = np.fromiter((hash(bytes(x)) for x in codes), np.int64)
        for earlier, known in hashes.items():
            count = np.isin(of_set, known).sum().item()
            copies[f"{name} in {earlier}"] = count
            if count:
                warning = f"{name} examples that are also in {earlier}: {count}"
                print(f"warning: {warning}", file=sys.stderr)
        hashes[name] = of_set
    return copies


def save_epoch(out: Path, run: dict, model, optimizer) -> None:
    """The losses so far, to read; and all that the next epoch depends on."""
    epochs = run["epochs"]
    if epochs:
        save(out / "history.tsv", epochs[0].keys(), *(row.values() for row in epochs))
    state = {"run": json.dumps(run), "torch": torch.get_rng_state()}
    state["model"], state["optimizer"] = model.state_dict(), optimizer.state_dict()
    if torch.cuda.is_initialized():
        state["cuda"] = torch.cuda.get_rng_state(run["device"].split()[0])
    save(out / "checkpoint", data=packed(state))


def resume(out: Path, run: dict, model, optimizer) -> None:
    """Take all from the checkpoint; a new run saves its first one, and tries it."""
    path = out / "checkpoint"
    if not path.exists():
        save_epoch(out, run, model, optimizer)
    try:
        state = torch.load(path, "cpu", weights_only=True)
        record = state["run"]
    except Exception as error:  # a damaged file: there are many kinds
        problem = f"unreadable ({type(error).__name__}); name another folder with -o"
        raise OSError(0, problem, str(path)) from error
    run["epochs"] = check_same_run(run, record, path)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    torch.set_rng_state(state["torch"])
    if "cuda" in state:
        torch.cuda.set_rng_state(state["cuda"], run["device"].split()[0])
    if run["epochs"]:
        print(f"continues after epoch {len(run['epochs'])}")


def areas(y: np.ndarray, scores: np.ndarray) -> dict:
    """AUROC and AUPRC (average precision) of each label that varies, and their means.

    AUROC is the share of pairs of a true and a false example in which the true one has
    the higher score; a tie is half a pair.
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


def raw(value: object) -> bytes | memoryview:
    """A tensor's bytes; of one that NumPy does not know, or of no tensor, a file's."""
    try:
        return value.cpu().numpy().tobytes()
    except (AttributeError, RuntimeError, TypeError):
        return packed(value)


def count_weights(model: nn.Module) -> dict:
    """Numbers of weights, with running means and variances; SHA-256 of all values."""
    values = model.state_dict().values()
    total = sum(value.numel() for value in values if value.is_floating_point())
    trained = sum(w.numel() for w in model.parameters() if w.requires_grad)
    digest = hashlib.sha256(b"".join(map(raw, values))).hexdigest()
    return {"count": total, "trainable": trained, "sha256": digest}


def predictions(y: np.ndarray, y_hat: np.ndarray) -> Iterator[list]:
    """Rows of test-y-hat.txt: which labels are true, then what the model gives each."""
    yield [f"{column}_{label}" for column in ("y", "y_hat") for label in LABELS]
    for true, given in zip(y.tolist(), y_hat.tolist()):
        yield true + given


def write_results(out: Path, run: dict, results: dict, files: dict) -> None:
    """Write what is not there yet; a file that fails does not keep the others."""
    total, trained = results["weights"]["count"], results["weights"]["trainable"]
    counts = {"trainable": trained, "non-trainable": total - trained, "all": total}
    files["last-epoch-completed.txt"] = [[len(run["epochs"])]]
    counts = [(f"number of {kind} parameters", count) for kind, count in counts.items()]
    files["num-model-parameters.txt"] = counts
    session = run["versions"] | {"device": run["device"], "threads": run["threads"]}
    files["session-info.txt"] = session.items()
    metrics = {"data": run["data"]} | results
    files["metrics.json"] = [[json.dumps(metrics, indent=2)]]
    circumstances = {"host": platform.node(), "time": time.ctime()}
    receipt = run | results | {"circumstances": circumstances}
    files["receipt.json"] = [[json.dumps(receipt, indent=2)]]
    failed = []
    for name, rows in files.items():
        try:
            if not (out / name).exists():
                save(out / name, *rows)
        except OSError as error:
            failed.append(f"{error.filename}: {error.strerror}")
    if failed:
        failed.append("the same command with --resume writes what is missing")
        print(*failed, sep="\n", file=sys.stderr)
        sys.exit(2)


def say_start(run: dict, out: Path) -> None:
    print(f"{MODEL_ID}: device {run['device']}, threads {run['threads']}, output {out}")
    for name, part in run["data"].items():
        labels = [f"{label!r} {count:,}" for label, count in part["labels"].items()]
        more = ", ..." if len(labels) > 8 else ""
        print(f"{name}: examples {part['examples']:,}; {', '.join(labels[:8])}{more}")


def say_end(run: dict, results: dict, out: Path) -> None:
    count, best = len(run["epochs"]), results["best"]["epoch"]
    reason = "" if count == EPOCHS else f": {PATIENCE} without a lower validation loss"
    print(f"epochs {count}{reason}; best epoch {best}; files in {out}")
    for title, found in results.items():
        fractions = [name for name in found if isinstance(found[name], float)]
        figures = ", ".join(f"{name} {found[name]:.4f}" for name in fractions)
        if figures:
            print(f"{title}: {figures}".replace("_", " "))
    print(f"seconds {time.monotonic() - BEGUN:.1f}")


def finish(model, loss_fn, sets: dict, out: Path, run: dict, results: dict, lock):
    """Test the weights of the best epoch; write what they are worth, and say it."""
    model.load_state_dict(torch.load(out / "saved_model.pth", "cpu", weights_only=True))
    results["weights"], files = count_weights(model), {}
    if "test" in sets:
        codes, targets = sets["test"]
        loss, accuracy, scores = evaluate(model, loss_fn, codes, targets, torch.float64)
        y = targets[:].cpu().numpy() == 1
        y_hat = scores.sigmoid().double().cpu().numpy()
        found = areas(y, scores.double().cpu().numpy())
        results["test"] = found | {"loss": loss, "accuracy": accuracy}
        files["test-y-hat.txt"] = predictions(y, y_hat)
    write_results(out, run, results, files)
    (out / "checkpoint").unlink()  # last of all: until then, --resume goes on
    lock.close()
    (out / "lock").unlink()
    say_end(run, results, out)


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # what a console cannot show is escaped
            stream.reconfigure(errors="backslashreplace")
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("stopped; the same command with --resume continues")
    except OSError as error:
        problem = f"{error.filename or 'writing'}: {error.strerror or error}"
        print(problem, file=sys.stderr)
        sys.exit(2)
