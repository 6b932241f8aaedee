"""A compiled PyTorch script's run."""

from __future__ import annotations

from pathlib import Path

import script
import torch
from cases import Case
from digest import state_digest, state_layout
from run import Run


def train(folder: Path, case: Case, data: Path) -> Run:
    output = script.train(folder, case, data)
    state = torch.load(output / "saved_model.pth", "cpu", weights_only=True)
    return Run(
        weights=state_digest(state),
        layout=state_layout(state),
        **vars(script.read(output)),
    )
