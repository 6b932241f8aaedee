"""random-186: n

d

Compiled by seqgra-compile 0.1.0 from data.xml, SHA-256
593e3893f41f9ce37c5f7b71bf3d20b8bb93e98f229eccb4a77b820906e815db, with
--semantics intended.

Shuffles that keep k-mers draw as glibc does: on Linux seqgra 0.0.4 gives the same.
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
import itertools
import json
import os
import platform
import random
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

try:
    import numpy as np
except ModuleNotFoundError as error:
    sys.exit(f"{error}. All that is needed: pip install numpy")

# ---- Definition --------------------------------------------------------------
DATA_ID = "random-186"  # general/@id
# general/task: multi-label classification
# general/sequencespace: RNA
SEED = 0  # general/seed
MIN_LENGTH = 53  # background/minlength
MAX_LENGTH = 60  # background/maxlength
LETTERS = "ACGU"  # sequenceelements/sequenceelement/matrixbased/position/letter

# background/alphabetdistributions: by set and condition, None for any.
BACKGROUNDS = {
    (None, None): {"C": 0.5, "A": 0.157, "U": 0.25, "G": 0.80395},
}

# datageneration/sets: the conditions of an example, and how many there are of it.
SETS = {
    "training": [("c1", 9), ("c2", 5)],
    "validation": [("c1", 4), ("c2", 8)],
    "test": [("c1", 9), ("c2", 7)],
}

# datageneration/postprocessing: k of the k-mers that are kept, and the copies' labels.
SHUFFLES = ((3, "s0"),)

# One row a position: the probabilities of A, C, G, U, as written.
MATRICES = {
    "se1": [
        [0.197, 0.25, 0.5, 0.13458],
    ],
}

# Conditions and their rules: each is applied with its probability.
RULES = {
    # l
    "c1": [
        {"position": "random", "probability": 0.3, "elements": ("se1",)},
        {"position": "random", "probability": 0.3, "elements": ("se1",)},
    ],
    # l
    "c2": [
        {"position": "random", "probability": 1.0, "elements": ("se1",)},
        {"position": 9, "probability": 0.5, "elements": ("se1",)},
        {"position": 9, "probability": 0.5, "elements": ("se1",)},
    ],
}

# conditions/condition/mode: of the rules of these conditions one at most is applied.
EXCLUSIVE = ("c2",)


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


def draw_background(set_name: str, condition: str) -> bytearray:
    """Letters of the most special distribution: what is there before the rules."""
    length = numpy_draws.randint(MIN_LENGTH, MAX_LENGTH + 1)
    keys = ((set_name, condition), (set_name, None), (None, condition), (None, None))
    keys = [key for key in keys if key in BACKGROUNDS]
    letters, sums = BACKGROUND_OF[keys[0]]
    draws = numpy_draws.random_sample(length)
    return bytearray(letters[sums.searchsorted(draws, side="right")])


def draw_element(name: str) -> bytes:
    """The letters of a sequence element: one draw for each position."""
    draws = numpy_draws.random_sample(len(COLUMNS[name])).tolist()
    places = map(bisect.bisect, COLUMNS[name], draws)
    return "".join(LETTERS[place] for place in places).encode()


# ---- Grammar -----------------------------------------------------------------
def start_of(position: str | int, length: int, width: int) -> int:
    """Where something of this width starts in a sequence of this length."""
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


# ---- Shuffle -----------------------------------------------------------------
def glibc_rand(seed: int) -> Iterator[int]:
    """The numbers of the C library's rand() on Linux (glibc) after srand(seed)."""
    state = [seed - 2**32 if seed >= 2**31 else seed or 1]
    for _ in range(30):
        state.append(16807 * state[-1] % (2**31 - 1))
    last = collections.deque(state[3:] + state[:3], maxlen=31)
    for number in itertools.count():
        last.append((last[0] + last[28]) % 2**32)
        if number >= 310:
            yield last[-1] // 2


# Only shuffles that keep k-mers draw from it, as uShuffle does, which seqgra 0.0.4 calls.
c_draws = glibc_rand(SEED)


def swap_randomly(words: list[int], count: int) -> None:
    """Shuffle the first words of a list."""
    for last in range(count - 1, 0, -1):
        other = next(c_draws) % (last + 1)
        words[last], words[other] = words[other], words[last]


def shuffled_kmers(x: str, k: int) -> str:
    """The same k-mers in another order: a random walk over the graph of words of k - 1.

    Each word leads to those that follow it somewhere in x. A random tree of last exits
    (Wilson's algorithm) makes sure that the walk takes every exit.
    """
    if k >= len(x):
        return x
    words = [x[start : start + k - 1] for start in range(len(x) - k + 2)]
    numbers = {word: number for number, word in enumerate(dict.fromkeys(words))}
    names, walk = list(numbers), [numbers[word] for word in words]
    exits: list[list[int]] = [[] for _ in numbers]
    for word, following in itertools.pairwise(walk):
        exits[word].append(following)
    in_tree, last_exit = [number == walk[-1] for number in range(len(exits))], {}
    for number in range(len(exits)):
        word = number
        while not in_tree[word]:
            last_exit[word] = next(c_draws) % len(exits[word])
            word = exits[word][last_exit[word]]
        word = number
        while not in_tree[word]:
            in_tree[word] = True
            word = exits[word][last_exit[word]]
    for number, ways in enumerate(exits):
        if number == walk[-1]:
            swap_randomly(ways, len(ways))
        else:
            last = last_exit[number]
            ways[-1], ways[last] = ways[last], ways[-1]
            swap_randomly(ways, len(ways) - 1)
    word, letters, ways = walk[0], [words[0]], [iter(each) for each in exits]
    while (word := next(ways[word], None)) is not None:
        letters.append(names[word][-1])
    return "".join(letters)


def shuffled(x: str, k: int) -> str:
    """A copy with the same number of each k-mer."""
    if k > 1:
        return shuffled_kmers(x, k)
    letters = list(x)
    python_draws.shuffle(letters)
    return "".join(letters)


def add_copies(data: Path, annotations: Path, count: int, k: int, labels: str) -> None:
    """Append a shuffled copy of each of the first so many examples."""
    with open(data, encoding="utf-8", newline="\n") as examples, append(data) as copies:
        with append(annotations) as empty:
            for line in itertools.islice(examples, 1, count + 1):
                x = shuffled(line.partition("\t")[0], k)
                copies.write(f"{x}\t{labels}\n")
                empty.write(f"{'_' * len(x)}\t{labels}\n")


def append(path: Path) -> TextIO:
    return open(path, "a", encoding="utf-8", newline="\n")


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
    for name in SETS:
        count = counts[name].total()
        for k, labels in SHUFFLES:
            add_copies(*files[name], count, k, labels)
            counts[name][labels] += count
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
        "definition": "593e3893f41f9ce37c5f7b71bf3d20b8bb93e98f229eccb4a77b820906e815db",
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
