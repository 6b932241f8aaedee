"""A sweep of 12 on a real Slurm of two nodes on this machine, one of which fails in between.

Usage, as root on Debian, with this Python having PyTorch:
  apt-get install slurm-wlm munge
  python benchmarks/sweep_slurm.py FOLDER [--snakemake COMMAND]

Slurm's daemons listen on the loopback interface alone and are ended afterwards, by their ids. As soon as a
training runs on the first node, `scontrol` takes that node down: Slurm puts its job back into the queue.
After half a minute the node is back. Then the sweep is compared with one that ran without Slurm.
There is no accounting, so Snakemake's plugin asks `squeue` how jobs are.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from sweeps.small import PROGRAMS, differences, runs_of, write_sweep

GRID = "--seeds 1-3 --data-seeds 1-2 --grid --sizes 400 800"
DAEMONS = ("slurmctld", "slurmd", "munged")
PLACE = Path("/etc/slurm/slurm.conf")
CONFIGURATION = """\
ClusterName=one
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort=16817
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=1
NodeName=n[1-2] NodeHostname={host} NodeAddr=127.0.0.1 Port=[16821-16822] CPUs=1 RealMemory=8000
PartitionName=main Nodes=n[1-2] Default=YES MaxTime=INFINITE State=UP
"""


def call(*words: str) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


@contextlib.contextmanager
def slurm(folder: Path) -> Iterator[None]:
    """Two nodes of one processor each.

    Their configuration is where Slurm looks by itself: the plugin drops `SLURM_CONF` on the way.
    """
    if PLACE.is_symlink():
        PLACE.unlink()  # of a call that was killed
    if PLACE.exists():
        sys.exit(f"{PLACE}: this machine belongs to a cluster; its configuration stays as it is")
    folder.mkdir(parents=True)
    (folder / "state").mkdir()
    Path("/run/munge").mkdir(exist_ok=True)
    shutil.chown("/run/munge", "munge")
    subprocess.run(["runuser", "-u", "munge", "--", "munged"])  # it may already run
    configuration = folder / "slurm.conf"
    configuration.write_text(CONFIGURATION.format(host=socket.gethostname(), folder=folder))
    PLACE.parent.mkdir(exist_ok=True)
    PLACE.symlink_to(configuration)
    try:
        call("slurmctld")
        time.sleep(3)
        for node in ("n1", "n2"):
            call("slurmd", "-N", node)
        while "idle" not in call("sinfo", "--noheader", "--nodes", "n1,n2", "--format", "%T"):
            time.sleep(1)
        yield
    finally:
        for path in folder.glob("*.pid"):
            with contextlib.suppress(ProcessLookupError, ValueError):
                os.kill(int(path.read_text()), signal.SIGTERM)
        PLACE.unlink()


def training_on(node: str, sweep: Path) -> str | None:
    """The job on a node, if it trains and has finished some epochs."""
    words = ["squeue", "--noheader", "--nodes", node, "--states", "RUNNING", "--format", "%i %k"]
    for line in call(*words).splitlines():
        job, comment = line.split()[:2]
        for log in sweep.glob("logs/train/*/*.log"):
            is_its = comment.endswith(f"{log.parent.name}_{log.stem}")
            if is_its and "epoch 3/" in log.read_text():
                return job
    return None


def failing(process: subprocess.Popen, sweep: Path, seconds: float) -> str | None:
    """Take the first node down while it trains, and up again; the job on it, and its state then."""
    while process.poll() is None:
        job = training_on("n1", sweep)
        if job:
            call("scontrol", "update", "NodeName=n1", "State=DOWN", "Reason=trial")
            time.sleep(seconds)
            call("scontrol", "update", "NodeName=n1", "State=RESUME")
            told = call("scontrol", "show", "job", job).split()
            known = [each for each in told if each.startswith(("Restarts=", "JobState="))]
            return f"{job}, {', '.join(known)}"
        time.sleep(0.2)
    return None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--snakemake", default="snakemake")
    arguments = parser.parse_args()
    missing = [name for name in DAEMONS if shutil.which(name) is None]
    if missing:
        sys.exit(f"there is no {', '.join(missing)}: apt-get install slurm-wlm munge")
    folder = arguments.folder.resolve()
    for name in ("slurm", "alone"):
        write_sweep(folder / name, GRID.split(), epochs=30)
    on_slurm, alone = (folder / name / "sweep" for name in ("slurm", "alone"))
    words = [*arguments.snakemake.split(), "--config", *PROGRAMS]
    cluster = ["--executor", "slurm", "--jobs", "6", "--slurm-requeue"]
    cluster += ["--slurm-no-account", "--slurm-status-command", "squeue"]
    cluster += ["--slurm-init-seconds-before-status-checks", "5"]
    cluster += ["--default-resources", "slurm_partition=main"]
    begun = time.monotonic()
    with slurm(folder / "daemons"), (folder / "slurm.log").open("wb") as log:
        process = subprocess.Popen([*words, *cluster], cwd=on_slurm, stdout=log, stderr=log)
        try:
            job = failing(process, on_slurm, 30)
            status = process.wait()
        finally:
            process.terminate()
        taken = time.monotonic() - begun
    with (folder / "alone.log").open("wb") as log:
        subprocess.run([*words, "--cores", "2"], cwd=alone, stdout=log, stderr=log, check=True)
    found = list(differences(on_slurm, alone))
    logs = on_slurm.glob("logs/train/*/*.log")
    resumed = sum("continues after epoch" in log.read_text() for log in logs)
    done = sum(bool(run["test.accuracy"]) for run in runs_of(on_slurm, "table.tsv"))
    print(f"exit status of Snakemake: {status}; seconds: {taken:.0f}")
    print(f"runs in the table: {done} of {len(runs_of(on_slurm))}")
    print(f"the job on the failed node: {job}; runs that continued: {resumed}")
    print(f"differences from a sweep without Slurm: {len(found)}", *found, sep="\n  ")
    return 1 if status or found or not job else 0


if __name__ == "__main__":
    sys.exit(main())
