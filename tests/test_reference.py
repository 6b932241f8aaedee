"""What the catalog tells its users: --list, and docs/language.md (the schema has its own tests)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from seqgra_compile.catalog.libraries import FRAMEWORKS
from seqgra_compile.catalog.operations import OPERATIONS
from seqgra_compile.catalog.structure import ELEMENTS
from seqgra_compile.commands.compile import main
from seqgra_compile.messages.codes import CODES
from seqgra_compile.reference import about
from seqgra_compile.reference.entries import KINDS, default_text
from seqgra_compile.reference.examples import example_lines
from seqgra_compile.reference.language import PAGES

ROOT = Path(__file__).parents[1]
LANGUAGE = ROOT / "docs" / "language.md"


def listed(kind: str) -> str:
    result = CliRunner().invoke(main, ["--list", kind])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("kind", KINDS)
def test_list_holds_every_row_with_every_parameter(kind: str):
    text = listed(kind)
    assert text.endswith("\n") and not text.endswith("\n\n")
    assert max(map(len, text.splitlines())) <= 100
    for group in KINDS[kind]():
        for entry in group.entries:
            block = re.search(rf"^{entry.name}\b(?: \(also .*\))?(?::|  ).*\n(  .*\n)*", text, re.M)
            assert block, entry.name
            for row in entry.parameters:
                assert re.search(rf"^  {row.name} +{re.escape(default_text(row))} ", text, re.M)
        for row in group.shared:
            assert re.search(rf"^  {row.name} +{re.escape(default_text(row))} ", text, re.M)


def test_list_knows_its_kinds_only():
    result = CliRunner().invoke(main, ["--list", "layers"])
    assert result.exit_code == 2
    assert f"kinds are {', '.join(KINDS)}" in " ".join(result.output.split())
    options = {name: option for option in main.params for name in option.opts}
    assert all(kind in options["--list"].help for kind in KINDS)


def test_list_says_why_a_row_is_refused():
    assert "it compares pairs of inputs" in listed("losses")
    assert "it accepts only sparse gradients" in listed("optimizers")


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_what_the_tables_give(name: str):
    assert (ROOT / name).read_bytes().decode() == PAGES[name](), "make golden rewrites it"


def test_links_to_explanations():
    page = (ROOT / "docs" / "codes.md").read_text("utf-8")
    links = re.findall(r"\[(SG\d+)\]\((.*?)\)", page)
    assert [code for code, _ in links] == list(CODES)
    assert all((ROOT / "docs" / path).resolve().name == f"{code}.md" for code, path in links)
    assert all((ROOT / "docs" / path).is_file() for _, path in links)


@pytest.mark.parametrize("row", OPERATIONS.values(), ids=lambda row: row.name)
def test_every_operation_compiles_in_a_tiny_definition(row):
    shapes = set()
    for library in FRAMEWORKS:
        if row.refusal(library):
            continue
        found = list(example_lines(row, library))
        assert found and all(code for _, code in found)
        shapes |= {heading for heading, _ in found}
    assert len(shapes) == 1, "all libraries give the same shapes and numbers of weights"


def test_every_element_is_explained():
    tags = {child.tag for rule in ELEMENTS.values() for child in rule.children}
    assert set(about.ELEMENTS) == tags | {"seqgramodel"}
    attributes = {(tag, name) for tag, rule in ELEMENTS.items() for name in rule.attributes or ()}
    assert set(about.ATTRIBUTES) == attributes


def test_listing_of_data_definitions() -> None:
    text = CliRunner().invoke(main, ["--list", "data"]).stdout
    names = {line.strip().partition(":")[0] for line in text.splitlines()[3:]}
    assert {"spacingconstraint", "@mindistance", "kmer", "@setname"} <= names
    one = CliRunner().invoke(main, ["--list", "operation"])
    assert one.exit_code == 0
    assert (
        "shuffled copies" in CliRunner().invoke(main, ["--list", "postprocessing"]).stdout.lower()
    )
