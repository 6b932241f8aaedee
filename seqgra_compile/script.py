"""A training script as arranged: all and only what the templates print, as Python text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

from .ir import Import
from .pycode import Bracketed, Code, laid_out

_WIDTH = 80  # of lines in a function: Black's 88 less the indentation


@dataclass(frozen=True)
class Constant:
    """`NAME = value  # comment`; without a name, a comment alone.

    `path` is the element path of the setting that it states. `above`: the comment has a line of its
    own, since the two do not fit on one.
    """

    name: str
    value: str
    comment: str
    path: str
    above: bool = False


@dataclass(frozen=True)
class Section:
    """A titled part of a script and the template that prints it."""

    title: str
    template: str

    @property
    def banner(self) -> str:
        return f"# ---- {self.title} ".ljust(80, "-")


@dataclass(frozen=True)
class Alphabet:
    """Letters and their codes: `codes` and `lower` are byte strings whose place is their code.

    `letters` are those of `codes`, for messages.

    `unknown` is the code of the letter that stands for any, `share` its value in each channel;
    `lenient`: any other letter counts as it. `complement` is the codes' list of the opposite strand, or
    empty.
    """

    size: int
    letters: str
    codes: str
    lower: str
    code_count: int
    has_unknown: bool
    unknown: int
    share: str
    lenient: bool
    complement: str


@dataclass(frozen=True)
class Layer:
    """One operation: what makes it, and, in PyTorch, what applies it to `x`."""

    heading: str
    make: tuple[str, ...]
    apply: tuple[str, ...] = ()


@dataclass(frozen=True)
class LoadedWeights:
    """The statement that gives a layer the initial weights of a file."""

    load: str


@dataclass(frozen=True)
class EmbeddedModule:
    """An external PyTorch module."""

    heading: str
    code: str


@dataclass(frozen=True, kw_only=True)
class Script:
    """What the scripts of all libraries hold.

    `imports` are lines before those of `packages`, which may be missing; then the text `install`
    says what to do; `checks` are lines that end a script under too old versions of them.
    `length_from_data`: the sequences' length is that of the first one, not the definition's.
    `on_disk`: data stay on disk. `records`: the script keeps records of its run.
    `trains`: there is something to train, and a run that was stopped can go on.
    """

    docstring: str
    dependencies: str
    future: tuple[str, ...]
    imports: tuple[str, ...]
    packages: tuple[str, ...]
    install: str
    checks: tuple[str, ...]
    sections: tuple[Section, ...]
    constants: tuple[Constant, ...]
    version: str
    definition_sha256: str
    alphabet: Alphabet
    one_hot_doc: str
    targets_doc: str
    multi_class: bool
    length: str
    length_from_data: bool
    on_disk: bool
    records: bool
    trains: bool

    @property
    def embeds(self) -> bool:
        """Whether it holds a module whose errors are its author's."""
        return False

    @property
    def has_cpu_build(self) -> bool:
        """Whether its library comes without CUDA, from elsewhere."""
        return False

    @property
    def starts_loudly(self) -> bool:
        """Whether `imports` end by putting standard error away, until `packages` are there."""
        return False

    @property
    def resumes(self) -> bool:
        """Whether a run that was stopped can continue."""
        return self.trains and self.records

    @property
    def setting_names(self) -> tuple[str, ...]:
        """Lines of the names that the section Definition gives."""
        names = " ".join(constant.name for constant in self.constants if constant.name)
        return tuple(textwrap.wrap(names, _WIDTH))


@dataclass(frozen=True, kw_only=True)
class TrainingScript(Script):
    """A script that trains a model; as seqgra 0.0.4 does if it imitates or even streams.

    `probabilities` and `ranked` are expressions: what is written of the scores on the test set, and
    what the areas under curves are made of, in which no rounding makes ties.
    """

    model_doc: str
    two_dimensional: bool
    shuffle: bool
    early_stopping: bool
    imitates: bool
    streams: bool
    loss: str
    optimizer: str
    probabilities: str
    ranked: str
    layers: tuple[Layer, ...]
    weights_reader: str | None
    weights_files: tuple[LoadedWeights, ...]


@dataclass(frozen=True, kw_only=True)
class PyTorchScript(TrainingScript):
    """`fragments` are templates of classes that the model needs; if it `draws`, as seqgra does.

    `scores` is the expression that a batch `x` becomes.
    """

    module: EmbeddedModule | None
    build_model: str
    fragments: tuple[str, ...]
    penalties: tuple[str, ...]
    activity: bool
    clips_norm: bool
    clips_value: bool
    closure: bool
    keras_epsilon: bool
    one_hot_targets: bool
    predicted: str
    scores: str
    draws: bool

    @property
    def embeds(self) -> bool:
        return self.module is not None

    @property
    def has_cpu_build(self) -> bool:
        return True

    @property
    def clips(self) -> bool:
        return self.clips_norm or self.clips_value

    @property
    def waits_as_seqgra(self) -> bool:
        return self.early_stopping and self.imitates

    @property
    def draws_order(self) -> bool:
        return self.draws and self.shuffle


@dataclass(frozen=True, kw_only=True)
class KerasScript(TrainingScript):
    """`true_class` and `threshold` are expressions of the accuracy; `activity`: it has penalties."""

    model_name: str
    input: str
    one_hot_targets: bool
    true_class: str
    threshold: str
    activity: bool

    @property
    def starts_loudly(self) -> bool:
        return True

    @property
    def imitates_shuffle(self) -> bool:
        return self.imitates and self.shuffle


@dataclass(frozen=True)
class MatrixRows:
    """A sequence element's matrix: its name, and its rows."""

    name: str
    rows: tuple[str, ...]


@dataclass(frozen=True)
class LabelRules:
    """A label and what its rules add to its score; `title`, if any, is its condition's own label."""

    label: str
    title: str
    rules: tuple[str, ...]


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

    heading: str
    matrices: tuple[MatrixRows, ...]
    matrices_doc: tuple[str, ...]
    wide: bool
    kmers: tuple[str, ...]
    kmers_doc: str
    rules_doc: tuple[str, ...]
    rules: tuple[LabelRules, ...]
    weights_doc: str
    empty_matrices: bool
    windows: Windows
    lone_elements: bool
    pairs: bool
    from_starts: bool
    many_widths: bool
    accuracy: bool
    not_a_number: bool


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
    kmers: tuple[str, ...]
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


def import_lines(
    imports: Iterable[Import], standard: frozenset[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Import lines, each once, `import` before `from`: of the standard library, of packages."""
    groups: tuple[set, set] = (set(), set())
    for bound in imports:
        group = 0 if bound.module.partition(".")[0] in standard else 1
        groups[group].add((bound.name is not None, bound.text))
    first, second = (tuple(_laid_out(text) for _, text in sorted(group)) for group in groups)
    return first, second


def _laid_out(text: str) -> str:
    """An import's line, broken where it is too long and can be."""
    head, names, name = text.partition(" import ")
    if not names:
        return text
    return laid_out(Bracketed(text, f"{head}{names}(", (Code(f"{name},"),), ")"))
