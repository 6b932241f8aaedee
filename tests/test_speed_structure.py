"""What makes the compiler fast, without a clock: what it imports, and that order is kept."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from seqgra_compile.commands.parallel import Ahead
from seqgra_compile.compiler import compile_bytes

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
LIBRARIES = {
    "motifs.xml": "pytorch",
    "motifs-tensorflow.xml": "keras",
    "motifs-bayes.xml": "bayes",
}


def python(code: str, folder: Path = ROOT) -> subprocess.CompletedProcess:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True
    )


def imported(*arguments: str) -> set[str]:
    """The modules that a call of the command imports."""
    done = python(
        "import sys\nfrom seqgra_compile.commands.compile import main\n"
        f"try: main({list(arguments)!r})\nexcept SystemExit: pass\n"
        "print(*sorted(sys.modules), file=sys.stderr)"
    )
    modules = done.stderr.splitlines()[-1].split()
    assert "seqgra_compile.compiler" in modules
    return set(modules)


@pytest.mark.parametrize("name", LIBRARIES)
def test_checking_imports_little(name: str):
    modules = imported("--check", str(EXAMPLES / name))
    assert not modules & {"black", "jinja2", "lxml", "numpy", "tempfile", "difflib"}
    assert not modules & {"concurrent.futures", "multiprocessing", "subprocess"}
    ours = {module.removeprefix("seqgra_compile.") for module in modules}
    assert not ours & {"reference", "files.keras", "files.npy"}
    # The Bayes classifier's definition gets a note.
    assert ("messages.codes" in ours) == (name == "motifs-bayes.xml")
    assert ours & {f"backends.{each}" for each in LIBRARIES.values()} == {
        f"backends.{LIBRARIES[name]}"
    }
    assert ("datadefinition.parser" in ours) == (name == "motifs-bayes.xml")


def test_compiling_imports_no_templating_library():
    modules = imported(str(EXAMPLES / "motifs.xml"))
    assert "black" in modules
    assert not modules & {"jinja2", "lxml", "numpy", "concurrent.futures"}


def definitions(folder: Path) -> list[str]:
    """Good ones, bad ones, one twice, one that names nothing."""
    text = (EXAMPLES / "motifs.xml").read_text("utf-8")
    for number in range(8):
        changed = text.replace('id="motifs"', f'id="m{number}"')
        (folder / f"m{number}.xml").write_text(changed, "utf-8")
    wrong = text.replace('filters="16"', 'filtres="16"')
    (folder / "m3.xml").write_text(wrong, "utf-8")
    (folder / "same-id.xml").write_text((folder / "m1.xml").read_text("utf-8"), "utf-8")
    (folder / "empty.xml").write_text("", "utf-8")
    names = [*sorted(path.name for path in folder.iterdir()), "missing.xml", "m2.xml"]
    return [names[-1], *names]


SERIAL = """
import sys
from seqgra_compile.commands import compile as cli
cli._MANY = cli._MANY_CHECKS = 10**6
"""
PARALLEL = """
import sys
from seqgra_compile.commands import compile as cli, parallel
cli._MANY = cli._MANY_CHECKS = 2
parallel._cores = lambda: 2
"""
NO_POOL = (
    PARALLEL
    + """
import concurrent.futures
def refuse(*a): raise OSError("no semaphores")
concurrent.futures.ProcessPoolExecutor = refuse
"""
)
BROKEN = (
    PARALLEL
    + """
import os
parent = os.getpid()
compile_bytes = cli.compile_bytes
def dies(*a):
    if os.getpid() != parent: os._exit(3)
    return compile_bytes(*a)
cli.compile_bytes = dies
"""
)
FAULTY = """
compile_again = cli.compile_bytes
def fails(name, *a):
    if name.startswith("m5"): raise ZeroDivisionError("five")
    return compile_again(name, *a)
cli.compile_bytes = fails
"""


@pytest.mark.parametrize("way", [PARALLEL, NO_POOL, BROKEN], ids=["pool", "none", "dying"])
@pytest.mark.parametrize("options", [["-o", "out"], ["--check"]], ids=["compile", "check"])
def test_many_definitions_as_one_after_another(way: str, options: list[str], tmp_path: Path):
    results = []
    for number, setting in enumerate((SERIAL, way)):
        folder = tmp_path / str(number)
        folder.mkdir()
        arguments = [*definitions(folder), *options]
        done = python(setting + FAULTY + f"cli.main({arguments!r})", folder)
        written = {path.name: path.read_bytes() for path in folder.glob("out/*")}
        results.append((done.returncode, done.stdout, done.stderr, written))
    assert results[0] == results[1]
    status, _, errors, written = results[0]
    assert status == 2 and all(each in errors for each in ("SG203", "SG901", "missing.xml"))
    assert ("same model id" in errors) == ("-o" in options)
    assert len(written) == (6 if "-o" in options else 0)


def test_work_is_done_in_other_processes():
    """A result that cannot travel would only cost time, unnoticed."""
    done = python(
        PARALLEL + "from functools import partial\nfrom pathlib import Path\n"
        "names = [str(p) for p in sorted(Path('examples').glob('*.xml'))]\n"
        "work = partial(cli._compile_file, (), cli.Options())\n"
        "with parallel.Ahead(work, names, 2) as ahead:\n"
        "    for name in names: print(ahead.result(name).diagnostics.failed)"
    )
    assert done.stdout.split().count("False") >= 5, done.stderr


def test_few_names_need_no_processes():
    with Ahead(len, ["a", "b"], 3) as ahead:
        assert ahead.pool is None and ahead.result("a") is None


# ---- the ledger of a long definition ----


def steps(work: Callable[[], object]) -> int:
    """How many lines of Python run, of loops each round."""
    count = 0

    def trace(frame, event, argument):
        nonlocal count
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def with_operations(text: str, count: int) -> bytes:
    pool = "<operation>GlobalMaxPool1D</operation>"
    dense = '<operation units="8" kernel_regularizer="L2(0.5)">Dense</operation>'
    assert pool in text
    return text.replace(pool, pool + dense * count).encode()


@pytest.mark.parametrize("name", ["motifs.xml", "motifs-tensorflow.xml"])
def test_the_ledger_grows_with_the_operations(name: str):
    """Not with their square: each operation adds as many steps as the one before it."""
    text = (EXAMPLES / name).read_text("utf-8")
    found = []
    # What the first one reads, the templates, is kept.
    assert compile_bytes("model.xml", with_operations(text, 100)).settings
    for count in (10, 40, 70):
        compilation = compile_bytes("model.xml", with_operations(text, count))
        found.append(steps(lambda made=compilation: made.settings))
        assert len(compilation.settings) > 10 * count
    first, second = found[1] - found[0], found[2] - found[1]
    assert second < 1.03 * first
