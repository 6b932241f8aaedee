"""random-0: n

d

Compiled by seqgra-compile 0.1.0 from data.xml, SHA-256
f6b96cc91e506722502c07abf90237d67cb96dae142d83d8e8d77f2994e4edc8, with
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
import collections
import hashlib
import itertools
import json
import random
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

try:
    import numpy as np
except ModuleNotFoundError as error:
    sys.exit(f"{error}. To install: pip install numpy")

# ---- Definition --------------------------------------------------------------
DATA_ID = "random-0"  # general/@id
# general/task: multi-label classification
# general/sequencespace: protein
SEED = 1  # general/seed
MIN_LENGTH = 53  # background/minlength
# background/maxlength: 53
LETTERS = "ARNDCEQGHILKMFPSTWYV"  # sequenceelements/sequenceelement/matrixbased/position/letter

# background/alphabetdistributions/alphabetdistribution: by @setname and @cid, None for any.
BACKGROUNDS = {
    (None, "c1"): {
        "D": 0.25,
        "T": 0.5,
        "Q": 0.25,
        "R": 0.25,
        "M": 0.0629,
        "G": 0.5,
        "E": 0.4311,
        "S": 0.25,
        "V": 0.1,
        "P": 0.25,
        "F": 0.3,
        "Y": 0.8,
        "A": 0.21,
        "L": 0.25,
        "K": 0.68947,
        "N": 0.25,
        "W": 0.25,
        "C": 0.25,
        "I": 0.25,
        "H": 0.25,
    },
    (None, "c2"): {
        "Y": 0.6012,
        "N": 0.25,
        "D": 0.2994,
        "I": 0.25,
        "E": 0.25,
        "Q": 0.63704,
        "V": 0.25,
        "F": 0.25,
        "W": 0.25,
        "S": 0.09,
        "H": 0.27697,
        "K": 0.25,
        "T": 0.25,
        "P": 0.25,
        "R": 0.25,
        "M": 0.462435,
        "C": 0.25,
        "L": 0.5,
        "A": 0.6,
        "G": 0.25,
    },
}

# sequenceelements/sequenceelement/matrixbased: per position, the probabilities of
# A, R, N, D, C, E, Q, G, H, I, L, K, M, F, P, S, T, W, Y, V, as written.
MATRICES = {
    "se1": [
        "0.14 0.618 0.310148 0.5",
        "0.5",
        "0.0933 0.5 0.730279 0.19107",
    ],
    "se2": [
        (
            "0.25 0.8751 0.301 0.54744 0.25 0.25 0.25 0.18 0.5 0.5 0.9 0.25 0.25 0.52 "
            "0.25 0.25 0.25 0.08237 0.25 0.85"
        ),
        (
            "0.25 0.25 0.8 0.86 0.81712 0.5 0.60634 0.391 0 0.96 0.479234 0.25 0.621 "
            "0.25 0.35 0.5 0.6993 0.25 0.83833 0.7"
        ),
        (
            "0.25 0.1172 0.25 0.25 0.25 0.153413 0.25 0.25 0.25 0.25 0.590278 0.25 0.8 "
            "0.25 0.25 0.25 0.25 0.5 0.25 0.25"
        ),
        (
            "0.6 0.25 0.0499 0.548562 0.84 0.25 0.5 0.7 0.19046 0.874 0.1002 0.0218 "
            "0.25 0.25 0.9 0.25 0.9465 0.25 0.25 0.37245"
        ),
        (
            "0.376 0.25 0.338 0.33826 0.04 0.25 0.39479 0.2934 0.934 0.857037 0.25 "
            "0.25 0.474 0.25 0.5 0.73 0.6267 0.1 0.25 0.25"
        ),
    ],
    "se3": [
        "0.5 0.431",
        "0.5",
        "1 0.25 0.36 0.5",
        "0.998183 0.54 0.5 0.8",
        "0.5 0.1",
        "0.25 0.5",
    ],
    "se4": [
        "0.5",
        "0.5 0.8455",
        "0.5",
        "0.5",
        "0.287 0.25 0.1409 0.5",
    ],
}

# The letters of each row, if they are not the usual ones in the usual order.
LETTERS_OF = {
    "se1": ["KYQT", "K", "THRA"],
    "se3": ["FN", "T", "MHQR", "TSLY", "MY", "CR"],
    "se4": ["Y", "IW", "E", "S", "RECG"],
}

# conditions/condition/mode: mutually exclusive for those in EXCLUSIVE, sequential for
# others
# conditions/condition/grammar/rule: position, probability, sequenceelementrefs;
# spacingconstraints: sid1, sid2, mindistance, maxdistance, order.
RULES = {
    # l
    "c1": [
        ("center", 0.3, ["se4", "se1"], [("se4", "se1", 2, 2, "in-order")]),
        ("random", 0.3, ["se3"], []),
    ],
    # l
    "c2": [(9, 0.5, ["se4"], []), ("center", 0.3, ["se1"], [])],
}
EXCLUSIVE = ("c1",)

# datageneration/sets/set: example/@samples, and the conditionref/@cid of each such example.
SETS = {
    "training": [(6, "c1"), (2, "c2")],
    "validation": [(5, "c1"), (3, "c2")],
    "test": [(7, "c1"), (5, "c2")],
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
    rows = [[*map(float, row.split())] for row in rows]
    distributions = [cumulative(normalized(row)) for row in rows]
    return np.array([*itertools.zip_longest(*distributions, fillvalue=1.0)])


BACKGROUND_OF = {
    key: (cumulative([*letters.values()])[:-1, np.newaxis], "".join(letters).encode())
    for key, letters in BACKGROUNDS.items()
}
CUMULATIVE = {name: columns(rows) for name, rows in MATRICES.items()}


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
    """The letters of a sequence element: one draw for each position."""
    numbers = choices(CUMULATIVE[name], len(MATRICES[name]))
    if name in LETTERS_OF:
        return "".join(row[n] for row, n in zip(LETTERS_OF[name], numbers)).encode()
    return numbers.translate(LETTERS.encode().ljust(256))


# ---- Grammar -----------------------------------------------------------------
def start_of(position: str | int, length: int, width: int) -> int:
    """The start of an element of this width in a sequence of this length."""
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


def chosen_rules(condition: str) -> Iterator[tuple]:
    """Rules apply with their probabilities; of exclusive rules, one draw chooses."""
    if condition in EXCLUSIVE:
        draw, total = python_draws.random(), 0.0
        for rule in RULES[condition]:
            total += rule[1]
            if draw <= total:
                yield rule
                return
        return
    for rule in RULES[condition]:
        if python_draws.random() <= rule[1]:
            yield rule


def draw_example(set_name: str, conditions: list[str]) -> tuple[bytearray, bytearray]:
    """A sequence and its annotation; the first condition decides the background."""
    python_draws.shuffle(conditions)
    x = draw_background(set_name, conditions[0])
    annotation = bytearray(b"_" * len(x))
    for condition in conditions:
        for rule in chosen_rules(condition):
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
        "definition": "f6b96cc91e506722502c07abf90237d67cb96dae142d83d8e8d77f2994e4edc8",
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
