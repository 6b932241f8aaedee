"""A case's definition, as the XML that seqgra and the compiler read."""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from cases import Case
from data import DataSet

_DEFINITION = """\
<?xml version="1.0" encoding="UTF-8"?>
<seqgramodel>
  <general id={model_id}>
    <name>{name}</name>
    <description>a case of the fidelity suite</description>
    <task>{task}</task>
    <sequencespace>{space}</sequencespace>
    <library>{library}</library>
    <inputencoding>{encoding}</inputencoding>
    <labels>
{labels}
    </labels>
    <seed>{seed}</seed>
  </general>
  <architecture>
{architecture}
  </architecture>
  <loss>
{loss}
  </loss>
  <optimizer>
{optimizer}
  </optimizer>
  <trainingprocess>
{training}
  </trainingprocess>
</seqgramodel>
"""


def definition(case: Case) -> str:
    """The definition; a PyTorch one names its module as a file in its own folder."""
    data = case.data_set
    return _DEFINITION.format(
        model_id=quoteattr(case.model_id),
        name=escape(case.name),
        task=data.task,
        space=data.space,
        library=case.library,
        encoding=case.encoding,
        labels=_labels(data),
        seed=case.seed,
        architecture=_ARCHITECTURES[case.library](case),
        loss=_hyperparameters(case.loss_process),
        optimizer=_hyperparameters(case.optimizer),
        training=_hyperparameters(case.training_process),
    )


def _external(case: Case) -> str:
    class_name = quoteattr(case.class_name)
    inside = f'format="pytorch-module" classname={class_name}>{case.model}.py'
    return f"    <external {inside}</external>"


def _sequential(case: Case) -> str:
    rows = []
    for name, values in case.operations:
        attributes = "".join(f" {key}={quoteattr(value)}" for key, value in values.items())
        rows.append(f"      <operation{attributes}>{name}</operation>\n")
    return f"    <sequential>\n{''.join(rows)}    </sequential>"


_ARCHITECTURES = {"PyTorch": _external, "TensorFlow": _sequential}


def _labels(data: DataSet) -> str:
    if data.pattern is None:
        return "\n".join(f"      <label>{escape(label)}</label>" for label in data.labels)
    prefix, postfix = map(quoteattr, data.pattern)
    last = len(data.labels) - 1
    return f'      <pattern prefix={prefix} postfix={postfix} min="0" max="{last}"/>'


def _hyperparameters(values: Mapping[str, str]) -> str:
    return "\n".join(
        f"    <hyperparameter name={quoteattr(name)}>{escape(value)}</hyperparameter>"
        for name, value in values.items()
    )
