"""The elements of a model definition: which hold which, in what order."""

from __future__ import annotations

from dataclasses import dataclass

ROOT = "seqgramodel"
# Element paths of the two kinds of architecture, and of an operation by its number.
SEQUENTIAL, EXTERNAL = "architecture/sequential", "architecture/external"
OPERATION = f"{SEQUENTIAL}/operation[{{}}]"


@dataclass(frozen=True)
class Child:
    """An element inside another. Whether an optional one is needed, later stages decide.

    `rule`: its row of the table, where that is not its tag.
    """

    tag: str
    required: bool = True
    repeated: bool = False
    rule: str | None = None

    @property
    def row(self) -> str:
        return self.rule or self.tag


@dataclass(frozen=True)
class ElementRow:
    """What an element may hold.

    `choice`: one kind of child out of `children`, otherwise all in this order. `attributes` maps
    names to whether they are required; None leaves them to a later stage.
    """

    children: tuple[Child, ...] = ()
    choice: bool = False
    attributes: dict[str, bool] | None = None
    text: bool = False


_TEXT = ElementRow(attributes={}, text=True)
_HYPERPARAMETERS = ElementRow(
    children=(Child("hyperparameter", required=False, repeated=True),), attributes={}
)

ELEMENTS = {
    ROOT: ElementRow(
        children=(
            Child("general"),
            Child("architecture"),
            Child("loss", required=False),
            Child("optimizer", required=False),
            Child("trainingprocess", required=False),
        ),
        attributes={},
    ),
    "general": ElementRow(
        children=(
            Child("name"),
            Child("description"),
            Child("task"),
            Child("sequencespace"),
            Child("library"),
            Child("implementation", required=False),
            Child("inputencoding", required=False),
            Child("labels"),
            Child("seed"),
        ),
        attributes={"id": True},
    ),
    "name": _TEXT,
    "description": _TEXT,
    "task": _TEXT,
    "sequencespace": _TEXT,
    "library": _TEXT,
    "implementation": _TEXT,
    "inputencoding": _TEXT,
    "labels": ElementRow(
        children=(Child("label", repeated=True), Child("pattern")), choice=True, attributes={}
    ),
    "label": _TEXT,
    "pattern": ElementRow(
        attributes={"prefix": False, "postfix": False, "min": False, "max": True}
    ),
    "seed": _TEXT,
    "architecture": ElementRow(
        children=(Child("sequential"), Child("external")), choice=True, attributes={}
    ),
    "sequential": ElementRow(children=(Child("operation", repeated=True),), attributes={}),
    "operation": ElementRow(attributes=None, text=True),
    "external": ElementRow(attributes={"format": True, "classname": False}, text=True),
    "loss": _HYPERPARAMETERS,
    "optimizer": _HYPERPARAMETERS,
    "trainingprocess": _HYPERPARAMETERS,
    "hyperparameter": ElementRow(attributes={"name": True}, text=True),
}
