"""schemas/data-definition.xsd: as the tables give it, and of one mind with the compiler."""

from __future__ import annotations

import copy
import random
from functools import cache
from pathlib import Path

import pytest
import random_data
from lxml import etree

from seqgra_compile.catalog.datastructure import ELEMENTS
from seqgra_compile.compiler import Options, compile_bytes
from seqgra_compile.reference import dataabout
from seqgra_compile.reference.dataschema import data_schema

ROOT = Path(__file__).parents[1]
SCHEMA = ROOT / "schemas" / "data-definition.xsd"
OURS = [
    path
    for pattern in ("golden/*/*/*.xml", "examples/*.xml", "templates/first/*.xml")
    for path in sorted(ROOT.glob(pattern))
    if b"<seqgradata" in path.read_bytes()
]
REJECTED = [path for path in OURS if path.parent.parent.name == "reject"]
# What depends on several places at once, and what no schema can see.
UNSEEN = ("SG421", "SG422", "SG423", "SG425", "SG43", "SG52", "SG103")
VALUES = {
    "seed": ["0", " 7 ", "4294967295", "4294967296", "-1", "+1", "1.5", "one", ""],
    "minlength": ["1", "20", "0", "1000000000", "1000000001", "ten", ""],
    "probability": ["1", "1.0", "0.5", ".5", "1e-3", "0", "-0.1", "1.01", "half", ""],
    "position": ["random", "center", "20", "1", "Start", "-1", "+3", "1.5", "1234567890", ""],
    "mode": ["", "sequential", "mutually exclusive", "exclusive", "Sequential"],
    "task": ["multi-class classification", "multi-label classification", "regression", ""],
    "operation": ["kmer-frequency-preserving-shuffle", "shuffle", ""],
    "letter/@probability": ["0", "1", "0.25", "1e-9", "-0.5", "2", "nan", "INF", ""],
    "example/@samples": ["1", "10", "0", "-3", "x", ""],
    "operation/@k": ["1", "3", "0", "k", ""],
    "spacingconstraint/@mindistance": ["0", "2", "-1", "two", ""],
    "spacingconstraint/@order": ["in-order", "random", "any", ""],
    "set/@name": ["training", "dev", ""],
    "alphabetdistribution/@setname": ["training", "dev", ""],
    "condition/@id": ["c1", "c-1", "c_1", "c 1", "c|1", "", "é"],
}
_CHECK = Options(check_only=True)


@cache
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(SCHEMA))


def codes(data: bytes) -> set[str]:
    """Those of errors."""
    found = compile_bytes("d.xml", data, options=_CHECK).diagnostics
    # An element of the definition, but not of the constraint's rule, is of no key.
    errors = (each for each in found if "the rule of this constraint" not in each.message)
    return {each.code for each in errors if each.severity.value == "error"}


def takes(data: bytes) -> bool:
    try:
        return schema().validate(etree.fromstring(data))
    except etree.XMLSyntaxError:
        return False


def agree(data: bytes) -> None:
    """What the compiler takes, the schema takes; what it refuses for a place alone, too."""
    found = codes(data)
    if not compile_bytes("d.xml", data, options=_CHECK).diagnostics.failed:
        assert takes(data), schema().error_log
    elif any(not code.startswith(UNSEEN) for code in found):
        assert not takes(data), found


def test_schema_is_what_the_tables_give():
    assert SCHEMA.read_bytes().decode() == data_schema(), "make golden rewrites it"


def test_every_place_is_explained():
    assert set(dataabout.ELEMENTS) == set(ELEMENTS)
    assert set(dataabout.ATTRIBUTES) == {
        (tag, name) for tag, rule in ELEMENTS.items() for name in rule.attributes or {}
    }


def test_of_one_mind_on_our_definitions():
    assert len(OURS) > 80
    for path in OURS:
        agree(path.read_bytes())


def test_most_faults_are_seen():
    seen = sum(not takes(path.read_bytes()) for path in REJECTED)
    assert seen > 35


def mutate(tree: etree._Element, draw: random.Random) -> None:
    """One change of the structure."""
    elements = [each for each in tree.iter() if isinstance(each.tag, str) and each is not tree]
    one, other = draw.sample(elements, 2)
    match draw.randrange(8):
        case 0:
            one.getparent().remove(one)
        case 1:
            one.addnext(copy.deepcopy(one))
        case 2:
            one.tag = draw.choice(["rule", "letter", "Seed", "set", other.tag])
        case 3:
            for name in list(one.attrib)[:1]:
                del one.attrib[name]
        case 4:
            one.set(draw.choice(["id", "k", "cid", "probability", "x"]), "c1")
        case 5:
            one.text = draw.choice(["", "x", " ", "1"])
        case 6:
            one.tail = draw.choice(["x", " "])
        case 7:
            if one not in other.iterancestors() and one.getparent() is not None:
                other.append(copy.deepcopy(one))


def test_of_one_mind_on_changed_structures():
    refused = 0
    for seed in range(300):
        draw = random.Random(seed)
        tree = etree.fromstring(random_data.definition(seed % 7).encode())
        for _ in range(draw.randint(1, 2)):
            mutate(tree, draw)
        data = etree.tostring(tree)
        agree(data)
        refused += not takes(data)
    assert refused > 150


@pytest.mark.parametrize("place", VALUES)
def test_of_one_mind_on_values(place):
    tag, _, attribute = place.partition("/@")
    for seed in range(60):
        text = random_data.definition(seed)
        if "<operation" in text and "<spacingconstraint " in text and "<mode>" in text:
            break
    for value in VALUES[place]:
        tree = etree.fromstring(text.encode())
        element = next(each for each in tree.iter(tag) if place != "position" or not len(each))
        if attribute:
            element.set(attribute, value)
        else:
            element.text = value
        agree(etree.tostring(tree))
