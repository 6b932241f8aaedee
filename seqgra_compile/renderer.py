"""Stage 7: a `Script` to text, through the templates."""

from __future__ import annotations

import functools

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .resources import folder
from .script import Script


@functools.cache
def environment() -> Environment:
    """Templates print Python, so nothing is escaped here: `pycode` has made every text."""
    return Environment(
        loader=FileSystemLoader(folder("templates"), encoding="utf-8"),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def render(script: Script) -> str:
    return environment().get_template("script.py.j2").render(script=script)
