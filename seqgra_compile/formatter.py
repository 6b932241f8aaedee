"""Stage 8: Black, in the pinned version, with its defaults."""

from __future__ import annotations


class UnformattableError(ValueError):
    """Python that Black cannot read: an embedded module may hold some."""


def format_script(text: str) -> str:
    """The script as Black lays it out. Raises `UnformattableError`."""
    import black  # noqa: PLC0415 - checking a definition needs no formatter

    versions = {black.TargetVersion.PY310, black.TargetVersion.PY311, black.TargetVersion.PY312}
    mode = black.Mode(target_versions=versions)
    try:
        return black.format_str(text, mode=mode)
    except black.InvalidInput as error:
        raise UnformattableError(str(error)) from None
