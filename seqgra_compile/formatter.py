"""Stage 8: Black, in the pinned version, with its defaults."""

from __future__ import annotations


def format_script(text: str) -> str:
    import black  # noqa: PLC0415 - checking a definition needs no formatter

    versions = {black.TargetVersion.PY310, black.TargetVersion.PY311, black.TargetVersion.PY312}
    mode = black.Mode(target_versions=versions)
    return black.format_str(text, mode=mode)
