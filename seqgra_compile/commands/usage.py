"""Wrong usage, said in the format that was asked for."""

from __future__ import annotations

import contextlib
import itertools
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import click

from ..messages.writers import Problem
from .console import FORMATS, USAGE, Messages


class ReportedCommand(click.Command):
    """A command that also reports wrong usage in the format that was asked for."""

    def make_context(
        self, info_name: str | None, args: list[str], *rest: Any, **extra: Any
    ) -> click.Context:
        with _reported(_asked_for(args)):
            return super().make_context(info_name, args, *rest, **extra)

    def invoke(self, ctx: click.Context) -> object:
        with _reported(ctx.params["message_format"]):
            return super().invoke(ctx)


@contextlib.contextmanager
def _reported(format: str) -> Iterator[None]:
    try:
        yield
    except click.UsageError as error:
        if format == "text":
            raise
        messages = Messages(format)
        hint = f"see {error.ctx.command_path} --help" if error.ctx else None
        messages.problem(Problem(error.format_message(), help=hint))
        sys.exit(messages.end(USAGE))


def _asked_for(args: Sequence[str]) -> str:
    """The message format in arguments that are not parsed yet."""
    words = list(itertools.takewhile(lambda word: word != "--", args))
    found = "text"
    for word, after in itertools.zip_longest(words, words[1:], fillvalue=""):
        name, equals, value = word.partition("=")
        if name == "--message-format":
            found = value if equals else after
    return found if found in FORMATS else "text"
