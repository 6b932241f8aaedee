"""A setting and where it comes from, without its lines in the script."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...ir import Value
from ...script.deciders import Group
from ...source import Source, Span

_UNITS = {
    "batch_size": "examples",
    "epochs": "epochs",
    "early_stopping_patience": "epochs",
    "input_shape": "(length, channels)",
    "filters": "channels",
    "units": "outputs",
    "kernel_size": "positions",
    "pool_size": "positions",
    "strides": "positions",
    "dilation_rate": "positions",
    "rate": "share",
    "dropout": "share",
    "recurrent_dropout": "share",
    "label_smoothing": "share",
    "max_iter": "iterations",
    "minlength": "letters",
    "maxlength": "letters",
    "max_eval": "evaluations",
    "history_size": "updates",
}


@dataclass(frozen=True)
class Entry:
    """A setting without its lines.

    `group` is what it belongs to, if anything; it is its `head` if it names the group. `parameter` is its name in
    an operation. `constants` are the paths under which the script's section Definition states it.
    """

    path: str
    value: object
    origin: str
    span: Span | None = None
    source: Source | None = None
    unit: str = ""
    group: Group | None = None
    head: bool = False
    parameter: str = ""
    constants: tuple[str, ...] = ()
    remark: str = ""


def entry_of(
    value: Value[Any],
    group: Group | None,
    head: bool = False,
    parameter: str = "",
    constants: tuple[str, ...] | None = None,
) -> Entry:
    """A value; if a stage changed it, the change becomes a remark."""
    name = value.path.rpartition("/")[2].lstrip("@")
    return Entry(
        value.path,
        value.value,
        value.origin,
        value.span,
        unit=_UNITS.get(name, ""),
        group=group,
        head=head,
        parameter=parameter,
        constants=(value.path,) if constants is None else constants,
        remark=value.note,
    )
