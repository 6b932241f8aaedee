"""The labels of a definition, listed or as a pattern. Reports SG2."""

from __future__ import annotations

from .. import ir
from ..catalog.sequences import LABEL_NUMBER, MULTI_LABEL
from ..ir import Given
from ..messages.diagnostics import Diagnostics, quoted
from ..source import Text
from ..visible import composed
from .values import read_value
from .written import GeneralElement, PatternElement

_MAX_LABELS = 100_000
_SEPARATORS = {"\t": "a tab", "\n": "a line end", "\r": "a line end", "|": "'|'"}


def read_labels(
    general: GeneralElement, diagnostics: Diagnostics
) -> tuple[ir.LabelPattern | None, Given[tuple[str, ...]] | None]:
    """The pattern, if there is one, and the labels; no labels if the pattern is wrong."""
    written, task = general.labels, general.task.value
    if not isinstance(written, PatternElement):
        _check_listed(written, task, diagnostics)
        labels = tuple(label.value for label in written)
        return None, Given(labels, "general/labels", general.labels_span)
    pattern = _pattern(written, task, diagnostics)
    if pattern is None:
        return None, None
    return pattern, Given(pattern.labels, "general/labels/pattern", written.tag.span)


def _check_listed(labels: tuple[Text, ...], task: str, diagnostics: Diagnostics) -> None:
    """Labels that are written one by one."""
    first: set[str] = set()
    alike: dict[str, str] = {}
    for label in labels:
        if not label.value:
            diagnostics.error("SG214", label.span, "an empty label", "write its name, or delete it")
        elif label.value in first:
            problem = f"the label {quoted(label.value)} is given twice"
            diagnostics.error("SG212", label.span, problem, "delete one")
        elif alike.setdefault(composed(label.value), label.value) != label.value:
            other = alike[composed(label.value)]
            problem = f"the labels {quoted(other)} and {quoted(label.value)} look the same"
            help = "if one label is meant, write it the same way here and in the data files"
            diagnostics.warning("SG215", label.span, problem, help)
        _check_separators(label, task, diagnostics)
        first.add(label.value)


def _check_separators(label: Text, task: str, diagnostics: Diagnostics) -> None:
    for character, name in _SEPARATORS.items():
        if character in label.value and (character != "|" or task == MULTI_LABEL):
            diagnostics.error(
                "SG214",
                label.span,
                f"a label cannot contain {name}: it separates labels or columns in the data files",
                "rename the label, also in the data files",
            )
            return


def _pattern(
    written: PatternElement, task: str, diagnostics: Diagnostics
) -> ir.LabelPattern | None:
    """Labels that are numbered: prefix, a number from min (1) to max, postfix."""
    path = "general/labels/pattern"
    first: int | None = 1
    if written.min:
        low = read_value(written.min, f"{path}/@min", LABEL_NUMBER, "'min'", diagnostics)
        first = low.value if low else None
    last = read_value(written.max, f"{path}/@max", LABEL_NUMBER, "'max'", diagnostics)
    if first is None or last is None:
        return None
    if first > last.value:
        diagnostics.error(
            "SG213",
            written.max.span,
            f"the pattern runs from {first} to {last.value}: it names no label",
            "min is the first number, max the last",
        )
        return None
    if last.value - first >= _MAX_LABELS:
        problem = f"the pattern names more than {_MAX_LABELS:,} labels"
        diagnostics.error("SG213", written.max.span, problem, "is max too large?")
        return None
    for affix in (written.prefix, written.postfix):
        if affix:
            _check_separators(affix, task, diagnostics)
    prefix = written.prefix.value if written.prefix else ""
    postfix = written.postfix.value if written.postfix else ""
    return ir.LabelPattern(prefix, postfix, first, last.value)
