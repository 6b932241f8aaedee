"""How the definitions of runs are related, as far as receipts tell: they hold hashes alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...catalog.libraries import FRAMEWORKS

SAYS_HOW = "seqgra-audit diff A.xml B.xml says how they differ"
_PARITY = (
    "one step of one model from the same weights agrees to 1e-5 in both (docs/parity.md); whole "
    "runs do not: initial weights and the order of the examples differ"
)
_DIGITS = 8


def definition_hash(receipt: Mapping[str, Any]) -> str:
    """What runs of one definition have in common, whatever their seed, id, name and description.

    The receipt of an older script lacks this hash; it only shows whether the file was the same.
    """
    return str(receipt.get("family", receipt["definition"]))


def short_hash(receipt: Mapping[str, Any]) -> str:
    """Enough of this hash for people."""
    return definition_hash(receipt)[:_DIGITS]


def library_of(receipt: Mapping[str, Any]) -> str | None:
    """The library that a run was trained with; None for a Bayes classifier."""
    return next((name for name in FRAMEWORKS if name in receipt["versions"]), None)


def in_two_libraries(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    libraries = {library_of(one), library_of(other)}
    return len(libraries) == 2 and None not in libraries


def relation(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[str, ...]:
    """Lines for people; none for runs of one definition that was compiled alike."""
    same_file = one["definition"] == other["definition"]
    alike = definition_hash(one) == definition_hash(other)
    if in_two_libraries(one, other):
        libraries = f"{library_of(one)} and {library_of(other)}"
        if same_file:
            return f"the same definition in two libraries: {libraries}", _PARITY
        return f"different definitions, for {libraries}: {SAYS_HOW}", _PARITY
    if same_file:
        return () if alike else ("the same definition, compiled with different options",)
    if alike:
        return ("definitions that differ only in id, name, description or seed",)
    return (f"different definitions: {SAYS_HOW}",)
