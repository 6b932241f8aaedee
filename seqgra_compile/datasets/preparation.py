"""From a sequence as it is read to one as it is written: length and letters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from .alphabet import Alphabet
from .counts import counted, plural
from .faults import Fault, Faults, UsageProblem
from .inputs import Raw

CROPS = ("center", "start", "end")
PADS = ("N", "drop", "refuse")
AMBIGUOUS = ("refuse", "N", "drop")
_BARS = 10  # of the histogram of lengths
_WIDTH = 40
_MUCH = 0.25  # of all letters


@dataclass(frozen=True)
class Rules:
    """What the user asked for.

    With `length` None, all sequences must have the same length. `crop` names the part that is
    kept, and the place of a shorter sequence when it is padded; `pad` says what happens to that.
    """

    alphabet: Alphabet
    length: int | None = None
    crop: str = "center"
    pad: str = "refuse"
    ambiguous: str = "refuse"

    def __post_init__(self) -> None:
        if self.pad == "N" and not self.alphabet.unknown:
            raise UsageProblem(
                f"--pad N: {self.alphabet.name} has no letter for an unknown residue",
                "--pad drop drops shorter sequences; or give a --length that every sequence has",
            )
        if self.pad != "refuse" and self.length is None:
            raise UsageProblem(f"--pad {self.pad} needs a --length", "add --length L")
        if self.ambiguous == "N" and not self.alphabet.unknown:
            raise UsageProblem(
                f"--ambiguous N: {self.alphabet.name} has no letter for an unknown residue",
                "drop such sequences: --ambiguous drop",
            )


@dataclass
class Preparation:
    """Applies the rules to each sequence, counts what it changes, and collects faults."""

    rules: Rules
    faults: Faults
    place: Callable[[Raw], str]  # in words, for messages
    lengths: Counter[int] = field(default_factory=Counter)  # as the sequences came
    changed: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        alphabet = self.rules.alphabet
        codes = alphabet.codes
        self._masks = (
            bytes.maketrans(codes, alphabet.unknown * len(codes)) if alphabet.unknown else None
        )

    def __call__(self, source: Raw) -> bytes | None:
        """The sequence as it is written, or None if it is dropped or faulty."""
        alphabet, length = self.rules.alphabet, self.rules.length
        raw = source.sequence
        found = len(raw)
        self.lengths[found] += 1
        if not found:
            help = "remove it, or correct the file"
            self.faults.add("empty sequences", self.place(source), "an empty sequence", help)
            return None
        if length is not None and found != length:
            if found > length:
                raw = self._cropped(raw, length)
            elif self.rules.pad == "drop":
                self.dropped[f"sequences shorter than {length:,} (--pad drop)"] += 1
                return None
            elif self.rules.pad == "refuse":
                return None  # reported with the distribution, once all lengths are known
        sequence: bytes | None = raw
        # What is left after deleting all letters that are written: usually nothing.
        if others := raw.translate(None, alphabet.accepted):
            sequence = self._written(raw, others, source)
        if sequence is not None and length is not None and found < length:
            self.changed[f"padded with {alphabet.unknown.decode()} to {length:,}"] += 1
            sequence = self._padded(sequence, length)
        return sequence

    def _written(self, raw: bytes, others: bytes, source: Raw) -> bytes | None:
        """A sequence in which the letters `others` must be changed."""
        alphabet = self.rules.alphabet
        old, new = alphabet.reads
        if old and old in others.upper():
            self.changed[f"sequences with {old.decode()}, written as {new.decode()}"] += 1
        written = raw.translate(alphabet.writes)
        if others.translate(alphabet.writes).translate(None, alphabet.accepted):
            return self._resolved(written, raw, self.place(source))
        return written

    def _cropped(self, raw: bytes, length: int) -> bytes:
        self.changed[f"cropped to {length:,} ({self.rules.crop} kept)"] += 1
        extra = len(raw) - length
        start = {"start": 0, "center": extra // 2, "end": extra}[self.rules.crop]
        return raw[start : start + length]

    def _padded(self, sequence: bytes, length: int) -> bytes:
        lacking = length - len(sequence)
        left = {"start": 0, "center": lacking // 2, "end": lacking}[self.rules.crop]
        unknown = self.rules.alphabet.unknown
        return unknown * left + sequence + unknown * (lacking - left)

    def _resolved(self, sequence: bytes, raw: bytes, place: str) -> bytes | None:
        """A sequence with letters that scripts do not read."""
        alphabet, choice = self.rules.alphabet, self.rules.ambiguous
        if others := sequence.translate(None, alphabet.accepted + alphabet.codes):
            at = sequence.index(others[:1])
            letter = chr(raw[at])
            message = f"letter {at + 1} is {letter!a}, which is not a letter of {alphabet.name}"
            kind = f"sequences with {letter!a}"
            if _is_of_protein(letter, alphabet):
                kind = "sequences with letters of proteins"
            self.faults.add(kind, place, message, self._remedy(letter))
            return None
        if choice == "drop":
            self.dropped["with an ambiguous letter (--ambiguous drop)"] += 1
            return None
        if choice == "N":
            self.changed["sequences with ambiguous letters, written as N"] += 1
            return sequence.translate(self._masks)
        codes = sequence.translate(None, alphabet.accepted)
        at = sequence.index(codes[:1])
        message = f"letter {at + 1} is {chr(raw[at])!a}, an ambiguous letter of {alphabet.name}"
        choices = "--ambiguous N or --ambiguous drop" if alphabet.unknown else "--ambiguous drop"
        help = f"scripts read {alphabet.accepted.decode()} only: {choices} decides about the others"
        self.faults.add("sequences with ambiguous letters", place, message, help)
        return None

    def _remedy(self, letter: str) -> str:
        if letter in "Uu" and self.rules.alphabet.name == "DNA":
            return "is this RNA? then --alphabet RNA; DNA is written with T"
        if letter in "-.":
            return "gaps of an alignment: remove them, e.g. with seqkit seq -g"
        if _is_of_protein(letter, self.rules.alphabet):
            return "is this a protein? then --alphabet protein"
        return "correct the file; scripts read " + self.rules.alphabet.accepted.decode() + " only"

    def length(self) -> int:
        """The length of all sequences; raises DataError if they have several."""
        rules, faults = self.rules, []
        if rules.length is None and len(self.lengths) > 1:
            shortest = min(filter(None, self.lengths))
            help = (
                f"choose one: --length {shortest} crops longer sequences (--crop says where); "
                "with a larger one, --pad drop drops shorter ones"
            )
            if rules.alphabet.unknown:
                help += ", and --pad N pads them"
            message = f"the sequences have {len(self.lengths):,} lengths; scripts need one"
            faults.append(Fault(message, None, help, histogram(self.lengths)))
        elif rules.length is not None and rules.pad == "refuse":
            short = sum(n for length, n in self.lengths.items() if 0 < length < rules.length)
            if short:
                are = counted(short, "sequences are")
                message = f"{are} shorter than --length {rules.length:,}"
                help = "a smaller --length, or --pad drop to drop them"
                if rules.alphabet.unknown:
                    help += ", or --pad N to pad them"
                faults.append(Fault(message, None, help, histogram(self.lengths)))
        self.faults.stop(*faults)
        return rules.length or next(iter(self.lengths), 0)

    def cut(self) -> str | None:
        """A warning if cropping removed much of what was read."""
        length, lengths = self.rules.length, self.lengths
        if length is None or not lengths:
            return None
        longer = {found: count for found, count in lengths.items() if found > length}
        cut = sum((found - length) * count for found, count in longer.items())
        kept = sum(found * count for found, count in lengths.items() if found >= length)
        if not cut or cut < _MUCH * kept:
            return None
        sequences = sum(count for found, count in lengths.items() if found >= length)
        return (
            f"cropping to {length:,} cut {cut / kept:.0%} of all letters off: "
            f"{sum(longer.values()):,} of {plural(sequences, 'sequence')} "
            f"{'was' if sum(longer.values()) == 1 else 'were'} longer"
        )


def _is_of_protein(letter: str, alphabet: Alphabet) -> bool:
    """Whether a letter that is not one of nucleic acids is one of proteins."""
    return letter in "EFIJLOPQZefijlopqz" and alphabet.name != "protein"


def histogram(lengths: Counter[int]) -> tuple[str, ...]:
    """The distribution of lengths, one bar per line."""
    low, high = min(lengths), max(lengths)
    if len(lengths) <= _BARS:
        rows = [(f"{length:,}", lengths[length]) for length in sorted(lengths)]
    else:
        width = -(-(high - low + 1) // _BARS)
        rows = []
        for start in range(low, high + 1, width):
            end = min(start + width - 1, high)
            count = sum(n for length, n in lengths.items() if start <= length <= end)
            rows.append((f"{start:,} to {end:,}", count))
    most = max(count for _, count in rows)
    wide = max(len(name) for name, _ in rows)
    digits = max(len(f"{count:,}") for _, count in rows)
    return tuple(
        f"{name:>{wide}}  {count:>{digits},}  {'#' * -(-count * _WIDTH // most)}".rstrip()
        for name, count in rows
    )
