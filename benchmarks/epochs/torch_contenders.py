"""PyTorch: each function trains for as long as it gets turns."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset, TensorDataset

from . import compiled, data
from .cases import Case
from .turns import Turns


def script(case: Case, folder: Path, turns: Turns, device: str, threads: int) -> None:
    module = compiled.load(folder)
    module.train_epoch = compiled.timed(turns, module.train_epoch)
    _listen_to(device, turns)
    compiled.run(module, folder, device, threads)


def script_not_deterministic(case, folder: Path, turns: Turns, device: str, threads: int) -> None:
    """Beside the script it shows what deterministic algorithms cost on a GPU."""
    torch.use_deterministic_algorithms = lambda *_, **__: None
    script(case, folder, turns, device, threads)


def floor(case: Case, folder: Path, turns: Turns, device: str, threads: int) -> None:
    """Forward, backward, step. The batches were made before, in a random order."""
    training = _Training(folder, device, threads)
    batches = {}
    for name in data.SETS:
        x, y = _tensors(case, name)
        order = torch.randperm(len(x)) if name == "training" else torch.arange(len(x))
        parts = order.split(training.batch_size)
        batches[name] = [(x[part].to(device), y[part].to(device)) for part in parts]
    del x, y
    _listen_to(device, turns)
    while True:
        turns.next()
        training.model.train()
        for x, y in batches["training"]:
            training.step(x, y)
        turns.mark("pass")
        training.model.eval()
        with torch.no_grad():
            for x, y in batches["validation"]:
                training.loss(x, y)


def loader_of_tensors(case: Case, folder: Path, turns: Turns, device: str, threads: int) -> None:
    """The whole set one-hot in memory, handed out by the usual DataLoader."""
    sets = [TensorDataset(*_tensors(case, name)) for name in data.SETS]
    _own_loop(folder, turns, device, threads, sets)


def loader_of_sequences(case: Case, folder: Path, turns: Turns, device: str, threads: int) -> None:
    """Sequences in memory, one-hot example by example."""
    sets = [_Sequences(*data.draw(case, name)) for name in data.SETS]
    _own_loop(folder, turns, device, threads, sets)


class _Sequences(Dataset):
    _ROWS = np.zeros((256, 4), np.float32)  # of a letter's byte
    _ROWS[list(b"ACGT")] = np.eye(4)

    def __init__(self, codes: np.ndarray, targets: np.ndarray) -> None:
        self.sequences = data.sequences(codes)
        self.targets = targets

    def __len__(self) -> int:
        return len(self.sequences)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, np.ndarray]:
        letters = np.frombuffer(self.sequences[index].encode(), np.uint8)
        return torch.from_numpy(self._ROWS[letters].T.copy()), self.targets[index]


class _Training:
    """The script's own model, loss and optimizer, and the step of each training loop."""

    def __init__(self, folder: Path, device: str, threads: int) -> None:
        module = compiled.load(folder)
        module.choose_device(0 if device == "cuda" else -1, threads)  # the same switches
        torch.manual_seed(module.SEED)
        self.model = module.build_model().to(device)
        self.loss_fn, self.optimizer = module.build_loss(), module.build_optimizer(self.model)
        self.penalty = getattr(module, "penalty", None)
        self.batch_size = module.BATCH_SIZE

    def loss(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        loss = self.loss_fn(self.model(x), y)
        return loss + self.penalty(self.model) if self.penalty else loss

    def step(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        self.optimizer.zero_grad()
        loss = self.loss(x, y)
        loss.backward()
        self.optimizer.step()
        return loss


def _own_loop(folder: Path, turns: Turns, device: str, threads: int, sets: Iterable) -> None:
    """As tutorials write it."""
    training = _Training(folder, device, threads)
    batch_size = training.batch_size
    loader, validation = (
        DataLoader(examples, batch_size, shuffle=number == 0)
        for number, examples in enumerate(sets)
    )
    _listen_to(device, turns)
    while True:
        turns.next()
        training.model.train()
        total = 0.0
        for x, y in loader:
            total += training.step(x.to(device), y.to(device)).item() * len(x)
        turns.mark("pass")
        training.model.eval()
        with torch.no_grad():
            for x, y in validation:
                total += training.loss(x.to(device), y.to(device)).item() * len(x)


def _tensors(case: Case, name: str) -> tuple[torch.Tensor, torch.Tensor]:
    """One-hot (N, 4, length) float32, and targets."""
    codes, targets = data.draw(case, name)
    x = torch.from_numpy(data.one_hot(codes)).transpose(1, 2).contiguous()
    return x, torch.from_numpy(targets)


def _listen_to(device: str, turns: Turns) -> None:
    if device == "cuda":
        turns.wait_for_device = torch.cuda.synchronize
