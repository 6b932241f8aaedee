"""torch-mc3-dna64-conv-variants: convolutions: same, causal, dilated, strided, in
groups

An embedded architecture with even and odd windows.

Compiled by seqgra-compile 0.1.0 from model.xml, SHA-256
493e9f13ae0f7e3fc8758f4b5d52a05d2140845163ad7623639d8c73c72bda58, with
--semantics intended --library PyTorch --data memory --records full.
Usage:  python train.py DATA_DIR [-o OUTPUT_DIR] [-g GPU] [--threads N] [--resume]
Reads:  training.txt, validation.txt and, if present, test.txt: a header x, tab, y, then
        on each line a DNA sequence, a tab, its label
Writes: saved_model.pth, history.tsv, metrics.json, test-y-hat.txt, receipt.json,
        session-info.txt, last-epoch-completed.txt, num-model-parameters.txt"""

# /// script
# requires-python = ">=3.10"
# dependencies = ["numpy", "torch>=2.4", "tqdm"]
# ///

import argparse
import hashlib
import io
import json
import os
import platform
import sqlite3
import sys
import time
from pathlib import Path

try:
    import numpy as np
    import torch
    import torch.nn.functional as F
    from torch import nn
    from tqdm import tqdm
except ModuleNotFoundError as error:
    print("Without CUDA: uv pip install --torch-backend cpu torch", file=sys.stderr)
    sys.exit(f"{error}. To install: pip install numpy torch tqdm")
if [int(part) for part in torch.__version__.split(".")[:2]] < [2, 4]:
    sys.exit(f"PyTorch {torch.__version__}: this script needs 2.4 or later")

# ---- Definition --------------------------------------------------------------
MODEL_ID = "torch-mc3-dna64-conv-variants"  # general/@id
# general/task: multi-class classification
# general/sequencespace: DNA
# general/library: PyTorch
# general/inputencoding: 1D
LABELS = ("c1", "c2", "c3")  # general/labels
SEED = 1  # general/seed
# architecture/sequential: 11 operations, in the section Model
SEQUENCE_LENGTH = 64  # architecture/sequential/operation[1]/@input_shape
# loss/loss: CrossEntropyLoss
LABEL_SMOOTHING = 0.0  # loss/label_smoothing (default)
# optimizer/optimizer: Adam
LEARNING_RATE = 0.005  # optimizer/learning_rate
BETAS = (0.9, 0.999)  # optimizer/betas (default)
EPS = 1e-08  # optimizer/eps (default)
WEIGHT_DECAY = 0.0  # optimizer/weight_decay (default)
AMSGRAD = False  # optimizer/amsgrad (default)
BATCH_SIZE = 16  # trainingprocess/batch_size
EPOCHS = 40  # trainingprocess/epochs
# trainingprocess/early_stopping: True
PATIENCE = 5  # trainingprocess/early_stopping_patience
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


def one_hot(codes: torch.Tensor) -> torch.Tensor:
    """Codes (B, L) to (B, 4, L) float32, channels ACGT; N is 0.25 in each."""
    table = torch.eye(4, 5, device=codes.device)  # a column for each code
    table[:, 4] = 0.25
    x = table.index_select(1, codes.flatten().int()).view(4, *codes.shape)
    return x.transpose(0, 1).contiguous()


# ---- Model -------------------------------------------------------------------
class Model(nn.Module):
    """(64, 4) -> (3,) logits, 1,469 weights."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1d_1 = nn.Conv1d(
            4, 8, 6, stride=1, padding=0, dilation=1, groups=1, bias=True
        )
        nn.init.xavier_uniform_(self.conv1d_1.weight, gain=1.0)
        nn.init.zeros_(self.conv1d_1.bias)
        self.conv1d_1_relu = nn.ReLU()
        self.conv1d_2 = nn.Conv1d(
            8, 8, 5, stride=1, padding=0, dilation=2, groups=1, bias=False
        )
        nn.init.xavier_uniform_(self.conv1d_2.weight, gain=1.0)
        self.conv1d_2_elu = nn.ELU(alpha=1.0)
        self.maxpool1d_3 = nn.MaxPool1d(3, stride=3, padding=0, ceil_mode=False)
        self.conv1d_4 = nn.Conv1d(
            8, 12, 4, stride=2, padding=1, dilation=1, groups=2, bias=True
        )
        nn.init.xavier_uniform_(self.conv1d_4.weight, gain=1.0)
        nn.init.zeros_(self.conv1d_4.bias)
        self.conv1d_4_swish = nn.SiLU()
        self.dropout_5 = nn.Dropout(p=0.25)
        self.conv1d_6 = nn.Conv1d(
            12, 6, 3, stride=1, padding=0, dilation=1, groups=1, bias=True
        )
        nn.init.xavier_uniform_(self.conv1d_6.weight, gain=1.0)
        nn.init.zeros_(self.conv1d_6.bias)
        self.conv1d_6_tanh = nn.Tanh()
        self.maxpool1d_7 = nn.MaxPool1d(2, stride=1, padding=0, ceil_mode=False)
        self.dense_9 = nn.Linear(48, 10, bias=True)
        nn.init.trunc_normal_(
            self.dense_9.weight,
            mean=0.0,
            std=0.23205796996864317,
            a=-0.46411593993728634,
            b=0.46411593993728634,
        )
        nn.init.zeros_(self.dense_9.bias)
        self.dense_9_relu = nn.ReLU()
        self.dropout_10 = nn.Dropout(p=0.1)
        self.dense_11 = nn.Linear(10, 3, bias=True)
        nn.init.xavier_uniform_(self.dense_11.weight, gain=1.0)
        nn.init.zeros_(self.dense_11.bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        # 1 Conv1D: (64, 4) -> (64, 8), 200 weights
        x = self.conv1d_1_relu(self.conv1d_1(F.pad(x, (2, 3))))
        # 2 Conv1D: (64, 8) -> (64, 8), 320 weights
        x = self.conv1d_2_elu(self.conv1d_2(F.pad(x, (8, 0))))
        x = self.maxpool1d_3(F.pad(x, (1, 1), value=float("-inf")))  # -> (22, 8)
        x = self.conv1d_4_swish(self.conv1d_4(x))  # -> (11, 12), 204 weights
        x = self.dropout_5(x)  # -> (11, 12)
        x = self.conv1d_6_tanh(self.conv1d_6(x))  # -> (9, 6), 222 weights
        x = self.maxpool1d_7(x)  # -> (8, 6)
        x = x.permute(0, 2, 1)  # to (B, length, channels)
        x = x.flatten(1)  # 8 Flatten -> (48,)
        x = self.dense_9_relu(self.dense_9(x))  # -> (10,), 490 weights
        x = self.dropout_10(x)  # -> (10,)
        return self.dense_11(x)  # -> (3,), 33 weights


def build_model() -> nn.Module:
    return Model()


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


def penalty(model: nn.Module) -> torch.Tensor:
    """The regularizers' terms: Keras adds them to every loss, also in validation."""
    return sum(
        [
            0.001 * model.dense_9.weight.square().sum(),
        ]
    )


# ---- Training ----------------------------------------------------------------
def train_epoch(model, loss_fn, optimizer, codes, targets, title: str) -> float:
    """One pass over the training set; its mean loss."""
    model.train()
    order = torch.randperm(len(codes)).to(codes.device)
    batches = order.split(BATCH_SIZE)
    losses = torch.zeros(len(batches), device=codes.device)
    for number, batch in enumerate(tqdm(batches, title, leave=False, disable=None)):
        x, y = one_hot(codes[batch]), targets[batch]
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        loss = loss + penalty(model)
        loss.backward()
        optimizer.step()
        losses[number] = loss.detach() * len(batch)
    return losses.sum().item() / len(order)


@torch.no_grad()
def evaluate(model, loss_fn, codes, targets, dtype):
    """Mean loss, summed in seqgra's dtype; accuracy; scores (N, labels)."""
    model.eval()
    total, scores = torch.zeros((), dtype=dtype, device=codes.device), []
    for x, y in zip(codes.split(BATCH_SIZE), targets.split(BATCH_SIZE)):
        x = one_hot(x)
        scores.append(model(x))
        loss = loss_fn(scores[-1], y) + penalty(model)
        total += loss.to(dtype) * len(y)
    scores = torch.cat(scores)
    correct = scores.argmax(dim=1) == targets[:]
    return total.item() / len(codes), correct.sum().item() / len(codes), scores


def train(model, loss_fn, optimizer, sets: dict, out: Path, run: dict) -> dict:
    """Save the weights of the epoch with the lowest validation loss; return its row.

    After PATIENCE epochs without a lower validation loss, training ends.
    """
    epochs = run["epochs"]  # not empty if a run is resumed
    start = {"epoch": 0, "validation_loss": np.inf}
    best = min(epochs, key=lambda row: row["validation_loss"], default=start)
    for epoch in range(len(epochs) + 1, EPOCHS + 1):
        epochs_since_best = len(epochs) - best["epoch"]
        if epochs_since_best == PATIENCE:
            break
        begun, title = time.monotonic(), f"epoch {epoch}/{EPOCHS}"
        mean = train_epoch(model, loss_fn, optimizer, *sets["training"], title)
        loss, accuracy, _ = evaluate(model, loss_fn, *sets["validation"], torch.float32)
        if not np.isfinite(mean + loss):
            sys.exit(f"{title}: loss not finite; lower the learning rate?")
        row = {"epoch": epoch, "training_loss": mean, "validation_loss": loss}
        row["validation_accuracy"] = accuracy
        epochs.append(row)
        if loss < best["validation_loss"]:
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
    arguments = parse_arguments(torch.cuda.device_count())
    device = choose_device(arguments.gpu, arguments.threads)
    threads, out = torch.get_num_threads(), arguments.output_dir
    run = {"data": {}, "epochs": []}
    print(f"{MODEL_ID}: device {device}, threads {threads}, output {out}")
    add_origin(run, named(device), threads, PyTorch=torch.__version__)
    sets = read_sets(arguments.data_dir, run)
    add_sources(arguments.data_dir, run)
    lock = open_folder(out, arguments.resume, run)
    results = {"copies": find_copies(sets)}
    warn(run, results["copies"])
    for name, arrays in sets.items():
        sets[name] = [torch.from_numpy(array).to(device) for array in arrays]

    torch.manual_seed(SEED)
    model = build_model().to(device)
    loss_fn, optimizer = build_loss(), build_optimizer(model)
    torch.manual_seed(SEED)  # again, so that building the model shifts no later draw
    resume(out, run, model, optimizer)
    results["best"] = train(model, loss_fn, optimizer, sets, out, run)
    finish(model, loss_fn, sets, out, run, results, lock)


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


def packed(state: object) -> memoryview:
    memory = io.BytesIO()
    torch.save(state, memory)  # to a file, it would hide that the disk is full
    return memory.getbuffer()


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
        MODEL_ID LABELS SEED SEQUENCE_LENGTH LABEL_SMOOTHING LEARNING_RATE BETAS EPS
        WEIGHT_DECAY AMSGRAD BATCH_SIZE EPOCHS PATIENCE
    """
    definition = "493e9f13ae0f7e3fc8758f4b5d52a05d2140845163ad7623639d8c73c72bda58"
    family = "f9fbda75f9989f95936de775346bfd1ed42650273d8eb5ad64d4fa83fd0f94ae"
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


def named(device: torch.device) -> str:
    if device.type == "cpu":
        return "cpu"
    kind = torch.cuda.get_device_name(device)
    return f"{device} {kind}; kernels that are not deterministic only warn"


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


def save_epoch(out: Path, run: dict, model, optimizer) -> None:
    """Save the history so far, and a checkpoint: all that the next epoch depends on."""
    epochs = run["epochs"]
    if epochs:
        save(out / "history.tsv", epochs[0].keys(), *(row.values() for row in epochs))
    state = {"run": json.dumps(run), "torch": torch.get_rng_state()}
    state["model"], state["optimizer"] = model.state_dict(), optimizer.state_dict()
    state["seconds"] = time.monotonic() - BEGUN
    if torch.cuda.is_initialized():
        state["cuda"] = torch.cuda.get_rng_state(run["device"].split()[0])
    save(out / "checkpoint", data=packed(state))


def resume(out: Path, run: dict, model, optimizer) -> None:
    """Restore the checkpoint; a new run saves one first, to test saving and loading."""
    global BEGUN
    path = out / "checkpoint"
    if not path.exists():
        save_epoch(out, run, model, optimizer)
    try:
        state = torch.load(path, "cpu", weights_only=True)
        record, seconds = state["run"], float(state["seconds"])
    except Exception as error:  # a damaged file raises errors of many kinds
        problem = f"unreadable ({type(error).__name__}); name another folder with -o"
        raise OSError(0, problem, str(path)) from error
    run["epochs"] = check_same_run(run, record, path)
    BEGUN = time.monotonic() - seconds
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


def count_weights(model: nn.Module) -> dict:
    """Numbers of weights, with running means and variances; SHA-256 of all values."""
    values = model.state_dict().values()
    total = sum(value.numel() for value in values if value.is_floating_point())
    trained = sum(w.numel() for w in model.parameters() if w.requires_grad)
    data = b"".join(value.cpu().numpy().tobytes() for value in values)
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


def finish(model, loss_fn, sets: dict, out: Path, run: dict, results: dict, lock):
    """Test the weights of the best epoch; write the results, and print them."""
    model.load_state_dict(torch.load(out / "saved_model.pth", "cpu", weights_only=True))
    results["weights"] = count_weights(model)
    if "test" in sets:
        codes, targets = sets["test"]
        loss, accuracy, scores = evaluate(model, loss_fn, codes, targets, torch.float64)
        y = targets[:].cpu().numpy()[:, None] == np.arange(len(LABELS))
        y_hat = scores.softmax(dim=1).double().cpu().numpy()
        results["test"] = areas(y, scores.double().softmax(dim=1).cpu().numpy())
        results["test"] |= {"loss": loss, "accuracy": accuracy}
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
