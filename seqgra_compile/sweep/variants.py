"""Definitions of a sweep: the user's bytes with another id, seed or number of samples.

They are changed only at the places where these values were found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from .. import ir
from ..catalog.data import SETS
from ..compiler import Options, compile_bytes
from ..datadefinition.parser import parse_data
from ..datadefinition.written import ExampleElement
from ..grammar import BayesModel, Simulation
from ..messages.diagnostics import Diagnostics
from ..source import Source, Span
from .problem import DefinitionError, SweepError

TRAINING, VALIDATION, TEST = SETS
# A set without examples is impossible: a set that no run reads has one example of each kind.
_FEWEST = 1

Model = TypeVar("Model", bound="ir.General | Simulation")


@dataclass(frozen=True)
class Original(Generic[Model]):
    """A definition as written and as typed, without errors.

    `folders` are those in which its files are searched.
    """

    source: Source
    meant: Model
    folders: tuple[Path, ...]
    options: Options

    @property
    def id(self) -> str:
        return self.meant.id.value

    @property
    def seed(self) -> int:
        return self.meant.seed.value

    @property
    def is_bayes(self) -> bool:
        return isinstance(self.meant, BayesModel)


ModelOriginal = Original[ir.General]
DataOriginal = Original[Simulation]


@dataclass(frozen=True)
class Variant:
    """A definition of the sweep, its id, and its script."""

    id: str
    definition: bytes
    script: str


def with_seed(original: ModelOriginal, seed: int) -> Variant:
    """The model with this seed, which its id also names."""
    return _variant(original, f"{original.id}-s{seed}", seed, {})


def as_it_is(original: ModelOriginal) -> Variant:
    """The definition, byte for byte, compiled under the file name that it has in the sweep."""
    return _compiled(original, original.id, original.source.data)


def _variant(original: Original[Model], id: str, seed: int, others: Mapping[Span, int]) -> Variant:
    meant, source = original.meant, original.source
    changes = {meant.id.span: id, meant.seed.span: str(seed)}
    changes |= {span: str(number) for span, number in others.items()}
    return _compiled(original, id, edited(source, changes))


def _compiled(original: Original[Model], id: str, data: bytes) -> Variant:
    compilation = compile_bytes(f"{id}.xml", data, original.folders, original.options)
    if compilation.script is None:
        error = next(each for each in compilation.diagnostics.found if each.code)
        problem = f"as {id} it has an error, {error.code}: {error.message}"
        raise DefinitionError(problem, original.source.name, error.help)
    return Variant(id, data, compilation.script)


def edited(source: Source, changes: Mapping[Span, str]) -> bytes:
    """The definition's bytes with other text at some places."""
    text = source.text
    for span in sorted(changes, key=lambda span: span.start, reverse=True):
        text = text[: span.start] + changes[span] + text[span.end :]
    return source.data[: source.mark] + text.encode(source.encoding)


# ---- data definitions ----


def examples_of(original: DataOriginal) -> dict[str, tuple[ExampleElement, ...]]:
    """The examples of each set of a data definition; raises `SweepError` if a set has none."""
    written = parse_data(original.source, Diagnostics())
    found = {each.name.value: each.examples for each in written.sets} if written else {}
    for name in SETS:
        if not found.get(name):
            problem = f"it has no examples in the set '{name}'"
            help = f'add them: <set name="{name}"><example samples="100">...'
            raise DefinitionError(problem, original.source.name, help)
    return found


def size_of(original: DataOriginal) -> int:
    """The number of training examples, before any postprocessing."""
    return sum(_samples(examples_of(original)[TRAINING]))


def with_size(original: DataOriginal, size: int, seed: int) -> Variant:
    """A training set of this size and a validation set in proportion. Its test set is not used."""
    examples = examples_of(original)
    samples = {name: _samples(each) for name, each in examples.items()}
    kinds = len(samples[TRAINING])
    if size < kinds:
        problem = f"{size} is less than one training example of each of {kinds} kinds"
        raise SweepError(problem, "--sizes", f"{kinds} is the smallest size")
    matching = round(sum(samples[VALIDATION]) * size / sum(samples[TRAINING]))
    counts = {
        TRAINING: scaled(samples[TRAINING], size),
        VALIDATION: scaled(samples[VALIDATION], max(matching, len(samples[VALIDATION]))),
        TEST: [_FEWEST] * len(samples[TEST]),
    }
    return _with_samples(original, f"{original.id}-{size}-s{seed}", seed, examples, counts)


def for_test(original: DataOriginal, seed: int) -> Variant:
    """The test set as the user wants it. The other two are not used."""
    examples = examples_of(original)
    counts = {name: [_FEWEST] * len(examples[name]) for name in (TRAINING, VALIDATION)}
    return _with_samples(original, f"{original.id}-test", seed, examples, counts)


def _with_samples(
    original: DataOriginal,
    id: str,
    seed: int,
    examples: Mapping[str, Sequence[ExampleElement]],
    counts: Mapping[str, Sequence[int]],
) -> Variant:
    others = {
        example.samples.span: count
        for name, numbers in counts.items()
        for example, count in zip(examples[name], numbers, strict=True)
    }
    return _variant(original, id, seed, others)


def _samples(examples: Sequence[ExampleElement]) -> list[int]:
    return [int(each.samples.value) for each in examples]


def scaled(samples: Sequence[int], total: int) -> list[int]:
    """Whole numbers in these proportions that add up to the total, none less than 1.

    Rounded down; the rest goes to the largest remainders, the first of equal ones.
    """
    whole = sum(samples)
    counts = [max(each * total // whole, _FEWEST) for each in samples]
    by_remainder = sorted(range(len(samples)), key=lambda i: -(samples[i] * total % whole))
    for i in by_remainder[: max(total - sum(counts), 0)]:
        counts[i] += 1
    while sum(counts) > total:  # rare kinds were given their one example
        counts[counts.index(max(counts))] -= 1
    return counts
