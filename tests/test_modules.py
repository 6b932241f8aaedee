"""External PyTorch modules: what is asked of them, and what of them a script holds."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from seqgra_compile.commands.shadows import IMPORTED
from seqgra_compile.compiler import Compilation, compile_bytes

REJECT = Path(__file__).resolve().parent.parent / "golden" / "reject"
MODEL = (REJECT / "SG620-arguments-without-defaults" / "model.xml").read_bytes()
IMPORTS = "import torch\nfrom torch import nn\n"
INIT = "super().__init__(); self.f = nn.Linear(4, 3)"
FORWARD = "    def forward(self, x):\n        return self.f(x.amax(2))\n"
PLAIN = f"class MotifNet(nn.Module):\n    def __init__(self):\n        {INIT}\n{FORWARD}"
BASE = f"class Base(nn.Module):\n    def __init__(self, n):\n        {INIT}\n{FORWARD}"


def _compiled(text: str, folder: Path) -> Compilation:
    (folder / "motifs.py").write_text(text, "utf-8")
    return compile_bytes("model.xml", MODEL, [folder])


def _found(text: str, folder: Path) -> list[tuple[str, str]]:
    """Codes with the line in the module, or '' where there is none."""
    messages = [(each.code, each.message) for each in _compiled(text, folder).diagnostics]
    return [
        (code, message.split(":")[1] if message.startswith("motifs.py:") else "")
        for code, message in messages
    ]


# ---- the class ----


def _class(head: str, init: str = "self", forward: str = "self, x", body: str = "") -> str:
    return (
        f"{IMPORTS}{head}\n    def __init__({init}):\n        {INIT}\n{body}"
        f"    def forward({forward}):\n        return self.f(x.amax(2))\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        _class("class MotifNet(nn.Module):", "self, n=1, *, k=2, **more"),
        _class("class MotifNet(nn.Module):", "self, *args, **more"),
        _class("class MotifNet(nn.Module):", forward="self, x, mask=None, *args"),
        _class("class MotifNet(nn.Module):", forward="self, *given").replace("x.amax", "given[0].amax"),
        _class("Base = nn.Module\nclass MotifNet(Base):"),
        _class("import typing\nT = typing.TypeVar('T')\nclass MotifNet(nn.Module, typing.Generic[T]):"),
        _class("class Kind(type): pass\nclass MotifNet(nn.Module, metaclass=Kind):"),
        # Each cannot be seen.
        _class("from zoo import Base\nclass MotifNet(Base):"),
        _class("def make(): return nn.Module\nclass MotifNet(make()):"),
        _class("from zoo import filled\n@filled\nclass MotifNet(nn.Module):", "self, n"),
        IMPORTS + BASE + "class MotifNet(Base):\n    def __init__(self):\n        super().__init__(3)\n",
        IMPORTS + "class MotifNet(nn.Sequential):\n    pass\n",
        IMPORTS + PLAIN.replace("forward", "scores") + "    forward = scores\n",
        IMPORTS + PLAIN.replace("forward", "__call__"),
        IMPORTS + PLAIN.replace("def forward", "def scores") + "MotifNet.forward = MotifNet.scores\n",
        IMPORTS + "class Mixin:\n" + FORWARD + PLAIN.replace(FORWARD, "").replace("(nn", "(Mixin, nn"),
        IMPORTS + "if torch:\n    class MotifNet(nn.Module):\n        def forward(self, x): return x\n"
        "else:\n    class MotifNet: pass\n",
    ],
)  # fmt: skip
def test_a_class_that_fits(text: str, tmp_path: Path) -> None:
    assert {code for code, _ in _found(text, tmp_path)} <= {"SG608"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (_class("class MotifNet(nn.Module):", "self, n"), ("SG620", "4")),
        (_class("class MotifNet(nn.Module):", "self, *, n"), ("SG620", "4")),
        (_class("class MotifNet(nn.Module):", "self, n, /, k=1"), ("SG620", "4")),
        (_class("class MotifNet(nn.Module):", forward="self, x, mask"), ("SG620", "6")),
        (_class("class MotifNet(nn.Module):", forward="self, x, *, mask"), ("SG620", "6")),
        (_class("class MotifNet(nn.Module):", forward="self"), ("SG620", "6")),
        (IMPORTS + BASE + "class MotifNet(Base):\n    pass\n", ("SG620", "4")),
        (
            _class(
                "def seen(name):\n    def keep(cls):\n        return cls\n    return keep\n"
                "@seen('a')\nclass MotifNet(nn.Module):",
                "self, n",
            ),
            ("SG620", "9"),
        ),
        (
            "import dataclasses\n" + IMPORTS + "@dataclasses.dataclass(eq=False)\n"
            "class MotifNet(nn.Module):\n    n: int\n    k: int = 2\n" + FORWARD,
            ("SG620", "5"),
        ),
        (_class("class MotifNet:"), ("SG621", "3")),
        (_class("class MotifNet(object):"), ("SG621", "3")),
        (_class("class A: pass\nclass MotifNet(A):"), ("SG621", "4")),
        (_class("from enum import Enum\nclass MotifNet(Enum):"), ("SG621", "4")),
        (_class("from torch.utils.data import Dataset\nclass MotifNet(Dataset):"), ("SG621", "4")),
        (IMPORTS + PLAIN.replace("forward", "predict"), ("SG621", "3")),
        (IMPORTS + PLAIN.replace("return self.f(x.amax(2))", "..."), ("SG621", "6")),
        (IMPORTS + PLAIN.replace("super().__init__(); ", ""), ("SG621", "4")),
        (
            "import abc\n" + IMPORTS + PLAIN.replace("Module", "Module, abc.ABC")
            + "    @abc.abstractmethod\n    def scale(self): ...\n",
            ("SG621", "4"),
        ),
    ],
)  # fmt: skip
def test_a_class_that_does_not_fit(text: str, found: tuple[str, str], tmp_path: Path) -> None:
    assert _found(text, tmp_path) == [found]


def test_the_base_class_of_another_package_brings_no_forward(tmp_path: Path) -> None:
    text = "import lightning as L\n" + IMPORTS + PLAIN.replace("nn.Module", "L.LightningModule")
    assert _found(text, tmp_path) == [("SG608", "")]
    assert ("SG621", "4") in _found(text.replace("forward", "training_step"), tmp_path)


# ---- its imports ----


@pytest.mark.parametrize(
    "use",
    [
        'N = eval("math.sqrt(4)")',
        'N = getattr(globals()["math"], "pi")',
        'def f(x: "math.Number"): pass',
        "N = f\"{eval('math.pi')}\"",
        "def f(x):\n    # type: (math) -> int\n    return x",
    ],
)
def test_an_import_within_text_stays(use: str, tmp_path: Path) -> None:
    script = _compiled(f"import math\nimport glob\n{IMPORTS}{use}\n{PLAIN}", tmp_path).script
    assert "\nimport math\n" in script
    assert "import glob" not in script


TYPE_CHECKING = """import typing
from typing import TYPE_CHECKING
{imports}
if {test}:
    from .config import Config
    from somewhere import Thing
    import motif_config
{otherwise}
{plain}"""


@pytest.mark.parametrize(
    "test", ["TYPE_CHECKING", "typing.TYPE_CHECKING", "TYPE_CHECKING and True"]
)
def test_what_never_runs_is_left_out(test: str, tmp_path: Path) -> None:
    (tmp_path / "motif_config.py").touch()
    text = TYPE_CHECKING.format(imports=IMPORTS, test=test, otherwise="", plain=PLAIN)
    done = _compiled(text, tmp_path)
    assert not list(done.diagnostics)
    assert "motif_config" not in done.script
    assert "without a block for __main__ or TYPE_CHECKING:" in done.script


def test_the_other_branch_runs(tmp_path: Path) -> None:
    otherwise = "else:\n    import einops\n    from .parts import Part"
    text = TYPE_CHECKING.format(
        imports=IMPORTS, test="TYPE_CHECKING", otherwise=otherwise, plain=PLAIN
    )
    assert _found(text, tmp_path) == [("SG607", "12"), ("SG608", "")]
    assert (
        "import einops" in _compiled(text.replace("from .parts import Part", ""), tmp_path).script
    )


def test_the_branch_of_not_type_checking_runs(tmp_path: Path) -> None:
    text = f"{IMPORTS}from typing import TYPE_CHECKING\nif not TYPE_CHECKING:\n    import blocks\n"
    (tmp_path / "blocks.py").touch()
    assert _found(text + PLAIN, tmp_path) == [("SG607", "5")]


def test_imports_of_the_main_block_do_not_count(tmp_path: Path) -> None:
    main = 'if __name__ == "__main__":\n    import summaries\n    from .x import y\n'
    assert _found(IMPORTS + PLAIN + main, tmp_path) == []


@pytest.mark.parametrize(
    "change",
    [
        "import sys\nsys.path.append('../common')",
        "import sys as s\ns.path.insert(0, '..')",
        "import sys\nsys.path += ['..']",
        "from sys import path\npath.append('..')",
        "import site\nsite.addsitedir('..')",
    ],
)
def test_a_module_found_through_the_search_path(change: str, tmp_path: Path) -> None:
    text = f"{change}\n{IMPORTS}import seq_utils\n{PLAIN}"
    assert _found(text, tmp_path) == [("SG607", "5")]
    # With nothing to find there, it is of no harm.
    assert _found(text.replace("import seq_utils", ""), tmp_path) == []


@pytest.mark.parametrize(
    ("line", "files"),
    [
        ("import blocks", ["blocks.py"]),
        ("from blocks.conv import C", ["blocks/conv.py"]),
        ("from blocks.deep.conv import C", ["blocks/deep/conv.py"]),
        ("import importlib\nB = importlib.import_module('blocks')", ["blocks.py"]),
        ("B = __import__('blocks')", ["blocks.py"]),
    ],
)
def test_siblings(line: str, files: list[str], tmp_path: Path) -> None:
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert [code for code, _ in _found(IMPORTS + line + "\n" + PLAIN, tmp_path)] == ["SG607"]


def test_a_sibling_of_the_folder_above(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "blocks.py").touch()
    (tmp_path / "models" / "motifs.py").write_text(f"{IMPORTS}from models import blocks\n{PLAIN}")
    model = MODEL.replace(b"motifs.py", b"models/motifs.py")
    done = compile_bytes("model.xml", model, [tmp_path])
    assert [each.code for each in done.diagnostics] == ["SG607"]


def test_another_file_that_is_loaded(tmp_path: Path) -> None:
    text = "import importlib.util\nS = importlib.util.spec_from_file_location('a', '../a.py')\n"
    assert _found(text + IMPORTS + PLAIN, tmp_path) == [("SG607", "2")]


def test_a_package_that_may_be_missing(tmp_path: Path) -> None:
    text = "try:\n    import apex\nexcept ImportError:\n    apex = None\n" + IMPORTS + PLAIN
    done = _compiled(text, tmp_path)
    assert [each.code for each in done.diagnostics] == ["SG608"]
    dependencies = next(line for line in done.script.splitlines() if "dependencies" in line)
    assert "apex" not in dependencies
    needed = _compiled(text.replace("apex = None", "raise"), tmp_path).script
    assert '"apex"' in next(line for line in needed.splitlines() if "dependencies" in line)


# ---- its state ----


def _changing(change: str, init: str = "self.n = 0", methods: str = "", top: str = "") -> str:
    return (
        f"{IMPORTS}{top}\nclass MotifNet(nn.Module):\n    def __init__(self):\n"
        f"        super().__init__()\n        self.f = nn.Linear(4, 3)\n        {init}\n"
        f"    def forward(self, x):\n        {change}\n        return self.f(x.amax(2))\n{methods}"
    )


COUNT = "    def count(self, *_):\n        self.n += 1\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (_changing("self.n = 1"), "10"),
        (_changing("self.n += 1"), "10"),
        (_changing("self.n: int = 1"), "10"),
        (_changing("self.n[0] = 1"), "10"),
        (_changing("self.n.append(1)"), "10"),
        (_changing("self.n['a'].append(1)"), "10"),
        (_changing("self.n.add_(1)"), "10"),
        (_changing("next(self.n)"), "10"),
        (_changing("setattr(self, 'n', 1)"), "10"),
        (_changing("type(self).n += 1"), "10"),
        (_changing("self.__class__.n += 1"), "10"),
        (_changing("MotifNet.n += 1"), "10"),
        (_changing("for self.n in range(3): pass"), "10"),
        (_changing("self.count()", methods=COUNT), "13"),
        (_changing("pass", "self.f.register_forward_hook(self.count)", COUNT), "13"),
        (_changing("pass", methods=COUNT.replace("count", "train")), "13"),
        (_changing("global N; N += 1", top="N = 0"), "10"),
        (_changing("SEEN.append(1)", top="SEEN = []"), "10"),
        (_changing("self.n += 1", "self.register_buffer('n', torch.zeros(1), False)"), "10"),
        (_changing("self.part(x)", "self.part = Part()", top=(
            "class Part(nn.Module):\n    def forward(self, x):\n        self.n = 1")), "5"),
        (_changing("pass", "self.g = torch.Generator()"), "8"),
        (_changing("pass", "self.g = torch.Generator().manual_seed(1)"), "8"),
        (_changing("torch.rand(1, generator=G)", top="G = torch.Generator()"), "3"),
        (_changing("pass", "import random; self.g = random.Random(1)"), "8"),
    ],
)  # fmt: skip
def test_state_that_a_resumed_run_loses(text: str, line: str, tmp_path: Path) -> None:
    done = _compiled(text, tmp_path)
    found = [(each.severity.value, each.code) for each in done.diagnostics]
    assert found == [("note", "SG622")], [each.message for each in done.diagnostics]
    assert f"motifs.py:{line}: " in next(iter(done.diagnostics)).message
    assert done.script


@pytest.mark.parametrize(
    "text",
    [
        _changing("self.n += 1", "self.register_buffer('n', torch.zeros(1))"),
        _changing("self.n.mul_(2)", "self.n = nn.Parameter(torch.zeros(1))"),
        _changing("self.f.weight.data.clamp_(-1, 1)"),
        _changing("x = x.clone(); x[0] += 1; x.add_(1); n = []; n.append(1)"),
        _changing("self.f.requires_grad_(True)"),
        _changing("g = torch.Generator().manual_seed(1)"),
        _changing("pass", methods="    def fit(self):\n        self.n += 1\n"),
        _changing("self.n += 1", methods="    def get_extra_state(self): return self.n\n"),
        _changing(
            "pass", top="class Other(nn.Module):\n    def forward(self, x):\n        self.n = 1"
        ),
    ],
)
def test_state_that_is_kept(text: str, tmp_path: Path) -> None:
    assert _found(text, tmp_path) == []


# ---- names of files ----


@pytest.mark.long
@pytest.mark.parametrize(
    "imports", ["import torch, numpy, tqdm", "import tensorflow, keras, numpy"]
)
def test_what_libraries_import_is_known(imports: str) -> None:
    """Measured, against the table; what they bring with them under a private name is left out."""
    import subprocess

    found = subprocess.run(
        [sys.executable, "-c", f"{imports}, sys\nprint(sorted({{n.split('.')[0] for n in sys.modules}}))"],
        capture_output=True,
        check=True,
        text=True,
    ).stdout.splitlines()[-1]  # fmt: skip
    public = {name for name in ast.literal_eval(found) if name.isidentifier() and name[0] != "_"}
    assert (
        public - IMPORTED - sys.stdlib_module_names - {"cython_runtime", "pybind11_abseil"} == set()
    )
