"""What a GPU has to show of the PyTorch scripts: `sh benchmarks/gpu.sh` tells how it is started.

1. A pass over the training set, over the floor: forward, backward and step on batches that are ready;
   for the scripts in benchmarks/gpu-scripts, with deterministic algorithms and without. Peak memory.
2. Each golden PyTorch script twice: equal weights and losses.
3. A run that is killed and resumed: equal to one that was not.

Parts that the time does not suffice for are named. Ends with 1 if something is not equal.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType

import torch

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 3


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# ---- a pass over the floor ----


def seconds(device: torch.device, work) -> float:
    """The best of some rounds; the device is waited for at both ends."""
    found = []
    for _ in range(ROUNDS + 1):  # the first one warms up
        synchronize(device)
        begun = time.perf_counter()
        work()
        synchronize(device)
        found.append(time.perf_counter() - begun)
    return min(found[1:])


def synchronize(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def measure(script: Path, device: torch.device, count: int, deterministic: bool) -> dict:
    module = load(script)
    torch.use_deterministic_algorithms(deterministic and device.type == "cuda", warn_only=True)
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    length, labels = getattr(module, "SEQUENCE_LENGTH", 150), len(module.LABELS)
    torch.manual_seed(1)
    codes = torch.randint(0, 4, (count, length), dtype=torch.uint8).to(device)
    is_multi_label = "multi-label" in script.read_text("utf-8")
    shape = (count, labels) if is_multi_label else (count,)
    high, dtype = (2, torch.uint8) if is_multi_label else (labels, torch.int64)
    targets = torch.randint(0, high, shape, dtype=dtype).to(device)
    model = module.build_model().to(device).train()
    loss_fn, optimizer = module.build_loss(), module.build_optimizer(model)

    def whole() -> None:
        module.train_epoch(model, loss_fn, optimizer, codes, targets, "")

    ready = []
    for batch in torch.randperm(count).to(device).split(module.BATCH_SIZE):
        y = targets[batch].float() if is_multi_label else targets[batch]
        ready.append((module.one_hot(codes[batch]), y))

    def floor() -> None:
        for x, y in ready:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()

    found = {"pass": seconds(device, whole), "floor": seconds(device, floor)}
    if device.type == "cuda":
        found["MiB"] = torch.cuda.max_memory_allocated(device) / 2**20
    return found


def passes(device: torch.device, count: int, until: float) -> None:
    print("| Script | Examples | Deterministic | Pass, s | Floor, s | Ratio | Peak MiB |")
    print("|---|---|---|---|---|---|---|")
    for script in sorted((ROOT / "benchmarks" / "gpu-scripts").glob("*.py")):
        for deterministic in (True, False):
            if time.monotonic() > until:
                print(f"| {script.stem} | {count} | {deterministic} | no time left | | | |")
                continue
            found = measure(script, device, count, deterministic)
            cells = (script.stem, f"{count:,}", "yes" if deterministic else "no")
            times = f"{found['pass']:.3f} | {found['floor']:.3f}"
            ratio = f"{found['pass'] / found['floor']:.2f} | {found.get('MiB', 0):.0f}"
            print("|", " | ".join(cells), "|", times, "|", ratio, "|", flush=True)


# ---- runs of golden scripts ----


def prepared(case: Path, folder: Path, epochs: int) -> list[str]:
    """A command that trains the case's script on small data, without its output folder."""
    shutil.copytree(case, folder / "script")
    script = folder / "script" / "train.py"
    text = re.sub(r"(?m)^EPOCHS = \d+", f"EPOCHS = {epochs}", script.read_text("utf-8"))
    script.write_text(text, "utf-8")
    module = load(script)
    letters = re.search(r'CODE_OF\[list\(b"(\w+?)N?"\)\]', text)[1]
    length = int(re.search(r"-(?:dna|rna|protein)(\d+)-", case.name)[1])
    draw = random.Random(case.name)
    (folder / "data").mkdir()
    for name, count in (("training", 67), ("validation", 35), ("test", 33)):
        rows = ["x\ty"]
        for number in range(count):
            label = module.LABELS[number % len(module.LABELS)]
            rows.append(f"{''.join(draw.choices(letters, k=length))}\t{label}")
        (folder / "data" / f"{name}.txt").write_text("\n".join(rows) + "\n", "utf-8")
    return [sys.executable, str(script), str(folder / "data")]


def train(command: list[str], out: Path, gpu: int, *more: str, kill_at: str = "") -> dict | None:
    """What its receipt says of weights and losses, and of what was said on standard error."""
    process = subprocess.Popen(
        [*command, "-o", str(out), "-g", str(gpu), *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    for line in process.stdout:
        if kill_at and line.startswith(kill_at):
            process.send_signal(signal.SIGKILL)
    said = process.stderr.read()
    if process.wait() and not kill_at:
        sys.exit(f"{' '.join(command)}:\n{said}")
    if kill_at:
        return None
    receipt = json.loads((out / "receipt.json").read_text("utf-8"))
    kernels = sorted(set(re.findall(r"(\w+) does not have a deterministic", said)))
    found = {name: receipt[name] for name in ("epochs", "weights", "best", "test")}
    return found | {"kernels": kernels}


def equal(gpu: int, limit: int | None, until: float) -> bool:
    right = True
    print("\n| Case | Two runs | Kernels that are not deterministic |")
    print("|---|---|---|")
    for case in sorted((ROOT / "golden" / "accept").glob("torch-*"))[:limit]:
        if time.monotonic() > until:
            print(f"| {case.name} | no time left | |")
            continue
        with tempfile.TemporaryDirectory() as folder:
            command = prepared(case, Path(folder), 3)
            first, second = (train(command, Path(folder, out), gpu) for out in ("a", "b"))
        right &= first == second
        word = "equal" if first == second else "DIFFERENT"
        print(f"| {case.name} | {word} | {', '.join(first['kernels']) or 'none'} |", flush=True)
    return right


def resumed(gpu: int) -> bool:
    case = ROOT / "golden" / "accept" / "torch-mc3-dna60-conv-bn-do"
    with tempfile.TemporaryDirectory() as folder:
        command = prepared(case, Path(folder), 12)
        whole = train(command, Path(folder, "whole"), gpu)
        killed = Path(folder, "killed")
        train(command, killed, gpu, kill_at="epoch 3/")
        if not (killed / "checkpoint").exists():
            sys.exit("the run was over before it was killed")
        same = train(command, killed, gpu, "--resume") == whole
    print(f"\nKilled after epoch 3 of {case.name} and resumed: {'equal' if same else 'DIFFERENT'}")
    return same


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--tiny", action="store_true", help="on the CPU, with little of each")
    parser.add_argument("--examples", type=int, default=8192, help="of a pass")
    parser.add_argument("--seconds", type=float, default=440, help="after which no part begins")
    arguments = parser.parse_args()
    if not (arguments.tiny or torch.cuda.is_available()):
        parser.error("no GPU is there; --tiny runs on the CPU")
    device = torch.device("cpu" if arguments.tiny else "cuda:0")
    until = time.monotonic() + arguments.seconds
    name = "CPU" if arguments.tiny else torch.cuda.get_device_name(device)
    print(f"{name}, PyTorch {torch.__version__}, Python {sys.version.split()[0]}\n")
    gpu = -1 if arguments.tiny else 0
    right = resumed(gpu) & equal(gpu, 2 if arguments.tiny else None, until)
    print()
    load(ROOT / "golden" / "accept" / "torch-mc2-rna30-motifs" / "train.py").choose_device(
        gpu, None
    )
    passes(device, 8 if arguments.tiny else arguments.examples, until)
    sys.exit(not right)


if __name__ == "__main__":
    main()
