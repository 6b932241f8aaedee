"""Whether the installed compiler gives the golden scripts' bytes: python same_bytes.py [CHECKOUT]."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def main() -> int:
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    cases = sorted((root / "golden" / "accept").iterdir())
    different = []
    for case in cases:
        command = [sys.executable, "-P"] if sys.version_info >= (3, 11) else [sys.executable]
        command += ["-m", "seqgra_compile", "model.xml"]
        if (case / "options.txt").exists():
            command += (case / "options.txt").read_text("utf-8").split()
        done = subprocess.run(command, cwd=case, capture_output=True)
        if done.stdout != (case / "train.py").read_bytes():
            different.append(case.name)
    print(
        f"Python {sys.version.split()[0]}: {len(cases) - len(different)} of {len(cases)} the same"
    )
    for name in different:
        print(f"  different: {name}")
    return bool(different)


if __name__ == "__main__":
    sys.exit(main())
