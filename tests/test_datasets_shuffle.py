"""The dinucleotide-preserving shuffle: exact counts, and every possible sequence equally often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqgra_compile.datasets.shuffle import dinucleotide_shuffle


def _pairs(sequence: bytes) -> Counter:
    return Counter(zip(sequence, sequence[1:], strict=False))


def _all_with_the_same_pairs(sequence: bytes) -> Iterator[bytes]:
    """By trying each letter at each place."""
    left, letters = _pairs(sequence), sorted(set(sequence))

    def grow(start: bytes) -> Iterator[bytes]:
        if len(start) == len(sequence):
            yield start
        for letter in letters:
            if left[start[-1], letter]:
                left[start[-1], letter] -= 1
                yield from grow(start + bytes([letter]))
                left[start[-1], letter] += 1

    yield from grow(sequence[:1])


@settings(max_examples=200, deadline=None)
@given(st.text("ACGTN", min_size=0, max_size=80), st.integers(0, 2**32 - 1))
def test_counts_are_exact(text: str, seed: int) -> None:
    sequence = text.encode()
    shuffled = dinucleotide_shuffle(sequence, np.random.RandomState(seed))
    assert _pairs(shuffled) == _pairs(sequence)
    assert shuffled[:1] == sequence[:1] and shuffled[-1:] == sequence[-1:]


@pytest.mark.parametrize("sequence", [b"AACGACATGAC", b"ACCAGACATTGA", b"AAATATTA", b"ACGTACGATC"])
def test_all_sequences_are_equally_likely(sequence: bytes) -> None:
    """Chi-squared against all sequences with these dinucleotides, with a fixed seed."""
    possible = set(_all_with_the_same_pairs(sequence))
    assert len(possible) > 2
    draws, random = 6000, np.random.RandomState(3)
    found = Counter(dinucleotide_shuffle(sequence, random) for _ in range(draws))
    assert set(found) == possible
    mean = draws / len(possible)
    chi_squared = sum((found[each] - mean) ** 2 / mean for each in possible)
    degrees = len(possible) - 1
    assert chi_squared < degrees + 4 * (2 * degrees) ** 0.5


def test_the_stream_is_fixed() -> None:
    """The same bytes with any version of NumPy."""
    sequence = b"ACGTTGCAACGGTTAACCGT" * 3
    shuffled = dinucleotide_shuffle(sequence, np.random.RandomState(5))
    assert shuffled == b"AAACCACGGGCGTGTTACGTACGCCGTTGCGTTGTACGTTAAACACGGTTTAACCAACGT"
