"""Attacks on the compiler's time and memory, and on what it reads besides the definition."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

import attacks
import pytest
from test_hostile import MODEL, MODULE, REJECT, _codes, _compiled, _with

from seqgra_compile.messages.diagnostics import nearest, one_of

UNIX = pytest.mark.skipif(os.name == "nt", reason="needs pipes and users")
LONG = pytest.mark.long
WITH_WEIGHTS = _with(('filters="16"', 'filters="16" weights_file="weights.npy"'))


@LONG
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux")
@pytest.mark.parametrize("attack", attacks.ATTACKS, ids=lambda attack: attack.name)
def test_attack(attack: attacks.Attack) -> None:
    """Each in a process of its own, with as much of the processor and of memory as it may take."""
    cost = attacks.cost(attack, 60)
    assert cost.found == ""
    assert cost.mebibytes < 400


# ---- limits ----


def test_the_most_that_is_reported() -> None:
    compilation = _compiled(_with(("Which of", "<a/>" * 50_000)))
    found = list(compilation.diagnostics)
    assert [each.code for each in found] == ["SG104"] * 1000 + ["SG105"]
    assert compilation.diagnostics.failed and compilation.script is None


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (_with(("Which of", "<a/>" * 140_000)), "SG105"),
        (_with(("units=", " ".join(f'u{n}=""' for n in range(140_000)) + " units=")), "SG105"),
        (_with(("      <operation units", "<operation/>" * 5000 + "<operation units")), "SG105"),
        (_with((">0.001<", f">{'1' * 20_000}x<")), "SG204"),
        (_with((">0.001<", f">{'1' * 20_000}<")), "SG204"),
    ],
    ids=range(5),
)
def test_limits(data: bytes, code: str) -> None:
    assert _codes(data) == [code]


def test_an_id_that_is_suggested_is_short() -> None:
    compilation = _compiled(_with(('id="zinc-fingers"', f'id="{"a " * 100_000}"')))
    assert len(next(iter(compilation.diagnostics)).help) < 100


def test_a_list_of_names_is_short() -> None:
    assert len(one_of(f"name{number}" for number in range(100_000))) < 1000
    assert nearest("nam", [*(f"word{number}" for number in range(10_000)), "name"]) is None


# ---- files ----


@UNIX
@pytest.mark.parametrize(
    "error", [PermissionError, FileNotFoundError, IsADirectoryError, OSError], ids=str
)
def test_a_file_that_vanishes_or_cannot_be_read(
    error: type[OSError], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a user without rights sees it; the tests may run as one who has all."""
    (tmp_path / "motifs.py").write_text(MODULE)
    monkeypatch.setattr(os, "open", _refusing(error))
    compilation = _compiled(MODEL.encode(), tmp_path)
    assert [found.code for found in compilation.diagnostics] == ["SG603"]
    assert "cannot be read: not for you" in next(iter(compilation.diagnostics)).message


def _refusing(error: type[OSError]) -> Callable[..., int]:
    opened = os.open

    def instead(path: object, *arguments: object, **others: object) -> int:
        if str(path).endswith("motifs.py"):
            raise error(1, "not for you", str(path))
        return opened(path, *arguments, **others)

    return instead


@UNIX
def test_a_pipe_in_a_file_s_place_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "motifs.py")
    monkeypatch.setattr(Path, "is_file", lambda path: True)
    assert _codes(MODEL.encode(), tmp_path) == ["SG605"]


@UNIX
@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="root gives up its rights"
)
def test_a_folder_that_may_not_be_searched() -> None:
    """Nor does looking for the nearest file fail there."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "closed").mkdir()
        (folder / "closed" / "motifs.py").write_text(MODULE)
        (folder / "closed").chmod(0o644)
        os.seteuid(65534)
        try:
            codes = [
                _codes(MODEL.replace("motifs.py", path).encode(), folder)
                for path in ("closed/motifs.py", "elsewhere/motifs.py")
            ]
        finally:
            os.seteuid(0)
    assert codes == [["SG603"], ["SG601"]]


def test_a_hundred_million_bytes(tmp_path: Path) -> None:
    for name in ("motifs.py", "weights.npy"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(10**8)
    assert _codes(MODEL.encode(), tmp_path) == ["SG603"]
    assert _codes(WITH_WEIGHTS, tmp_path) == ["SG609"]


MODULES = [
    (MODULE + "\x0c" + " " * 20_000 + "\n", []),
    (MODULE + "# /// script\n# dependencies = ['x']\n# ///\n", ["SG604"]),
    (MODULE + "x = '''\n# /// script\n'''\n", ["SG604"]),
    (MODULE + "x = a" + ".b" * 100_000 + "\n", ["SG604"]),
    (MODULE + "x = a" + "(0,)" * 50_000 + "\n", ["SG604"]),
    (MODULE + "x = (a" + "\n.b" * 50_000 + ")\n", ["SG604"]),
    (MODULE + "x = [" + "0.5, " * 20_000 + "]\n", []),
    (MODULE + "if x: pass\n" + "elif x: pass\n" * 15_000, ["SG604"]),
    ("import os\n" * 10_000 + MODULE, []),
    ("# a comment\n\n" * 5000 + MODULE, []),
]


@pytest.mark.parametrize(("text", "codes"), MODULES, ids=range(len(MODULES)))
def test_modules(text: str, codes: list[str], tmp_path: Path) -> None:
    (tmp_path / "motifs.py").write_bytes(text.encode())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert _codes(MODEL.encode(), tmp_path) == codes


def test_a_module_that_black_cannot_read(tmp_path: Path) -> None:
    """Python joins the lines; Black takes the second for the first of a block."""
    module = MODULE.partition('"""\n\n')[2].replace("class MotifNet", "\\\nclass MotifNet")
    (tmp_path / "motifs.py").write_text(module)
    compilation = _compiled(MODEL.encode(), tmp_path, check_only=False)
    assert [found.code for found in compilation.diagnostics] == ["SG604"]
    assert compilation.script is None


def _npy(payload: bytes) -> bytes:
    header = b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + payload


@pytest.mark.parametrize(
    "payload",
    [
        b"\x80\x04Nr\xff\xff\xff\x7f.",
        b"\x80\x05\x96" + (2**40).to_bytes(8, "little") + b".",
        b"\x80\x04\x95" + (2**40).to_bytes(8, "little") + b".",
        b"Np99999999999\n.",
        b"cos\nsystem\n(S'touch made'\ntR.",
        b"\x80\x04\x8c\x02os\x8c\x06getcwd\x93)R.",
        b"I" + b"9" * 10_000 + b"\n.",
        b"(" * 100_000 + b".",
    ],
    ids=range(8),
)
def test_pickles_in_weights(
    payload: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None is run, and none takes much more memory than it has bytes."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "weights.npy").write_bytes(_npy(payload))
    assert _codes(WITH_WEIGHTS, tmp_path) == ["SG609"]
    assert os.listdir(tmp_path) == ["weights.npy"]


@pytest.mark.parametrize("depth", [300, 700, 3000, 20_000])
def test_deep_settings_of_a_keras_file(depth: int, tmp_path: Path) -> None:
    case = REJECT.parent / "accept" / "tf-ml2-dna24-keras-json"
    file = next((case / "networks").iterdir())
    deep = b"[" * depth + b"]" * depth
    (tmp_path / "networks").mkdir()
    (tmp_path / "networks" / file.name).write_bytes(file.read_bytes().replace(b'"valid"', deep, 1))
    assert _codes((case / "model.xml").read_bytes(), tmp_path) in (["SG204"], ["SG611"])
