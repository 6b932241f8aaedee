"""schemas/model-definition.xsd: as the catalog gives it, and of one mind with the compiler."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from seqgra_compile.catalog.activations import ACTIVATIONS
from seqgra_compile.catalog.initializers import INITIALIZERS
from seqgra_compile.catalog.losses import LOSSES
from seqgra_compile.catalog.operations import OPERATIONS, find
from seqgra_compile.catalog.operations.row import COMMON
from seqgra_compile.catalog.optimizers import OPTIMIZERS
from seqgra_compile.catalog.optimizers.row import CLIPPING
from seqgra_compile.catalog.parameters import BadValue, Kind
from seqgra_compile.catalog.regularizers import REGULARIZERS
from seqgra_compile.catalog.sequences import LABEL_NUMBER, SEED
from seqgra_compile.catalog.structure import ELEMENTS
from seqgra_compile.catalog.structure import ROOT as TOP
from seqgra_compile.catalog.training import TRAINING
from seqgra_compile.compiler import Options, compile_bytes
from seqgra_compile.reference.schema import model_schema
from seqgra_compile.reference.simpletypes import simple_type, type_name, xs

ROOT = Path(__file__).parents[1]
SCHEMA = ROOT / "schemas" / "model-definition.xsd"
ACCEPTED = [
    path
    for path in sorted([*ROOT.glob("golden/accept/*/model.xml"), *ROOT.glob("examples/*.xml")])
    if b"<seqgramodel" in path.read_bytes()
]
REJECTED = [
    path.parent
    for path in sorted(ROOT.glob("golden/reject/SG1*/model.xml"))
    if b'"data-definition"' not in path.read_bytes()
]
PUBLISHED = sorted((ROOT.parent / "shared/corpus/model-definitions").glob("*.xml"))
# What makes an SG1 case one that no schema can see: a document type, and what is asked for by the
# library or the format. Elements of which that is true may be absent as far as the structure goes.
OPTIONAL = [child.tag for child in ELEMENTS[TOP].children if not child.required]
UNSEEN = re.compile(rf"\[SG103\]|needs the attribute|lacks the element '({'|'.join(OPTIONAL)})'")
TEMPLATE = """<seqgramodel>
  <general id="m"><name/><description/><task>multi-class classification</task>
    <sequencespace>DNA</sequencespace><library>{library}</library>
    <labels><pattern max="2"/></labels><seed>1</seed></general>
  <architecture><sequential>{first}<operation>Flatten</operation>
    <operation units="2">Dense</operation></sequential></architecture>
  <loss><hyperparameter name="loss">{loss}</hyperparameter></loss>
  <optimizer><hyperparameter name="optimizer">{optimizer}</hyperparameter></optimizer>
  <trainingprocess>
    <hyperparameter name="batch_size">8</hyperparameter><hyperparameter name="epochs">1</hyperparameter>
    <hyperparameter name="early_stopping">no</hyperparameter>
    <hyperparameter name="shuffle">no</hyperparameter></trainingprocess>
</seqgramodel>"""
USUAL = {
    "library": "PyTorch",
    "first": '<operation input_shape="(9, 4)" rate="0">Dropout</operation>',
    "loss": "CrossEntropyLoss",
    "optimizer": "Adam",
}
USABLE = [row for row in OPTIMIZERS.values() if not row.refused]


@cache
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(SCHEMA))


def takes(data: bytes) -> bool:
    """Whether a definition is well-formed and the schema accepts it."""
    try:
        return schema().validate(etree.fromstring(data))
    except etree.XMLSyntaxError:
        return False


def compiles(data: bytes, folder: Path = ROOT) -> bool:
    return not compile_bytes(
        "m.xml", data, [folder], options=Options(check_only=True)
    ).diagnostics.failed


def definition(**changes: str) -> bytes:
    return TEMPLATE.format(**(USUAL | changes)).encode()


def test_schema_is_what_the_catalog_gives():
    assert SCHEMA.read_bytes().decode() == model_schema(), "make golden rewrites it"


@pytest.mark.parametrize("path", ACCEPTED, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_our_definitions_are_valid(path: Path):
    schema().assertValid(etree.parse(path))


@pytest.mark.skipif(not PUBLISHED, reason="the published definitions do not lie here")
def test_published_definitions_are_valid():
    for path in PUBLISHED:
        schema().assertValid(etree.parse(path))


@pytest.mark.parametrize("case", REJECTED, ids=lambda case: case.name)
def test_wrong_structures_are_invalid(case: Path):
    unseen = UNSEEN.search((case / "stderr.txt").read_text("utf-8"))
    assert takes((case / "model.xml").read_bytes()) == bool(unseen)


def test_most_wrong_structures_are_seen():
    said = [(case / "stderr.txt").read_text("utf-8") for case in REJECTED]
    assert sum(not UNSEEN.search(text) for text in said) > 25


def test_the_definition_below_is_valid():
    assert takes(definition()) and compiles(definition())


@pytest.mark.parametrize("change", [str.lower, str.upper, str.swapcase, " \n{}\t".format])
@pytest.mark.parametrize("row", USABLE, ids=lambda row: f"{row.library}-{row.name}")
def test_optimizers_in_any_case(row, change):
    loss = "categorical_crossentropy" if row.library == "TensorFlow" else "CrossEntropyLoss"
    data = definition(library=row.library, loss=loss, optimizer=change(row.name))
    assert compiles(data) and takes(data)


@pytest.mark.parametrize("change", [str.lower, str.upper, "_".join, " \n{}\t".format])
@pytest.mark.parametrize("row", [r for r in LOSSES.values() if not r.refused], ids=lambda r: r.name)
def test_losses_in_any_case(row, change):
    for name in (row.name, *row.aliases):
        data = definition(library=row.library, loss=change(name))
        if "multi-class" not in row.tasks[0]:
            data = data.replace(b"multi-class", b"multi-label")
        assert compiles(data) and takes(data), name


@pytest.mark.parametrize("change", [str.lower, str.upper, str.swapcase, " \n{}\t".format])
def test_operations_in_any_case(change):
    for row in OPERATIONS.values():
        for name in (row.name, *row.aliases):
            first = f"<operation>{change(name)}</operation>"
            assert find(change(name)) is row
            assert takes(definition(first=first)), name


def test_words_that_are_none_are_invalid():
    for changes in (
        {"library": "Keras"},
        {"first": "<operation>Conv4D</operation>"},
        {"first": '<operation unts="3">Dense</operation>'},
        {"first": '<operation units="three">Dense</operation>'},
        {"first": '<operation units="0">Dense</operation>'},
        {"first": '<operation units="3" activation="RELU">Dense</operation>'},
        {"first": '<operation units="3" kernel_initializer="Glorot">Dense</operation>'},
        {"loss": "CrossEntropy"},
        {"optimizer": "Adm"},
    ):
        assert not takes(definition(**changes)), changes
        assert not compiles(definition(**changes)), changes


def test_attributes_of_xml_itself_are_valid():
    data = definition().replace(
        b"<seqgramodel>",
        b'<seqgramodel xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        b'xsi:noNamespaceSchemaLocation="model.xsd" xml:lang="en">',
    )
    data = data.replace(b'max="2"/>', b'max="2" xml:space="preserve"> <!-- two --> </pattern>')
    assert takes(data) and compiles(data)


# ---- values ----

KINDS: dict[str, Kind] = {}
for found in (
    *(p for row in OPERATIONS.values() for p in row.parameters),
    *(p for row in LOSSES.values() for p in row.parameters),
    *(p for row in OPTIMIZERS.values() for p in row.parameters),
    *(*COMMON, *CLIPPING, *TRAINING),
):
    KINDS[repr((type_name(found.kind), found.kind.wants))] = found.kind
KINDS |= {"seed": SEED, "label": LABEL_NUMBER}
NAMES = [*ACTIVATIONS, *INITIALIZERS, *REGULARIZERS]
PARTS = st.sampled_from(
    ["1", "2", "0", "9", "(", ")", "[", "]", ",", " ", "\n", "-", "+", ".", "e", "E", "_", "#", "x", "0x1F"]
    + ["=", "'", '"', "seed", "True", "oFF", "y", "None", "tf.keras.initializers.", "regularizers."]
    + ["he_NORMAL", "l1", "l2=", "1e-3", "(1, 2)", "(0.9, 0.99)", "(11,)", "valid", "SAME", "2147483647"]
    + NAMES
)  # fmt: skip
TEXTS = st.lists(PARTS, max_size=6).map("".join)


@cache
def value_schema(name: str) -> etree.XMLSchema:
    """A schema of one element, of a kind's type."""
    kind = simple_type(KINDS[name])
    element = ET.tostring(xs("schema", xs("element", kind, name="value")))
    return etree.XMLSchema(etree.fromstring(element))


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=150, deadline=None)
@given(text=TEXTS)
@example(text=" 1 ")
@example(text="+1")
@example(text="0")
@example(text="2147483648")
@example(text="4294967295")
@example(text=".5")
@example(text="5.")
@example(text="1e-400")
@example(text="(0x10, 1_0) # two")
@example(text="[-1, 2,]")
@example(text="(0.5, 1.2)")
@example(text="keras.initializers.he_normal(seed=3)")
@example(text="'glorot_uniform'")
@example(text="L1_L2(l1=0.1)")
@example(text="regularizers.l2(0.01)")
@example(text="initializers.Zeros()#1_")
def test_schema_takes_every_value_that_the_compiler_takes(name: str, text: str):
    element = etree.Element("value")
    element.text = text
    try:
        KINDS[name].parse(text)
    except BadValue:
        return
    assert value_schema(name).validate(element), text
