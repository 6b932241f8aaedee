"""Our reading of the templates prints what Jinja prints, and no more of its language is let in."""

from __future__ import annotations

from types import SimpleNamespace

import jinja2
import pytest
from printed import SCRIPTS, TEMPLATES

from seqgra_compile.backends.renderer import render
from seqgra_compile.backends.template import TemplateError, compiled

JINJA = jinja2.Environment(
    loader=jinja2.FileSystemLoader(TEMPLATES, encoding="utf-8"),
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def ours(template: str, **values: object) -> str:
    pieces: list = []
    compiled(template, {}.__getitem__)(values, pieces)
    return "".join(printed for printed, _ in pieces)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.docstring.split("\n")[0])
def test_scripts_are_what_jinja_prints(script):
    printed = "".join(text for text, _ in render(script))
    assert printed == JINJA.get_template("script.py.j2").render(script=script)


@pytest.mark.parametrize(
    "text",
    [
        "a\n  {% if yes %}\n  b\n  {% endif %}\nc\n",
        "{% if no %}a{% elif yes %}b{% else %}c{% endif %}\n",
        "{% if not yes %}a{% else %}\nb{% endif %}",
        "x {% if yes %}y{% endif %} z\n",
        "{% for n in many %}\n{{ n }},\n{% endfor %}\n\n",
        "{% for n in many %}{% for m in many %}{{ n }}{{ m }} {% endfor %}{% endfor %}",
        "{{ deep.value }}{{deep.value}} {{ text }}\n",
        "{% if yes %}\n\n{% if yes %}\n{{ text }}\n{% endif %}\n{% endif %}\n",
    ],
)
def test_tags_print_as_in_jinja(text: str):
    values = {"yes": True, "no": (), "many": [1, 2], "deep": SimpleNamespace(value=3)}
    values["text"] = "{{ no tag }} {% in a value %}"
    assert ours(text, **values) == JINJA.from_string(text).render(**values)


@pytest.mark.parametrize(
    "text",
    [
        "{{ a | upper }}",
        "{{ a + 1 }}",
        "{{ a() }}",
        "{{ 'a' }}",
        "{% set a = 1 %}",
        "{% if a == 1 %}{% endif %}",
        "{% if a %}",
        "{% endif %}",
        "{% for a in b | sort %}{% endfor %}",
        "{%- if a %}{% endif %}",
        "{# a #}",
        '{% include "a" ~ b %}',
    ],
)
def test_other_tags_are_refused(text: str):
    with pytest.raises(TemplateError):
        ours(text, a=1, b=[])


def test_what_is_not_there_is_an_error():
    with pytest.raises(KeyError):
        ours("{{ a }}")
    with pytest.raises(AttributeError):
        ours("{{ a.b }}", a=1)
