"""Scripts of data definitions, as arranged: the Bayes classifier, and the simulation."""

from __future__ import annotations

from dataclasses import dataclass

from ..deciders import Decider, Group, OfCondition, OfElement, decided_by
from ..script import Constant, Script, Section


@dataclass(frozen=True)
class MatrixRows:
    """A sequence element's matrix: its name in the definition and in the script, and its rows."""

    element: str
    name: str
    rows: tuple[str, ...]

    @property
    def group(self) -> Group:
        return OfElement(self.element)


@dataclass(frozen=True)
class Words:
    """A sequence element's words: its name in the definition, and its entry in the script."""

    element: str
    text: str

    @property
    def group(self) -> Group:
        return OfElement(self.element)


@dataclass(frozen=True)
class LabelRules:
    """A label and what its rules add to its score; `title`, if any, is its condition's own label.

    `condition` is the label in the definition, which is the condition's id.
    """

    condition: str
    label: str
    title: str
    rules: tuple[str, ...]

    @property
    def group(self) -> Group:
        return OfCondition(self.condition)


@dataclass(frozen=True)
class Windows:
    """Which positions besides random the rules name."""

    start: bool
    end: bool
    center: bool
    number: bool

    @property
    def any(self) -> bool:
        return self.start or self.end or self.center or self.number


@dataclass(frozen=True, kw_only=True)
class BayesScript(Script):
    """`wide`: rows of matrices take several lines.

    `from_starts`: distances run from start to start, as in seqgra 0.0.4, else from end to start;
    `many_widths`: the first element of a pair has k-mers of several lengths.
    """

    heading: str = decided_by(Decider.ARCHITECTURE)
    matrices: tuple[MatrixRows, ...] = decided_by(Decider.ELEMENTS)
    matrices_doc: tuple[str, ...] = decided_by(Decider.SPACE, Decider.SEMANTICS)
    wide: bool = decided_by(Decider.ELEMENTS, Decider.SPACE)
    kmers: tuple[Words, ...] = decided_by(Decider.ELEMENTS)
    kmers_doc: str = decided_by(Decider.ELEMENTS)
    rules_doc: tuple[str, ...] = decided_by(Decider.CONDITIONS, Decider.SEMANTICS)
    rules: tuple[LabelRules, ...] = decided_by(Decider.CONDITIONS)
    weights_doc: str = decided_by(Decider.SPACE)
    empty_matrices: bool = decided_by(Decider.SEMANTICS, Decider.SPACE)
    windows: Windows = decided_by(Decider.CONDITIONS)
    lone_elements: bool = decided_by(Decider.CONDITIONS)
    pairs: bool = decided_by(Decider.CONDITIONS)
    from_starts: bool = decided_by(Decider.SEMANTICS)
    many_widths: bool = decided_by(Decider.CONDITIONS, Decider.SEMANTICS)
    accuracy: bool = decided_by(Decider.SEMANTICS)
    not_a_number: bool = decided_by(Decider.SEMANTICS)


@dataclass(frozen=True, kw_only=True)
class SimulateScript:
    """A script that simulates data. It shares matrices, k-mers and rules with Bayes scripts.

    `rows_as_text`: rows of matrices take several lines; `orders`: of matrices whose letters are not
    in the order of the others; `any_background`: an example without conditions gets any;
    `shuffles_copies`: an operation also shuffles earlier copies; `repeats`: a rule names an element
    twice, and places it twice.
    """

    docstring: str
    dependencies: str
    future: tuple[str, ...]
    imports: tuple[str, ...]
    packages: tuple[str, ...]
    install: str
    starts_loudly: bool
    has_cpu_build: bool
    checks: tuple[str, ...]
    sections: tuple[Section, ...]
    constants: tuple[Constant, ...]
    version: str
    definition_sha256: str
    resumes: bool
    embeds: bool
    backgrounds: tuple[str, ...]
    any_background: bool
    sets: tuple[str, ...]
    any_unconditional: bool
    shuffles: str
    shuffles_doc: tuple[str, ...]
    shuffles_copies: bool
    keeps_kmers: bool
    matrices: tuple[MatrixRows, ...]
    matrices_doc: tuple[str, ...]
    rows_as_text: bool
    orders: tuple[str, ...]
    kmers: tuple[Words, ...]
    kmers_doc: str
    both_kinds: bool
    element_doc: str
    rules_doc: tuple[str, ...]
    rules: tuple[LabelRules, ...]
    positions: Windows
    pairs: bool
    repeats: bool
    exclusive: str
    lengths_vary: bool
