"""Examples on their way to the sets: on disk beyond a bound, and brought together by sequence.

Each example goes to one of 256 buckets by a keyed hash of its sequence, the same for both strands.
So copies meet in one bucket, a bucket fits in memory, and the order of the hashes is a random order
that only the sequences and the seed decide.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .alphabet import Alphabet

HELD = 2**26  # bytes that are held in memory before they go to disk
_BUCKETS = [f"{number:02x}" for number in range(256)]


@dataclass(frozen=True)
class Example:
    """A sequence as it is written, and where it comes from.

    `labels` is the column y; `source` the input's name, `place` its record, line or region; `set`
    is the set's name where the user decided on it, else empty.
    """

    sequence: bytes
    labels: str
    id: str
    source: str
    place: str
    strand: str = ""
    set: str = ""


class Spool:
    """Takes examples one by one and gives them back in groups of copies, in random order."""

    def __init__(self, folder: Path, alphabet: Alphabet, seed: int) -> None:
        self.folder, self.alphabet = folder, alphabet
        self.key = seed.to_bytes(8, "big")
        self.count = self._held = 0
        self._buckets: dict[str, list[bytes]] = {name: [] for name in _BUCKETS}
        self._on_disk = False

    def add(self, example: Example) -> None:
        canonical = self.alphabet.canonical(example.sequence)
        digest = hashlib.blake2b(canonical, digest_size=8, key=self.key).hexdigest()
        names = example.labels, example.id, example.source, example.place, example.strand
        # Sorted as text, lines are in the order of the hash, then of the input.
        head = f"{digest}\t{self.count:012}\t".encode()
        line = head + example.sequence + b"\t" + "\t".join((*names, example.set)).encode() + b"\n"
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
                    file.writelines(lines)
                lines.clear()
        self._held, self._on_disk = 0, True

    def groups(self) -> Iterator[list[Example]]:
        """Examples with the same sequence, on either strand, in a list; each group once."""
        if self._on_disk:
            self._flush()
        for name in _BUCKETS:
            lines = self._buckets.pop(name)
            if self._on_disk and (self.folder / name).exists():
                lines = (self.folder / name).read_bytes().splitlines(keepends=True)
                (self.folder / name).unlink()
            lines.sort()
            yield from self._grouped(lines)

    def _grouped(self, lines: list[bytes]) -> Iterator[list[Example]]:
        group: list[Example] = []
        last = b""
        for line in lines:
            digest, _, sequence, *fields = line[:-1].split(b"\t")
            example = Example(sequence, *map(bytes.decode, fields))
            if group and (digest != last or not self._copies(group[0], example)):
                yield group
                group = []
            group.append(example)
            last = digest
        if group:
            yield group

    def _copies(self, one: Example, other: Example) -> bool:
        canonical = self.alphabet.canonical
        return canonical(one.sequence) == canonical(other.sequence)
