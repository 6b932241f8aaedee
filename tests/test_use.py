"""docs/use.md: every snippet is run, on runs of one epoch."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from runs import ENVIRONMENT

from seqgra_compile.compiler import Options, compile_definition

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
PAGE = (ROOT / "docs" / "use.md").read_text("utf-8")
PYTORCH, EXPORT, ONNX, KERAS = re.findall("```python\n(.*?)```", PAGE, re.DOTALL)
# What the page says of the last snippet, compared with what the run wrote.
CHECK = """
import numpy as np
codes, _, _ = __import__("train").read_set(Path("data/test.txt"), 150)
y_hat = predict.predict(model, torch.from_numpy(codes[: predict.BATCH_SIZE]))
written = np.loadtxt("models/motifs/test-y-hat.txt", skiprows=1, usecols=range(3, 6), max_rows=len(y_hat), converters=float)
assert np.array_equal(y_hat, written)
assert probabilities.shape == (1, 3) and abs(probabilities.sum() - 1) < 1e-6
"""


def trained(name: str, folder: Path) -> Path:
    """A run of an example after one epoch, with both scripts beside it."""
    for emit in ("train", "predict"):
        text = compile_definition(EXAMPLES / f"{name}.xml", options=Options(emit=emit)).script
        text, count = re.subn("^EPOCHS = .*", "EPOCHS = 1", text, flags=re.MULTILINE)
        assert count == 1
        (folder / f"{emit}.py").write_text(text, "utf-8")
    run(folder, "train.py", str(EXAMPLES / "data"), "-g", "-1", "--threads", "1")
    (folder / "data").symlink_to(EXAMPLES / "data")
    return folder


def run(folder: Path, *command: str) -> None:
    done = subprocess.run(
        [sys.executable, *command], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.long
def test_pytorch_and_torch_export(tmp_path: Path):
    pytest.importorskip("torch")
    folder = trained("motifs", tmp_path)
    (folder / "use.py").write_text(PYTORCH + CHECK + EXPORT, "utf-8")
    run(folder, "use.py")


@pytest.mark.long
def test_onnx(tmp_path: Path):
    for name in ("torch", "onnx", "onnxscript", "onnxruntime"):
        pytest.importorskip(name)
    folder = trained("motifs", tmp_path)
    (folder / "use.py").write_text(PYTORCH + EXPORT + ONNX, "utf-8")
    run(folder, "use.py")


@pytest.mark.long
def test_keras(tmp_path: Path):
    pytest.importorskip("tensorflow")
    folder = trained("motifs-tensorflow", tmp_path)
    (folder / "use.py").write_text(KERAS, "utf-8")
    run(folder, "use.py")
