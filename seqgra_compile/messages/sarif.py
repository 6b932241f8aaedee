"""Messages as SARIF 2.1.0, the OASIS standard for the results of static analysis."""

from __future__ import annotations

import functools
import json
import os
import string
from collections.abc import Iterable
from pathlib import PurePath

from .. import __version__
from ..source import Source
from ..visible import visible
from .codes import CODES, explain
from .diagnostics import Diagnostic
from .writers import STANDARD_INPUT, Problem, Said, region

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
# Characters that are not escaped in the path of a URI.
_PLAIN = string.ascii_letters + string.digits + "-._~/"


class SarifWriter:
    """One document with one run for the whole call, for all its definitions.

    Faults of definitions are results; what keeps the command from its work is a notification.
    """

    def __init__(self) -> None:
        self.said = Said()
        # Of thousands of definitions, their text is not kept.
        self.artifacts: dict[str, dict[str, object]] = {}
        self.numbers: dict[str, int] = {}
        self.results: list[dict[str, object]] = []
        self.problems: list[Problem] = []

    def compiled(self, source: Source, found: Iterable[Diagnostic]) -> str:
        self._add(source)
        for diagnostic in self.said.new(found):
            within = diagnostic.source or source
            self._add(within)
            self.results.append(self._result(diagnostic, within))
        return ""

    def _add(self, source: Source) -> None:
        if source.name not in self.artifacts:
            self.numbers[source.name] = len(self.artifacts)
            self.artifacts[source.name] = _artifact(source)

    def problem(self, problem: Problem) -> str:
        self.problems.append(problem)
        return ""

    def end(self, status: int) -> str:
        rules = _numbered(sorted({str(result["ruleId"]) for result in self.results}))
        for result in self.results:
            result["ruleIndex"] = rules[str(result["ruleId"])]
        driver = {
            "name": "seqgra-compile",
            "version": __version__,
            "rules": [_rule(code) for code in rules],
            "notifications": [_rule(code) for code in self._bugs],
        }
        invocation = {
            "executionSuccessful": not self.problems,
            "exitCode": status,
            "toolExecutionNotifications": [self._notification(each) for each in self.problems],
        }
        run = {
            "tool": {"driver": driver},
            "invocations": [invocation],
            "artifacts": list(self.artifacts.values()),
            "results": self.results,
            "columnKind": "unicodeCodePoints",
        }
        log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
        # Everything outside ASCII is escaped: no locale and no terminal can spoil the document.
        return json.dumps(log, indent=2) + "\n"

    @functools.cached_property
    def _bugs(self) -> dict[str, int]:
        return _numbered(sorted({problem.code for problem in self.problems if problem.code}))

    def _result(self, found: Diagnostic, source: Source) -> dict[str, object]:
        place = region(found.span, source)
        artifact = _location(source.name) | {"index": self.numbers[source.name]}
        physical = {
            "artifactLocation": artifact,
            "region": {
                "startLine": place.line,
                "startColumn": place.column,
                "endLine": place.end_line,
                "endColumn": place.end_column,
                "byteOffset": place.byte,
                "byteLength": place.end_byte - place.byte,
            },
        }
        return {
            "ruleId": found.code,
            "ruleIndex": None,  # until all rules are known
            "level": found.severity.value,
            "message": {"text": _with_help(found.message, found.help)},
            "locations": [{"physicalLocation": physical}],
        }

    def _notification(self, problem: Problem) -> dict[str, object]:
        message = ": ".join(filter(None, [problem.name, problem.message]))
        notification: dict[str, object] = {
            "level": "error",
            "message": {"text": _with_help(message, problem.help)},
        }
        if problem.code:
            notification["descriptor"] = {"id": problem.code, "index": self._bugs[problem.code]}
        return notification


def _numbered(names: Iterable[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(names)}


def _with_help(message: str, help: str | None) -> str:
    return visible(message) + (f"\nhelp: {visible(help)}" if help else "")


def _rule(code: str) -> dict[str, object]:
    row = CODES[code]
    return {
        "id": code,
        "shortDescription": {"text": row.title},
        "fullDescription": {"text": row.summary},
        "help": {"text": explain(code)},
    }


def _artifact(source: Source) -> dict[str, object]:
    return {
        "location": _location(source.name),
        "length": source.size,
        "hashes": {"sha-256": source.sha256},
    }


def _location(name: str) -> dict[str, object]:
    """A file as a URI: absolute or relative as the user named it, with all special bytes escaped."""
    if name == STANDARD_INPUT:
        return {"uri": name, "description": {"text": "standard input"}}
    path = PurePath(name)
    escaped = (
        chr(byte) if chr(byte) in _PLAIN else f"%{byte:02X}"
        for byte in os.fsencode(path.as_posix())
    )
    uri = "".join(escaped)
    if path.is_absolute():
        uri = "file://" + ("" if uri.startswith("/") else "/") + uri
    return {"uri": uri}
