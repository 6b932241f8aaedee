"""Our commands inside this process: exit status, standard output and standard error."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from click import Command
from click.testing import CliRunner

from seqgra_compile.commands import audit as audit_cli
from seqgra_compile.commands import data as data_cli
from seqgra_compile.commands import sweep as sweep_cli
from seqgra_compile.commands.compile import main


@dataclass(frozen=True)
class Result:
    exit_code: int
    stdout: bytes
    stderr: bytes


def run(*arguments: str | Path, folder: Path = Path(), stdin: bytes = b"") -> Result:
    """Run the compiler with a folder as its current directory."""
    return _run(main, arguments, folder, stdin)


def run_audit(*arguments: str | Path, folder: Path = Path(), stdin: bytes = b"") -> Result:
    """Run the auditor with a folder as its current directory."""
    return _run(audit_cli.main, arguments, folder, stdin)


def run_data(*arguments: str | Path, folder: Path = Path(), stdin: bytes = b"") -> Result:
    """Run the maker and checker of data folders with a folder as its current directory."""
    return _run(data_cli.main, arguments, folder, stdin)


def run_sweep(*arguments: str | Path, folder: Path = Path(), stdin: bytes = b"") -> Result:
    """Run the maker of sweeps with a folder as its current directory."""
    return _run(sweep_cli.main, arguments, folder, stdin)


def _run(command: Command, arguments: Sequence[str | Path], folder: Path, stdin: bytes) -> Result:
    before = os.getcwd()
    os.chdir(folder)
    try:
        result = CliRunner().invoke(command, [str(word) for word in arguments], input=stdin)
    finally:
        os.chdir(before)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Result(result.exit_code, result.stdout_bytes, result.stderr_bytes)


def options(case: Path) -> list[str]:
    """What the command is called with in a golden case, besides the definition."""
    path = case / "options.txt"
    return path.read_text("utf-8").split() if path.exists() else []
