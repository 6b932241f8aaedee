"""Odd and hostile definitions: every one is answered with diagnostics, in reasonable time."""

from __future__ import annotations

import os
import random
import unicodedata
import warnings
from ast import literal_eval
from pathlib import Path

import pytest

from seqgra_compile.compiler import Compilation, Options, compile_bytes
from seqgra_compile.messages.diagnostics import diagnostic_text
from seqgra_compile.pycode import literal
from seqgra_compile.visible import visible

REJECT = Path(__file__).resolve().parent.parent / "golden" / "reject"
GOOD = (
    (REJECT / "SG203-misspelt-parameter" / "model.xml")
    .read_bytes()
    .decode()
    .replace("unts", "units")
)
MODEL = (REJECT / "SG605-unknown-class" / "model.xml").read_text("utf-8")
MODEL = MODEL.replace("MotivNet", "MotifNet")
MODULE = (REJECT / "SG605-unknown-class" / "motifs.py").read_text("utf-8")


def _with(*pairs: tuple[str, str]) -> bytes:
    text = GOOD
    for old, new in pairs:
        assert text.count(old) == 1
        text = text.replace(old, new)
    return text.encode()


def _compiled(data: bytes, folder: Path = Path(), check_only: bool = True) -> Compilation:
    """Compile with every warning an error, and make every message."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        compilation = compile_bytes("model.xml", data, [folder], Options(check_only=check_only))
    for found in compilation.diagnostics:
        text = diagnostic_text(found, compilation.source)
        assert 1 <= len(text.split("\n")) <= 4
        assert max(map(len, text.split("\n"))) < 1200
        # By the character: the line of the definition is shown as it is written.
        assert all(visible(shown) == shown for shown in text if shown not in "\t\n")
    return compilation


def _codes(data: bytes, folder: Path = Path()) -> list[str]:
    return [found.code for found in _compiled(data, folder).diagnostics]


def _first(data: bytes) -> str:
    compilation = _compiled(data)
    return diagnostic_text(next(iter(compilation.diagnostics)), compilation.source)


# ---- accepted all the same ----


@pytest.mark.parametrize(
    "data",
    [
        GOOD.encode(),
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.encode("utf-16"),
        GOOD.encode("utf-16-le"),
        GOOD.encode("utf-16-be"),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace("\n", "\r").encode(),
        GOOD.replace('"', "'").encode(),
        GOOD.replace("UTF-8", "ISO-8859-1").replace("Zinc", "Zn \u00e9").encode("latin-1"),
        GOOD.partition("?>\n")[2].encode(),
        _with(("<seed>7<", "<seed><![CDATA[7]]><")),
        _with((">GlobalMaxPool1D<", ">Global<!-- of all -->Max&#80;ool1D<")),
        _with(("  <architecture>", "  <?editor fold?><architecture>")),
        _with(("<seed>", '<seed xsi:type="x" xml:lang="en">')),
        _with(("<seqgramodel ", '<seqgramodel xmlns="urn:x" ')),
        _with(('units="3"', 'units=" 3\n"')),
        _with(("Which of three", '<![CDATA[<b>&amp; """ \' ]] #{{ }}{% %}\\]]> Which of three')),
    ],
    ids=range(17),
)
def test_accepted(data: bytes) -> None:
    compilation = _compiled(data, check_only=False)
    assert list(compilation.diagnostics) == []
    compile(compilation.script, "train.py", "exec")


@pytest.mark.parametrize(
    ("pattern", "labels"),
    [
        ('max="3"', ("1", "2", "3")),
        ('prefix="c" min="3" max="3"', ("c3",)),
        ('prefix="c" postfix="!" min="0" max="1"', ("c0!", "c1!")),
    ],
)
def test_labels_of_a_pattern(pattern: str, labels: tuple[str, ...]) -> None:
    """As the definition means them, and as its script counts them."""
    before = GOOD[GOOD.index("<labels>") : GOOD.index("</labels>")]
    compilation = _compiled(
        _with((before, f"<labels><pattern {pattern}/>"), ('units="3"', f'units="{len(labels)}"')),
        check_only=False,
    )
    assert compilation.model.labels.value == labels
    line = next(line for line in compilation.script.split("\n") if line.startswith("LABELS"))
    assert eval(line.partition(" = ")[2]) == labels


# ---- values ----

EXPRESSIONS = [
    "1e400",
    "-1e400",
    "nan",
    "1" * 400,
    "9" * 5000,
    "\u0663",
    "\uff13",
    "((150, 4), (4,))",
    "{[]: 1}",
    "{[], 1}",
    "{150, 4}",
    "(" * 150 + ")" * 150,
    "(" * 100_000,
    "-" * 100_000 + "1",
    "[" * 150 + "]" * 150,
    "+".join(["1"] * 20_000),
    "a" + "()" * 5000,
    ".".join(["a"] * 5000),
    ".".join(["a"] * 200),
    "Constant(" + ".".join(["a"] * 200) + ")",
    "Constant(" + "-" * 400 + "1)",
    "Constant(1" + "0" * 400 + ")",
    "0x1for x in y",
    "'\\d'",
    "'\\d' is 2",
    "f'{1}'",
    "(lambda: 1)()",
    "__import__('os')",
    "__import__('os').mkdir('made')",
    "[x for x in ().__class__.__bases__]",
    "RandomNormal(stddev=RandomNormal())",
    "RandomNormal(*[1])",
    "RandomNormal(**{'mean': 1})",
    "RandomNormal(1, 2, 3, 4)",
    "RandomNormal(mean=1, mean=2)",
    "RandomNormal(0, mean=2)",
    "VarianceScaling(mode=__import__('os'))",
    "os.system",
    "b'Zeros'",
    "...",
    "None.x",
    "1 if 2 else 3",
    "yield",
    "await x",
    "x := 1",
    "\u202e1",
]


@pytest.mark.parametrize("value", EXPRESSIONS, ids=lambda value: value[:40])
@pytest.mark.parametrize(
    "place",
    ["(150, 4)", 'kernel_size="11', 'filters="16', 'activation="relu', "0.001", 'units="3'],
)
def test_values(value: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    escaped = value.replace("&", "&amp;").replace("<", "&lt;")
    start = place.rpartition('"')[0]
    assert _codes(_with((place, f'{start}"{escaped}' if start else escaped))) == ["SG204"]
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("value", EXPRESSIONS, ids=lambda value: value[:40])
@pytest.mark.parametrize("kind", ["kernel_initializer", "kernel_regularizer"])
def test_expressions(
    value: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert _codes(_with(('filters="16"', f'filters="16" {kind}="{value}"'))) == ["SG204"]
    assert os.listdir(tmp_path) == []


def test_tuples_of_numbers() -> None:
    for value in (f"(1{'0' * 400}, 0.5)", "(1e400, 0.5)", "(True, 0.5)", "(1j, 0.5)", "(0.9,)"):
        text = GOOD.replace("TensorFlow", "PyTorch").replace(' activation="softmax"', "")
        text = text.replace("categorical_crossentropy", "CrossEntropyLoss")
        text = text.replace('"learning_rate">0.001', f'"betas">{value}')
        assert _codes(text.encode()) == ["SG204"]


@pytest.mark.parametrize(
    ("number", "bound"),
    [
        ("1e-400", "2.2250738585072014e-308"),
        ("2e-308", "2.2250738585072014e-308"),
        ("0." + "0" * 330 + "1", "2.2250738585072014e-308"),
        ("1e400", "1.7976931348623157e+308"),
    ],
)
def test_numbers_that_no_float_holds(number: str, bound: str) -> None:
    """Wherever they are written: alone, in tuples, in calls."""
    rate = '"learning_rate">0.001'
    places = [(rate, f'"learning_rate">{number}'), (rate, f'"clipvalue">{number}')]
    places += [
        ('units="3"', f'units="3" {name}="{call.format(number)}"')
        for name, call in (
            ("kernel_initializer", "RandomNormal(stddev={})"),
            ("kernel_initializer", "Constant({})"),
            ("kernel_regularizer", "l1_l2(l1=0.1, l2={})"),
        )
    ]
    for place in places:
        assert bound in _first(_with(place)), place
    torch = GOOD.replace("TensorFlow", "PyTorch").replace(' activation="softmax"', "")
    torch = torch.replace("categorical_crossentropy", "CrossEntropyLoss")
    assert bound in _first(torch.replace(rate, f'"betas">(0.9, {number})').encode())


@pytest.mark.parametrize("number", ["0e-999", "0.0", "2.3e-308", "1e308"])
def test_numbers_that_a_float_holds(number: str) -> None:
    assert _codes(_with(('"learning_rate">0.001', f'"learning_rate">{number}'))) == []


# ---- texts that look the same ----

ALIKE = [
    ("h\u00e9lix", "he\u0301lix"),
    ("\u1eb9\u0301", "e\u0301\u0323"),
    ("\ud55c", "\u1112\u1161\u11ab"),
]


@pytest.mark.parametrize(("one", "other"), [*ALIKE, ("\u00c5", "\u212b")])
def test_texts_that_look_the_same_are_shown_differently(one: str, other: str) -> None:
    assert unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)
    assert visible(one) == one
    assert visible(other) != other
    assert literal_eval(literal(other)) == other
    data = _with((">ctcf<", f">{one}<"), (">egr1<", f">{other}<"))
    found = list(_compiled(data).diagnostics)
    assert [(each.code, each.severity.value) for each in found] == [("SG215", "warning")]
    assert visible(other) in _first(data)


@pytest.mark.parametrize(
    "text", ["\u03b1-helix", "\u0939\u093f\u0928\u094d\u0926\u0940", "x\u0301", "\u0915\u093c"]
)
def test_composed_text_is_shown_as_it_is(text: str) -> None:
    assert visible(text) == text


# ---- size ----


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        (b"<a>" * 100_000, ["SG105"]),
        (_with(("Which of", "<b>" * 1000)), ["SG105"]),
        (_with(("<seed>", "<!--" + "x\n" * 4_000_000 + "--><seed>")), []),
        (_with(("<seed>", "<!--" + "x\n" * 4_200_000 + "--><seed>")), ["SG105"]),
        (_with(("<seed>", "<seed " + " " * 9_000_000 + ">")), ["SG105"]),
        (_with((">GlobalMaxPool1D<", ">" + "\u00e9" * 4_200_000 + "<")), ["SG105"]),
        (_with(('units="3"', "u" * 33_000 + '="3"')), ["SG105"]),
        (_with(("<seed>", "<!--" + "x" * 17_000_000 + "--><seed>")), ["SG105"]),
        (_with(("Which of", "\u00e9" * 1_000_000)), []),
        (_with((">GlobalMaxPool1D<", ">" + "x" * 1_000_000 + "<")), ["SG202"]),
        (_with(('units="3"', 'u="' + "\t" * 1_000_000 + '" units="3"')), ["SG203"]),
        (
            _with(('units="3"', " ".join(f'u{n}="{n}"' for n in range(3000)))),
            ["SG203"] * 1000 + ["SG105"],
        ),
        (_with(("<label>ctcf</label>", "<label>l</label>" * 10_000)), ["SG212"] * 1000 + ["SG105"]),
        (
            _with(("<label>ctcf</label>", "".join(f"<label>l{n}</label>" for n in range(9_998)))),
            ["SG305"],
        ),
    ],
    ids=range(14),
)
def test_size(data: bytes, codes: list[str]) -> None:
    assert sorted(_codes(data)) == sorted(codes)


def test_long_lines_are_cut() -> None:
    one_line = GOOD.replace("units=", "unts=").replace("\n", " " * 50).encode()
    message, line, carets, _ = _first(one_line).splitlines()
    assert len(line) < 200
    assert line.startswith("  1 | ...") and line.endswith("...")
    assert line[carets.index("^") :].startswith("unts=")
    assert message.startswith(f"model.xml:1:{one_line.index(b'unts=') + 1}: ")


def test_carets_below_wide_and_combining_characters() -> None:
    data = _with(("      <operation units", "      <!-- \u5927 e\u0301 --><operation unts"))
    _, line, carets, _ = _first(data).splitlines()
    # One character takes two columns, and one none.
    assert carets.index("^") == line.index("unts=")


# ---- files ----


def _external(path: str) -> bytes:
    return MODEL.replace("motifs.py", path).encode()


@pytest.mark.skipif(os.name == "nt", reason="needs links and pipes")
def test_files(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (outside / "secret.py").write_text(MODULE)
    (inside / "link.py").symlink_to(outside / "secret.py")
    (inside / "folder").symlink_to(outside)
    (inside / "loop.py").symlink_to("loop.py")
    os.mkfifo(inside / "pipe.py")
    (inside / "large.py").write_bytes(b"#" * (2**20 + 1))
    expected = {
        "link.py": "SG602",
        "folder/secret.py": "SG602",
        "../outside/secret.py": "SG602",
        "folder/../../outside/secret.py": "SG602",
        str(outside / "secret.py"): "SG602",
        "~/secret.py": "SG602",
        "C:\\secret.py": "SG602",
        "..\\outside\\secret.py": "SG602",
        "loop.py": "SG601",
        "no&#10;such.py": "SG601",
        "none\u202e.py": "SG601",
        "pipe.py": "SG603",
        ".": "SG603",
        "large.py": "SG603",
        "x" * 5000: "SG603",
        "x/" * 5000: "SG603",
    }
    for path, code in expected.items():
        assert _codes(_external(path), inside) == [code], path


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (MODULE, []),
        (MODULE.replace("\n", "\r\n"), []),
        ("\ufeff" + MODULE, []),
        ("# coding: latin-1\n" + MODULE, []),
        (MODULE + "x = '\\d'\ny = 1 is 2\n", []),
        (MODULE.replace("\n\n\nclass", '\n\n\x0c\nX = "a\x1cb\u2028c"\n\n\nclass'), []),
        (MODULE + '\n\nif __name__ == "__main__":\n    MotifNet()\n', []),
        (MODULE + "\nimport " + "x" * 300 + "\n", ["SG608"]),
        (MODULE + "\nreturn\n", ["SG604"]),
        (MODULE + "\nnonlocal x\n", ["SG604"]),
        (MODULE + "\ndef f(a, a): pass\n", ["SG604"]),
        (MODULE + "\ndef f():\n    x = 1\n    global x\n", ["SG604"]),
        (MODULE + "\0", ["SG604"]),
        (MODULE + "x = " + "-" * 100_000 + "1\n", ["SG604"]),
        (MODULE + "x = a" + ".b" * 5000 + "\n", ["SG604"]),
        (MODULE + "x = 1 + \\\n", ["SG604"]),
        (MODULE + "from __future__ import braces\n", ["SG604"]),
        (MODULE + '\\\nif __name__ == "__main__":\n    pass\n', ["SG604"]),
        (MODULE.replace("    def forward", "\x0c    def forward"), ["SG604"]),
        ("# coding: rot13\n" + MODULE, ["SG604"]),
        ("# coding: no-such\n" + MODULE, ["SG604"]),
        ("import torch; x = 1\n" + MODULE, ["SG604"]),
        (MODULE + '\nif __name__ == "__main__":\n    pass\nelse:\n    x = 1\n', ["SG604"]),
        (MODULE + "if " + "-" * 1000 + "1 == 2:\n    x = 1\n", []),
        ("", ["SG605"]),
        ("from .parts import *\n" + MODULE, ["SG607"]),
        ("from torch import *\n" + MODULE, ["SG607"]),
        ("def main(): pass\n" + MODULE, ["SG606"]),
    ],
    ids=range(28),
)
def test_modules(text: str, codes: list[str], tmp_path: Path) -> None:
    (tmp_path / "motifs.py").write_bytes(text.encode())
    compilation = _compiled(MODEL.encode(), tmp_path, check_only=False)
    assert [found.code for found in compilation.diagnostics] == codes
    if compilation.script:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(compilation.script, "train.py", "exec")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_modules_of_other_encodings(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "motifs.py").write_bytes(MODULE.encode(encoding))
    assert _codes(MODEL.encode(), tmp_path) == ["SG604"]


def test_a_module_is_not_run(tmp_path: Path) -> None:
    (tmp_path / "motifs.py").write_text(MODULE + "\nopen('made', 'w')\n1 / 0\n")
    assert _codes(MODEL.encode(), tmp_path) == []
    assert sorted(os.listdir(tmp_path)) == ["motifs.py"]


# ---- noise ----

_TOKENS = [
    "<",
    ">",
    "&",
    '"',
    "'",
    "=",
    "/",
    "\x00",
    "ÿ",
    "-",
    "1e400",
    "nan",
    "()",
    "((",
    "[]",
    "{}",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "&#0;",
    "&#x41;",
    "&lt;",
    'xmlns="a"',
    "é",
    "None",
    "True",
    "-1",
    "0",
    ".",
    "..",
    "*",
    "<a>",
    "</a>",
    "<a/>",
    "<?xml",
    "?>",
    "<!DOCTYPE",
]


@pytest.mark.parametrize("seed", range(8))
def test_noise(seed: int) -> None:
    draw = random.Random(seed)
    definitions = [path.read_bytes() for path in sorted(REJECT.glob("*/model.xml"))]
    definitions = [data for data in definitions if len(data) < 20_000]
    words = [token.encode("latin-1") for token in _TOKENS] + GOOD.encode().split()
    for _ in range(250):
        data = bytearray(draw.choice(definitions))
        for _ in range(draw.choice([1, 1, 2, 3])):
            at = draw.randrange(len(data) + 1)
            length = draw.choice([0, 0, 1, 5, 30])
            start = draw.randrange(len(data) + 1)
            new = draw.choice(
                [b"", draw.choice(words), data[start : start + 60], draw.randbytes(1)]
            )
            data[at : at + length] = new
        _compiled(bytes(data))
