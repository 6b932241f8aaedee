"""A `Script` to text, through the templates."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..resources import folder

if TYPE_CHECKING:
    from ..datadefinition.arranged import SimulateScript
    from ..script import Script

TEMPLATE = "script.py.j2"


@functools.cache
def environment(escapes: bool = False) -> Environment:
    """The templates, for everything that is rendered; an undefined name is an error.

    Scripts are Python, so nothing is escaped: `pycode` made all text. For HTML pages, it `escapes`
    whatever a template prints.
    """
    return Environment(
        loader=FileSystemLoader(folder("templates"), encoding="utf-8"),
        undefined=StrictUndefined,
        autoescape=escapes,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def render(script: Script | SimulateScript) -> str:
    """The script's text, in Black's form as its templates and values are."""
    return environment().get_template(TEMPLATE).render(script=script)
