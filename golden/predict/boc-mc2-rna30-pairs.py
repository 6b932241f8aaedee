"""boc-mc2-rna30-pairs

Compiled by seqgra-compile 0.1.0 from model.xml, SHA-256
77a44b06f75c91cdd5232498b2ce3aba5f62c55f3597fe517ecfecabc8563064, with
--semantics intended --emit predict.
Usage:  python predict.py MODEL_DIR [FILE] [--scan STEP] [--length N]
Reads:  receipt.json in MODEL_DIR; RNA sequences from FILE or standard input: FASTA, a
        table with a column x or sequence and perhaps id, or one sequence per line;
        plain, or compressed by gzip, bzip2 or xz
Writes: to standard output id, the model's value for each label, and the predicted
        label; with --scan also start, counted from 0, and end of each window"""

# /// script
# requires-python = ">=3.10"
# dependencies = ["numpy"]
# ///

import argparse
import bz2
import gzip
import itertools
import json
import lzma
import math
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

try:
    import numpy as np
except ModuleNotFoundError as error:
    sys.exit(f"{error}. To install: pip install numpy")

# ---- Definition --------------------------------------------------------------
MODEL_ID = "boc-mc2-rna30-pairs"  # general/@id
# general/task: multi-class classification
# general/sequencespace: RNA
# general/library: BayesOptimalClassifier
# general/inputencoding (default): 1D
LABELS = ("c1", "c2")  # general/labels
# general/seed: 1, without effect: nothing is drawn
# architecture/external: data-definition data.xml, in the section Model


# ---- Data --------------------------------------------------------------------
CODE_OF = np.full(256, 255, np.uint8)  # by letter; 255: not in the alphabet
CODE_OF[list(b"ACGUN")] = CODE_OF[list(b"acgun")] = range(5)

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
            remedy = "write T as U, and ambiguous letters as N"
            refuse(place, f"{found}, need one of ACGUN; {remedy}")
        for start in range(0, len(codes) - length + 1, step or length):
            stop = start + length
            yield (name, start, stop) if step else (name,), codes[start:stop]
    if not count:
        refuse(path, "no sequences")


def batches(examples: Iterator[tuple]) -> Iterator[tuple[tuple, np.ndarray]]:
    """The examples in batches; codes (B, length) uint8."""
    rows = 0
    try:
        while batch := list(itertools.islice(examples, 100)):
            places, codes = zip(*batch)
            codes = np.frombuffer(bytearray().join(codes), np.uint8)
            yield places, codes.reshape(len(places), -1)
            rows += len(places)
    except SystemExit:  # earlier rows have been written already
        if rows:
            print(f"stopped after {rows} rows of output", file=sys.stderr)
        raise


def one_hot(codes: np.ndarray) -> np.ndarray:
    """Codes (B, L) to (B, 4, L) float64, channels ACGU; N is 0.25 in each."""
    letters = np.eye(5, 4)
    letters[4] = 0.25
    return letters[codes].transpose(0, 2, 1)


# ---- Model -------------------------------------------------------------------
# data.xml, SHA-256
# d4eeba5be8845eb131af44cad86d9293b673c7dfa15ecbc62b7b8148bc1b34d6:
# its sequence elements and the rules of its conditions.

# sequenceelements/sequenceelement/matrixbased: per position, the probabilities of
# A, C, G, U, as written.
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
# rule has pairs.
# Pairs: the score of the best pair. Its second element starts mindistance to
# maxdistance letters after the end of the first, as in seqgra's simulations;
# seqgra's classifier counts from the start of the first, and leaves out
# maxdistance.
RULES = {
    "c1": [[("se1", "se2", 3, 10)]],  # near
    "c2": [[("se1", "se2", 11, 25)]],  # far
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
        for pairs in RULES[label]:
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


# ---- Main --------------------------------------------------------------------
def parse_arguments() -> argparse.Namespace:
    form = argparse.RawDescriptionHelpFormatter
    about = (__doc__ or "").rpartition("\n\n")[2]  # from "Compiled by" on
    about += f"\n\nExample: python predict.py models/{MODEL_ID} new.fa.gz > scores.tsv"
    parser = argparse.ArgumentParser(description=about, formatter_class=form)
    add = parser.add_argument
    add("model_dir", type=Path, help="folder that train.py has written")
    add("file", nargs="?", default="-", help="sequences; default: standard input")
    add("--scan", type=int, metavar="STEP", help="score a window every STEP letters")
    add("--length", type=int, help="window length; default: that of the first sequence")
    arguments = parser.parse_args()
    if not arguments.model_dir.is_dir():
        problem = "not a folder; the folder that train.py has written comes first"
        parser.error(f"{arguments.model_dir}: {problem}")
    for name in ("scan", "length"):
        value = getattr(arguments, name)
        if value is not None and value < 1:
            parser.error(f"--{name} takes a number of at least 1")
    if arguments.scan and not arguments.length:
        parser.error("--scan needs --length, which the definition does not name")
    if arguments.file == "-" and sys.stdin.isatty():
        print("reading the terminal, up to the end of input", file=sys.stderr)
    return arguments


def check_receipt(path: Path) -> None:
    """Refuse a run of another definition; seed, id, name and description may differ."""
    definition = "77a44b06f75c91cdd5232498b2ce3aba5f62c55f3597fe517ecfecabc8563064"
    family = "6fdbd467de2d2f4e62537588e17f5123a00586bef7d379557af4c94a6398bd3b"
    try:
        run = json.loads(path.read_bytes())
        found, source = run["family"], run["definition"]
    except (OSError, ValueError, LookupError, TypeError):
        problem = "unreadable" if path.exists() else "missing"
        problem += ", so the definition cannot be compared"
        print(f"warning: {path}: {problem}", file=sys.stderr)
        return
    if found == family:
        return
    if source == definition:
        difference = "other --semantics, or other files that it names"
        refuse(str(path), f"of this definition with {difference}; compile both alike")
    refuse(str(path), "of another definition; compile predict.py from that one")


def write_scores(places: tuple, y_hat: np.ndarray) -> None:
    """Write rows: place, each label's probability, the label with the highest one."""
    for place, row, label in zip(places, y_hat.tolist(), y_hat.argmax(axis=1)):
        print(*place, *row, LABELS[label], sep="\t")


def main() -> None:
    arguments, model = parse_arguments(), build_model()
    check_receipt(arguments.model_dir / "receipt.json")
    widest = max(map(width_of, model.values()))
    examples = read_examples(arguments.file, arguments.length, arguments.scan)
    columns = ("id", "start", "end") if arguments.scan else ("id",)
    print(*columns, *LABELS, "predicted", sep="\t")
    for places, codes in batches(examples):
        if codes.shape[1] < widest:
            refuse(arguments.file, f"{codes.shape[1]} letters; an element has {widest}")
        write_scores(places, predict(model, codes))


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
