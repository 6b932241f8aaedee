"""What the template of the report prints: all and only that, as text that Jinja escapes."""

from __future__ import annotations

from dataclasses import dataclass

from ..results.page import Fact
from .datadrawing import DataDrawing
from .drawing import Drawing
from .highlight import Piece


@dataclass(frozen=True)
class Link:
    """A place in the page."""

    text: str
    target: str


@dataclass(frozen=True)
class Remark:
    """A diagnostic, below the line that it is about."""

    severity: str
    code: str
    title: str
    message: str
    help: str | None
    place: Link


@dataclass(frozen=True)
class PageLine:
    """A line of a definition or of the script.

    `indent` is how far it starts from the left, rounded; `printed` says on paper what a link says
    on a screen.
    """

    number: int
    anchor: str
    pieces: tuple[Piece, ...]
    indent: int
    linked: bool = False
    tint: str = ""
    printed: str = ""
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class File:
    """A file in blocks of lines, which a browser lays out when they come into view.

    `data` is its content in Base64, `starts` the line that is seen first.
    """

    name: str
    anchor: str
    sha256: str
    data: str
    starts: str
    blocks: tuple[tuple[PageLine, ...], ...]


@dataclass(frozen=True)
class LedgerRow:
    """A row of the ledger; `stem` and `leaf` are its path; it `departs` where seqgra does otherwise.

    `at` and `near` are anchors of lines of the definition: where it is, and, for what the
    definition does not mention, what it belongs to. `lines` and `derived` are ranges of the script.
    A `head` is the row of an operation, for all of its layer.
    """

    number: int
    path: str
    stem: str
    leaf: str
    value: str
    unit: str
    kind: str
    origin: str
    place: Link | None
    links: tuple[Link, ...]
    at: str
    near: str
    lines: str
    derived: str
    remark: str
    departs: bool
    head: bool


@dataclass(frozen=True)
class LedgerGroup:
    """Rows of the ledger below a title."""

    title: str
    rows: tuple[LedgerRow, ...]


@dataclass(frozen=True)
class OriginCount:
    """A kind of origin in the ledger, and how many settings are of it."""

    name: str
    title: str
    about: str
    count: int


@dataclass(frozen=True)
class Page:
    """The report on one compilation; what it has no script for has `failed`.

    `drawn` is the title of what is drawn: the architecture, or the elements and rules of `data`.
    """

    title: str
    name: str
    description: str
    failed: bool
    outcome: str
    worst: str
    facts: tuple[Fact, ...]
    compiled: tuple[Fact, ...]
    files: tuple[File, ...]
    script: File
    script_name: str
    sections: tuple[Link, ...]
    remarks: tuple[Remark, ...]
    drawing: Drawing | None
    data: DataDrawing | None
    drawn: str
    drawn_instead: str
    groups: tuple[LedgerGroup, ...]
    kinds: tuple[OriginCount, ...]
    settings: int
    departs: int
