"""Small faults, each put into a copy of the tree: a test must notice it.

    python tests/hostile/mutants.py [STAGE ...] [--markdown]

The faults are in mutants.toml: a text of one file, what takes its place, and the test that fails then.
Before that test runs, the copy's scripts in golden/ are written anew, as `make golden` would do: a
difference in their bytes does not count. Exits with 1 if a fault does not have the fate that the table gives it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # which Black brings there

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LEFT_OUT = shutil.ignore_patterns(".*", "build", "demo", "dist", "node_modules")
SCRIPTS = "import sys; sys.path.insert(0, 'tests/support'); import regenerate; regenerate.scripts()"
KILLED, NEW, SURVIVED, EQUIVALENT, OPEN = "killed", "new", "survived", "equivalent", "open"


@dataclass(frozen=True)
class Mutant:
    """`fate` is what the earlier tests did with it: if it survived, `test` is a new one.

    No test notices a fault that is equivalent, which changes nothing, or open; `why` says more.
    """

    stage: str
    fault: str
    path: str
    old: str
    new: str
    test: str
    fate: str = KILLED
    why: str = ""

    @property
    def told(self) -> str:
        """Its fate in words."""
        if self.fate in (EQUIVALENT, OPEN):
            return f"{'equivalent' if self.fate == EQUIVALENT else 'not killed'}: {self.why}"
        by = f"killed by `{self.test.removeprefix('tests/')}`"
        if self.fate == NEW:
            return f"{by}, a new test; the earlier ones were not tried"
        return f"survived before; now {by}" if self.fate == SURVIVED else by


def mutants() -> list[Mutant]:
    rows = tomllib.loads((HERE / "mutants.toml").read_text("utf-8"))["mutant"]
    return [Mutant(**row) for row in rows]


def is_noticed(mutant: Mutant, tree: Path) -> bool:
    """Whether the test fails in the tree with the fault."""
    path = tree / mutant.path
    before = path.read_text("utf-8")
    if before.count(mutant.old) != 1:
        raise ValueError(f"{mutant.path} does not contain {mutant.old!r} exactly once")
    path.write_text(before.replace(mutant.old, mutant.new), "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    # If a whole file is named, its default tests run; a test that is named may be a long one.
    marks = ["-m", ""] if "::" in mutant.test else []
    pytest = ["-m", "pytest", "-x", "-q", *marks, "-p", "no:cacheprovider", mutant.test]
    for words in (["-c", SCRIPTS], pytest):
        done = subprocess.run(
            [sys.executable, *words], cwd=tree, env=environment, capture_output=True, text=True
        )
    if done.returncode > 1:
        print(f"{mutant.test} does not run: {done.stdout[-500:]}{done.stderr[-500:]}")
    return done.returncode == 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("stages", nargs="*", help="default: all")
    parser.add_argument("--markdown", action="store_true", help="show the table and run nothing")
    arguments = parser.parse_args()
    chosen = [each for each in mutants() if each.stage in (arguments.stages or [each.stage])]
    if arguments.markdown:
        print("| Stage | Fault | Fate |\n|---|---|---|")
        for each in chosen:
            print(f"| {each.stage} | {each.fault} | {each.told} |")
        return 0
    failed = 0
    for each in chosen:
        with tempfile.TemporaryDirectory() as folder:
            tree = shutil.copytree(ROOT, Path(folder, "tree"), ignore=LEFT_OUT)
            noticed = is_noticed(each, tree)
        wrong = noticed == (each.fate in (EQUIVALENT, OPEN))
        failed += wrong
        print(f"{'killed' if noticed else 'SURVIVED':8}  {each.stage}: {each.fault}", flush=True)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
