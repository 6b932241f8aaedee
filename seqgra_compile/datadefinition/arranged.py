"""Scripts of data definitions, ready to print: the Bayes classifier and the simulation."""

from __future__ import annotations

from dataclasses import dataclass

from ..script import Constant, Script, Section
from ..script.deciders import Decider, Group, OfCondition, OfElement, Stated, decided_by

MODE = "conditions/condition/mode"


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
class ConditionRules:
    """A condition's entry in a table; `title`, if any, is its own label, for a comment."""

    condition: str
    title: str
    text: str

    @property
    def group(self) -> Group:
        return OfCondition(self.condition)


@dataclass(frozen=True)
class AlikeConditions:
    """Conditions whose rules differ only in their elements.

    `operator` makes the table of all rules or adds to it; `rules` are those of one condition with
    the variables `names`; `lines` have a row for each condition: its id and its elements.
    """

    operator: str
    labels: tuple[str, ...]
    rules: str
    names: str
    lines: tuple[tuple[ConditionRules, ...], ...]

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(row.condition for line in self.lines for row in line)


@dataclass(frozen=True)
class Row:
    """An entry of another table; `path` is the element path of the setting that it states."""

    path: str
    text: str

    @property
    def group(self) -> Group:
        return Stated(self.path)


@dataclass(frozen=True)
class Windows:
    """Which positions other than random the rules name."""

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
    rules: tuple[ConditionRules, ...] = decided_by(Decider.CONDITIONS)
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
    in the order of the others; `copies`: elements that a rule names twice; `any_background`: an
    example without conditions gets any; `shuffles_copies`: an operation also shuffles earlier
    copies; `chains`: spacing constraints share elements; `names_each`: sets name all conditions.
    """

    docstring: str = decided_by(Decider.HEADER)
    dependencies: str = decided_by()
    future: tuple[str, ...] = decided_by()
    imports: tuple[str, ...] = decided_by(Decider.ELEMENTS, Decider.CONDITIONS, Decider.COPIES)
    packages: tuple[str, ...] = decided_by()
    install: str = decided_by()
    starts_loudly: bool = decided_by()
    has_cpu_build: bool = decided_by()
    checks: tuple[str, ...] = decided_by()
    sections: tuple[Section, ...] = decided_by(Decider.COPIES)
    constants: tuple[Constant, ...] = decided_by()
    version: str = decided_by(Decider.VERSION)
    definition_sha256: str = decided_by(Decider.SHA256)
    resumes: bool = decided_by()
    embeds: bool = decided_by()
    backgrounds: tuple[Row, ...] = decided_by(Decider.BACKGROUNDS)
    any_background: bool = decided_by(Decider.BACKGROUNDS, Decider.SETS)
    names_each: bool = decided_by(Decider.SETS, Decider.CONDITIONS)
    sets: tuple[Row, ...] = decided_by(Decider.SETS)
    any_unconditional: bool = decided_by(Decider.SETS)
    shuffles: tuple[Row, ...] = decided_by(Decider.COPIES)
    shuffles_doc: tuple[str, ...] = decided_by(Decider.COPIES, Decider.SEMANTICS)
    shuffles_copies: bool = decided_by(Decider.COPIES, Decider.SEMANTICS)
    keeps_kmers: bool = decided_by(Decider.COPIES)
    matrices: tuple[MatrixRows, ...] = decided_by(Decider.ELEMENTS)
    matrices_doc: tuple[str, ...] = decided_by(Decider.SPACE)
    rows_as_text: bool = decided_by(Decider.ELEMENTS)
    orders: tuple[Words, ...] = decided_by(Decider.ELEMENTS)
    kmers: tuple[Words, ...] = decided_by(Decider.ELEMENTS)
    kmers_doc: str = decided_by(Decider.ELEMENTS)
    copies: tuple[Words, ...] = decided_by(Decider.CONDITIONS, Decider.SEMANTICS)
    both_kinds: bool = decided_by(Decider.ELEMENTS)
    element_doc: str = decided_by(Decider.ELEMENTS)
    rules_doc: tuple[str, ...] = decided_by(Decider.CONDITIONS)
    rules: tuple[ConditionRules, ...] = decided_by(Decider.CONDITIONS)
    alike: tuple[AlikeConditions, ...] = decided_by(Decider.CONDITIONS)
    positions: Windows = decided_by(Decider.CONDITIONS)
    pairs: bool = decided_by(Decider.CONDITIONS)
    chains: bool = decided_by(Decider.CONDITIONS)
    modes: tuple[Row, ...] = decided_by(Decider.CONDITIONS)
    exclusive: str = decided_by(Stated(MODE))
    lengths_vary: bool = decided_by(Decider.LENGTHS)
