"""Train a script's model by DistributedDataParallel, for benchmarks/shards.py: run by torchrun.

    torchrun --nproc-per-node N benchmarks/shards_ddp.py SCRIPT DATA EPOCHS

SCRIPT is compiled without shards; its own functions read the data and build model, loss and
optimizer. Prints for each epoch the mean loss of process 0's examples and the SHA-256 of the weights.
"""

from __future__ import annotations

import hashlib
import os
import runpy
import sys
from pathlib import Path

import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel


def main(script: str, data: str, epochs: str) -> None:
    made = runpy.run_path(script)
    rank, processes = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
    device = made["choose_device"](-1, 1)
    dist.init_process_group("gloo")
    sets = made["read_sets"](Path(data), {"data": {}})
    codes, targets = map(torch.from_numpy, sets["training"])
    validation = [torch.from_numpy(array) for array in sets["validation"]]
    torch.manual_seed(made["SEED"])
    model = made["build_model"]().to(device)
    loss_fn, optimizer = made["build_loss"](), made["build_optimizer"](model)
    parallel = DistributedDataParallel(model)
    torch.manual_seed(made["SEED"])
    for epoch in range(1, int(epochs) + 1):
        parallel.train()
        total = 0.0
        for batch in torch.randperm(len(codes)).split(made["BATCH_SIZE"]):
            own = batch.tensor_split(processes)[rank]  # a mean of means: equal parts only
            x, y = made["one_hot"](codes[own]), targets[own]
            optimizer.zero_grad()
            loss = loss_fn(parallel(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
        if rank == 0:
            made["evaluate"](model, loss_fn, *validation, torch.float32)
            values = (value.numpy().tobytes() for value in model.state_dict().values())
            digest = hashlib.sha256(b"".join(values)).hexdigest()
            print(f"epoch {epoch}/{epochs} loss {total / len(codes):.9f} {digest}", flush=True)
    dist.destroy_process_group()


if __name__ == "__main__":
    main(*sys.argv[1:])
