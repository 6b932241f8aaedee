"""torch-mc2-dna32-lstm: recurrent layers, one after another

Directions joined by concatenation, by sum and by average; one reads backwards.

Compiled by seqgra-compile 0.1.0 from model.xml, SHA-256
b0dbc1a2256e1e040027cc1d65521cd59f4080903d7033b5b4f6ccff6a1f02f7, semantics intended.
Usage:  python train.py DATA_DIR [-o OUTPUT_DIR] [-g GPU] [--threads N]
Reads:  training.txt, validation.txt and, if there, test.txt: a header x, tab, y, then
        in each line a DNA sequence, a tab, its label
Writes: saved_model.pth, history.tsv, metrics.json, test-y-hat.txt, session-info.txt,
        last-epoch-completed.txt, num-model-parameters.txt"""

# /// script
# requires-python = ">=3.10"
# dependencies = ["numpy", "torch", "tqdm"]
# ///

import argparse
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
MODEL_ID = "torch-mc2-dna32-lstm"  # general/@id
# general/task: multi-class classification
# general/sequencespace: DNA
# general/library: PyTorch
# general/inputencoding (default): 1D
LABELS = ("bound", "unbound")  # general/labels
SEED = 3  # general/seed
# architecture/sequential: 6 operations, in the section Model
SEQUENCE_LENGTH = 32  # architecture/sequential/operation[1]/@input_shape
# loss/loss: CrossEntropyLoss
LABEL_SMOOTHING = 0.0  # loss/label_smoothing (default)
# optimizer/optimizer: SGD
LEARNING_RATE = 0.1  # optimizer/learning_rate
MOMENTUM = 0.5  # optimizer/momentum
DAMPENING = 0.0  # optimizer/dampening (default)
WEIGHT_DECAY = 0.0  # optimizer/weight_decay (default)
NESTEROV = False  # optimizer/nesterov (default)
CLIPNORM = 1.0  # optimizer/clipnorm
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


def one_hot(codes: torch.Tensor) -> torch.Tensor:
    """Codes (B, L) to (B, 4, L) float32, channels ACGT; N is 0.25 in each."""
    channels = torch.arange(4, dtype=torch.uint8, device=codes.device)
    x = (codes[:, None, :] == channels[:, None]).float()
    return x.masked_fill_(codes[:, None, :] == 4, 0.25)


# ---- Model -------------------------------------------------------------------
class Model(nn.Module):
    """(32, 4) -> (2,) logits, 1,724 weights."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1d_1 = nn.Conv1d(
            4, 6, 5, stride=1, padding=0, dilation=1, groups=1, bias=True
        )
        nn.init.xavier_uniform_(self.conv1d_1.weight, gain=1.0)
        nn.init.zeros_(self.conv1d_1.bias)
        self.lstm_2 = nn.LSTM(
            6,
            5,
            num_layers=1,
            bias=True,
            batch_first=True,
            dropout=0.0,
            bidirectional=True,
        )
        nn.init.xavier_uniform_(self.lstm_2.weight_ih_l0, gain=1.0)
        nn.init.orthogonal_(self.lstm_2.weight_hh_l0, gain=1.0)
        nn.init.zeros_(self.lstm_2.bias_ih_l0)
        nn.init.xavier_uniform_(self.lstm_2.weight_ih_l0_reverse, gain=1.0)
        nn.init.orthogonal_(self.lstm_2.weight_hh_l0_reverse, gain=1.0)
        nn.init.zeros_(self.lstm_2.bias_ih_l0_reverse)
        nn.init.ones_(self.lstm_2.bias_ih_l0.data[5:10])  # forget gate
        nn.init.zeros_(self.lstm_2.bias_hh_l0).requires_grad_(
            False
        )  # Keras has one bias
        nn.init.ones_(self.lstm_2.bias_ih_l0_reverse.data[5:10])  # forget gate
        nn.init.zeros_(self.lstm_2.bias_hh_l0_reverse).requires_grad_(
            False
        )  # Keras has one bias
        self.lstm_3 = nn.LSTM(
            10,
            4,
            num_layers=1,
            bias=True,
            batch_first=True,
            dropout=0.0,
            bidirectional=True,
        )
        nn.init.xavier_uniform_(self.lstm_3.weight_ih_l0, gain=1.0)
        nn.init.orthogonal_(self.lstm_3.weight_hh_l0, gain=1.0)
        nn.init.zeros_(self.lstm_3.bias_ih_l0)
        nn.init.xavier_uniform_(self.lstm_3.weight_ih_l0_reverse, gain=1.0)
        nn.init.orthogonal_(self.lstm_3.weight_hh_l0_reverse, gain=1.0)
        nn.init.zeros_(self.lstm_3.bias_ih_l0_reverse)
        nn.init.zeros_(self.lstm_3.bias_hh_l0).requires_grad_(
            False
        )  # Keras has one bias
        nn.init.zeros_(self.lstm_3.bias_hh_l0_reverse).requires_grad_(
            False
        )  # Keras has one bias
        self.lstm_4 = nn.LSTM(
            4,
            4,
            num_layers=1,
            bias=True,
            batch_first=True,
            dropout=0.0,
            bidirectional=False,
        )
        nn.init.xavier_uniform_(self.lstm_4.weight_ih_l0, gain=1.0)
        nn.init.orthogonal_(self.lstm_4.weight_hh_l0, gain=1.0)
        nn.init.zeros_(self.lstm_4.bias_ih_l0)
        nn.init.ones_(self.lstm_4.bias_ih_l0.data[4:8])  # forget gate
        nn.init.zeros_(self.lstm_4.bias_hh_l0).requires_grad_(
            False
        )  # Keras has one bias
        self.lstm_5 = nn.LSTM(
            4,
            6,
            num_layers=1,
            bias=False,
            batch_first=True,
            dropout=0.0,
            bidirectional=True,
        )
        nn.init.xavier_uniform_(self.lstm_5.weight_ih_l0, gain=1.0)
        nn.init.orthogonal_(self.lstm_5.weight_hh_l0, gain=1.0)
        nn.init.xavier_uniform_(self.lstm_5.weight_ih_l0_reverse, gain=1.0)
        nn.init.orthogonal_(self.lstm_5.weight_hh_l0_reverse, gain=1.0)
        self.dense_6 = nn.Linear(6, 2, bias=True)
        nn.init.xavier_uniform_(self.dense_6.weight, gain=1.0)
        nn.init.zeros_(self.dense_6.bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.relu(self.conv1d_1(x))  # -> (28, 6), 126 weights
        x = x.permute(0, 2, 1)  # to (B, length, channels)
        x = self.lstm_2(x)[0]  # -> (28, 10), 480 weights
        # 3 LSTM: (28, 10) -> (28, 4), 480 weights
        forward, backward = self.lstm_3(x)[0].chunk(2, dim=-1)
        x = forward + backward
        x = self.lstm_4(x.flip(1))[0]  # -> (28, 4), 144 weights
        # 5 LSTM: (28, 4) -> (6,), 480 weights
        forward, backward = self.lstm_5(x)[1][0]  # the last state of each
        x = (forward + backward) / 2
        x = self.dense_6(x)  # -> (2,), 14 weights
        return x


def build_model() -> nn.Module:
    return Model()


# ---- Loss and optimizer ------------------------------------------------------
def build_loss() -> nn.Module:
    return nn.CrossEntropyLoss(
        weight=None, reduction="mean", label_smoothing=LABEL_SMOOTHING
    )


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


def clip_gradients(model: nn.Module) -> None:
    """Scale each parameter's gradient down to an L2 norm of at most CLIPNORM."""
    for parameter in model.parameters():
        if parameter.grad is not None:
            norm = parameter.grad.norm()
            parameter.grad.mul_(CLIPNORM / norm.clamp(min=CLIPNORM))


# ---- Training ----------------------------------------------------------------
def train_epoch(model, loss_fn, optimizer, codes, targets, title: str) -> float:
    """One pass over the training set; the mean loss, each batch's before its step."""
    model.train()
    order = torch.randperm(len(codes)).to(codes.device)
    total = torch.zeros((), device=codes.device)
    for batch in tqdm(order.split(BATCH_SIZE), title, leave=False, disable=None):
        optimizer.zero_grad()
        loss = loss_fn(model(one_hot(codes[batch])), targets[batch])
        loss.backward()
        clip_gradients(model)
        optimizer.step()
        total += loss.detach() * len(batch)
    return total.item() / len(order)


@torch.no_grad()
def evaluate(model, loss_fn, codes, targets, dtype):
    """Mean loss, summed in dtype, accuracy and scores (N, labels), without dropout."""
    model.eval()
    total, scores = torch.zeros((), dtype=dtype, device=codes.device), []
    for x, y in zip(codes.split(BATCH_SIZE), targets.split(BATCH_SIZE)):
        scores.append(model(one_hot(x)))
        total += loss_fn(scores[-1], y).to(dtype) * len(y)
    scores = torch.cat(scores)
    correct = scores.argmax(dim=1) == targets
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
    y = targets[:, None] == np.arange(len(LABELS))
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
        y, y_hat = sets["test"][1].cpu().numpy(), result[2].softmax(dim=1).cpu().numpy()
        save_predictions(out / "test-y-hat.txt", y, y_hat)
        print("test loss {loss:.4f}  accuracy {accuracy:.4f}".format(**metrics["test"]))
    save_text(out / "metrics.json", json.dumps(metrics, indent=2) + "\n")


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        sys.exit(f"{error.filename}: {error.strerror}")
