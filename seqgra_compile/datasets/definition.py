"""A first definition for a data folder: small, and ready to train."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from ..catalog.sequences import MULTI_LABEL, SEQUENCE_SPACES
from .make import Made

_FILTERS, _KERNEL, _BATCH = 32, 15, 32


def input_shape(made: Made) -> str:
    return f"({made.length}, {len(SEQUENCE_SPACES[made.alphabet].alphabet)})"


def first_definition(made: Made, id: str) -> str:
    """The XML: one convolution, its maximum over the sequence, one output per label."""
    root = ET.Element("seqgramodel")
    general = ET.SubElement(root, "general", id=id)
    for tag, text in (
        ("name", id),
        ("description", "A first model: motifs as filters, anywhere in the sequence"),
        ("task", made.task),
        ("sequencespace", made.alphabet),
        ("library", "PyTorch"),
        ("inputencoding", "1D"),
    ):
        ET.SubElement(general, tag).text = text
    labels = ET.SubElement(general, "labels")
    for label in made.labels:
        ET.SubElement(labels, "label").text = label
    ET.SubElement(general, "seed").text = "1"
    operations = ET.SubElement(ET.SubElement(root, "architecture"), "sequential")
    convolution = {
        "input_shape": input_shape(made),
        "filters": str(_FILTERS),
        "kernel_size": str(min(_KERNEL, made.length)),
        "activation": "relu",
    }
    ET.SubElement(operations, "operation", convolution).text = "Conv1D"
    ET.SubElement(operations, "operation").text = "GlobalMaxPool1D"
    ET.SubElement(operations, "operation", units=str(len(made.labels))).text = "Dense"
    loss = "BCEWithLogitsLoss" if made.task == MULTI_LABEL else "CrossEntropyLoss"
    for tag, settings in (
        ("loss", {"loss": loss}),
        ("optimizer", {"optimizer": "Adam", "learning_rate": "0.005"}),
        (
            "trainingprocess",
            {
                "batch_size": str(_BATCH),
                "epochs": "20",
                "early_stopping": "True",
                "early_stopping_patience": "4",
                "shuffle": "True",
            },
        ),
    ):
        section = ET.SubElement(root, tag)
        for name, value in settings.items():
            ET.SubElement(section, "hyperparameter", name=name).text = value
    ET.indent(root, "    ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, "unicode") + "\n"
