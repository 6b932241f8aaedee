"""What a row of the explanations is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Explanation:
    """The title and the long text of a diagnostic code.

    Paragraphs are separated by empty lines; a paragraph indented by four spaces is an example and
    stays as it is.
    """

    title: str
    text: str
