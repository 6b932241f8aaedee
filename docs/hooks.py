"""For MkDocs: pages that are made from files outside docs/, and links to such files.

In the repository, a page links to files. In the site, these links lead to the page that is made from
the file, or to a copy of the file below `repository/`.
"""

from __future__ import annotations

import inspect
import posixpath
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

import click
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from seqgra_compile.commands import audit, compile, data, sweep
from seqgra_compile.messages.codes import CODES

ROOT = Path(__file__).resolve().parents[1]
CODES_FOLDER = "seqgra_compile/messages/codes"
# Pages of the site, by the file that they are made from.
PAGES = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "benchmarks/README.md": "benchmarks.md",
    "examples/README.md": "examples.md",
    **{f"{CODES_FOLDER}/{code}.md": f"codes/{code}.md" for code in CODES},
}
PROGRAMS = {
    "seqgra-compile": (compile.main, "command-line.md"),
    "seqgra-audit": (audit.main, "audit.md"),
    "seqgra-data": (data.main, "your-data.md"),
    "seqgra-sweep": (sweep.main, "sweep.md"),
}
_LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")
_CODE = re.compile(r"`[^`\n]+`")
_FENCED = re.compile(r"^(```.*?^```$)", re.MULTILINE | re.DOTALL)
_sources: dict[str, str] = {}  # of pages: the file that each is made from


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """The pages of the commands, in the navigation."""
    commands = next(entry["Commands"] for entry in config.nav if "Commands" in entry)
    commands += [{name: f"commands/{_slug(name)}.md"} for name, *_ in _commands()]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made, and copies of the files that pages link to."""
    for source, page in PAGES.items():
        _sources[page] = source
        files.append(File.generated(config, page, content=(ROOT / source).read_text("utf-8")))
    for name, command, guide in _commands():
        text = _command_page(name, command, guide)
        files.append(File.generated(config, f"commands/{_slug(name)}.md", content=text))
    for file in list(files.documentation_pages()):
        _sources.setdefault(file.src_uri, f"docs/{file.src_uri}")
        for _, link in _LINK.findall(file.content_string):
            path = _path(file.src_uri, link)
            copy = f"repository/{path}"
            if (
                path
                and (ROOT / path).is_file()
                and not _page_of(path)
                and copy not in files.src_uris
            ):
                files.append(File.generated(config, copy, abs_src_path=str(ROOT / path)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Point links to files outside docs/ at a page or at a copy."""
    parts = _FENCED.split(markdown)
    here = page.file.src_uri
    parts[::2] = [_LINK.sub(lambda link: _lead(here, *link.groups()), part) for part in parts[::2]]
    # GitHub wants a bar in a table's code escaped, Python-Markdown would show the backslash.
    parts[::2] = [_CODE.sub(lambda code: code[0].replace("\\|", "|"), part) for part in parts[::2]]
    return "".join(parts)


def _lead(here: str, words: str, link: str) -> str:
    path = _path(here, link)
    if path is None:
        return f"[{words}]({link})"
    if (ROOT / path).is_dir():
        return words  # a folder of the repository: the site has no page of it
    target = _page_of(path) or f"repository/{path}"
    anchor = "#" + link.partition("#")[2] if "#" in link else ""
    return f"[{words}]({posixpath.relpath(target, posixpath.dirname(here) or '.')}{anchor})"


def _path(here: str, link: str) -> str | None:
    """The file or folder of the repository that a link of a page names."""
    target = link.partition("#")[0]
    if not target or re.match(r"[a-z]+:", target):
        return None
    path = posixpath.normpath(posixpath.join(posixpath.dirname(_sources[here]), target))
    readme = f"{path}/README.md"
    path = readme if (ROOT / readme).is_file() else path
    return path if (ROOT / path).exists() else None


def _page_of(path: str) -> str | None:
    if path in PAGES:
        return PAGES[path]
    folder, _, page = path.partition("/")
    return page if folder == "docs" else None


def _commands() -> Iterator[tuple[str, click.Command, str]]:
    """Each command that a user types, with the guide that explains it."""
    for program, (main, guide) in PROGRAMS.items():
        yield program, main, guide
        for name, command in getattr(main, "commands", {}).items():
            yield f"{program} {name}", command, guide


def _command_page(name: str, command: click.Command, guide: str) -> str:
    """What -h says, as a page: usage, prose, a table of options, examples."""
    context = click.Context(command, info_name=name)
    usage = command.get_usage(context).removeprefix("Usage: ")
    parts = [f"# {name}", _block(usage), inspect.cleandoc(command.help or "").replace("\b\n", "")]
    commands = getattr(command, "commands", {})
    if commands:
        rows = (
            f"| [{each}]({_slug(f'{name} {each}')}.md) | {row.get_short_help_str(200)} |"
            for each, row in commands.items()
        )
        parts += ["## Commands", "\n".join(("| Command | What it does |", "|---|---|", *rows))]
    records = (
        each.get_help_record(context)
        for each in command.get_params(context)
        if each.opts[0][0] == "-"
    )
    rows = (f"| `{words}` | {_cell(help)} |" for words, help in filter(None, records))
    parts += ["## Options", "\n".join(("| Option | Meaning |", "|---|---|", *rows))]
    if command.epilog:
        title, _, lines = command.epilog.replace("\b\n", "").partition("\n")
        parts += [f"## {title.strip().rstrip(':')}", _block(textwrap.dedent(lines).rstrip())]
    parts.append(f"[The guide](../{guide}) explains the command with examples.")
    return "\n\n".join(parts) + "\n"


def _block(text: str) -> str:
    return f"```text\n{text}\n```"


def _cell(text: str) -> str:
    return text.replace("<", "&lt;").replace("|", "&#124;")


def _slug(name: str) -> str:
    return name.replace(" ", "-")
