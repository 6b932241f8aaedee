"""A definition's bytes to text. Reports SG1."""

from __future__ import annotations

import re

from ..messages.diagnostics import Diagnostics, quoted
from ..source import MAX_BYTES, Source, Span

_DECLARED = re.compile(rb"""^<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_ENCODINGS = {"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin-1", "windows-1252"}
_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
# Without a mark, UTF-16 is recognized by the zero byte beside the first `<`.
_UNMARKED = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))


def read_source(name: str, data: bytes, diagnostics: Diagnostics) -> Source:
    """Decode a definition by its byte order mark or its XML declaration, UTF-8 otherwise."""
    if len(data) > MAX_BYTES:
        diagnostics.error(
            "SG105",
            Span(0, 0),
            f"a definition of more than {MAX_BYTES:,} bytes, the most that is read",
            "is this the right file?",
        )
        return Source(name, data, "")
    encoding, skip = _encoding(data)
    if encoding is None:
        return _unknown_encoding(name, data, diagnostics)
    encoded = data[skip:]
    try:
        return Source(name, data, encoded.decode(encoding), encoding, skip)
    except UnicodeDecodeError as error:
        start = len(encoded[: error.start].decode(encoding))
        diagnostics.error(
            "SG101",
            Span(start, start + 1),
            f"byte {error.start + skip:,} of the file is not {encoding.upper()}",
            "save the file as UTF-8",
        )
        return Source(name, data, encoded.decode(encoding, "replace"), encoding, skip)


def _encoding(data: bytes) -> tuple[str | None, int]:
    """The encoding, or None for one that is not read, and the length of the byte order mark."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return encoding, len(mark)
    for start, encoding in _UNMARKED:
        if data.startswith(start):
            return encoding, 0
    declared = _DECLARED.match(data)
    encoding = declared[1].decode("ascii").lower() if declared else "utf-8"
    return encoding if encoding in _ENCODINGS else None, 0


def _unknown_encoding(name: str, data: bytes, diagnostics: Diagnostics) -> Source:
    declared = _DECLARED.match(data)
    assert declared is not None  # what is not declared is UTF-8
    diagnostics.error(
        "SG101",
        Span(*declared.span(1)),
        f"the encoding {quoted(declared[1].decode('ascii'))} cannot be read",
        "save the file as UTF-8 and declare UTF-8, or nothing",
    )
    return Source(name, data, data.decode("latin-1"), "latin-1")
