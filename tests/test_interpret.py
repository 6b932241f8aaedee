"""Attribution tools see what a PyTorch script computes: docs/interpret.md, word for word."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import types
import warnings
from pathlib import Path

import pytest

from seqgra_compile.compiler import compile_definition

torch = pytest.importorskip("torch")
captum = pytest.importorskip("captum.attr")
deep_lift_shap = pytest.importorskip("tangermeme.deep_lift_shap").deep_lift_shap

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
SEQGRA = ROOT / ".venv-seqgra" / "bin" / "python"
PAGE = (ROOT / "docs" / "interpret.md").read_text("utf-8")
SNIPPETS = re.findall("```python\n(.*?)```", PAGE, re.DOTALL)
CAPTUM, SHUFFLED, TANGERMEME, OWN = SNIPPETS
COMPLETE = 1e-4  # of the difference of the outputs
# A whole Basset takes 5 s on one core, a whole DeepSEA 8.
MODELS = [
    "motifs",
    "motifs-module",
    *(pytest.param(name, marks=pytest.mark.long) for name in ("basset", "deepsea")),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """What the page begins with: a finished run of examples/motifs.xml, after one epoch."""
    folder = tmp_path_factory.mktemp("run")
    shutil.copytree(EXAMPLES, folder / "examples")
    text = compile_definition(EXAMPLES / "motifs.xml").script
    text, count = re.subn("^EPOCHS = .*", "EPOCHS = 1", text, flags=re.MULTILINE)
    assert count == 1
    (folder / "train.py").write_text(text, "utf-8")
    command = [sys.executable, "train.py", "examples/data", "-g", "-1", "--threads", "1"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder


def imported(name: str, path: Path) -> types.ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(folder: Path, monkeypatch, *snippets: str) -> dict[str, object]:
    """What snippets of the page leave behind; they end complete and without a warning of theirs."""
    monkeypatch.chdir(folder)
    monkeypatch.setitem(sys.modules, "train", imported("train", folder / "train.py"))
    names: dict[str, object] = {}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for snippet in snippets:
            exec(snippet, names)
    assert not of_convergence(caught)
    return names


def of_convergence(caught: list[warnings.WarningMessage]) -> list[str]:
    return [str(each.message) for each in caught if "onvergence" in str(each.message)]


def assert_complete(missing, outputs, references) -> None:
    """`missing` is what the attributions lack of the difference of the outputs."""
    assert missing.shape == outputs.shape
    assert (missing.abs() <= COMPLETE * (outputs - references).abs()).all()


def test_snippets_are_short():
    assert all(len(snippet.splitlines()) <= 15 for snippet in SNIPPETS)


@pytest.mark.parametrize("snippets", [(CAPTUM,), (CAPTUM, SHUFFLED)], ids=["even", "shuffled"])
def test_captum_snippet(snippets: tuple[str, ...], folder: Path, monkeypatch):
    names = run(folder, monkeypatch, *snippets)
    model, x, attributions = (names[name] for name in ("model", "x", "attributions"))
    references = names["shuffled" if len(snippets) == 2 else "references"]
    target = names["train"].LABELS.index("c1")
    with torch.no_grad():
        outputs, others = model(x)[:, target], model(references)[:, target]
    assert attributions.shape == x.shape
    assert_complete(names["deltas"], outputs, others)
    assert_complete(attributions.sum((1, 2)) - (outputs - others), outputs, others)


def test_tangermeme_snippet(folder: Path, monkeypatch):
    names = run(folder, monkeypatch, TANGERMEME)
    assert names["attributions"].shape == names["x"].shape
    # Where a sequence has a letter, and nowhere else, it can differ from a shuffled one.
    assert names["attributions"].abs().sum() > 0


@pytest.mark.long
@pytest.mark.skipif(not SEQGRA.exists(), reason="`make fidelity` makes the environment")
def test_snippet_with_seqgra(folder: Path):
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT / 'benchmarks' / 'fidelity')!r})\n"
        f"import shims; shims.install()\n{OWN}\n"
        "assert attributions.shape == x.shape and attributions.abs().sum() > 0\n"
    )
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    subprocess.run([SEQGRA, "-W", "ignore", "-c", code], cwd=folder, check=True, env=environment)


def model_of(name: str, folder: Path) -> tuple[types.ModuleType, object]:
    """A script's module and its model, with biases that are not 0."""
    path = folder / f"{name}.py"
    path.write_text(compile_definition(EXAMPLES / f"{name}.xml").script, "utf-8")
    module = imported(name.replace("-", "_"), path)
    torch.manual_seed(1)
    model = module.build_model().eval()
    generator = torch.Generator().manual_seed(2)
    for parameter in model.parameters():
        parameter.data += 0.01 * torch.randn(parameter.shape, generator=generator)
    return module, model


def sequences(module: types.ModuleType, model: str, count: int = 3) -> tuple:
    """One-hot sequences, and others of the same letters in another order."""
    length = getattr(module, "SEQUENCE_LENGTH", 150)
    generator = torch.Generator().manual_seed(3)
    codes = torch.randint(0, 4, (count, length), generator=generator, dtype=torch.uint8)
    order = torch.randperm(length, generator=generator)
    return module.one_hot(codes), module.one_hot(codes[:, order])


@pytest.mark.parametrize("name", MODELS)
def test_deep_lift_of_captum_is_complete(name: str, tmp_path):
    module, model = model_of(name, tmp_path)
    x, shuffled = sequences(module, model)
    for references in (torch.zeros_like(x), torch.full_like(x, 0.25), shuffled):
        if references is shuffled:
            exec(SHUFFLED.partition("shuffled =")[0], {"torch": torch, "model": model})
        explainer = captum.DeepLift(model)
        _, missing = explainer.attribute(x, references, target=0, return_convergence_delta=True)
        with torch.no_grad():
            assert_complete(missing, model(x)[:, 0], model(references)[:, 0])


@pytest.mark.parametrize("name", MODELS)
def test_deep_lift_of_tangermeme_is_complete(name: str, tmp_path):
    module, model = model_of(name, tmp_path)
    x, shuffled = sequences(module, model)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        options = {"target": 0, "device": "cpu", "hypothetical": False}
        found = deep_lift_shap(model, x, references=shuffled[:, None], **options)
    assert not of_convergence(caught)
    # Not hypothetical: multiplied with x. What the references' letters add is not among them.
    raw = deep_lift_shap(model, x, references=shuffled[:, None], raw_outputs=True, **options)
    with torch.no_grad():
        outputs, others = model(x)[:, 0], model(shuffled)[:, 0]
    total = (raw * (x - shuffled)[:, None]).sum((1, 2, 3))
    assert_complete(total - (outputs - others), outputs, others)
    assert found.shape == x.shape


@pytest.mark.parametrize("name", MODELS)
def test_guided_backpropagation_is_no_plain_gradient(name: str, tmp_path):
    module, model = model_of(name, tmp_path)
    x, _ = sequences(module, model)
    guided = captum.GuidedBackprop(model).attribute(x, target=0)
    x.requires_grad_()
    (plain,) = torch.autograd.grad(model(x)[:, 0].sum(), x)
    assert (guided - plain).abs().max() > 0.1 * plain.abs().max()
