"""Several batches a call of TensorFlow: the same weights, losses and scores as one batch a call."""

from __future__ import annotations

from pathlib import Path

import history
import pytest
from cases import BY_ID, write_data
from runs import arguments, copied, run_all

pytest.importorskip("tensorflow")

SEVERAL = "steps_per_execution=10"


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "size"),
    [("tf-mc4-protein40-conv", 4), ("tf-mc4-protein40-conv", 67), ("tf-mc2-dna32-lstm", 4)],
)
def test_batches_a_call_decide_nothing(name: str, size: int, tmp_path: Path):
    """With 17 batches the second call is not full; with one, the first is not."""
    case, queue = BY_ID[name], []
    data = write_data(tmp_path / "data", case)
    for steps in ("one", "ten"):
        script = copied(case, tmp_path / f"script-{steps}", BATCH_SIZE=size)
        text = script.read_text("utf-8")
        assert text.count(SEVERAL) == 1
        if steps == "one":
            script.write_text(text.replace(SEVERAL, "steps_per_execution=1"), "utf-8")
        queue.append(arguments(script, data, tmp_path / steps))

    assert run_all(tmp_path, queue) == [0, 0]

    one, ten = tmp_path / "one", tmp_path / "ten"
    assert history.digest(one) == history.digest(ten)
    for file in ("history.tsv", "test-y-hat.txt"):
        assert (one / file).read_text("utf-8") == (ten / file).read_text("utf-8")
