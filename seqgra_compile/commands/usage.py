"""Wrong usage, said in the format that was asked for."""

from __future__ import annotations

import contextlib
import itertools
import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import click

from ..messages.writers import Problem
from .console import FORMATS, USAGE, Messages

_WORDS = "seqgra_compile.words"  # as they were given, in click's context
_LONGEST = 8  # words of a name


class ReportedCommand(click.Command):
    """A command that also reports wrong usage in the format that was asked for."""

    def make_context(
        self, info_name: str | None, args: list[str], *rest: Any, **extra: Any
    ) -> click.Context:
        given = tuple(args)
        with _reported(_asked_for(args)), _quotes_proposed(given):
            context = super().make_context(info_name, args, *rest, **extra)
        context.meta[_WORDS] = given
        return context

    def invoke(self, ctx: click.Context) -> object:
        with _reported(ctx.params["message_format"]), _quotes_proposed(ctx.meta[_WORDS]):
            return super().invoke(ctx)


@contextlib.contextmanager
def _quotes_proposed(words: Sequence[str]) -> Iterator[None]:
    """Wrong usage also says so if words without quotes are the name of a file."""
    try:
        yield
    except click.UsageError as error:
        if (advice := _missing_quotes(words)) is None:
            raise
        message = f"{error.format_message().rstrip('.')}. {advice[0].upper()}{advice[1:]}"
        raise click.UsageError(message, error.ctx) from None


def missing_quotes() -> str | None:
    """What to advise if the command that runs was given the name of a file without quotes."""
    context = click.get_current_context(silent=True)
    return _missing_quotes(context.meta.get(_WORDS, ())) if context else None


def _missing_quotes(words: Sequence[str]) -> str | None:
    for first in range(len(words)):
        for last in range(first + 2, min(first + _LONGEST, len(words)) + 1):
            name = " ".join(words[first:last])
            # After the equals sign of CLASS=FILE or --option=FILE, if that is in the first word.
            after = name.partition("=")[2] if "=" in words[first] else ""
            if os.path.exists(name) or os.path.exists(after):
                return f"put a name with blanks in quotes: {shlex.quote(name)}"
    return None


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
