"""random-4: n

d

Compiled by seqgra-compile 0.1.0 from data.xml, SHA-256
1b4d2dba8e495cab49d29d611df1896d6f69e09d01bfa1e96b7895d897d7a50c, with
--semantics intended.
Usage:  python simulate.py [-o DATA_DIR]
Writes: training.txt and the like, one for each set: a header x, tab, y, then per line a
        sequence, a tab, the ids of its conditions, joined by |;
        training-annotation.txt, with G under elements; simulation.json"""

# /// script
# requires-python = ">=3.10"
# dependencies = ["numpy"]
# ///

import argparse
import bisect
import collections
import hashlib
import json
import random
import signal
import sys
import tempfile
from pathlib import Path

try:
    import numpy as np
except ModuleNotFoundError as error:
    sys.exit(f"{error}. To install: pip install numpy")

# ---- Definition --------------------------------------------------------------
DATA_ID = "random-4"  # general/@id
# general/task: multi-label classification
# general/sequencespace: DNA
SEED = 2147483647  # general/seed
MIN_LENGTH = 49  # background/minlength
# background/maxlength: 49
LETTERS = "ACGT"  # sequenceelements/sequenceelement/matrixbased/position/letter

# background/alphabetdistributions/alphabetdistribution: by @setname and @cid, None for any.
BACKGROUNDS = {
    ("training", None): {"G": 0.5, "A": 0.25, "T": 0.25, "C": 0.25},
    (None, "c1"): {"A": 0.25, "T": 0.25, "C": 0.5, "G": 0.11817},
    (None, "c2"): {"C": 0.5, "A": 0.5, "G": 0.006, "T": 0.25},
    (None, "c3"): {"C": 0.23, "T": 0.25, "G": 0.25, "A": 0.5},
}

# sequenceelements/sequenceelement/matrixbased: per position, the probabilities of
# A, C, G, T, as written.
MATRICES = {
    "se1": [
        [0.402, 0.25, 0.5, 0.25],
    ],
    "se3": [
        [0.5, 0.25, 0.25, 0.25],
        [0.5, 0.27748, 0.25, 0.25],
        [0.25, 0.25, 0.5, 0.86137],
        [0.25, 0.1364, 0.5, 0.25],
        [0.99719, 0.5, 0.9, 0.062209],
        [0.25, 0.583, 0.25, 0.5],
    ],
}

# sequenceelements/sequenceelement/kmerbased: words and their probabilities, as written.
KMERS = {
    "se2": {"ACT": 0.25, "AGGG": 0.43, "CTTT": 0.3, "TACGCT": 0.5},
    "se4": {"AATG": 0.9906, "CAC": 0.25, "CACAT": 0.5, "GTC": 0.25},
}

# conditions/condition/mode: sequential
# conditions/condition/grammar/rule: position, probability, sequenceelementrefs;
# spacingconstraints: sid1, sid2, mindistance, maxdistance, order.
RULES = {
    # l
    "c1": [
        ("start", 0.5, ["se3"], []),
        (1, 1.0, ["se1", "se2"], []),
        ("center", 1.0, ["se4"], []),
    ],
    # l
    "c2": [
        (9, 1.0, ["se1", "se4", "se2"], [("se1", "se4", 6, 11, "in-order")]),
        ("random", 0.3, ["se2"], []),
    ],
    # l
    "c3": [(9, 0.3, ["se4", "se1"], [("se4", "se1", 3, 3, "random")])],
}

# datageneration/sets/set: example/@samples, and the conditionref/@cid of each such example.
SETS = {
    "training": [(8, "c1"), (9, "c2"), (8, "c3")],
    "validation": [(1, "c1"), (2, "c2"), (1, "c3")],
    "test": [(2, "c1"), (8, "c2"), (9, "c3")],
}


# ---- Draw --------------------------------------------------------------------
# Both generators have the definition's seed, as in seqgra 0.0.4. Python's orders examples and
# their conditions, and decides which rules apply and which pairs swap; NumPy's does the rest.
python_draws = random.Random(SEED)
numpy_draws = np.random.RandomState(SEED)


def normalized(weights: list[float]) -> np.ndarray:
    return np.divide(weights, np.cumsum(weights)[-1])


def cumulative(weights: list[float]) -> np.ndarray:
    """The cumulative distribution of choices with these weights; its last value is 1."""
    sums = np.cumsum(normalized(weights))
    return sums / sums[-1]


def columns(rows: list) -> np.ndarray:
    """The cumulative distributions of an element's positions, one in each column."""
    distributions = [cumulative(normalized(row)) for row in rows]
    return np.stack(distributions, axis=1)


BACKGROUND_OF = {
    key: (cumulative([*letters.values()])[:-1, np.newaxis], "".join(letters).encode())
    for key, letters in BACKGROUNDS.items()
}
CUMULATIVE = {name: columns(rows) for name, rows in MATRICES.items()}
KMER_CUMULATIVE = {name: cumulative([*words.values()]) for name, words in KMERS.items()}


def choices(distribution: np.ndarray, count: int) -> bytes:
    """Draw from a cumulative distribution: the numbers of the choices, as bytes."""
    draws = numpy_draws.random_sample(count)
    return (draws >= distribution).sum(axis=0, dtype=np.uint8).tobytes()


def draw_background(set_name: str, condition: str) -> bytearray:
    """The background: letters of the most specific distribution that applies."""
    keys = ((set_name, condition), (set_name, None), (None, condition), (None, None))
    found = [BACKGROUND_OF[key] for key in keys if key in BACKGROUND_OF]
    distribution, letters = found[0]
    return bytearray(choices(distribution, MIN_LENGTH).translate(letters.ljust(256)))


def draw_element(name: str) -> bytes:
    """The letters of a sequence element: one of its words or one draw for each position."""
    if name in KMERS:
        choice = bisect.bisect(KMER_CUMULATIVE[name], numpy_draws.random_sample())
        return list(KMERS[name])[choice].encode()
    numbers = choices(CUMULATIVE[name], len(MATRICES[name]))
    return numbers.translate(LETTERS.encode().ljust(256))


# ---- Grammar -----------------------------------------------------------------
def start_of(position: str | int, length: int, width: int) -> int:
    """The start of an element of this width in a sequence of this length."""
    if position == "start":
        return 0
    if position == "center":
        return int(length / 2 - width / 2)
    if isinstance(position, int):
        return position - 1
    return numpy_draws.randint(length - width + 1)  # random


def put(element: bytes, start: int, x: bytearray, annotation: bytearray) -> None:
    """Write an element into x; the annotation gets G under it."""
    x[start : start + len(element)] = element
    annotation[start : start + len(element)] = b"G" * len(element)


def apply(rule: tuple, x: bytearray, annotation: bytearray) -> None:
    """All elements are drawn first; then the pairs are placed, then the other elements."""
    position, _, elements, pairs = rule
    drawn = {name: draw_element(name) for name in elements}
    for first, second, nearest, farthest, order in pairs:
        one, other = drawn[first], drawn[second]
        room = len(x) - len(one) - len(other)
        if isinstance(position, int):
            room -= position
        distance = numpy_draws.randint(nearest, min(farthest, room) + 1)
        if order == "random" and python_draws.random() <= 0.5:
            one, other = other, one
        start = start_of(position, len(x), len(one) + distance + len(other))
        put(one, start, x, annotation)
        put(other, start + len(one) + distance, x, annotation)
    paired = {name for pair in pairs for name in pair[:2]}
    for name, element in drawn.items():
        if name not in paired:
            put(element, start_of(position, len(x), len(element)), x, annotation)


def draw_example(set_name: str, conditions: list[str]) -> tuple[bytearray, bytearray]:
    """A sequence and its annotation; the first condition decides the background."""
    python_draws.shuffle(conditions)
    x = draw_background(set_name, conditions[0])
    annotation = bytearray(b"_" * len(x))
    for condition in conditions:
        for rule in RULES[condition]:
            if python_draws.random() <= rule[1]:  # its probability
                apply(rule, x, annotation)
    return x, annotation


# ---- Main --------------------------------------------------------------------
def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(epilog="Example: python simulate.py -o data/first")
    parser.add_argument("-o", "--output-dir", type=Path, default=Path("data", DATA_ID))
    if not Path(sys.argv[0]).is_file():
        parser.error("save this script to a file: simulation.json holds its hash")
    return parser.parse_args()


def write_set(name: str, folder: Path) -> collections.Counter:
    """Write the examples of a set in random order; return their counts by condition."""
    kinds = [(label, n) for n, labels in SETS[name] for label in labels.split(" ")]
    labels = [label for label, samples in kinds for _ in range(samples)]
    python_draws.shuffle(labels)
    data, places = folder / f"{name}.txt", folder / f"{name}-annotation.txt"
    with open(data, "wb") as examples, open(places, "wb") as annotations:
        examples.write(b"x\ty\n")
        annotations.write(b"annotation\ty\n")
        for done, label in enumerate(labels, 1):
            x, annotation = draw_example(name, label.split("|"))
            examples.write(b"%b\t%b\n" % (x, label.encode()))
            annotations.write(b"%b\t%b\n" % (annotation, label.encode()))
            show_progress(name, done, len(labels))
    return collections.Counter(labels)


def main() -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # clean up, as on Ctrl-C
    out, script = parse_arguments().output_dir, sha256(Path(sys.argv[0]))
    if out.exists():
        out.rmdir()  # an empty folder is fine; any other ends the script here
    out.parent.mkdir(parents=True, exist_ok=True)
    hidden = f".simulate-{out.name}-"
    for left in out.parent.iterdir():
        if left.name.startswith(hidden):
            print(f"{left} is from a killed or running run", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix=hidden, dir=out.parent) as temporary:
        folder = Path(temporary, "data")
        folder.mkdir()
        # One stream of draws runs through all sets: each depends on the size of those before.
        counts = {name: write_set(name, folder) for name in SETS}
        write_receipt(folder, counts, script)
        folder.replace(out)  # all files appear, or none
    for name, found in counts.items():
        print(f"{out / name}.txt: {found.total():,} examples")
        for label, count in found.items():
            print(f"  {count:,} {label or 'without conditions'}")


# ---- Records -----------------------------------------------------------------
def show_progress(name: str, done: int, count: int) -> None:
    """Show a progress bar on a terminal."""
    if (done % 1000 == 0 or done == count) and sys.stderr.isatty():
        bar, end = "#" * (40 * done // count), "\n" if done == count else ""
        print(f"\r{name:10} {bar:40} {done:,}", end=end, file=sys.stderr, flush=True)


def write_receipt(folder: Path, counts: dict, script: str) -> None:
    """Write simulation.json: what decides the data, their hashes, and the counts."""
    versions = {"seqgra-compile": "0.1.0", "NumPy": np.__version__}
    receipt = {
        "definition": "1b4d2dba8e495cab49d29d611df1896d6f69e09d01bfa1e96b7895d897d7a50c",
        "script": script,
        "versions": versions | {"Python": sys.version.split()[0]},
        "files": {path.name: sha256(path) for path in sorted(folder.iterdir())},
        "counts": counts,
    }
    (folder / "simulation.json").write_text(json.dumps(receipt, indent=2) + "\n")


def sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(2**20):
            digest.update(part)
    return digest.hexdigest()


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
