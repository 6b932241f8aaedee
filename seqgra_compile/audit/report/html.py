"""HTML pages from templates: everything that a template prints is escaped, and no foreign code
runs.
"""

from __future__ import annotations

import base64
import hashlib

from ... import __version__
from ...backends.renderer import environment

_STYLES = (
    "report/page.css",
    "report/series.css",
    "report/results.css",
    "report/data.css",
)
_CODE = ("report/page.js",)


def render_page(template: str, **values: object) -> str:
    """A page; the template also gets the version, and the hashes of its style and of its code."""
    return (
        environment(escapes=True)
        .get_template(template)
        .render(version=__version__, style_hash=_hash(_STYLES), code_hash=_hash(_CODE), **values)
    )


def _hash(templates: tuple[str, ...]) -> str:
    """The hash by which the content security policy allows the page's style or code."""
    text = "".join(environment(escapes=True).get_template(name).render() for name in templates)
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
