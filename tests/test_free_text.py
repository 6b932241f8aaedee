"""Free text of a definition changes one literal, docstring or comment of the script, and no more.

With FREE_TEXT_EXAMPLES=1000 in the environment each property is tried on so many texts.
"""

from __future__ import annotations

import ast
import io
import os
import re
import tokenize
import unicodedata
from pathlib import Path
from xml.sax.saxutils import escape

import black
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from seqgra_compile.compiler import Compilation, compile_bytes
from seqgra_compile.pycode import comment, docstring, literal
from seqgra_compile.visible import visible

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
# PEP 723's own expression for blocks of script metadata.
BLOCK = re.compile(
    r"(?m)^# /// (?P<type>[a-zA-Z0-9-]+)$\s(?P<content>(^#(| .*)$\s)+)^# ///$",
)
PLAIN = "Plain words"
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
BLANKS = "\u034f\u115f\u1160\u2800\u3164\ufe0f\uffa0\U000e0100"

NASTY = [
    '"',
    '""',
    '"""',
    "'''",
    "\\",
    "\\\\",
    '\\"',
    "\\N{BULLET}",
    "\\u0041",
    "\\x",
    "\\\n",
    "\n",
    "\r",
    "\t",
    "\x85",
    "\u2028",
    "\u2029",
    "\u202e",
    "\u2066",
    "\u200b",
    "\u00ad",
    "\ufeff",
    "\u3164",
    "\ufe0f",
    "\U000e0041",
    "\U0001f9ec",
    "\u00a0",
    "#",
    "# fmt: off",
    "# fmt: skip",
    "fmt:off",
    "# type: ignore",
    "# -*- coding: rot13 -*-",
    "# /// script",
    '# dependencies = ["evil"]',
    "# ///",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "{#",
    "{0}",
    "%s",
    "${x}",
    "\nimport os\n",
    "); import os; (",
    ":",
    "Usage:  x",
    " " * 30,
    " " * 88,
    "a" * 90,
    "__import__('os').system('id')",
    "<b>&amp;</b>",
]
# What XML can hold: no controls but three, no surrogates.
_CHARACTERS = st.characters(
    exclude_categories=["Cs"],
    exclude_characters=[chr(n) for n in range(32) if n not in (9, 10, 13)] + ["\ufffe", "\uffff"],
)
TEXTS = st.lists(st.one_of(st.sampled_from(NASTY), st.text(_CHARACTERS, max_size=20)), max_size=12)
TEXTS = TEXTS.map("".join)
SLOW = settings(
    deadline=None,
    max_examples=int(os.environ.get("FREE_TEXT_EXAMPLES", "10")),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
BLOCK_IN_A_DESCRIPTION = (
    "# /// script" + " " * 80 + '# dependencies = ["evil"]' + " " * 80 + "# ///"
)


def _definition(name: str) -> str:
    return (GOLDEN / "accept" / name / "model.xml").read_text("utf-8")


TORCH = _definition("torch-mc3-dna64-conv-variants")
KERAS = _definition("tf-mc3-dna64-conv-variants")
BAYES = _definition("boc-mc4-dna60-positions-pairs")
BAYES_DATA = (GOLDEN / "accept" / "boc-mc4-dna60-positions-pairs" / "data.xml").read_text("utf-8")
MODELS = {"PyTorch": TORCH, "Keras": KERAS, "Bayes": BAYES}


def _xml(text: str) -> str:
    return escape(text, {"\r": "&#13;"})


def _set(definition: str, tag: str, text: str) -> str:
    """The definition with another text in the first element of this name."""
    changed, count = re.subn(
        rf"<{tag}>.*?</{tag}>|<{tag}/>",
        lambda _: f"<{tag}>{_xml(text)}</{tag}>",
        definition,
        count=1,
        flags=re.DOTALL,
    )
    assert count == 1
    return changed


def _compiled(definition: str, folder: Path, files: dict[str, str] | None = None) -> Compilation:
    for name, text in (files or {}).items():
        (folder / name).write_text(text, "utf-8")
    return compile_bytes("model.xml", definition.encode(), [folder])


def _script(definition: str, folder: Path, files: dict[str, str] | None = None) -> str:
    compilation = _compiled(definition, folder, files)
    assert compilation.script, [str(found) for found in compilation.diagnostics]
    return _without_hash(compilation.script)


def _bayes(folder: Path) -> Path:
    (folder / "data.xml").write_text(BAYES_DATA, "utf-8")
    return folder


def _constants(tree: ast.AST) -> list[ast.Constant]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Constant)]


def _shape(tree: ast.AST) -> str:
    """The syntax tree without the values of its literals."""
    tree = ast.parse(ast.unparse(tree))
    for node in _constants(tree):
        node.value = type(node.value).__name__
    return ast.dump(tree)


def _tokens(script: str) -> tuple[list[str], int, int]:
    """Names and numbers in their order, and how many strings and comments there are.

    Not the layout: a longer text may need lines, brackets and commas of its own, and a comment stands
    above a line that it does not fit on. The syntax tree is compared beside this.
    """
    found = list(tokenize.generate_tokens(io.StringIO(script).readline))
    plain = [token.string for token in found if token.type in (tokenize.NAME, tokenize.NUMBER)]
    counts = [
        sum(token.type == kind for token in found) for kind in (tokenize.STRING, tokenize.COMMENT)
    ]
    return plain, counts[0], counts[1]


def _is_hidden(character: str) -> bool:
    if character == "\n":
        return False
    category = unicodedata.category(character)
    # An emoji that is younger than this Python: a box is drawn for it.
    if category == "Cn" and 0x1F300 <= ord(character) < 0x1FB00:
        return False
    return category in INVISIBLE or character in BLANKS


def _changed(before: str, after: str) -> list[tuple[object, object]]:
    """Literals in which two scripts differ; nothing else may, and nothing may hide."""
    first, second = ast.parse(before), ast.parse(after)
    assert _shape(first) == _shape(second)
    assert _tokens(before) == _tokens(after)
    assert [m.groupdict() for m in BLOCK.finditer(before)] == [
        m.groupdict() for m in BLOCK.finditer(after)
    ]
    assert len(BLOCK.findall(after)) == 1
    # A younger Python knows more characters than the compiler's Unicode: those are escaped, too.
    assert not [character for character in after if _is_hidden(character)]
    pairs = zip(_constants(first), _constants(second), strict=True)
    return [(one.value, other.value) for one, other in pairs if one.value != other.value]


def _check_docstring(before: str, after: str, text: str) -> None:
    """Only the module's docstring differs, and it holds the text, laid out anew."""
    changed = _changed(before, after)
    assert len(changed) == 1
    assert changed[0][1] == ast.get_docstring(ast.parse(after), clean=False)
    words = re.split(r"[ \t\n\r\x0b\x0c]+", text.strip())
    found = re.split(r"[ \t\n\r\x0b\x0c]+", changed[0][1])
    assert "\0".join(words).strip("\0") in "\0".join(found)


@pytest.mark.parametrize("library", MODELS)
@pytest.mark.parametrize("place", [pytest.param("name", marks=pytest.mark.long), "description"])
@given(text=TEXTS)
@example(text=BLOCK_IN_A_DESCRIPTION)
@example(text="# ///")
@example(text="\U0001f8b2")  # of Unicode 16
@example(text="x" * 85 + '\\ """')
@SLOW
def test_name_and_description(library: str, place: str, text: str, tmp_path: Path) -> None:
    folder = _bayes(tmp_path)
    before = _script(_set(MODELS[library], place, PLAIN), folder)
    _check_docstring(before, _script(_set(MODELS[library], place, text), folder), text)


@pytest.mark.parametrize("library", ["PyTorch", "Keras"])
@given(text=TEXTS)
@SLOW
def test_labels(library: str, text: str, tmp_path: Path) -> None:
    before = _script(_set(MODELS[library], "label", PLAIN), tmp_path)
    compilation = _compiled(_set(MODELS[library], "label", text), tmp_path)
    if not text.strip() or set(text.strip()) & set("\t\n\r"):
        assert [found.code for found in compilation.diagnostics if found.code == "SG214"]
        return
    after = _without_hash(compilation.script)
    assert _changed(_without_hash(before), after) == [(PLAIN, text.strip())]


def _without_hash(script: str) -> str:
    """A script that does not tell the definition's hash."""
    return re.sub(r"\b[0-9a-f]{64}\b", "0" * 64, script)


@given(text=TEXTS)
@SLOW
def test_prefix_of_a_pattern(text: str, tmp_path: Path) -> None:
    def with_prefix(prefix: str) -> str:
        value = escape(prefix, {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
        pattern = f'<labels><pattern prefix="{value}" max="3"/></labels>'
        return re.sub(r"<labels>.*</labels>", lambda _: pattern, TORCH, count=1, flags=re.DOTALL)

    before = _without_hash(_script(with_prefix("p"), tmp_path))
    compilation = _compiled(with_prefix(text), tmp_path)
    if compilation.script is None:
        assert set(text) & set("\t\n\r")
    elif text:
        assert _changed(before, _without_hash(compilation.script)) in ([("p", text)], [])


@given(text=TEXTS)
@example(text="fmt: off")
@example(text="a\nimport os")
@SLOW
def test_a_comment_is_never_left(text: str, tmp_path: Path) -> None:
    """The label of a condition stands in a comment above its rules."""
    definition = BAYES
    first = _set(BAYES_DATA, "label", PLAIN)
    before = _script(definition, tmp_path, {"data.xml": first})
    after = _script(definition, tmp_path, {"data.xml": _set(BAYES_DATA, "label", text or PLAIN)})
    if text.strip() and f"    # {comment(text.strip())}\n" in after:
        hashes = re.compile(r"\b[0-9a-f]{64}\b")
        assert _changed(hashes.sub("0", before), hashes.sub("0", after)) == []


@pytest.mark.skipif(os.name == "nt", reason="needs names that Windows lacks")
@given(text=TEXTS)
@SLOW
def test_paths(text: str, tmp_path: Path) -> None:
    """The path of an embedded module stands in comments."""
    folder = GOLDEN / "reject" / "SG605-unknown-class"
    model = (folder / "model.xml").read_text("utf-8").replace("MotivNet", "MotifNet")
    module = (folder / "motifs.py").read_text("utf-8")
    before = _without_hash(_script(model, tmp_path, {"motifs.py": module}))
    name = text.strip()
    if not name or len(name.encode()) > 200 or set(name) & set("/\\:\0") or name[0] in "~.":
        return
    after = _script(model.replace("motifs.py", _xml(name)), tmp_path, {name: module})
    (tmp_path / name).unlink()
    assert _changed(before, _without_hash(after)) == []


@pytest.mark.parametrize(
    "name", ["X(object): pass\nimport os\nclass Y", "\u212bX", "lambda", "a b"]
)
def test_class_names_are_names(name: str, tmp_path: Path) -> None:
    folder = GOLDEN / "reject" / "SG605-unknown-class"
    model = (folder / "model.xml").read_text("utf-8").replace("MotivNet", _xml(name))
    module = (folder / "motifs.py").read_text("utf-8")
    compilation = _compiled(model, tmp_path, {"motifs.py": module})
    assert [found.code for found in compilation.diagnostics] == ["SG605"]


@pytest.mark.parametrize("place", ["name", "description", "label"])
@pytest.mark.parametrize("library", ["PyTorch", "Keras"])
def test_a_megabyte(library: str, place: str, tmp_path: Path) -> None:
    text = 'ab "cd" \\ ' * 100_000
    before = _without_hash(_script(_set(MODELS[library], place, PLAIN), tmp_path))
    after = _without_hash(_script(_set(MODELS[library], place, text), tmp_path))
    assert len(_changed(before, after)) == 1


def test_a_wide_gap_is_no_indent() -> None:
    """Each line behind a wide gap would be indented as far: that grows with the square."""
    text = docstring(
        ["id: " + "name:" + " " * 5000 + "word " * 5000, "a" * 5000 + ": " + "b " * 99]
    )
    assert len(text) < 100_000


@pytest.mark.parametrize("text", [BLOCK_IN_A_DESCRIPTION, '"""\nimport os\n"""', "fmt: off"])
def test_in_a_label_and_a_description(text: str, tmp_path: Path) -> None:
    files = {"data.xml": _set(BAYES_DATA, "label", text.replace("\n", " "))}
    before = _script(_set(BAYES, "description", PLAIN), tmp_path, files)
    _check_docstring(before, _script(_set(BAYES, "description", text), tmp_path), text)


# ---- what makes text of values ----

ALL_TEXTS = st.one_of(TEXTS, st.text(st.characters()), st.text(st.characters(categories=["Cs"])))


@given(text=ALL_TEXTS)
@settings(deadline=None)
def test_literal(text: str) -> None:
    """Lone surrogates, too, which no XML can bring."""
    made = literal(text)
    assert ast.literal_eval(made) == text
    assert not [character for character in made if _is_hidden(character)]
    made.encode("utf-8")


@given(texts=st.lists(ALL_TEXTS, min_size=1, max_size=3))
@settings(deadline=None)
def test_docstring(texts: list[str]) -> None:
    made = docstring(texts)
    tree = ast.parse(made)
    assert len(tree.body) == 1 and isinstance(ast.literal_eval(made), str)
    assert not BLOCK.search(made)
    assert not [character for character in made if _is_hidden(character)]
    made.encode("utf-8")


@given(text=ALL_TEXTS)
@settings(deadline=None)
def test_comment(text: str) -> None:
    made = comment(text)
    assert len(f"# {made}".splitlines()) == 1
    assert ast.dump(ast.parse(f"x = 1  # {made}\n")) == ast.dump(ast.parse("x = 1\n"))
    assert not [character for character in made if _is_hidden(character)]


@pytest.mark.parametrize("text", ["fmt: off", "fmt:off", "fmt: skip", "yapf: disable"])
def test_a_comment_gives_black_no_orders(text: str) -> None:
    script = f"# {comment(text)}\nx  =  1  # {comment(text)}\n"
    assert "\nx = 1  #" in black.format_str(script, mode=black.Mode())


def test_the_version_of_unicode_does_not_matter() -> None:
    """Pythons 3.10 to 3.13 know Unicode 13 to 15.1; these came with 14 and 15."""
    assert literal("\u1df6\U0001fae8\U00011f00") == '"\\u1df6\U0001fae8\\U00011f00"'
    assert visible("na\u00efve \u5927 \U0001f9ec") == "na\u00efve \u5927 \U0001f9ec"
