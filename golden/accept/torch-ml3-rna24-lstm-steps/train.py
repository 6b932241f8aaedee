"""torch-ml3-rna24-lstm-steps: an LSTM written out step by step

Other activations, dropout of input and state, an activity regularizer.

Compiled by seqgra-compile 0.1.0 from model.xml, SHA-256
e52431b7ad410a99a68532ec5c3cdccebb77c394d4e57779a4bf55be6def602a, semantics intended.
Usage:  python train.py DATA_DIR [-o OUTPUT_DIR] [-g GPU] [--threads N]
Reads:  training.txt, validation.txt and, if there, test.txt: a header x, tab, y, then
        in each line an RNA sequence, a tab, its labels, joined by |
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
MODEL_ID = "torch-ml3-rna24-lstm-steps"  # general/@id
# general/task: multi-label classification
# general/sequencespace: RNA
# general/library: PyTorch
# general/inputencoding (default): 1D
LABELS = ("A/B", "naïve", "標識")  # general/labels
SEED = 5  # general/seed
# architecture/sequential: 3 operations, in the section Model
SEQUENCE_LENGTH = 24  # architecture/sequential/operation[1]/@input_shape
# loss/loss: BCEWithLogitsLoss
# optimizer/optimizer: Adam
LEARNING_RATE = 0.001  # optimizer/learning_rate (default)
BETAS = (0.9, 0.999)  # optimizer/betas (default)
EPS = 1e-08  # optimizer/eps (default)
WEIGHT_DECAY = 0.0  # optimizer/weight_decay (default)
AMSGRAD = False  # optimizer/amsgrad (default)
BATCH_SIZE = 13  # trainingprocess/batch_size
EPOCHS = 12  # trainingprocess/epochs
# trainingprocess/early_stopping: True
PATIENCE = 10  # trainingprocess/early_stopping_patience (default)
# trainingprocess/shuffle: True

# ---- Data --------------------------------------------------------------------
CODE_OF = np.full(256, 255, np.uint8)  # of a letter; 255: not in the alphabet
CODE_OF[list(b"ACGUN")] = CODE_OF[list(b"acgun")] = range(5)


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
    """Codes (B, L) to (B, 4, L) float32, channels ACGU; N is 0.25 in each."""
    channels = torch.arange(4, dtype=torch.uint8, device=codes.device)
    x = (codes[:, None, :] == channels[:, None]).float()
    return x.masked_fill_(codes[:, None, :] == 4, 0.25)


# ---- Model -------------------------------------------------------------------
class Recurrent(nn.Module):
    """One direction of a recurrent layer, position by position, as Keras defines it.

    PyTorch's own layers know neither its activations nor its dropout, whose masks hold
    for all positions: one mask, or one for each gate.
    """

    gates = 1

    def __init__(
        self,
        inputs,
        units,
        activation,
        recurrent_activation,
        bias,
        dropout,
        recurrent_dropout,
        masks,
    ):
        super().__init__()
        self.weight_ih = nn.Parameter(torch.empty(self.gates * units, inputs))
        self.weight_hh = nn.Parameter(torch.empty(self.gates * units, units))
        self.bias = nn.Parameter(
            torch.zeros(self.bias_shape(units)), requires_grad=bias
        )
        self.activation, self.recurrent_activation = activation, recurrent_activation
        self.dropout, self.recurrent_dropout, self.mask_count = (
            dropout,
            recurrent_dropout,
            masks,
        )

    def bias_shape(self, units: int) -> tuple[int, ...]:
        return (self.gates * units,)

    def masks(self, like: torch.Tensor, rate: float) -> torch.Tensor:
        """Dropout's masks: as many, each in the shape of `like`."""
        return F.dropout(
            like.new_ones(self.mask_count, *like.shape), rate, self.training
        )

    def project(
        self, x: torch.Tensor, weight: torch.Tensor, masks: torch.Tensor
    ) -> torch.Tensor:
        """x times the transposed weight; each gate's part of it sees its own mask."""
        parts = zip(masks, weight.chunk(len(masks)))
        return torch.cat([F.linear(x * mask, part) for mask, part in parts], dim=-1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, L, inputs) to the states (B, L, units)."""
        h = x.new_zeros(len(x), self.weight_hh.shape[1])
        projected = self.project(x, self.weight_ih, self.masks(x[:, :1], self.dropout))
        masks, state, states = self.masks(h, self.recurrent_dropout), (h, h), []
        for position in projected.unbind(1):
            state = self.step(position, state, masks)
            states.append(state[0])
        return torch.stack(states, dim=1)


class LSTM(Recurrent):
    gates = 4

    def step(self, x, state, masks):
        h, c = state
        gates = x + self.bias + self.project(h, self.weight_hh, masks)
        i, f, g, o = gates.chunk(4, dim=1)
        i, f, o = map(self.recurrent_activation, (i, f, o))
        c = f * c + i * self.activation(g)
        return o * self.activation(c), c


class Model(nn.Module):
    """(24, 4) -> (3,) logits, 575 weights."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm_1_forward = LSTM(
            4,
            5,
            activation=lambda x: F.softsign(x),
            recurrent_activation=lambda x: F.hardsigmoid(x),
            bias=True,
            dropout=0.0,
            recurrent_dropout=0.0,
            masks=1,
        )
        self.lstm_1_backward = LSTM(
            4,
            5,
            activation=lambda x: F.softsign(x),
            recurrent_activation=lambda x: F.hardsigmoid(x),
            bias=True,
            dropout=0.0,
            recurrent_dropout=0.0,
            masks=1,
        )
        nn.init.xavier_uniform_(self.lstm_1_forward.weight_ih, gain=1.0)
        nn.init.orthogonal_(self.lstm_1_forward.weight_hh, gain=1.0)
        nn.init.zeros_(self.lstm_1_forward.bias)
        nn.init.xavier_uniform_(self.lstm_1_backward.weight_ih, gain=1.0)
        nn.init.orthogonal_(self.lstm_1_backward.weight_hh, gain=1.0)
        nn.init.zeros_(self.lstm_1_backward.bias)
        nn.init.ones_(self.lstm_1_forward.bias.data[5:10])  # forget gate
        nn.init.ones_(self.lstm_1_backward.bias.data[5:10])  # forget gate
        self.lstm_2 = LSTM(
            5,
            4,
            activation=lambda x: torch.tanh(x),
            recurrent_activation=lambda x: torch.sigmoid(x),
            bias=True,
            dropout=0.2,
            recurrent_dropout=0.1,
            masks=4,
        )
        nn.init.xavier_uniform_(self.lstm_2.weight_ih, gain=1.0)
        nn.init.orthogonal_(self.lstm_2.weight_hh, gain=1.0)
        nn.init.zeros_(self.lstm_2.bias)
        nn.init.ones_(self.lstm_2.bias.data[4:8])  # forget gate
        self.dense_3 = nn.Linear(4, 3, bias=True)
        nn.init.xavier_uniform_(self.dense_3.weight, gain=1.0)
        nn.init.zeros_(self.dense_3.bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.activity_penalty = 0.0
        # 1 LSTM: (24, 4) -> (24, 5), 400 weights
        x = x.permute(0, 2, 1)  # to (B, length, channels)
        forward = self.lstm_1_forward(x)
        backward = self.lstm_1_backward(x.flip(1)).flip(1)
        x = forward * backward
        x = self.lstm_2(x)[:, -1]  # -> (4,), 160 weights
        self.activity_penalty += (0.01 * x.square().sum()) / len(x)
        x = self.dense_3(x)  # -> (3,), 15 weights
        return x


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


def penalty(model: nn.Module) -> torch.Tensor:
    """The regularizers' terms: Keras adds them to every loss, in validation too."""
    return sum(
        [
            0.0001 * model.lstm_2.weight_ih.abs().sum()
            + 0.001 * model.lstm_2.weight_ih.square().sum(),
            model.activity_penalty,
        ]
    )


# ---- Training ----------------------------------------------------------------
def train_epoch(model, loss_fn, optimizer, codes, targets, title: str) -> float:
    """One pass over the training set; the mean loss, each batch's before its step."""
    model.train()
    order = torch.randperm(len(codes)).to(codes.device)
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
        if epoch - best["epoch"] == PATIENCE:
            break
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
