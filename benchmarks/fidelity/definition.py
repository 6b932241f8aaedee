"""A case's definition, as the XML that seqgra and the compiler read."""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from cases import Case
from data import MULTI_CLASS, MULTI_LABEL, DataSet

_LOSSES = {MULTI_CLASS: "CrossEntropyLoss", MULTI_LABEL: "BCEWithLogitsLoss"}
_DEFINITION = """\
<?xml version="1.0" encoding="UTF-8"?>
<seqgramodel>
  <general id={model_id}>
    <name>{name}</name>
    <description>a case of the fidelity suite</description>
    <task>{task}</task>
    <sequencespace>{space}</sequencespace>
    <library>PyTorch</library>
    <inputencoding>{encoding}</inputencoding>
    <labels>
{labels}
    </labels>
    <seed>{seed}</seed>
  </general>
  <architecture>
    <external format="pytorch-module" classname={class_name}>{module}.py</external>
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


def definition(case: Case, model_id: str) -> str:
    """The definition; it names its module as a file in its own folder."""
    data = case.data_set
    return _DEFINITION.format(
        model_id=quoteattr(model_id),
        name=escape(case.name),
        task=data.task,
        space=data.space,
        encoding=case.encoding,
        labels=_labels(data),
        seed=case.seed,
        class_name=quoteattr(case.class_name),
        module=case.module,
        loss=_hyperparameters({"loss": case.loss or _LOSSES[data.task]}),
        optimizer=_hyperparameters(case.optimizer),
        training=_hyperparameters(case.training_process),
    )


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
