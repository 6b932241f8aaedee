"""Formatting what varies gives, byte for byte, what Black makes of the whole script."""

from __future__ import annotations

import ast
import difflib
import random
from collections.abc import Sequence

import black
import pytest
from printed import SCRIPTS, TEMPLATES, drawn, flipped, imitating

from seqgra_compile.backends import formatter
from seqgra_compile.backends.formatter import format_script
from seqgra_compile.backends.renderer import render
from seqgra_compile.backends.template import Piece
from seqgra_compile.canonical import formatted
from seqgra_compile.script import Script

VERSIONS = {black.TargetVersion.PY310, black.TargetVersion.PY311, black.TargetVersion.PY312}
MODE = black.Mode(target_versions=VERSIONS)
HINT = """Our formatting differs from Black's of the whole. Most likely the text of a template is not
in Black's form, so bring it there: '-' lines are Black's, '+' lines stand in the template.
"""


def same_as_black(pieces: Sequence[Piece]) -> None:
    whole = black.format_str("".join(text for text, _ in pieces), mode=MODE)
    ours = format_script(pieces)
    difference = difflib.unified_diff(
        whole.splitlines(), ours.splitlines(), "Black", "ours", "", ""
    )
    assert ours == whole, HINT + "\n".join(difference)


def title(script: Script) -> str:
    return script.docstring.split("\n")[0].strip('"')


@pytest.mark.parametrize("script", SCRIPTS, ids=title)
def test_scripts(script: Script):
    same_as_black(render(script))


@pytest.mark.parametrize("seed", range(8))
def test_drawn_definitions(seed: int):
    for script in drawn(seed):
        same_as_black(render(script))


@pytest.mark.parametrize("seed", range(40))
def test_choices_of_the_templates(seed: int):
    """Other texts of the templates than the definitions above bring."""
    pieces = render(flipped(seed))
    try:
        ast.parse("".join(text for text, _ in pieces))
    except SyntaxError:
        pytest.skip("choices that exclude each other")
    same_as_black(pieces)


@pytest.mark.long
def test_many():
    for script in imitating():
        same_as_black(render(script))
    for seed in range(1000):
        for script in (*drawn(seed), flipped(seed)):
            pieces = render(script)
            try:
                ast.parse("".join(text for text, _ in pieces))
            except SyntaxError:
                continue
            same_as_black(pieces)


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.py")), ids=lambda path: path.name)
def test_fragments_are_as_black_leaves_them(path):
    text = path.read_text("utf-8")
    assert black.format_str(text, mode=MODE) == text


def test_black_sees_only_what_varies(monkeypatch):
    seen: list[str] = []
    monkeypatch.setattr(formatter, "_black", lambda text: seen.append(text) or text)
    fixed = "import os\n\n\ndef one( ):\n    return 1\n\n\ndef two():\n    x = "
    format_script([(fixed, True), ("a [0]", False), ("\n    return  x\n", True)])
    assert seen == ["if _:\n    x = a [0]\n"]


def test_what_is_not_in_black_s_form_is_noticed():
    with pytest.raises(AssertionError, match="text of a template"):
        same_as_black([("def one( ):\n    return 1\n", True)])


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
]


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("before", ["x = 1\n", "def f():\n    x = 1\n", "import os\n", ""])
@pytest.mark.parametrize("after", ["\n\ndef g():\n    return ", "\n# Note\n\n\nx = "])
def test_text_of_others(module: str, before: str, after: str):
    heading = ("# ---- Model ----\n", False)
    same_as_black(
        [
            ('"""Title"""\n\n' + before + ("\n\n" if before.startswith("def") else "\n"), True),
            heading,
            (module, False),
            (after, True),
            ("A( 1 )", False),
            ("\n\n\ndef behind():\n    return ", True),
            ("A( 2 )", False),
            ("\n", True),
        ]
    )


# ---- statements that Black need not be asked about ----

NAMES = "x y loss model filters kernel_initializer self BATCH_SIZE a_rather_long_name match".split()


class Statements:
    """Draws statements of the kinds that `canonical` knows, and some beyond."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def name(self) -> str:
        return ".".join(self.random.choices(NAMES, k=self.random.choice([1, 1, 2, 3])))

    def constant(self) -> str:
        draw = self.random
        letters = "".join(draw.choices("abc -_/{}%:,()#'", k=draw.randrange(14)))
        number = draw.choice([draw.randrange(1000), -draw.randrange(9), draw.random() * 1e-9])
        return draw.choice([repr(number), repr(draw.random()), f'"{letters}"', "None", "True"])

    def expression(self, depth: int) -> str:
        kind = self.random.random()
        if depth <= 0 or kind < 0.3:
            return self.name() if kind < 0.15 else self.constant()
        if kind < 0.45:
            items = [self.expression(depth - 1) for _ in range(self.random.choice([1, 2, 3, 6]))]
            return f"({', '.join(items)}{',' if len(items) == 1 else ''})"
        return self.call(depth)

    def call(self, depth: int) -> str:
        draw = self.random
        function = self.name()
        if draw.random() < 0.1 and depth > 0:
            function = f"{self.call(depth - 1)}.{function}"
        given = [self.expression(depth - 1) for _ in range(draw.choice([0, 1, 1, 2, 3]))]
        for number in range(draw.choice([0, 0, 1, 2, 5])):
            given.append(f"{draw.choice(NAMES)}_{number}={self.expression(depth - 1)}")
        return f"{function}({', '.join(given)})"

    def statement(self) -> str:
        draw = self.random
        depth = draw.choice([1, 2, 3])
        value = self.call(depth) if draw.random() < 0.8 else self.expression(depth)
        before = draw.choice(["", "return ", f"{self.name()} = "])
        return before + value + draw.choice(["", "", "", "  # -> (1, 2), 3 weights", "  # x: int"])


def known(seed: int, count: int) -> int:
    """Compare so many statements with Black; how many of them needed no Black."""
    drawn = Statements(seed)
    answered = 0
    for _ in range(count):
        depth = drawn.random.randrange(4)
        heads = "".join("    " * level + "if _:\n" for level in range(depth)) or "_\n"
        line = "    " * depth + drawn.statement()
        node = ast.parse(heads + line).body[-1]
        for _ in range(depth):
            node = node.body[0]
        lines = formatted(node, line)
        if lines is not None:
            answered += 1
            assert heads + "\n".join(lines) + "\n" == black.format_str(heads + line, mode=MODE)
    return answered


def test_plain_statements():
    assert known(1, 800) > 400


@pytest.mark.long
def test_many_plain_statements():
    assert sum(known(seed, 2000) for seed in range(2, 40)) > 38_000


@pytest.mark.parametrize(
    "line",
    ["x=1", "x = 'a'", "x = (1)", "return (1, 2)", "x = f(a,)", "x = 1 ", "f(a)#b", "f(a) # b",
     "x = 1.", "x = 1E5", "x = f (a)", "x = f(* a)", "del x", "x = 0XFF", "f( a)", '"text"',
     "x = f(a)  # type: ignore", "x = y = 1", "x = f(a)[0]", "x = a if b else c"],
)  # fmt: skip
def test_other_statements_are_left_to_black(line: str):
    assert formatted(ast.parse(line).body[0], line) is None
