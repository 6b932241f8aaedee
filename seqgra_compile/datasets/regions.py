"""From BED files and a genome to sequences: the letters of windows, and negatives with the same GC
content.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..messages.diagnostics import suggest
from .alphabet import ALPHABETS
from .bed import Chromosomes, Needed, Regions, check_unknown, read_bed
from .faults import Fault, Faults, UsageProblem
from .genome import Genome
from .inputs import Input, Progress, Raw
from .negatives import gc_step, matching_windows, random_stream
from .windows import Annotation, Window, WindowRequest

_EVERY = 2**10
_STRANDS = {1: "+", -1: "-", 0: "."}
_DNA = ALPHABETS["DNA"]


@dataclass(frozen=True)
class Negatives:
    """Windows of the genome that match the positives in GC content."""

    label: str
    seed: int


@dataclass
class RegionReader:
    """Gives one sequence per window; counts what it drops.

    `sets` has the set of each chromosome that is not in training, or is None if fractions decide.
    """

    inputs: Sequence[Input]
    genome: Genome
    labels: Sequence[str]
    request: WindowRequest
    renamed: Mapping[str, str]
    drop_unknown: bool
    sets: Mapping[str, str] | None
    negatives: Negatives | None
    faults: Faults
    progress: Progress
    dropped: Counter[str] = field(default_factory=Counter)
    _joined: dict[tuple[int, ...], str] = field(default_factory=dict)  # of classes

    def __iter__(self) -> Iterator[Raw]:
        chromosomes = Chromosomes(self.genome.lengths, self.renamed, self.drop_unknown)
        self._check_sets()
        needed = Needed(self.request.summits, self.request.stranded)
        found = [read_bed(each, chromosomes, needed, self.faults) for each in self.inputs]
        unknown = check_unknown(chromosomes, str(self.genome.path))
        self.faults.stop(*unknown, *self._empty(found, chromosomes))
        for counts in chromosomes.unknown.values():
            self.dropped["regions on a chromosome that the genome lacks"] += sum(counts.values())
        class_of = [self.labels.index(each.label) for each in self.inputs]
        annotation = Annotation(found, class_of, len(self.labels))
        done, total = 0, sum(map(len, found))
        for number, (name, length) in enumerate(self.genome.lengths.items()):
            wanted: Counter[int] = Counter()
            for window in annotation.windows(number, length, self.request):
                raw = self._raw(window, name, length, found)
                if self.negatives:
                    wanted[gc_step(raw.sequence.upper())] += 1
                yield raw
                done += 1
                if done % _EVERY == 0:
                    self.progress(min(done, total), total)
            if wanted and self.negatives:
                yield from self._matching(self.negatives, number, name, annotation, wanted)
        self.dropped += annotation.dropped

    def _check_sets(self) -> None:
        for name in self.sets or {}:
            if name not in self.genome.lengths:
                other = name.removeprefix("chr") if name.startswith("chr") else f"chr{name}"
                known = other in self.genome.lengths
                help = f"the genome says {other}" if known else suggest(name, self.genome.lengths)
                raise UsageProblem(f"the genome has no chromosome '{name}'", help)

    def _empty(self, found: list[Regions], chromosomes: Chromosomes) -> Iterator[Fault]:
        for each, regions in zip(self.inputs, found, strict=True):
            path = str(each.path)
            if not len(regions) and path not in chromosomes.unknown and not self.faults.count:
                help = "correct the path, or leave out the file"
                yield Fault("holds no region", path, help)

    def _set(self, chromosome: str) -> str:
        return "" if self.sets is None else self.sets.get(chromosome, "training")

    def _raw(self, window: Window, name: str, length: int, found: list[Regions]) -> Raw:
        start, end = window.start, window.end
        letters = self.genome.fetch(name, max(start, 0), min(end, length))
        if start < 0 or end > length:
            letters = b"N" * -min(start, 0) + letters + b"N" * max(end - length, 0)
        if window.strand < 0:
            letters = _DNA.reverse_complement(letters.upper())
        labels = self._joined.get(window.classes)
        if labels is None:
            labels = "|".join(self.labels[number] for number in window.classes)
            self._joined[window.classes] = labels
        strand = _STRANDS[window.strand] if self.request.stranded else "."
        place = f"{name}:{start}-{end}"
        if window.region:
            source, row = window.region
            id = found[source].names[row] or place
        else:
            low, high = window.bin or (start, end)
            source, id = len(self.inputs), f"{name}:{low}-{high}"
        return Raw(letters, labels, id, source, place, strand, self._set(name))

    def _matching(
        self,
        negatives: Negatives,
        number: int,
        name: str,
        annotation: Annotation,
        wanted: Counter[int],
    ) -> Iterator[Raw]:
        """Windows of a chromosome with the wanted GC content, outside all regions."""
        length = self.request.length or self.request.bins or 0
        letters = self.genome.whole(name)
        random = random_stream(negatives.seed, "gc", name)
        avoid = annotation.covered(number)
        for start in matching_windows(letters, length, wanted, avoid, random):
            place = f"{name}:{start}-{start + length}"
            sequence = bytes(letters[start : start + length])
            id, source = f"gc:{place}", len(self.inputs)
            yield Raw(sequence, negatives.label, id, source, place, ".", self._set(name))
        missing = wanted.total()
        if missing:
            self.dropped["negatives for which no window with the same GC content was found"] += (
                missing
            )


def chromosome_sets(validation: Sequence[str], test: Sequence[str]) -> dict[str, str]:
    """The set of each chromosome that is not in training."""
    for name in validation:
        if name in test:
            help = "each chromosome can be in only one set"
            raise UsageProblem(f"{name} is in --validation and in --test", help)
    return dict.fromkeys(validation, "validation") | dict.fromkeys(test, "test")
