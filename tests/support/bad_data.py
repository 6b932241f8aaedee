"""Damaged and unusual data files, made from a case's own examples; what a script says of each."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass

from cases import Case, examples, text

Pairs = list[tuple[str, str]]
NO_EXAMPLE = " no examples; the definition needs "


@dataclass(frozen=True)
class Bad:
    """`make` gives the file's bytes from clean pairs. `says` is None if the file is taken; else it is
    what the message has after the path and a colon, as far as it matters: ` ... ` stands for
    anything.

    `same`: a file that is taken gives what the clean one gives.
    """

    name: str
    make: Callable[[Pairs], bytes]
    says: str | None
    same: bool = True


def clean(case: Case) -> Pairs:
    return examples(case, 6, 9)


def rows(pairs: Pairs, *more: str) -> bytes:
    """The clean file and more lines, as they are: the first of them is line 8."""
    return text(pairs) + "".join(line + "\n" for line in more).encode()


def with_line(line: Callable[[str, str], str]) -> Callable[[Pairs], bytes]:
    """One more line, made from the first sequence and its label."""
    return lambda pairs: rows(pairs, line(*pairs[0]))


def changed(change: Callable[[bytes], bytes]) -> Callable[[Pairs], bytes]:
    return lambda pairs: change(text(pairs))


def raw(data: bytes) -> Callable[[Pairs], bytes]:
    return lambda pairs: data


def headed(header: bytes) -> Callable[[Pairs], bytes]:
    return changed(lambda data: header + data.partition(b"\n")[2])


def header(found: bytes) -> str:
    """What is said of a file with this first line, of which 20 bytes are shown."""
    return f"1: found {found[:20]!r}, need x, tab, y. Commands that make data files:"


def columns(rest: str, length: str = "") -> str:
    """`rest`: what follows the first column, as it is shown."""
    return f"8: found {length} ... , {rest}"


def cut(count: int) -> str:
    return f"8: found {count} letters"


def letter(found: str) -> str:
    return f"8: found  ...  (unknown: b{found}), a tab, b'"


def label(found: str, line: int = 8) -> str:
    return f"{line}: found  ... letters, a tab, b'{found}"


# ---- taken ----

TAKEN = (
    Bad("crlf", changed(lambda data: data.replace(b"\n", b"\r\n")), None),
    Bad("crlf-in-some-lines", changed(lambda data: data.replace(b"\n", b"\r\n", 3)), None),
    Bad("no-last-newline", changed(lambda data: data[:-1]), None),
    Bad("carriage-return-twice", changed(lambda data: data.replace(b"\n", b"\r\r\n")), None),
    Bad("blank-line-in-the-middle", changed(lambda data: data.replace(b"\n", b"\n\n", 3)), None),
    Bad("blank-lines-at-the-end", changed(lambda data: data + b"\n\n\n"), None),
    Bad("blank-crlf-lines-at-the-end", changed(lambda data: data + b"\r\n\r\n"), None),
)
# In DNA and RNA.
TAKEN_NUCLEOTIDES = (
    Bad("lower-case", lambda pairs: text([(x.lower(), y) for x, y in pairs]), None),
    Bad("all-n", lambda pairs: text([("N" * len(x), y) for x, y in pairs]), None, same=False),
)
TAKEN_ONE_LABEL = (
    Bad("one-class", lambda pairs: text([(x, pairs[0][1]) for x, _ in pairs]), None, same=False),
    Bad("one-example", lambda pairs: text(pairs[:1]), None, same=False),
    Bad("copies", lambda pairs: text(pairs[:1] * 6), None, same=False),
)
TAKEN_LABELS = (
    Bad(
        "labels-twice",
        lambda pairs: text([(x, "|".join([y, y]) if y else y) for x, y in pairs]),
        None,
    ),
    Bad(
        "labels-in-another-order",
        lambda pairs: text([(x, "|".join(reversed(y.split("|")))) for x, y in pairs]),
        None,
    ),
    Bad("no-labels", lambda pairs: text([(x, "") for x, _ in pairs]), None, same=False),
)


# ---- refused: any definition of length L ----


def refused(length: int) -> tuple[Bad, ...]:
    return (
        # the header
        Bad("empty", raw(b""), header(b"")),
        Bad("newlines-only", raw(b"\n\n\n"), header(b"\n")),
        Bad("header-only", raw(b"x\ty\n"), NO_EXAMPLE),
        Bad("header-and-blank-lines", raw(b"x\ty\r\n\r\n"), NO_EXAMPLE),
        Bad("no-header", lambda pairs: text(pairs)[4:], "1: found b'"),
        Bad("columns-swapped", headed(b"y\tx\n"), header(b"y\tx\n")),
        Bad("header-upper-case", headed(b"X\tY\n"), header(b"X\tY\n")),
        Bad("header-with-spaces", headed(b"x y\n"), header(b"x y\n")),
        Bad("header-with-a-third-column", headed(b"x\ty\tz\n"), header(b"x\ty\tz\n")),
        Bad("header-with-trailing-space", headed(b"x\ty \n"), header(b"x\ty \n")),
        Bad("csv", changed(lambda data: data.replace(b"\t", b",")), header(b"x,y\n")),
        Bad("semicolons", changed(lambda data: data.replace(b"\t", b";")), header(b"x;y\n")),
        Bad("quoted-header", headed(b'"x"\t"y"\n'), header(b'"x"\t"y"\n')),
        Bad("blank-first-line", changed(lambda data: b"\n" + data), header(b"\n")),
        Bad("comment-first", changed(lambda data: b"# a\n" + data), header(b"# a\n")),
        Bad(
            "byte-order-mark",
            headed(b"\xef\xbb\xbfx\ty\n"),
            header(b"\xef\xbb\xbfx\ty\n"),
        ),
        Bad(
            "utf-16",
            changed(lambda data: data.decode().encode("utf-16")),
            "1: found b'\\xff\\xfex\\x00\\t\\x00y\\x00\\n",
        ),
        Bad(
            "utf-16-without-mark",
            changed(lambda data: data.decode().encode("utf-16-be")),
            header(b"\0x\0\t\0y\0\n"),
        ),
        Bad(
            "carriage-returns-only",
            changed(lambda data: data.replace(b"\n", b"\r")),
            "1: found b'x\\ty\\r",
        ),
        Bad(
            "gzip",
            changed(lambda data: gzip.compress(data, mtime=0)),
            "1: found b'\\x1f\\x8b",
        ),
        Bad(
            "gzip-cut",
            changed(lambda data: gzip.compress(data, mtime=0)[:40]),
            "1: found b'\\x1f\\x8b",
        ),
        Bad("zip", raw(b"PK\x03\x04" + bytes(99)), header(b"PK\x03\x04" + bytes(99))),
        Bad("nuls-only", raw(bytes(1000)), header(bytes(20))),
        Bad(
            "fasta",
            raw(b">a\nACGT\n>b\nACGT\n"),
            header(b">a\n"),
        ),
        Bad("bed", raw(b"chr1\t10\t70\tpeak\n"), header(b"chr1\t10\t70\tpeak\n")),
        Bad("json", raw(b'[{"x": "A", "y": 1}]'), header(b'[{"x": "A", "y": 1}]')),
        # lines
        Bad("spaces-for-tabs", with_line(lambda x, y: f"{x}    {y}"), "8: "),
        Bad("one-column", with_line(lambda x, y: x), columns("no tab")),
        Bad("label-only", with_line(lambda x, y: "\t" + y), cut(0)),
        Bad("tab-only", with_line(lambda x, y: "\t"), cut(0)),
        Bad("three-columns", with_line(lambda x, y: f"{x}\t{y}\tz"), columns("a tab, b'")),
        Bad("trailing-tab", with_line(lambda x, y: f"{x}\t{y}\t"), columns("a tab, b'")),
        Bad("leading-tab", with_line(lambda x, y: f"\t{x}\t{y}"), columns("a tab, b'", "0")),
        Bad("leading-space", with_line(lambda x, y: f" {x}\t{y}"), cut(length + 1)),
        Bad("index-column", with_line(lambda x, y: f"7\t{x}\t{y}"), columns("a tab, b'", "1")),
        Bad("short", with_line(lambda x, y: f"{x[:-1]}\t{y}"), cut(length - 1)),
        Bad("long", with_line(lambda x, y: f"{x}A\t{y}"), cut(length + 1)),
        Bad("columns-swapped-in-a-line", with_line(lambda x, y: f"{y}\t{x}"), "8: "),
        Bad("line-of-spaces-at-the-end", with_line(lambda x, y: "  "), columns("no tab")),
        Bad("comment-in-the-middle", with_line(lambda x, y: "# more"), columns("no tab")),
        Bad("header-twice", lambda pairs: text(pairs) * 2, cut(1)),
        Bad("cut-in-the-sequence", with_line(lambda x, y: x[:9]), columns("no tab")),
        Bad("cut-behind-the-sequence", with_line(lambda x, y: x), columns("no tab")),
        Bad(
            "ten-million-columns",
            lambda pairs: text(pairs) + b"\t" * 10_000_000 + b"\n",
            columns("a tab, b'\\t\\t", "0"),
        ),
        Bad(
            "ten-million-letters",
            with_line(lambda x, y: "A" * 10_000_000 + "\t" + y),
            cut(10_000_000),
        ),
        Bad(
            "emoji",
            with_line(lambda x, y: f"\N{DNA DOUBLE HELIX}{x}\t{y}"),
            cut(length + 4),
        ),
        # letters
        Bad("nul", with_line(lambda x, y: f"\0{x[1:]}\t{y}"), letter("'\\x00'")),
        Bad("gap", with_line(lambda x, y: f"{x[:-1]}-\t{y}"), letter("'-'")),
        Bad("space-inside", with_line(lambda x, y: f"{x[:4]} {x[5:]}\t{y}"), letter("' '")),
        Bad("trailing-space", with_line(lambda x, y: f"{x[:-1]} \t{y}"), letter("' '")),
        Bad(
            "tab-inside",
            with_line(lambda x, y: f"{x[:4]}\t{x[5:]}\t{y}"),
            columns("a tab, b'", "4"),
        ),
        Bad("digit", with_line(lambda x, y: f"{x[:1]}0{x[2:]}\t{y}"), letter("'0'")),
        Bad("star", with_line(lambda x, y: f"{x[:-1]}*\t{y}"), letter("'*'")),
        Bad(
            "carriage-return-inside",
            with_line(lambda x, y: f"{x[:2]}\r{x[3:]}\t{y}"),
            letter("'\\r'"),
        ),
        Bad(
            "no-ascii",
            with_line(lambda x, y: f"\xe4{x[2:]}\t{y}"),  # two bytes
            letter("'\\xc3\\xa4'"),
        ),
        Bad("quoted", with_line(lambda x, y: f'"{x[2:]}"\t{y}'), letter("'\"\"'")),
    )


# Beyond that in DNA; a file of a protein may well hold these letters.
REFUSED_DNA = (
    Bad("ambiguity-code", with_line(lambda x, y: f"R{x[1:]}\t{y}"), letter("'R'")),
    Bad("uracil", with_line(lambda x, y: f"{x[:-1]}u\t{y}"), "8: found  ...  (unknown: b'"),
    Bad("any", with_line(lambda x, y: f"X{x[1:]}\t{y}"), letter("'X'")),
    Bad("question-mark", with_line(lambda x, y: f"?{x[1:]}\t{y}"), letter("'?'")),
)
# For definitions of several classes.
REFUSED_CLASSES = (
    Bad("unknown-label", with_line(lambda x, y: f"{x}\tpromotor"), label("promotor'")),
    Bad("label-missing", with_line(lambda x, y: f"{x}\t"), label("'")),
    Bad("label-with-trailing-space", with_line(lambda x, y: f"{x}\t{y} "), label("")),
    Bad("label-in-another-case", with_line(lambda x, y: f"{x}\t{y.swapcase()}"), label("")),
    Bad("label-quoted", with_line(lambda x, y: f'{x}\t"{y}"'), label("")),
    Bad("two-labels", with_line(lambda x, y: f"{x}\t{y}|{y}"), label("")),
    Bad("label-with-nul", with_line(lambda x, y: f"{x}\t{y}\0"), label("")),
    Bad("label-decomposed", with_line(lambda x, y: f"{x}\te\u0301"), label("e\\xcc\\x81'")),
    Bad("label-number", with_line(lambda x, y: f"{x}\t0"), label("0'")),
    Bad(
        "huge-label",
        with_line(lambda x, y: x + "\t" + "c" * 1_000_000),
        label("c" * 50 + "'"),
    ),
    Bad(
        "label-that-turns-the-text",
        with_line(lambda x, y: f"{x}\t\u202e\u200b"),
        label("\\xe2\\x80\\xae\\xe2\\x80\\x8b'"),
    ),
    Bad(
        "label-in-latin-1",
        lambda pairs: text(pairs) + f"{pairs[0][0]}\tn\xe4\n".encode("latin-1"),
        label("n\\xe4'"),
    ),
    Bad("label-cut-in-a-letter", lambda pairs: text(pairs)[:-1] + b"\xc3", label("", 7)),
)
# For definitions of several labels.
REFUSED_LABELS = (
    Bad("second-unknown", with_line(lambda x, y: f"{x}\tA/B|a/b"), label("A/B|a/b'")),
    Bad("separator-at-the-end", with_line(lambda x, y: f"{x}\tA/B|"), label("A/B|'")),
    Bad("separator-first", with_line(lambda x, y: f"{x}\t|A/B"), label("|A/B'")),
    Bad("separator-alone", with_line(lambda x, y: f"{x}\t|"), label("|'")),
    Bad("labels-by-comma", with_line(lambda x, y: f"{x}\tA/B,A/B"), label("A/B,A/B'")),
    Bad("labels-spaced", with_line(lambda x, y: f"{x}\tA/B | A/B"), label("A/B | A/B'")),
    Bad(
        "thymine",
        with_line(lambda x, y: f"T{x[1:]}\tA/B"),
        letter("'T'"),
    ),
)
PROTEIN = "ARNDCEQGHILKMFPSTWYV"
REFUSED_PROTEIN = tuple(
    Bad(
        name,
        with_line(lambda x, y, found=found: f"{found}{x[1:]}\t{y}"),
        letter(repr(found)),
    )
    for name, found in (("lower-case", "a"), ("any", "X"), ("stop", "*"), ("selenocysteine", "U"))
)
