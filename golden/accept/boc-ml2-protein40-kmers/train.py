"""boc-ml2-protein40-kmers

Compiled by seqgra-compile 0.1.0 from model.xml, SHA-256
4a8d15333b58ab50b8341f53d07ac152e0f42a08aeb3cf4dc4afd8e02044d087, with
--semantics intended --records full.
Usage:  python train.py DATA_DIR [-o OUTPUT_DIR]
Reads:  test.txt and, if there, validation.txt and training.txt: a header x, tab, y,
        then in each line a protein sequence, a tab, its labels, joined by |
Writes: test-y-hat.txt and the like for each file, metrics.json, receipt.json,
        session-info.txt, num-model-parameters.txt"""

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


def read_set(path: Path, length: int | None) -> tuple[np.ndarray, np.ndarray, str]:
    """Codes (N, length) uint8, 0 or 1 (N, labels) float32; the file's SHA-256."""
    text = path.read_bytes()
    digest, text = hashlib.sha256(text).hexdigest(), text.rstrip(b"\r\n")
    if not text.startswith((b"x\ty\n", b"x\ty\r\n")):
        sys.exit(f"{path}:1: expected x, tab, y, then examples; found {text[:16]!r}")
    ends = np.append(np.flatnonzero(np.frombuffer(text, np.uint8) == 10), len(text))
    starts = ends[:-1] + 1  # of the examples' lines
    length = length or max(text[starts[0] : ends[1]].find(b"\t"), 1)
    index_of = {label: index for index, label in enumerate(LABELS)}
    first = {}  # row with the same text behind its letters: a tab, labels
    behind = zip((starts + length).tolist(), ends[1:].tolist())
    rows = [first.setdefault(text[a:b], row) for row, (a, b) in enumerate(behind)]
    targets = np.zeros((len(rows), len(LABELS)), np.float32)
    for row in first.values():
        place = f"{path}:{row + 2}"
        x, *y = text[starts[row] : ends[row + 1]].removesuffix(b"\r").split(b"\t")
        if len(x) != length or len(y) != 1:
            sys.exit(f"{place}: {len(x)} letters, {len(y)} tabs; need {length} and 1")
        for label in y[0].decode(errors="surrogateescape").split("|") if y[0] else []:
            if label not in index_of:
                sys.exit(f"{place}: the definition has no label {label[:50]!r}")
            targets[row, index_of[label]] = 1
    text = np.frombuffer(text.translate(CODE_OF), np.uint8)  # in its place, for memory
    codes = np.lib.stride_tricks.sliding_window_view(text, length)[starts]
    if codes.max() == 255:
        row, at = np.argwhere(codes == 255)[0]
        letter = f"letter {at + 1} is {chr(path.read_bytes()[starts[row] + at])!a}"
        sys.exit(f"{path}:{row + 2}: {letter}, none of ARNDCEQGHILKMFPSTWYV")
    return codes, targets[rows], digest


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
    size = 100  # sequences scored at a time: bounds the memory, changes no result
    slices = [codes[first : first + size] for first in range(0, len(codes), size)]
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
def save(path: Path, *rows, data: bytes | memoryview = b"") -> None:
    """Rows of text, or bytes: the file appears complete or not at all."""
    with open(f"{path}.partial", "wb") as file:
        file.write(data)
        file.writelines(("\t".join(map(str, row)) + "\n").encode() for row in rows)
        file.flush()
        os.fsync(file.fileno())
    os.replace(file.name, path)


def open_folder(out: Path) -> sqlite3.Connection:
    """Refuse a folder with other files; lock it for as long as this process lives."""
    out.mkdir(parents=True, exist_ok=True)
    ignored = {"lock", "lock-journal"}
    found = set(os.listdir(out)) - ignored
    if found:
        raise FileExistsError(0, "not empty; name another folder with -o", str(out))
    try:
        lock = sqlite3.connect(out / "lock", timeout=0)
        lock.execute("BEGIN EXCLUSIVE")
        if set(os.listdir(out)) - ignored != found:  # by a run that ended just now
            raise sqlite3.OperationalError("has just changed it")
    except sqlite3.Error as error:
        raise BlockingIOError(0, f"another run is using it, or {error}", str(out))
    return lock


def begin(device: str, threads: int, **versions: str) -> dict:
    """The head of receipt.json: what decides the result, besides the data."""
    definition = "4a8d15333b58ab50b8341f53d07ac152e0f42a08aeb3cf4dc4afd8e02044d087"
    script = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    own = ((name, value) for name, value in globals().items() if name.isupper())
    settings = {k: repr(v) for k, v in own if isinstance(v, (int, float, str, tuple))}
    versions = {"seqgra-compile": "0.1.0"} | versions
    versions |= {"NumPy": np.__version__, "Python": platform.python_version()}
    run = {"definition": definition, "script": script, "settings": settings}
    run |= {"versions": versions, "device": device, "threads": threads}
    return run | {"data": {}, "epochs": []}


def find_copies(sets: dict[str, tuple]) -> dict[str, int]:
    """How many examples of a set are in an earlier one, too."""
    found, shared = {}, {}
    for name, (codes, _) in sets.items():
        keys = [hash(bytes(x)) for x in codes]
        for other, known in found.items():
            shared[f"{name} in {other}"] = sum(key in known for key in keys)
        found[name] = set(keys)
    for pair, count in shared.items():
        if count:
            print(f"warning: {count} examples are in two sets: {pair}")
    return shared


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


def test(model: dict, codes: np.ndarray, targets: np.ndarray, path: Path) -> dict:
    """What the classifier is worth on a set; a row an example goes to a file."""
    y_hat = predict(model, codes)
    y = targets == 1
    header = [f"{column}_{label}" for column in ("y", "y_hat") for label in LABELS]
    rows = (a + b for a, b in zip(y.tolist(), y_hat.tolist()))
    save(path, header, *rows)
    return judge(y, y_hat) | {"accuracy": evaluate(y_hat, targets)}


def finish(run: dict, results: dict, out: Path, lock: sqlite3.Connection) -> None:
    """metrics.json: the results; receipt.json: also all that they depend on."""
    rows = run["versions"] | {"device": run["device"], "threads": run["threads"]}
    save(out / "session-info.txt", *rows.items())
    metrics = {"data": run["data"]} | results
    save(out / "metrics.json", [json.dumps(metrics, indent=2)])
    circumstances = {"host": platform.node(), "time": time.ctime()}
    receipt = run | results | {"circumstances": circumstances}
    save(out / "receipt.json", [json.dumps(receipt, indent=2)])
    lock.close()
    (out / "lock").unlink()
    for name, part in metrics.items():
        for key, value in part.items():
            print(f"{name} {key}: {value}")


# ---- Main --------------------------------------------------------------------
def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=f"Classify into models/{MODEL_ID}.")
    add = parser.add_argument
    add("data_dir", type=Path, help="folder of test.txt, validation.txt, training.txt")
    add("-o", "--output-dir", type=Path, default=Path("models", MODEL_ID))
    return parser.parse_args()


def read_sets(data_dir: Path, run: dict) -> dict[str, tuple]:
    """The sets' codes and targets; only the test set must be there."""
    sets = {}
    for name in ("training", "validation", "test"):
        path = data_dir / f"{name}.txt"
        if name == "test" or path.exists():
            codes, targets, digest = read_set(path, None)
            sets[name] = codes, targets
            counts = targets.sum(axis=0, dtype=int).tolist()
            run["data"][name] = {"sha256": digest, "examples": len(codes)}
            run["data"][name]["labels"] = dict(zip(LABELS, counts))
    return sets


def main() -> None:
    arguments = parse_arguments()
    out, run, model = arguments.output_dir, begin("cpu", 1), build_model()
    sets = read_sets(arguments.data_dir, run)
    widest = max(model, key=lambda name: width_of(model[name]))
    for name, (codes, _) in sets.items():
        if codes.shape[1] < width_of(model[widest]):
            place = f"{arguments.data_dir / name}.txt:2"
            sys.exit(f"{place}: fewer letters than the element {widest!r}")
    lock = open_folder(out)
    results = {"copies": find_copies(sets)}
    for name, (codes, targets) in sets.items():
        results[name] = test(model, codes, targets, out / f"{name}-y-hat.txt")
    kinds = ("trainable", "non-trainable", "all")
    rows = [(f"number of {kind} parameters", 0) for kind in kinds]
    save(out / "num-model-parameters.txt", *rows)
    finish(run, results, out, lock)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("stopped")
    except OSError as error:
        print(f"{error.filename or 'writing'}: {error.strerror}", file=sys.stderr)
        sys.exit(2)
