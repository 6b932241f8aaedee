"""Values of the general section that are no closed lists."""

from __future__ import annotations

from .parameters import Integer

ID = r"[A-Za-z0-9_-]+"
SEED = Integer(0, 2**32 - 1)
LABEL_NUMBER = Integer(-(10**9), 10**9)
