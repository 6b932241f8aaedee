"""The elements of a data definition: which hold which, in what order."""

from __future__ import annotations

from ..catalog.structure import Child, Rule

ROOT = "seqgradata"

_TEXT = Rule(attributes={}, text=True)
_PROBABLE = Rule(attributes={"probability": True}, text=True)


def _list(tag: str, required: bool = True) -> Rule:
    """An element that holds elements of one kind."""
    return Rule(children=(Child(tag, required, repeated=True),), attributes={})


ELEMENTS = {
    ROOT: Rule(
        children=(
            Child("general"),
            Child("background"),
            Child("datageneration"),
            Child("conditions"),
            Child("sequenceelements"),
        ),
        attributes={},
    ),
    "general": Rule(
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
    "background": Rule(
        children=(Child("minlength"), Child("maxlength"), Child("alphabetdistributions")),
        attributes={},
    ),
    "minlength": _TEXT,
    "maxlength": _TEXT,
    "alphabetdistributions": _list("alphabetdistribution"),
    "alphabetdistribution": Rule(
        children=(Child("letter", repeated=True),),
        attributes={"setname": False, "cid": False},
    ),
    "letter": _PROBABLE,
    "datageneration": Rule(
        children=(Child("sets"), Child("postprocessing", required=False)), attributes={}
    ),
    "sets": _list("set"),
    "set": Rule(children=(Child("example", repeated=True),), attributes={"name": True}),
    "example": Rule(
        children=(Child("conditionref", required=False, repeated=True),),
        attributes={"samples": True},
    ),
    "conditionref": Rule(attributes={"cid": True}),
    "postprocessing": _list("operation"),
    "operation": Rule(attributes={"labels": True, "k": False}, text=True),
    "conditions": _list("condition"),
    "condition": Rule(
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
    "rule": Rule(
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
    "sequenceelementref": Rule(attributes={"sid": True}),
    "spacingconstraints": _list("spacingconstraint"),
    "spacingconstraint": Rule(
        attributes={
            "sid1": True,
            "sid2": True,
            "mindistance": True,
            "maxdistance": True,
            "order": True,
        }
    ),
    "sequenceelements": _list("sequenceelement"),
    "sequenceelement": Rule(
        children=(Child("kmerbased"), Child("matrixbased")), choice=True, attributes={"id": True}
    ),
    "kmerbased": _list("kmer"),
    "kmer": _PROBABLE,
    "matrixbased": Rule(
        children=(Child("position", repeated=True, rule="matrix position"),), attributes={}
    ),
    "matrix position": _list("letter"),
}
