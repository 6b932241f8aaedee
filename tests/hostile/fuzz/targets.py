"""What is fuzzed: each target makes definitions and files out of an input's bytes."""

from __future__ import annotations

import functools
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from choices import (
    Choices,
    Node,
    Vocabulary,
    changed_bytes,
    changed_json,
    changed_structure,
    changed_values,
    node,
)

from seqgra_compile.catalog.libraries import PYTORCH, TENSORFLOW
from seqgra_compile.catalog.semantics import SEMANTICS

ROOT = Path(__file__).resolve().parents[3]
ACCEPT, REJECT = ROOT / "golden" / "accept", ROOT / "golden" / "reject"
LIBRARIES = (None, None, PYTORCH, TENSORFLOW)
MAX_BASE = 20_000


@dataclass(frozen=True)
class Input:
    """One input to the compiler: a definition, and the files beside it by name."""

    definition: bytes
    files: dict[str, bytes] = field(default_factory=dict)
    semantics: str = "intended"
    library: str | None = None
    h5: dict | None = None
    """What the reader of .h5 files gives, where that is what changes."""


def _texts(pattern: str) -> list[bytes]:
    paths = [*sorted(ACCEPT.glob(pattern)), *sorted(REJECT.glob(pattern))]
    return [data for data in (path.read_bytes() for path in paths) if len(data) < MAX_BASE]


def _nodes(texts: Iterable[bytes]) -> list[Node]:
    found = []
    for text in texts:
        if b"<!DOCTYPE" not in text:
            try:
                found.append(node(ET.fromstring(text)))
            except (ET.ParseError, ValueError, LookupError):
                continue
    return found


@functools.cache
def _models() -> tuple[list[Node], Vocabulary]:
    roots = _nodes(_texts("*/model.xml"))
    return roots, Vocabulary.of(roots)


@functools.cache
def _grammars() -> tuple[list[Node], Vocabulary]:
    roots = _nodes(_texts("*/*data*.xml"))
    return roots, Vocabulary.of(roots)


def _case(name: str) -> tuple[bytes, dict[str, bytes]]:
    """A golden case: its definition, and the other files in it."""
    folder = ACCEPT / name
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    definition = files.pop("model.xml")
    files.pop("history.json", None), files.pop("train.py", None)
    return definition, files


case = functools.cache(_case)


def xml(data: bytes) -> Input:
    """The definition's bytes themselves."""
    return Input(data)


def seeds(pattern: str) -> list[bytes]:
    return _texts(pattern)


def _settings(choices: Choices) -> dict[str, object]:
    return {"semantics": choices.pick(list(SEMANTICS)), "library": choices.pick(LIBRARIES)}


def _root(choices: Choices, roots: list[Node]) -> Node:
    """One of the definitions, more often one that is accepted: those come first."""
    return choices.pick(roots[:21] if choices.number(3) else roots)


def structure(data: bytes) -> Input:
    """Golden definitions with elements and attributes moved, doubled, renamed, taken away."""
    choices = Choices(data)
    roots, words = _models()
    settings = _settings(choices)
    root = changed_structure(_root(choices, roots), choices, words)
    return Input(root.xml().encode("utf-8", "surrogatepass"), _beside(), **settings)


def values(data: bytes) -> Input:
    """Golden definitions with other values of attributes and elements."""
    choices = Choices(data)
    roots, words = _models()
    settings = _settings(choices)
    root = changed_values(_root(choices, roots), choices, words)
    return Input(root.xml().encode("utf-8", "surrogatepass"), _beside(), **settings)


@functools.cache
def _beside() -> dict[str, bytes]:
    """Files that golden definitions name."""
    found: dict[str, bytes] = {}
    for folder in sorted(ACCEPT.iterdir()):
        found |= {name: data for name, data in case(folder.name)[1].items() if len(data) < 200_000}
    return found


_BAYES = (
    "boc-mc4-dna60-positions-pairs",
    "boc-mc2-rna30-pairs",
    "boc-ml2-protein40-kmers",
)


def data_definition(data: bytes) -> Input:
    """Data definitions with other bytes, values and structure, named by a Bayes classifier."""
    choices = Choices(data)
    definition, files = case(choices.pick(_BAYES))
    name = next(name for name in files if name.endswith(".xml"))
    roots, words = _grammars()
    semantics = choices.pick(list(SEMANTICS))
    kind = choices.number(4)
    base = node(ET.fromstring(files[name])) if choices.number(4) else choices.pick(roots)
    if kind == 0:
        changed = changed_bytes(files[name], choices)
    elif kind == 1:
        changed = changed_structure(base, choices, words).xml().encode("utf-8", "surrogatepass")
    else:
        changed = changed_values(base, choices, words).xml().encode("utf-8", "surrogatepass")
    return Input(definition, {name: changed}, semantics)


@functools.cache
def _jsons() -> tuple[list[object], list[object]]:
    """Descriptions of Keras models, and values that occur in them."""
    found = []
    for path in [*sorted(ACCEPT.rglob("*.json")), *sorted(REJECT.rglob("*.json"))]:
        if path.name != "history.json":
            try:
                found.append(json.loads(path.read_bytes()))
            except ValueError:
                continue
    words: list[object] = []
    for each in found:
        words += _inside(each)
    return found, words


def _inside(found: object) -> list[object]:
    below = found.values() if isinstance(found, dict) else found if isinstance(found, list) else ()
    inner = [item for each in below for item in _inside(each)]
    keys = list(found) if isinstance(found, dict) else []
    return [found, *keys, *inner] if len(repr(found)) < 500 else [*keys, *inner]


def keras_json(data: bytes) -> Input:
    """Keras's JSON files."""
    choices = Choices(data)
    definition, files = case("tf-ml2-dna24-keras-json")
    name = next(name for name in files if name.endswith(".json"))
    bases, words = _jsons()
    library = choices.pick(LIBRARIES)
    if choices.number(4) == 0:
        changed = changed_bytes(files[name], choices)
    else:
        base = choices.pick([json.loads(files[name]), *bases])
        strings = [word for word in words if isinstance(word, str)]
        changed = _dumped(changed_json(base, choices, words + strings))
    return Input(definition, {name: changed}, library=library)


def _dumped(found: object) -> bytes:
    return json.dumps(found, default=str, skipkeys=True).encode("utf-8", "surrogatepass")


@functools.cache
def _h5_contents() -> tuple[dict, ...]:
    from seqgra_compile.files.keras import h5_file

    paths = [*sorted(ACCEPT.rglob("*.h5")), *sorted(REJECT.rglob("*.h5"))]
    found = []
    for path in paths:
        try:
            found.append(h5_file.found_in(path.read_bytes()))
        except ValueError:
            continue
    return tuple(found)


def keras_h5(data: bytes) -> Input:
    """What Keras's .h5 files hold: the process that reads them is left out."""
    choices = Choices(data)
    definition, files = case("tf-mc3-dna24-keras-h5")
    words = _jsons()[1]
    found = dict(choices.pick(_h5_contents()))
    key = choices.pick([key for key in found if found[key]] or ["model_config"])
    if isinstance(found.get(key), str) and key.endswith("config"):
        found[key] = _dumped(changed_json(json.loads(found[key]), choices, words)).decode()
    elif key == "layers" and found[key]:
        found[key] = _changed_layers(found[key], choices)
    else:
        found["keras_version"] = choices.pick([choices.text(20), "2.9.0", "3.0"])
        found["resumable"] = bool(choices.number(2))
    return Input(definition, files, library=choices.pick(LIBRARIES), h5=found)


def _changed_layers(layers: dict[str, list[dict]], choices: Choices) -> dict[str, list[dict]]:
    """Weights with other names, shapes and types: lists and types are as the reader makes them."""
    layers = {name: [dict(weight) for weight in weights] for name, weights in layers.items()}
    name = choices.pick(sorted(layers))
    weights = layers[name]
    if not weights or choices.number(5) == 0:
        layers[choices.text(8)] = layers.pop(name)
        return layers
    weight = choices.pick(weights)
    kind = choices.number(4)
    if kind == 0:
        weight["path"] = choices.text(20) + choices.pick(["/kernel:0", "", "/bias"])
    elif kind == 1:
        weight["shape"] = [choices.number(65536) for _ in range(choices.number(5))]
    elif kind == 2:
        weight["dtype"] = choices.pick(["float64", "object", choices.text(8)])
    else:
        weights.remove(weight)
    return layers


def h5_bytes(data: bytes) -> Input:
    """The bytes of Keras's .h5 files, read by the process that reads them."""
    choices = Choices(data)
    definition, files = case("tf-mc3-dna24-keras-h5")
    name = next(name for name in files if name.endswith(".h5"))
    return Input(definition, {name: changed_bytes(files[name], choices)})


def saved_model(data: bytes) -> Input:
    """The files of a SavedModel: bytes of each, and the description in them."""
    choices = Choices(data)
    definition, files = case("tf-ml2-dna24-saved-model")
    files = dict(files)
    metadata = next(name for name in files if name.endswith("keras_metadata.pb"))
    if choices.number(3) == 0:
        text = re.search(rb'\{"name".*\}', files[metadata], re.DOTALL)
        base = _first_json(text[0]) if text else {}
        files[metadata] = _metadata(_dumped(changed_json(base, choices, _jsons()[1])))
    else:
        name = choices.pick(sorted(name for name in files if "/" in name))
        files[name] = changed_bytes(files[name], choices)
    return Input(definition, files, library=choices.pick(LIBRARIES))


def _first_json(data: bytes) -> object:
    return json.JSONDecoder().raw_decode(data.decode("utf-8", "replace"))[0]


def _metadata(description: bytes) -> bytes:
    """keras_metadata.pb with one object in it."""
    inner = b"\x2a" + _varint(len(description)) + description
    return b"\x0a" + _varint(len(inner)) + inner


def _varint(number: int) -> bytes:
    found = b""
    while number > 127:
        found += bytes([number & 127 | 128])
        number >>= 7
    return found + bytes([number])


_SNIPPETS = [
    b"import os\n",
    b"from . import x\n",
    b"from os import *\n",
    b"from __future__ import annotations\n",
    b"x = 1; y = 2\n",
    b"if __name__ == '__main__':\n    pass\n",
    b"class A(nn.Module): pass\n",
    b"\\\n",
    b"\x0c\n",
    b"'''\n",
    b"# fmt: off\n",
    b"# /// script\n# dependencies = ['x']\n# ///\n",
    b"match x:\n    case [1, *y]:\n        pass\n",
    b"async def f():\n    async with a as b:\n        await c\n",
    b"print 1\n",
    b"x = f'{a!r:>{b}}'\n",
    b"def f(a, /, b, *, c): return (yield)\n",
    b"with (a as b, c as d): pass\n",
    b"type X = int\n",
    b"x: int = (y := 3)\n",
    b"del (a, b), c\n",
    b"global x\n",
    b"return\n",
    b"@a.b[1]\ndef f(): ...\n",
    b"lambda *a, **k: (a, k)\n",
    b"# -*- coding: latin-1 -*-\n",
    b"nonlocal main\n",
    b"\xff\xfe",
    b"\0",
    b"    ",
    b"\t",
]


@functools.cache
def _modules() -> tuple[list[bytes], bytes]:
    paths = [
        *sorted(ACCEPT.rglob("*.py")),
        *sorted(REJECT.rglob("*.py")),
        *sorted((ROOT / "examples").glob("motif*.py")),
    ]
    definition = (REJECT / "SG605-unknown-class" / "model.xml").read_bytes()
    return [path.read_bytes() for path in paths if path.name != "train.py"], definition


def module(data: bytes) -> Input:
    """PyTorch modules with lines moved, doubled, taken away and put in."""
    choices = Choices(data)
    bases, definition = _modules()
    base = choices.pick(bases)
    names = re.findall(rb"^class (\w+)", base, re.MULTILINE)
    lines = base.splitlines(keepends=True)
    for _ in range(1 + choices.number(3)):
        at = choices.number(len(lines) + 1)
        kind = choices.number(5)
        if kind == 0:
            lines[at:at] = [choices.pick(_SNIPPETS)]
        elif kind == 1:
            del lines[at : at + 1]
        elif kind == 2 and at < len(lines):
            lines[at] = choices.pick([b"    ", b"\t", b"", b" "]) + lines[at].lstrip()
        elif kind == 3 and at < len(lines):
            lines[at] = changed_bytes(lines[at], choices)
        elif kind == 4:
            lines[at:at] = [choices.pick(lines)] if lines else []
    name = choices.pick(names) if names else b"X"
    definition = re.sub(rb'classname="[^"]*"', b'classname="%s"' % name, definition)
    return Input(definition, {"motifs.py": b"".join(lines)})


def weights(data: bytes) -> Input:
    """Files of weights: their header, and a pickle in them."""
    choices = Choices(data)
    definition, files = case("tf-ml2-dna40-conv2d-weights")
    name = choices.pick(sorted(name for name in files if name.endswith(".npy")))
    changed = changed_bytes(files[name][: 80 + choices.number(400)], choices)
    return Input(definition, files | {name: changed})


def whole(data: bytes) -> Input:
    """Definitions and their files of all kinds."""
    if not data:
        return Input(b"")
    return (structure, values, data_definition, keras_json, module, values)[data[0] % 6](data[1:])


@dataclass(frozen=True)
class Target:
    """How inputs are made; `starts`: a process is started for each."""

    make: Callable[[bytes], Input]
    length: int
    starts: bool = False
    corpus: str = ""


TARGETS = {
    "xml": Target(xml, 8000, corpus="*/model.xml"),
    "structure": Target(structure, 64),
    "values": Target(values, 200),
    "data": Target(data_definition, 200),
    "keras-json": Target(keras_json, 100),
    "keras-h5": Target(keras_h5, 100),
    "h5-bytes": Target(h5_bytes, 64, starts=True),
    "saved-model": Target(saved_model, 100),
    "module": Target(module, 100),
    "weights": Target(weights, 100),
    "whole": Target(whole, 200),
}
