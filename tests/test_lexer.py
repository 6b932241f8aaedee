"""Tokens, and with them the ledger and the report, are the same on every Python."""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from mutations import DEFINITIONS

from seqgra_compile.audit import lexer
from seqgra_compile.audit.ledger import provenance
from seqgra_compile.audit.report import report_of_definition
from seqgra_compile.compiler import compile_definition

# As Python 3.12 names them; before, there are none.
PARTS = {"FSTRING_START": 1001, "FSTRING_MIDDLE": 1002, "FSTRING_END": 1003}
FORMATTED = re.compile(r"(?:f|rf|fr)(\"{3}|'{3}|\"|')", re.IGNORECASE)
STRINGS = r'''a = f"ä {b} {{c}} {d['é']:>{e}}" + f'{1}'
f = (f"{g} ü"
    "plain" rf"{h!r}\d")
i = f"""x
 {j} ö
""" + str(2)
k = """l
 ü""", 3
'''
Tokenizer = Callable[[Callable[[], str]], Iterator[tokenize.TokenInfo]]


def in_parts(original: Tokenizer) -> Tokenizer:
    """A tokenizer that cuts formatted strings to pieces and ends long ones early, as 3.12.1 does."""

    def generate(readline: Callable[[], str]) -> Iterator[tokenize.TokenInfo]:
        for token in original(readline):
            opening = token.type == tokenize.STRING and FORMATTED.match(token.string)
            if opening:
                yield from pieces(token, opening)
            elif token.type == tokenize.STRING and token.start[0] != token.end[0]:
                yield token._replace(end=(token.end[0], max(0, token.end[1] - 2)))
            else:
                yield token

    return generate


def pieces(token: tokenize.TokenInfo, opening: re.Match) -> Iterator[tokenize.TokenInfo]:
    inside = (token.start[0], token.start[1] + opening.end())
    closing = (token.end[0], token.end[1] - len(opening[1]))
    for kind, string, start, end in (
        (PARTS["FSTRING_START"], opening[0], token.start, inside),
        # What stands between braces is tokens of its own.
        (tokenize.OP, "{", inside, inside),
        (tokenize.NUMBER, "1", inside, inside),
        (tokenize.STRING, "'r'", inside, inside),
        (tokenize.OP, "}", inside, inside),
        (PARTS["FSTRING_MIDDLE"], " ", closing, closing),
        (PARTS["FSTRING_END"], opening[1], closing, token.end),
    ):
        yield tokenize.TokenInfo(kind, string, start, end, token.line)


@pytest.fixture
def split(monkeypatch):
    """From Python 3.12 on, strings are split without our doing."""
    if not hasattr(tokenize, "FSTRING_START"):
        monkeypatch.setattr(tokenize, "generate_tokens", in_parts(tokenize.generate_tokens))
        more = {number: name for name, number in PARTS.items()}
        monkeypatch.setattr(tokenize, "tok_name", tokenize.tok_name | more)


def test_a_formatted_string_is_one_token(split):
    found = [each for each in lexer.tokens(STRINGS) if each.type == tokenize.STRING]
    assert [each.string for each in found] == [
        """f"ä {b} {{c}} {d['é']:>{e}}\"""",
        "f'{1}'",
        'f"{g} ü"',
        '"plain"',
        r'rf"{h!r}\d"',
        'f"""x\n {j} ö\n"""',
        '"""l\n ü"""',
    ]
    lines = STRINGS.split("\n")
    for each in found:
        parts = each.string.split("\n")
        assert lines[each.start[0] - 1][each.start[1] :].startswith(parts[0])
        assert lines[each.end[0] - 1][: each.end[1]].endswith(parts[-1])
    numbers = [each.string for each in lexer.tokens(STRINGS) if each.type == tokenize.NUMBER]
    assert numbers == ["2", "3"]


def test_a_name_in_a_formatted_string_is_on_all_of_its_lines():
    uses = {name: (first, last) for name, first, last in lexer.name_uses(ast.parse(STRINGS))}
    assert {uses[name] for name in "bde"} == {(1, 1)}
    assert {uses[name] for name in "gh"} == {(2, 3)}
    assert (uses["j"], uses["str"]) == ((4, 6), (6, 6))


def formatted_strings(node: ast.AST) -> Iterator[ast.JoinedStr]:
    """The outermost ones."""
    if isinstance(node, ast.JoinedStr):
        yield node
        return
    for child in ast.iter_child_nodes(node):
        yield from formatted_strings(child)


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(p, id=f"{p.parent.name}-{p.stem}", marks=pytest.mark.long if n % 4 else ())
        for n, p in enumerate(DEFINITIONS)
    ],
)
def test_no_row_is_a_part_of_a_formatted_string(path: Path, request):
    before = compile_definition(path)
    rows, page = before.settings, report_of_definition(before)
    request.getfixturevalue("split")
    compilation = compile_definition(path)
    script = compilation.script
    lines = [line.encode() for line in script.split("\n")]
    found = provenance.traced_tokens(compilation.arranged, script)
    texts = {(each.first, each.column): each.text for each in found}
    strings = list(formatted_strings(ast.parse(script)))
    assert strings
    for node in strings:
        text = texts[node.lineno, len(lines[node.lineno - 1][: node.col_offset].decode())]
        # Strings side by side are one node, and several tokens.
        assert ast.get_source_segment(script, node).startswith(text)
        assert ast.parse(text, mode="eval")
    assert compilation.settings == rows
    assert report_of_definition(compilation) == page
