"""The golden accept cases, and small seeded data sets that fit them."""

from __future__ import annotations

import random
import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from seqgra_compile import ir
from seqgra_compile.compiler import Options, compile_bytes

ACCEPT = Path(__file__).resolve().parents[2] / "golden" / "accept"
ALPHABETS = {"DNA": "ACGT", "RNA": "ACGU", "protein": "ACDEFGHIKLMNPQRSTVWY"}
SIZES = {"training": 67, "validation": 35, "test": 33}  # no multiple of any batch size


@dataclass(frozen=True)
class Case:
    """What a data set for a golden case must look like; the length stands in the model's id."""

    folder: Path
    library: str
    space: str
    length: int
    labels: tuple[str, ...]
    multi_label: bool

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def script(self) -> Path:
        return self.folder / "train.py"


def _case(folder: Path) -> Case:
    general = ET.parse(folder / "model.xml").getroot().find("general")
    labels = [label.text for label in general.iterfind("labels/label")]
    pattern = general.find("labels/pattern")
    if pattern is not None:
        first, last = int(pattern.get("min", "1")), int(pattern.get("max"))
        prefix, postfix = pattern.get("prefix", ""), pattern.get("postfix", "")
        labels = [f"{prefix}{number}{postfix}" for number in range(first, last + 1)]
    return Case(
        folder,
        general.findtext("library"),
        general.findtext("sequencespace"),
        int(re.search(r"-(?:dna|rna|protein)(\d+)-", folder.name)[1]),
        tuple(labels),
        general.findtext("task").startswith("multi-label"),
    )


ALL_CASES = tuple(_case(folder) for folder in sorted(ACCEPT.iterdir()) if folder.is_dir())
# Those that are trained; tests/test_bayes.py runs the others.
CASES = tuple(case for case in ALL_CASES if case.library != "BayesOptimalClassifier")
BY_ID = {case.id: case for case in CASES}


def examples(case: Case, count: int, seed: int) -> list[tuple[str, str]]:
    """Pairs of a sequence and its label; in DNA and RNA some letters are lower case or N."""
    draw = random.Random(f"{case.id} {seed}")
    letters = ALPHABETS[case.space]
    if case.space != "protein":
        letters = 5 * letters + letters.lower() + "N"
    pairs = []
    for number in range(count):
        sequence = "".join(draw.choices(letters, k=case.length))
        if case.multi_label:
            chosen = [label for label in case.labels if draw.random() < 0.4]
            pairs.append((sequence, "|".join(chosen)))
        else:
            pairs.append((sequence, case.labels[number % len(case.labels)]))
    return pairs


def text(pairs: Sequence[tuple[str, str]], end: str = "\n") -> bytes:
    """A data file's bytes."""
    rows = [("x", "y"), *pairs]
    return "".join("\t".join(row) + end for row in rows).encode()


def write_data(folder: Path, case: Case, end: str = "\n") -> Path:
    """training.txt, validation.txt and test.txt in a new folder."""
    folder.mkdir(parents=True)
    for seed, (name, count) in enumerate(SIZES.items()):
        (folder / f"{name}.txt").write_bytes(text(examples(case, count, seed), end))
    return folder


def inferred(name: str, data: bytes, folder: Path) -> ir.Model:
    """A definition as meant, with shapes and weights."""
    compilation = compile_bytes(name, data, [folder], Options(check_only=True))
    assert isinstance(compilation.model, ir.Model), [str(d) for d in compilation.diagnostics]
    return compilation.model
