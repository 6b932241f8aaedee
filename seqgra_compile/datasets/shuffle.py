"""A random sequence with the same dinucleotides: uniform over all that have the same counts.

The method is that of Altschul and Erickson (1985) with the random tree of Wilson (1996), as Kandel
et al. (1996) describe it: a sequence is a walk over its letters that uses each dinucleotide as an
edge. The last edge out of each letter is drawn as a random tree towards the last letter, the other
edges are put in random order, and the walk is repeated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def dinucleotide_shuffle(sequence: bytes, random: np.random.RandomState) -> bytes:
    """Shuffle any sequence of bytes; the first and the last letter stay, as the dinucleotides
    demand.

    `random` must be of the kind whose stream NumPy never changes.
    """
    import numpy as np

    if len(sequence) < 4:
        return sequence  # no other order is possible
    codes = np.frombuffer(sequence, np.uint8)
    # Letters that follow each letter, in random order: sorted by letter, then by a random number.
    order = np.argsort(codes[:-1] + random.random_sample(len(codes) - 1), kind="stable")
    follow = codes[1:][order].tobytes()
    counts = np.bincount(codes[:-1], minlength=256)
    ends = np.cumsum(counts)
    after = {
        int(letter): list(follow[ends[letter] - counts[letter] : ends[letter]])
        for letter in np.flatnonzero(counts)
    }
    _last_edges(after, sequence[-1], random)
    walks = {letter: iter(letters) for letter, letters in after.items()}
    shuffled = bytearray(sequence[:1])
    letter = sequence[0]
    for _ in range(len(sequence) - 1):
        letter = next(walks[letter])
        shuffled.append(letter)
    return bytes(shuffled)


def _last_edges(after: dict[int, list[int]], root: int, random: np.random.RandomState) -> None:
    """Move one edge of each letter to its end, so that these edges form a random tree with the root
    `root`.

    Wilson's algorithm: a random walk from each letter until it meets the tree; what is left of it
    when its loops are erased joins the tree.
    """
    in_tree, chosen = {root}, {}
    for start in after:
        letter = start
        while letter not in in_tree:
            chosen[letter] = int(random.random_sample() * len(after[letter]))
            letter = after[letter][chosen[letter]]
        letter = start
        while letter not in in_tree:
            in_tree.add(letter)
            letter = after[letter][chosen[letter]]
    for letter, place in chosen.items():
        letters = after[letter]
        letters.append(letters.pop(place))
