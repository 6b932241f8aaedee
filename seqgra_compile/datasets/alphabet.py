"""The letters of a sequence space as bytes: what scripts read, and what sequence files hold."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from ..catalog.sequences import SEQUENCE_SPACES, SequenceSpace

_FIRST = 16


@dataclass(frozen=True)
class Alphabet:
    """`codes` are IUPAC letters that scripts refuse; `reads` maps letters to those that are
    written.
    """

    space: SequenceSpace
    codes: bytes
    reads: tuple[bytes, bytes] = (b"", b"")

    @property
    def name(self) -> str:
        return self.space.name

    @property
    def paired(self) -> bool:
        """Whether there is an opposite strand."""
        return self.space.paired is not None

    @functools.cached_property
    def unknown(self) -> bytes:
        """The letter that stands for any other, or nothing if there is none."""
        return (self.space.unknown or "").encode()

    @functools.cached_property
    def accepted(self) -> bytes:
        """All letters that a script reads."""
        return self.space.alphabet.encode() + self.unknown

    @functools.cached_property
    def writes(self) -> bytes:
        """A translation table from each byte to the one that is written."""
        return bytes(range(256)).upper().translate(bytes.maketrans(*self.reads))

    @functools.cached_property
    def _complement(self) -> bytes | None:
        if self.space.paired is None:
            return None
        return bytes.maketrans(self.space.alphabet.encode(), self.space.paired.encode())

    def reverse_complement(self, sequence: bytes) -> bytes:
        if self._complement is None:
            raise ValueError(f"{self.name} has no reverse complement")
        return sequence.translate(self._complement)[::-1]

    def canonical(self, sequence: bytes) -> bytes:
        """A key that a sequence shares with its reverse complement, if it has one."""
        complement = self._complement
        if complement is None:
            return sequence
        # The first letters usually decide, so half of all sequences need no complement.
        if sequence[:_FIRST] < sequence[-_FIRST:].translate(complement)[::-1]:
            return sequence
        return min(sequence, sequence.translate(complement)[::-1])


NUCLEOTIDE_CODES = b"RYSWKMBDHV"
ALPHABETS = {
    "DNA": Alphabet(SEQUENCE_SPACES["DNA"], NUCLEOTIDE_CODES),
    # RNA is often stored as complementary DNA: T is read as U.
    "RNA": Alphabet(SEQUENCE_SPACES["RNA"], NUCLEOTIDE_CODES, (b"T", b"U")),
    "protein": Alphabet(SEQUENCE_SPACES["protein"], b"BJOUXZ*"),
}
