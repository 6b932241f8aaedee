"""random-0: n

d

Compiled by seqgra-compile 0.1.0 from data.xml, SHA-256
f6b96cc91e506722502c07abf90237d67cb96dae142d83d8e8d77f2994e4edc8, with
--semantics intended.
Usage:  python simulate.py [-o DATA_DIR]
Writes: training.txt and the like for each set: a header x, tab, y, then in each line a
        sequence, a tab, the ids of its conditions, joined by |; training-annotation.txt
        with G under the letters of elements; simulation.json"""

# /// script
# requires-python = ">=3.10"
# dependencies = ["numpy"]
# ///

import argparse
import bisect
import collections
import contextlib
import hashlib
import json
import os
import platform
import random
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

try:
    import numpy as np
except ModuleNotFoundError as error:
    sys.exit(f"{error}. All that is needed: pip install numpy")

# ---- Definition --------------------------------------------------------------
DATA_ID = "random-0"  # general/@id
# general/task: multi-label classification
# general/sequencespace: protein
SEED = 1  # general/seed
MIN_LENGTH = 53  # background/minlength
# background/maxlength: 53
LETTERS = "ARNDCEQGHILKMFPSTWYV"  # sequenceelements/sequenceelement/matrixbased/position/letter

# background/alphabetdistributions: by set and condition, None for any.
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

# datageneration/sets: the conditions of an example, and how many there are of it.
SETS = {
    "training": [("c1", 6), ("c2", 2)],
    "validation": [("c1", 5), ("c2", 3)],
    "test": [("c1", 7), ("c2", 5)],
}

# One row a position: the probabilities of A, R, N, D, C, E, Q, G, H, I, L, K, M,
# F, P, S, T, W, Y, V, as written.
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

# The letters of each row, where they are others or in another order.
LETTERS_OF = {
    "se1": ["KYQT", "K", "THRA"],
    "se3": ["FN", "T", "MHQR", "TSLY", "MY", "CR"],
    "se4": ["Y", "IW", "E", "S", "RECG"],
}

# Conditions and their rules: each is applied with its probability.
# Pairs: so many letters lie between two elements; random: in either order.
RULES = {
    # l
    "c1": [
        {
            "position": "center",
            "probability": 0.3,
            "elements": ("se4", "se1"),
            "pairs": (("se4", "se1", 2, 2, "in-order"),),
        },
        {"position": "random", "probability": 0.3, "elements": ("se3",)},
    ],
    # l
    "c2": [
        {"position": 9, "probability": 0.5, "elements": ("se4",)},
        {"position": "center", "probability": 0.3, "elements": ("se1",)},
    ],
}

# conditions/condition/mode: of the rules of these conditions one at most is applied.
EXCLUSIVE = ("c1",)


# ---- Draw --------------------------------------------------------------------
# Both are seeded alike, as in seqgra 0.0.4. The first decides the order of examples and
# conditions, which rules are applied, and which elements swap; the second all the rest.
python_draws = random.Random(SEED)
numpy_draws = np.random.RandomState(SEED)


def cumulated(weights: list[float], times: int = 1) -> np.ndarray:
    """The upper ends of all choices' shares of 0 to 1; normalized so many times."""
    shares = np.array(weights, float)
    for _ in range(times):
        shares = shares / np.cumsum(shares)[-1]
    sums = np.cumsum(shares)
    return sums / sums[-1]


BACKGROUND_OF = {
    key: (np.array([*map(ord, letters)], "u1"), cumulated([*letters.values()]))
    for key, letters in BACKGROUNDS.items()
}
COLUMNS = {
    name: [cumulated([*map(float, row.split())], 2).tolist() for row in rows]
    for name, rows in MATRICES.items()
}


def draw_background(set_name: str, condition: str) -> bytearray:
    """Letters of the most special distribution: what is there before the rules."""
    keys = ((set_name, condition), (set_name, None), (None, condition), (None, None))
    keys = [key for key in keys if key in BACKGROUNDS]
    letters, sums = BACKGROUND_OF[keys[0]]
    draws = numpy_draws.random_sample(MIN_LENGTH)
    return bytearray(letters[sums.searchsorted(draws, side="right")])


def draw_element(name: str) -> bytes:
    """The letters of a sequence element: one draw for each position."""
    draws = numpy_draws.random_sample(len(COLUMNS[name])).tolist()
    places = map(bisect.bisect, COLUMNS[name], draws)
    if name in LETTERS_OF:
        return "".join(row[n] for row, n in zip(LETTERS_OF[name], places)).encode()
    return "".join(LETTERS[place] for place in places).encode()


# ---- Grammar -----------------------------------------------------------------
def start_of(position: str | int, length: int, width: int) -> int:
    """Where something of this width starts in a sequence of this length."""
    if position == "center":
        return int(length / 2 - width / 2)
    if isinstance(position, int):
        return position - 1
    return int(numpy_draws.randint(0, length - width + 1))  # random


def put(x: bytearray, annotation: bytearray, element: bytes, start: int) -> None:
    """Overwrite what is there; the annotation has G under elements."""
    x[start : start + len(element)] = element
    annotation[start : start + len(element)] = b"G" * len(element)


def apply(rule: dict, x: bytearray, annotation: bytearray) -> None:
    """All elements are drawn first; then the pairs are placed, then the other elements."""
    position = rule["position"]
    drawn = {name: draw_element(name) for name in rule["elements"]}
    for first, second, nearest, farthest, order in rule.get("pairs", ()):
        one, other = drawn[first], drawn[second]
        drawn = {name: drawn[name] for name in drawn if name not in (first, second)}
        room = len(x) - len(one) - len(other)
        if isinstance(position, int):
            room -= position
        distance = int(numpy_draws.randint(nearest, min(farthest, room) + 1))
        if order == "random" and python_draws.random() <= 0.5:
            one, other = other, one
        start = start_of(position, len(x), len(one) + distance + len(other))
        put(x, annotation, one, start)
        put(x, annotation, other, start + len(one) + distance)
    for element in drawn.values():
        put(x, annotation, element, start_of(position, len(x), len(element)))


def draw_example(set_name: str, conditions: list[str]) -> tuple[bytearray, bytearray]:
    """A sequence and its annotation; the first condition decides the background."""
    python_draws.shuffle(conditions)
    x = draw_background(set_name, conditions[0])
    annotation = bytearray(b"_" * len(x))
    for condition in conditions:
        if condition in EXCLUSIVE:
            draw, sum_so_far = python_draws.random(), 0.0
            for rule in RULES[condition]:
                sum_so_far += rule["probability"]
                if draw <= sum_so_far:
                    apply(rule, x, annotation)
                    break
            continue
        for rule in RULES[condition]:
            if python_draws.random() <= rule["probability"]:
                apply(rule, x, annotation)
    return x, annotation


# ---- Main --------------------------------------------------------------------
def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=f"Simulate the data {DATA_ID}.")
    parser.add_argument("-o", "--output-dir", type=Path, default=Path("data", DATA_ID))
    return parser.parse_args()


def write_set(name: str, data: Path, annotations: Path) -> collections.Counter:
    """The examples of a set in random order; how many there are of which labels."""
    labels = [label for label, samples in SETS[name] for _ in range(samples)]
    python_draws.shuffle(labels)
    with open(data, "wb") as examples, open(annotations, "wb") as places:
        examples.write(b"x\ty\n")
        places.write(b"annotation\ty\n")
        for label in with_progress(name, labels):
            x, annotation = draw_example(name, label.split("|"))
            ending = f"\t{label}\n".encode()
            examples.write(x + ending)
            places.write(annotation + ending)
    return collections.Counter(labels)


def simulate(folder: Path) -> dict[str, collections.Counter]:
    """All sets. Draws run through them: each set depends on the size of those before."""
    names = {name: (f"{name}.txt", f"{name}-annotation.txt") for name in SETS}
    files = {name: [folder / file for file in both] for name, both in names.items()}
    counts = {name: write_set(name, *files[name]) for name in SETS}
    return counts


def main() -> None:
    out = parse_arguments().output_dir
    with new_folder(out) as folder:
        counts = simulate(folder)
        write_receipt(folder, counts)
    for name, found in counts.items():
        print(f"{out / name}.txt: {found.total():,} examples")
        for label, count in found.items():
            print(f"  {count:,} {label or 'without condition'}")


# ---- Records -----------------------------------------------------------------
@contextlib.contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """A folder beside `out` that takes its name in the end: all files appear, or none."""
    if out.exists() and (not out.is_dir() or os.listdir(out)):
        raise FileExistsError(0, "not empty; name another folder with -o", str(out))
    folder = out.with_name(f"{out.resolve().name}.partial")
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        problem = "of another run, or of one that was killed: then delete it"
        raise FileExistsError(0, problem, str(folder)) from None
    try:
        yield folder
        if out.exists():
            out.rmdir()
        folder.replace(out)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def with_progress(name: str, labels: list[str]) -> Iterator[str]:
    """Each label, and on a terminal a bar."""
    count, shown = len(labels), sys.stderr.isatty()
    for done, label in enumerate(labels, 1):
        yield label
        if shown and (done % 1000 == 0 or done == count):
            bar, end = "#" * (40 * done // count), "\n" if done == count else ""
            sys.stderr.write(f"\r{name:10} {bar:40} {done:,}{end}")


def write_receipt(folder: Path, counts: dict[str, collections.Counter]) -> None:
    """simulation.json: what decides the data, their hashes, and the counts."""
    versions = {"seqgra-compile": "0.1.0", "NumPy": np.__version__}
    receipt = {
        "definition": "f6b96cc91e506722502c07abf90237d67cb96dae142d83d8e8d77f2994e4edc8",
        "script": sha256(Path(__file__)),
        "versions": versions | {"Python": platform.python_version()},
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
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # what a console cannot show is escaped
            stream.reconfigure(errors="backslashreplace")
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("stopped")
    except OSError as error:
        problem = f"{error.filename or 'writing'}: {error.strerror or error}"
        print(problem, file=sys.stderr)
        sys.exit(2)
