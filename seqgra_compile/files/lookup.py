"""Files that a definition names: where they are searched, and what is refused.

They are searched beside the definition, then in the `-I` folders, never elsewhere, so the result
does not depend on the current folder.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..messages.diagnostics import Diagnostics, quoted
from ..source import Text

_MAX_SEEN = 20_000
_MAX_DEPTH = 4
_MAX_COMPARED = 1000
_NO_WAIT = getattr(os, "O_NONBLOCK", 0)  # not on Windows


@dataclass(frozen=True)
class Folders:
    """Where to look: pairs of the folder and its name as the user wrote it."""

    paths: tuple[Path, ...]

    def find(
        self, name: Text, max_bytes: int, diagnostics: Diagnostics
    ) -> tuple[Path, bytes] | None:
        """The first such file and its bytes, or None after reporting why there is none."""
        wanted = name.value.replace("\\", "/")
        if self._leaves(wanted):
            diagnostics.error(
                "SG602",
                name.span,
                f"{quoted(name.value)} leaves the folder of the definition",
                "write a path without '..' that starts beside the definition or in a -I folder",
            )
            return None
        for folder in self.paths:
            path = folder / wanted
            try:
                if path.exists():
                    return self._read(folder, path, name, max_bytes, diagnostics)
            except OSError as error:
                problem = f"{quoted(name.value)} cannot be read: {error.strerror}"
                diagnostics.error("SG603", name.span, problem, "is this the right path?")
                return None
        diagnostics.error(
            "SG601", name.span, f"there is no file {quoted(name.value)}", self._way_out(wanted)
        )
        return None

    def holding(self, name: Text, diagnostics: Diagnostics) -> Folders | None:
        """The first of these folders that contains such a folder, or None after reporting."""
        wanted = name.value.replace("\\", "/")
        for folder in () if self._leaves(wanted) else self.paths:
            with contextlib.suppress(OSError):  # `find` reports it
                if (folder / wanted).is_dir():
                    return Folders((folder,))
                if (folder / wanted).exists():
                    problem = f"{quoted(name.value)} is a file"
                    diagnostics.error("SG603", name.span, problem, "name a folder")
                    return None
        self.find(name, 0, diagnostics)
        return None

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        return any(os.path.isfile(folder / name.replace("\\", "/")) for folder in self.paths)

    def is_folder(self, name: str) -> bool:
        """Whether `find` would find a folder."""
        wanted = name.replace("\\", "/")
        if not wanted or self._leaves(wanted):
            return False
        with contextlib.suppress(OSError):  # `find` reports it
            return next(
                ((folder / wanted).is_dir() for folder in self.paths if (folder / wanted).exists()),
                False,
            )
        return False

    @staticmethod
    def _leaves(wanted: str) -> bool:
        return (
            wanted.startswith(("/", "~"))
            or ":" in wanted
            or ".." in wanted.split("/")
            or ("\0" in wanted)
        )

    @staticmethod
    def _read(
        folder: Path, path: Path, name: Text, max_bytes: int, diagnostics: Diagnostics
    ) -> tuple[Path, bytes] | None:
        if not path.resolve().is_relative_to(folder.resolve()):
            problem = f"{quoted(name.value)} is a link that leaves its folder"
            diagnostics.error("SG602", name.span, problem, "put the file itself there")
            return None
        if not path.is_file():
            problem = "is a folder" if path.is_dir() else "is not a regular file"
            diagnostics.error("SG603", name.span, f"{quoted(name.value)} {problem}", "name a file")
            return None
        # Without waiting: a pipe may have replaced the file in the meantime.
        with open(path, "rb", opener=lambda place, flags: os.open(place, flags | _NO_WAIT)) as file:
            size = os.fstat(file.fileno()).st_size
            data = b"" if size > max_bytes else file.read(max_bytes + 1)
        if max(size, len(data)) > max_bytes:
            problem = f"{quoted(name.value)} holds more than {max_bytes:,} bytes"
            diagnostics.error("SG603", name.span, problem, "is this the right file?")
            return None
        return path, data

    def _way_out(self, wanted: str) -> str:
        tried = ", ".join(f"'{folder / wanted}'" for folder in self.paths)
        words = [f"tried {tried}"]
        nearest = self._nearest(wanted)
        if nearest:
            words.append(f"the nearest existing file is '{nearest}'")
        elif os.path.isfile(wanted):
            words.append("'-I .' would find it")
        else:
            words.append("name its folder with -I")
        return "; ".join(words)

    def _nearest(self, wanted: str) -> str | None:
        """The same file name elsewhere in the folders, otherwise the most similar path."""
        files = list(self._files(os.path.splitext(wanted)[1]))
        base = wanted.rpartition("/")[2]
        for file in files:
            if file.rpartition("/")[2] == base:
                return file
        by_name = {file.rpartition("/")[2]: file for file in reversed(files)}
        import difflib  # only for what is misspelt

        near = difflib.get_close_matches(base, list(by_name)[:_MAX_COMPARED], n=1, cutoff=0.6)
        return by_name[near[0]] if near else None

    def _files(self, ending: str) -> Iterable[str]:
        """Files with this ending near the folders' tops, in a fixed order."""
        seen = 0
        for folder in self.paths:
            for place, folders, files in os.walk(folder):
                if seen > _MAX_SEEN:
                    return
                depth = len(Path(place).relative_to(folder).parts)
                folders[:] = sorted(
                    name for name in folders if depth < _MAX_DEPTH and not name.startswith(".")
                )
                seen += len(folders)
                for name in sorted(files):
                    seen += 1
                    if seen > _MAX_SEEN:
                        return
                    file = Path(place) / name
                    if name.endswith(ending) and os.path.isfile(file):
                        yield file.relative_to(folder).as_posix()
