"""A learner of seqgra 0.0.4, as its command line makes it."""

from __future__ import annotations

import contextlib
import io
import os
from pathlib import Path

import shims

shims.install()

from seqgra.idresolver import IdResolver  # noqa: E402
from seqgra.parser import XMLModelDefinitionParser  # noqa: E402


@contextlib.contextmanager
def inside(folder: Path):
    """seqgra takes the module that a definition names relative to the current folder.

    Its log, and that of ignite, is kept off standard error.
    """
    before = Path.cwd()
    os.chdir(folder)
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            yield
    finally:
        os.chdir(before)


def learner_of(output: str, data: Path):
    """For model.xml in the current folder."""
    definition = XMLModelDefinitionParser(
        Path("model.xml").read_text(), silent=True
    ).get_model_definition()
    return IdResolver.get_learner(definition, None, str(data), output, True, -1, False)


def examples(learner, name: str):
    """Sequences and labels of a set, read into memory."""
    return learner.parse_examples_data(learner.get_examples_file(name))


def train_in_memory(learner) -> None:
    x, y = examples(learner, "training")
    x_val, y_val = examples(learner, "validation")
    learner.train_model(x_train=x, y_train=y, x_val=x_val, y_val=y_val)
