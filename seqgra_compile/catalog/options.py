"""The options that decide a script: commands take them, and a script's header names them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .libraries import FRAMEWORKS
from .semantics import EMITTED, FULL, INTENDED, MEMORY, RECORDS, SEMANTICS, SHARDS, STORAGES, TRAIN


@dataclass(frozen=True)
class ScriptOption:
    """An option: its name in a command line, in a header and in `compiler.Options`.

    `choices` are what it takes, each with what it means, if `about` does not say it. A default of
    None is the definition's own.
    """

    name: str
    choices: Mapping[str, str]
    default: str | None
    about: str = ""

    @property
    def help(self) -> str:
        meanings = "; ".join(f"{name}: {about}" for name, about in self.choices.items() if about)
        return f"{self.about}{meanings}."


SCRIPT_OPTIONS = {
    option.name: option
    for option in (
        ScriptOption("semantics", {name: row.about for name, row in SEMANTICS.items()}, INTENDED),
        ScriptOption(
            "library",
            dict.fromkeys(FRAMEWORKS, ""),
            None,
            "Compile a sequential architecture for this library instead of the definition's own; its "
            "loss and optimizer need an exact counterpart there",
        ),
        ScriptOption("data", STORAGES, MEMORY, "How the script holds its data. "),
        ScriptOption("records", RECORDS, FULL, "What the script keeps of its run. "),
        ScriptOption(
            "shards",
            dict.fromkeys(SHARDS, ""),
            SHARDS[0],
            "Compute each batch in this number of parts (PyTorch only). 1, 2, 4, ... processes under "
            "torchrun can share them; all end with the same weights",
        ),
        ScriptOption("emit", EMITTED, TRAIN, "What the script does. "),
    )
}
