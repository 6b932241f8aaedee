"""random-4: n

d

Compiled by seqgra-compile 0.1.0 from data.xml, SHA-256
1b4d2dba8e495cab49d29d611df1896d6f69e09d01bfa1e96b7895d897d7a50c, with
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
DATA_ID = "random-4"  # general/@id
# general/task: multi-label classification
# general/sequencespace: DNA
SEED = 2147483647  # general/seed
MIN_LENGTH = 49  # background/minlength
# background/maxlength: 49
LETTERS = "ACGT"  # sequenceelements/sequenceelement/matrixbased/position/letter

# background/alphabetdistributions: by set and condition, None for any.
BACKGROUNDS = {
    ("training", None): {"G": 0.5, "A": 0.25, "T": 0.25, "C": 0.25},
    (None, "c1"): {"A": 0.25, "T": 0.25, "C": 0.5, "G": 0.11817},
    (None, "c2"): {"C": 0.5, "A": 0.5, "G": 0.006, "T": 0.25},
    (None, "c3"): {"C": 0.23, "T": 0.25, "G": 0.25, "A": 0.5},
}

# datageneration/sets: the conditions of an example, and how many there are of it.
SETS = {
    "training": [("c1", 8), ("c2", 9), ("c3", 8)],
    "validation": [("c1", 1), ("c2", 2), ("c3", 1)],
    "test": [("c1", 2), ("c2", 8), ("c3", 9)],
}

# One row a position: the probabilities of A, C, G, T, as written.
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

# Words and their probabilities, as written.
KMERS = {
    "se2": {"ACT": 0.25, "AGGG": 0.43, "CTTT": 0.3, "TACGCT": 0.5},
    "se4": {"AATG": 0.9906, "CAC": 0.25, "CACAT": 0.5, "GTC": 0.25},
}

# Conditions and their rules: each is applied with its probability.
# Pairs: so many letters lie between two elements; random: in either order.
RULES = {
    # l
    "c1": [
        {"position": "start", "probability": 0.5, "elements": ("se3",)},
        {"position": 1, "probability": 1.0, "elements": ("se1", "se2")},
        {"position": "center", "probability": 1.0, "elements": ("se4",)},
    ],
    # l
    "c2": [
        {
            "position": 9,
            "probability": 1.0,
            "elements": ("se1", "se4", "se2"),
            "pairs": (("se1", "se4", 6, 11, "in-order"),),
        },
        {"position": "random", "probability": 0.3, "elements": ("se2",)},
    ],
    # l
    "c3": [
        {
            "position": 9,
            "probability": 0.3,
            "elements": ("se4", "se1"),
            "pairs": (("se4", "se1", 3, 3, "random"),),
        },
    ],
}


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
    name: [cumulated(row, 2).tolist() for row in rows]
    for name, rows in MATRICES.items()
}
WORD_SUMS = {name: cumulated([*kmers.values()]) for name, kmers in KMERS.items()}


def draw_background(set_name: str, condition: str) -> bytearray:
    """Letters of the most special distribution: what is there before the rules."""
    keys = ((set_name, condition), (set_name, None), (None, condition), (None, None))
    keys = [key for key in keys if key in BACKGROUNDS]
    letters, sums = BACKGROUND_OF[keys[0]]
    draws = numpy_draws.random_sample(MIN_LENGTH)
    return bytearray(letters[sums.searchsorted(draws, side="right")])


def draw_element(name: str) -> bytes:
    """The letters of a sequence element: one of its words or one draw for each position."""
    if name in KMERS:
        draw = numpy_draws.random_sample()
        return list(KMERS[name])[WORD_SUMS[name].searchsorted(draw, "right")].encode()
    draws = numpy_draws.random_sample(len(COLUMNS[name])).tolist()
    places = map(bisect.bisect, COLUMNS[name], draws)
    return "".join(LETTERS[place] for place in places).encode()


# ---- Grammar -----------------------------------------------------------------
def start_of(position: str | int, length: int, width: int) -> int:
    """Where something of this width starts in a sequence of this length."""
    if position == "start":
        return 0
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
        "definition": "1b4d2dba8e495cab49d29d611df1896d6f69e09d01bfa1e96b7895d897d7a50c",
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
