"""The simulation of data, with only the standard library and NumPy."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Iterable, Mapping

from .. import __version__
from ..catalog.semantics import SEMANTICS
from ..catalog.sequences import SEQUENCE_SPACES
from ..datadefinition.arranged import MODE, MatrixRows, Row, SimulateScript, Words
from ..grammar import Condition, Distribution, ExampleSet, Kmers, Matrix, Rule, Shuffle, Simulation
from ..ir import Import
from ..messages.diagnostics import Diagnostics
from ..pycode import (
    Code,
    code,
    docstring,
    laid_out,
    listing,
    literal,
    mapping,
    prefixed,
)
from ..script import Constant, Section
from ..source import Source
from . import common
from .conditiontables import condition_tables
from .elements import (
    KMERS_DOC,
    condition_rules,
    matrices_doc,
    matrix_rows,
    named_positions,
    too_wide,
)
from .imports import import_lines

_EACH = Code("EACH")  # all conditions
_WIDTH = 84  # of lines, less their indentation
_IMPORTS = (
    Import("argparse"),
    Import("collections"),
    Import("hashlib"),
    Import("json"),
    Import("random"),
    Import("signal"),
    Import("sys"),
    Import("tempfile"),
    Import("pathlib", "Path"),
    Import("numpy", None, "np"),
)


def arrange(simulation: Simulation, source: Source, diagnostics: Diagnostics) -> SimulateScript:
    """The script that simulates a data definition."""
    grammar, conditions = simulation.grammar, simulation.conditions
    matrices = [e for e in grammar.elements if isinstance(e, Matrix)]
    kmers = [e for e in grammar.elements if isinstance(e, Kmers)]
    rules = [rule for condition in conditions for rule in condition.rules]
    single, tables = condition_tables(
        conditions,
        lambda condition, names: [_rule(rule, rules, names) for rule in condition.rules],
    )
    letters = _letters(simulation, matrices)
    weights = {matrix.name: _weights(matrix, letters, simulation) for matrix in matrices}
    wide = any(too_wide(rows) for rows in weights.values())
    unconditional = any(not ids for each in simulation.sets for ids, _ in each.examples)
    keys = {(each.set_name, each.condition) for each in simulation.distributions}
    shuffles = simulation.shuffles
    exclusive = [condition.id for condition in conditions if condition.exclusive]
    orders = [matrix for matrix in matrices if not _regular(matrix, letters)]
    imports = _imports(simulation, bool(orders), bool(kmers), exclusive)
    written = [*(each.id for each in single), *(id for table in tables for id in table.ids)]
    sets = tuple(_set(each, written) for each in simulation.sets)
    standard, packages = import_lines(imports, common.STANDARD)
    return SimulateScript(
        docstring=_header(simulation, source),
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
        backgrounds=tuple(map(_background, simulation.distributions)),
        any_background=unconditional and (None, None) not in keys,
        names_each=any(f", {_EACH})" in row.text for row in sets),
        sets=sets,
        any_unconditional=unconditional,
        shuffles=tuple(map(_shuffle, shuffles)),
        shuffles_doc=_shuffles_doc(simulation),
        shuffles_copies=SEMANTICS[simulation.semantics].imitates,
        keeps_kmers=any(shuffle.k.value > 1 for shuffle in shuffles),
        matrices=tuple(
            MatrixRows(name, literal(name), matrix_rows(rows, wide))
            for name, rows in weights.items()
        ),
        matrices_doc=matrices_doc(", ".join(letters)),
        rows_as_text=wide,
        orders=tuple(_entry(matrix.name, listing(matrix.letters)) for matrix in orders),
        kmers=tuple(_entry(each.name, mapping(_words(each))) for each in kmers),
        kmers_doc=KMERS_DOC,
        copies=tuple(_copies(simulation, [kmer.name for kmer in kmers])),
        both_kinds=bool(matrices and kmers),
        element_doc=_element_doc(matrices, kmers),
        rules_doc=tuple(_rules_doc(rules)),
        rules=condition_rules(
            (condition.id, condition.label, [_rule(rule, rules, {}) for rule in condition.rules])
            for condition in single
        ),
        alike=tables,
        positions=named_positions(rule.position for rule in rules),
        pairs=any(rule.spacings for rule in rules),
        chains=_has_chains(rules),
        modes=tuple(Row(MODE, line) for line in _modes_doc(conditions)),
        exclusive=laid_out(prefixed("EXCLUSIVE = ", code(tuple(exclusive)))) if exclusive else "",
        lengths_vary=simulation.minimum_length.value != simulation.maximum_length.value,
    )


def _header(simulation: Simulation, source: Source) -> str:
    name = f": {simulation.name.value}" if simulation.name.value else ""
    description = simulation.description.value
    return docstring(
        [
            simulation.id.value + name,
            "",
            *((description, "") if description else ()),
            f"Compiled by seqgra-compile {__version__} from {source.file_name}, SHA-256",
            f"{source.sha256}, with",
            f"--semantics {simulation.semantics}.",
            "Usage:  python simulate.py [-o DATA_DIR]",
            "Writes: training.txt and the like, one for each set: a header x, tab, y, then per line "
            "a sequence, a tab, the ids of its conditions, joined by |; training-annotation.txt, "
            "with G under elements; simulation.json",
        ]
    )


def _imports(
    simulation: Simulation, orders: bool, kmers: bool, exclusive: list[str]
) -> list[Import]:
    more = [Import("bisect")] if kmers else []
    if orders or simulation.shuffles:
        more.append(Import("itertools"))
    if exclusive or any(shuffle.k.value > 1 for shuffle in simulation.shuffles):
        more.append(Import("collections.abc", "Iterator"))
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


def _wrapped(*texts: str) -> tuple[str, ...]:
    """Lines of a comment."""
    return tuple(line for text in texts for line in textwrap.wrap(text, _WIDTH))


# ---- background, datageneration ----


def _background(each: Distribution) -> Row:
    key = f"({literal(each.set_name)}, {literal(each.condition)}): "
    return Row(each.path, laid_out(prefixed(key, mapping(dict(each.letters))), 4, ","))


def _set(each: ExampleSet, written: list[str]) -> Row:
    """Neighbours with equal counts are together, as far as they fit on a line."""
    kinds: list[tuple[int, object]] = []
    for samples, names in _equally_many(each):
        width = _WIDTH - 4 - len(f'({samples}, ""),')
        lines = _lines(names, width)
        if len(lines) > 1 and names == written:
            kinds.append((samples, _EACH))
            continue
        for empty, neighbours in itertools.groupby(names, key=lambda name: name == ""):
            kind = list(neighbours)
            kinds += [(samples, line) for line in (kind if empty else _lines(kind, width))]
    return Row(each.path, laid_out(prefixed(f"{literal(each.name)}: ", listing(kinds)), 4, ","))


def _equally_many(each: ExampleSet) -> Iterable[tuple[int, list[str]]]:
    """Numbers of examples, and the conditions of each kind."""
    for samples, examples in itertools.groupby(each.examples, key=lambda example: example[1]):
        yield samples, ["|".join(ids) for ids, _ in examples]


def _lines(names: Iterable[str], width: int) -> list[str]:
    return textwrap.wrap(" ".join(names), width, break_long_words=False, break_on_hyphens=False)


def _shuffle(each: Shuffle) -> Row:
    default = "  # k: (default)" if each.k.is_default else ""
    return Row(each.path, f"({each.k.value}, {literal(each.labels)}),{default}")


def _shuffles_doc(simulation: Simulation) -> tuple[str, ...]:
    """Where seqgra differs from the definition."""
    seqgra = SEMANTICS[simulation.semantics].imitates
    lines = []
    if any(shuffle.early for shuffle in simulation.shuffles):
        lines.append(
            "A k that is written before labels is 1, as in seqgra 0.0.4."
            if seqgra
            else "In seqgra 0.0.4 a k that is written before labels is 1."
        )
    if len(simulation.shuffles) > 1:
        lines.append(
            "Each operation also shuffles the copies of earlier ones, as in seqgra 0.0.4."
            if seqgra
            else "Only the examples are shuffled; seqgra 0.0.4 also shuffles earlier copies."
        )
    return tuple(lines)


# ---- sequence elements ----


def _letters(simulation: Simulation, matrices: list[Matrix]) -> str:
    """The order of the matrices' columns: that of the first position that lists all letters."""
    alphabet = SEQUENCE_SPACES[simulation.sequence_space.value].alphabet
    rows = (letters for matrix in matrices for letters in matrix.letters)
    return next((letters for letters in rows if len(letters) == len(alphabet)), alphabet)


def _regular(matrix: Matrix, letters: str) -> bool:
    """Whether its positions list letters in this order; omitted letters have no weight."""
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


def _entry(name: str, value: Code) -> Words:
    return Words(name, laid_out(prefixed(f"{literal(name)}: ", value), 4, ","))


def _copies(simulation: Simulation, kmers: list[str]) -> Iterable[Words]:
    for copy, name in simulation.copies:
        table = "KMERS" if name in kmers else "MATRICES"
        yield Words(name, f"{table}[{literal(copy)}] = {table}[{literal(name)}]")


def _element_doc(matrices: list[Matrix], kmers: list[Kmers]) -> str:
    parts = ["one of its words"] if kmers else []
    return " or ".join([*parts, *(["one draw for each position"] if matrices else [])])


# ---- rules ----


def _has_chains(rules: list[Rule]) -> bool:
    return any(len(chain) > 1 for rule in rules for chain in rule.chains)


def _rules_doc(rules: list[Rule]) -> Iterable[str]:
    text = "conditions/condition/grammar/rule: position, probability, sequenceelementrefs"
    if any(rule.spacings for rule in rules):
        text += "; spacingconstraints: sid1, sid2, mindistance, maxdistance, order"
    yield from _wrapped(f"{text}.")
    if _has_chains(rules):
        yield "Constraints that share elements are in one list."


def _rule(rule: Rule, rules: list[Rule], names: Mapping[str, Code]) -> Code:
    """`names`: what is written instead of names of elements."""
    elements = listing(names.get(name, name) for name in rule.elements)
    columns = [rule.position, rule.probability, elements]
    if any(rule.spacings for rule in rules):
        chains = [
            [
                (
                    *(names.get(name, name) for name in spacing.names),
                    spacing.minimum,
                    spacing.maximum,
                    "random" if spacing.any_order else "in-order",
                )
                for spacing in chain
            ]
            for chain in rule.chains
        ]
        lists = map(listing, chains) if _has_chains(rules) else itertools.chain(*chains)
        columns.append(listing(lists))
    return code(tuple(columns))


def _modes_doc(conditions: tuple[Condition, ...]) -> Iterable[str]:
    """Sequential: each rule is applied with its probability."""
    silent = [each.id for each in conditions if not each.mode_stated]
    exclusive = any(each.exclusive for each in conditions)
    text = "mutually exclusive for those in EXCLUSIVE, sequential for others"
    text = text if exclusive else "sequential"
    if silent:
        others = [each for each in conditions if not each.exclusive]
        text += " (default)"
        if len(silent) < len(others):
            text += f", which is written but for {' '.join(silent)}"
    yield from _wrapped(f"{MODE}: {text}")
