"""docs/codes.md: an index of the diagnostic codes."""

from __future__ import annotations

from collections.abc import Iterable

from ..messages.codes import CODES

_HEAD = """
<!-- Made from seqgra_compile/messages/codes by `make golden`: do not edit. -->

# Diagnostic codes

For those who see a code in a message and want to know more: what is wrong, why it matters, an example, and how to
fix it. In a terminal:

```
seqgra-compile --explain SG305
```

The meaning of a code never changes. [golden/reject](../golden/reject) holds definitions that show each of them.
"""
_FAMILIES = {
    "SG1": "XML and structure",
    "SG2": "Names and values",
    "SG3": "Shapes",
    "SG4": "Between sections",
    "SG5": "What a library cannot express",
    "SG6": "Files that a definition names",
    "SG7": "Departures of seqgra",
    "SG8": "Data folders",
    "SG9": "Faults of the compiler",
}
_FOLDER = "../seqgra_compile/messages/codes"


def codes_page() -> str:
    """The text of docs/codes.md."""
    families = [name for name in _FAMILIES if any(code.startswith(name) for code in CODES)]
    sections = (f"## {name}: {_FAMILIES[name]}\n\n{_table(name)}" for name in families)
    return "\n\n".join((_HEAD.strip(), *sections)) + "\n"


def _table(family: str) -> str:
    rows: Iterable[str] = (
        f"| [{code}]({_FOLDER}/{code}.md) | {row.title} |"
        for code, row in CODES.items()
        if code.startswith(family)
    )
    return "\n".join(("| Code | What it says |", "|---|---|", *rows))
