"""A tiny definition for each operation, and what the compiler makes of the operation."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from functools import cache

from ..catalog.activations import ActivationKind
from ..catalog.operations.row import OperationRow, ShapeError
from ..catalog.parameters import Integer, Kind, Real, Shape, Size
from ..catalog.sequences import PYTORCH, TENSORFLOW
from ..compiler import compile_bytes
from ..ir import Value

_LOSSES = {PYTORCH: "CrossEntropyLoss", TENSORFLOW: "categorical_crossentropy"}
# Inputs to try, the usual one first, and the encoding that gives them; the last one needs a Flatten.
_INPUTS = (("1D", (12, 4), 0), ("2D", (1, 12, 4), 0), ("1D", (12, 4), 1))
_DEFINITION = """<seqgramodel>
  <general id="example"><name/><description/><task>multi-class classification</task>
    <sequencespace>DNA</sequencespace><library>{library}</library>
    <inputencoding>{encoding}</inputencoding><labels><pattern max="2"/></labels><seed>1</seed>
  </general>
  <architecture><sequential>
    {operations}
    <operation>Flatten</operation>
    <operation units="2">Dense</operation>
  </sequential></architecture>
  <loss><hyperparameter name="loss">{loss}</hyperparameter></loss>
  <optimizer><hyperparameter name="optimizer">Adam</hyperparameter></optimizer>
  <trainingprocess>
    <hyperparameter name="batch_size">8</hyperparameter>
    <hyperparameter name="epochs">1</hyperparameter>
    <hyperparameter name="early_stopping">False</hyperparameter>
    <hyperparameter name="shuffle">False</hyperparameter>
  </trainingprocess>
</seqgramodel>
"""


def _value(kind: Kind) -> str:
    """A value that a kind accepts."""
    if isinstance(kind, Shape):
        return "(-1, 2)" if kind.free else "(2, 1)"
    if isinstance(kind, Size):
        return "3" if kind.rank == 1 else "(1, 3)"
    return {Integer: "3", Real: "0.5", ActivationKind: "relu"}[type(kind)]


def _values(row: OperationRow) -> dict[str, str]:
    """The parameters that an operation must have, and windows that fit a height of 1."""
    return {p.name: _value(p.kind) for p in row.parameters if p.required or p.default == (2, 2)}


def element(row: OperationRow, **more: str) -> str:
    """The operation with the parameters that it must have."""
    values = (more | _values(row)).items()
    attributes = "".join(f' {name}="{value}"' for name, value in values)
    return f"<operation{attributes}>{row.name}</operation>"


def definition(row: OperationRow, library: str) -> str:
    """A definition whose first operation this is; a Flatten stands before it if it must."""
    encoding, shape, flattened = _input(row)
    first = {"input_shape": str(shape)}
    operations = [element(row, **({} if flattened else first))]
    if flattened:
        operations.insert(0, f'<operation input_shape="{shape}">Flatten</operation>')
    return _DEFINITION.format(
        library=library,
        encoding=encoding,
        operations="\n    ".join(operations),
        loss=_LOSSES[library],
    )


def _input(row: OperationRow) -> tuple[str, tuple[int, ...], int]:
    """The first input that an operation takes."""
    given = _values(row)
    arguments = {
        p.name: Value(p.kind.parse(given[p.name]) if p.name in given else p.default, p.name, None)
        for p in row.parameters
    }
    for encoding, shape, flattened in _INPUTS:
        try:
            row.infer(arguments, (48,) if flattened else shape)
        except ShapeError:
            continue
        return encoding, shape, flattened
    raise ValueError(f"{row.name} takes none of the example inputs")


@cache
def script(row_definition: str) -> str:
    """The script of a definition."""
    compilation = compile_bytes("example.xml", row_definition.encode())
    if compilation.script is None:
        found = [f"{d.code} {d.message}" for d in compilation.diagnostics]
        raise ValueError("; ".join(found))
    return compilation.script


def lines(row: OperationRow, library: str) -> Iterable[tuple[str, str]]:
    """An operation's heading in the script, and its lines: PyTorch has two places for them."""
    number = 2 if _input(row)[2] else 1
    text = script(definition(row, library))
    if library == PYTORCH:
        shape = (48,) if number == 2 else _input(row)[1]
        places = _torch_lines(text, number)
        result = re.search(r"->(?!.*->)(.*)", places[-1])[1]
        yield from ((f"{number} {row.name}: {shape} ->{result}", place) for place in places)
        return
    heading = rf"^ *# ({number} {row.name}: .*)\n((?: *[^#\s].*\n)*)"
    for found in re.finditer(heading, text, re.MULTILINE):
        yield found[1], textwrap.dedent(found[2]).rstrip()


def _torch_lines(text: str, number: int) -> list[str]:
    """What makes the operation stands before the last Dense, what applies it before its Flatten."""
    model = text.partition("\nclass Model(")[2]
    make = model.partition("super().__init__()\n")[2].partition(f"self.dense_{number + 2} ")[0]
    apply = model.partition("def forward(self, x: torch.Tensor) -> torch.Tensor:\n")[2]
    apply = re.split(rf"(?: *x = x\.permute.*# to \(.*\n)?.*# {number + 1} Flatten ->", apply)[0]
    if number == 2:
        apply = re.split(r"# 1 Flatten -> .*\n", apply)[1]
    places = (textwrap.dedent("        " + place.strip()).rstrip() for place in (make, apply))
    return [place for place in places if place]
