"""Examples on their way to the sets: kept on disk beyond a limit, and grouped by sequence.

Each example goes to one of 256 buckets by a keyed hash of its sequence, the same for both strands.
So copies meet in one bucket, a bucket fits in memory, and the order of the hashes is a random order
that only the sequences and the seed decide.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from .alphabet import Alphabet

HELD = 2**24  # bytes that are held in memory before they go to disk
_BUCKETS = [f"{number:02x}" for number in range(256)]


class Example(NamedTuple):  # made millions of times
    """A sequence as it is written; `labels` is the column y.

    `set` is empty if fractions decide. `origin` is its row in ids.tsv: id, source, place and
    strand, separated by tabs.
    """

    sequence: bytes
    labels: str
    set: str
    origin: bytes


class Spool:
    """Takes examples one by one and gives them back in groups of copies, in random order."""

    def __init__(self, folder: Path, alphabet: Alphabet, seed: int) -> None:
        self.folder, self.alphabet = folder, alphabet
        self.key = seed.to_bytes(8, "big")
        self.count = self._held = 0
        self._buckets: dict[str, list[bytes]] = {name: [] for name in _BUCKETS}
        self._on_disk = False

    def add(self, sequence: bytes, labels: str, set: str, *origin: str) -> None:
        """`origin`: id, source, place and strand, none with a tab or a line end."""
        digest = hashlib.sha256(self.key + self.alphabet.canonical(sequence)).hexdigest()[:16]
        # Sorted as text, lines are in the order of the hash, then of the input.
        tail = "\t".join((labels, set, *origin))
        line = b"%b\t%012d\t%b\t%b" % (digest.encode(), self.count, sequence, tail.encode())
        self._buckets[digest[:2]].append(line)
        self.count += 1
        self._held += len(line)
        if self._held > HELD:
            self._flush()

    def _flush(self) -> None:
        self.folder.mkdir(exist_ok=True)
        for name, lines in self._buckets.items():
            if lines:
                with open(self.folder / name, "ab") as file:
                    file.write(b"\n".join(lines) + b"\n")
                lines.clear()
        self._held, self._on_disk = 0, True

    def groups(self) -> Iterator[list[Example]]:
        """Examples with the same sequence, on either strand, in a list; each group once."""
        if self._on_disk:
            self._flush()
        for name in _BUCKETS:
            lines = self._buckets.pop(name)
            path = self.folder / name
            if self._on_disk and path.exists():
                lines = path.read_bytes().splitlines()
                path.unlink()
            lines.sort()
            yield from self._grouped(lines)

    def _grouped(self, lines: list[bytes]) -> Iterator[list[Example]]:
        group: list[Example] = []
        last = b""
        for line in lines:
            digest, _, sequence, labels, set, origin = line.split(b"\t", 5)
            example = Example(sequence, labels.decode(), set.decode(), origin)
            if digest != last or not self._copies(group[0], example):
                if group:
                    yield group
                group, last = [], digest
            group.append(example)
        if group:
            yield group

    def _copies(self, one: Example, other: Example) -> bool:
        canonical = self.alphabet.canonical
        return canonical(one.sequence) == canonical(other.sequence)
