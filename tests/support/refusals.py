"""Run scripts one after another in one process; their exit statuses and what they complain about.

Reads a JSON list of argument lists, the script first, from the file that it is given; writes a JSON
list of pairs of a status and the text on standard error.
"""

from __future__ import annotations

import contextlib
import io
import json
import runpy
import sys
import traceback
from pathlib import Path


def run(arguments: list[str]) -> tuple[int, str]:
    sys.argv = arguments
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        try:
            runpy.run_path(arguments[0], run_name="__main__")
        except SystemExit as exit:
            if isinstance(exit.code, str):
                return 1, f"{exit.code}\n"
            return exit.code or 0, said.getvalue()
        except BaseException:
            return -1, traceback.format_exc()
    return 0, said.getvalue()


if __name__ == "__main__":
    queue, results = map(Path, sys.argv[1:])
    found = [run(arguments) for arguments in json.loads(queue.read_text("utf-8"))]
    results.write_text(json.dumps(found), "utf-8")
