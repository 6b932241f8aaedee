"""The work grows with the definition, not with its square: counted, without a clock."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from run_command import run

from seqgra_compile.compiler import compile_bytes

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"


def steps(work: Callable[[], object], within: str = "") -> int:
    """How many lines of Python run, of loops each round, in files whose path has this part."""
    count = 0

    def trace(frame, event, argument):
        nonlocal count
        if within not in frame.f_code.co_filename:
            return None
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def with_operations(text: str, count: int) -> bytes:
    pool = "<operation>GlobalMaxPool1D</operation>"
    dense = '<operation units="8" kernel_regularizer="L2(0.5)">Dense</operation>'
    assert pool in text
    return text.replace(pool, pool + dense * count).encode()


@pytest.mark.parametrize("name", ["motifs.xml", "motifs-tensorflow.xml"])
def test_the_ledger_grows_with_the_operations(name: str):
    """Not with their square: each operation adds as many steps as the one before it."""
    text = (EXAMPLES / name).read_text("utf-8")
    found = []
    # What the first one reads, the templates, is kept.
    assert compile_bytes("model.xml", with_operations(text, 100)).settings
    for count in (10, 40, 70):
        compilation = compile_bytes("model.xml", with_operations(text, count))
        found.append(steps(lambda made=compilation: made.settings))
        assert len(compilation.settings) > 10 * count
    first, second = found[1] - found[0], found[2] - found[1]
    assert second < 1.03 * first


@pytest.mark.long
def test_a_call_grows_with_its_definitions(tmp_path: Path):
    """Also over scripts that are there: each is compared with the definitions, and with neighbours."""
    text = (EXAMPLES / "motifs.xml").read_text("utf-8")
    names = [f"m{number}.xml" for number in range(40)]
    for name in names:
        text_of = text.replace('id="motifs"', f'id="{name[:-4]}"')
        (tmp_path / name).write_text(text_of)
    found = []
    for count in (5, 15, 25, 35):
        words = [*names[:count], "-o", f"{count}/"]
        assert run(*words, folder=tmp_path).exit_code == 0
        found.append(steps(lambda words=words: run(*words, folder=tmp_path), "/commands/"))
        assert len(list((tmp_path / str(count)).iterdir())) == count
    first, last = found[1] - found[0], found[3] - found[2]
    assert last < 1.03 * first
