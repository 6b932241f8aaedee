"""What a file or folder on a command line is, if it is not what is wanted there."""

from __future__ import annotations

import enum
from pathlib import Path

_BEGINNING = 4096
_BOM = b"\xef\xbb\xbf"
_RECEIPT = "receipt.json"
_DATA = "training.txt"


class Kind(enum.Enum):
    """The value completes "this is ..."."""

    DEFINITION = "a definition"
    SCRIPT = "a script"
    RECEIPT = "the receipt of a run"
    RUN = "the folder of a run"
    RUNS = "a folder with several runs"
    DATA = "a data folder"
    FOLDER = "a folder"


# What to do instead, for what is there instead of a definition, a script or a run.
_COMPARE = (
    "for two runs: seqgra-audit compare RUN RUN; for the page of one: seqgra-audit report RUN"
)
_INSTEAD_OF_DEFINITION = {
    Kind.SCRIPT: "give the definition from which it was compiled",
    Kind.RECEIPT: f"give the definition of the run; {_COMPARE}",
    Kind.RUN: f"give the definition of the run; {_COMPARE}",
    Kind.RUNS: f"give a definition, such as model.xml; {_COMPARE}",
    Kind.DATA: "give a definition, such as model.xml",
    Kind.FOLDER: "give a definition, such as model.xml",
}
_RUN = "give the folder that the script has written, or its receipt.json"
_INSTEAD_OF_RUN = {
    Kind.DEFINITION: f"{_RUN}; for two definitions: seqgra-audit diff A.xml B.xml",
    Kind.SCRIPT: f"{_RUN}; for a script and its definition: seqgra-audit verify model.xml train.py",
    Kind.RUNS: "give the runs in it, {name}/*",
    Kind.DATA: _RUN,
}


def kind_of(name: str) -> Kind | None:
    """What this is, by its content; None for standard input and for anything else."""
    if name == "-":
        return None
    path = Path(name)
    try:
        if path.is_dir():
            return _folder(path)
        with path.open("rb") as file:
            start = file.read(_BEGINNING).removeprefix(_BOM).lstrip()
    except OSError:
        return None
    if start.startswith(b"<") and b"<seqgra" in start:
        return Kind.DEFINITION
    if start.startswith((b'"""', b"#!/")):
        return Kind.SCRIPT
    return Kind.RECEIPT if start.startswith(b"{") and path.name == _RECEIPT else None


def _folder(path: Path) -> Kind:
    if (path / _RECEIPT).is_file():
        return Kind.RUN
    if (path / _DATA).is_file():
        return Kind.DATA
    if any(path.glob(f"*/{_RECEIPT}")):
        return Kind.RUNS
    return Kind.FOLDER


def not_a_definition(name: str) -> str | None:
    """Why this is no definition, and what to give instead; None if it may be one."""
    return _said(name, kind_of(name), _INSTEAD_OF_DEFINITION)


def not_a_run(name: str) -> str | None:
    """The same for a run."""
    return _said(name, kind_of(name), _INSTEAD_OF_RUN)


def _said(name: str, kind: Kind | None, instead: dict[Kind, str]) -> str | None:
    if kind is None or kind not in instead:
        return None
    return f"this is {kind.value}; {instead[kind].format(name=name.rstrip('/'))}"


def not_definition_and_script(definition: str, script: str) -> tuple[str, str] | None:
    """Which of the two is not what it should be, and why; None if both may be."""
    kinds = {kind_of(name): name for name in (script, definition)}
    named = f"{kinds.get(Kind.DEFINITION, 'model.xml')} {kinds.get(Kind.SCRIPT, 'train.py')}"
    for name, wanted in ((definition, Kind.DEFINITION), (script, Kind.SCRIPT)):
        kind = kind_of(name)
        if kind is not None and kind is not wanted:
            order = f"first the definition, then the script: seqgra-audit verify {named}"
            return name, f"this is {kind.value}; {order}"
    return None
