"""Commands as a page shows them: found in its blocks, and run as a shell would."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from run_command import Result, run, run_audit, run_data, run_sweep

_OURS = {
    "seqgra-compile": run,
    "seqgra-audit": run_audit,
    "seqgra-data": run_data,
    "seqgra-sweep": run_sweep,
}


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of a language in Markdown."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def commands(text: str) -> list[str]:
    """Each line of the shell's blocks, without what follows a #."""
    lines = "".join(blocks(text, "sh")).splitlines()
    return [line.partition("  #")[0].strip() for line in lines]


def run_line(folder: Path, line: str) -> Result:
    """A command with a folder as its current directory; ours in this process, which is faster."""
    words = shlex.split(line)
    output = words[words.index(">") + 1] if ">" in words else None
    command, *words = words[: words.index(">")] if output else words
    if command == "python":
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        done = subprocess.run(
            [sys.executable, *words], cwd=folder, env=environment, capture_output=True, check=False
        )
        result = Result(done.returncode, done.stdout, done.stderr)
    else:
        result = _OURS[command](*words, folder=folder)
    if output:
        (folder / output).write_bytes(result.stdout)
    return result
