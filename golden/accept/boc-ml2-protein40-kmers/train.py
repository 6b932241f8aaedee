"""boc-ml2-protein40-kmers

Compiled by seqgra-compile 0.1.0 from model.xml, SHA-256
4a8d15333b58ab50b8341f53d07ac152e0f42a08aeb3cf4dc4afd8e02044d087, semantics intended.
Usage:  python train.py DATA_DIR [-o OUTPUT_DIR]
Reads:  test.txt and, if there, validation.txt and training.txt: a header x, tab, y,
        then in each line a protein sequence, a tab, its labels, joined by |
Writes: test-y-hat.txt and the like for each file, metrics.json, receipt.json,
        num-model-parameters.txt"""

# /// script
# requires-python = ">=3.10"
# dependencies = ["numpy"]
# ///

import argparse
import hashlib
import json
import math
import os
import platform
import sqlite3
import sys
import time
from pathlib import Path

import numpy as np

# ---- Definition --------------------------------------------------------------
MODEL_ID = "boc-ml2-protein40-kmers"  # general/@id
# general/task: multi-label classification
# general/sequencespace: protein
# general/library: BayesOptimalClassifier
# general/inputencoding (default): 1D
LABELS = ("kinase", "phosphatase")  # general/labels
# general/seed: 1, without effect: nothing is drawn
# architecture/external: data-definition data.xml, in the section Model

# ---- Data --------------------------------------------------------------------
CODE_OF = np.full(256, 255, np.uint8)  # of a letter; 255: not in the alphabet
CODE_OF[list(b"ARNDCEQGHILKMFPSTWYV")] = range(20)


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


def one_hot(codes: np.ndarray) -> np.ndarray:
    """Codes (B, L) to (B, 20, L) float64, channels ARNDCEQGHILKMFPSTWYV."""
    letters = np.eye(20, 20)
    return letters[codes].transpose(0, 2, 1)


# ---- Model -------------------------------------------------------------------
# data.xml, SHA-256
# a73b66900a2444d90f64a9a462cd80668e835fa1c59c2ade1cd78ece50528e38:
# its sequence elements and the rules of its conditions.

# One row a position: the probabilities of A, R, N, D, C, E, Q, G, H, I, L, K, M,
# F, P, S, T, W, Y, V, as written.
# fmt: off
MATRICES = {
    "site": [
        [0, 0.6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.4, 0, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.5, 0.45, 0, 0.05, 0],
        [0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05,
         0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05],
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0],
    ],
}
# fmt: on

# Words and their probabilities, as written. seqgra 0.0.4 cannot score them.
KMERS = {
    "words": {"WDPG": 0.5, "WDPGA": 0.25, "HDRG": 0.25},
}

# What is added up for each label: the rules of the condition with this id.
# Elements: each one's best score at the position.
RULES = {
    "kinase": [
        {"position": "random", "elements": ("site",)},
    ],
    "phosphatase": [
        {"position": "random", "elements": ("words",)},
        {"position": "random", "elements": ("site",)},
    ],
}

SLICE = 100  # sequences scored at a time: bounds the memory, changes no result


def log_odds(probabilities: np.ndarray) -> np.ndarray:
    """log2 of probability over chance; probabilities close to 0 count as 0.0001."""
    probabilities = np.where(np.isclose(probabilities, 0.0), 0.0001, probabilities)
    return np.log2(probabilities * 20)


def build_model() -> dict[str, list]:
    """Each element's words: weights (20, width), and what is added to their score.

    A matrix is one word. A k-mer adds log2 of its share among its element's k-mers.
    """
    model = {}
    for name, rows in MATRICES.items():
        probabilities = np.array(rows, float)
        for _ in range(2):  # as seqgra does; the second time moves last digits only
            probabilities /= probabilities.sum(axis=1, keepdims=True)
        model[name] = [(log_odds(probabilities).T, 0.0)]
    for name, kmers in KMERS.items():
        shares = np.array(list(kmers.values())) / sum(kmers.values())
        shares = np.where(np.isclose(shares, 0.0), 0.0001, shares)
        words = [one_hot(CODE_OF[None, list(word.encode())])[0] for word in kmers]
        model[name] = list(zip(map(log_odds, words), np.log2(shares)))
    return model


def width_of(words: list) -> int:
    return max(weights.shape[1] for weights, _ in words)


def scan(x: np.ndarray, words: list) -> np.ndarray:
    """The best word's score (B, starts) at each start in sequences (B, 20, L)."""
    starts = x.shape[2] - min(weights.shape[1] for weights, _ in words) + 1
    best = np.full((len(x), starts), -np.inf)
    for weights, bonus in words:
        scores = [sum(map(np.correlate, sequence, weights)) for sequence in x]
        fitting = best[:, : x.shape[2] - weights.shape[1] + 1]
        np.maximum(fitting, np.array(scores) + bonus, out=fitting)
    return best


def squeezed(scores: np.ndarray) -> np.ndarray:
    """Negative scores become their negated fourth root."""
    return np.where(scores < 0, -(np.abs(scores) ** 0.25), scores)


def relative(scores: np.ndarray, words: list) -> np.ndarray:
    """Squeezed scores: 0 for the worst letters of an element, 1 for the best ones."""
    low = min(weights.min(axis=0).sum() + bonus for weights, bonus in words)
    high = max(weights.max(axis=0).sum() + bonus for weights, bonus in words)
    if math.isclose(low, high):
        return np.full_like(scores, 0.5)
    low = squeezed(low)
    return (squeezed(scores) - low) / (high - low)


def label_scores(model: dict, x: np.ndarray) -> np.ndarray:
    """The sum (B, labels) of what the rules of each label find in x (B, 20, L)."""
    scores = {name: scan(x, element) for name, element in model.items()}
    y_hat = np.zeros((len(x), len(LABELS)))
    for column, label in zip(y_hat.T, LABELS):
        for rule in RULES[label]:
            for name in rule["elements"]:
                best = scores[name].max(axis=1)  # at any position
                column += relative(best, model[name])
    return y_hat


def predict(model: dict, codes: np.ndarray) -> np.ndarray:
    """Each label's score (N, labels)."""
    slices = [codes[first : first + SLICE] for first in range(0, len(codes), SLICE)]
    y_hat = np.concatenate([label_scores(model, one_hot(part)) for part in slices])
    return y_hat


# ---- Loss and optimizer ------------------------------------------------------
# Nothing to train: no loss, no optimizer.

# ---- Training ----------------------------------------------------------------
# Nothing to train: the data definition holds all that the classifier knows.


def evaluate(y_hat: np.ndarray, targets: np.ndarray) -> float:
    """The accuracy, which seqgra 0.0.4 reports as 0."""
    correct = ((y_hat > 0.5) == (targets == 1)).all(axis=1)  # all of its labels
    return correct.sum().item() / len(targets)


# ---- Records -----------------------------------------------------------------
def save(path: Path, write) -> None:
    """A file appears whole or never: its neighbour is written, flushed and renamed."""
    with open(f"{path}.partial", "wb") as file:
        write(file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(file.name, path)


def save_rows(path: Path, *rows) -> None:
    text = "".join("\t".join(map(str, row)) + "\n" for row in rows)
    save(path, lambda file: file.write(text.encode()))


def open_folder(out: Path, resume: bool) -> sqlite3.Connection:
    """Refuse a folder with other files; lock it for as long as this process lives."""
    out.mkdir(parents=True, exist_ok=True)
    found = {path.name for path in out.iterdir()}
    found -= {"lock", "lock-journal", "checkpoint.partial"}
    if resume and "receipt.json" in found and "checkpoint" not in found:
        print(f"{out}: this run has come to its end")
        sys.exit(0)
    if found and not (resume and "checkpoint" in found):
        problem = "not empty, and nothing to resume; name another folder with -o"
        raise FileExistsError(0, problem, str(out))
    lock = sqlite3.connect(out / "lock", timeout=0)
    lock.execute("BEGIN EXCLUSIVE")
    return lock


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def begin(device: str, threads: int) -> dict:
    """The head of receipt.json: what decides the result, besides the data."""
    definition = "4a8d15333b58ab50b8341f53d07ac152e0f42a08aeb3cf4dc4afd8e02044d087"
    own = ((name, value) for name, value in globals().items() if name.isupper())
    return {
        "definition": definition,
        "script": sha256(Path(__file__)),
        "settings": {
            k: repr(v) for k, v in own if isinstance(v, (int, float, str, tuple))
        },
        "versions": {
            "seqgra-compile": "0.1.0",
            "NumPy": np.__version__,
            "Python": platform.python_version(),
        },
        "device": device,
        "threads": threads,
        "data": {},
        "epochs": [],
    }


def judge(y: np.ndarray, y_hat: np.ndarray) -> dict:
    """AUROC and AUPRC (average precision) of each label that varies."""
    areas = {"AUROC": {}, "AUPRC": {}}
    for label, true, scores in zip(LABELS, y.T, y_hat.T):
        positive, negative = np.sort(scores[true]), np.sort(scores[~true])
        if len(positive) and len(negative):
            below = np.searchsorted(negative, positive)  # negatives below each positive
            tied = np.searchsorted(negative, positive, "right") - below
            found = len(positive) - np.searchsorted(positive, positive)
            precision = found / (found + len(negative) - below)  # at its threshold
            areas["AUROC"][label] = float((below + tied / 2).mean() / len(negative))
            areas["AUPRC"][label] = float(precision.mean())
    means = {f"mean {k}": sum(v.values()) / len(v) for k, v in areas.items() if v}
    return means | areas


def test(model: dict, codes: np.ndarray, targets: np.ndarray, path: Path) -> dict:
    """What the classifier is worth on a set; a row an example goes to a file."""
    y_hat = predict(model, codes)
    y = targets == 1
    header = [f"{column}_{label}" for column in ("y", "y_hat") for label in LABELS]
    rows = (a + b for a, b in zip(y.tolist(), y_hat.tolist()))
    save_rows(path, header, *rows)
    return {"accuracy": evaluate(y_hat, targets)} | judge(y, y_hat)


# ---- Main --------------------------------------------------------------------
def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=f"Classify with {MODEL_ID}.")
    add = parser.add_argument
    add("data_dir", type=Path, help="folder of test.txt, validation.txt, training.txt")
    add("-o", "--output-dir", type=Path, default=Path("models", MODEL_ID))
    return parser.parse_args()


def main() -> None:
    arguments = parse_arguments()
    model = build_model()
    widest = max(model, key=lambda name: width_of(model[name]))
    sets, out, run = {}, arguments.output_dir, begin("cpu", 1)
    for name in ("test", "validation", "training"):
        path = arguments.data_dir / f"{name}.txt"
        if name == "test" or path.exists():
            sets[name] = codes, _ = read_set(path, None)
            if codes.shape[1] < width_of(model[widest]):
                fail(path, 2, f"fewer letters than the sequence element {widest!r}")
            run["data"][name] = {"sha256": sha256(path), "examples": len(codes)}
    lock = open_folder(out, resume=False)

    kinds = ("trainable", "non-trainable", "all")
    rows = [(f"number of {kind} parameters", 0) for kind in kinds]
    save_rows(out / "num-model-parameters.txt", *rows)
    save_rows(out / "session-info.txt", *run["versions"].items())
    for name, (codes, targets) in sets.items():
        run[name] = test(model, codes, targets, out / f"{name}-y-hat.txt")
        print(f"{name} accuracy {run[name]['accuracy']:.4f}", flush=True)
    metrics = {name: run[name] for name in sets}
    save_rows(out / "metrics.json", [json.dumps(metrics, indent=2)])
    now = time.strftime("%Y-%m-%d %H:%M:%S %z")
    run["circumstances"] = {"host": platform.node(), "time": now}
    save_rows(out / "receipt.json", [json.dumps(run, indent=2)])
    lock.close()
    (out / "lock").unlink()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("stopped: the same command with --resume goes on")
    except (OSError, sqlite3.Error) as error:
        place = getattr(error, "filename", None) or "the output folder"
        print(f"{place}: {getattr(error, 'strerror', error)}", file=sys.stderr)
        sys.exit(2)
