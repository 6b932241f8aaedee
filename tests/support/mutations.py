"""Definitions that differ from another one in a single setting."""

from __future__ import annotations

import functools
import itertools
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cases import ACCEPT

from seqgra_compile import ir
from seqgra_compile.catalog import losses, operations, optimizers
from seqgra_compile.catalog.optimizers.row import CLIPPING
from seqgra_compile.catalog.parameters import Parameter
from seqgra_compile.catalog.sequences import TASKS
from seqgra_compile.catalog.training import TRAINING
from seqgra_compile.compiler import (
    Compilation,
    Options,
    UnsupportedOptions,
    compile_bytes,
    compile_definition,
)

EXAMPLES = ACCEPT.parent.parent / "examples"
DEFINITIONS = (
    *(folder / "model.xml" for folder in sorted(ACCEPT.iterdir())),
    *(path for path in sorted(EXAMPLES.glob("*.xml")) if "seqgramodel" in path.read_text("utf-8")),
)
# For each kind of parameter, some of whose values another one always is legal.
VALUES = {
    "Integer": ("2", "3", "1", "4", "5", "6", "8", "12", "200"),
    "Real": ("0.25", "0.5", "2.5", "-0.5", "0.125"),
    "Reals": ("(0.5, 0.75)", "(0.5, 1.5)", "(0.001, 20)"),
    "Boolean": ("True", "False"),
    "Size": ("2", "3", "1", "4", "(1, 2)", "(1, 3)", "(1, 1)"),
    "Pair": ("(1, 2)", "(2, 1)", "(0, 1)"),
    "Shape": ("(-1, 2)", "(-1,)", "(-1, 4)", "(6, -1)"),
    "ActivationKind": ("tanh", "elu", "softmax", "sigmoid", "linear"),
    "initializers": ("HeNormal()", "RandomNormal(stddev=0.125)", "Constant(value=0.5)"),
    "regularizers": ("L1(l1=0.5)", "L1L2(l1=0.25, l2=0.5)"),
}


@dataclass(frozen=True)
class Mutation:
    """The path of the setting that is changed, and the definition after that."""

    path: str
    data: bytes

    def __str__(self) -> str:
        return self.path


def tree_of(path: Path) -> ET.Element:
    return ET.parse(path).getroot()


def written(root: ET.Element) -> bytes:
    return ET.tostring(root, "utf-8", xml_declaration=True)


def compiled(data: bytes, folder: Path, **options: str) -> Compilation:
    return compile_bytes("model.xml", data, [folder], Options(**options))


@functools.cache
def compilation_of(path: Path, semantics: str = "intended") -> Compilation | None:
    """A definition's, once for all tests; None if there is no script under the semantics."""
    try:
        compilation = compile_definition(path, options=Options(semantics=semantics))
    except UnsupportedOptions:
        return None
    return compilation if compilation.script else None


def body(compilation: Compilation) -> str:
    """The script without its docstring, and without the definition's hash for the receipt."""
    code = compilation.script.partition('"""\n\n#')[2]
    return code.replace(compilation.source.sha256, "")


def mutations(path: Path) -> Iterator[tuple[str, list[bytes]]]:
    """Of each setting, its path and definitions in which it has other values, legal or not."""
    root, model = tree_of(path), compiled(path.read_bytes(), path.parent).model
    found = itertools.chain(_general(root), _labels(root), _architecture(root, model))
    if isinstance(model, ir.Model):
        found = itertools.chain(found, _sections(root, model))
    for setting, change in found:
        yield setting, list(change)


def _text(root: ET.Element, xpath: str, values: tuple[str, ...]) -> Iterator[bytes]:
    element = root.find(xpath)
    if element is None:
        return
    before = element.text
    for value in values:
        element.text = value
        yield written(root)
    element.text = before


def _general(root: ET.Element) -> Iterator[tuple[str, Iterator[bytes]]]:
    general = root.find("general")
    before = general.get("id")

    def ids() -> Iterator[bytes]:
        general.set("id", "another-id")
        yield written(root)
        general.set("id", before)

    yield "general/@id", ids()
    yield "general/name", _text(root, "general/name", ("another name",))
    yield "general/description", _text(root, "general/description", ("another text",))
    yield "general/task", _text(root, "general/task", TASKS)
    yield "general/sequencespace", _text(root, "general/sequencespace", ("DNA", "RNA"))
    yield "general/seed", _text(root, "general/seed", ("17",))


def _labels(root: ET.Element) -> Iterator[tuple[str, Iterator[bytes]]]:
    if root.find("general/labels/label") is not None and "Bayes" not in root.findtext(
        "general/library"
    ):
        yield "general/labels", _text(root, "general/labels/label", ("renamed",))


def _attribute(
    root: ET.Element, element: ET.Element, parameter: Parameter, row: str
) -> Iterator[bytes]:
    before = element.get(parameter.name)
    for value in _values(parameter):
        element.set(parameter.name, value)
        yield written(root)
    if before is None:
        element.attrib.pop(parameter.name, None)
    else:
        element.set(parameter.name, before)


def _values(parameter: Parameter) -> tuple[str, ...]:
    kind = parameter.kind
    name = getattr(kind, "module", type(kind).__name__)
    return getattr(kind, "words", None) or VALUES.get(name, ())


def _architecture(root: ET.Element, model: object) -> Iterator[tuple[str, Iterator[bytes]]]:
    for number, element in enumerate(root.iterfind("architecture/sequential/operation"), 1):
        row = operations.find(element.text)
        for parameter in operations.parameters(row):
            if parameter.name == "weights_file":
                continue
            path = f"architecture/sequential/operation[{number}]/@{parameter.name}"
            if parameter.name == "input_shape":
                if number == 1:
                    yield path, _longer(root, element)
                continue
            yield path, _attribute(root, element, parameter, row.name)


def _longer(root: ET.Element, element: ET.Element) -> Iterator[bytes]:
    """Sequences of another length."""
    before = element.get("input_shape")
    length = re.findall(r"\d+", before)[-2]
    for more in (1, 2, 4, 8, 12):
        element.set("input_shape", before.replace(length, str(int(length) + more)))
        yield written(root)
    element.set("input_shape", before)


def _sections(root: ET.Element, model: ir.Model) -> Iterator[tuple[str, Iterator[bytes]]]:
    library = root.findtext("general/library")
    task = root.findtext("general/task")
    if root.find("loss") is not None:
        names = tuple(
            row.name
            for row in losses.LOSSES.values()
            if row.library == library and task in row.tasks and not row.refused
        )
        yield "loss/loss", _hyperparameter(root, "loss", "loss", names)
        for parameter in losses.LOSSES[model.loss.name].parameters:
            yield (
                f"loss/{parameter.name}",
                _hyperparameter(root, "loss", parameter.name, _values(parameter)),
            )
        names = tuple(row.name for (of, _), row in optimizers.OPTIMIZERS.items() if of == library)
        yield "optimizer/optimizer", _hyperparameter(root, "optimizer", "optimizer", names)
        row = optimizers.OPTIMIZERS[library, model.optimizer.name]
        for parameter in (*row.parameters, *CLIPPING):
            yield (
                f"optimizer/{parameter.name}",
                _hyperparameter(root, "optimizer", parameter.name, _values(parameter)),
            )
    for parameter in TRAINING:
        yield (
            f"trainingprocess/{parameter.name}",
            _hyperparameter(root, "trainingprocess", parameter.name, _values(parameter)),
        )


def _hyperparameter(
    root: ET.Element, section: str, name: str, values: tuple[str, ...]
) -> Iterator[bytes]:
    parent = root.find(section)
    element = parent.find(f"hyperparameter[@name='{name}']")
    new = element is None
    if new:
        element = ET.SubElement(parent, "hyperparameter", name=name)
    before = element.text
    for value in values:
        element.text = value
        yield written(root)
    element.text = before
    if new:
        parent.remove(element)
