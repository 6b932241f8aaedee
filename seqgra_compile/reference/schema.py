"""schemas/model-definition.xsd: the language for XML editors.

XSD 1.0 cannot tie an attribute to its element's text: `operation` takes the parameters of all
operations, and their documentation tells which of them take each. Likewise for hyperparameters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from xml.etree import ElementTree as ET

from ..catalog.parameters import Kind
from ..catalog.sequences import LABEL_NUMBER, SEED
from ..catalog.structure import ELEMENTS, ROOT, Child, ElementRow
from . import about
from .schemawords import SECTIONS, Owned, operation_parameters, sentences, word_types
from .simpletypes import schema_text, simple_type, type_name, xml_attributes, xs

_HEAD = """
  The structure and the words of a model definition, for XML editors. It takes whatever
  seqgra-compile takes. What depends on several places at once, such as a parameter that only some
  operations have, is left to seqgra-compile. Made from the compiler's tables: do not edit.
"""
_TEXTS = {
    "name": "xs:string",
    "description": "xs:string",
    "label": "not-blank",
    "seed": type_name(SEED),
    "operation": "operation-name",
    "external": "not-blank",
}
_ATTRIBUTES = {
    "id": "id",
    "min": type_name(LABEL_NUMBER),
    "max": type_name(LABEL_NUMBER),
    "format": "external-format",
}
# What must be unique in an element: which of its children, and which part of them.
_UNIQUE = {"labels": ("label", ".")} | dict.fromkeys(SECTIONS, ("hyperparameter", "@name"))


def model_schema() -> str:
    """The text of schemas/model-definition.xsd."""
    kinds: dict[str, Kind] = {type_name(kind): kind for kind in (SEED, LABEL_NUMBER)}
    parameters = _parameters(kinds)
    values = [_value_type(section, kinds) for section in SECTIONS]
    types = [_named(name, simple_type(kind)) for name, kind in sorted(kinds.items())]
    schema = xs("schema", ET.Comment(_HEAD), _element(Child(ROOT), None), parameters)
    schema.append(xml_attributes())
    schema.extend(_named(name, element) for name, element in word_types().items())
    schema.extend([*values, *types])
    return schema_text(schema)


def _named(name: str, element: ET.Element) -> ET.Element:
    element.set("name", name)
    return element


def _element(child: Child, parent: str | None) -> ET.Element:
    """An element and everything in it."""
    occurs = {}
    if not child.required:
        occurs["minOccurs"] = "0"
    if child.repeated:
        occurs["maxOccurs"] = "unbounded"
    content = _complex_type(ELEMENTS[child.row], child.tag, parent)
    unique = [_unique(child.tag, *_UNIQUE[child.tag])] if child.tag in _UNIQUE else []
    return xs(
        "element",
        content,
        *unique,
        about=about.ELEMENTS[child.tag],
        name=child.tag,
        **occurs,
    )


def _unique(tag: str, selector: str, field: str) -> ET.Element:
    return xs(
        "unique",
        xs("selector", xpath=selector),
        xs("field", xpath=field),
        name=f"{tag}-{selector}",
    )


def _complex_type(rule: ElementRow, tag: str, parent: str | None) -> ET.Element:
    attributes = [*_attributes(rule, tag, parent), xs("attributeGroup", ref="xml-attributes")]
    if rule.children:
        group = "choice" if rule.choice else "sequence"
        children = (_element(child, tag) for child in rule.children)
        return xs("complexType", xs(group, *children), *attributes)
    base = _text_type(tag, parent) if rule.text else "blank"
    return xs("complexType", xs("simpleContent", xs("extension", *attributes, base=base)))


def _text_type(tag: str, parent: str | None) -> str:
    return f"{parent}-value" if tag == "hyperparameter" else _TEXTS.get(tag, tag)


def _attributes(rule: ElementRow, tag: str, parent: str | None) -> Iterable[ET.Element]:
    if rule.attributes is None:
        yield xs("attributeGroup", ref="operation-parameters")
        return
    for name, required in rule.attributes.items():
        hyperparameter = (tag, name) == ("hyperparameter", "name")
        yield xs(
            "attribute",
            about=about.ATTRIBUTES[tag, name],
            name=name,
            type=(
                f"{parent}-hyperparameter" if hyperparameter else _ATTRIBUTES.get(name, "xs:string")
            ),
            **({"use": "required"} if required else {}),
        )


def _parameters(kinds: dict[str, Kind]) -> ET.Element:
    """The parameters of all operations."""
    attributes = []
    for name, owned in operation_parameters().items():
        members = _members(owned, kinds)
        union = xs("simpleType", xs("union", memberTypes=" ".join(members)))
        one = {"type": members[0]} if len(members) == 1 else {}
        content = () if one else (union,)
        attributes.append(xs("attribute", *content, about=sentences(owned), name=name, **one))
    return xs("attributeGroup", *attributes, name="operation-parameters")


def _members(owned: Owned, kinds: dict[str, Kind]) -> list[str]:
    """The names of their types; `kinds` records what the names mean."""
    found: Mapping[str, Kind] = {type_name(row.kind): row.kind for _, row in owned}
    kinds.update(found)
    return list(found)


def _value_type(section: str, kinds: dict[str, Kind]) -> ET.Element:
    """The possible hyperparameters of a section."""
    names, owned = SECTIONS[section]
    members = [f"{section}-name"] if names else []
    for rows in owned().values():
        members += _members(rows, kinds)
    unique = " ".join(dict.fromkeys(members))
    return xs("simpleType", xs("union", memberTypes=unique), name=f"{section}-value")
