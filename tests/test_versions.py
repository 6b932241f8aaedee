"""Scripts and versions of their libraries: a sentence below the oldest one, and what old ones do otherwise."""

from __future__ import annotations

import os
import subprocess
import sys
import types
from pathlib import Path

import pytest
from cases import BY_ID

KERAS, TORCH = "tf-mc2-dna32-lstm", "torch-mc2-rna30-motifs"
# What a Keras script asks TensorFlow for before it looks at the version.
DEVICES = "class config:\n    list_physical_devices = list\n"


def said(name: str, versions: dict[str, str], folder: Path) -> tuple[int, str]:
    """Exit status and last line of a script that finds libraries which have a version and nothing else."""
    for package, version in versions.items():
        for part in (package, f"{package}/nn", f"{package}/nn/functional"):
            (folder / part).mkdir()
            (folder / part / "__init__.py").write_text(f"__version__ = {version!r}\n{DEVICES}")
    done = subprocess.run(
        [sys.executable, BY_ID[name].script, "data"],
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("name", "versions", "sentence"),
    [
        (KERAS, {"keras": "3.7.0", "tensorflow": "2.17.0"}, "Keras 3.7.0: this script needs 3.8"),
        (KERAS, {"keras": "2.15.0", "tensorflow": "2.15.1"}, "Keras 2.15.0: this script needs 3.8"),
        (
            KERAS,
            {"keras": "3.10.0", "tensorflow": "2.16.2"},
            "TensorFlow 2.16.2: this script needs 2.17",
        ),
        (TORCH, {"torch": "2.3.1+cpu"}, "PyTorch 2.3.1+cpu: this script needs 2.4"),
    ],
)
def test_a_sentence_under_an_older_version(name, versions, sentence, tmp_path):
    assert said(name, versions, tmp_path) == (1, f"{sentence} or later")


@pytest.mark.parametrize(
    ("name", "versions"),
    [
        (KERAS, {"keras": "3.8.0", "tensorflow": "2.17.0-rc1"}),
        (KERAS, {"keras": "3.10.0.dev2026", "tensorflow": "2.100.0"}),
        (TORCH, {"torch": "2.4.0"}),
        (TORCH, {"torch": "2.10.0a0+git1234"}),
    ],
)
def test_no_sentence_from_the_oldest_version_on(name, versions, tmp_path):
    status, line = said(name, versions, tmp_path)
    assert status == 1
    assert line.startswith("AttributeError: module"), line  # it went on, and found an empty library


def test_penalties_on_activities_are_means():
    """What a script does under Keras below 3.14, done to classes of our own."""
    keras = pytest.importorskip("keras")
    tf = pytest.importorskip("tensorflow")
    script = types.ModuleType("script")
    text = BY_ID["tf-ml2-dna40-conv2d-weights"].script.read_text("utf-8")
    exec(compile(text, "script", "exec", dont_inherit=True), script.__dict__)
    x = tf.constant([[1.0, -2.0], [3.0, 0.5], [0.0, 4.0], [1.0, 1.0]])
    for kind, settings in (("L1", {"l1": 0.1}), ("L2", {"l2": 0.2}), ("L1L2", {"l1": 0.1})):
        owner = type(kind, (getattr(keras.regularizers, kind),), {})
        penalty = owner(**settings)
        whole = float(penalty(x))
        for _ in range(2):  # another script in the same process does it again
            script.divide_by_examples(owner)
            assert float(penalty(x)) == pytest.approx(whole / 4)
            assert float(penalty(keras.Variable(x))) == pytest.approx(whole)
