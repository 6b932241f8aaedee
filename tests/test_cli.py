"""The command: its options, its exit statuses, and what it leaves behind when something fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from run_command import run, run_audit

import seqgra_compile
from seqgra_compile.commands import compile as cli
from seqgra_compile.compiler import compile_definition
from seqgra_compile.messages.codes import CODES

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
MISSPELT = (GOLDEN / "reject" / "SG203-misspelt-parameter" / "model.xml").read_bytes()
GOOD = MISSPELT.replace(b"unts", b"units")
MODULE = (GOLDEN / "reject" / "SG605-unknown-class" / "model.xml").read_bytes()
MODULE_FILE = (GOLDEN / "reject" / "SG605-unknown-class" / "motifs.py").read_bytes()
UNIX = pytest.mark.skipif(os.name == "nt", reason="needs a Unix shell")


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return _file(tmp_path / "good.xml", GOOD)


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    return _file(tmp_path / "bad.xml", MISSPELT)


def _file(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def _shell(command: str, folder: Path, **environment: str) -> subprocess.CompletedProcess:
    """A shell line in which $SC is the command."""
    environment = {**os.environ, "SC": f"{sys.executable} -m seqgra_compile", **environment}
    return subprocess.run(
        ["sh", "-c", command], cwd=folder, env=environment, capture_output=True, timeout=120
    )


# ---- where the script goes ----


def test_to_standard_output(good: Path) -> None:
    result = run(good)
    assert (result.exit_code, result.stderr) == (0, b"")
    compile(result.stdout, "train.py", "exec")


def test_from_standard_input(good: Path) -> None:
    result = run("-", stdin=GOOD)
    assert result.exit_code == 0
    assert b"from -, SHA-256" in result.stdout
    assert len(result.stdout.splitlines()) == len(run(good).stdout.splitlines())


def test_standard_input_names_files_beside_the_user(tmp_path: Path) -> None:
    _file(tmp_path / "motifs.py", MODULE_FILE)
    result = run("-", folder=tmp_path, stdin=MODULE.replace(b"MotivNet", b"MotifNet"))
    assert result.exit_code == 0


def test_to_a_file(good: Path, tmp_path: Path) -> None:
    target = tmp_path / "new" / "folder" / "train.py"
    result = run(good, "-o", target)
    assert (result.exit_code, result.stdout, result.stderr) == (0, b"", b"")
    assert target.read_bytes() == run(good).stdout
    assert [path.name for path in target.parent.iterdir()] == ["train.py"]


def test_into_a_folder(good: Path, tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    assert run(good, "-o", tmp_path / "scripts").exit_code == 0
    assert [path.name for path in (tmp_path / "scripts").iterdir()] == ["zinc-fingers.py"]


def test_many_into_a_new_folder(good: Path, tmp_path: Path) -> None:
    other = _file(tmp_path / "other.xml", GOOD.replace(b'"zinc-fingers"', b'"leucine-zippers"'))
    result = run(good, other, "-o", tmp_path / "scripts")
    assert result.exit_code == 0
    names = sorted(path.name for path in (tmp_path / "scripts").iterdir())
    assert names == ["leucine-zippers.py", "zinc-fingers.py"]


@pytest.mark.parametrize("folder", ["new/", "new/deep/", "new/."])
def test_a_trailing_slash_makes_a_folder(folder: str, good: Path, tmp_path: Path) -> None:
    assert run(good, "-o", folder, folder=tmp_path).exit_code == 0
    assert (tmp_path / folder / "zinc-fingers.py").is_file()
    assert run("--init", "-o", folder, folder=tmp_path).exit_code == 0
    assert list((tmp_path / folder).glob("*.xml"))
    assert run_audit("report", good, "-o", folder, folder=tmp_path).exit_code == 0
    assert (tmp_path / folder / "zinc-fingers.html").is_file()


def test_a_trailing_slash_behind_a_file(good: Path, tmp_path: Path) -> None:
    _file(tmp_path / "train.py", b"")
    result = run(good, "-o", "train.py/", folder=tmp_path)
    assert (result.exit_code, (tmp_path / "train.py").read_bytes()) == (2, b"")
    assert b"is a file" in result.stderr


# ---- scripts that would be imported in place of a module ----


@pytest.mark.parametrize("name", ["torch", "numpy", "keras", "json", "random", "types", "tqdm"])
@pytest.mark.parametrize("into_folder", [True, False])
def test_a_script_that_shadows(into_folder: bool, name: str, good: Path, tmp_path: Path) -> None:
    """Its neighbours are written all the same."""
    other = _file(tmp_path / "other.xml", GOOD.replace(b'"zinc-fingers"', f'"{name}"'.encode()))
    made = tmp_path / "scripts"
    target = f"{made}/" if into_folder else made / f"{name}.py"
    result = run(other, *([good] * into_folder), "-o", target)
    assert result.exit_code == 2
    assert f"in place of the module '{name}'".encode() in result.stderr
    found = sorted(path.name for path in made.iterdir()) if made.exists() else []
    assert found == ["zinc-fingers.py"] * into_folder


@pytest.mark.parametrize("name", ["torch.py", "typing.py", "numpy/__init__.py"])
def test_a_folder_that_holds_what_shadows(name: str, good: Path, tmp_path: Path) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    _file(tmp_path / name, b"")
    result = run(good, "-o", tmp_path / "train.py")
    assert result.exit_code == 2
    assert name.split("/")[0].encode() in result.stderr
    assert not (tmp_path / "train.py").exists()


@pytest.mark.parametrize("name", ["torch", "torches.py", "my-torch.py", "torch.txt"])
def test_names_that_shadow_nothing(name: str, good: Path, tmp_path: Path) -> None:
    (tmp_path / "keras").mkdir()  # no package
    assert run(good, "-o", tmp_path / name).exit_code == 0


def test_a_script_that_shadows_what_its_module_imports(tmp_path: Path) -> None:
    _file(tmp_path / "model.xml", MODULE.replace(b"MotivNet", b"MotifNet"))
    _file(
        tmp_path / "motifs.py",
        MODULE_FILE.replace(b"import torch\n", b"import einops\nimport torch\n"),
    )
    assert run("model.xml", "-o", "einops.py", folder=tmp_path).exit_code == 2
    assert run("model.xml", "-o", "train.py", folder=tmp_path).exit_code == 0


# ---- several definitions ----


def test_two_of_one_id(good: Path, tmp_path: Path) -> None:
    other = _file(tmp_path / "other.xml", GOOD.replace(b"<seed>7<", b"<seed>8<"))
    result = run(good, other, "-o", tmp_path / "scripts")
    assert result.exit_code == 2
    assert b"other.xml: " in result.stderr
    assert b"good.xml' has the same model id" in result.stderr
    assert (tmp_path / "scripts" / "zinc-fingers.py").read_bytes() == run(good).stdout


def test_one_bad_of_many(good: Path, bad: Path, tmp_path: Path) -> None:
    other = _file(tmp_path / "other.xml", GOOD.replace(b'"zinc-fingers"', b'"leucine-zippers"'))
    result = run(good, bad, other, "-o", tmp_path / "scripts")
    assert result.exit_code == 1
    assert len(list((tmp_path / "scripts").iterdir())) == 2


def test_an_existing_file_survives_a_failure(bad: Path, tmp_path: Path) -> None:
    target = _file(tmp_path / "train.py", b"print('mine')\n")
    assert run(bad, "-o", target).exit_code == 1
    assert target.read_bytes() == b"print('mine')\n"


def test_an_existing_file_is_replaced_and_keeps_its_mode(good: Path, tmp_path: Path) -> None:
    target = _file(tmp_path / "train.py", b"print('mine')\n")
    target.chmod(0o600)
    assert run(good, "-o", target).exit_code == 0
    assert target.read_bytes() == run(good).stdout
    assert target.stat().st_mode & 0o777 == 0o600


def test_a_link_stays_a_link(good: Path, tmp_path: Path) -> None:
    target = _file(tmp_path / "real.py", b"")
    (tmp_path / "train.py").symlink_to(target)
    assert run(good, "-o", tmp_path / "train.py").exit_code == 0
    assert (tmp_path / "train.py").is_symlink()
    assert target.read_bytes() == run(good).stdout


def test_a_definition_is_not_overwritten(good: Path) -> None:
    result = run(good, "-o", good)
    assert result.exit_code == 2
    assert b"this is a definition" in result.stderr
    assert good.read_bytes() == GOOD


@UNIX
def test_a_device_is_not_replaced(good: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    result = _shell("cat pipe > out.txt & $SC good.xml -o pipe && wait", tmp_path)
    assert (result.returncode, result.stderr) == (0, b"")
    assert pipe.is_fifo()
    assert (tmp_path / "out.txt").read_bytes() == run(good).stdout


def test_an_unwritable_target(good: Path, tmp_path: Path) -> None:
    _file(tmp_path / "file", b"")
    for target in (tmp_path / "file" / "train.py", tmp_path / ("x" * 300)):
        result = run(good, "-o", target)
        assert result.exit_code == 2
        assert result.stdout == b""
        assert len(result.stderr.splitlines()) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "good.xml"]


# ---- standard output: whole or nothing ----


def test_nothing_on_standard_output_after_an_error(bad: Path) -> None:
    result = run(bad)
    assert (result.exit_code, result.stdout) == (1, b"")
    assert result.stderr.startswith(f"{bad}:20:18: error[SG203]: ".encode())


@UNIX
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("target", ["/dev/full", "&-"])
def test_standard_output_that_takes_nothing(good: Path, target: str, unbuffered: str) -> None:
    if target.startswith("/") and not Path(target).exists():
        pytest.skip(f"no {target}")
    result = _shell(f"$SC good.xml >{target}", good.parent, PYTHONUNBUFFERED=unbuffered)
    assert result.returncode == 2
    assert result.stderr.startswith(b"standard output: ")
    assert len(result.stderr.splitlines()) == 1


@UNIX
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("arguments", ["good.xml", "--explain SG203"])
def test_a_closed_pipe(good: Path, arguments: str, unbuffered: str) -> None:
    # The reader is gone before the command starts to write.
    command = f"(sleep 0.5; $SC {arguments}; echo $? >status) | sleep 0"
    result = _shell(command, good.parent, PYTHONUNBUFFERED=unbuffered)
    assert (good.parent / "status").read_text() == "2\n"
    assert result.stderr == b"standard output: Broken pipe\n"


@UNIX
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_pipe_closed_halfway(tmp_path: Path, unbuffered: str) -> None:
    labels = b"".join(b"<label>label-%d</label>" % n for n in range(9_998))
    many = GOOD.replace(b"<label>ctcf</label>", labels).replace(b'units="3"', b'units="10000"')
    _file(tmp_path / "many.xml", many)
    result = _shell(
        "($SC many.xml; echo $? >status) | head -c 1", tmp_path, PYTHONUNBUFFERED=unbuffered
    )
    assert (tmp_path / "status").read_text() == "2\n"
    assert result.stderr == b"standard output: Broken pipe\n"


# ---- what cannot be read ----


def test_a_missing_file(tmp_path: Path) -> None:
    result = run("none.xml", folder=tmp_path)
    assert result.exit_code == 2
    assert result.stderr == b"none.xml: No such file or directory\n"


def test_a_folder_for_a_definition(tmp_path: Path) -> None:
    result = run(tmp_path)
    assert result.exit_code == 2
    assert result.stderr == f"{tmp_path}: Is a directory\n".encode()


def test_the_worst_status_counts(good: Path, bad: Path, tmp_path: Path) -> None:
    result = run("--check", bad, tmp_path / "none.xml", good)
    assert result.exit_code == 2
    assert b"error[SG203]" in result.stderr
    assert b"none.xml: No such file" in result.stderr


@UNIX
def test_closed_standard_input(tmp_path: Path) -> None:
    result = _shell("$SC - <&-", tmp_path)
    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1


@UNIX
def test_endless_input(tmp_path: Path) -> None:
    result = _shell("$SC --check /dev/zero", tmp_path)
    assert result.returncode == 1
    assert result.stderr.startswith(b"/dev/zero:1:1: error[SG105]: ")


# ---- other options ----


def test_check_writes_nothing(good: Path, tmp_path: Path) -> None:
    result = run("--check", good, "-o", tmp_path / "train.py")
    assert (result.exit_code, result.stdout, result.stderr) == (0, b"", b"")
    assert not (tmp_path / "train.py").exists()


def test_include(tmp_path: Path) -> None:
    (tmp_path / "modules").mkdir()
    _file(tmp_path / "modules" / "motifs.py", MODULE_FILE)
    model = _file(tmp_path / "model.xml", MODULE.replace(b"MotivNet", b"MotifNet"))
    assert b"SG601" in run(model).stderr
    result = run("-I", tmp_path / "modules", model)
    assert (result.exit_code, result.stderr) == (0, b"")
    assert run("-I", tmp_path / "none", model).exit_code == 2


def test_explain() -> None:
    result = run("--explain", "sg203")
    assert result.exit_code == 0
    assert result.stdout.startswith(b"SG203: an operation has no such parameter\n\n")
    for code in CODES:
        assert run("--explain", code).stdout.startswith(code.encode())


def test_explain_what_is_not_there() -> None:
    result = run("--explain", "SG999")
    assert (result.exit_code, result.stdout) == (2, b"")
    assert b"there is no code 'SG999'" in result.stderr


def test_version() -> None:
    result = run("--version")
    assert result.stdout.decode() == f"seqgra-compile {seqgra_compile.__version__}\n"


def test_help() -> None:
    assert run("--help").stdout == run("-h").stdout != b""


def test_as_a_module(good: Path) -> None:
    command = [sys.executable, "-m", "seqgra_compile", str(good)]
    result = subprocess.run(command, capture_output=True, timeout=120)
    assert (result.returncode, result.stderr) == (0, b"")
    assert result.stdout == run(good).stdout


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("a.xml", "b.xml"),
        ("-", "-", "-o", "scripts"),
        ("--no-such-option",),
        ("-o", "train.py"),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], tmp_path: Path) -> None:
    result = run(*arguments, folder=tmp_path)
    assert (result.exit_code, result.stdout) == (2, b"")
    assert result.stderr.startswith(b"Usage: ")
    assert list(tmp_path.iterdir()) == []


def test_many_into_a_file(good: Path, tmp_path: Path) -> None:
    target = _file(tmp_path / "train.py", b"")
    result = run(good, good, "-o", target)
    assert result.exit_code == 2
    assert b"need a folder" in result.stderr


# ---- our own faults ----


@pytest.mark.parametrize("error", [KeyError("units"), RecursionError("too deep"), MemoryError()])
def test_a_bug_of_ours(error: Exception, good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(cli, "compile_bytes", fail)
    monkeypatch.delenv("SEQGRA_COMPILE_TRACEBACK", raising=False)
    result = run(good)
    assert (result.exit_code, result.stdout) == (1, b"")
    first, *rest = result.stderr.decode().splitlines()
    version = seqgra_compile.__version__
    expected = f"{good}: error[SG901]: seqgra-compile {version} failed: {type(error).__name__}"
    assert first.startswith(expected)
    assert rest == ["  help: please report this line with the definition"]


def test_a_bug_with_its_traceback(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError("units")

    monkeypatch.setattr(cli, "compile_bytes", fail)
    monkeypatch.setenv("SEQGRA_COMPILE_TRACEBACK", "1")
    result = run(good)
    assert result.exit_code == 1
    assert b"Traceback (most recent call last)" in result.stderr
    assert b"error[SG901]" in result.stderr


def test_a_bug_spoils_no_other_definition(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compile_bytes = cli.compile_bytes

    def fail_on_one(name: str, *rest: object, **options: object) -> object:
        if name.endswith("good.xml"):
            raise AssertionError
        return compile_bytes(name, *rest, **options)

    monkeypatch.setattr(cli, "compile_bytes", fail_on_one)
    other = _file(tmp_path / "other.xml", GOOD)
    assert run(good, other, "-o", tmp_path / "scripts").exit_code == 1
    assert (tmp_path / "scripts" / "zinc-fingers.py").exists()


# ---- names of files ----


@UNIX
def test_a_file_name_cannot_break_the_message(tmp_path: Path) -> None:
    _file(tmp_path / "a\nb\x1b[31m.xml", MISSPELT)
    result = run("a\nb\x1b[31m.xml", folder=tmp_path)
    assert result.stderr.startswith(rb"a\x0ab\x1b[31m.xml:20:18: error[SG203]")


def test_the_script_does_not_depend_on_the_folder(good: Path) -> None:
    assert run(good).stdout == run("good.xml", folder=good.parent).stdout


def test_the_api_says_the_same(good: Path, bad: Path) -> None:
    assert compile_definition(good).script.encode() == run(good).stdout
    compilation = compile_definition(bad)
    assert compilation.script is None
    assert [found.code for found in compilation.diagnostics] == ["SG203"]
    with pytest.raises(OSError):
        compile_definition(bad.parent)
