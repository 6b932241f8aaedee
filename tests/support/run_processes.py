"""Run a script in several processes, as torchrun does, but forked from one that has PyTorch.

    python run_processes.py '[[processes, script, argument, ...], ...]'

To import PyTorch in each process would take longer than to train a golden script. Prints a JSON
list of the exit statuses of each run's processes.
"""

from __future__ import annotations

import json
import os
import socket
import sys

import torch.distributed  # before the forks: the scripts import it in no time
from loaded import exit_status


def run(processes: int, arguments: list[str]) -> list[int]:
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = str(free.getsockname()[1])
    started = []
    for rank in range(processes):
        child = os.fork()
        if child:
            started.append(child)
            continue
        os.environ |= {"RANK": str(rank), "LOCAL_RANK": str(rank), "MASTER_PORT": port}
        os.environ |= {"WORLD_SIZE": str(processes), "MASTER_ADDR": "localhost"}
        os._exit(exit_status(arguments))
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in started]


if __name__ == "__main__":
    torch.set_num_threads(1)
    found = [run(processes, arguments) for processes, *arguments in json.loads(sys.argv[1])]
    print(json.dumps(found))
