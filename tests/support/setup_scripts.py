"""Setups as definitions, their scripts as modules, and weights to compare them with."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
from setups import Setup

from seqgra_compile import compiler

DEFINITION = """<seqgramodel>
  <general id="parity">
    <name/><description/>
    <task>multi-class classification</task>
    <sequencespace>DNA</sequencespace>
    <library>{library}</library>
    <inputencoding>{encoding}</inputencoding>
    <labels><pattern max="3"/></labels>
    <seed>1</seed>
  </general>
  <architecture><sequential>
{operations}
  </sequential></architecture>
  <loss><hyperparameter name="loss">{loss}</hyperparameter>{from_logits}</loss>
  <optimizer>
    <hyperparameter name="optimizer">SGD</hyperparameter>
    <hyperparameter name="learning_rate">0.3</hyperparameter>{clip}
  </optimizer>
  <trainingprocess>
    <hyperparameter name="batch_size">7</hyperparameter>
    <hyperparameter name="epochs">1</hyperparameter>
    <hyperparameter name="early_stopping">False</hyperparameter>
    <hyperparameter name="shuffle">False</hyperparameter>
  </trainingprocess>
</seqgramodel>
"""
HYPERPARAMETER = '<hyperparameter name="{}">{}</hyperparameter>'


def definition(setup: Setup, library: str) -> bytes:
    """The setup in XML, with the input's shape on the first and a Dense layer as the last."""
    lines = []
    for number, operation in enumerate((*setup.operations, 'Dense units="3"')):
        name, _, given = operation.partition(" ")
        if number == 0:
            shape = (setup.length, 4)
            given += f' input_shape="{(1, *shape) if setup.two_dimensional else shape}"'
        lines.append(f"<operation {given}>{name}</operation>")
    keras = library == "TensorFlow"
    return DEFINITION.format(
        library=library,
        encoding="2D" if setup.two_dimensional else "1D",
        operations="\n".join(lines),
        loss="categorical_crossentropy" if keras else "CrossEntropyLoss",
        from_logits=HYPERPARAMETER.format("from_logits", "True") if keras else "",
        clip=HYPERPARAMETER.format(*setup.clip) if setup.clip else "",
    ).encode()


def loaded(setup: Setup, library: str, folder: Path) -> ModuleType:
    """The setup's script as a module."""
    return imported(definition(setup, library), folder / f"{library.lower()}_script.py")


def imported(definition: bytes, path: Path, **options: str) -> ModuleType:
    """The script of a definition, written to a path, as a module: only its definitions run."""
    compilation = compiler.compile_bytes(
        "model.xml", definition, options=compiler.Options(**options)
    )
    assert compilation.script, [str(found) for found in compilation.diagnostics]
    path.write_text(compilation.script, "utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def stir(model) -> None:
    """Move all weights a little, so that no bias is 0 and no two weights are alike."""
    generator = np.random.default_rng(4)
    for weight in model.weights:
        weight.assign(weight.numpy() + generator.uniform(0, 0.1, weight.shape))
