"""Every script is as Black leaves it, although no formatter runs over it.

What a template holds is in Black's form by hand, what a value brings is by `pycode`, and an
embedded module is laid out by Black itself, alone.
"""

from __future__ import annotations

import ast
import difflib
import random
import re
from pathlib import Path
from xml.sax.saxutils import escape

import black
import pytest
from printed import (
    ROOT,
    SCRIPTS,
    TEMPLATES,
    arranged,
    drawn,
    flipped,
    under_other_options,
)

from seqgra_compile import pycode
from seqgra_compile.backends.renderer import render
from seqgra_compile.files.module.layout import formatted
from seqgra_compile.pycode import Code, call, code, listing, mapping, prefixed, spaced
from seqgra_compile.script import Script

CORPUS = sorted((ROOT.parent / "shared" / "corpus").glob("model-definitions/*.xml"))
HINT = "not in Black's form: '-' lines are the script's, '+' lines are Black's\n"


def check(text: str) -> None:
    """What `black --check` does, with its defaults."""
    formed = black.format_str(text, mode=black.Mode())
    difference = difflib.unified_diff(text.splitlines(), formed.splitlines(), "script", "Black")
    assert text == formed, HINT + "\n".join(difference)


def title(script: Script) -> str:
    return script.docstring.split("\n")[0].strip('"')


@pytest.mark.parametrize("script", SCRIPTS, ids=title)
def test_scripts(script: Script):
    check(render(script))


@pytest.mark.parametrize("seed", range(8))
def test_drawn_definitions(seed: int):
    for script in drawn(seed):
        check(render(script))


@pytest.mark.parametrize("seed", range(8))
def test_choices_of_the_templates(seed: int):
    """Other texts of the templates than the definitions above bring."""
    text = render(flipped(seed))
    try:
        ast.parse(text)
    except SyntaxError:
        pytest.skip("choices that exclude each other")
    check(text)


@pytest.mark.long
def test_options():
    for script in under_other_options():
        check(render(script))


@pytest.mark.long
@pytest.mark.skipif(not CORPUS, reason="the corpus is not there")
def test_corpus():
    found = [script for script in under_other_options(CORPUS) if script]
    assert len(found) > len(CORPUS)
    for script in found:
        check(render(script))


@pytest.mark.long
@pytest.mark.parametrize("first", range(20, 520, 25))
def test_many_drawn_definitions(first: int):
    for seed in range(first, first + 25):
        for script in (*drawn(seed), flipped(seed)):
            text = render(script)
            try:
                ast.parse(text)
            except SyntaxError:
                continue
            check(text)


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.py")), ids=lambda path: path.name)
def test_fragments(path: Path):
    check(path.read_text("utf-8"))


# ---- text that a definition brings ----

GOLDEN = {
    name: (ROOT / "golden" / "accept" / name / "model.xml").read_text("utf-8")
    for name in ("torch-mc3-dna64-conv-variants", "tf-mc3-dna64-conv-variants")
}
LABELS = [
    ["a", "b", "c"],
    ['a "quoted" label', "it's", "'\"'"],
    ["back\\slash", "fmt: off", "# fmt: skip"],
    ["l" * 80, "m" * 90, "n"],
    ["\u6f22" * 30, "\u6f22" * 12, "\u0301" * 60],
    ["abc " * 8 + "d", "abc " * 8 + "e", "f" * 7],
]


def check_definition(name: str, text: str) -> None:
    """The script up to the end of its Definition section."""
    script = arranged(name, text.encode(), ROOT)
    assert script is not None
    head, _, data = render(script).partition("\n\n\n# ---- Data --")
    assert data
    check(head + "\n")


@pytest.mark.parametrize("labels", LABELS, ids=range(len(LABELS)))
@pytest.mark.parametrize("name", GOLDEN)
@pytest.mark.parametrize("length", [1, 71, 72, 73, 80, 81, 100])
def test_text_of_a_definition(name: str, labels: list[str], length: int):
    """Labels, and a model's id and description, at the widths where a line or the docstring turns."""
    text = "".join(f"<label>{escape(label)}</label>" for label in labels)
    made = re.sub(
        "<labels>.*</labels>", lambda _: f"<labels>{text}</labels>", GOLDEN[name], flags=re.S
    )
    made = re.sub('id="[^"]*"', f'id="{"i" * length}"', made, count=1)
    made = re.sub(
        "<description>.*</description>", f"<description>{'d' * length}</description>", made
    )
    check_definition("m" * length + ".xml", made)


@pytest.mark.parametrize("length", [1, 20, 40, 60, 79])
@pytest.mark.parametrize("first", [0, 5])
def test_pattern_of_labels(length: int, first: int):
    pattern = (
        f'<pattern prefix="{"p" * length}" postfix="{"q" * 30}" min="{first}" max="{first + 2}"/>'
    )
    made = GOLDEN["torch-mc3-dna64-conv-variants"]
    made = re.sub("<labels>.*</labels>", f"<labels>{pattern}</labels>", made, flags=re.S)
    check_definition("model.xml", made)


# ---- embedded modules ----

MODULES = [
    "class A:\n    def f(self):\n        pass\n    # at the end\n",
    "class A:\n    x=1\n\n\n\n    def f(self): return 1\n# at the end\n",
    "'''Looks like a docstring.  '''\nclass A: pass\n",
    "# fmt: off\nx  =  1\nclass A : pass\n",
    "x = [1,\n 2]  # fmt: skip\nclass A : pass\n",
    "class A: pass\n\x0c\ny = 1\n",
    'text = """\n\n\ndef f():\n"""\nclass A: pass\n',
    "if True:\n    import os\n\n\nclass A: ...\nimport sys\n",
    "@decorated\n\nclass A: pass\nclass B: pass\nx: int\n",
    "# coding: 1D\nclass A: pass\n",
    "a = 1; b = 2\nclass A: pass\n",
    "def f(a,): return (yield a)\nA = f\n",
    "#!shebang\nclass A: pass\n",
    "import os\nclass A: pass\nimport re\n",
    "x = 'quotes'\n# fmt: off\nclass A : pass",
]


@pytest.mark.parametrize("module", MODULES)
def test_modules(module: str):
    """In the midst of a script that is in Black's form, the whole is."""
    script = next(each for each in SCRIPTS if getattr(each, "module", None))
    text = render(script)
    assert text.count(script.module.code) == 1
    check(
        text.replace(
            script.module.code, formatted(module) + "\n" * script.module.code.endswith("\n")
        )
    )


# ---- values ----

NAMES = "x y loss model filters kernel_initializer self BATCH_SIZE a_rather_long_name match".split()


class Values:
    """Draws values of the kinds that `pycode` lays out."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def name(self) -> str:
        return ".".join(self.random.choices(NAMES, k=self.random.choice([1, 1, 2, 3])))

    def constant(self) -> object:
        draw = self.random
        letters = "".join(draw.choices("abc -_/{}%:,()#'\"\\äß漢🧬", k=draw.randrange(14)))
        number = draw.choice([draw.randrange(1000), -draw.randrange(9), draw.random() * 1e-9])
        return draw.choice([number, draw.random(), letters, None, True])

    def value(self, depth: int) -> object:
        draw = self.random
        kind = draw.random()
        if depth <= 0 or kind < 0.3:
            return Code(self.name()) if kind < 0.15 else self.constant()
        items = [self.value(depth - 1) for _ in range(draw.choice([1, 2, 3, 6]))]
        if kind < 0.4:
            return tuple(items)
        if kind < 0.45:
            return listing(items)
        if kind < 0.5:
            return mapping({str(self.constant()): item for item in items})
        return self.call(depth)

    def call(self, depth: int) -> Code:
        draw = self.random
        if draw.random() < 0.1:
            terms = [code("a" * draw.randrange(60)), Code("+ str(n)")]
            return call("tuple", spaced(spaced(*terms), Code("for n in range(3)")))
        given = [self.value(depth - 1) for _ in range(draw.choice([0, 1, 1, 2, 3]))]
        named = range(draw.choice([0, 0, 1, 2, 5]))
        keywords = {f"{draw.choice(NAMES)}_{number}": self.value(depth - 1) for number in named}
        return call(self.name(), *given, **keywords)

    def statement(self) -> Code:
        draw = self.random
        before = draw.choice(["", "return ", f"{self.name()} = "])
        depth = draw.choice([1, 2, 3])
        return prefixed(before, self.call(depth) if draw.random() < 0.8 else self.display(depth))

    def display(self, depth: int) -> Code:
        value = self.value(depth)
        return code(value) if isinstance(value, tuple) else self.call(depth)


def check_statements(seed: int, count: int) -> None:
    draws = Values(seed)
    for _ in range(count):
        depth = draws.random.randrange(4)
        heads = "".join("    " * level + "if _:\n" for level in range(depth)) or "_\n"
        made = pycode.laid_out(draws.statement(), 4 * depth)
        check(f"{heads}{' ' * 4 * depth}{made}\n")


def test_statements():
    check_statements(1, 600)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2, 22))
def test_many_statements(seed: int):
    check_statements(seed, 2000)


@pytest.mark.parametrize("text", ["a = [0, 1 ]\n", "a = f(1)  # x\nb = 'c'\n"])
def test_what_is_not_in_black_s_form_is_noticed(text: str):
    with pytest.raises(AssertionError, match="Black's form"):
        check(text)
