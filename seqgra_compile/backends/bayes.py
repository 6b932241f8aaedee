"""The Bayes classifier: nothing to train, NumPy only."""

from __future__ import annotations

import textwrap

from .. import __version__
from ..catalog.semantics import FULL, PREDICT, SEMANTICS
from ..catalog.sequences import MULTI_CLASS, SEQUENCE_SPACES
from ..datadefinition.arranged import BayesScript, ConditionRules, MatrixRows, Words
from ..grammar import BayesModel, Kmers, Matrix, Term
from ..ir import Import
from ..messages.diagnostics import Diagnostics
from ..pycode import Code, code, comment, docstring, laid_out, listing, literal, mapping, prefixed
from ..script import Constant
from ..source import Source
from . import common, header
from .elements import (
    KMERS_DOC,
    condition_rules,
    matrices_doc,
    matrix_rows,
    named_positions,
    too_wide,
)
from .family import family
from .imports import import_lines

_IMPORTS = (*common.IMPORTS, Import("math"))
_PREDICT_IMPORTS = (*common.PREDICT_IMPORTS, Import("math"))
_WIDTH = 80


def arrange(model: BayesModel, source: Source, diagnostics: Diagnostics) -> BayesScript:
    """The script of a classifier that knows its grammar."""
    seqgra = SEMANTICS[model.semantics].imitates
    size = common.alphabet(model).size
    matrices = [e for e in model.grammar.elements if isinstance(e, Matrix)]
    kmers = [e for e in model.grammar.elements if isinstance(e, Kmers)]
    terms = [term for terms in model.terms for term in terms]
    imports = _PREDICT_IMPORTS if model.emit == PREDICT else _IMPORTS
    standard, packages = import_lines(common.imports(model, imports), common.STANDARD)
    wide = any(too_wide(matrix.positions) for matrix in matrices)
    return BayesScript(
        docstring=_header(model, source),
        dependencies=literal("numpy"),
        future=(),
        imports=standard,
        packages=packages,
        install="pip install numpy",
        checks=(),
        sections=common.sections("bayes", model),
        constants=_constants(model),
        version=__version__,
        definition_sha256=literal(source.sha256),
        family=literal(family(model)),
        alphabet=common.alphabet(model),
        one_hot="bayes/one_hot.py.j2",
        cut="0.5",
        one_hot_doc=common.one_hot_doc(model, f"(B, {size}, L)", "float64"),
        targets_doc=common.targets_doc(model),
        multi_class=model.task.value == MULTI_CLASS,
        length_from_data=True,
        on_disk=False,
        records=model.records == FULL and model.emit != PREDICT,
        shards=False,
        trains=False,
        other_libraries=(),
        heading=_heading(model),
        matrices=tuple(
            MatrixRows(matrix.name, literal(matrix.name), matrix_rows(matrix.positions, wide))
            for matrix in matrices
        ),
        matrices_doc=matrices_doc(", ".join(SEQUENCE_SPACES[model.sequence_space.value].alphabet)),
        wide=wide,
        kmers=tuple(map(_words, kmers)),
        kmers_doc=f"{KMERS_DOC}\n# seqgra 0.0.4 cannot score them.",
        rules_doc=_rules_doc(model, terms),
        rules=_rules(model, terms),
        weights_doc=f"({size}, width)",
        empty_matrices=seqgra and model.sequence_space.value == "protein",
        windows=named_positions(term.position for term in terms if term.elements),
        lone_elements=any(term.elements for term in terms),
        pairs=any(term.pairs for term in terms),
        from_starts=seqgra,
        many_widths=not seqgra and _many_widths(terms, kmers),
        accuracy=not seqgra,
        not_a_number=seqgra,
    )


def _header(model: BayesModel, source: Source) -> str:
    if model.emit == PREDICT:
        return header.predict_header(model, source, "receipt.json")
    return docstring(
        [
            *header.title(model, source),
            "Usage:  python train.py DATA_DIR [-o OUTPUT_DIR]",
            f"Reads:  test.txt and, if present, validation.txt and training.txt: {header.columns(model)}",
            "Writes: test-y-hat.txt and the like for each file, metrics.json"
            + (
                ", receipt.json, session-info.txt, num-model-parameters.txt"
                if model.records == FULL
                else ""
            ),
        ]
    )


def _constants(model: BayesModel) -> tuple[Constant, ...]:
    external = model.architecture
    return (
        *common.general(model),
        Constant(
            "",
            f"{model.seed.value}, without effect: nothing is drawn",
            model.seed.path,
            model.seed.path,
        ),
        Constant(
            "",
            f"{external.format.value} {comment(external.path.value)}, in the section Model",
            external.path.path,
            external.path.path,
        ),
    )


def _heading(model: BayesModel) -> str:
    grammar = model.grammar
    return f"# {comment(grammar.path)}, SHA-256\n# {grammar.source.sha256}:"


def _words(kmers: Kmers) -> Words:
    entry = prefixed(f"{literal(kmers.name)}: ", mapping(dict(kmers.words)))
    return Words(kmers.name, laid_out(entry, 4, ","))


def _rules_doc(model: BayesModel, terms: list[Term]) -> tuple[str, ...]:
    """What the rules mean, and where seqgra differs."""
    seqgra = SEMANTICS[model.semantics].imitates
    by_id = model.grammar.by_id
    elements, pairs = any(term.elements for term in terms), any(term.pairs for term in terms)
    columns = [*(["position, elements"] if elements else []), *(["pairs"] if pairs else [])]
    lines = [
        "A label's score is the sum over the rules of the condition with its id; each rule has "
        f"{', '.join(columns) or 'nothing'}."
    ]
    if elements:
        lines.append("Elements: the best score of each one at the position.")
    if pairs:
        lines.append(
            "Pairs: the score of the best pair. Its second element starts "
            + (
                "at least mindistance and less than maxdistance letters after the start of the "
                "first, as in seqgra 0.0.4."
                if seqgra
                else "mindistance to maxdistance letters after the end of the first, as in seqgra's "
                "simulations; seqgra's classifier counts from the start of the first, and leaves "
                "out maxdistance."
            )
        )
    if any(by_id[label].overruled for label in model.labels.value):
        lines.append(
            "Rules before one with spacing constraints, and elements outside the constraints, "
            + (
                "are left out, as in seqgra 0.0.4."
                if seqgra
                else "count; seqgra 0.0.4 forgets them."
            )
        )
    return tuple(line for text in lines for line in textwrap.wrap(text, _WIDTH))


def _rules(model: BayesModel, terms: list[Term]) -> tuple[ConditionRules, ...]:
    elements, pairs = any(term.elements for term in terms), any(term.pairs for term in terms)
    return condition_rules(
        (
            label,
            model.grammar.by_id[label].label,
            [_rule(term, elements, pairs) for term in model.terms[number]],
        )
        for number, label in enumerate(model.labels.value)
    )


def _rule(term: Term, elements: bool, pairs: bool) -> Code:
    """Position, elements and pairs, as far as there are any."""
    found = listing((each.first, each.second, each.nearest, each.farthest) for each in term.pairs)
    if not elements:
        return found
    columns = (term.position, listing(term.elements))
    return code((*columns, found) if pairs else columns)


def _many_widths(terms: list[Term], kmers: list[Kmers]) -> bool:
    """Whether the first element of a pair has k-mers of several lengths."""
    firsts = {pair.first for term in terms for pair in term.pairs}
    return any(
        element.name in firsts and len({len(word) for word, _ in element.words}) > 1
        for element in kmers
    )
