"""Fuzzes the compiler: whatever comes in, a script that parses or located diagnostics come out.

    pip install atheris
    python tests/hostile/fuzz TARGET --inputs 100000 [--seconds S] [--seed N] [--engine random]

atheris looks for inputs that reach new code; `--engine random` needs nothing beyond the compiler.
An input that ends otherwise, takes more than 10 seconds, or opens, starts or runs what it has no
business with is kept under --findings, with what happened; `--replay FILE` runs it again. The last
line is what docs/reliability.md records. Exit status: 1 if anything was found.
"""

from __future__ import annotations

import argparse
import ast
import functools
import hashlib
import json
import os
import random
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]
SECONDS = 10
MOST_MESSAGES = 50


class Found(BaseException):
    """An outcome that there must not be; not an Exception, so that nothing in between takes it."""


class Guard:
    """Watches what Python does while a definition is compiled."""

    WORLD = (
        "subprocess.",
        "socket.",
        "os.system",
        "os.exec",
        "os.fork",
        "os.posix_spawn",
        "os.spawn",
    )
    CHANGES = ("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.chmod", "shutil.", "os.link")

    def __init__(self, folder: Path, starts: bool) -> None:
        self.on = False
        self.starts = starts
        self.readable = tuple(map(str, (folder, ROOT, sys.prefix, sys.base_prefix, "/dev/null")))
        sys.addaudithook(self.hook)

    def hook(self, event: str, arguments: tuple) -> None:
        if not self.on:
            return
        reason = self.reason(event, arguments)
        if reason:
            self.on = False
            raise Found(reason)

    def reason(self, event: str, arguments: tuple) -> str | None:
        if event.startswith(self.CHANGES) or (event.startswith(self.WORLD) and not self.starts):
            return f"{event} {arguments!r:.200}"
        if event == "open" and isinstance(arguments[0], str):
            path, mode = os.path.realpath(arguments[0]), arguments[1] or "r"
            if self.starts and mode == "r" or path.startswith(self.readable) and "w" not in mode:
                return None
            return f"opens {path} ({mode})"
        if event == "exec" and not os.path.isabs(arguments[0].co_filename):
            frozen = arguments[0].co_filename.startswith("<frozen")
            return None if frozen else f"runs {arguments[0]!r}"
        return None


@contextmanager
def limited(seconds: float):
    """Raise `Found` in here after so many seconds."""

    def too_long(*_: object) -> None:
        raise Found(f"takes more than {seconds} seconds")

    signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


class Fuzzer:
    """Runs inputs of one target and counts what comes out."""

    def __init__(self, name: str, findings: Path, folder: Path, limit: int, seconds: float) -> None:
        from targets import TARGETS

        from seqgra_compile import compiler
        from seqgra_compile.files.keras import h5_file

        self.name, self.target = name, TARGETS[name]
        self.findings, self.folder = findings, folder
        self.limit, self.end = limit, time.monotonic() + seconds
        self.compiler, self.h5_file = compiler, h5_file
        # A process for each .h5 file would take nearly all the time: each is read once.
        read = h5_file.found_in
        self.read_h5 = read if self.target.starts else functools.lru_cache(100)(read)
        self.outcomes: Counter[str] = Counter()
        self.seen: set[str] = set()
        self.inputs, self.slowest, self.began = 0, 0.0, time.perf_counter()
        self.present: dict[str, bytes] = {}
        self.guard = Guard(folder, self.target.starts)

    def one(self, data: bytes) -> None:
        """Run one input."""
        given = self.target.make(data)
        self.lay(given.files)
        self.inputs += 1
        start = time.perf_counter()
        try:
            with limited(SECONDS):
                self.compile(given)
        except Found as found:
            self.guard.on = False
            self.keep(data, given.definition, str(found), str(found)[:60])
        except Exception as error:  # whatever it is, the command would call it our fault
            self.guard.on = False
            frames = traceback.extract_tb(error.__traceback__)
            ours = [f"{f.filename}:{f.lineno}" for f in frames if "seqgra_compile" in f.filename]
            key = f"{type(error).__name__} {ours[-1] if ours else frames[-1]}"
            self.keep(data, given.definition, "".join(traceback.format_exception(error)), key)
        finally:
            self.guard.on = False
            self.slowest = max(self.slowest, time.perf_counter() - start)

    def lay(self, files: dict[str, bytes]) -> None:
        """Put files beside the definition; those that are there already stay."""
        for name in self.present.keys() - files.keys():
            (self.folder / name).unlink()
            del self.present[name]
        for name, data in files.items():
            if self.present.get(name) is not data:
                path = self.folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
                self.present[name] = data

    def compile(self, given) -> None:
        from seqgra_compile.messages.codes import CODES
        from seqgra_compile.messages.diagnostics import diagnostic_text
        from seqgra_compile.visible import visible

        if given.h5 is not None:
            text = json.dumps(given.h5, default=str, skipkeys=True)
            self.h5_file.found_in = lambda data: json.loads(text)
        else:
            self.h5_file.found_in = self.unwatched
        self.guard.on = True
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                done = self.compiler.compile_bytes(
                    "model.xml",
                    given.definition,
                    [self.folder],
                    self.compiler.Options(given.semantics, given.library),
                )
            except self.compiler.UnsupportedOptions:
                self.outcomes["refused semantics"] += 1
                return
        self.guard.on = False
        found = list(done.diagnostics)
        for each in found[:MOST_MESSAGES]:
            source = each.source or done.source
            if each.code not in CODES:
                raise Found(f"no such code: {each.code}")
            if not 0 <= each.span.start <= each.span.end <= len(source.text) + 1:
                raise Found(f"{each.code} lies at {each.span} of {len(source.text)} characters")
            lines = diagnostic_text(each, done.source).split("\n")
            if len(lines) > 4 or max(map(len, lines)) > 2000:
                raise Found(
                    f"{each.code} says too much: {len(lines)} lines of {max(map(len, lines))}"
                )
            # By the character: the line of the definition is shown as it is written.
            if any(visible(shown) != shown for shown in set("".join(lines)) - {"\t"}):
                raise Found(f"{each.code} shows something that cannot be seen")
        if done.script is None:
            if not done.diagnostics.failed:
                raise Found("neither a script nor an error")
            first = next(each for each in found if each.severity.value == "error")
            self.outcomes[first.code] += 1
            return
        if done.diagnostics.failed:
            raise Found("a script in spite of errors")
        with warnings.catch_warnings():
            # An embedded module keeps its own faults of style.
            warnings.simplefilter("ignore")
            try:
                ast.parse(done.script)
            except (SyntaxError, ValueError) as error:
                raise Found(f"the script does not parse: {error}") from error
        self.outcomes["script"] += 1

    def unwatched(self, data: bytes) -> dict:
        """What an .h5 file holds; the process that reads it is no fault."""
        self.guard.on = False
        try:
            return self.read_h5(data)
        finally:
            self.guard.on = True

    def keep(self, data: bytes, definition: bytes, text: str, key: str) -> None:
        self.outcomes["FOUND"] += 1
        if key in self.seen:
            return
        self.seen.add(key)
        print(f"FOUND: {key}", file=sys.stderr, flush=True)
        folder = self.findings / self.name / hashlib.sha256(data).hexdigest()[:12]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "input").write_bytes(data)
        (folder / "model.xml").write_bytes(definition)
        (folder / "found.txt").write_text(text, "utf-8", "backslashreplace")
        for name, content in self.present.items():
            if self.name not in ("structure", "values"):
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)

    @property
    def done(self) -> bool:
        return self.inputs >= self.limit or time.monotonic() > self.end

    def summary(self, engine: str) -> str:
        taken = time.perf_counter() - self.began
        scripts, found = self.outcomes["script"], self.outcomes["FOUND"]
        codes = len([name for name in self.outcomes if name.startswith("SG")])
        return (
            f"{self.name} ({engine}): {self.inputs:,} inputs in {taken:,.0f} s; "
            f"{scripts:,} scripts, {self.inputs - scripts - found:,} refused under {codes} codes, "
            f"{found:,} faults; slowest {self.slowest:.2f} s"
        )


def with_random(fuzzer: Fuzzer, seed: int) -> None:
    """Random bytes; for a target with a corpus, its files with random changes."""
    from choices import Choices, changed_bytes
    from targets import seeds

    draw = random.Random(seed)
    corpus = seeds(fuzzer.target.corpus) if fuzzer.target.corpus else []
    while not fuzzer.done:
        data = draw.randbytes(draw.randrange(fuzzer.target.length))
        fuzzer.one(changed_bytes(draw.choice(corpus), Choices(data)) if corpus else data)


def with_atheris(fuzzer: Fuzzer, atheris, seed: int, engine: str) -> None:
    """libFuzzer ends the process itself, so the summary is written when the last input is done."""
    from targets import seeds

    corpus = Path(tempfile.mkdtemp(prefix="fuzz-corpus-"))
    for number, data in enumerate(seeds(fuzzer.target.corpus) if fuzzer.target.corpus else ()):
        (corpus / str(number)).write_bytes(data)

    def one(data: bytes) -> None:
        fuzzer.one(data)
        if fuzzer.done:
            print(fuzzer.summary(engine), flush=True)
            os._exit(int(bool(fuzzer.outcomes["FOUND"])))

    arguments = [sys.argv[0], f"-seed={seed or 1}", "-timeout=10000", "-rss_limit_mb=4096"]
    arguments += [f"-max_len={fuzzer.target.length}", "-len_control=20", "-verbosity=0"]
    dictionary = Path(__file__).with_name("xml.dict")
    if fuzzer.target.corpus:
        arguments.append(f"-dict={dictionary}")
    atheris.Setup([*arguments, str(corpus)], one)
    atheris.Fuzz()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("target")
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", choices=("atheris", "random"), default="atheris")
    parser.add_argument("--findings", type=Path, default=Path("fuzz-findings"))
    parser.add_argument("--replay", type=Path)
    arguments = parser.parse_args()
    folder = Path(
        tempfile.mkdtemp(prefix="fuzz-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
    )
    if arguments.engine == "atheris" and not arguments.replay:
        import atheris

        with atheris.instrument_imports(include=["seqgra_compile"], enable_loader_override=False):
            import seqgra_compile.compiler  # noqa: F401
    os.chdir(folder)
    findings = arguments.findings if arguments.findings.is_absolute() else ROOT / arguments.findings
    fuzzer = Fuzzer(arguments.target, findings, folder, arguments.inputs, arguments.seconds)
    warm_up(fuzzer)
    if arguments.replay:
        fuzzer.one(arguments.replay.read_bytes())
    elif arguments.engine == "atheris":
        with_atheris(fuzzer, atheris, arguments.seed, "coverage-guided")
    else:
        with_random(fuzzer, arguments.seed)
    print(fuzzer.summary(arguments.engine))
    return int(bool(fuzzer.outcomes["FOUND"]))


def warm_up(fuzzer: Fuzzer) -> None:
    """Templates and late imports, which the guard would take for something else."""
    from targets import ACCEPT, REJECT

    for case in sorted([*ACCEPT.iterdir(), *REJECT.iterdir()]):
        fuzzer.compiler.compile_bytes("model.xml", (case / "model.xml").read_bytes(), [case])
    fuzzer.target.make(b"\0" * 64)
    import black  # noqa: F401


if __name__ == "__main__":
    sys.exit(main())
