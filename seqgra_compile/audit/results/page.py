"""What the template of a run's page prints: text that Jinja escapes, and SVG."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True)
class Picture:
    """An SVG element of ours, with a title above and a caption below."""

    title: str
    caption: str
    svg: Markup


@dataclass(frozen=True)
class Fact:
    """A figure or a setting at a page's head, its name, and a short explanation."""

    name: str
    value: str
    about: str = ""


@dataclass(frozen=True)
class Cell:
    """A cell of a table; `shade` is from 0 to 10."""

    text: str
    shade: int = 0


@dataclass(frozen=True)
class PageTable:
    """`rows` are cells below `header`; of each row the first names it. `foot` rows sum up.

    `kind` is "pairs" for a table of two columns, whose values are text, or "matrix".
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    foot: tuple[tuple[Cell, ...], ...] = ()
    note: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Answer:
    """An item of a checklist: the question, its source, and the answer or nothing."""

    asks: str
    source: str
    text: str


@dataclass(frozen=True)
class PageSection:
    """A part of the page: pictures in a row, small pictures in more, tables."""

    anchor: str
    title: str
    pictures: tuple[Picture, ...] = ()
    small: tuple[Picture, ...] = ()
    tables: tuple[PageTable, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Results:
    """One run, or several of one task. `remarks` are sentences that must not be overlooked."""

    title: str
    subtitle: str
    facts: tuple[Fact, ...]
    remarks: tuple[str, ...]
    sections: tuple[PageSection, ...]
