"""boc-mc4-dna60-positions-pairs: positions and pairs

All positions, pairs in order and in either order

Compiled by seqgra-compile 0.1.0 from model.xml, SHA-256
4cb4a1410191da336ace97b2be2b4f4e4ba3f55c7a0950db367c6c3710117cf3, with
--semantics intended --records full.
Usage:  python train.py DATA_DIR [-o OUTPUT_DIR]
Reads:  test.txt and, if present, validation.txt and training.txt: a header x, tab, y,
        then on each line a DNA sequence, a tab, its label
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

try:
    import numpy as np
except ModuleNotFoundError as error:
    sys.exit(f"{error}. To install: pip install numpy")

# ---- Definition --------------------------------------------------------------
MODEL_ID = "boc-mc4-dna60-positions-pairs"  # general/@id
# general/task: multi-class classification
# general/sequencespace: DNA
# general/library: BayesOptimalClassifier
# general/inputencoding (default): 1D
LABELS = ("c1", "c2", "c3", "c4")  # general/labels
# general/seed: 1, without effect: nothing is drawn
# architecture/external: data-definition data.xml, in the section Model


# ---- Data --------------------------------------------------------------------
CODE_OF = np.full(256, 255, np.uint8)  # by letter; 255: not in the alphabet
CODE_OF[list(b"ACGTN")] = CODE_OF[list(b"acgtn")] = range(5)
REMEDY = """Commands that make data files:
  gzip:  gunzip FILE.gz
  FASTA: seqgra-data fasta c1=FILE c2=FILE -o DIR --split 0.8 0.1 0.1
  BED:   seqgra-data bed c1=FILE --genome FILE -o DIR --length L --split 0.8 0.1 0.1
  table: seqgra-data table FILE --sequence x --label y -o DIR --split 0.8 0.1 0.1"""


def read_set(path: Path, length: int | None) -> tuple[np.ndarray, np.ndarray, str]:
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
            length = length or len(x) or None  # that of the first example
            if tab and len(x) == length and 255 not in x and label in index_of:
                codes += x
                targets.append(index_of[label])
            elif line.strip(b"\r\n"):
                other = sequence.translate(None, b"ACGTNacgtn")[:20]
                seen = f"{len(x)} letters" + (f" (unknown: {other!r})" if other else "")
                rest = f"a tab, {label[:50]!r}" if tab else "no tab"
                bad.append(f"{path}:{number}: found {seen}, {rest}")
    if bad or not codes:
        width = length or "equally many"
        need = f"{width} letters of ACGTN, a tab, one of {LABELS[:10]}"
        what = f"lines to correct: {len(bad)}" if bad else "no examples"
        sys.exit("\n".join([*bad[:20], f"{path}: {what}; the definition needs {need}"]))
    codes = np.frombuffer(codes, np.uint8).reshape(len(targets), -1)
    return codes, np.array(targets, np.int64), digest.hexdigest()


def one_hot(codes: np.ndarray) -> np.ndarray:
    """Codes (B, L) to (B, 4, L) float64, channels ACGT; N is 0.25 in each."""
    letters = np.eye(5, 4)
    letters[4] = 0.25
    return letters[codes].transpose(0, 2, 1)


# ---- Model -------------------------------------------------------------------
# data.xml, SHA-256
# edb660de4451a0cbe8fa5bc74c851f3c0d430641ec53c913a8c749f4afe117bb:
# its sequence elements and the rules of its conditions.

# sequenceelements/sequenceelement/matrixbased: per position, the probabilities of
# A, C, G, T, as written.
MATRICES = {
    "se1": [
        [0.64, 0.12, 0.15, 0.09],
        [0.07, 0.05, 0.81, 0.07],
        [0.001, 0.997, 0.001, 0.001],
        [0.33, 0.17, 0.17, 0.33],
    ],
    "se2": [
        [0.1, 0.1, 0.1, 0.7],
        [0.05, 0.45, 0.05, 0.45],
        [0, 1, 0, 0],
    ],
}

# A label's score is the sum over the rules of the condition with its id; each
# rule has position, elements, pairs.
# Elements: the best score of each one at the position.
# Pairs: the score of the best pair. Its second element starts mindistance to
# maxdistance letters after the end of the first, as in seqgra's simulations;
# seqgra's classifier counts from the start of the first, and leaves out
# maxdistance.
# Rules before one with spacing constraints, and elements outside the constraints,
# count; seqgra 0.0.4 forgets them.
RULES = {
    # at both ends
    "c1": [("start", ["se1"], []), ("end", ["se2"], [])],
    # in the middle
    "c2": [("center", ["se1", "se2"], []), (20, ["se2"], [])],
    # a pair, and one more
    "c3": [("random", ["se1"], []), ("random", [], [("se1", "se2", 4, 20)])],
    # a pair in either order
    "c4": [("random", [], [("se1", "se2", 25, 25), ("se2", "se1", 25, 25)])],
}


def log_odds(probabilities: np.ndarray) -> np.ndarray:
    """log2 of probability over chance; probabilities close to 0 count as 0.0001."""
    probabilities = np.where(np.isclose(probabilities, 0.0), 0.0001, probabilities)
    return np.log2(probabilities * 4)


def build_model() -> dict[str, np.ndarray]:
    """Each element's weights (4, width)."""
    model = {}
    for name, rows in MATRICES.items():
        probabilities = np.array(rows, float)
        for _ in range(2):  # as seqgra does; the second time changes only last digits
            probabilities /= probabilities.sum(axis=1, keepdims=True)
        model[name] = log_odds(probabilities).T
    return model


def width_of(weights: np.ndarray) -> int:
    return weights.shape[1]


def scan(x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Scores (B, starts) of an element at each start in sequences (B, 4, L)."""
    return np.array([sum(map(np.correlate, sequence, weights)) for sequence in x])


def squeezed(scores: np.ndarray) -> np.ndarray:
    """Negative scores become their negated fourth root."""
    return np.where(scores < 0, -(np.abs(scores) ** 0.25), scores)


def relative(scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Squeezed scores: 0 for the worst letters of an element, 1 for the best ones."""
    low, high = weights.min(axis=0).sum(), weights.max(axis=0).sum()
    if math.isclose(low, high):
        return np.full_like(scores, 0.5)
    low = squeezed(low)
    return (squeezed(scores) - low) / (high - low)


def window(position: str | int, starts: int, width: int) -> tuple[int, int]:
    """Where an element of this width may start: the first, and one past the last."""
    if position == "start":
        return 0, min(width + 1, starts)
    if position == "end":
        return max(starts - width - 1, 0), starts
    if position == "center":
        first = int(max(starts / 2 - width / 2 - 1, 0))
        return first, min(first + width + 2, starts)
    if isinstance(position, int):
        first = int(max(position - width / 2 - 1, 0))
        return first, min(position + width + 2, starts)
    return 0, starts  # random: anywhere


def best_at(position: str | int, scores: np.ndarray, width: int) -> np.ndarray:
    """The best score (B,) in a position's window; outside of it an element scores 0."""
    first, last = window(position, scores.shape[1], width)
    outside = 0.0 if last - first < scores.shape[1] else -np.inf
    return scores[:, first:last].max(axis=1, initial=outside)


def window_maximum(scores: np.ndarray, size: int) -> np.ndarray:
    """The maximum of each score and of the size - 1 scores after it, if any."""
    scores = np.pad(scores, ((0, 0), (0, size - 1)), constant_values=-np.inf)
    reach = 1
    while reach < size:
        step = min(reach, size - reach)
        scores = np.maximum(scores[:, :-step], scores[:, step:])
        reach += step
    return scores


def best_pair(first: np.ndarray, second: np.ndarray, nearest: int, farthest: int):
    """The best sum (B,) of two relative scores, starts nearest to farthest apart."""
    second = second[:, nearest:]
    starts = min(first.shape[1], second.shape[1])
    size = min(farthest - nearest + 1, second.shape[1])
    if size < 1:
        return np.zeros(len(first))  # no room for such a pair
    return (first[:, :starts] + window_maximum(second, size)[:, :starts]).max(axis=1)


def label_scores(model: dict, x: np.ndarray) -> np.ndarray:
    """The sum (B, labels) of what the rules of each label find in x (B, 4, L)."""
    scores = {name: scan(x, element) for name, element in model.items()}
    y_hat = np.zeros((len(x), len(LABELS)))
    for column, label in zip(y_hat.T, LABELS):
        for position, elements, pairs in RULES[label]:
            for name in elements:
                best = best_at(position, scores[name], width_of(model[name]))
                column += relative(best, model[name])
            found = [
                best_pair(
                    relative(scores[first], model[first]),
                    relative(scores[second], model[second]),
                    width_of(model[first]) + nearest,
                    width_of(model[first]) + farthest,
                )
                for first, second, nearest, farthest in pairs
            ]
            column += np.max(found, axis=0, initial=0.0)
    return y_hat


def predict(model: dict, codes: np.ndarray) -> np.ndarray:
    """Each label's share of the score (N, labels)."""
    size = 100  # sequences scored at a time: bounds the memory, changes no result
    slices = [codes[first : first + size] for first in range(0, len(codes), size)]
    y_hat = np.concatenate([label_scores(model, one_hot(part)) for part in slices])
    y_hat -= np.minimum(y_hat.min(axis=1, keepdims=True), 0.0)
    # Where no label scores, all are equal; in seqgra 0.0.4 they are NaN.
    y_hat[y_hat.sum(axis=1) == 0] = 1.0
    return y_hat / y_hat.sum(axis=1, keepdims=True)


# ---- Loss and optimizer ------------------------------------------------------
# None: the data definition has everything that the classifier needs.


# ---- Training ----------------------------------------------------------------
def evaluate(y_hat: np.ndarray, targets: np.ndarray) -> float:
    """The accuracy, which seqgra 0.0.4 reports as 0."""
    correct = y_hat.argmax(axis=1) == targets
    return correct.sum().item() / len(targets)


# ---- Main --------------------------------------------------------------------
def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").rpartition("\n\n")[2],  # from "Compiled by" on
        epilog="Example: python train.py data -o results/first",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add, out = parser.add_argument, Path("models", MODEL_ID)
    add("data_dir", type=Path, help="folder of test.txt, validation.txt, training.txt")
    add("-o", "--output-dir", type=Path, default=out, help="a new or empty folder")
    return parser.parse_args()


def read_sets(data_dir: Path, run: dict) -> dict[str, tuple]:
    """The sets' codes and targets; only the test set is required."""
    sets, what = {}, "missing" if data_dir.is_dir() else "no such folder"
    for name in ("training", "validation", "test"):
        path = data_dir / f"{name}.txt"
        if not path.exists():
            if name == "test":
                raise FileNotFoundError(0, f"{what}. {REMEDY}", str(path))
            continue
        codes, targets, digest = read_set(path, None)
        sets[name] = codes, targets
        counts = np.bincount(targets, minlength=len(LABELS))
        labels = dict(zip(LABELS, counts.tolist()))
        run["data"][name] = {"sha256": digest, "examples": len(codes), "labels": labels}
        some = ", ".join(f"{label!r} {n:,}" for label, n in [*labels.items()][:8])
        print(f"{name}: examples {len(codes):,}; {some}{', ...' * (len(labels) > 8)}")
    return sets


def main() -> None:
    arguments, model = parse_arguments(), build_model()
    out, run = arguments.output_dir, {"data": {}, "epochs": []}
    print(f"{MODEL_ID}: output {out}")
    add_origin(run, "cpu", 1)
    sets = read_sets(arguments.data_dir, run)
    widest = max(model, key=lambda name: width_of(model[name]))
    for name, (codes, _) in sets.items():
        if codes.shape[1] < width_of(model[widest]):
            place = f"{arguments.data_dir / name}.txt:2"
            sys.exit(f"{place}: fewer letters than the element {widest!r}")
    add_sources(arguments.data_dir, run)
    lock = open_folder(out)
    results = {"copies": find_copies(sets)}
    warn(run, results["copies"])
    found = {}
    for name, (codes, targets) in sets.items():
        y_hat = predict(model, codes)
        y = targets[:, None] == np.arange(len(LABELS))
        found[name] = y, y_hat, evaluate(y_hat, targets)
    finish(found, out, run, results, lock)


# ---- Records -----------------------------------------------------------------
# The code below decides no result: it saves and reports them.
BEGUN = time.monotonic()  # start of the run


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


def warn(run: dict, copies: dict) -> None:
    """Warn, on standard error, of what is allowed but often a mistake."""
    found = [f"copied examples, {pair}: {n:,}" for pair, n in copies.items() if n]
    for name, data in run["data"].items():
        missing = [label for label, count in data["labels"].items() if not count]
        if missing:
            found.append(f"{name}.txt has no example of {', '.join(missing[:5])}")
    for each in found:
        print(f"warning: {each}", file=sys.stderr)


def open_folder(out: Path) -> sqlite3.Connection:
    """Refuse a folder with other files; lock it for as long as this process lives."""
    out.mkdir(parents=True, exist_ok=True)
    found = files_in(out)
    if found:
        raise FileExistsError(0, "not empty; name another folder with -o", str(out))
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


def add_origin(run: dict, device: str, threads: int, **versions: str) -> None:
    """Record what decides the result besides the data."""
    try:
        script = Path(__file__).read_bytes()
    except (NameError, FileNotFoundError):  # from standard input, or in a notebook
        sys.exit("save this script as a file and run that: the receipt holds its hash")
    names = """
        MODEL_ID LABELS
    """
    definition = "4cb4a1410191da336ace97b2be2b4f4e4ba3f55c7a0950db367c6c3710117cf3"
    family = "4ec320349f89f8b322aaf6874fd92cc42182266d5b57e9f32b9c4435a2cde53b"
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


def predictions(y: np.ndarray, y_hat: np.ndarray) -> list[list]:
    """For each example: which labels are true, then the model's value for each."""
    header = [f"{column}_{label}" for column in ("y", "y_hat") for label in LABELS]
    return [header, *(true + given for true, given in zip(y.tolist(), y_hat.tolist()))]


def write_results(out: Path, run: dict, results: dict) -> None:
    """Write what seqgra's own programs read, the figures, and the receipt."""
    counts = {"trainable": 0, "non-trainable": 0, "all": 0}
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
    print(f"files in {out}")
    for title, found in results.items():
        fractions = [name for name in found if isinstance(found[name], float)]
        figures = ", ".join(f"{name} {found[name]:.4f}" for name in fractions)
        if figures:
            print(f"{title}: {figures}".replace("_", " "))
    print(f"seconds {time.monotonic() - BEGUN:.1f}")


def finish(found: dict, out: Path, run: dict, results: dict, lock) -> None:
    """Write and print the results for each set."""
    for name, (y, y_hat, accuracy) in found.items():
        results[name] = areas(y, y_hat) | {"accuracy": accuracy}
        save(out / f"{name}-y-hat.txt", *predictions(y, y_hat))
    write_results(out, run, results)
    lock.close()
    (out / "lock").unlink()
    say_end(run, results, out)


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
