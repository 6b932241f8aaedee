"""The ledger in print: for a reader and for a program."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ..catalog.expressions import Expression
from ..source import Source
from .setting import ORIGINS, Setting, ranges

_MAX_VALUE = 60


def as_text(settings: Sequence[Setting], source: Source) -> str:
    """A table: setting, value, origin, lines of the script; below a row what is to be remarked."""
    rows = [_cells(setting) for setting in settings]
    head = ("setting", "value", "origin", "lines")
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = [_line(head, widths), _line(tuple("-" * width for width in widths), widths)]
    for setting, cells in zip(settings, rows, strict=True):
        lines.append(_line(cells, widths))
        if setting.remark:
            lines.append(f"    {setting.remark}")
    return "\n".join(lines) + "\n"


def _cells(setting: Setting) -> tuple[str, str, str, str]:
    value = setting.text
    if len(value) > _MAX_VALUE and setting.unit != "SHA-256":
        value = value[:_MAX_VALUE] + "..."
    if setting.unit:
        value = f"{value} {setting.unit}"
    origin = str(setting.where) if setting.where else setting.origin
    return setting.path, value, origin, ranges(setting.lines) or "-"


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return "  ".join(padded).rstrip()


def as_json(settings: Sequence[Setting], source: Source) -> str:
    """One object; docs/audit.md says what its fields mean."""
    return _dumped(
        {
            "definition": {"file": source.name, "sha256": source.sha256},
            "origins": ORIGINS,
            "settings": [_object(setting) for setting in settings],
        }
    )


def _object(setting: Setting) -> dict[str, object]:
    where = setting.where
    return {
        "path": setting.path,
        "value": setting.text if isinstance(setting.value, Expression) else setting.value,
        "text": setting.text,
        "unit": setting.unit,
        "origin": setting.origin,
        "where": where and {"file": where.file, "line": where.line, "column": where.column},
        "lines": setting.lines,
        "derived": setting.derived,
        "remark": setting.remark,
    }


def _dumped(value: object) -> str:
    # Escapes keep what cannot be seen out of a terminal.
    return json.dumps(value, indent=2) + "\n"
