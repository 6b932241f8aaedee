"""torch-ml2-dna40-conv2d-weights: initial weights from files

Under 2D encoding a sequence is an image of height 1.

Compiled by seqgra-compile 0.1.0 from model.xml, SHA-256
290ca80eae35fbcf1d6a64e68ad415113014d120ce2e356456c9838eed45f71d, semantics intended.
Usage:  python train.py DATA_DIR [-o OUTPUT_DIR] [-g GPU] [--threads N]
Reads:  training.txt, validation.txt and, if there, test.txt: a header x, tab, y, then
        in each line a DNA sequence, a tab, its labels, joined by |
Writes: saved_model.pth, history.tsv, metrics.json, test-y-hat.txt, session-info.txt,
        last-epoch-completed.txt, num-model-parameters.txt"""

# /// script
# requires-python = ">=3.10"
# dependencies = ["numpy", "torch", "tqdm"]
# ///

import argparse
import hashlib
import io
import json
import math
import os
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from tqdm import tqdm

# ---- Definition --------------------------------------------------------------
MODEL_ID = "torch-ml2-dna40-conv2d-weights"  # general/@id
# general/task: multi-label classification
# general/sequencespace: DNA
# general/library: PyTorch
# general/inputencoding: 2D
LABELS = ("left", "right")  # general/labels
SEED = 42  # general/seed
# architecture/sequential: 6 operations, in the section Model
SEQUENCE_LENGTH = 40  # architecture/sequential/operation[1]/@input_shape
# loss/loss: BCEWithLogitsLoss
# optimizer/optimizer: SGD
LEARNING_RATE = 0.01  # optimizer/learning_rate
MOMENTUM = 0.9  # optimizer/momentum
DAMPENING = 0.1  # optimizer/dampening
WEIGHT_DECAY = 0.0  # optimizer/weight_decay (default)
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


def one_hot(codes: torch.Tensor) -> torch.Tensor:
    """Codes (B, L) to (B, 4, 1, L) float32, channels ACGT; N is 0.25 in each."""
    channels = torch.arange(4, dtype=torch.uint8, device=codes.device)
    x = (codes[:, None, :] == channels[:, None]).float()
    return x.masked_fill_(codes[:, None, :] == 4, 0.25)[:, :, None, :]


# ---- Model -------------------------------------------------------------------
class Model(nn.Module):
    """(1, 40, 4) -> (2,) logits, 326 weights."""

    def __init__(self) -> None:
        super().__init__()
        self.conv2d_1 = nn.Conv2d(
            4,
            6,
            (1, 8),
            stride=(1, 2),
            padding=(0, 3),
            dilation=(1, 1),
            groups=1,
            bias=False,
        )
        nn.init.xavier_uniform_(self.conv2d_1.weight, gain=1.0)
        self.conv2d_2 = nn.Conv2d(
            6,
            4,
            (1, 3),
            stride=(1, 1),
            padding=(0, 0),
            dilation=(1, 2),
            groups=1,
            bias=True,
        )
        nn.init.normal_(
            self.conv2d_2.weight,
            mean=0.0,
            std=0.2,
            generator=torch.Generator().manual_seed(5),
        )
        nn.init.zeros_(self.conv2d_2.bias)
        self.conv2d_2.requires_grad_(False)
        self.dense_5 = nn.Linear(4, 8, bias=True)
        nn.init.uniform_(self.dense_5.weight, -0.8660254037844386, 0.8660254037844386)
        nn.init.constant_(self.dense_5.bias, 0.1)
        self.dense_6 = nn.Linear(8, 2, bias=True)
        nn.init.xavier_uniform_(self.dense_6.weight, gain=1.0)
        nn.init.zeros_(self.dense_6.bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.activity_penalty = 0.0
        x = F.relu(self.conv2d_1(x))  # -> (1, 20, 6), 192 weights
        x = F.gelu(self.conv2d_2(x), approximate="none")  # -> (1, 16, 4), 76 weights
        x = x.permute(0, 2, 3, 1)  # to (B, height, width, channels)
        x = x.reshape(len(x), 16, 4)  # 3 Reshape -> (16, 4)
        x = x.amax(dim=1)  # 4 GlobalMaxPool1D -> (4,)
        x = F.selu(self.dense_5(x))  # -> (8,), 40 weights
        self.activity_penalty += (0.001 * x.abs().sum()) / len(x)
        x = self.dense_6(x)  # -> (2,), 18 weights
        return x


def read_weights(name: str, sha256: str) -> list[np.ndarray]:
    """The arrays in a .npy file beside this script, if it is the one compiled in."""
    path = Path(__file__).parent / name
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        sys.exit(f"{path}: its SHA-256 is not {sha256}, that of the file compiled in")
    # Arrays of several shapes are a pickle: this one was inspected by the compiler.
    return list(np.load(io.BytesIO(data), allow_pickle=True))


def set_weights(
    places: list[tuple[torch.Tensor, tuple, tuple]], arrays: list[np.ndarray]
) -> None:
    """Copy arrays into weights: each has its shape in Keras and its order of axes."""
    if len(arrays) != len(places):
        sys.exit(f"a weights file holds {len(arrays)} arrays, expected {len(places)}")
    for (weight, shape, axes), array in zip(places, arrays):
        if array.shape != shape:
            sys.exit(
                f"a weights file has an array of the shape {array.shape} for {shape}"
            )
        values = np.asarray(array, np.float32).transpose(axes).reshape(weight.shape)
        weight.data.copy_(torch.from_numpy(values))


def build_model() -> nn.Module:
    model = Model()
    set_weights(
        [(model.conv2d_1.weight, (1, 8, 4, 6), (3, 2, 0, 1))],
        read_weights(
            "first-kernel.npy",
            "5dd590c16119d2e1136b5447ede63cac7607e44afda6edb2548ab2043f0d37a8",
        ),
    )
    set_weights(
        [(model.dense_5.weight, (4, 8), (1, 0)), (model.dense_5.bias, (8,), (0,))],
        read_weights(
            "dense.npy",
            "2df1e2fd3217b7bc4bbb97f3dbd8ead15bcb7ed05595db390a9ab9bed337bf35",
        ),
    )
    return model


# ---- Loss and optimizer ------------------------------------------------------
def build_loss() -> nn.Module:
    return nn.BCEWithLogitsLoss(weight=None, reduction="mean", pos_weight=None)


def build_optimizer(model: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.SGD(
        model.parameters(),
        lr=LEARNING_RATE,
        momentum=MOMENTUM,
        dampening=DAMPENING,
        weight_decay=WEIGHT_DECAY,
        nesterov=NESTEROV,
        maximize=False,
    )


def penalty(model: nn.Module) -> torch.Tensor:
    """The regularizers' terms: Keras adds them to every loss, in validation too."""
    return sum(
        [
            0.01 * model.dense_5.bias.abs().sum(),
            model.activity_penalty,
        ]
    )


# ---- Training ----------------------------------------------------------------
def train_epoch(model, loss_fn, optimizer, codes, targets, title: str) -> float:
    """One pass over the training set; the mean loss, each batch's before its step."""
    model.train()
    order = torch.arange(len(codes), device=codes.device)
    total = torch.zeros((), device=codes.device)
    for batch in tqdm(order.split(BATCH_SIZE), title, leave=False, disable=None):
        optimizer.zero_grad()
        loss = loss_fn(model(one_hot(codes[batch])), targets[batch])
        loss = loss + penalty(model)
        loss.backward()
        optimizer.step()
        total += loss.detach() * len(batch)
    return total.item() / len(order)


@torch.no_grad()
def evaluate(model, loss_fn, codes, targets, dtype):
    """Mean loss, summed in dtype, share with all labels right, scores; no dropout."""
    model.eval()
    total, scores = torch.zeros((), dtype=dtype, device=codes.device), []
    for x, y in zip(codes.split(BATCH_SIZE), targets.split(BATCH_SIZE)):
        scores.append(model(one_hot(x)))
        loss = loss_fn(scores[-1], y) + penalty(model)
        total += loss.to(dtype) * len(y)
    scores = torch.cat(scores)
    correct = ((scores.sigmoid() > 0.5) == (targets == 1)).all(dim=1)
    return total.item() / len(codes), correct.sum().item() / len(codes), scores


def train(model, loss_fn, optimizer, sets: dict, out: Path) -> dict:
    """Leave the weights of the epoch with the lowest validation loss in a file."""
    best = {"epoch": 0, "loss": math.inf}
    history = "epoch\ttraining_loss\tvalidation_loss\tvalidation_accuracy\n"
    for epoch in range(1, EPOCHS + 1):
        title = f"epoch {epoch}/{EPOCHS}"
        trained = train_epoch(model, loss_fn, optimizer, *sets["training"], title)
        loss, accuracy, _ = evaluate(model, loss_fn, *sets["validation"], torch.float32)
        losses = f"training loss {trained:.4f}  validation loss {loss:.4f}"
        print(f"{title}  {losses}  accuracy {accuracy:.4f}", flush=True)
        if loss < best["loss"]:
            best = {"epoch": epoch, "loss": loss, "accuracy": accuracy}
            save(out / "saved_model.pth", lambda f: torch.save(model.state_dict(), f))
        history += f"{epoch}\t{trained}\t{loss}\t{accuracy}\n"
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


def describe(model: nn.Module, device: torch.device, out: Path) -> None:
    """Write the numbers of weights, and what else the result depends on."""
    sizes = [(weight.numel(), weight.requires_grad) for weight in model.parameters()]
    total = sum(size for size, _ in sizes)
    trained = sum(size for size, requires_grad in sizes if requires_grad)
    counts = {"trainable": trained, "non-trainable": total - trained, "all": total}
    lines = [f"number of {kind} parameters\t{n}\n" for kind, n in counts.items()]
    save_text(out / "num-model-parameters.txt", "".join(lines))
    save_text(
        out / "session-info.txt",
        f"seqgra-compile version: 0.1.0\nPyTorch version: {torch.__version__}\n"
        f"NumPy version: {np.__version__}\nPython version: {sys.version}\n"
        f"device: {device}\nthreads: {torch.get_num_threads()}\n",
    )
    print(f"{MODEL_ID}: {total:,} weights, {device}, {torch.get_num_threads()} threads")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=f"Train {MODEL_ID}.")
    add = parser.add_argument
    add("data_dir", type=Path, help="folder of training.txt, validation.txt, test.txt")
    add("-o", "--output-dir", type=Path, default=Path("models", MODEL_ID))
    add("-g", "--gpu", type=int, help="id; default: 0 if there is one; -1: the CPU")
    add("--threads", type=int, help="on the CPU; default: the library's choice")
    return parser.parse_args()


def choose_device(gpu: int | None, threads: int | None) -> torch.device:
    """Same bits on the same machine, versions and threads; across them, no promise."""
    count = torch.cuda.device_count()
    gpu = min(count, 1) - 1 if gpu is None else gpu
    if not -1 <= gpu < count:
        sys.exit(f"there is no GPU {gpu}, of {count} in all; -g -1 takes the CPU")
    if threads is not None and threads < 1:
        sys.exit("--threads takes a number of at least 1")
    if threads:
        torch.set_num_threads(threads)
    os.environ["CUBLAS_WORKSPACE_CONFIG"] = ":4096:8"  # read when CUDA starts
    torch.use_deterministic_algorithms(gpu != -1, warn_only=True)
    torch.backends.cudnn.benchmark = torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.allow_tf32 = False  # TF32 would round to 10 bits
    return torch.device("cpu" if gpu == -1 else f"cuda:{gpu}")


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
            arrays = read_set(path, length)
            sets[name] = [torch.tensor(array, device=device) for array in arrays]
    out.mkdir(parents=True, exist_ok=True)

    torch.manual_seed(SEED)
    model = build_model().to(device)
    loss_fn, optimizer = build_loss(), build_optimizer(model)
    describe(model, device, out)
    torch.manual_seed(SEED)  # again: the draws that built the model do not count
    metrics = {"best": train(model, loss_fn, optimizer, sets, out)}

    weights = torch.load(out / "saved_model.pth", device, weights_only=True)
    model.load_state_dict(weights)
    if "test" in sets:
        result = evaluate(model, loss_fn, *sets["test"], torch.float64)
        metrics["test"] = {"loss": result[0], "accuracy": result[1]}
        y, y_hat = sets["test"][1].cpu().numpy(), result[2].sigmoid().cpu().numpy()
        save_predictions(out / "test-y-hat.txt", y, y_hat)
        print("test loss {loss:.4f}  accuracy {accuracy:.4f}".format(**metrics["test"]))
    save_text(out / "metrics.json", json.dumps(metrics, indent=2) + "\n")


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        sys.exit(f"{error.filename}: {error.strerror}")
