"""Negatives from the genome: windows with the GC content of the positives, outside all regions."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

STEPS = 50  # of GC's share: a negative is within 2 percent of its positive
_BATCH = 2**12
_TRIES = 400  # candidates per negative before the rest is given up, and at least some batches
_BATCHES = 50


def gc_step(sequence: bytes) -> int:
    """The GC content of a sequence in steps, from 0 to STEPS; unknown letters count as neither."""
    known = len(sequence) - sequence.count(b"N")
    return (sequence.count(b"G") + sequence.count(b"C")) * STEPS // max(known, 1)


def random_stream(seed: int, *names: object) -> np.random.RandomState:
    """A separate generator for each purpose; NumPy never changes the stream of this kind."""
    import numpy as np

    text = "\t".join(map(str, (seed, *names)))
    digest = hashlib.blake2b(text.encode(), digest_size=4).digest()
    return np.random.RandomState(int.from_bytes(digest, "big"))


def matching_windows(
    letters: bytes | bytearray,
    length: int,
    wanted: Counter[int],
    avoid: tuple[np.ndarray, np.ndarray],
    random: np.random.RandomState,
) -> Iterator[int]:
    """Starts of windows of a chromosome, in random order: as many per step of GC content as
    `wanted` says.

    Windows consist of A, C, G and T and touch none of the intervals `avoid`. Afterwards `wanted`
    has what was not found.
    """
    import numpy as np

    places = len(letters) - length + 1
    if places < 1:
        return
    value = np.full(256, -1, np.int8)
    for letter in b"ATat":
        value[letter] = 0
    for letter in b"GCgc":
        value[letter] = 1
    windows = np.lib.stride_tricks.sliding_window_view(np.frombuffer(letters, np.uint8), length)
    starts, ends = avoid
    taken: set[int] = set()
    batches = max(_BATCHES, wanted.total() * _TRIES // _BATCH)
    for _ in range(batches):
        if not wanted.total():
            return
        candidates = (random.random_sample(_BATCH) * places).astype(np.int64)
        if len(starts):
            following = np.searchsorted(ends, candidates, side="right")
            inside = following < len(starts)
            first = starts[np.minimum(following, len(starts) - 1)]
            candidates = candidates[~(inside & (first < candidates + length))]
        found = value[windows[candidates]]
        known = (found >= 0).all(axis=1)
        steps = found.sum(axis=1, dtype=np.int64) * STEPS // length
        for start, step in zip(candidates[known].tolist(), steps[known].tolist(), strict=True):
            if wanted[step] > 0 and start not in taken:
                taken.add(start)
                wanted[step] -= 1
                yield start
