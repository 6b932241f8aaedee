"""Write anew what the compiler says and makes: golden/reject/*/stderr.txt, golden/accept/*/train.py,
and the pages that are made from its tables.

`make golden` runs this; look at the difference before you commit it. The tests never write.
"""

from __future__ import annotations

import sys
from pathlib import Path

from run_command import options, run

from seqgra_compile.reference.pages import PAGES

GOLDEN = Path(__file__).resolve().parent.parent / "golden"


def main() -> int:
    """Rewrite all cases; 1 if an accept case does not compile."""
    for case in sorted(path.parent for path in GOLDEN.glob("reject/*/model.xml")):
        _write(case / "stderr.txt", run(*options(case), "--check", "model.xml", folder=case).stderr)
    for name, text in PAGES.items():
        _write(GOLDEN.parent / name, text().encode())
    failed = False
    for case in sorted(path.parent for path in GOLDEN.glob("accept/*/model.xml")):
        result = run(*options(case), "model.xml", folder=case)
        if result.exit_code:
            failed = True
            print(f"{case.name} does not compile:\n{result.stderr.decode()}", file=sys.stderr)
        else:
            _write(case / "train.py", result.stdout)
    return int(failed)


def _write(path: Path, data: bytes) -> None:
    if not path.exists() or path.read_bytes() != data:
        path.write_bytes(data)
        print(path.relative_to(GOLDEN.parent))


if __name__ == "__main__":
    sys.exit(main())
