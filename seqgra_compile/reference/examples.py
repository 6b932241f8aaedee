"""A tiny definition for each operation, and what the compiler makes of the operation."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from ..catalog.activations import ActivationKind
from ..catalog.losses import usual
from ..catalog.operations.row import OperationRow, ShapeError
from ..catalog.parameters import Integer, Kind, Real, ShapeKind, Size
from ..catalog.sequences import MULTI_CLASS
from ..compiler import compile_bytes
from ..ir import Value
from ..script import TrainingScript

# Inputs to try, the usual one first, with their encoding; the last one needs a Flatten.
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
    if isinstance(kind, ShapeKind):
        return "(-1, 2)" if kind.free else "(2, 1)"
    if isinstance(kind, Size):
        return "3" if kind.rank == 1 else "(1, 3)"
    return {Integer: "3", Real: "0.5", ActivationKind: "relu"}[type(kind)]


def _values(row: OperationRow) -> dict[str, str]:
    """The parameters that an operation must have, and windows that fit a height of 1."""
    return {p.name: _value(p.kind) for p in row.parameters if p.required or p.default == (2, 2)}


def example_element(row: OperationRow, **more: str) -> str:
    """The operation with the parameters that it must have."""
    values = (more | _values(row)).items()
    attributes = "".join(f' {name}="{value}"' for name, value in values)
    return f"<operation{attributes}>{row.name}</operation>"


def example_definition(row: OperationRow, library: str) -> str:
    """A definition with this as its first operation, after a Flatten if it needs one."""
    encoding, shape, flattened = _input(row)
    first = {"input_shape": str(shape)}
    operations = [example_element(row, **({} if flattened else first))]
    if flattened:
        operations.insert(0, f'<operation input_shape="{shape}">Flatten</operation>')
    return _DEFINITION.format(
        library=library,
        encoding=encoding,
        operations="\n    ".join(operations),
        loss=usual(library, MULTI_CLASS),
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
def _arranged(row_definition: str) -> TrainingScript:
    """The script of a definition, before it is text."""
    compilation = compile_bytes("example.xml", row_definition.encode())
    if not isinstance(compilation.arranged, TrainingScript):
        found = [f"{d.code} {d.message}" for d in compilation.diagnostics]
        raise ValueError("; ".join(found))
    return compilation.arranged


def example_lines(row: OperationRow, library: str) -> Iterable[tuple[str, str]]:
    """An operation's heading in the script, and its lines: PyTorch has two places for them."""
    number = 2 if _input(row)[2] else 1
    layer = _arranged(example_definition(row, library)).layers[number - 1]
    for statements in (layer.make, layer.apply):
        if statements:
            yield layer.heading, "\n".join(_at_the_margin(each.text) for each in statements)


def _at_the_margin(statement: str) -> str:
    """Without the indentation of its place, which all lines except the first have."""
    first, *rest = statement.split("\n")
    closing = rest[-1] if rest else ""
    indent = len(closing) - len(closing.lstrip())
    return "\n".join([first, *(line[indent:] for line in rest)])
