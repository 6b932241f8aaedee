"""Run scripts one after another in one process, so that a framework is imported once.

Reads a JSON list of argument lists, the script first, from the file that it is given; writes a JSON
list of exit statuses: 0, what `sys.exit` was given, or a traceback. Where that was a number, what
the script said last on standard error follows it, as in `2: data/test.txt: Is a directory`.
Arguments that end with `>` and a path send standard output to that file.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import runpy
import sys
import traceback
from pathlib import Path


def run(arguments: list[str]) -> object:
    said, path = io.StringIO(), os.devnull
    if arguments[-2] == ">":
        *arguments, _, path = arguments
    sys.argv = arguments
    try:
        with (
            open(path, "w", encoding="utf-8") as output,
            contextlib.redirect_stdout(output),
            contextlib.redirect_stderr(said),
        ):
            runpy.run_path(arguments[0], run_name="__main__")
    except SystemExit as exit:
        if isinstance(exit.code, int) and exit.code:
            return f"{exit.code}: {said.getvalue().splitlines()[-1]}"
        return exit.code or 0
    except BaseException:
        return traceback.format_exc()
    return 0


if __name__ == "__main__":
    queue, results = map(Path, sys.argv[1:])
    statuses = [run(arguments) for arguments in json.loads(queue.read_text("utf-8"))]
    results.write_text(json.dumps(statuses), "utf-8")
