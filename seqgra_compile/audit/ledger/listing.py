"""The ledger as text, for people and for programs."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence

from ...catalog.expressions import Expression
from ...source import Source
from .setting import ORIGINS, SILENT, Setting, ranges

_MAX_VALUE, _MAX_WIDTH, _MAX_LINES = 40, 64, 32
# How a row without lines is printed; no string contains a line end.
_LINES = '\n      "lines": {},\n      "derived": {},'
_NO_LINES = _LINES.format([], [])


def ledger_text(settings: Sequence[Setting], source: Source) -> str:
    """A table: setting, value, origin, lines of the script; remarks are below their rows."""
    rows = [_cells(setting) for setting in settings]
    head = ("setting", "value", "origin", "lines")
    # A hash is shown in full, but does not widen its column.
    lengths = [map(len, column) for column in zip(head, *rows, strict=True)]
    widths = [max(length for length in column if length <= _MAX_WIDTH) for column in lengths]
    widths[-1] = min(widths[-1], _MAX_LINES)
    lines = [_line(head, widths), _line(tuple("-" * width for width in widths), widths)]
    for setting, (*cells, numbers) in zip(settings, rows, strict=True):
        first, *more = textwrap.wrap(numbers, _MAX_LINES)
        lines.append(_line((*cells, first), widths))
        lines += [_line((*[""] * len(cells), each), widths) for each in more]
        if setting.remark and setting.remark != SILENT:
            lines.append(f"    {setting.remark}")
    return "\n".join(lines) + "\n"


def _cells(setting: Setting) -> tuple[str, str, str, str]:
    value = setting.text
    if len(value) > _MAX_VALUE and setting.unit != "SHA-256":
        value = value[:_MAX_VALUE] + "..."
    if setting.unit:
        value = f"{value} {setting.measure}"
    origin = str(setting.where) if setting.where else setting.origin
    return setting.path, value, origin, ranges(setting.lines) or "-"


def _line(cells: Sequence[str], widths: list[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return "  ".join(padded).rstrip()


def ledger_json(settings: Sequence[Setting], source: Source) -> str:
    """One object; docs/audit.md says what its fields mean."""
    text = _dumped(
        {
            "definition": {"file": source.name, "sha256": source.sha256},
            "origins": ORIGINS,
            "settings": [_object(setting) for setting in settings],
        }
    )
    # The library would print the millions of numbers of a long script one by one, slowly.
    first, *parts = text.split(_NO_LINES)
    rows = zip(settings, parts, strict=True)
    return first + "".join(_with_lines(setting) + part for setting, part in rows)


def _with_lines(setting: Setting) -> str:
    return _LINES.format(_numbers(setting.lines), _numbers(setting.derived))


def _numbers(lines: tuple[int, ...]) -> str:
    inner = ",\n        ".join(map(str, lines))
    return f"[\n        {inner}\n      ]" if lines else "[]"


def _object(setting: Setting) -> dict[str, object]:
    where = setting.where
    return {
        "path": setting.path,
        "value": setting.text if isinstance(setting.value, Expression) else setting.value,
        "text": setting.text,
        "unit": setting.unit,
        "origin": setting.origin,
        "where": where and {"file": where.file, "line": where.line, "column": where.column},
        "lines": [],
        "derived": [],
        "remark": setting.remark,
    }


def _dumped(value: object) -> str:
    # Escapes keep invisible characters out of a terminal.
    return json.dumps(value, indent=2) + "\n"
