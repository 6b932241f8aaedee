"""What hostile definitions and files cost the compiler: time and peak memory of each attack.

    python tests/hostile/attacks.py [NAME...] [--markdown] [--seconds 60]

Each attack is one run of the command in a process and a folder of its own, started with the limits
that nobody should need: so many seconds, and 4 GiB of memory. The time is the processor's for the
whole run, the start of Python included; the row `nothing` is a run on an empty definition. Exit status: 1 if
an attack ends otherwise than with its code.
"""

from __future__ import annotations

import argparse
import os
import pickle
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REJECT, ACCEPT = ROOT / "golden" / "reject", ROOT / "golden" / "accept"
GOOD = (REJECT / "SG203-misspelt-parameter" / "model.xml").read_bytes().replace(b"unts", b"units")
EXTERNAL = (REJECT / "SG605-unknown-class" / "model.xml").read_bytes()
EXTERNAL = EXTERNAL.replace(b"MotivNet", b"MotifNet")
MODULE = (REJECT / "SG605-unknown-class" / "motifs.py").read_bytes()
BAYES = (ACCEPT / "boc-mc4-dna60-positions-pairs" / "model.xml").read_bytes()
GRAMMAR = (ACCEPT / "boc-mc4-dna60-positions-pairs" / "data.xml").read_bytes()
WEIGHTS = (ACCEPT / "tf-ml2-dna40-conv2d-weights" / "model.xml").read_bytes()
JSON = (ACCEPT / "tf-ml2-dna24-keras-json" / "model.xml").read_bytes()
JSON_FILE = next((ACCEPT / "tf-ml2-dna24-keras-json" / "networks").iterdir())
MEMORY = 4 * 2**30
_NAN = float("nan")
FINE = ""
# The command under its limits; at its end it tells its own time and its own peak, which `ru_maxrss`
# would mix with that of the process which started it.
CHILD = """
import atexit, resource, sys, time
def tell():
    lines = open("/proc/self/status").read().splitlines()
    peak = next(line.split()[1] for line in lines if line.startswith("VmHWM"))
    open(".cost", "w").write(f"{time.process_time()} {peak}")
atexit.register(tell)
memory, seconds = int(sys.argv[1]), int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
del sys.argv[1:3]
from seqgra_compile.commands.compile import main
main()
"""


@dataclass(frozen=True)
class Attack:
    """A definition, the code that ends it (or none: it is compiled), and what lies beside it."""

    name: str
    definition: bytes
    code: str
    prepare: Callable[[Path], object] = lambda folder: None
    check: bool = True


def _with(old: bytes, new: bytes, definition: bytes = GOOD) -> bytes:
    assert definition.count(old) >= 1, old
    return definition.replace(old, new, 1)


def _doctype(inside: bytes, use: bytes = b"&a;") -> bytes:
    return _with(b"<seqgramodel", b"<!DOCTYPE x " + inside + b">\n<seqgramodel").replace(
        b"Which of", use + b"Which of"
    )


def _entities(count: int, times: int) -> bytes:
    """Billion laughs: each entity is the one before, ten times."""
    lines = [b'<!ENTITY a0 "lol">']
    lines += [
        b'<!ENTITY a%d "%s">' % (number, b"&a%d;" % (number - 1) * times)
        for number in range(1, count)
    ]
    return b"[" + b"\n".join(lines) + b"]"


def _file(name: str, data: bytes) -> Callable[[Path], object]:
    def write(folder: Path) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    return write


def _sparse(name: str, size: int) -> Callable[[Path], object]:
    def write(folder: Path) -> None:
        with (folder / name).open("wb") as file:
            file.truncate(size)

    return write


def _module(text: bytes) -> Callable[[Path], object]:
    return _file("motifs.py", text)


def _names(folder: Path) -> None:
    """Many files whose names are like the one that is missing."""
    for number in range(5000):
        (folder / f"{'motif' * 40}{number}.py").write_bytes(b"")


def _npy(payload: bytes) -> bytes:
    header = b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + payload


def _weights(data: bytes) -> Callable[[Path], object]:
    names = re.findall(rb'weights_file="([^"]+)"', WEIGHTS)

    def write(folder: Path) -> None:
        for name in names:
            _file(name.decode(), data)(folder)

    return write


def _json(data: bytes) -> Callable[[Path], object]:
    return _file(f"networks/{JSON_FILE.name}", data)


def _labels(count: int) -> bytes:
    names = b"".join(b"<label>l%d</label>" % number for number in range(count - 2))
    data = _with(b"<label>ctcf</label>", names)
    return _with(b'units="3"', b'units="%d"' % count, data)


def _operations(count: int) -> bytes:
    return _with(
        b"<operation units",
        b'<operation rate="0.1">Dropout</operation>' * count + b"<operation units",
    )


_PIPE = "motifs.py"

ATTACKS = [
    Attack("nothing", b"", "SG102"),
    Attack("a plain definition", GOOD, FINE),
    # XML
    Attack("billion laughs", _doctype(_entities(12, 10), b"&a11;"), "SG103"),
    Attack(
        "quadratic blow-up",
        _doctype(b'[<!ENTITY a "%s">]' % (b"x" * 10**6), b"&a;" * 10**5),
        "SG103",
    ),
    Attack(
        "entity of a file (XXE)", _doctype(b'[<!ENTITY a SYSTEM "file:///etc/passwd">]'), "SG103"
    ),
    Attack("entity of a device", _doctype(b'[<!ENTITY a SYSTEM "file:///dev/zero">]'), "SG103"),
    Attack(
        "entity of an address", _doctype(b'[<!ENTITY a SYSTEM "http://127.0.0.1:9/">]'), "SG103"
    ),
    Attack(
        "parameter entity",
        _doctype(b'[<!ENTITY % a SYSTEM "file:///etc/passwd"> %a;]', b""),
        "SG103",
    ),
    Attack("external document type", _doctype(b'SYSTEM "http://127.0.0.1:9/a.dtd"', b""), "SG103"),
    Attack("default attributes", _doctype(b'[<!ATTLIST operation a CDATA "b">]', b""), "SG103"),
    Attack(
        "document type of 15 MB", _doctype(b"[" + b"<!ELEMENT a ANY>" * 900_000 + b"]"), "SG103"
    ),
    Attack(
        "document type in UTF-16", _doctype(_entities(12, 10)).decode().encode("utf-16"), "SG103"
    ),
    Attack("undefined entity", _with(b"Which of", b"&a;"), "SG101"),
    Attack(
        "XInclude",
        _with(
            b"Which of",
            b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd" parse="text"/>',
        ),
        "SG104",
    ),
    Attack(
        "XInclude, not declared",
        _with(b"Which of", b'<xi:include href="/etc/passwd" parse="text"/>'),
        "SG101",
    ),
    Attack(
        "schema at an address",
        _with(
            b"<seqgramodel",
            b'<seqgramodel xmlns:xsi="urn:x" xsi:schemaLocation="a http://127.0.0.1:9/a.xsd"',
        ).replace(b"xmlns:xsi", b"xmlns:b", 1),
        FINE,
    ),
    Attack(
        "stylesheet instruction",
        _with(b"<seqgramodel", b'<?xml-stylesheet href="http://127.0.0.1:9/"?><seqgramodel'),
        FINE,
    ),
    Attack("nested 1,000,000 deep", b"<a>" * 10**6, "SG105"),
    Attack("nested 1,000,000 deep inside", _with(b"Which of", b"<a>" * 10**6), "SG105"),
    Attack("2,000,000 elements", _with(b"Which of", b"<a/>" * 2 * 10**6), "SG105"),
    Attack("1,000,000 known elements", _with(b"<label>ctcf</label>", b"<label/>" * 10**6), "SG105"),
    Attack("100,000 unknown elements on a line", _with(b"Which of", b"<a/>" * 10**5), "SG104"),
    Attack(
        "100,000 operations unlike any",
        _with(b"<operation units", b"<operation>Conv9</operation>" * 10**5 + b"<operation units"),
        "SG105",
    ),
    Attack(
        "1,000,000 attributes",
        _with(
            b"<operation units",
            b"<operation %s units" % b" ".join(b'a%x=""' % n for n in range(10**6)),
        ),
        "SG105",
    ),
    Attack(
        "100,000 unknown attributes",
        _with(
            b"<operation units",
            b"<operation %s units" % b" ".join(b'a%x=""' % n for n in range(10**5)),
        ),
        "SG203",
    ),
    Attack(
        "an attribute of 15 MB", _with(b'units="3"', b'units="%s"' % (b"3" * 15 * 10**6)), "SG105"
    ),
    Attack(
        "an attribute's name of 15 MB",
        _with(b'units="3"', b'%s="3"' % (b"u" * 15 * 10**6)),
        "SG105",
    ),
    Attack("a tag of 15 MB", _with(b"Which of", b"<%s/>" % (b"a" * 15 * 10**6)), "SG105"),
    Attack("text of 15 MB", _with(b">GlobalMaxPool1D<", b">%s<" % (b"a" * 15 * 10**6)), "SG105"),
    Attack(
        "15 MB of character references",
        _with(b">GlobalMaxPool1D<", b">%s<" % (b"&#65;" * 3 * 10**6)),
        "SG105",
    ),
    Attack(
        "a comment of 15 MB", _with(b"<seed>", b"<!--%s--><seed>" % (b"x" * 15 * 10**6)), "SG105"
    ),
    Attack("600,000 CDATA sections", _with(b"Which of", b"a<![CDATA[b]]>" * 590_000), FINE),
    Attack("1,000,000 comments", _with(b"Which of", b"<!---->" * 10**6), FINE),
    Attack(
        "100,000 undeclared prefixes",
        _with(b"Which of", b"<a %s/>" % b" ".join(b'b:a%x=""' % n for n in range(10**5))),
        "SG101",
    ),
    Attack("5,000,000 line ends", _with(b"<seed>", b"\n" * 5 * 10**6 + b"<seed>"), FINE),
    Attack("17 MB", _with(b"<seed>", b" " * 17 * 10**6 + b"<seed>"), "SG105"),
    Attack("a NUL", _with(b"Which of", b"\0Which of"), "SG101"),
    Attack("NULs only", b"\0" * 10**6, "SG101"),
    Attack("not UTF-8", _with(b"Which of", b"\xff\xfe\xfd"), "SG101"),
    Attack("surrogates in UTF-8", _with(b"Which of", b"\xed\xa0\x80"), "SG101"),
    Attack(
        "a lone surrogate in UTF-16",
        GOOD.decode().replace("Which", "\ud800").encode("utf-16", "surrogatepass"),
        "SG101",
    ),
    Attack("a reference to a surrogate", _with(b"Which of", b"&#xD800;"), "SG101"),
    Attack("declared in another encoding", _with(b"UTF-8", b"UTF-7"), "SG101"),
    Attack("declared UTF-16, is UTF-8", _with(b"UTF-8", b"UTF-16"), "SG101"),
    Attack("UTF-16 declared as UTF-8", GOOD.decode().encode("utf-16"), FINE),
    Attack("UTF-16, half a character", GOOD.decode().encode("utf-16") + b"\0", "SG101"),
    Attack("UTF-32", GOOD.decode().encode("utf-32"), "SG101"),
    Attack("UTF-8 mark before UTF-16", b"\xef\xbb\xbf" + GOOD.decode().encode("utf-16"), "SG101"),
    Attack("a UTF-8 mark", b"\xef\xbb\xbf" + GOOD, FINE),
    Attack("two UTF-8 marks", b"\xef\xbb\xbf" * 2 + GOOD, "SG101"),
    Attack("EBCDIC", GOOD.decode().encode("cp037"), "SG101"),
    Attack("XML 1.1", _with(b'version="1.0"', b'version="1.1"'), FINE),
    Attack("an image", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 1000, "SG101"),
    # Values
    Attack("1,000,000 digits and a letter", _with(b">0.001<", b">%sx<" % (b"1" * 10**6)), "SG204"),
    Attack("a tower of powers", _with(b">0.001<", b">9**9**9**9<"), "SG204"),
    Attack(
        "a call of os.system",
        _with(
            b'filters="16"',
            b"filters=\"16\" kernel_initializer=\"__import__('os').system('touch made')\"",
        ),
        "SG204",
    ),
    Attack("a million brackets", _with(b"(150, 4)", b"(" * 10**6), "SG204"),
    Attack(
        "an id of 1 MB",
        re.sub(rb'id="[^"]+"', b'id="%s"' % (b"a " * 500_000), GOOD, count=1),
        "SG201",
    ),
    Attack(
        "a pattern of 10^9 labels",
        re.sub(
            rb"<labels>.*</labels>",
            b'<labels><pattern prefix="c" max="1000000000"/></labels>',
            GOOD,
            flags=re.S,
        ),
        "SG213",
    ),
    Attack(
        "a wide gap in the name",
        _with(b"Which of", b"a:" + b" " * 10**5 + b"b " * 10**5),
        FINE,
        check=False,
    ),
    Attack(
        "a name after an id of 100 kB",
        re.sub(rb'id="[^"]+"', b'id="%s"' % (b"a" * 100_000), GOOD, count=1).replace(
            b"<name>", b"<name>" + b"b " * 10**5
        ),
        FINE,
        check=False,
    ),
    Attack("a description of 1 MB", _with(b"Which of", b"ab cd " * 170_000), FINE, check=False),
    Attack("a word of 1 MB", _with(b"Which of", b"a" * 10**6), FINE, check=False),
    Attack(
        "a label of 1 MB", _with(b"<label>ctcf<", b"<label>%s<" % (b"a" * 10**6)), FINE, check=False
    ),
    Attack("20,000 operations", _operations(20_000), "SG105", check=False),
    Attack("5,000 operations", _operations(4_997), FINE, check=False),
    Attack("60,000 labels", _labels(60_000), FINE, check=False),
    # Files that the definition names
    Attack("/etc/passwd", _with(b"motifs.py", b"/etc/passwd", EXTERNAL), "SG602"),
    Attack("/dev/zero", _with(b"motifs.py", b"/dev/zero", EXTERNAL), "SG602"),
    Attack("/dev/stdin", _with(b"motifs.py", b"/dev/stdin", EXTERNAL), "SG602"),
    Attack("../../etc/passwd", _with(b"motifs.py", b"../../../etc/passwd", EXTERNAL), "SG602"),
    Attack(
        "link to /etc/passwd",
        EXTERNAL,
        "SG602",
        lambda folder: (folder / _PIPE).symlink_to("/etc/passwd"),
    ),
    Attack(
        "link to /dev/zero",
        EXTERNAL,
        "SG602",
        lambda folder: (folder / _PIPE).symlink_to("/dev/zero"),
    ),
    Attack("link to itself", EXTERNAL, "SG601", lambda folder: (folder / _PIPE).symlink_to(_PIPE)),
    Attack(
        "link to nothing", EXTERNAL, "SG601", lambda folder: (folder / _PIPE).symlink_to("none")
    ),
    Attack("a pipe", EXTERNAL, "SG603", lambda folder: os.mkfifo(folder / _PIPE)),
    Attack(
        "a device",
        EXTERNAL,
        "SG603",
        lambda folder: os.mknod(folder / _PIPE, 0o20666, os.makedev(1, 5)),
    ),
    Attack("a folder", EXTERNAL, "SG603", lambda folder: (folder / _PIPE).mkdir()),
    Attack("a module of 100 MB", EXTERNAL, "SG603", _sparse("motifs.py", 10**8)),
    Attack("a binary module", EXTERNAL, "SG604", _module(bytes(range(256)) * 100)),
    Attack("a module of NULs", EXTERNAL, "SG604", _module(b"\0" * 200_000)),
    Attack(
        "a module of blanks", EXTERNAL, FINE, _module(MODULE + b"\x0c" + b" " * 200_000 + b"\n")
    ),
    Attack("a module of brackets", EXTERNAL, "SG604", _module(MODULE + b"x = " + b"[" * 200_000)),
    Attack(
        "a module of minus signs",
        EXTERNAL,
        "SG604",
        _module(MODULE + b"x = " + b"-" * 200_000 + b"1\n"),
    ),
    Attack(
        "a module of 20,000 elifs",
        EXTERNAL,
        "SG604",
        _module(MODULE + b"if x: pass\n" + b"elif x: pass\n" * 20_000),
    ),
    Attack(
        "a module of 90 nested ifs",
        EXTERNAL,
        "SG604",
        _module(MODULE + b"".join(b" " * n + b"if x:\n" for n in range(101))),
    ),
    Attack(
        "a module of 15,000 imports",
        EXTERNAL,
        FINE,
        _module(b"import aaaaaa\n" * 15_000 + MODULE),
    ),
    Attack(
        "a module of powers",
        EXTERNAL,
        FINE,
        _module(MODULE + b"x = 9**9**9**9\ny = 'a' * 10**12\n"),
    ),
    Attack(
        "a module that runs code",
        EXTERNAL,
        FINE,
        _module(MODULE + b"import os\nos.system('touch made')\n1 / 0\n"),
    ),
    Attack(
        "5,000 files of like names",
        _with(b"motifs.py", b"motif" * 40 + b".py", EXTERNAL),
        "SG601",
        _names,
    ),
    Attack("weights that run code", WEIGHTS, "SG609", _weights(_npy(pickle.dumps(os.getcwd)))),
    Attack(
        "weights of 64 GiB of memory",
        WEIGHTS,
        "SG609",
        _weights(_npy(b"\x80\x04Nr\xff\xff\xff\xff.")),
    ),
    Attack(
        "weights of a bytearray of 8 GiB",
        WEIGHTS,
        "SG609",
        _weights(_npy(b"\x80\x05\x96" + (8 * 2**30).to_bytes(8, "little") + b".")),
    ),
    Attack("weights of 100 MB", WEIGHTS, "SG609", _weights(b"\x93NUMP" + b"a" * 10**8)),
    Attack("JSON nested 100,000 deep", JSON, "SG611", _json(b"[" * 10**5)),
    Attack(
        "JSON nested 2,000 deep in a setting",
        JSON,
        "SG",
        _json(JSON_FILE.read_bytes().replace(b'"valid"', b"[" * 2000 + b"]" * 2000, 1)),
    ),
    Attack("JSON of 100 MB", JSON, "SG603", _json(b"[" + b"1," * 5 * 10**7)),
    # Data definitions
    Attack(
        "billion laughs in a data definition",
        BAYES,
        "SG103",
        _file(
            "data.xml",
            _with(b"<seqgradata", b"<!DOCTYPE x " + _entities(12, 10) + b"><seqgradata", GRAMMAR),
        ),
    ),
    Attack("15,000 sequence elements", BAYES, "SG424", _file("data.xml", b"")),
]


def _many_elements() -> Callable[[Path], object]:
    one = b'<sequenceelement id="%d"><kmerbased><kmer probability="1">A</kmer></kmerbased></sequenceelement>'
    names = b"".join(one % number for number in range(15_000))
    data = _with(b"<sequenceelements>", b"<sequenceelements>" + names, GRAMMAR)
    refs = b"".join(b'<sequenceelementref sid="x%d"/>' % number for number in range(15_000))
    return _file("data.xml", _with(b"<sequenceelementrefs>", b"<sequenceelementrefs>" + refs, data))


ATTACKS[-1] = Attack(ATTACKS[-1].name, BAYES, "SG424", _many_elements())


@dataclass(frozen=True)
class Cost:
    seconds: float
    mebibytes: float
    outcome: str
    found: str


def cost(attack: Attack, seconds: float) -> Cost:
    """Run the command on an attack."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "model.xml").write_bytes(attack.definition)
        attack.prepare(folder)
        command = [sys.executable, "-c", CHILD, str(MEMORY), str(int(seconds)), "model.xml"]
        if attack.check:
            command.append("--check")
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
        with open(folder / ".out", "wb") as out, open(folder / ".err", "wb") as err:
            process = subprocess.run(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )
        told = folder / ".cost"
        taken, peak = map(float, told.read_text().split()) if told.exists() else (_NAN, _NAN)
        said = (folder / ".err").read_text("utf-8", "replace")
        codes = dict.fromkeys(re.findall(r"(?:error)\[(SG\d+)\]", said))
        found = " ".join(codes) or (
            "" if process.returncode == 0 else f"status {process.returncode}"
        )
        if (folder / "made").exists():
            found = "code was run"
        fits = found.startswith(attack.code) if attack.code else found == ""
        good = fits and "SG9" not in found and "Traceback" not in said
        return Cost(taken, peak / 1024, found, "" if good else said[:400])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--seconds", type=float, default=60)
    arguments = parser.parse_args()
    failed = 0
    start = "| " if arguments.markdown else ""
    if arguments.markdown:
        print("| Attack | Ends with | Seconds | Peak memory, MiB |\n|---|---|---|---|")
    for attack in ATTACKS:
        if arguments.names and not any(name in attack.name for name in arguments.names):
            continue
        found = cost(attack, arguments.seconds)
        words = [
            attack.name,
            found.outcome or "compiled",
            f"{found.seconds:.2f}",
            f"{found.mebibytes:.0f}",
        ]
        if arguments.markdown:
            print(start + " | ".join(words) + " |", flush=True)
        else:
            print(f"{words[0]:40} {words[1]:16} {words[2]:>7} s {words[3]:>6} MiB", flush=True)
        if found.found:
            failed += 1
            print(
                f"  expected {attack.code or 'a script'}; said: {found.found}",
                file=sys.stderr,
                flush=True,
            )
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
