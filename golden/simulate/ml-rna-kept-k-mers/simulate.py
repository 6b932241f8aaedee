"""random-186: n

d

Compiled by seqgra-compile 0.1.0 from data.xml, SHA-256
593e3893f41f9ce37c5f7b71bf3d20b8bb93e98f229eccb4a77b820906e815db, with
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
DATA_ID = "random-186"  # general/@id
# general/task: multi-label classification
# general/sequencespace: RNA
SEED = 0  # general/seed
MIN_LENGTH = 53  # background/minlength
MAX_LENGTH = 60  # background/maxlength
LETTERS = "ACGU"  # sequenceelements/sequenceelement/matrixbased/position/letter

# background/alphabetdistributions/alphabetdistribution: by @setname and @cid, None for any.
BACKGROUNDS = {
    (None, None): {"C": 0.5, "A": 0.157, "U": 0.25, "G": 0.80395},
}

# sequenceelements/sequenceelement/matrixbased: per position, the probabilities of
# A, C, G, U, as written.
MATRICES = {
    "se1": [
        [0.197, 0.25, 0.5, 0.13458],
    ],
}

# conditions/condition/mode: mutually exclusive for those in EXCLUSIVE, sequential for
# others
# conditions/condition/grammar/rule: position, probability, sequenceelementrefs.
RULES = {
    "c1": [("random", 0.3, ["se1"]), ("random", 0.3, ["se1"])],  # l
    "c2": [("random", 1.0, ["se1"]), (9, 0.5, ["se1"]), (9, 0.5, ["se1"])],  # l
}
EXCLUSIVE = ("c2",)

# datageneration/sets/set: example/@samples, and the conditionref/@cid of each such example.
SETS = {
    "training": [(9, "c1"), (5, "c2")],
    "validation": [(4, "c1"), (8, "c2")],
    "test": [(9, "c1"), (7, "c2")],
}

# datageneration/postprocessing/operation: @k of the k-mers that are kept, and @labels.
SHUFFLES = [
    (3, "s0"),
]


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


def choices(distribution: np.ndarray, count: int) -> bytes:
    """Draw from a cumulative distribution: the numbers of the choices, as bytes."""
    draws = numpy_draws.random_sample(count)
    return (draws >= distribution).sum(axis=0, dtype=np.uint8).tobytes()


def draw_background(set_name: str, condition: str) -> bytearray:
    """The background: letters of the most specific distribution that applies."""
    length = numpy_draws.randint(MIN_LENGTH, MAX_LENGTH + 1)
    keys = ((set_name, condition), (set_name, None), (None, condition), (None, None))
    found = [BACKGROUND_OF[key] for key in keys if key in BACKGROUND_OF]
    distribution, letters = found[0]
    return bytearray(choices(distribution, length).translate(letters.ljust(256)))


def draw_element(name: str) -> bytes:
    """The letters of a sequence element: one draw for each position."""
    numbers = choices(CUMULATIVE[name], len(MATRICES[name]))
    return numbers.translate(LETTERS.encode().ljust(256))


# ---- Grammar -----------------------------------------------------------------
def start_of(position: str | int, length: int, width: int) -> int:
    """The start of an element of this width in a sequence of this length."""
    if isinstance(position, int):
        return position - 1
    return numpy_draws.randint(length - width + 1)  # random


def put(element: bytes, start: int, x: bytearray, annotation: bytearray) -> None:
    """Write an element into x; the annotation gets G under it."""
    x[start : start + len(element)] = element
    annotation[start : start + len(element)] = b"G" * len(element)


def apply(rule: tuple, x: bytearray, annotation: bytearray) -> None:
    """All elements are drawn first, then placed."""
    position, _, elements = rule
    drawn = {name: draw_element(name) for name in elements}
    for element in drawn.values():
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


# For shuffles that keep k-mers. seqgra 0.0.4 makes them with uShuffle, which calls the rand()
# of the C library: on Linux with glibc, seqgra's copies are the same as these.
c_draws = glibc_rand(SEED)


def swap_randomly(words: list[int], count: int) -> None:
    """Shuffle the first words of a list."""
    for last in range(count - 1, 0, -1):
        other = next(c_draws) % (last + 1)
        words[last], words[other] = words[other], words[last]


def shuffled_kmers(x: bytes, k: int) -> bytes:
    """The same k-mers in another order: a random walk over the graph of words of k - 1.

    Each word leads to those that follow it somewhere in x. A random tree of last exits
    (Wilson's algorithm) makes sure that the walk takes every exit.
    """
    if k >= len(x):
        return x
    words = [x[start : start + k - 1] for start in range(len(x) - k + 2)]
    numbers = {word: number for number, word in enumerate(dict.fromkeys(words))}
    names, walk = list(numbers), [numbers[word] for word in words]
    exits: list[list[int]] = [[] for _ in names]
    for word, following in itertools.pairwise(walk):
        exits[word].append(following)

    last_exit: dict[int, int] = {}
    in_tree = {walk[-1]}
    for number in range(len(names)):
        word = number
        while word not in in_tree:
            last_exit[word] = next(c_draws) % len(exits[word])
            word = exits[word][last_exit[word]]
        word = number
        while word not in in_tree:
            in_tree.add(word)
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
        letters.append(names[word][-1:])
    return b"".join(letters)


def shuffled(x: bytes, k: int) -> bytes:
    """A shuffled copy with the same number of each k-mer."""
    if k > 1:
        return shuffled_kmers(x, k)
    letters = list(x)
    python_draws.shuffle(letters)
    return bytes(letters)


def add_copies(name: str, folder: Path, counts: collections.Counter) -> None:
    """Append to a set a shuffled copy of each example, for each operation."""
    data, places = folder / f"{name}.txt", folder / f"{name}-annotation.txt"
    count = counts.total()
    for k, label in SHUFFLES:
        counts[label] += count
        with open(data, "rb") as examples, open(data, "ab") as copies:
            with open(places, "ab") as annotations:
                for line in itertools.islice(examples, 1, count + 1):
                    x = shuffled(line.split(b"\t")[0], k)
                    copies.write(b"%b\t%b\n" % (x, label.encode()))
                    annotations.write(b"%b\t%b\n" % (b"_" * len(x), label.encode()))


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
        for name in SETS:
            add_copies(name, folder, counts[name])
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
        "definition": "593e3893f41f9ce37c5f7b71bf3d20b8bb93e98f229eccb4a77b820906e815db",
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
