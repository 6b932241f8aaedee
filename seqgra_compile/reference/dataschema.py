"""schemas/data-definition.xsd: data definitions for XML editors.

Texts of elements and attributes are tied to their places, so the schema is as strict as the
reader, except for what depends on several places at once.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from ..catalog.data import NUMBERS, POSITION, POSITIONS, WORDS
from ..catalog.datastructure import ELEMENTS, ROOT
from ..catalog.sequences import ID
from ..catalog.structure import Child, ElementRow
from . import dataabout
from .simpletypes import (
    blank,
    pattern,
    schema_text,
    simple_type,
    type_name,
    words,
    xml_attributes,
    xs,
)

_HEAD = """
  The structure and the words of a data definition, for XML editors. It takes whatever
  seqgra-compile takes. What depends on several places at once, such as the letters of an alphabet or
  sums of probabilities, is left to seqgra-compile. Made from the compiler's tables: do not edit.
"""
_WORD = "[A-Za-z]"
_LETTERS = {"letter": _WORD, "kmer": f"{_WORD}+"}
# Ids that must be unique, and the places that refer to them.
_KEYS = {
    "condition": "conditions/condition",
    "sequenceelement": "sequenceelements/sequenceelement",
}
_RULE = "conditions/condition/grammar/rule"
_REFERENCES = (
    ("condition", "background/alphabetdistributions/alphabetdistribution", "cid"),
    ("condition", "datageneration/sets/set/example/conditionref", "cid"),
    ("sequenceelement", f"{_RULE}/sequenceelementrefs/sequenceelementref", "sid"),
    ("sequenceelement", f"{_RULE}/spacingconstraints/spacingconstraint", "sid1"),
    ("sequenceelement", f"{_RULE}/spacingconstraints/spacingconstraint", "sid2"),
)


def data_schema() -> str:
    """The text of schemas/data-definition.xsd."""
    root = _element(Child(ROOT))
    root.extend(_identities())
    schema = xs("schema", ET.Comment(_HEAD), root, xml_attributes())
    types = {
        "id": pattern(ID.replace("-]", r"\-]"), base="xs:string"),
        "blank": blank(),
        "position": pattern("|".join((*POSITIONS, POSITION))),
        "one-line": pattern(r"[^\t\r\n]*", base="xs:string"),
        **{name: pattern(text) for name, text in _LETTERS.items()},
        **{_words_name(place): words((w, "") for w in listed) for place, listed in WORDS.items()},
        **{type_name(kind): simple_type(kind) for kind in NUMBERS.values()},
    }
    for name, element in types.items():
        element.set("name", name)
        schema.append(element)
    return schema_text(schema)


def _words_name(place: str) -> str:
    return "set-name" if place.endswith(("@setname", "set/@name")) else place.rpartition("/@")[2]


def _type_of(place: str) -> str:
    """The type of an element's text, or of an attribute: `element/@attribute`."""
    if place in NUMBERS:
        return type_name(NUMBERS[place])
    if place in WORDS:
        return _words_name(place)
    if place in _LETTERS or place == "position":
        return place
    if place == "operation/@labels":
        return "one-line"  # it goes into a column of a data file
    return "id" if place.endswith(("@id", "@cid", "@sid", "@sid1", "@sid2")) else "xs:string"


def _element(child: Child) -> ET.Element:
    """An element and everything in it."""
    occurs = {} if child.required else {"minOccurs": "0"}
    if child.repeated:
        occurs["maxOccurs"] = "unbounded"
    return xs(
        "element",
        _complex_type(ELEMENTS[child.row], child.tag),
        about=dataabout.ELEMENTS[child.row],
        name=child.tag,
        **occurs,
    )


def _complex_type(rule: ElementRow, tag: str) -> ET.Element:
    attributes = [*_attributes(rule, tag), xs("attributeGroup", ref="xml-attributes")]
    if rule.children:
        group = "choice" if rule.choice else "sequence"
        return xs("complexType", xs(group, *map(_element, rule.children)), *attributes)
    base = _type_of(tag) if rule.text else "blank"
    return xs("complexType", xs("simpleContent", xs("extension", *attributes, base=base)))


def _attributes(rule: ElementRow, tag: str) -> list[ET.Element]:
    return [
        xs(
            "attribute",
            about=dataabout.ATTRIBUTES[tag, name],
            name=name,
            type=_type_of(f"{tag}/@{name}"),
            **({"use": "required"} if required else {}),
        )
        for name, required in (rule.attributes or {}).items()
    ]


def _identities() -> list[ET.Element]:
    """No duplicate ids or sets, and no references to missing ones."""
    found = [_identity("unique", "set", "datageneration/sets/set", "name")]
    found += [_identity("key", name, path, "id") for name, path in _KEYS.items()]
    for refer, path, attribute in _REFERENCES:
        name = f"{path.rpartition('/')[2]}-{attribute}"
        found.append(_identity("keyref", name, path, attribute, refer=refer))
    return found


def _identity(kind: str, name: str, path: str, attribute: str, **refer: str) -> ET.Element:
    field = xs("field", xpath=f"@{attribute}")
    return xs(kind, xs("selector", xpath=path), field, name=name, **refer)
