"""How a script holds its data."""

from __future__ import annotations

MEMORY = "memory"
MAPPED = "mapped"

STORAGES = {
    MEMORY: "one byte per position, in memory",
    MAPPED: "the same on disk, in caches beside the data files: for data larger than memory",
}
