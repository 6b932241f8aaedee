"""The elements of a data definition: what they contain, and in what order."""

from __future__ import annotations

from .structure import Child, ElementRow

ROOT = "seqgradata"

_TEXT = ElementRow(attributes={}, text=True)
_PROBABLE = ElementRow(attributes={"probability": True}, text=True)


def _list(tag: str, required: bool = True) -> ElementRow:
    """An element that holds elements of one kind."""
    return ElementRow(children=(Child(tag, required, repeated=True),), attributes={})


ELEMENTS = {
    ROOT: ElementRow(
        children=(
            Child("general"),
            Child("background"),
            Child("datageneration"),
            Child("conditions"),
            Child("sequenceelements"),
        ),
        attributes={},
    ),
    "general": ElementRow(
        children=(
            Child("name"),
            Child("description"),
            Child("task"),
            Child("sequencespace"),
            Child("seed"),
        ),
        attributes={"id": True},
    ),
    "name": _TEXT,
    "description": _TEXT,
    "task": _TEXT,
    "sequencespace": _TEXT,
    "seed": _TEXT,
    "background": ElementRow(
        children=(Child("minlength"), Child("maxlength"), Child("alphabetdistributions")),
        attributes={},
    ),
    "minlength": _TEXT,
    "maxlength": _TEXT,
    "alphabetdistributions": _list("alphabetdistribution"),
    "alphabetdistribution": ElementRow(
        children=(Child("letter", repeated=True),),
        attributes={"setname": False, "cid": False},
    ),
    "letter": _PROBABLE,
    "datageneration": ElementRow(
        children=(Child("sets"), Child("postprocessing", required=False)), attributes={}
    ),
    "sets": _list("set"),
    "set": ElementRow(children=(Child("example", repeated=True),), attributes={"name": True}),
    "example": ElementRow(
        children=(Child("conditionref", required=False, repeated=True),),
        attributes={"samples": True},
    ),
    "conditionref": ElementRow(attributes={"cid": True}),
    "postprocessing": _list("operation"),
    "operation": ElementRow(attributes={"labels": True, "k": False}, text=True),
    "conditions": _list("condition"),
    "condition": ElementRow(
        children=(
            Child("label"),
            Child("description"),
            Child("mode", required=False),
            Child("grammar"),
        ),
        attributes={"id": True},
    ),
    "label": _TEXT,
    "mode": _TEXT,
    "grammar": _list("rule"),
    "rule": ElementRow(
        children=(
            Child("position"),
            Child("probability"),
            Child("sequenceelementrefs"),
            Child("spacingconstraints", required=False),
        ),
        attributes={},
    ),
    "position": _TEXT,
    "probability": _TEXT,
    "sequenceelementrefs": _list("sequenceelementref"),
    "sequenceelementref": ElementRow(attributes={"sid": True}),
    "spacingconstraints": _list("spacingconstraint"),
    "spacingconstraint": ElementRow(
        attributes={
            "sid1": True,
            "sid2": True,
            "mindistance": True,
            "maxdistance": True,
            "order": True,
        }
    ),
    "sequenceelements": _list("sequenceelement"),
    "sequenceelement": ElementRow(
        children=(Child("kmerbased"), Child("matrixbased")), choice=True, attributes={"id": True}
    ),
    "kmerbased": _list("kmer"),
    "kmer": _PROBABLE,
    "matrixbased": ElementRow(
        children=(Child("position", repeated=True, rule="matrix position"),), attributes={}
    ),
    "matrix position": _list("letter"),
}
