"""Lays out an embedded module, the only text in a script that is not ours, with Black."""

from __future__ import annotations

# What surrounds a module in a script: a definition and comments above it, a definition below.
_ABOVE = "def _():\n    pass\n\n\n# Model\n"
_BELOW = "\n\n\ndef _():\n    pass\n"


class UnformattableError(ValueError):
    """Python that Black cannot read."""


def formatted(code: str) -> str:
    """A module's code, without surrounding empty lines, as Black formats it in the middle of a
    script.

    Raises `UnformattableError`.
    """
    import black  # noqa: PLC0415 - few definitions name a module
    from black.mode import TargetVersion
    from black.parsing import InvalidInput

    versions = {TargetVersion.PY310, TargetVersion.PY311, TargetVersion.PY312}
    # A form feed on its own line would remain at the border between our code and the module's.
    text = _ABOVE + code.lstrip("\n\f").rstrip() + _BELOW
    try:
        text = black.format_str(text, mode=black.Mode(target_versions=versions))
    except InvalidInput as error:
        raise UnformattableError(str(error)) from None
    if not (text.startswith(_ABOVE) and text.endswith(_BELOW)):
        raise UnformattableError("it reaches beyond its own lines")
    return text[len(_ABOVE) : -len(_BELOW)]
