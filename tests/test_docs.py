"""The documentation: links lead somewhere; the site builds, with a page per command and per code."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from seqgra_compile.messages.codes import CODES

ROOT = Path(__file__).resolve().parent.parent
OUTER = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "CODE_OF_CONDUCT.md"]
PAGES = [
    *(ROOT / name for name in OUTER),
    ROOT / "benchmarks" / "README.md",
    ROOT / "examples" / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]


def links(page: Path) -> list[str]:
    """The targets of a page's links, without those in its blocks of code."""
    text = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"\]\(([^)\s]+)\)", text)


def test_links_lead_to_files():
    missing = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in PAGES
        for link in links(page)
        if not re.match(r"[a-z]+:|#", link) and not (page.parent / link.partition("#")[0]).exists()
    ]
    assert not missing


def test_an_index_can_show_the_readme():
    """Before a release, relative links become links to the repository at its tag."""
    absolute = runpy.run_path(str(ROOT / "packaging" / "absolute_links.py"))["absolute"]
    made = absolute((ROOT / "README.md").read_text("utf-8"), "https://example.org/it", "v1")
    targets = re.findall(r"\]\(([^)\s]+)\)", made)
    assert all(target.startswith("https://") for target in targets)
    assert "https://example.org/it/blob/v1/docs/install.md" in targets
    assert "https://example.org/it/raw/v1/docs/images/run.png" in targets


def test_every_page_is_led_to():
    """From the README, directly or from page to page."""
    seen, ahead = set(), [ROOT / "README.md"]
    while ahead:
        page = ahead.pop().resolve()
        if page in seen or page.suffix != ".md" or not page.is_file():
            continue
        seen.add(page)
        ahead += (page.parent / link.partition("#")[0] for link in links(page) if ":" not in link)
    assert set((ROOT / "docs").rglob("*.md")) <= seen


@pytest.mark.long
def test_the_site_builds(tmp_path):
    """Strictly: a warning, such as for a missing page or anchor, ends it."""
    pytest.importorskip("material")
    pytest.importorskip("mkdocstrings")
    command = [sys.executable, "-m", "mkdocs", "build", "--site-dir", tmp_path]
    # Material's advertisement of its successor is no warning about these pages.
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    built = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    assert "WARNING" not in built.stderr
    assert all((tmp_path / "codes" / code / "index.html").is_file() for code in CODES)
    for command in ("seqgra-compile", "seqgra-audit-verify", "seqgra-data-fasta"):
        assert (tmp_path / "commands" / command / "index.html").is_file()
    assert "compile_definition" in (tmp_path / "api" / "index.html").read_text("utf-8")
