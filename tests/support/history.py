"""history.json: what a golden script computes on its small data, and where that was recorded.

`weights` is the SHA-256 of the saved weights of the best epoch: their values as little-endian
float32 in C order, one array after the other, in PyTorch in the order of the state_dict, in Keras
in the order of their names in model.weights.h5, sorted as text. Integers (counters, states of
random generators) and the optimizer's numbers do not count.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
import platform
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from cases import Case

# Where versions and processor are those of the record, every digit and the hash must be the same.
# Elsewhere kernels add in another order. Measured over the two epochs, the farthest loss of a
# library's cases, relative to the record and but for the exception below:
#                                                   PyTorch  TensorFlow
#   2 threads instead of 1                           1.9e-7    1.1e-7
#   kernels without vectors (ATEN_CPU_CAPABILITY)    2.9e-7
#   kernels of AVX2, also in oneDNN and MKL          1.9e-7    1.1e-7
#   kernels of SSE4, also in oneDNN and MKL          1.9e-7
#   TensorFlow without oneDNN                                  1.1e-7
# Most cases ended with other weights, all with the same accuracies and best epochs. A learning rate
# that is 1 % off moves a loss of every PyTorch case by 1.3e-5 or more, another seed by 3.5e-3.
TOLERANCE = {"loss": 1e-5, "accuracy": 1e-6}  # losses: relative; accuracies: of all examples
# Batch normalization follows a convolution with a bias, whose gradient is rounding noise: Adam makes
# steps of full size of it. 2.3e-4 with 2 threads, 8.9e-4 and one other prediction with SSE4.
TOLERANCES = {
    "torch-mc3-dna60-conv-bn-do": {"loss": 1e-2, "accuracy": 0.061},
}
# From one seed, PyTorch 2.4.0 draws other dropout masks and truncated normals than 2.13.0 and 2.15.0;
# other first weights and the order of examples are the same.
DRAWN = re.compile("dropout|trunc_normal", re.IGNORECASE)
# Areas under curves are left out: they follow from scores whose order a rounding may turn.
RECORDED = re.compile("epoch|loss|accuracy")
# Newest first: libraries choose their kernels by it.
VECTORS = ("amx_tile", "avx512f", "avx2", "avx", "sse4_2")
# With these a user chooses other kernels than the processor's.
SETTINGS = (
    "ATEN_CPU_CAPABILITY",
    "DNNL_MAX_CPU_ISA",
    "MKL_CBWR",
    "MKL_ENABLE_INSTRUCTIONS",
    "ONEDNN_MAX_CPU_ISA",
    "TF_ENABLE_ONEDNN_OPTS",
    "XLA_FLAGS",
)


def path(case: Case) -> Path:
    return case.folder / "history.json"


def recorded(case: Case) -> dict:
    assert path(case).is_file(), f"{path(case)} is missing: make golden writes it"
    return json.loads(path(case).read_text("utf-8"))


def as_text(history: dict) -> str:
    return json.dumps(history, indent=2, sort_keys=True) + "\n"


def of(output: Path) -> dict:
    """The history of a run, from its output folder."""
    metrics = json.loads((output / "metrics.json").read_text("utf-8"))
    parts = ("best", "test", "validation", "training")
    history = {
        part: {name: value for name, value in metrics[part].items() if RECORDED.search(name)}
        for part in parts
        if part in metrics
    }
    if (output / "history.tsv").exists():
        history |= {"epochs": epochs(output), "weights": digest(output)}
    return history | {"recorded": {"processor": processor(), "versions": versions(output)}}


def epochs(output: Path) -> list[dict[str, float]]:
    lines = (output / "history.tsv").read_text("utf-8").splitlines()
    header, *rows = [line.split("\t") for line in lines]
    return [dict(zip(header[1:], map(float, row[1:]), strict=True)) for row in rows]


def digest(output: Path) -> str:
    """The weights' hash, by the rule at the top."""
    saved = output / "saved_model.pth"
    arrays = torch_arrays(saved) if saved.exists() else keras_arrays(output / "saved_model.keras")
    found = hashlib.sha256()
    for array in arrays:
        if array.dtype.kind == "f":
            found.update(np.ascontiguousarray(array, "<f4").tobytes())
    return found.hexdigest()


def torch_arrays(saved: Path) -> Iterator[np.ndarray]:
    import torch

    for tensor in torch.load(saved, weights_only=True).values():
        yield tensor.numpy()


def keras_arrays(saved: Path) -> Iterator[np.ndarray]:
    import h5py

    found = {}

    def visit(name: str, item: object) -> None:
        if isinstance(item, h5py.Dataset) and not name.startswith("optimizer/"):
            found[name] = item[()]

    with zipfile.ZipFile(saved) as archive:
        content = io.BytesIO(archive.read("model.weights.h5"))
    with h5py.File(content) as file:
        file.visititems(visit)
    return (found[name] for name in sorted(found))


def versions(output: Path) -> dict[str, str]:
    """Of Python and the libraries, as the script noted them."""
    text = (output / "session-info.txt").read_text("utf-8")
    lines = dict(line.split("\t") for line in text.splitlines())
    return {name: lines[name] for name in lines.keys() - {"seqgra-compile", "device", "threads"}}


def processor() -> dict[str, object]:
    """What the libraries choose their kernels by."""
    cpuinfo = Path("/proc/cpuinfo")
    text = cpuinfo.read_text() if cpuinfo.exists() else ""
    lines = dict(re.findall(r"^([\w ]+?)\s*: (.*)$", text.partition("\n\n")[0], re.MULTILINE))
    flags = lines.get("flags", "").split()
    return {
        "family": lines.get("cpu family", ""),
        "model": lines.get("model", ""),
        "settings": {name: os.environ[name] for name in SETTINGS if name in os.environ},
        "vectors": next((name for name in VECTORS if name in flags), ""),
        "vendor": lines.get("vendor_id", platform.machine()),
    }


def check(case: Case, found: dict) -> list[str]:
    """What a run has otherwise than the case's record, a line each."""
    return differences(recorded(case), found, TOLERANCES.get(case.id, TOLERANCE))


def is_another_training(case: Case, found: dict) -> bool:
    """Whether a PyTorch older than the record's has drawn other numbers for this case."""
    versions = (each["recorded"]["versions"].get("PyTorch") for each in (found, recorded(case)))
    new, old = ([int(part) for part in re.findall(r"\d+", text or "")[:2]] for text in versions)
    texts = (path.read_text("utf-8") for path in case.folder.glob("*.py"))
    return new < old and any(map(DRAWN.search, texts))


def differences(recorded: dict, found: dict, tolerance: dict[str, float]) -> list[str]:
    """What a run has otherwise than the record, a line each; the tolerance is for elsewhere."""
    exact = recorded["recorded"] == found["recorded"]
    old, new = (
        dict(leaves({name: part for name, part in history.items() if name != "recorded"}))
        for history in (recorded, found)
    )
    lines = [f"{name}: only in one of the two" for name in sorted(old.keys() ^ new.keys())]
    for name in sorted(old.keys() & new.keys()):
        if old[name] != new[name] and (exact or not close(name, old[name], new[name], tolerance)):
            lines.append(f"{name}: recorded {old[name]}, found {new[name]}")
    return lines


def leaves(part: object, name: str = "") -> Iterator[tuple[str, object]]:
    """Numbers and texts with their paths, as in `epochs/0/training_loss`."""
    if isinstance(part, (dict, list)):
        items = part.items() if isinstance(part, dict) else enumerate(part)
        for key, value in items:
            yield from leaves(value, f"{name}/{key}" if name else str(key))
    else:
        yield name, part


def close(name: str, old: object, new: object, tolerance: dict[str, float]) -> bool:
    """Whether another machine may have found this."""
    if name == "weights":
        return True  # a hash shows only whether all is the same
    if name.endswith("loss"):
        return math.isclose(old, new, rel_tol=tolerance["loss"])
    return name.endswith("accuracy") and abs(old - new) <= tolerance["accuracy"]
