"""The files of the repository that are made from the catalog."""

from __future__ import annotations

from collections.abc import Callable

from .language import language_page
from .schema import model_schema

# Path, and what makes the file's text.
PAGES: dict[str, Callable[[], str]] = {
    "schemas/model-definition.xsd": model_schema,
    "docs/language.md": language_page,
}
