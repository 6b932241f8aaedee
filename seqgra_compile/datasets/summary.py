"""The last lines on the screen: what is in each set, and what to write into the definition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from ..messages.diagnostics import first_few
from .counts import counted
from .definition import input_shape
from .make import Made

_SHOWN = 12  # labels with a column of their own
_WIDE = 24


def summary(
    made: Made,
    folder: str,
    definition: Path | None = None,
    kept: bool = False,
    warning: str | None = None,
) -> str:
    """Counts per set and label, what was dropped and changed, and the definition's values.

    A definition that was written is named instead of its values; `kept` says that another one was
    there and was left as it is. `warning` is one of the options' own.
    """
    lines = [f"{folder}: {made.alphabet}, {made.length:,} letters, {made.task}", *_table(made), ""]
    for title, counts in (("dropped", made.dropped), ("changed", made.changed)):
        lines += (f"{title}: {counted(count, what)}" for what, count in sorted(counts.items()))
    if made.written.merged:
        lines.append(
            f"merged: {counted(made.written.merged, 'examples with the sequence of another one')}"
        )
    lines += (
        f"warning: {text}" for text in (*filter(None, [warning]), *made.warnings, *warnings(made))
    )
    if lines[-1]:
        lines.append("")
    if definition is not None and not kept:
        lines.append(f"{definition}: a first definition for these data, to change as you like")
    else:
        if kept:
            lines.append(
                f"{definition}: exists and was left as it is; name another file for a new one"
            )
        lines += ["In the definition:", *(f"  {line}" for line in _values(made))]
    return "\n".join(lines) + "\n"


def _table(made: Made) -> Iterator[str]:
    written = made.written
    rows = [(f"{name}.txt", written.examples[name], written.counts[name]) for name in written.sets]
    return counts_table(rows, made.labels)


def counts_table(
    sets: Sequence[tuple[str, int, Mapping[str, int]]], labels: Sequence[str]
) -> Iterator[str]:
    """One line per set: its name, its examples, and those of each label."""
    shown = labels[:_SHOWN]
    head = (label if len(label) <= _WIDE else label[: _WIDE - 3] + "..." for label in shown)
    rows = [["", "examples", *head]]
    for name, examples, counts in sets:
        rows.append([name, f"{examples:,}", *(f"{counts[label]:,}" for label in shown)])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (f"{cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True))
        yield "  ".join([f"  {row[0]:<{widths[0]}}", *cells])
    if len(labels) > _SHOWN:
        yield f"  and {len(labels) - _SHOWN:,} more labels"


def warnings(made: Made) -> Iterator[str]:
    """What is legal and may spoil a result."""
    written = made.written
    for name in written.sets:
        missing = [label for label in made.labels if not written.counts[name][label]]
        if missing:
            yield f"no example in the {name} set has the label {first_few(missing)}"
    if written.two_labels:
        more = "; ..." if written.two_labels > len(written.conflicts) else ""
        yield (
            f"{counted(written.two_labels, 'sequences with different labels')}: "
            f"{'; '.join(written.conflicts)}{more}; --multi-label makes one example of each"
        )
    if written.across_sets:
        yield counted(written.across_sets, "sequences are in more than one set")
    if "test" not in written.sets:
        yield "there is no test set: nothing will measure the model on unseen data"


def _values(made: Made) -> Sequence[str]:
    labels = "".join(f"<label>{escape(label)}</label>" for label in made.labels[:_SHOWN])
    more = "..." if len(made.labels) > _SHOWN else ""
    return (
        f"<task>{made.task}</task>",
        f"<sequencespace>{made.alphabet}</sequencespace>",
        f"<labels>{labels}{more}</labels>",
        f'<operation input_shape="{input_shape(made)}" ...>   the first one',
        f'<operation units="{len(made.labels)}">Dense</operation>   the last one',
    )
