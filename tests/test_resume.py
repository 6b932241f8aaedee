"""Runs that are stopped: by a signal, a full disk, another run, a loss that is no number."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import re
import shutil
import signal
import subprocess
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from cases import BY_ID, Case, write_data
from runs import arguments, copied, run, start

ROOT = Path(__file__).resolve().parent.parent
# Masks, batch normalization, an order of batches and an optimizer with memory: all must come back.
CASES = {
    "PyTorch": BY_ID["torch-mc3-dna60-conv-bn-do"],
    "TensorFlow": BY_ID["tf-mc3-dna64-conv-variants"],
}
# Those that are killed at random: besides, recurrent dropout, an LSTM and seqgra's file mode.
KILLED = (
    "torch-mc3-dna60-conv-bn-do",
    "torch-ml3-rna24-lstm-steps",
    "torch-mc3-dna50-beyond",
    "tf-mc3-dna64-conv-variants",
    "tf-ml3-rna24-lstm-steps",
)
EPOCHS = 6
ENDLESS = {"EPOCHS": 10_000, "PATIENCE": 10_000}

torch_soon = pytest.mark.parametrize(
    "library", ["PyTorch", pytest.param("TensorFlow", marks=pytest.mark.long)]
)
posix = pytest.mark.skipif(os.name != "posix", reason="signals and devices of POSIX")


def results(output: Path) -> dict[str, str]:
    """All that a run leaves, but for its circumstances and Keras's archive, which holds dates."""
    found = {}
    for path in sorted(output.iterdir()):
        if path.name == "receipt.json":
            receipt = json.loads(path.read_text("utf-8"))
            assert receipt.pop("circumstances").keys() == {"host", "seconds", "time"}
            found[path.name] = json.dumps(receipt)
        elif path.suffix == ".keras":
            found[path.name] = "there"  # the receipt has the hash of the weights in it
        elif not path.name.startswith("lock"):
            found[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def prepared(case: Case, folder: Path, **constants: object) -> tuple[Path, Path]:
    """A script of some epochs, and its data."""
    constants = {"EPOCHS": EPOCHS, **constants}
    return copied(case, folder / "script", **constants), write_data(folder / "data", case)


def add_seconds(checkpoint: Path, seconds: float) -> None:
    """As if the run had gone on for longer before it was stopped."""
    if zipfile.is_zipfile(checkpoint) and b"arr_0.npy" in checkpoint.read_bytes():
        stored = dict(np.load(checkpoint))
        stored["seconds"] += seconds
        with checkpoint.open("wb") as file:
            np.savez(file, **stored)
    else:
        state = torch.load(checkpoint, weights_only=True)
        state["seconds"] += seconds
        torch.save(state, checkpoint)


@posix
@torch_soon
def test_a_killed_run_ends_as_if_it_had_not_been(library: str, tmp_path):
    script, data = prepared(CASES[library], tmp_path)
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    status, _, err = run(arguments(script, data, whole))
    assert status == 0, err
    command = arguments(script, data, killed, "--resume")  # of a run that has not begun, too
    process = start(command)
    for line in process.stdout:
        if line.startswith(f"epoch 3/{EPOCHS}"):
            process.send_signal(signal.SIGKILL)
            break
    process.communicate()
    epochs = (killed / "history.tsv").read_text().splitlines()[1:]
    assert "checkpoint" in os.listdir(killed) and len(epochs) in (3, 4)
    add_seconds(killed / "checkpoint", 1000)
    status, out, err = run(command)
    assert status == 0, err
    assert f"epoch 3/{EPOCHS}" not in out and f"epoch {EPOCHS}/{EPOCHS}" in out
    assert re.search("^continues after epoch [34]$", out, re.MULTILINE)
    assert results(killed) == results(whole)
    receipt = json.loads((killed / "receipt.json").read_bytes())
    assert receipt["circumstances"]["seconds"] >= 1000
    status, out, err = run(command)
    assert status == 0 and out.endswith(f"\n{killed}: this run is complete\n"), err
    before = results(killed)
    script.write_text(script.read_text("utf-8") + "# another\n", "utf-8")
    status, out, err = run(command)
    assert status == 2
    ran = r"its run \(threads 1, device cpu\) differs in script"
    remedy = "give the same, or name another folder with -o"
    assert re.search(rf"receipt\.json: {ran}; {remedy}\n", err)
    assert results(killed) == before and "lock" not in os.listdir(killed)
    del receipt["epochs"]
    for damaged in ("{", "[]", "{}", json.dumps(receipt)):
        (killed / "receipt.json").write_text(damaged, "utf-8")
        status, out, err = run(command)
        said = f"{killed / 'receipt.json'}: unreadable; name another folder with -o"
        assert status == 2 and err.splitlines()[-1] == said


@posix
@pytest.mark.long
@pytest.mark.parametrize("name", KILLED)
def test_kills_at_random_moments(name: str, tmp_path):
    """SIGKILL, half of them during a write; SEQGRA_COMPILE_KILLS of them, 40 if not set."""
    kills = int(os.environ.get("SEQGRA_COMPILE_KILLS", "40"))
    script, data = prepared(BY_ID[name], tmp_path, EPOCHS=30)
    output = tmp_path / "runs"
    killer = str(Path(__file__).with_name("support") / "kill_runs.py")
    status, out, err = run([killer, str(kills), name, *map(str, (output, script, data))])
    assert status == 0, err
    report = json.loads(out)
    assert report["kills"] == kills and report["in a write"]
    expected = results(output / "whole")
    for number in range(1, report["runs"] + 1):
        assert results(output / f"killed-{number}") == expected
    print(f"{name}: {report}")


@posix
@torch_soon
def test_ctrl_c_says_how_to_go_on(library: str, tmp_path):
    script, data = prepared(CASES[library], tmp_path, **ENDLESS)
    command = arguments(script, data, tmp_path / "output")
    process = start(command)
    for line in process.stdout:
        if line.startswith("epoch 2/"):
            process.send_signal(signal.SIGINT)
            break
    _, err = process.communicate()
    assert process.returncode == 1
    assert err.splitlines()[-1] == "stopped; the same command with --resume continues"


def stopped(script: Path, data: Path, output: Path) -> None:
    """A run that is killed after its second epoch."""
    process = start(arguments(script, data, output))
    for line in process.stdout:
        if line.startswith("epoch 2/"):
            process.send_signal(signal.SIGKILL)
            break
    process.communicate()


@posix
def test_a_checkpoint_of_another_run_is_refused(tmp_path):
    """Another script, other data, another number of threads: each is named, nothing is touched."""
    script, data = prepared(CASES["PyTorch"], tmp_path, **ENDLESS)
    output = tmp_path / "output"
    stopped(script, data, output)
    before = results(output)
    command = arguments(script, data, output, "--resume")

    def refused(*command: str) -> str:
        status, _, err = run(list(command))
        assert status == 2 and results(output).items() >= before.items()
        start = f"{output / 'checkpoint'}: its run (threads 1, device cpu) differs in "
        end = "; give the same, or name another folder with -o\n"
        assert err.startswith(start) and err.endswith(end)
        return err.removeprefix(start).removesuffix(end)

    assert refused(*command[:-2], "2", "--resume") == "threads"
    text = script.read_text("utf-8")
    script.write_text(text.replace("EPOCHS = 10000", "EPOCHS = 9000"), "utf-8")
    assert refused(*command) == "script, settings"
    script.write_text(text, "utf-8")
    lines = (data / "validation.txt").read_text("utf-8").splitlines(keepends=True)
    (data / "validation.txt").write_text("".join(lines[:-1]), "utf-8")
    assert refused(*command) == "data"
    status, _, err = run(command[:-1])
    assert status == 2 and "not empty; --resume continues a stopped run" in err


@posix
@torch_soon
def test_a_full_disk(library: str, tmp_path):
    """A write that fails ends the run with a sentence; what was there before stays."""
    script, data = prepared(CASES[library], tmp_path)
    output = tmp_path / "output"
    output.mkdir()
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    (output / "checkpoint.partial").symlink_to("/dev/full")
    status, _, err = run(arguments(script, data, output))
    assert status == 2
    assert err.splitlines()[-1] == f"{output / 'checkpoint'}: No space left on device"
    assert "checkpoint" not in os.listdir(output)


@posix
@torch_soon
def test_two_runs_on_one_folder(library: str, tmp_path):
    script, data = prepared(CASES[library], tmp_path, **ENDLESS)
    output = tmp_path / "output"
    process = start(arguments(script, data, output))
    for line in process.stdout:
        if line.startswith("epoch 1/"):
            break
    status, _, err = run(arguments(script, data, output, "--resume"))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert status == 2
    assert err.splitlines()[-1] == f"{output}: another run is using it (database is locked)"


@posix
@torch_soon
def test_a_loss_that_is_no_number(library: str, tmp_path):
    """The run ends where it happens, and keeps the best weights so far."""
    case = CASES[library]
    script, data = prepared(case, tmp_path, LEARNING_RATE="1e30")
    status, _, err = run(arguments(script, data, tmp_path / "output"))
    assert status == 1
    said = rf"epoch \d/{EPOCHS}: loss not finite; .*"
    assert re.fullmatch(said, err.splitlines()[-1]), err


@posix
def test_folders_and_files_that_are_out_of_reach(tmp_path):
    script, data = prepared(CASES["PyTorch"], tmp_path)
    shutil.copytree(data, tmp_path / "directory")
    (tmp_path / "directory" / "training.txt").unlink()
    (tmp_path / "directory" / "training.txt").mkdir()
    status, _, err = run(arguments(script, tmp_path / "directory", tmp_path / "output"))
    assert (status, err) == (2, f"{tmp_path}/directory/training.txt: Is a directory\n")
    status, _, err = run(arguments(script, data, Path("/proc/output")))
    assert status == 2 and err.startswith("/proc/output: ")
    status, _, err = run(arguments(script, tmp_path / "nowhere", tmp_path / "output"))
    assert status == 2 and err.startswith(f"{tmp_path}/nowhere/training.txt: no such folder. ")
    assert not (tmp_path / "output").exists()


DAMAGES = {
    "nothing": lambda data: b"",
    "its first half": lambda data: data[: len(data) // 2],
    "its second half": lambda data: data[len(data) // 2 :],
    "zeros within": lambda data: data[: len(data) // 3] + bytes(200) + data[len(data) // 3 + 200 :],
    "a pickle": lambda data: pickle.dumps({"run": "{}"}),
    "text": lambda data: b"hello\n",
}


@posix
@pytest.mark.long
@pytest.mark.parametrize("library", CASES)
def test_damaged_checkpoints(library: str, tmp_path):
    """Each is a sentence, and everything stays as it was."""
    script, data = prepared(CASES[library], tmp_path, **ENDLESS)
    output = tmp_path / "output"
    stopped(script, data, output)
    whole = (output / "checkpoint").read_bytes()
    for name, damage in DAMAGES.items():
        (output / "checkpoint").write_bytes(damage(whole))
        before = results(output)
        status, _, err = run(arguments(script, data, output, "--resume"))
        said = (
            rf"{re.escape(str(output))}/checkpoint: unreadable \(\w+\); name another folder with -o"
        )
        assert status == 2 and re.fullmatch(said, err.splitlines()[-1]), (name, err)
        assert results(output) == before, name


@posix
def test_folders_that_are_not_ours(tmp_path):
    """Other files, a lock that is none, a file, a folder that is finished or empty."""
    script, data = prepared(CASES["PyTorch"], tmp_path, EPOCHS=1)
    for name, content in (("letter", "Dear reader"), ("lock", "of a bicycle " * 1000)):
        output = tmp_path / f"folder of a {name}"
        output.mkdir()
        (output / name).write_text(content)
        status, _, err = run(arguments(script, data, output, "--resume"))
        assert status == 2 and err.startswith(str(output)) and err.count("\n") == 1, err
        assert os.listdir(output) == [name] and (output / name).read_text() == content
        assert "another run" not in err
    output = tmp_path / "folder of a lock that is a folder"
    (output / "lock").mkdir(parents=True)
    status, _, err = run(arguments(script, data, output))
    assert (status, err) == (2, f"{output}: bad lock (unable to open database file)\n")
    status, _, err = run(arguments(script, data, tmp_path / "folder of a letter" / "letter"))
    assert status == 2 and err.endswith("letter: File exists\n")


@posix
def test_two_runs_at_the_same_moment(tmp_path):
    """One of them runs, or says that the other has done so."""
    script, data = prepared(CASES["PyTorch"], tmp_path)
    runs = [start(arguments(script, data, tmp_path / "output")) for _ in range(2)]
    said = [process.communicate()[1] for process in runs]
    assert sorted(process.returncode for process in runs) == [0, 2], said
    assert all("Traceback" not in err for err in said)
    assert "checkpoint" not in os.listdir(tmp_path / "output")


@posix
@pytest.mark.skipif(os.name == "posix" and os.geteuid() != 0, reason="mounts need root")
@pytest.mark.long
@pytest.mark.parametrize("library", CASES)
def test_small_disks(library: str, tmp_path):
    """Disks of several sizes, so that another file each time is the one that does not fit."""
    script, data = prepared(CASES[library], tmp_path)
    disk = tmp_path / "disk"
    disk.mkdir()
    cut = set()
    for size in (8, 24, 32, 40, 60) if library == "PyTorch" else (8, 88, 150, 212):
        mount = ["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", str(disk)]
        if subprocess.run(mount, check=False, capture_output=True).returncode:
            pytest.skip("may not mount")
        try:
            status, _, err = run(arguments(script, data, disk / "output"))
            assert status in (0, 2) and "Traceback" not in err, err
            said = re.findall(r"^(\S+): No space left on device$", err, re.MULTILINE)
            assert bool(said) == bool(status), err
            cut.update(Path(name).name for name in said)
        finally:
            subprocess.run(["umount", str(disk)], check=True)
    assert len(cut) > 1, cut
