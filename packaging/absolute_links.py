"""Let README.md's links work on PyPI: python absolute_links.py REPOSITORY TAG, before a build.

An index shows the README alone, so a relative link or picture leads nowhere there.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path


def absolute(text: str, repository: str, tag: str) -> str:
    """The text with its relative links on the repository's pages, pictures as raw files."""
    text = re.sub(r"(!\[[^\]]*\]\()(?!https?:|#)", rf"\1{repository}/raw/{tag}/", text)
    return re.sub(r"((?<!!)\[[^\]]*\]\()(?!https?:|#)", rf"\1{repository}/blob/{tag}/", text)


def main() -> None:
    readme = Path(__file__).resolve().parent.parent / "README.md"
    readme.write_text(absolute(readme.read_text("utf-8"), *sys.argv[1:3]), "utf-8")


if __name__ == "__main__":
    main()
