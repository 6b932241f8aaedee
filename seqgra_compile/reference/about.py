"""What the elements of a model definition are, in words."""

from __future__ import annotations

ELEMENTS = {
    "seqgramodel": "A model definition: what a model is, and how it is trained.",
    "general": "What the model is about: its task, its data, its labels.",
    "name": "A name for readers; it may be empty.",
    "description": "A description for readers; it may be empty.",
    "task": "How many labels an example has: exactly one, or any number.",
    "sequencespace": "The letters of the sequences.",
    "library": "The library of the script.",
    "implementation": "The learner that seqgra uses: it follows from library, sequencespace and "
    "task, and must agree with them. It may be left out.",
    "inputencoding": "The shape of an example: 1D (length, channels), which is the default, or 2D "
    "(1, length, channels).",
    "labels": "The labels of the data files: one by one, or as a pattern.",
    "label": "A label as it is in the data files.",
    "pattern": "Labels that are numbered: prefix, a number from min to max, postfix.",
    "seed": "The seed of all random numbers: initial weights, the order of the examples, dropout.",
    "architecture": "The network: a chain of operations, or a file.",
    "sequential": "Operations in the order in which they see the data.",
    "operation": "One operation: its name is the text, its parameters are the attributes.",
    "external": "The path of a file with the architecture, beside the definition or in a folder "
    "given by -I.",
    "loss": "The loss and its hyperparameters.",
    "optimizer": "The optimizer and its hyperparameters.",
    "trainingprocess": "Batches, epochs, early stopping.",
    "hyperparameter": "A hyperparameter: its name is the attribute, its value the text.",
}
ATTRIBUTES = {
    ("general", "id"): "The model's id: letters, digits, _ and -. It names the output folder.",
    ("pattern", "prefix"): "Text before the number.",
    ("pattern", "postfix"): "Text after the number.",
    ("pattern", "min"): "The first number; 1 if absent.",
    ("pattern", "max"): "The last number.",
    ("external", "format"): "The format of the file.",
    ("external", "classname"): "The class of the model, in the format pytorch-module.",
    ("hyperparameter", "name"): "The hyperparameter's name.",
}
