"""A model definition as written: every value is still text and knows its place."""

from __future__ import annotations

from dataclasses import dataclass

from ..source import Source, Span, Text


@dataclass(frozen=True)
class Element:
    """An XML element. `text` is stripped; its span is empty where the element holds none.

    `padded`: there were blanks or line breaks around the text.
    """

    tag: Text
    path: str
    attributes: dict[str, Attribute]
    text: Text
    children: tuple[Element, ...]
    padded: bool

    def child(self, tag: str) -> Element:
        """The child of this name, which the table of elements requires."""
        return self.all(tag)[0]

    def optional(self, tag: str) -> Element | None:
        """The child of this name, if there is one."""
        return next(iter(self.all(tag)), None)

    def all(self, tag: str) -> tuple[Element, ...]:
        return tuple(child for child in self.children if child.tag.value == tag)

    def attribute(self, name: str) -> Text:
        """The value of an attribute that the table of elements requires."""
        return self.attributes[name].value

    def optional_attribute(self, name: str) -> Text | None:
        """The value of an attribute, if it is there."""
        return self.attributes[name].value if name in self.attributes else None


@dataclass(frozen=True)
class Attribute:
    """An attribute: its name and its value, each with its place."""

    name: Text
    value: Text


@dataclass(frozen=True)
class PatternElement:
    """`<pattern prefix="c" postfix="" min="1" max="10"/>`."""

    tag: Text
    prefix: Text | None
    postfix: Text | None
    min: Text | None
    max: Text


@dataclass(frozen=True)
class GeneralElement:
    id: Text
    name: Text
    description: Text
    task: Text
    sequence_space: Text
    library: Text
    implementation: Text | None
    input_encoding: Text | None
    labels: tuple[Text, ...] | PatternElement
    labels_span: Span
    seed: Text


@dataclass(frozen=True)
class OperationElement:
    name: Text
    attributes: dict[str, Attribute]


@dataclass(frozen=True)
class SequentialElement:
    tag: Text
    operations: tuple[OperationElement, ...]


@dataclass(frozen=True)
class ExternalElement:
    """`<external format="pytorch-module" classname="TorchModel">PyTorch/model.py</external>`."""

    tag: Text
    format: Text
    class_name: Text | None
    path: Text


@dataclass(frozen=True)
class HyperparameterElement:
    name: Text
    value: Text


@dataclass(frozen=True)
class SectionElement:
    """`loss`, `optimizer` or `trainingprocess`: a list of hyperparameters."""

    tag: Text
    hyperparameters: tuple[HyperparameterElement, ...]


@dataclass(frozen=True)
class Definition:
    source: Source
    root: Text
    general: GeneralElement
    architecture: SequentialElement | ExternalElement
    loss: SectionElement | None
    optimizer: SectionElement | None
    training: SectionElement | None
