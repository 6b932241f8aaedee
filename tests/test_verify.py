"""Verification: whatever is done to a script is seen, and called by its name."""

from __future__ import annotations

import ast
import functools
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import black
import pytest
from cases import ACCEPT
from mutations import EXAMPLES
from run_command import run_audit

from seqgra_compile import audit
from seqgra_compile.audit.verify import Difference, verify_script
from seqgra_compile.backends.header import HeaderError, read_header
from seqgra_compile.catalog.semantics import SEMANTICS
from seqgra_compile.compiler import Options, UnsupportedOptions, compile_bytes, compile_definition

MOTIFS = EXAMPLES / "motifs.xml"
SCRIPTS = {
    path: compile_definition(path).script
    for path in (
        MOTIFS,
        EXAMPLES / "motifs-tensorflow.xml",
        EXAMPLES / "motifs-module.xml",
        EXAMPLES / "motifs-bayes.xml",
        ACCEPT / "torch-ml3-dna48-conv2d" / "model.xml",
    )
}
each_script = pytest.mark.parametrize(
    "path", SCRIPTS, ids=lambda path: path.parent.name + path.stem
)


@pytest.fixture(scope="module", autouse=True)
def compiled_once():
    """Each definition is compiled once only: it is not what changes here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(audit.verify, "compile_bytes", _cached)
        yield


@functools.cache
def _compiled(*arguments):
    return compile_bytes(*arguments)


def _cached(name, data, folders, *options):
    if not Path(name).parent.samefile(Path(EXAMPLES)):
        return compile_bytes(name, data, folders, *options)
    return _compiled(name, data, tuple(folders), *options)


def difference(path: Path, script: str | bytes) -> Difference:
    data = script if isinstance(script, bytes) else script.encode("utf-8", "surrogatepass")
    return verify_script(str(path), path.read_bytes(), [path.parent], "train.py", data).difference


# ---- the header ----


@each_script
def test_header(path: Path):
    header = read_header(SCRIPTS[path])
    compilation = compile_definition(path)
    assert header.file == path.name
    assert header.sha256 == compilation.source.sha256
    library = compilation.model.library.value
    assert header.options.get("library") == (None if library.startswith("Bayes") else library)
    lines = SCRIPTS[path].split("\n")[header.first - 1 : header.last]
    assert lines[0].startswith("Compiled by") and lines[-1].endswith(".")


@pytest.mark.parametrize("semantics", SEMANTICS)
@each_script
def test_options_are_read_from_the_header(path: Path, semantics: str):
    try:
        script = compile_definition(path, options=Options(semantics=semantics)).script
    except UnsupportedOptions:
        return
    if script is None:
        return  # there is nothing to imitate
    assert read_header(script).options["semantics"] == semantics
    assert difference(path, script) is Difference.NONE


def test_library_is_read_from_the_header():
    path = EXAMPLES / "motifs-tensorflow.xml"
    script = compile_definition(path, options=Options(library="PyTorch")).script
    assert "import torch" in script
    assert difference(path, script) is Difference.NONE


LINE = (
    "Compiled by seqgra-compile 9.9 from other.xml, SHA-256 "
    + 64 * "0"
    + ", with --semantics seqgra-0.0.4 --library TensorFlow --data memory. "
)
IMITATIONS = (
    LINE,
    LINE + "Usage:  python train.py DATA_DIR",
    "\n\n" + LINE + "\nUsage:  python train.py",
    '"""\n\n' + LINE + "\nUsage:  python train.py",
    "&#10;&#10;" + LINE + "&#10;Usage:  python train.py&#10;&#10;",
    "text " * 18 + LINE + "Usage:  a",
    "\N{LINE SEPARATOR}" + LINE + "\N{PARAGRAPH SEPARATOR}Usage:  a",
)


@pytest.mark.parametrize("place", ["name", "description", "file", "label"])
@pytest.mark.parametrize("number", range(len(IMITATIONS)))
def test_header_cannot_be_imitated(place: str, number: int):
    imitation, text = IMITATIONS[number], MOTIFS.read_text("utf-8")
    name = "model.xml"
    if place == "file":
        name = imitation.replace("&#10;", "\n").replace("/", "-") + ".xml"
    else:
        before = {"name": "motif scanner", "label": "background"}.get(place, "Tells which")
        text = text.replace(before, imitation.replace('"', "&quot;"))
    compilation = compile_bytes(name, text.encode())
    if compilation.script is None:
        assert place == "label"  # not every text can be one
        return
    header = read_header(compilation.script)
    assert header.version == "0.1.0"
    assert header.sha256 == compilation.source.sha256
    options = header.options
    assert (options["semantics"], options["library"]) == ("intended", "PyTorch")
    compilation.settings  # noqa: B018 - the ledger, too, finds the header
    done = verify_script(name, text.encode(), [], "train.py", compilation.script.encode())
    assert done.difference is Difference.NONE


def test_a_long_file_name():
    name = "a-name-without-blanks-" * 8 + ".xml"
    script = compile_bytes(name, MOTIFS.read_bytes()).script
    assert read_header(script).file == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x = 1\n",
        '"""A docstring."""\n',
        "'''" + 30_000 * "(" + "'''\n",
        30_000 * "(",
        "\0",
        '"""open',
        "\udc80",
        SCRIPTS[MOTIFS].replace("--semantics intended", "--semantics other"),
        SCRIPTS[MOTIFS].replace("--library PyTorch", "--colour PyTorch"),
    ],
    ids=range(10),
)
def test_no_header(text: str):
    with pytest.raises(HeaderError):
        read_header(text)


# ---- tampering ----

REPLACED = "xX0 9#\n\"'(=.\u200b"


def content(text: str) -> tuple[str, list[str]]:
    """What must be the same if only the layout is another one."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = re.sub(r"\s+", " ", node.value).strip()
    return ast.dump(tree), re.findall(r"#[^\n]*\S", text)


def check_tampered(path: Path, tampered: str) -> None:
    original = SCRIPTS[path]
    if tampered == original:
        return
    try:
        found = difference(path, tampered)
    except HeaderError:
        return  # it is seen: exit status 2
    assert found is not Difference.NONE
    if found is Difference.LAYOUT:
        assert content(tampered) == content(original)
    if found is Difference.COMMENTS:
        compile(tampered, "train.py", "exec")


def tamper(path: Path, step: int) -> None:
    original, draw = SCRIPTS[path], random.Random(path.name)
    for offset in range(draw.randrange(step), len(original), step):
        before, after = original[:offset], original[offset:]
        letter = draw.choice(REPLACED)
        check_tampered(path, before + after[1:])
        check_tampered(path, before + letter + after[1:])
        check_tampered(path, before + letter + after)


@each_script
def test_tampering_with_one_character_is_seen(path: Path):
    tamper(path, 7999)


@pytest.mark.long
@each_script
def test_tampering_with_any_character_is_seen(path: Path):
    tamper(path, 7)


# ---- what kind of difference ----


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "  \n", 40),
        lambda text: text + "\n\n",
        lambda text: text[:-1],
        lambda text: text.replace("\n\n\n", "\n\n"),
        lambda text: black.format_str(text, mode=black.Mode(line_length=60)),
        lambda text: black.format_str(
            text, mode=black.Mode(line_length=140, magic_trailing_comma=False)
        ),
        lambda text: text.replace("0.005", "5e-3"),
    ],
    ids=range(10),
)
def test_layout(change):
    assert difference(MOTIFS, change(SCRIPTS[MOTIFS])) is Difference.LAYOUT


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("# optimizer/learning_rate", "# optimizer/learning rate"),
        lambda text: text.replace("Tells which", "Tells not which"),
        lambda text: text.replace("  # general/seed", ""),
        lambda text: text.replace('    """Refuse', '    """Turn away'),
        lambda text: text + "# the end\n",
        lambda text: text.replace("from motifs.xml", "from models.xml"),
    ],
    ids=range(6),
)
def test_comments(change):
    tampered = change(SCRIPTS[MOTIFS])
    assert tampered != SCRIPTS[MOTIFS]
    assert difference(MOTIFS, tampered) is Difference.COMMENTS


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("0.005", "0.05"),
        lambda text: text.replace('dependencies = ["numpy"', 'dependencies = ["numpy", "nvmpy"'),
        lambda text: text.replace("optimizer.zero_grad()", "pass"),
        lambda text: text.replace('"c1"', '"c 1"'),
        lambda text: "# coding: latin-1\n" + text,
        lambda text: text + ")",
        lambda text: text + "x = " + "+".join(["1"] * 40_000),
    ],
    ids=range(7),
)
def test_code(change):
    tampered = change(SCRIPTS[MOTIFS])
    assert tampered != SCRIPTS[MOTIFS]
    assert difference(MOTIFS, tampered) is Difference.CODE


def test_version():
    older = SCRIPTS[MOTIFS].replace("0.1.0", "0.0.9")
    found = verify_script(str(MOTIFS), MOTIFS.read_bytes(), [], "train.py", older.encode())
    assert found.difference is Difference.VERSION
    assert found.remarks == ("the script names version 0.0.9 of the compiler, and this is 0.1.0",)
    other = older.replace("0.005", "0.05")
    assert difference(MOTIFS, other) is Difference.CODE


# ---- the command ----


def write(folder: Path, text: str) -> Path:
    path = folder / "train.py"
    path.write_bytes(text.encode())
    return path


def test_same(tmp_path):
    result = run_audit("verify", MOTIFS, write(tmp_path, SCRIPTS[MOTIFS]))
    assert (result.exit_code, result.stdout) == (0, b"")
    assert result.stderr.endswith(b"train.py: is what the definition compiles to\n")


def test_same_from_standard_input(tmp_path):
    script = write(tmp_path, SCRIPTS[MOTIFS])
    assert run_audit("verify", "-", script, stdin=MOTIFS.read_bytes()).exit_code == 0
    assert run_audit("verify", MOTIFS, "-", stdin=script.read_bytes()).exit_code == 0
    assert run_audit("verify", "-", "-").exit_code == 2


def test_different(tmp_path):
    script = write(tmp_path, SCRIPTS[MOTIFS].replace("0.005", "0.05"))
    result = run_audit("verify", MOTIFS, script)
    assert result.exit_code == 1
    lines = result.stdout.decode().splitlines()
    assert lines[:2] == ["--- compiled", f"+++ {script}"]
    changed = [line for line in lines[2:] if line[0] in "+-"]
    assert changed == [
        "-LEARNING_RATE = 0.005  # optimizer/learning_rate",
        "+LEARNING_RATE = 0.05  # optimizer/learning_rate",
    ]
    assert result.stderr.endswith(b"train.py: differs in its code\n")


def test_another_definition(tmp_path):
    script = write(tmp_path, SCRIPTS[MOTIFS])
    path = tmp_path / "motifs.xml"
    path.write_text(MOTIFS.read_text("utf-8").replace("0.005", "0.01"), "utf-8")
    result = run_audit("verify", path, script)
    assert result.exit_code == 1
    assert b"names another definition, of the SHA-256" in result.stderr
    assert b"\n-LEARNING_RATE = 0.01" in result.stdout


def test_another_file_name(tmp_path):
    script = write(tmp_path, SCRIPTS[MOTIFS])
    path = tmp_path / "renamed.xml"
    path.write_bytes(MOTIFS.read_bytes())
    result = run_audit("verify", path, script)
    assert result.exit_code == 1
    assert b"names the definition 'motifs.xml', not 'renamed.xml'" in result.stderr
    assert b"the code is the same" in result.stderr


def test_an_external_file_that_has_changed(tmp_path):
    path = tmp_path / "motifs-module.xml"
    path.write_bytes((EXAMPLES / path.name).read_bytes())
    module = (EXAMPLES / "motif_scanner.py").read_text("utf-8")
    script = write(tmp_path, SCRIPTS[EXAMPLES / path.name])
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "motif_scanner.py").write_text(module.replace("16", "17"), "utf-8")
    assert run_audit("verify", path, script).exit_code == 2
    assert run_audit("verify", path, script, "-I", tmp_path / "modules").exit_code == 1
    assert run_audit("verify", path, script, "-I", EXAMPLES).exit_code == 0


def test_it_cannot_be_told(tmp_path):
    broken = tmp_path / "broken.xml"
    broken.write_text(MOTIFS.read_text("utf-8").replace("filters=", "filtres="), "utf-8")
    script = write(tmp_path, SCRIPTS[MOTIFS])
    result = run_audit("verify", broken, script)
    assert (result.exit_code, result.stdout) == (2, b"") and b"SG203" in result.stderr
    other = tmp_path / "other.py"
    other.write_text("x = 1\n")
    result = run_audit("verify", MOTIFS, other)
    assert (result.exit_code, result.stdout) == (2, b"")
    assert b"does not begin with a docstring" in result.stderr
    result = run_audit("verify", MOTIFS, tmp_path / "no.py")
    assert result.exit_code == 2 and b"no.py: No such file or directory" in result.stderr
    result = run_audit("verify", tmp_path / "no.xml", script)
    assert result.exit_code == 2 and b"no.xml: No such file or directory" in result.stderr
    result = run_audit("verify", MOTIFS, tmp_path)
    assert result.exit_code == 2 and b"this is a folder; first the definition" in result.stderr
    (tmp_path / "large.py").write_bytes(bytes(2**24 + 1))
    result = run_audit("verify", MOTIFS, tmp_path / "large.py")
    assert result.exit_code == 2 and b"more than 16,777,216 bytes" in result.stderr


def test_hostile_scripts_are_printed_harmlessly(tmp_path):
    script = write(tmp_path, SCRIPTS[MOTIFS] + "# \x1b[2J \u202e\n")
    result = run_audit("verify", MOTIFS, script)
    assert result.exit_code == 1
    assert all(line.isprintable() for line in result.stdout.decode().splitlines())


@pytest.mark.skipif(os.name == "nt", reason="needs a Unix shell")
def test_a_reader_that_leaves(tmp_path):
    script = write(tmp_path, "\n".join(f"{line} #" for line in SCRIPTS[MOTIFS].split("\n")))
    code = "from seqgra_compile.commands.audit import main; main()"
    for words in (["verify", MOTIFS, script], ["settings", MOTIFS]):
        shell = f"{sys.executable} -c '{code}' {' '.join(map(str, words))} | true"
        done = subprocess.run(["sh", "-c", shell], capture_output=True, text=True)
        assert "Traceback" not in done.stderr
