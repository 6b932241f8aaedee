"""Choices out of an input's bytes, and trees that such choices change.

A fuzzer works on bytes. What is made of them here follows small steps of theirs by small steps, so
that an input which reaches new code can be developed further.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr


class Choices:
    """Decisions read from bytes; behind their end every decision is the first one."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.place = 0

    def number(self, below: int) -> int:
        size = 1 if below <= 256 else 2
        found = int.from_bytes(self.data[self.place : self.place + size], "little")
        self.place += size
        return found % max(1, below)

    def pick(self, items: Sequence):
        return items[self.number(len(items))]

    def bytes(self, most: int) -> bytes:
        found = self.data[self.place : self.place + self.number(most + 1)]
        self.place += len(found)
        return found

    def text(self, most: int) -> str:
        """Characters of all kinds: letters mostly, but from the whole of Unicode."""
        raw = self.bytes(most)
        if len(raw) > 1 and raw[0] < 64:
            return "".join(map(chr, raw[1:]))
        if len(raw) > 3 and raw[0] < 128:
            points = zip(raw[1::3], raw[2::3], raw[3::3], strict=False)
            return "".join(chr((a << 16 | b << 8 | c) % 0x110000) for a, b, c in points)
        return raw.decode("utf-8", "replace")

    @property
    def left(self) -> bool:
        return self.place < len(self.data)


@dataclass
class Node:
    """An element of a definition."""

    tag: str
    attributes: list[list[str]]
    text: str = ""
    children: list[Node] = field(default_factory=list)

    def all(self) -> list[Node]:
        found = [self]
        for child in self.children:
            found += child.all()
        return found

    def xml(self) -> str:
        attributes = "".join(f" {name}={quoteattr(value)}" for name, value in self.attributes)
        inside = escape(self.text) + "".join(child.xml() for child in self.children)
        return f"<{self.tag}{attributes}>{inside}</{self.tag}>\n"


def node(element) -> Node:
    """A node of an `xml.etree` element."""
    return Node(
        element.tag,
        [[name, value] for name, value in element.attrib.items()],
        (element.text or "").strip(),
        [node(child) for child in element],
    )


TOKENS = [
    "",
    " ",
    "0",
    "1",
    "-1",
    "1.5",
    "1e9",
    "1e400",
    "nan",
    "inf",
    "None",
    "True",
    "false",
    "2147483647",
    "2147483648",
    "9" * 400,
    "(1,)",
    "(150, 4)",
    "(1, 150, 4)",
    "(None, 4)",
    "(0, 4)",
    "[]",
    "((1,),)",
    "{1}",
    "'a'",
    '"""',
    "'''",
    "\\",
    "\\N{BULLET}",
    "{{ 7 * 7 }}",
    "{% for x in y %}",
    "{# #}",
    "{0.__class__}",
    "%s%n",
    "# /// script",
    "# fmt: off",
    "# -*- coding: rot13 -*-",
    "\u202e",
    "\u200b",
    "\u2028",
    "\u00a0",
    "\U0001f9ec",
    "\U000e0001",
    "\x85",
    "|",
    "a|b",
    "\t",
    "a\nb",
    "../x",
    "/dev/zero",
    "a/b",
    "model.xml",
    "__import__('os').system('id')",
    "tf.keras.initializers.Constant(value=1)",
    "keras.regularizers.l2(0.1)",
    "l1_l2(l1=1, l2=-1)",
    "RandomNormal(mean=0, stddev=1, seed=3)",
    "same",
    "valid",
    "causal",
    "channels_first",
    "softmax",
    "linear",
    "relu",
]


@dataclass
class Vocabulary:
    """Words that occur in definitions, by what they are."""

    tags: list[str]
    attributes: list[list[str]]
    texts: list[str]
    nodes: list[Node]

    @staticmethod
    def of(roots: Sequence[Node]) -> Vocabulary:
        nodes = [each for root in roots for each in root.all()]
        unique = {(name, value) for each in nodes for name, value in each.attributes}
        return Vocabulary(
            sorted({each.tag for each in nodes}),
            [list(pair) for pair in sorted(unique)],
            sorted({each.text for each in nodes}),
            [each for each in nodes if len(each.all()) < 30],
        )


def value(choices: Choices, words: Vocabulary, old: str) -> str:
    """Another text for an attribute or an element."""
    old = old[:2000]
    kind = choices.number(7)
    if kind == 0:
        return choices.pick(TOKENS)
    if kind == 1:
        return choices.pick(words.texts)
    if kind == 2:
        return choices.pick(words.attributes)[1]
    if kind == 3:
        return choices.text(40)
    if kind == 4:
        at = choices.number(len(old) + 1)
        return old[:at] + choices.text(8) + old[at + choices.number(4) :]
    if kind == 5:
        return old + choices.pick(TOKENS)
    return (old or choices.pick(TOKENS)) * (1 + choices.number(600))


def changed_values(root: Node, choices: Choices, words: Vocabulary) -> Node:
    """A definition with other values at some places."""
    root = copy.deepcopy(root)
    nodes = root.all()
    for _ in range(choices.pick((1, 1, 2, 4))):
        each = choices.pick(nodes)
        if each.attributes and choices.number(2):
            pair = choices.pick(each.attributes)
            pair[1] = value(choices, words, pair[1])
        elif each.attributes or not each.children:
            each.text = value(choices, words, each.text)
    return root


def changed_structure(root: Node, choices: Choices, words: Vocabulary) -> Node:
    """A definition with elements and attributes moved, doubled, renamed, added and taken away."""
    root = copy.deepcopy(root)
    for _ in range(choices.pick((1, 1, 2, 5))):
        nodes = root.all()
        each = choices.pick(nodes)
        kind = choices.number(10)
        if kind == 0 and each.children:
            del each.children[choices.number(len(each.children))]
        elif kind == 1 and each.children:
            at = choices.number(len(each.children))
            each.children.insert(at, copy.deepcopy(each.children[at]))
        elif kind == 2 and len(each.children) > 1:
            first, second = (choices.number(len(each.children)) for _ in range(2))
            children = each.children
            children[first], children[second] = children[second], children[first]
        elif kind == 3:
            each.children.append(copy.deepcopy(choices.pick(words.nodes)))
        elif kind == 4:
            each.tag = choices.pick(words.tags)
        elif kind == 5:
            pair = list(choices.pick(words.attributes))
            if pair[0] not in [name for name, _ in each.attributes]:
                each.attributes.append(pair)
        elif kind == 6 and each.attributes:
            del each.attributes[choices.number(len(each.attributes))]
        elif kind == 7 and each.attributes:
            choices.pick(each.attributes)[1] = value(choices, words, "1")
        elif kind == 8:
            each.text = value(choices, words, each.text)
        elif kind == 9:
            other = choices.pick(words.nodes)
            each.tag, each.text = other.tag, other.text
            each.attributes = [list(pair) for pair in other.attributes]
    return root


def changed_json(found: object, choices: Choices, words: Sequence[object]) -> object:
    """A JSON value with parts replaced, doubled and taken away."""
    found = copy.deepcopy(found)
    for _ in range(1 + choices.number(3)):
        inner = found
        for _ in range(1 + choices.number(8)):
            below = inner.values() if isinstance(inner, dict) else inner
            below = [item for item in below if isinstance(item, (dict, list)) and item]
            if not below:
                break
            inner = choices.pick(below)
        _change(inner, choices, words)
    return found


def _change(inner: dict | list, choices: Choices, words: Sequence[object]) -> None:
    if not inner:
        return
    keys = list(inner) if isinstance(inner, dict) else list(range(len(inner)))
    key = choices.pick(keys)
    kind = choices.number(6)
    if kind == 0:
        del inner[key]
    elif kind == 1:
        inner[key] = copy.deepcopy(choices.pick(words))
    elif kind == 2:
        inner[key] = choices.pick([choices.text(20), choices.number(65536) - 300, 0.5, None, True])
    elif kind == 3:
        inner[key] = choices.pick([[inner[key]], {"class_name": inner[key], "config": {}}, [], {}])
    elif kind == 4 and isinstance(inner, list):
        inner.append(copy.deepcopy(inner[key]))
    elif kind == 4:
        strings = [word for word in words if isinstance(word, str)]
        inner[choices.pick(strings) if choices.number(2) else choices.text(8)] = inner[key]
    else:
        inner[key], other = inner[choices.pick(keys)], inner[key]
        del other


def changed_bytes(data: bytes, choices: Choices) -> bytes:
    """Bytes with some of them replaced, taken out, put in and doubled."""
    changed = bytearray(data)
    for _ in range(1 + choices.number(4)):
        at = choices.number(len(changed) + 1)
        kind = choices.number(5)
        if kind == 0:
            changed[at : at + 1] = choices.bytes(1)
        elif kind == 1:
            changed[at : at + choices.number(40)] = choices.bytes(16)
        elif kind == 2:
            start = choices.number(len(changed) + 1)
            changed[at:at] = changed[start : start + choices.number(80)]
        elif kind == 3:
            del changed[at:]
        elif at < len(changed):
            changed[at] ^= 1 << choices.number(8)
    return bytes(changed)
