"""The simulation of data: the standard library and NumPy only."""

from __future__ import annotations

from .. import __version__
from ..catalog.semantics import SEQGRA
from ..catalog.sequences import SEQUENCE_SPACES
from ..datadefinition.arranged import LabelRules, MatrixRows, SimulateScript, Words
from ..grammar import ExampleSet, Kmers, Matrix, Rule, Shuffle, Simulation
from ..ir import Import
from ..messages.diagnostics import Diagnostics
from ..pycode import code, comment, docstring, laid_out, listing, literal, mapping, prefixed
from ..script import Constant, Section
from ..source import Source
from . import common
from .imports import import_lines
from .matrices import KMERS_DOC, matrices_doc, matrix_rows, too_wide, windows

_IMPORTS = (
    Import("argparse"),
    Import("collections"),
    Import("contextlib"),
    Import("hashlib"),
    Import("json"),
    Import("os"),
    Import("platform"),
    Import("random"),
    Import("shutil"),
    Import("sys"),
    Import("collections.abc", "Iterator"),
    Import("pathlib", "Path"),
    Import("numpy", None, "np"),
)


def arrange(simulation: Simulation, source: Source, diagnostics: Diagnostics) -> SimulateScript:
    """The script that simulates a data definition."""
    grammar, seqgra = simulation.grammar, simulation.semantics == SEQGRA
    matrices = [e for e in grammar.elements if isinstance(e, Matrix)]
    kmers = [e for e in grammar.elements if isinstance(e, Kmers)]
    rules = [rule for condition in grammar.conditions for rule in condition.rules]
    letters = _letters(simulation, matrices)
    odd = [matrix for matrix in matrices if not _regular(matrix, letters)]
    weights = {matrix.name: _weights(matrix, letters, simulation) for matrix in matrices}
    wide = any(too_wide(rows) for rows in weights.values())
    unconditional = any(not ids for each in simulation.sets for ids, _ in each.examples)
    keys = {(each.set_name, each.condition) for each in simulation.distributions}
    shuffles = simulation.shuffles
    keeps_kmers = any(shuffle.k > 1 for shuffle in shuffles)
    exclusive = tuple(condition.id for condition in grammar.conditions if condition.exclusive)
    standard, packages = import_lines(_imports(matrices, shuffles), common.STANDARD)
    return SimulateScript(
        docstring=_header(simulation, source, keeps_kmers),
        dependencies=literal("numpy"),
        future=(),
        imports=standard,
        packages=packages,
        install="pip install numpy",
        starts_loudly=False,
        has_cpu_build=False,
        checks=(),
        sections=_sections(bool(shuffles)),
        constants=_constants(simulation, letters if matrices else ""),
        version=__version__,
        definition_sha256=literal(source.sha256),
        resumes=False,
        embeds=False,
        backgrounds=tuple(
            laid_out(
                prefixed(
                    f"({literal(each.set_name)}, {literal(each.condition)}): ",
                    mapping(dict(each.letters)),
                ),
                4,
                ",",
            )
            for each in simulation.distributions
        ),
        any_background=unconditional and (None, None) not in keys,
        sets=tuple(map(_set, simulation.sets)),
        any_unconditional=unconditional,
        shuffles=laid_out(code(tuple((each.k, each.labels) for each in shuffles)), 0)
        if shuffles
        else "",
        shuffles_doc=_shuffles_doc(simulation, keeps_kmers),
        shuffles_copies=seqgra,
        keeps_kmers=keeps_kmers,
        matrices=tuple(
            MatrixRows(name, literal(name), matrix_rows(rows, wide))
            for name, rows in weights.items()
        ),
        matrices_doc=matrices_doc(", ".join(letters)),
        rows_as_text=wide,
        orders=tuple(
            laid_out(prefixed(f"{literal(each.name)}: ", listing(each.letters)), 4, ",")
            for each in odd
        ),
        kmers=tuple(
            Words(
                each.name,
                laid_out(prefixed(f"{literal(each.name)}: ", mapping(_words(each))), 4, ","),
            )
            for each in kmers
        ),
        kmers_doc=KMERS_DOC,
        both_kinds=bool(matrices and kmers),
        element_doc=_element_doc(matrices, kmers),
        rules_doc=_rules_doc(rules),
        rules=tuple(
            LabelRules(
                condition.id,
                literal(condition.id),
                comment(condition.label if condition.label != condition.id else ""),
                tuple(laid_out(mapping(_rule(rule)), 8, ",") for rule in condition.rules),
            )
            for condition in grammar.conditions
        ),
        positions=windows(rule.position for rule in rules),
        pairs=any(rule.spacings for rule in rules),
        repeats=not seqgra and any(len(set(rule.elements)) < len(rule.elements) for rule in rules),
        exclusive=literal(exclusive) if exclusive else "",
        lengths_vary=simulation.minimum_length.value != simulation.maximum_length.value,
    )


def _header(simulation: Simulation, source: Source, keeps_kmers: bool) -> str:
    name = f": {simulation.name.value}" if simulation.name.value else ""
    description = simulation.description.value
    copies = "Shuffles that keep k-mers draw as glibc does: on Linux seqgra 0.0.4 gives the same."
    return docstring(
        [
            simulation.id.value + name,
            "",
            *((description, "") if description else ()),
            f"Compiled by seqgra-compile {__version__} from {source.file_name}, SHA-256",
            f"{source.sha256}, with",
            f"--semantics {simulation.semantics}.",
            *(("", copies) if keeps_kmers else ()),
            "Usage:  python simulate.py [-o DATA_DIR]",
            "Writes: training.txt and the like for each set: a header x, tab, y, then in each line a "
            "sequence, a tab, the ids of its conditions, joined by |; training-annotation.txt with G "
            "under the letters of elements; simulation.json",
        ]
    )


def _imports(matrices: list[Matrix], shuffles: tuple[Shuffle, ...]) -> list[Import]:
    more = [Import("bisect")] if matrices else []
    if shuffles:
        more += [Import("itertools"), Import("typing", "TextIO")]
    return [*_IMPORTS, *more]


def _sections(shuffles: bool) -> tuple[Section, ...]:
    names = ["definition", "draw", "grammar", *(["shuffle"] if shuffles else []), "main", "records"]
    return tuple(Section(name.capitalize(), f"simulate/{name}.py.j2") for name in names)


def _constants(simulation: Simulation, letters: str) -> tuple[Constant, ...]:
    constants = [
        common.constant("DATA_ID", simulation.id),
        common.remark(simulation.task),
        common.remark(simulation.sequence_space),
        common.constant("SEED", simulation.seed),
        common.constant("MIN_LENGTH", simulation.minimum_length),
    ]
    if simulation.minimum_length.value != simulation.maximum_length.value:
        constants.append(common.constant("MAX_LENGTH", simulation.maximum_length))
    else:
        constants.append(common.remark(simulation.maximum_length))
    if letters:
        path = "sequenceelements/sequenceelement/matrixbased/position/letter"
        constants.append(Constant("LETTERS", literal(letters), path, path))
    return tuple(constants)


def _set(each: ExampleSet) -> str:
    examples = (("|".join(ids), samples) for ids, samples in each.examples)
    return laid_out(prefixed(f"{literal(each.name)}: ", listing(examples)), 4, ",")


def _shuffles_doc(simulation: Simulation, keeps_kmers: bool) -> tuple[str, ...]:
    if len(simulation.shuffles) < 2:
        return ()
    if simulation.semantics == SEQGRA:
        return ("Each operation also shuffles the copies of those before, as in seqgra 0.0.4.",)
    return ("The examples alone are shuffled; seqgra 0.0.4 also shuffles earlier copies.",)


# ---- sequence elements ----


def _letters(simulation: Simulation, matrices: list[Matrix]) -> str:
    """The order of the matrices' columns: that of the first position that lists all letters."""
    alphabet = SEQUENCE_SPACES[simulation.sequence_space.value].alphabet
    rows = (letters for matrix in matrices for letters in matrix.letters)
    return next((letters for letters in rows if len(letters) == len(alphabet)), alphabet)


def _regular(matrix: Matrix, letters: str) -> bool:
    """Whether its positions list letters in this order; those left out have no weight."""
    return all(row == "".join(c for c in letters if c in row) for row in matrix.letters)


def _weights(matrix: Matrix, letters: str, simulation: Simulation) -> tuple[tuple[float, ...], ...]:
    """Each position's weights, in the order in which they are drawn."""
    space = SEQUENCE_SPACES[simulation.sequence_space.value]
    regular = _regular(matrix, letters)
    return tuple(
        tuple(
            weights[space.alphabet.index(c.upper() if space.folds_case else c)]
            for c in (letters if regular else row)
        )
        for row, weights in zip(matrix.letters, matrix.positions, strict=True)
    )


def _words(element: Kmers) -> dict[str, float]:
    weights = dict(element.words)
    return {word: weights.get(word, weights.get(word.upper(), 0.0)) for word in element.written}


def _element_doc(matrices: list[Matrix], kmers: list[Kmers]) -> str:
    parts = ["one of its words"] if kmers else []
    return " or ".join([*parts, *(["one draw for each position"] if matrices else [])])


# ---- rules ----


def _rules_doc(rules: list[Rule]) -> tuple[str, ...]:
    lines = ["Conditions and their rules: each is applied with its probability."]
    if any(rule.spacings for rule in rules):
        lines.append("Pairs: so many letters lie between two elements; random: in either order.")
    return tuple(lines)


def _rule(rule: Rule) -> dict[str, object]:
    entries: dict[str, object] = {
        "position": rule.position,
        "probability": rule.probability,
        "elements": rule.elements,
    }
    if rule.spacings:
        entries["pairs"] = tuple(
            (
                spacing.first,
                spacing.second,
                spacing.minimum,
                spacing.maximum,
                "random" if spacing.any_order else "in-order",
            )
            for spacing in rule.spacings
        )
    return entries
