"""Write anew what the compiler says and makes: golden/reject/*/stderr.txt, golden/check/*/stderr.txt,
golden/accept/*/train.py, golden/predict/*.py of the same definitions, golden/shards/*/train.py,
golden/simulate/*/simulate.py, and the pages that are made from its tables.

With --histories the scripts are then run, which takes a minute or two and both libraries, and what
they compute goes to golden/accept/*/history.json. A record that this run agrees with stays as it
is, even if it was made with other versions or on another processor: delete it to renew it.

`make golden` runs this with --histories; look at the difference before you commit it, and explain
a change of a history in CHANGELOG.md. The tests never write.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import history
from cases import ALL_CASES, Case
from run_command import options, run, run_data
from runs import Run, run_cases

from seqgra_compile.catalog.libraries import LIBRARIES
from seqgra_compile.reference.language import PAGES

GOLDEN = Path(__file__).resolve().parents[2] / "golden"


def main() -> int:
    """Rewrite all cases; 1 if an accept case does not compile or run."""
    failed = _texts()
    if not failed and sys.argv[1:] == ["--histories"]:
        with tempfile.TemporaryDirectory() as folder:
            failed = _histories(Path(folder))
    return int(failed)


def _texts() -> bool:
    for case in sorted(path.parent for path in GOLDEN.glob("reject/*/model.xml")):
        _write(case / "stderr.txt", run(*options(case), "--check", "model.xml", folder=case).stderr)
    for case in sorted(path.parent for path in GOLDEN.glob("check/*/model.xml")):
        _write(case / "stderr.txt", run_data("check", "model.xml", "data", folder=case).stderr)
    for name, text in PAGES.items():
        _write(GOLDEN.parent / name, text().encode())
    return scripts()


def scripts() -> bool:
    """Rewrite the scripts alone; whether one does not compile."""
    failed = False
    accepted = (*GOLDEN.glob("accept/*/model.xml"), *GOLDEN.glob("shards/*/model.xml"))
    for case in sorted(path.parent for path in accepted):
        result = run(*options(case), "model.xml", folder=case)
        if result.exit_code:
            failed = True
            print(f"{case.name} does not compile:\n{result.stderr.decode()}", file=sys.stderr)
        else:
            _write(case / "train.py", result.stdout)
    for script in sorted(GOLDEN.glob("predict/*.py")):
        folder = GOLDEN / "accept" / script.stem
        result = run("model.xml", "--emit", "predict", folder=folder)
        _write(script, result.stdout)
    for case in sorted(path.parent for path in GOLDEN.glob("simulate/*/data.xml")):
        result = run("data.xml", folder=case)
        if result.exit_code:
            failed = True
            print(f"{case.name} does not compile:\n{result.stderr.decode()}", file=sys.stderr)
        else:
            _write(case / "simulate.py", result.stdout)
    return failed


def _histories(folder: Path) -> bool:
    failed = False
    for case, done in _runs(folder):
        if done.status != 0:
            failed = True
            print(f"{case.id} does not run:\n{done.status}", file=sys.stderr)
            continue
        found, path = history.of(done.output), history.path(case)
        if not path.exists() or history.check(case, found):
            _write(path, history.as_text(found).encode())
    return failed


def _runs(folder: Path) -> Iterator[tuple[Case, Run]]:
    for library in LIBRARIES:
        cases = [case for case in ALL_CASES if case.library == library]
        (folder / library).mkdir()
        done = run_cases(cases, folder / library)
        yield from ((case, done[case.id]) for case in cases)


def _write(path: Path, data: bytes) -> None:
    if not path.exists() or path.read_bytes() != data:
        path.write_bytes(data)
        print(path.relative_to(GOLDEN.parent))


if __name__ == "__main__":
    sys.exit(main())
