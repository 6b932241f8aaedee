"""torch-mc3-dna60-conv-bn-do: one convolution, batch normalization, dropout

The module imports torch.nn and torch.nn.functional under their usual aliases, and ends
with a block that only runs when it is the main program. Gradients are clipped by norm.

Compiled by seqgra-compile 0.1.0 from model.xml, SHA-256
d2ced6a78163e9f633d9e671cd51ce917e64a4fff40b7e4ec213f4077ef69370, with
--semantics intended --library PyTorch --data memory.
Usage:  python train.py DATA_DIR [-o OUTPUT_DIR] [-g GPU] [--threads N] [--resume]
Reads:  training.txt, validation.txt and, if there, test.txt: a header x, tab, y, then
        in each line a DNA sequence, a tab, its label
Writes: saved_model.pth, history.tsv, metrics.json, receipt.json, test-y-hat.txt,
        session-info.txt, last-epoch-completed.txt, num-model-parameters.txt"""

# /// script
# requires-python = ">=3.10"
# dependencies = ["numpy", "torch>=2.4", "tqdm"]
# ///
from __future__ import annotations

import argparse
import collections
import hashlib
import io
import json
import os
import platform
import random
import sqlite3
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from tqdm import tqdm

if [int(part) for part in torch.__version__.split(".")[:2]] < [2, 4]:
    sys.exit(f"PyTorch {torch.__version__}: this script needs 2.4 or later")

# ---- Definition --------------------------------------------------------------
MODEL_ID = "torch-mc3-dna60-conv-bn-do"  # general/@id
# general/task: multi-class classification
# general/sequencespace: DNA
# general/library: PyTorch
# general/inputencoding: 1D
LABELS = ("promoter", "enhancer", "background")  # general/labels
SEED = 7  # general/seed
# architecture/external: class ConvNet of networks/conv_net.py, in the section Model
# loss/loss: CrossEntropyLoss
LABEL_SMOOTHING = 0.0  # loss/label_smoothing (default)
# optimizer/optimizer: Adam
LEARNING_RATE = 0.002  # optimizer/learning_rate
BETAS = (0.9, 0.999)  # optimizer/betas (default)
EPS = 1e-08  # optimizer/eps (default)
WEIGHT_DECAY = 0.0  # optimizer/weight_decay (default)
AMSGRAD = False  # optimizer/amsgrad (default)
CLIPNORM = 0.5  # optimizer/clipnorm
BATCH_SIZE = 12  # trainingprocess/batch_size
EPOCHS = 30  # trainingprocess/epochs
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


def read_examples(path: Path, length: int | None, digest) -> Iterator[tuple]:
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
            length = length or len(x) or 1  # that of the first example
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


def read_set(path: Path, length: int | None) -> tuple[np.ndarray, np.ndarray, str]:
    """Codes (N, length) uint8, class indices (N,) int64; the file's SHA-256."""
    codes, targets, digest = bytearray(), [], hashlib.sha256()
    for x, y in read_examples(path, length, digest):
        codes += x
        targets.append(y)
    codes = np.frombuffer(codes, np.uint8).reshape(len(targets), -1)
    return codes, np.array(targets, np.int64), digest.hexdigest()


def one_hot(codes: torch.Tensor) -> torch.Tensor:
    """Codes (B, L) to (B, 4, L) float32, channels ACGT; N is 0.25 in each."""
    table = torch.eye(4, 5, device=codes.device)  # a column for each code
    table[:, 4] = 0.25
    x = table.index_select(1, codes.flatten().int()).view(4, *codes.shape)
    return x.transpose(0, 1).contiguous()


# ---- Model -------------------------------------------------------------------
# networks/conv_net.py, SHA-256
# e32492b90ea8c12b1eca380c797de0d5fcdd5b9ec28e6cea2bc77cb71d34710f,
# laid out by Black, its imports at the top, without a block for __main__:
"""One convolutional block and a small classifier for sequences of 60 nucleotides."""


WIDTH = 9


class Block(nn.Module):
    """Convolution, batch normalization, ReLU, pooling: (B, C, L) to (B, filters, L // 3)."""

    def __init__(self, channels: int, filters: int) -> None:
        super().__init__()
        self.conv = nn.Conv1d(channels, filters, WIDTH, padding=WIDTH // 2)
        self.norm = nn.BatchNorm1d(filters)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.max_pool1d(F.relu(self.norm(self.conv(x))), 3)


class ConvNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = Block(4, 8)
        self.dropout = nn.Dropout(p=0.25)
        self.fc = nn.Linear(8 * 20, 3)

    def forward(self, x):
        x = self.dropout(self.block(x))
        return self.fc(x.view(x.size(0), -1))


def build_model() -> nn.Module:
    return ConvNet()


# ---- Loss and optimizer ------------------------------------------------------
def build_loss() -> nn.Module:
    return nn.CrossEntropyLoss(
        weight=None, reduction="mean", label_smoothing=LABEL_SMOOTHING
    )


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


# ---- Training ----------------------------------------------------------------
def draw() -> int:
    """One 64-bit number of PyTorch's generator, drawn as seqgra's DataLoaders do."""
    return int(torch.empty((), dtype=torch.int64).random_())


def train_epoch(model, loss_fn, optimizer, codes, targets, title: str) -> float:
    """One pass over the training set; its mean loss, which must be finite."""
    model.train()
    draw()  # the DataLoader's seed for its workers: there are none
    generator = torch.Generator().manual_seed(draw())
    order = torch.randperm(len(codes), generator=generator).to(codes.device)
    batches = order.split(BATCH_SIZE)
    losses = torch.zeros(len(batches), device=codes.device)
    for number, batch in enumerate(tqdm(batches, title, leave=False, disable=None)):
        optimizer.zero_grad()
        loss = loss_fn(model(one_hot(codes[batch])), targets[batch])
        loss.backward()
        clip_gradients(model)
        optimizer.step()
        losses[number] = loss.detach() * len(batch)
    if not losses.isfinite().all():
        number = losses.isfinite().int().argmin() + 1
        sys.exit(f"{title}, batch {number}: loss not finite; lower the learning rate?")
    return losses.sum().item() / len(order)


@torch.no_grad()
def evaluate(model, loss_fn, codes, targets, dtype):
    """Mean loss, summed in dtype; accuracy; scores (N, labels). No dropout."""
    model.eval()
    total, scores = torch.zeros((), dtype=dtype, device=codes.device), []
    for x, y in zip(codes.split(BATCH_SIZE), targets.split(BATCH_SIZE)):
        scores.append(model(one_hot(x)))
        total += loss_fn(scores[-1], y).to(dtype) * len(y)
    scores = torch.cat(scores)
    correct = scores.argmax(dim=1) == targets[:]
    return total.item() / len(codes), correct.sum().item() / len(codes), scores


def train(model, loss_fn, optimizer, sets: dict, out: Path, run: dict) -> dict:
    """Save the weights of the epoch with the lowest validation loss; return its row."""
    epochs = run["epochs"]
    while True:
        save_checkpoint(out, run, model, optimizer)
        best = min(epochs, key=lambda row: row["validation_loss"], default={"epoch": 0})
        if epochs[-1:] == [best]:
            save(out / "saved_model.pth", state=model.state_dict())
        if len(epochs) == EPOCHS or len(epochs) - best["epoch"] == PATIENCE:
            return best
        title = f"epoch {len(epochs) + 1}/{EPOCHS}"
        mean = train_epoch(model, loss_fn, optimizer, *sets["training"], title)
        draw(), draw(), draw()  # seqgra's loaders: it evaluates the training set, too
        loss, accuracy, _ = evaluate(model, loss_fn, *sets["validation"], torch.float32)
        if not np.isfinite(loss):
            sys.exit(f"{title}, validation: loss not finite; lower the learning rate?")
        row = {"epoch": len(epochs) + 1, "training_loss": mean, "validation_loss": loss}
        epochs.append(row | {"validation_accuracy": accuracy})
        losses = f"training loss {mean:.4f}  validation loss {loss:.4f}"
        print(f"{title}  {losses}  accuracy {accuracy:.4f}", flush=True)


# ---- Records -----------------------------------------------------------------
def save(path: Path, *rows, state: dict | None = None) -> None:
    """Rows of text, or a state: the file appears complete or not at all."""
    memory = io.BytesIO()
    memory.writelines(("\t".join(map(str, row)) + "\n").encode() for row in rows)
    if state:
        torch.save(state, memory)  # straight to a full disk, it hides the reason
    with open(f"{path}.partial", "wb") as file:
        file.write(memory.getbuffer())
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
    definition = "d2ced6a78163e9f633d9e671cd51ce917e64a4fff40b7e4ec213f4077ef69370"
    script = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    own = ((name, value) for name, value in globals().items() if name.isupper())
    settings = {k: repr(v) for k, v in own if isinstance(v, (int, float, str, tuple))}
    versions = {"seqgra-compile": "0.1.0"} | versions
    versions |= {"NumPy": np.__version__, "Python": platform.python_version()}
    run = {"definition": definition, "script": script, "settings": settings}
    run |= {"versions": versions, "device": device, "threads": threads}
    return run | {"data": {}, "epochs": []}


def save_checkpoint(out: Path, run: dict, model, optimizer) -> None:
    """All that the next epoch depends on; and the losses so far, to read."""
    state = {"run": json.dumps(run), "torch": torch.get_rng_state()}
    state["model"], state["optimizer"] = model.state_dict(), optimizer.state_dict()
    if torch.cuda.is_initialized():
        state["cuda"] = torch.cuda.get_rng_state_all()
    kind, numbers, *rest = np.random.get_state()
    state["numpy"], state["python"] = (kind, numbers.tolist(), *rest), random.getstate()
    save(out / "checkpoint", state=state)
    epochs = run["epochs"]
    rows = [row.values() for row in epochs]
    save(out / "history.tsv", *epochs[:1], *rows)  # a row's names, then all values
    save(out / "last-epoch-completed.txt", [len(epochs)])


def load_checkpoint(path: Path, run: dict, model, optimizer) -> None:
    """Go on as if the run had never been stopped, if it is this very one."""
    try:
        state = torch.load(path, "cpu", weights_only=True)
        record = state["run"]
    except Exception as error:  # a damaged file: there are many kinds
        problem = f"unreadable ({type(error).__name__}); name another folder with -o"
        raise OSError(0, problem, str(path)) from error
    go_on(run, record, path)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    torch.set_rng_state(state["torch"])
    torch.cuda.set_rng_state_all(state.get("cuda", []))
    np.random.set_state(state["numpy"]), random.setstate(state["python"])


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


def test(model, loss_fn, codes, targets, out: Path) -> dict:
    """What the model is worth on the test set; a row an example in test-y-hat.txt."""
    loss, accuracy, scores = evaluate(model, loss_fn, codes, targets, torch.float64)
    y = targets[:].cpu().numpy()[:, None] == np.arange(len(LABELS))
    y_hat = scores.softmax(dim=1).cpu().numpy()
    header = [f"{column}_{label}" for column in ("y", "y_hat") for label in LABELS]
    rows = (a + b for a, b in zip(y.tolist(), y_hat.tolist()))
    save(out / "test-y-hat.txt", header, *rows)
    return judge(y, y_hat) | {"loss": loss, "accuracy": accuracy}


def count_weights(model, out: Path) -> dict:
    """Numbers of weights, less running means and variances; SHA-256 of all values."""
    values = model.state_dict().values()
    total = sum(w.numel() for w in model.parameters())
    trained = sum(w.numel() for w in model.parameters() if w.requires_grad)
    counts = {"trainable": trained, "non-trainable": total - trained, "all": total}
    rows = [(f"number of {kind} parameters", count) for kind, count in counts.items()]
    save(out / "num-model-parameters.txt", *rows)
    data = b"".join(v.cpu().numpy().tobytes() for v in values)
    return {"count": total, "sha256": hashlib.sha256(data).hexdigest()}


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


def set_seed() -> None:
    random.seed(SEED)
    np.random.seed(SEED)
    torch.manual_seed(SEED)


def choose_device(gpu: int, threads: int | None) -> torch.device:
    """Bit-identical only on one machine, with the same versions and threads."""
    torch.set_num_threads(threads or torch.get_num_threads())
    os.environ["CUBLAS_WORKSPACE_CONFIG"] = ":4096:8"  # read when CUDA starts
    torch.use_deterministic_algorithms(gpu != -1, warn_only=True)
    torch.backends.cudnn.benchmark = torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.allow_tf32 = False  # TF32 would round to 10 bits
    return torch.device("cpu" if gpu == -1 else f"cuda:{gpu}")


def neighbour(path: Path) -> str:
    """The file that is there in place of a missing one, and what to do with it."""
    for other in sorted(path.parent.glob(f"{path.stem}.*")):
        if other.is_file():
            fix = "gunzip it" if other.suffix == ".gz" else "convert it: seqgra-data"
            return f", but there is {other.name}; {fix}"
    return ""


def read_sets(data_dir: Path, run: dict) -> dict[str, tuple]:
    """The sets' codes and targets; the test set may be missing."""
    sets, length = {}, None
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
        length = codes.shape[1]
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
    arguments = parse_arguments(torch.cuda.device_count())
    device = choose_device(arguments.gpu, arguments.threads)
    out, threads = arguments.output_dir, torch.get_num_threads()
    kind = f" {torch.cuda.get_device_name(device)}" if device.type == "cuda" else ""
    run = begin(f"{device}{kind}", threads, PyTorch=torch.__version__)
    sets = read_sets(arguments.data_dir, run)
    lock = open_folder(out, arguments.resume, run)
    copies = find_copies(sets)
    for name, arrays in sets.items():
        sets[name] = [torch.from_numpy(array).to(device) for array in arrays]

    set_seed()
    model = build_model().to(device)
    loss_fn, optimizer = build_loss(), build_optimizer(model)
    set_seed()  # again, as seqgra does: training draws the same, however it was built
    if (out / "checkpoint").exists():
        load_checkpoint(out / "checkpoint", run, model, optimizer)
    print(f"{MODEL_ID}: {device}, {threads} threads")
    best = train(model, loss_fn, optimizer, sets, out, run)

    model.load_state_dict(torch.load(out / "saved_model.pth", "cpu", weights_only=True))
    results = {"copies": copies, "weights": count_weights(model, out), "best": best}
    if "test" in sets:
        results["test"] = test(model, loss_fn, *sets["test"], out)
    finish(run, results, out, lock)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("stopped; the same command with --resume goes on")
    except OSError as error:
        print(f"{error.filename or 'writing'}: {error.strerror}", file=sys.stderr)
        sys.exit(2)
