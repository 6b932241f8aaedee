"""Stage 7: a `Script` to text, through the templates."""

from __future__ import annotations

import functools

from ..resources import folder
from ..script import Script
from .template import Piece, Print, compiled


@functools.cache
def _template(name: str) -> Print:
    return compiled((folder("templates") / name).read_text("utf-8"), _template)


def render(script: Script) -> list[Piece]:
    """Templates print Python, so nothing is escaped here: `pycode` has made every text."""
    pieces: list[Piece] = []
    _template("script.py.j2")({"script": script}, pieces)
    return pieces
